import { SandboxError } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type { Ticket } from "../run/admission.ts";
import { nothingToClean } from "../run/cleanup.ts";
import { throwIfSandboxFailed } from "../run/compose-result.ts";
import { orAborted } from "../run/or-aborted.ts";
import type { CleanupReport } from "../verdict.ts";
import type { CellContainer } from "./drive-cells.ts";

/** What a session needs of the world outside. */
export interface SessionSurroundings {
  /** Makes a container for cells. */
  launch(): CellContainer;
  /** A place in the queue. @throws QueueFullError */
  request(policy: Policy): Ticket;
}

/** The one container that a session has at a time, if it has one, and its place among all that use the machine. */
export interface ContainerSlot {
  /**
   * The container, a new one where there is none, once it waits for its first cell. Null where the signal aborts before.
   *
   * @throws SandboxError where none can be made.
   */
  open(signal: AbortSignal): Promise<CellContainer | null>;
  /** Ends the container, unless a cell runs in it, and resolves when the last one that there was is gone. */
  empty(reason: unknown): Promise<CleanupReport>;
  /** The same, and gives the place away as soon as the container is gone. */
  leave(reason: unknown): Promise<CleanupReport>;
}

/** An empty slot. */
export function createContainerSlot(policy: Policy, { launch, request }: SessionSurroundings): ContainerSlot {
  let container: CellContainer | null = null;
  let gone: Promise<CleanupReport> = Promise.resolve(nothingToClean);
  let ticket: Ticket | null = null;

  async function open(signal: AbortSignal): Promise<CellContainer | null> {
    if (container === null) await makeRoom(signal);
    if (signal.aborted) return null;
    container ??= make();
    const opened = container;
    const isWaiting = await orAborted(opened.waits, signal);
    if (isWaiting === null) return null;
    if (!isWaiting) await throwFailure(opened);
    return opened;
  }

  /** Two containers of one session never stand side by side: its place has room for one. */
  async function makeRoom(signal: AbortSignal): Promise<void> {
    await orAborted(gone, signal);
    // What is asked for after the session left, nobody would give back.
    if (signal.aborted) return;
    ticket ??= request(policy);
    await ticket.turn(signal);
  }

  function make(): CellContainer {
    const made = launch();
    gone = made.cleaned;
    void made.ended.then(() => {
      if (container === made) container = null;
    });
    return made;
  }

  function empty(reason: unknown): Promise<CleanupReport> {
    container?.discard(reason);
    container = null;
    return gone;
  }

  function leave(reason: unknown): Promise<CleanupReport> {
    const left = ticket;
    ticket = null;
    return empty(reason).finally(() => left?.leave());
  }

  return { open, empty, leave };
}

async function throwFailure({ ended, containerName }: CellContainer): Promise<never> {
  throwIfSandboxFailed({ end: await ended, runId: containerName.replace(/^brigbox-/, "") });
  throw new SandboxError("the session's container ended before it was ready");
}
