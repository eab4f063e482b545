import type { UsageSample } from "../monitor/usage-sample.ts";
import type { CleanupReport } from "../verdict.ts";
import { nothingToClean } from "./cleanup.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import type { DrivenRun } from "./drive.ts";
import { orAborted } from "./or-aborted.ts";
import type { OutputPiece } from "./output-log.ts";

/** The containers of one run, one after another: nearly always one, two where the first was lost before the code began, none where it never came to that. */
export interface Attempts {
  add(run: DrivenRun): void;
  /** There will be no other. */
  close(): void;
  /** What the code writes in all of them; each reader gets all of it. */
  readonly output: AsyncIterable<OutputPiece>;
  /** What they use, one after another. @throws the signal's reason. */
  watch(signal?: AbortSignal): AsyncGenerator<UsageSample, void, undefined>;
  /** Resolves once all are gone, with the report on the last. Never rejects. */
  readonly cleaned: Promise<CleanupReport>;
}

interface Link {
  readonly run: DrivenRun | null;
  readonly next: Deferred<Link>;
}

/** No containers yet. */
export function createAttempts(): Attempts {
  const first = createDeferred<Link>();
  let open = first;

  function append(run: DrivenRun | null): void {
    const link = { run, next: createDeferred<Link>() };
    open.resolve(link);
    open = link.next;
  }

  async function* runs(signal?: AbortSignal): AsyncGenerator<DrivenRun, void, undefined> {
    for (let next = first; ; ) {
      const link = await (signal === undefined ? next.promise : orAborted(next.promise, signal));
      if (link === null || link.run === null) return;
      yield link.run;
      next = link.next;
    }
  }

  async function* read(): AsyncGenerator<OutputPiece, void, undefined> {
    for await (const run of runs()) yield* run.stream.log.pieces;
  }

  async function* watch(signal?: AbortSignal): AsyncGenerator<UsageSample, void, undefined> {
    for await (const run of runs(signal)) yield* run.watch(signal);
    signal?.throwIfAborted();
  }

  async function cleanAll(): Promise<CleanupReport> {
    let report = nothingToClean;
    for await (const run of runs()) report = await run.cleaned;
    return report;
  }

  return {
    add: append,
    close: () => append(null),
    output: { [Symbol.asyncIterator]: read },
    watch,
    cleaned: cleanAll(),
  };
}
