import { currentOwner, type Owner } from "../ownership.ts";
import { gatherFacts } from "../reaper/host-facts.ts";
import type { HostView, ProcessState } from "../reaper/host-view.ts";
import { judgeOrphan } from "../reaper/judge-orphan.ts";
import type { LiveContainer } from "./live-containers.ts";
import type { MonitoredContainer, MonitoredOwner } from "./snapshot.ts";

/** Anybody who may use the Engine may give a container any name. */
const longestText = 200;

/** Containers as a snapshot tells of them, the oldest first, each judged by what this host knows of its owner now. */
export function describeContainers(
  containers: readonly LiveContainer[],
  { host, clockSkewMs }: { readonly host: HostView; readonly clockSkewMs: number | null },
): readonly MonitoredContainer[] {
  const me = currentOwner();
  const once = lookUpOnce(host);
  const ageOf = (createdAtMs: number | null): number =>
    createdAtMs === null ? -1 : Math.max(0, host.now() + (clockSkewMs ?? 0) - createdAtMs);
  return [...containers]
    .sort((left, right) => ageOf(right.found.createdAtMs) - ageOf(left.found.createdAtMs))
    .map(({ found, poolId, sessionId }) => {
      const { id, name, state, claim, createdAtMs } = found;
      return {
        id,
        name: name.slice(0, longestText),
        runId: claim?.runId ?? null,
        state: state.slice(0, longestText),
        owner: claim === null ? null : describeOwner(claim.owner, me),
        ...judgeOrphan(found, gatherFacts(found, once, clockSkewMs)),
        ageMs: createdAtMs === null ? null : ageOf(createdAtMs),
        deadlineMs: claim?.deadlineMs ?? null,
        poolId,
        sessionId,
      };
    });
}

function describeOwner({ host, pid, startTime, scope }: Owner, me: Owner): MonitoredOwner {
  const isMine =
    host === me.host &&
    pid === me.pid &&
    startTime === me.startTime &&
    scope?.bootId === me.scope?.bootId &&
    scope?.namespaces === me.scope?.namespaces;
  return { host: host.slice(0, longestText), pid, isMine };
}

/** One process may own many containers. */
function lookUpOnce(host: HostView): HostView {
  const seen = new Map<number, ProcessState>();
  return {
    ...host,
    lookUp(pid) {
      const state = seen.get(pid) ?? host.lookUp(pid);
      seen.set(pid, state);
      return state;
    },
  };
}
