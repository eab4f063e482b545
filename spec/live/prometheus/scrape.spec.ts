import * as assert from "uvu/assert";
import { createClient, type EngineCall, engineCallChannel, watchEvents } from "../../../engine-api/mod.ts";
import { onDiagnostic, tell } from "../../../lib/diagnostics/channels.ts";
import { createExecutor } from "../../../lib/executor.ts";
import { createMetrics, type Metrics } from "../../../lib/metrics/mod.ts";
import { currentOwner, formatOwner, labels } from "../../../lib/ownership.ts";
import { runStatuses } from "../../../lib/verdict.ts";
import { eventually } from "../../support/eventually.ts";
import { playSweep } from "../../support/metrics/messages.ts";
import { runMixedLoad } from "../../support/metrics/mixed-load.ts";
import { nonZero, type Samples } from "../../support/metrics/samples.ts";
import { serveMetrics } from "../../support/metrics/serve-metrics.ts";
import { createTruth, type Truth } from "../../support/metrics/truth.ts";
import { alertsFile, readAlerts, readPanels } from "../../support/prometheus/monitoring-profile.ts";
import { promtool } from "../../support/prometheus/programs.ts";
import { type Prometheus, startPrometheus } from "../../support/prometheus/start-prometheus.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a Prometheus scrapes a mixed load");

/** How long the load goes on; by hand `BRIGBOX_METRICS_SECONDS=120` makes it two minutes, and prints what was counted. */
const asked = process.env.BRIGBOX_METRICS_SECONDS;
const loadMs = Number(asked ?? 5) * 1000;

/** What happened besides, told by others than the metrics. */
interface SideTruth {
  readonly calls: EngineCall[];
  /** The Engine's own events of this process's containers. */
  readonly events: { create: number; destroy: number };
}

/** Under load until everything that was begun is over and gone. */
async function load(metrics: Metrics, truth: Truth): Promise<{ hits: number; misses: number }> {
  const policy = { validator: "off", audit: "off", cpus: 1, memoryBytes: 256 * 1024 ** 2 } as const;
  const cold = createExecutor({ policy });
  const pooled = createExecutor({ policy, pool: { size: 2 } });
  const broken = createExecutor({
    endpoint: "unix:///nowhere/docker.sock",
    admission: { maxConcurrent: 1, maxQueued: 0 },
  });
  const executors = [cold, pooled, broken];
  const stops = executors.map((executor) => metrics.observe(executor));
  try {
    await pooled.warmUp();
    await runMixedLoad({ executors: [cold, pooled], broken, truth, forMs: loadMs, concurrency: 3 });
  } finally {
    await Promise.all(executors.map((executor) => executor.close()));
  }
  const { hits = 0, misses = 0 } = pooled.stats().pool ?? {};
  // Once closed they are looked at no more, but what their pools counted stays.
  stops[1]?.();
  return { hits, misses };
}

async function withSideTruth(body: (side: SideTruth) => Promise<void>): Promise<void> {
  const side: SideTruth = { calls: [], events: { create: 0, destroy: 0 } };
  const stop = onDiagnostic(engineCallChannel, (call) => void side.calls.push(call));
  const controller = new AbortController();
  await using client = createClient();
  const owner = `${labels.owner}=${formatOwner(currentOwner())}`;
  const filters = { type: ["container"], event: ["create", "destroy"], label: [owner] };
  const watching = (async () => {
    const { signal } = controller;
    for await (const { Action } of watchEvents(client, { since: new Date(), filters, signal }))
      if (Action === "create" || Action === "destroy") side.events[Action]++;
  })().catch(() => undefined);
  try {
    await body(side);
  } finally {
    stop();
    controller.abort();
    await watching;
  }
}

const exact = [
  "runs_started_total",
  "runs_total",
  "run_failures_total",
  "validator_rejections_total",
  "run_bytes_total",
  "run_duration_seconds_count",
  "run_phase_duration_seconds_count",
  "run_memory_peak_bytes_count",
].map((name) => `brigbox_${name}`);

async function untilEqual(prometheus: Prometheus, truth: Samples): Promise<void> {
  const scraped = async (name: string): Promise<Record<string, number>> =>
    nonZero(await prometheus.query(name), name);
  await eventually(async () => {
    const started = await scraped("brigbox_runs_started_total");
    return started[""] === truth.get("brigbox_runs_started_total");
  });
  await eventually(async () => {
    for (const name of exact) if (!isSame(await scraped(name), nonZero(truth, name))) return false;
    return true;
  }).catch(() => undefined);
  for (const name of exact) {
    const [is, should] = [await scraped(name), nonZero(truth, name)];
    if (asked !== undefined) console.log(name, should);
    assert.equal(sorted(is), sorted(should), name);
  }
}

function isSame(left: Record<string, number>, right: Record<string, number>): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(values: Record<string, number>): [string, number][] {
  return Object.entries(values).sort();
}

function sum(samples: Samples): number {
  return [...samples.values()].reduce((total, value) => total + value, 0);
}

/** Metrics, and a Prometheus that scrapes them; both are gone afterwards. */
async function withPrometheus(
  body: (metrics: Metrics, prometheus: Prometheus) => Promise<void>,
): Promise<void> {
  using metrics = createMetrics({ executors: "observed" });
  const server = await serveMetrics(metrics);
  try {
    const prometheus = await startPrometheus({ target: server.address, ruleFiles: [alertsFile] });
    try {
      await body(metrics, prometheus);
    } finally {
      await prometheus.close();
    }
  } finally {
    await server.close();
  }
}

/** What was counted last, and the Engine's last events, may be on their way. */
async function reaches(prometheus: Prometheus, expression: string, count: () => number): Promise<void> {
  const value = async (): Promise<number> => sum(await prometheus.query(expression));
  await eventually(async () => (await value()) === count()).catch(() => undefined);
  if (asked !== undefined) console.log(expression, count());
  assert.is(await value(), count(), expression);
}

test(
  "at the end its counters are what was counted from the results, and the dashboard has something to show",
  () =>
    withSideTruth((side) =>
      withPrometheus(async (metrics, prometheus) => {
        playMonitor();
        const truth = createTruth();
        const { hits, misses } = await load(metrics, truth);
        const samples = truth.samples();
        const missing = runStatuses.filter(
          (status) => !samples.has(`brigbox_runs_total{status="${status}"}`),
        );
        assert.equal(missing, [], "there was a run with each verdict");
        assert.ok(hits > 0, "there were warm runs");

        await untilEqual(prometheus, samples);
        const { events, calls } = side;
        const gone = 'sum(brigbox_container_cleanups_total{outcome="gone",strategy!="none"})';
        const expected: readonly [expression: string, count: () => number][] = [
          ["brigbox_pool_hits_total", () => hits],
          ["brigbox_pool_misses_total", () => misses],
          ["brigbox_containers_begun_total", () => events.create],
          [gone, () => events.destroy],
          ["brigbox_active_containers", () => 0],
          ["brigbox_engine_call_duration_seconds_count", () => calls.length],
          ["brigbox_engine_errors_total", () => calls.filter(({ error }) => error !== null).length],
          ["brigbox_uncounted_total", () => 0],
        ];
        for (const [expression, count] of expected) await reaches(prometheus, expression, count);
        assert.is(events.destroy, events.create, "every container is gone");
        assert.is(await prometheus.scrapeError(), null);

        await showsEverything(prometheus);
        const { isFine, says } = promtool(["check", "metrics"], await metrics.text());
        assert.ok(isFine && says === "", says);
      }),
    ),
  { timeoutMs: loadMs + 90_000 },
);

/** Tells what a monitor would, so that its panels have something to show. */
function playMonitor(): void {
  playSweep();
  const alert = { type: "orphans", endpoint: "here", at: Date.now(), names: [], removed: 0 } as const;
  tell("brigbox:monitor:alert", alert);
}

/** Each panel has at least a value, and each alert is understood. */
async function showsEverything(prometheus: Prometheus): Promise<void> {
  const empty: string[] = [];
  for (const { where, text } of readPanels())
    if ((await prometheus.query(text)).size === 0) empty.push(where);
  assert.equal(empty, []);
  const rules = await prometheus.rules();
  assert.is(rules.length, readAlerts().length);
  assert.equal(
    rules.filter(({ health }) => health !== "ok").map(({ name, lastError }) => `${name}: ${lastError}`),
    [],
  );
}

test.run();
