import type { JsonValue } from "../../values/types.ts";
import { isHash } from "../candidate-id.ts";
import { type Failure, failureStatuses } from "../outcome.ts";

/** Raised when the meaning of a record changes. */
export const journalVersion = 1;

/** One line of a journal. Every candidate has one `proposed`, and then one `result` or one `dead-letter`. */
export type JournalRecord =
  /** The first line; `identity` stands for all that results depend on. */
  | { readonly type: "loop"; readonly version: number; readonly identity: string }
  | {
      readonly type: "proposed";
      readonly index: number;
      readonly id: string;
      readonly code: string;
      readonly meta: JsonValue;
    }
  /** A further try of a candidate whose earlier one was lost; the first is implied by `proposed`. */
  | {
      readonly type: "attempt";
      readonly id: string;
      readonly attempt: number;
      /** What was lost with the try before: the sandbox, or the whole process. */
      readonly after: "sandbox" | "process";
    }
  /** A proposal whose code had been proposed before: it is not run again. */
  | { readonly type: "repeated"; readonly index: number; readonly id: string; readonly meta: JsonValue }
  | {
      readonly type: "result";
      readonly id: string;
      /** Null where it failed. */
      readonly score: number | null;
      /** On the inputs that are kept back; null where it was not tried on them. */
      readonly holdout: number | null;
      readonly failure: Failure | null;
      /** How long the loop has worked by now, all its processes together, milliseconds. */
      readonly elapsedMs: number;
    }
  | {
      readonly type: "dead-letter";
      readonly id: string;
      readonly attempts: number;
      readonly reason: string;
      readonly elapsedMs: number;
    }
  | { readonly type: "done"; readonly reason: string; readonly elapsedMs: number }
  /** Left in the middle, but in order: what had no result was cancelled, and is not to blame. */
  | { readonly type: "closed"; readonly elapsedMs: number };

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isDuration: Check = (value) => Number.isFinite(value) && (value as number) >= 0;
const isScore: Check = (value) => value === null || Number.isFinite(value);
const isJson: Check = (value) => value !== undefined;

/** What each kind of record must hold. */
const shapes: Readonly<Record<JournalRecord["type"], Readonly<Record<string, Check>>>> = {
  loop: { version: isCount, identity: isHash },
  proposed: { index: isCount, id: isHash, code: isText, meta: isJson },
  attempt: { id: isHash, attempt: isCount, after: (value) => value === "sandbox" || value === "process" },
  repeated: { index: isCount, id: isHash, meta: isJson },
  result: { id: isHash, score: isScore, holdout: isScore, failure: isFailureOrNull, elapsedMs: isDuration },
  "dead-letter": { id: isHash, attempts: isCount, reason: isText, elapsedMs: isDuration },
  done: { reason: isText, elapsedMs: isDuration },
  closed: { elapsedMs: isDuration },
};

/** A record from its line; null for anything else. */
export function parseRecord(line: string): JournalRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isObject(value) || typeof value.type !== "string" || !Object.hasOwn(shapes, value.type)) return null;
  const shape = shapes[value.type as JournalRecord["type"]];
  const isWhole = Object.entries(shape).every(([key, check]) => check(value[key]));
  return isWhole ? (value as unknown as JournalRecord) : null;
}

function isFailureOrNull(value: unknown): boolean {
  if (value === null) return true;
  if (!isObject(value) || !isText(value.message) || !Array.isArray(value.violations)) return false;
  const statuses: readonly unknown[] = failureStatuses;
  return statuses.includes(value.status) && value.violations.every(isObject);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
