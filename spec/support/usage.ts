import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import type { RunResult } from "../../lib/verdict.ts";

const MiB = 1024 ** 2;

/** A program of `spec/fixtures/usage`, which takes so much memory in a way of its own. */
export function readUser(name: string, mebibytes: number): string {
  const text = readFileSync(new URL(`../fixtures/usage/${name}.py`, import.meta.url), "utf8");
  return text.replaceAll("MEBIBYTES", String(mebibytes));
}

/** Fails unless a run went well, and the peak of its memory was measured to a tenth. */
export function assertPeak({ status, message, usage, exception }: RunResult, mebibytes: number): void {
  assert.is(status, "ok", `${message} ${exception?.traceback ?? ""}`);
  const found = (usage.peakMemoryBytes ?? Number.NaN) / MiB;
  assert.ok(Math.abs(found - mebibytes) <= mebibytes / 10, `${found} MiB instead of ${mebibytes}`);
}
