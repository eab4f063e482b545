import { nothingToClean } from "../../lib/run/cleanup.ts";
import { createDeferred } from "../../lib/run/deferred.ts";
import type { Assignment, DrivenAhead, RunEnd } from "../../lib/run/drive.ts";
import { initialStateAhead, type RunState } from "../../lib/run/state.ts";
import { createSupervisorStream } from "../../lib/run/supervisor-stream.ts";

/** A container of a pool that does what the spec says. */
export interface FakeContainer extends DrivenAhead {
  /** It is ready for a job. */
  becomeReady(): void;
  /** It ends, and is gone. */
  end(cause?: RunState["cause"]): void;
  /** Why it was thrown away. */
  discarded(): string | null;
  assigned(): Assignment | null;
}

/** Makes containers, and remembers them in the order in which they were made. */
export function createFakeContainers(): {
  readonly made: FakeContainer[];
  launch(): DrivenAhead;
} {
  const made: FakeContainer[] = [];
  return {
    made,
    launch() {
      const container = createFakeContainer(`c${made.length}`);
      made.push(container);
      return container;
    },
  };
}

function createFakeContainer(id: string): FakeContainer {
  const waits = createDeferred<boolean>();
  const ended = createDeferred<RunEnd>();
  const cleaned = createDeferred<typeof nothingToClean>();
  const stream = createSupervisorStream();
  let discarded: string | null = null;
  let assigned: Assignment | null = null;

  function end(cause: RunState["cause"] = { kind: "exit" }): void {
    waits.resolve(false);
    const state = { ...initialStateAhead, cause };
    ended.resolve({ state, containerId: id, containerName: id, stream, marks: new Map() });
    cleaned.resolve(nothingToClean);
  }

  return {
    containerName: id,
    stream,
    ended: ended.promise,
    cleaned: cleaned.promise,
    watch: noSamples,
    waits: waits.promise,
    containerId: () => id,
    assign(assignment) {
      assigned = assignment;
      return true;
    },
    discard(reason) {
      discarded = reason instanceof Error ? reason.message : String(reason);
      end({ kind: "cancelled", reason });
    },
    becomeReady: () => waits.resolve(true),
    end,
    discarded: () => discarded,
    assigned: () => assigned,
  };
}

/** Of a container that nobody can watch. */
export async function* noSamples(): AsyncGenerator<never, void, undefined> {}

/** Lets promises settle that are about to. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
