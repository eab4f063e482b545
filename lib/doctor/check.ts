import type { Answer, EngineClient } from "../../engine-api/mod.ts";

/** What `GET /info` tells. */
export type EngineInfo = Answer<"GET /info">;

/** How a check ended: `failure` means that runs will not work, `warning` that they will, with something to know. */
export type CheckStatus = "ok" | "warning" | "failure";

/** One line of the doctor's report. */
export interface CheckResult {
  /** Stable name, for example `swap-limit`. */
  readonly id: string;
  /** For people, for example `Swap limit`. */
  readonly title: string;
  readonly status: CheckStatus;
  /** What was found. */
  readonly found: string;
  /** What to do; null where nothing is to be done. */
  readonly advice: string | null;
}

/** What a check finds. */
export type Finding = Omit<CheckResult, "id" | "title">;

/** What checks look at. */
export interface CheckContext {
  readonly client: EngineClient;
  readonly info: EngineInfo;
  /** The image that runs would use. */
  readonly image: string;
  /** When `info` was asked for and when it had come, milliseconds since 1970. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  readonly signal: AbortSignal;
}

/** One thing to look at, once an Engine answers. */
export interface Check {
  readonly id: string;
  readonly title: string;
  examine(context: CheckContext): Finding | Promise<Finding>;
}

/** Nothing to do. */
export function fine(found: string): Finding {
  return { status: "ok", found, advice: null };
}

/** Works, with something to know. */
export function warning(found: string, advice: string): Finding {
  return { status: "warning", found, advice };
}

/** Runs will not work. */
export function failure(found: string, advice: string): Finding {
  return { status: "failure", found, advice };
}
