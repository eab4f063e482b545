import type { EngineEvent } from "../../engine-api/mod.ts";
import { poolLabel, sessionLabel } from "../ownership.ts";
import { type FoundContainer, readFoundContainer } from "../reaper/found-container.ts";

/** A container of ours, as the Engine last told of it. */
export interface LiveContainer {
  readonly found: FoundContainer;
  readonly poolId: string | null;
  readonly sessionId: string | null;
}

/** What became of one container. */
export interface MonitoredChange {
  /** Milliseconds since 1970, by this host's clock. */
  readonly at: number;
  readonly id: string;
  readonly name: string;
  /** Null where its labels cannot be read. */
  readonly runId: string | null;
  /** Its state before, in the Engine's words; null for one that is new. */
  readonly from: string | null;
  /** Null for one that is gone. */
  readonly to: string | null;
}

/** The containers of ours that exist, by what the Engine lists and tells. */
export interface LiveContainers {
  /**
   * To be called before the Engine is asked for its list; what is given back takes the answer. What is told meanwhile is applied to it
   * again, so that a list which was made before an event and comes after it takes nothing back. Null where no answer came.
   */
  beginList(): (listed: readonly unknown[] | null) => void;
  apply(event: EngineEvent): void;
  all(): readonly LiveContainer[];
}

/** What a container is after an event; others change nothing. */
const stateAfter: Readonly<Record<string, string>> = {
  create: "created",
  start: "running",
  restart: "running",
  unpause: "running",
  pause: "paused",
  die: "exited",
};

/** More are not kept in mind; nobody looks at so many. */
const mostContainers = 10_000;

type Known = Map<string, LiveContainer>;

/** Keeps a list of containers up to date. @param onChange hears of each that came, changed its state, or went. */
export function createLiveContainers(onChange: (change: MonitoredChange) => void): LiveContainers {
  let known: Known = new Map();
  /** What was told since each list was asked for. */
  const notes = new Set<EngineEvent[]>();

  function tellChange(id: string, before: LiveContainer | undefined, after: LiveContainer | undefined): void {
    const [from, to] = [before?.found.state ?? null, after?.found.state ?? null];
    const { name = "", claim = null } = (after ?? before)?.found ?? {};
    if (from !== to) onChange({ at: Date.now(), id, name, runId: claim?.runId ?? null, from, to });
  }

  function replace(listed: readonly unknown[], told: readonly EngineEvent[]): void {
    const before = known;
    known = new Map();
    for (const container of listed) keep(known, toLive(container));
    for (const event of told) applyTo(known, event);
    for (const id of new Set([...before.keys(), ...known.keys()]))
      tellChange(id, before.get(id), known.get(id));
  }

  return {
    beginList() {
      const told: EngineEvent[] = [];
      notes.add(told);
      return (listed) => {
        notes.delete(told);
        if (listed !== null) replace(listed, told);
      };
    },
    apply(event) {
      for (const told of notes) told.push(event);
      const id = event.Actor?.ID ?? "";
      const before = known.get(id);
      applyTo(known, event);
      tellChange(id, before, known.get(id));
    },
    all: () => [...known.values()],
  };
}

function applyTo(known: Known, { Action, Actor, time }: EngineEvent): void {
  const id = Actor?.ID ?? "";
  // `exec_create: sh -c ...` tells the command too.
  const [action = ""] = (Action ?? "").split(":", 1);
  const before = known.get(id);
  if (action === "destroy") {
    known.delete(id);
    return;
  }
  const state = stateAfter[action] ?? before?.found.state;
  if (state === undefined) return;
  if (before !== undefined && action !== "rename") {
    known.set(id, { ...before, found: { ...before.found, state } });
    return;
  }
  const { name = "", ...attributes } = Actor?.Attributes ?? {};
  const created = before?.found.createdAtMs ?? (action === "create" ? (time ?? 0) * 1000 : 0);
  keep(
    known,
    toLive({ Id: id, Names: [`/${name}`], State: state, Created: created / 1000, Labels: attributes }),
  );
}

function keep(known: Known, container: LiveContainer): void {
  const { id } = container.found;
  if (id !== "" && (known.has(id) || known.size < mostContainers)) known.set(id, container);
}

function toLive(listed: unknown): LiveContainer {
  const { Labels } = (listed ?? {}) as { readonly Labels?: unknown };
  const labels = (typeof Labels === "object" && Labels !== null ? Labels : {}) as Record<string, unknown>;
  return {
    found: readFoundContainer(listed),
    poolId: readId(labels[poolLabel]),
    sessionId: readId(labels[sessionLabel]),
  };
}

/** Ids of ours are short texts of hexadecimal digits; anything else is somebody's play. */
function readId(value: unknown): string | null {
  return typeof value === "string" && /^[0-9a-f]{1,64}$/.test(value) ? value : null;
}
