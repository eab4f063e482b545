import type { Monitor } from "../monitor.ts";
import { type Answer, textAnswer } from "./answer.ts";
import { readPageFiles } from "./page-files.ts";

/** Where metrics come from: `createMetrics()` of `brigbox/metrics`, or a `Registry` of prom-client. */
export type MetricsSource = { readonly contentType: string } & (
  | { text(): Promise<string> }
  | { metrics(): Promise<string> }
);

/** Answers by path, without the query; null for a path that there is not. */
export type Routes = (path: string) => Promise<Answer | null>;

const noMetrics =
  "no metrics are collected here: install prom-client beside brigbox, and give createMetrics() of brigbox/metrics to serveMonitor";

/** All that is served but for the stream of events. */
export function createRoutes(monitor: Pick<Monitor, "snapshot">, metrics: MetricsSource | undefined): Routes {
  const page = readPageFiles();
  return async (path) => {
    switch (path) {
      case "/metrics":
        return answerMetrics(metrics);
      case "/healthz":
        return textAnswer(200, "ok");
      case "/readyz":
        return answerReadiness(monitor);
      case "/snapshot.json":
        return { status: 200, type: "application/json", body: JSON.stringify(monitor.snapshot()) };
      default:
        return page.get(path) ?? null;
    }
  };
}

async function answerMetrics(metrics: MetricsSource | undefined): Promise<Answer> {
  if (metrics === undefined) return textAnswer(404, noMetrics);
  try {
    const body = await ("text" in metrics ? metrics.text() : metrics.metrics());
    return { status: 200, type: metrics.contentType, body };
  } catch {
    return textAnswer(500, "the metrics could not be collected");
  }
}

function answerReadiness({ snapshot }: Pick<Monitor, "snapshot">): Answer {
  const { state, message } = snapshot().engine;
  switch (state) {
    case "up":
      return textAnswer(200, "ok");
    case "gone":
      return textAnswer(503, `the Engine is gone: ${message}`);
    case "unknown":
      return textAnswer(503, "the Engine has not answered yet");
    default:
      return state satisfies never;
  }
}
