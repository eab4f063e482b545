import { containerName, labels, labelVersion, type Owner, parseOwner } from "../ownership.ts";

/** What the labels of a container of ours say. */
export interface Claim {
  readonly runId: string;
  readonly owner: Owner;
  /** When it must be gone by the clock of its owner's host, milliseconds since 1970. */
  readonly deadlineMs: number;
}

/** A container that the Engine listed, as far as it makes sense. */
export interface FoundContainer {
  /** Empty where the Engine gave none that could be used. */
  readonly id: string;
  readonly name: string;
  /** In the Engine's words: `created`, `running`, `exited` ... */
  readonly state: string;
  /** By the Engine's clock, milliseconds since 1970; null where it does not say. */
  readonly createdAtMs: number | null;
  /** Null for a container that is not certainly ours. */
  readonly claim: Claim | null;
  /** Why there is no claim; null where there is one. */
  readonly defect: string | null;
}

/** Reads one element of the Engine's list of containers. Total: whatever it holds, there is an answer. */
export function readFoundContainer(listed: unknown): FoundContainer {
  const { Id, Names, State, Created, Labels } = asRecord(listed);
  const id = typeof Id === "string" && /^[0-9a-f]{12,64}$/.test(Id) ? Id : "";
  const names = Array.isArray(Names) ? Names.filter((name) => typeof name === "string") : [];
  const found = {
    id,
    name: (names[0] ?? "").replace(/^\//, ""),
    state: typeof State === "string" ? State : "",
    createdAtMs: typeof Created === "number" && Created > 0 ? Created * 1000 : null,
  };
  const claim = id === "" ? "the Engine gave no usable id" : readClaim(asRecord(Labels), names);
  return typeof claim === "string"
    ? { ...found, claim: null, defect: claim }
    : { ...found, claim, defect: null };
}

/** The claim, or why there is none. */
function readClaim(found: Readonly<Record<string, unknown>>, names: readonly string[]): Claim | string {
  const text = (name: string): string => {
    const value = Object.hasOwn(found, name) ? found[name] : undefined;
    return typeof value === "string" ? value : "";
  };
  if (text(labels.version) !== labelVersion) return "its labels are not of a version that is known here";
  const runId = text(labels.run);
  if (!/^[0-9a-f]{20}$/.test(runId)) return "its run label is not a run's id";
  // An image that was made of one of our containers hands its labels down to strangers.
  if (!names.includes(`/${containerName(runId)}`)) return "its name is not the one of its run";
  const owner = parseOwner(text(labels.owner));
  if (owner === null || owner.pid < 1) return "its owner label cannot be read";
  if (!/^\d{13,15}$/.test(text(labels.deadline))) return "its deadline label cannot be read";
  return { runId, owner, deadlineMs: Number(text(labels.deadline)) };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
