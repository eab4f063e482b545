import { formatDuration } from "../config/units.ts";
import type { Owner, OwnerScope } from "../ownership.ts";
import type { Claim, FoundContainer } from "./found-container.ts";
import type { ProcessState } from "./host-view.ts";

/** Whether a container was left behind. What is `unknown` is never removed unasked. */
export interface Judgement {
  readonly verdict: "orphan" | "alive" | "unknown";
  /** One clause for people, for example `its owner, process 4711, is gone`. */
  readonly reason: string;
}

/** What a container is judged by. */
export interface HostFacts {
  /** The clock of this host, milliseconds since 1970. */
  readonly nowMs: number;
  /** The Engine's clock at the same moment; null where it does not tell. */
  readonly engineNowMs: number | null;
  /** When the kernel of this host started, by its own clock. */
  readonly bootedAtMs: number;
  readonly host: string;
  /** Null where this host cannot tell its process ids from those of others; then only deadlines count. */
  readonly scope: OwnerScope | null;
  /** What became of the process whose id the owner label tells. */
  readonly ownerProcess: ProcessState;
}

/** How long after its deadline a container counts as overdue, milliseconds: clocks of hosts differ, and `runLabels` gives two minutes more. */
export const overdueToleranceMs = 300_000;

/** By how much a container must be older than this host's kernel, milliseconds, to be of a time before its restart. */
const bootToleranceMs = 60_000;

/**
 * Judges one container by its labels. Pure.
 *
 * An owner is provably dead where the labels name a process of this very host, boot and namespace, and that process is gone or another
 * one; or where this machine was restarted since. Of owners elsewhere only the deadline is known. It is in the time of the owner's
 * host, whose clock nobody can ask, so it counts as past only when this host's clock and the Engine's both are beyond it by
 * {@link overdueToleranceMs}, and not at all where it lies before the creation, which shows that the clocks contradict each other.
 */
export function judgeOrphan(container: FoundContainer, facts: HostFacts): Judgement {
  const { claim } = container;
  if (claim === null) return { verdict: "unknown", reason: container.defect ?? "it is not certainly ours" };
  const owner = judgeOwner(container, claim.owner, facts);
  if (owner.verdict === "orphan") return owner;
  const overdueMs = overdueBy(container, claim, facts);
  return overdueMs === null
    ? owner
    : { verdict: "orphan", reason: `it is ${formatDuration(overdueMs)} past its deadline` };
}

function judgeOwner(container: FoundContainer, owner: Owner, facts: HostFacts): Judgement {
  if (isSamePlace(owner, facts)) return judgeProcess(owner, facts.ownerProcess);
  if (isBeforeRestart(container, owner, facts))
    return { verdict: "orphan", reason: "this machine was restarted since its owner lived" };
  const place = owner.host === facts.host ? "beyond this system's view" : `on ${owner.host}`;
  return { verdict: "unknown", reason: `its owner, process ${owner.pid}, is ${place}` };
}

function judgeProcess({ pid, startTime }: Owner, process: ProcessState): Judgement {
  switch (process.kind) {
    case "gone":
      return { verdict: "orphan", reason: `its owner, process ${pid}, is gone` };
    case "running":
      return process.startTime === startTime
        ? { verdict: "alive", reason: `its owner, process ${pid}, lives` }
        : { verdict: "orphan", reason: `its owner is gone, and process ${pid} is another one by now` };
    case "hidden":
      return { verdict: "unknown", reason: `this system does not show its owner, process ${pid}` };
    default:
      return process satisfies never;
  }
}

/** The name is asked for as well: copies of a running machine share even the boot id. */
function isSamePlace({ host, scope }: Owner, facts: HostFacts): boolean {
  if (scope === undefined || facts.scope === null || host !== facts.host) return false;
  return scope.bootId === facts.scope.bootId && scope.namespaces === facts.scope.namespaces;
}

/** Another machine may have the same name and, as a copy, the same id; but not a container that is older than this machine's start. */
function isBeforeRestart({ createdAtMs }: FoundContainer, { host, scope }: Owner, facts: HostFacts): boolean {
  const machine = facts.scope?.machine ?? null;
  if (scope === undefined || machine === null || createdAtMs === null || facts.engineNowMs === null)
    return false;
  const isThisMachine = host === facts.host && scope.machine === machine;
  const createdHereMs = createdAtMs - (facts.engineNowMs - facts.nowMs);
  return (
    isThisMachine &&
    scope.bootId !== facts.scope?.bootId &&
    createdHereMs < facts.bootedAtMs - bootToleranceMs
  );
}

/** How long it has been due by both clocks, milliseconds; null where it is not, or not certainly. */
function overdueBy({ createdAtMs }: FoundContainer, { deadlineMs }: Claim, facts: HostFacts): number | null {
  if (facts.engineNowMs === null || createdAtMs === null || deadlineMs <= createdAtMs) return null;
  const overdueMs = Math.min(facts.nowMs, facts.engineNowMs) - deadlineMs;
  return overdueMs > overdueToleranceMs ? overdueMs : null;
}
