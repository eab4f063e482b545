import type { DrivenAhead } from "../run/drive.ts";

/** Where a container of a pool is: getting ready, waiting for a job, given to one, or about to be gone. */
export type QueueName = "starting" | "idle" | "busy" | "dead";

/** A container of a pool. It is in exactly one queue. */
export interface Pooled {
  readonly run: DrivenAhead;
  readonly queue: QueueName;
}

/** All containers of a pool. */
export interface Queues {
  /** A new one, in `starting`. */
  add(run: DrivenAhead): Pooled;
  /** Ends its timer in the old queue, and starts the new one's. */
  move(container: Pooled, to: QueueName, timer?: { readonly afterMs: number; fire(): void }): void;
  /** It is gone. */
  forget(container: Pooled): void;
  /** Those in a queue, the oldest first. */
  list(name: QueueName): readonly Pooled[];
  /** By the Engine's id. */
  find(containerId: string): Pooled | null;
  counts(): Record<QueueName, number>;
}

interface Entry extends Pooled {
  queue: QueueName;
  timer: NodeJS.Timeout | null;
}

/** Empty queues. Their timers keep no process alive. */
export function createQueues(): Queues {
  const entries = new Map<Pooled, Entry>();
  const list = (name: QueueName): Entry[] => [...entries.values()].filter(({ queue }) => queue === name);

  return {
    add(run) {
      const entry: Entry = { run, queue: "starting", timer: null };
      entries.set(entry, entry);
      return entry;
    },
    move(container, to, timer) {
      const entry = entries.get(container);
      if (entry === undefined) return;
      if (entry.timer !== null) clearTimeout(entry.timer);
      entry.queue = to;
      entry.timer = timer === undefined ? null : setTimeout(timer.fire, timer.afterMs).unref();
    },
    forget(container) {
      const timer = entries.get(container)?.timer ?? null;
      if (timer !== null) clearTimeout(timer);
      entries.delete(container);
    },
    list,
    find: (containerId) => [...entries.values()].find(({ run }) => run.containerId() === containerId) ?? null,
    counts: () => ({
      starting: list("starting").length,
      idle: list("idle").length,
      busy: list("busy").length,
      dead: list("dead").length,
    }),
  };
}
