import { ConfigError } from "../../errors.ts";
import type { JobSource } from "./job-source.ts";
import { checkSpec, type Shared } from "./load-job.ts";

/**
 * Looks through all jobs before the first one is run, so that a mistake in the last line is not found after hours.
 *
 * @returns how many there are.
 * @throws ConfigError with file and line; the signal's reason.
 */
export async function checkJobs(source: JobSource, shared: Shared, signal: AbortSignal): Promise<number> {
  const places = new Map<string, string>();
  for await (const spec of source.specs()) {
    signal.throwIfAborted();
    const { id, at } = spec;
    const other = places.get(id);
    if (other !== undefined)
      throw new ConfigError(
        `${at}: the id "${id.slice(0, 80)}" is that of ${other} already; give each job one of its own`,
      );
    places.set(id, at);
    checkSpec(spec, shared);
  }
  return places.size;
}
