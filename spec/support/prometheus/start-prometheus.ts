/** A Prometheus of a spec's own: it scrapes what the spec serves, and is gone afterwards with all that it kept. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Samples, sampleKey } from "../metrics/samples.ts";

/** Options of {@link startPrometheus}. */
export interface PrometheusOptions {
  /** Where metrics are served, for example `127.0.0.1:9464`. */
  readonly target: string;
  /** The time from one scrape to the next, and from one evaluation of the rules to the next. @default 500 */
  readonly intervalMs?: number;
  readonly ruleFiles?: readonly string[];
}

/** A rule, as Prometheus sees it. */
export interface RuleState {
  readonly name: string;
  /** `ok`, `err`, or `unknown` before it was evaluated. */
  readonly health: string;
  readonly lastError?: string;
}

/** A running Prometheus that nobody else uses. */
export interface Prometheus {
  readonly url: string;
  /** What an expression is worth now, without the labels of the target. @throws Error where Prometheus does not understand it. */
  query(expression: string): Promise<Samples>;
  rules(): Promise<readonly RuleState[]>;
  /** Why the last scrape failed; null where it went well, and undefined before the first. */
  scrapeError(): Promise<string | null | undefined>;
  close(): Promise<void>;
}

/** Starts it, and resolves once it answers. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "brigbox-prometheus-"));
  const logFile = join(folder, "log");
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(configuration(options)));
  const address = `127.0.0.1:${await freePort()}`;
  const log = openSync(logFile, "a");
  const args = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    "--log.level=warn",
  ];
  const server = spawn("prometheus", args, { stdio: ["ignore", log, log] });
  const url = `http://${address}`;
  const close = async (): Promise<void> => {
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(url, server, logFile);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, ...createApi(url), close };
}

function configuration({ target, intervalMs = 500, ruleFiles = [] }: PrometheusOptions): object {
  const interval = `${intervalMs}ms`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles.map((file) => resolve(file)),
    scrape_configs: [{ job_name: "brigbox", static_configs: [{ targets: [target] }] }],
  };
}

function createApi(url: string): Pick<Prometheus, "query" | "rules" | "scrapeError"> {
  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${url}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== "success") throw new Error(`Prometheus says: ${error}`);
    return data;
  }
  return {
    async query(expression) {
      const path = `query?query=${encodeURIComponent(expression)}`;
      return toSamples((await ask<{ result: readonly VectorSample[] }>(path)).result);
    },
    async rules() {
      const { groups } = await ask<{ groups: readonly { rules: readonly RuleState[] }[] }>("rules");
      return groups.flatMap(({ rules }) => rules);
    },
    async scrapeError() {
      const { activeTargets } = await ask<{ activeTargets: readonly Target[] }>("targets");
      const [target] = activeTargets;
      if (target === undefined || target.health === "unknown") return undefined;
      return target.health === "up" ? null : target.lastError;
    },
  };
}

interface VectorSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Target {
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
}

function toSamples(result: readonly VectorSample[]): Samples {
  return new Map(
    result.map(({ metric, value }) => {
      const { __name__: name = "", job: _job, instance: _instance, ...labels } = metric;
      return [sampleKey(name, labels), Number(value[1].replace("Inf", "Infinity"))];
    }),
  );
}

async function untilReady(url: string, server: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const isReady = await fetch(`${url}/-/ready`)
      .then(({ ok }) => ok)
      .catch(() => false);
    if (isReady) return;
    if (server.exitCode !== null || performance.now() > deadline)
      throw new Error(`no Prometheus came up: ${readFileSync(logFile, "utf8").slice(-2000)}`);
    await delay(50);
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}
