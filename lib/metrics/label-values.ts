import type { EngineCall } from "../../engine-api/mod.ts";
import type { MonitorAlert, RunPhase } from "../diagnostics/messages.ts";
import type { PoolStats } from "../pool/pool.ts";
import { ruleList } from "../validator/rule-list.ts";
import type { CleanupReport, Evidence } from "../verdict.ts";

/*
 * Everything that a label may say. What comes from outside is looked up here and is never a label by itself, so that the number of time
 * series is known before the first run. Each table is one that the compiler finds incomplete when a word is added elsewhere.
 */

/** Where a run is. */
export const phases: readonly RunPhase[] = keysOf<RunPhase>({
  validate: true,
  queue: true,
  create: true,
  start: true,
  ready: true,
  run: true,
  collect: true,
  cleanup: true,
});

/** How a run came to its container; `direct` for one that ran without, `none` for one that did not get so far. */
export const starts: readonly string[] = keysOf<NonNullable<Evidence["start"]> | "none">({
  cold: true,
  warm: true,
  session: true,
  direct: true,
  none: true,
});

/** Why a run has no result: the name of the error that its caller got. */
export const runErrors: readonly string[] = ["SandboxError", "QueueFullError", "ConfigError"];

/** What a run's bytes were. */
export const streams: readonly string[] = ["code", "input", "stdout", "stderr", "result", "artifact"];

/** How a container was removed. */
export const strategies: readonly string[] = keysOf<CleanupReport["strategy"]>({
  none: true,
  remove: true,
  "force-remove": true,
  "kill-remove": true,
});

/** Whether something is known to be gone. */
export const outcomes: readonly string[] = ["gone", "failed"];

/** Where a container of a pool is. */
export type PoolState = Exclude<keyof PoolStats, "hits" | "misses" | "lastError">;

/** Where the containers of a pool are. */
export const poolStates: readonly PoolState[] = keysOf<PoolState>({
  starting: true,
  idle: true,
  busy: true,
  dead: true,
});

/** The validator's rules. */
export const rules: readonly string[] = ruleList.map(({ id }) => id);

/** What a monitor alerts of. */
export const alertTypes: readonly string[] = keysOf<MonitorAlert["type"]>({
  orphans: true,
  "cleanup-failed": true,
  "queue-full": true,
  "engine-gone": true,
  "engine-back": true,
});

/** What can go wrong with a call to an Engine. */
export const callErrors: readonly string[] = [
  "not-found",
  "conflict",
  "refused",
  "engine",
  "connection",
  "protocol",
  "timeout",
  "aborted",
];

const errorsByName: Readonly<Record<string, string>> = {
  ConnectionError: "connection",
  ProtocolError: "protocol",
  DeadlineError: "timeout",
  TimeoutError: "timeout",
  AbortError: "aborted",
};

/** What went wrong with a call; null where it went well. 404 and 409 are part of every cleanup, and so have words of their own. */
export function callErrorOf({ status, error }: Pick<EngineCall, "status" | "error">): string | null {
  if (error === null) return null;
  if (status === null) return errorsByName[error] ?? "other";
  if (status === 404) return "not-found";
  if (status === 409) return "conflict";
  return status >= 500 ? "engine" : "refused";
}

function keysOf<K extends string>(table: Readonly<Record<K, true>>): readonly K[] {
  return Object.keys(table) as K[];
}
