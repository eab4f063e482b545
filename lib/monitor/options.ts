import type { EngineClient } from "../../engine-api/mod.ts";
import { formatDuration } from "../config/units.ts";
import { ConfigError } from "../errors.ts";
import type { Executor } from "../executor.ts";
import { rejectUnknownKeys } from "../policy/resolve-policy.ts";
import { createHostView, type HostView } from "../reaper/host-view.ts";

/** Options of `createMonitor`. */
export interface MonitorOptions {
  /** Where the Engine is; found by itself unless given, see `resolveEndpoint`. */
  readonly endpoint?: string;
  /**
   * A client to use instead of an own one; it is left open by `close()`. Unless it was made with `isBackground`, the monitor's connections
   * keep the process alive until then.
   */
  readonly client?: EngineClient;
  /** Whose runs are told; those of all executors in this process unless given. The numbers of the given ones are in the snapshot. */
  readonly executors?: readonly Pick<Executor, "id" | "stats">[];
  /** How often orphans are looked for and removed, milliseconds; 0 or Infinity for never. @default 60000 */
  readonly reapEveryMs?: number;
  /** Only containers that carry these labels too, each `name` or `name=value`. @default [] */
  readonly withLabels?: readonly string[];
  /** How often the Engine is asked whether it is there, milliseconds. @default 5000 */
  readonly pingEveryMs?: number;
  /** How long it may take to answer that; twice in a row no answer means that it is gone. @default 5000 */
  readonly pingTimeoutMs?: number;
  /** The host by which owners are judged. @default this one */
  readonly host?: HostView;
  /** Closes the monitor. */
  readonly signal?: AbortSignal;
}

/** The options that have defaults, with nothing left open; `reapEveryMs` is null for never. */
export interface ResolvedMonitorOptions {
  readonly reapEveryMs: number | null;
  readonly withLabels: readonly string[];
  readonly pingEveryMs: number;
  readonly pingTimeoutMs: number;
  readonly host: HostView;
}

const optionNames: readonly (keyof MonitorOptions)[] = [
  "endpoint",
  "client",
  "executors",
  "reapEveryMs",
  "withLabels",
  "pingEveryMs",
  "pingTimeoutMs",
  "host",
  "signal",
];

const longestTimerMs = 2 ** 31 - 1;

/** @throws ConfigError for options that cannot be used. */
export function resolveMonitorOptions(options: MonitorOptions): ResolvedMonitorOptions {
  rejectUnknownKeys(options, optionNames, "monitor option");
  const { reapEveryMs = 60_000, pingEveryMs = 5000, pingTimeoutMs = 5000 } = options;
  const isNever = reapEveryMs === 0 || reapEveryMs === Number.POSITIVE_INFINITY;
  if (!isNever) checkDuration("reapEveryMs", reapEveryMs);
  checkDuration("pingEveryMs", pingEveryMs);
  checkDuration("pingTimeoutMs", pingTimeoutMs);
  return {
    reapEveryMs: isNever ? null : reapEveryMs,
    withLabels: options.withLabels ?? [],
    pingEveryMs,
    pingTimeoutMs,
    host: options.host ?? createHostView(),
  };
}

function checkDuration(name: string, value: unknown): void {
  if (typeof value !== "number" || !(value >= 1 && value <= longestTimerMs))
    throw new ConfigError(`monitor: ${name} must be from 1 ms to ${formatDuration(longestTimerMs)}`);
}
