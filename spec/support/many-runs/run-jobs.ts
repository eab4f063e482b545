import { createExecutor, type Executor } from "../../../lib/executor.ts";
import type { RunStatus } from "../../../lib/verdict.ts";
import type { Counts } from "./counts.ts";
import { createJob, jobPolicy } from "./jobs.ts";

/** What became of many runs. */
export interface RunsReport {
  /** One line for each run that did not end as it must. */
  readonly faults: readonly string[];
  readonly statuses: ReadonlyMap<RunStatus, number>;
}

/** Does so many jobs, a given number side by side, and closes their executor. */
export async function runJobs(options: {
  readonly runs: number;
  readonly concurrency: number;
  readonly endpoint?: string;
  readonly onRun?: (done: number) => void;
}): Promise<RunsReport> {
  const executor = createExecutor({
    policy: jobPolicy,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  });
  const faults: string[] = [];
  const statuses = new Map<RunStatus, number>();
  let next = 0;
  let done = 0;

  async function work(): Promise<void> {
    while (next < options.runs) {
      const { status, fault } = await doJob(executor, next++);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (fault !== null) faults.push(fault);
      options.onRun?.(++done);
    }
  }

  try {
    await Promise.all(Array.from({ length: options.concurrency }, work));
  } finally {
    await executor.close();
  }
  return { faults, statuses };
}

async function doJob(
  executor: Executor,
  number: number,
): Promise<{ readonly status: RunStatus; readonly fault: string | null }> {
  const job = createJob(number);
  const handle = executor.start(job.code, job.options);
  job.meanwhile?.(handle);
  const result = await handle.result;
  const cleanup = await handle.cleaned;
  const isRejected = result.status === "rejected";
  const fault =
    job.findFault(result) ??
    (isRejected || cleanup?.isConfirmed === true ? null : "its container may be there");
  return { status: result.status, fault: fault === null ? null : `run ${number}, ${job.name}: ${fault}` };
}

/** MiB that a heap may differ by from one moment to another though nothing is kept; buffers come in larger pieces. */
const heapSlackMiB = 4;
const bufferSlackMiB = 8;

/** What there is more of, one line for each; resident memory is not judged, since the allocator keeps pages. */
export function findGrowth(before: Counts, after: Counts): readonly string[] {
  const slack: Readonly<Partial<Record<keyof Counts, number>>> = {
    heapMiB: heapSlackMiB,
    buffersMiB: bufferSlackMiB,
    residentMiB: Number.POSITIVE_INFINITY,
  };
  return (Object.keys(before) as (keyof Counts)[])
    .filter((key) => after[key] > before[key] + (slack[key] ?? 0))
    .map((key) => `${key} from ${before[key]} to ${after[key]}`);
}
