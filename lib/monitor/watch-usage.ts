import { type EngineClient, watchStats } from "../../engine-api/mod.ts";
import { orAborted } from "../run/or-aborted.ts";
import { toUsageSample, type UsageSample } from "./usage-sample.ts";

/** A run of which samples are wanted. */
export interface WatchedRun {
  /** Null where there is no container, and so no sample. */
  readonly client: EngineClient | null;
  readonly containerName: string;
  /** Resolves to true once the container runs, to false where it never will. */
  readonly runs: Promise<boolean>;
  /** Resolves when the run is over, though its container may go on. */
  readonly ended: Promise<unknown>;
}

/**
 * Samples about once a second, from the moment at which the container runs until the run is over. What goes wrong with them ends them and
 * nothing else. Leaving the loop lets go of the connection.
 *
 * @throws the signal's reason where it aborts.
 */
export async function* watchUsage(
  { client, containerName, runs, ended }: WatchedRun,
  signal?: AbortSignal,
): AsyncGenerator<UsageSample, void, undefined> {
  const over = new AbortController();
  void ended.then(() => over.abort());
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  if (client !== null && (await orAborted(runs, either)) === true)
    yield* samplesOf(client, containerName, either);
  signal?.throwIfAborted();
}

async function* samplesOf(
  client: EngineClient,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<UsageSample, void, undefined> {
  let previous: UsageSample | null = null;
  try {
    for await (const reading of watchStats(client, id, { signal })) {
      const sample = toUsageSample(reading, previous);
      if (signal.aborted) return;
      if (sample === null) continue;
      previous = sample;
      yield sample;
    }
  } catch {
    // A run is not worth less because nobody can watch it.
  }
}
