import type { LogLevel } from "./log-choice.ts";

/** One thing that happened, as a log tells it. */
export interface LogEntry {
  readonly level: Exclude<LogLevel, "silent">;
  /** When it was told, milliseconds since 1970. */
  readonly at: number;
  /** The channel, without what all begin with: `run:end`. */
  readonly event: string;
  /** One line for people. */
  readonly text: string;
  /** What it was made of, for programs; holds neither code nor values. */
  readonly fields: Readonly<Record<string, unknown>>;
}
