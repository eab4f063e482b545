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
const stateAfter: ReadonlyMap<string, string> = new Map([
  ["create", "created"],
  ["start", "running"],
  ["restart", "running"],
  ["unpause", "running"],
  ["pause", "paused"],
  ["die", "exited"],
]);

/** More are not kept in mind; nobody looks at so many. */
const mostContainers = 10_000;
/** How many ids of containers that are gone are kept in mind: as long as events of theirs may still come. */
const mostGone = 1024;

/** A container, and when the last event happened that it is by; 0 for the list. */
interface Known {
  readonly container: LiveContainer;
  readonly timeNano: number;
}

/** What is known, by id. */
interface Book {
  readonly known: Map<string, Known>;
  readonly gone: Set<string>;
}

/** Keeps a list of containers up to date. @param onChange hears of each that came, changed its state, or went. */
export function createLiveContainers(onChange: (change: MonitoredChange) => void): LiveContainers {
  let book: Book = { known: new Map(), gone: new Set() };
  /** What was told since each list was asked for. */
  const notes = new Set<EngineEvent[]>();

  function tellChange(id: string, before: Known | undefined, after: Known | undefined): void {
    const from = before?.container.found.state ?? null;
    const to = after?.container.found.state ?? null;
    const { name = "", claim = null } = (after ?? before)?.container.found ?? {};
    if (from !== to) onChange({ at: Date.now(), id, name, runId: claim?.runId ?? null, from, to });
  }

  function replace(listed: readonly unknown[], told: readonly EngineEvent[]): void {
    const before = book.known;
    book = { known: new Map(), gone: book.gone };
    for (const one of listed) {
      const container = toLive(one);
      keep(book, { container, timeNano: before.get(container.found.id)?.timeNano ?? 0 });
    }
    for (const event of told) applyTo(book, event);
    for (const id of new Set([...before.keys(), ...book.known.keys()]))
      tellChange(id, before.get(id), book.known.get(id));
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
      const before = book.known.get(id);
      applyTo(book, event);
      tellChange(id, before, book.known.get(id));
    },
    all: () => [...book.known.values()].map(({ container }) => container),
  };
}

/** Events overtake one another: what is told of a container after its end is old, and so is what happened before what is known of it. */
function applyTo(book: Book, event: EngineEvent): void {
  const id = event.Actor?.ID ?? "";
  // `exec_create: sh -c ...` tells the command too.
  const [action = ""] = (event.Action ?? "").split(":", 1);
  if (action === "destroy") forget(book, id);
  const before = book.known.get(id);
  const timeNano = event.timeNano ?? 0;
  const state = stateAfter.get(action) ?? before?.container.found.state;
  if (state === undefined || book.gone.has(id) || timeNano < (before?.timeNano ?? 0)) return;
  const container =
    before === undefined || action === "rename"
      ? fromEvent(event, state, before?.container ?? null)
      : { ...before.container, found: { ...before.container.found, state } };
  // What changes no state says nothing of the order of those that do.
  keep(book, { container, timeNano: stateAfter.has(action) ? timeNano : (before?.timeNano ?? 0) });
}

function forget({ known, gone }: Book, id: string): void {
  known.delete(id);
  gone.add(id);
  const [oldest = ""] = gone;
  if (gone.size > mostGone) gone.delete(oldest);
}

/** Its labels are among the attributes of what is told of it. */
function fromEvent(
  { Action, Actor, time }: EngineEvent,
  state: string,
  before: LiveContainer | null,
): LiveContainer {
  const { name = "", ...attributes } = Actor?.Attributes ?? {};
  const createdAtMs = before?.found.createdAtMs ?? (Action === "create" ? (time ?? 0) * 1000 : 0);
  return toLive({
    Id: Actor?.ID,
    Names: [`/${name}`],
    State: state,
    Created: createdAtMs / 1000,
    Labels: attributes,
  });
}

function keep({ known }: Book, one: Known): void {
  const { id } = one.container.found;
  if (id !== "" && (known.has(id) || known.size < mostContainers)) known.set(id, one);
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
