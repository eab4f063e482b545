import { jsonPieces } from "../../values/json-pieces.ts";
import type { Value } from "../../values/types.ts";
import type { RunResult } from "../../verdict.ts";
import { type ResultJson, resultJson } from "../output/result-json.ts";

/** What is kept of what the code wrote, letters of each stream: its end, where the reason for a failure stands. */
const keptLetters = 4000;
const keptItems = 20;

/** Letters of a line; values that need more are an `output-limit`. */
const mostLineLetters = 256 * 1024 * 1024;

/**
 * The line of a job in the results of a batch, its end included. It begins with `id`, `hash` and `status`, by which a later run knows
 * what is done.
 */
export function resultLine(
  { id, hash }: { readonly id: string; readonly hash: string },
  result: RunResult,
  mostLetters: number = mostLineLetters,
): ResultJson {
  return resultJson(result, mostLetters, (told) => linePieces(id, hash, told));
}

function* linePieces(id: string, hash: string, result: RunResult): Generator<string> {
  const { status, message, values, evidence, cleanup } = result;
  yield `${JSON.stringify({ id, hash, status, message }).slice(0, -1)},"values":`;
  yield* jsonPieces(values as { readonly [name: string]: Value });
  const rest = {
    missing: result.missing,
    exception: result.exception,
    violations: result.violations.slice(0, keptItems),
    auditEvents: result.auditEvents.slice(0, keptItems),
    stdout: endOf(result.stdout),
    stderr: endOf(result.stderr),
    // Their bytes would make lines of any length: who wants them runs the job by itself.
    artifacts: result.artifacts.map(({ path, bytes }) => ({ path, bytes: bytes.length })),
    usage: result.usage,
    timings: result.timings,
    evidence: {
      start: evidence.start,
      cause: evidence.cause,
      limit: evidence.limit,
      exitCode: evidence.exitCode,
      signal: evidence.signal,
      oomKills: evidence.oomKills,
    },
    isCleaned: cleanup === null || cleanup.isConfirmed,
    runId: result.runId,
  };
  yield `,${JSON.stringify(rest).slice(1)}\n`;
}

function endOf(text: string): string {
  return text.length > keptLetters ? `…${text.slice(-keptLetters)}` : text;
}
