import { printableLine } from "../output/printable.ts";
import { type Output, paint, type Tone } from "../output/terminal.ts";
import type { LogEntry } from "./log-entry.ts";

const longestText = 2000;

const tones: Readonly<Record<LogEntry["level"], Tone>> = {
  error: "bad",
  warn: "warn",
  info: "good",
  debug: "quiet",
  trace: "quiet",
};

/** A line for people: `2026-01-31T12:00:00.000Z info  run 1a2b: ok, cold, in 800 ms`. */
export function toTextLine({ level, at, text }: LogEntry, output: Pick<Output, "hasColour">): string {
  const time = new Date(at).toISOString();
  return `${time} ${paint(output, tones[level], level.padEnd(5))} ${printableLine(text, longestText)}\n`;
}

/** A line for programs: one JSON object, with the keys of pino (`level` in words, `time`, `msg`, `err`), `event`, and what the message says. */
export function toJsonLine({ level, at, event, text, fields }: LogEntry): string {
  const entry = { level, time: at, event, msg: text, ...fields };
  return `${JSON.stringify(entry, withoutNoise)}\n`;
}

/** Nobody needs durations to the nanosecond, nor an Engine's whole page. */
function withoutNoise(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, longestText);
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toFixed(3)) : value;
}
