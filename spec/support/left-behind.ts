import {
  containerName,
  labels,
  labelVersion,
  type Owner,
  type OwnerScope,
  runLabels,
} from "../../lib/ownership.ts";
import type { HostView, ProcessState } from "../../lib/reaper/host-view.ts";

/** A moment, milliseconds since 1970, at which made-up hosts look. */
export const noonMs = Date.UTC(2024, 5, 1, 12);

/** Where the owners of made-up containers live, unless told otherwise. */
export const hereScope: OwnerScope = {
  bootId: "11111111-2222-3333-4444-555555555555",
  namespaces: "4026531836.4026531834",
  machine: "0123456789abcdef",
};

/** An owner that lives on the made-up host. */
export const hereOwner: Owner = { host: "here", pid: 4711, startTime: "777", scope: hereScope };

/** A host where one process lives: that of {@link hereOwner}. */
export function playHost(change: Partial<HostView> & { readonly process?: ProcessState } = {}): HostView {
  const { process = { kind: "running", startTime: "777" }, ...rest } = change;
  return {
    host: "here",
    scope: hereScope,
    bootedAtMs: noonMs - 86_400_000,
    now: () => noonMs,
    lookUp: (pid) => (pid === hereOwner.pid ? process : { kind: "gone" }),
    ...rest,
  };
}

/** What differs from a container that was created a minute ago by {@link hereOwner}, runs, and has nine minutes left. */
export interface LeftBehind {
  readonly runId?: string;
  readonly owner?: Owner;
  readonly deadlineMs?: number;
  readonly createdAtMs?: number;
  readonly state?: string;
  /** Replaces labels; null takes one away. */
  readonly labels?: Readonly<Record<string, string | null>>;
}

/** A run id for the n-th made-up run. */
export const runIdOf = (number: number): string => number.toString(16).padStart(20, "0");

/** An element of the Engine's list of containers. */
export function listedContainer(change: LeftBehind = {}): Record<string, unknown> {
  const { runId = runIdOf(1), owner = hereOwner, state = "running" } = change;
  const { deadlineMs = noonMs + 540_000, createdAtMs = noonMs - 60_000 } = change;
  const all = { ...runLabels({ runId, owner, policyHash: "feedbeef", deadlineMs }), ...change.labels };
  return {
    Id: runId.padStart(64, "a"),
    Names: [`/${containerName(runId)}`],
    State: state,
    Created: createdAtMs / 1000,
    Labels: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)),
  };
}

/** Containers that only look like ours, each with what is amiss. */
export const strangers: readonly (readonly [string, Record<string, unknown>])[] = [
  ["no label but the one of the run", { ...listedContainer(), Labels: { [labels.run]: runIdOf(1) } }],
  ["labels of another version", listedContainer({ labels: { [labels.version]: `${labelVersion}0` } })],
  ["no version", listedContainer({ labels: { [labels.version]: null } })],
  ["no run", listedContainer({ labels: { [labels.run]: "" } })],
  ["a run that is none", listedContainer({ labels: { [labels.run]: "../../etc" } })],
  ["no owner", listedContainer({ labels: { [labels.owner]: null } })],
  ["a garbled owner", listedContainer({ labels: { [labels.owner]: "here/4711" } })],
  ["an owner that is process 0", listedContainer({ labels: { [labels.owner]: "here/0/777" } })],
  ["a garbled scope", listedContainer({ labels: { [labels.owner]: "here/4711/777/boot/1.2/-" } })],
  ["no deadline", listedContainer({ labels: { [labels.deadline]: null } })],
  ["a deadline that is none", listedContainer({ labels: { [labels.deadline]: "soon" } })],
  ["a deadline long ago", listedContainer({ labels: { [labels.deadline]: "0" } })],
  ["a negative deadline", listedContainer({ labels: { [labels.deadline]: "-1717243200000" } })],
  ["another name than its run's", { ...listedContainer(), Names: ["/customer-database"] }],
  ["no name", { ...listedContainer(), Names: null }],
  ["labels that are null", { ...listedContainer(), Labels: null }],
];
