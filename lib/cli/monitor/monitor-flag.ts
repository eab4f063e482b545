import type { Command } from "commander";
import type { EngineClient } from "../../../engine-api/mod.ts";
import type { Executor } from "../../executor.ts";
import { defaultPort } from "../../monitor/server/default-port.ts";
import type { CliContext } from "../context.ts";
import { alertLine } from "../output/alert-line.ts";
import { type OpenMonitor, openMonitor, parsePort } from "./open-monitor.ts";

/** The flag of commands that run things. */
export interface MonitorFlag {
  /** The port, the default one where none was named. */
  readonly monitor?: string;
}

/** Adds it to a command. */
export function withMonitorOption(command: Command): Command {
  return command.option(
    "--monitor [port]",
    `serve a live page of what goes on, on this machine (default port: ${defaultPort})`,
  );
}

/** The port that the flag names; null where it is not given. @throws ConfigError for what is none. */
export function portOf({ monitor }: MonitorFlag): number | null {
  return monitor === undefined ? null : parsePort(monitor, "--monitor");
}

/** A monitor beside a command's own work. Its lines go through `say`, which knows what else is on the terminal. */
export async function openMonitorBeside(
  port: number | null,
  {
    client,
    executor,
    say,
  }: {
    readonly client: EngineClient;
    readonly executor: Executor;
    say(line: string): Promise<void>;
  },
  context: CliContext,
): Promise<OpenMonitor | null> {
  if (port === null) return null;
  const onAlert = (alert: Parameters<typeof alertLine>[0]): void => void say(alertLine(alert, context.err));
  const monitor = await openMonitor(client, { executors: [executor], port, onAlert }, context);
  await say(`monitor: ${monitor.url}`);
  return monitor;
}
