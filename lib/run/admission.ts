import { ConfigError, QueueFullError } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import { rejectUnknownKeys } from "../policy/resolve-policy.ts";
import { createDeferred, type Deferred } from "./deferred.ts";

/** How many runs may go on side by side, and wait. */
export interface AdmissionOptions {
  /** Runs at the same time; what the machine has limits them too. @default Infinity */
  readonly maxConcurrent?: number;
  /** Runs that wait for their turn; one more is a {@link QueueFullError}. @default 1000 */
  readonly maxQueued?: number;
  /** The share of the machine's memory up to which the limits of all runs together may go, 0 to 1. @default 0.8 */
  readonly memoryShare?: number;
  /**
   * The share of the machine's processors up to which the limits of all runs together may go. More than 1 lets them compete for processors,
   * which only makes them slower.
   *
   * @default 4
   */
  readonly cpuShare?: number;
}

/** What the Engine's machine has. */
export interface Capacity {
  readonly memoryBytes: number;
  readonly cpus: number;
}

/** A place in the queue. */
export interface Ticket {
  /** Resolves when it is its turn, and at once where the signal aborts. Rejects where the machine cannot be asked what it has. */
  turn(signal: AbortSignal): Promise<void>;
  /** Ends the turn, or the waiting. A second time does nothing. */
  leave(): void;
}

/** Who may run, in the order in which they asked. */
export interface Admission {
  /** @throws QueueFullError where too many wait already. */
  request(policy: Policy): Ticket;
  /** Runs that have their turn, and that wait for it. */
  counts(): { readonly active: number; readonly queued: number };
}

interface Entry {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly admitted: Deferred<Error | null>;
}

const defaults: Required<AdmissionOptions> = {
  maxConcurrent: Number.POSITIVE_INFINITY,
  maxQueued: 1000,
  memoryShare: 0.8,
  cpuShare: 4,
};

/**
 * A queue before a machine. The sum of what the runs may use stays below a share of what the machine has; a run that is larger than that by
 * itself has it alone.
 *
 * @param capacity asked once, when a second run comes while the first goes on.
 * @throws ConfigError for options that cannot be used.
 */
export function createAdmission(options: AdmissionOptions, capacity: () => Promise<Capacity>): Admission {
  const limits = resolveAdmission(options);
  const active = new Set<Entry>();
  const queue: Entry[] = [];
  let known: Capacity | null = null;
  let isAsking = false;

  function fits({ memoryBytes, cpus }: Entry): boolean {
    if (active.size === 0) return true;
    if (active.size >= limits.maxConcurrent) return false;
    if (known === null) {
      void ask();
      return false;
    }
    const [memorySum, cpuSum] = sums(active);
    return (
      memorySum + memoryBytes <= known.memoryBytes * limits.memoryShare &&
      cpuSum + cpus <= known.cpus * limits.cpuShare
    );
  }

  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    try {
      known = await capacity();
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const entry of queue.splice(0)) entry.admitted.resolve(reason);
    } finally {
      isAsking = false;
    }
    admitNext();
  }

  function admitNext(): void {
    for (let [head] = queue; head !== undefined && fits(head); [head] = queue) {
      queue.shift();
      active.add(head);
      head.admitted.resolve(null);
    }
  }

  function leave(entry: Entry): void {
    const place = queue.indexOf(entry);
    if (place >= 0) queue.splice(place, 1);
    active.delete(entry);
    admitNext();
  }

  return {
    request({ memoryBytes, cpus }) {
      const entry: Entry = { memoryBytes, cpus, admitted: createDeferred() };
      queue.push(entry);
      admitNext();
      if (queue.length > limits.maxQueued) {
        leave(entry);
        throw new QueueFullError(limits.maxQueued);
      }
      return { turn: (signal) => turnOf(entry, signal), leave: () => leave(entry) };
    },
    counts: () => ({ active: active.size, queued: queue.length }),
  };
}

async function turnOf({ admitted }: Entry, signal: AbortSignal): Promise<void> {
  const give = (): void => admitted.resolve(null);
  signal.addEventListener("abort", give, { once: true });
  if (signal.aborted) give();
  const refusal = await admitted.promise;
  signal.removeEventListener("abort", give);
  if (refusal !== null) throw refusal;
}

function sums(entries: ReadonlySet<Entry>): readonly [memoryBytes: number, cpus: number] {
  let [memory, processors] = [0, 0];
  for (const { memoryBytes, cpus } of entries) {
    memory += memoryBytes;
    processors += cpus;
  }
  return [memory, processors];
}

/** With nothing left open. @throws ConfigError for options that cannot be used. */
export function resolveAdmission(options: AdmissionOptions): Required<AdmissionOptions> {
  rejectUnknownKeys(options, Object.keys(defaults), "admission option");
  const limits = { ...defaults, ...options };
  checkCount("maxConcurrent", limits.maxConcurrent, 1);
  checkCount("maxQueued", limits.maxQueued, 0);
  if (!(limits.memoryShare > 0 && limits.memoryShare <= 1))
    throw new ConfigError("admission: memoryShare must be above 0 and at most 1");
  if (!(limits.cpuShare > 0)) throw new ConfigError("admission: cpuShare must be above 0");
  return limits;
}

function checkCount(name: string, value: number, least: number): void {
  if (value !== Number.POSITIVE_INFINITY && !(Number.isInteger(value) && value >= least))
    throw new ConfigError(`admission: ${name} must be a whole number from ${least} on, or Infinity`);
}
