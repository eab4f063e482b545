import type { EngineClient } from "../../../engine-api/mod.ts";
import type { MonitorAlert } from "../../diagnostics/messages.ts";
import { ConfigError } from "../../errors.ts";
import type { Executor } from "../../executor.ts";
import type { Metrics } from "../../metrics/mod.ts";
import type { CliContext } from "../context.ts";
import { paint } from "../output/terminal.ts";

/** What is watched, and where it is shown. */
export interface OpenMonitorOptions {
  /** Whose runs are told; none in a process that runs nothing. */
  readonly executors: readonly Executor[];
  readonly port: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** Unless given, the library's own. */
  readonly reapEveryMs?: number;
  /** Hears of each alert. */
  onAlert(alert: MonitorAlert): void;
}

/** A monitor that is served. */
export interface OpenMonitor {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Watches an Engine and serves what is seen, for as long as the command goes on. Loaded only where it is used.
 *
 * @throws ConfigError for a port that is taken.
 */
export async function openMonitor(
  client: EngineClient,
  { executors, port, host = "127.0.0.1", reapEveryMs, onAlert }: OpenMonitorOptions,
  { err }: CliContext,
): Promise<OpenMonitor> {
  const [{ createMonitor }, { serveMonitor }] = await Promise.all([
    import("../../monitor/monitor.ts"),
    import("../../monitor/server/serve-monitor.ts"),
  ]);
  // They count from now on, so they come first.
  const metrics = await loadMetrics(executors);
  const monitor = createMonitor({ client, executors, ...(reapEveryMs !== undefined && { reapEveryMs }) });
  monitor.on("alert", onAlert);
  const end = async (): Promise<void> => {
    await monitor.close();
    metrics?.close();
  };
  try {
    // Where nothing else is left to do the command waits for its interruption.
    const source = metrics === null ? {} : { metrics };
    const server = await serveMonitor(monitor, { port, host, keepsProcessAlive: true, ...source });
    if (server.isPublic)
      await err.write(
        `${paint(err, "warn", "!")} bound to ${host}: whoever reaches port ${server.port} sees all of this, and there is no password\n`,
      );
    return {
      url: server.url,
      async [Symbol.asyncDispose]() {
        await server.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Null where the package that they need is not installed; the server then says what to do. */
async function loadMetrics(executors: readonly Executor[]): Promise<Metrics | null> {
  try {
    const { createMetrics } = await import("../../metrics/mod.ts");
    const metrics = createMetrics();
    for (const executor of executors) metrics.observe(executor);
    return metrics;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return null;
    throw error;
  }
}

/** @throws ConfigError for what is no port. */
export function parsePort(text: string, name: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new ConfigError(
      `${name}: "${text.slice(0, 40)}" is not a port; write it like ${name}=9464, or with 0 for any that is free`,
    );
  return Number(text);
}
