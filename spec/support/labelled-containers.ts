import { spawn } from "node:child_process";
import { once } from "node:events";
import { createContainer, type EngineClient, removeContainer, startContainer } from "../../engine-api/mod.ts";
import { defaultImage } from "../../lib/image/names.ts";
import { containerName, currentOwner, newRunId, type Owner, runLabels } from "../../lib/ownership.ts";
import { createHostView, type HostView } from "../../lib/reaper/host-view.ts";

/** What differs from a container that this process made, which was never started and has ten minutes left. */
export interface Labelled {
  readonly owner?: Owner;
  readonly deadlineMs?: number;
  readonly isStarted?: boolean;
  /** Replaces labels; null takes one away. */
  readonly change?: Readonly<Record<string, string | null>>;
  readonly name?: string;
}

/** Containers on a real Engine that look as if executors had made them, and that only the specs which made them touch. */
export interface LabelledContainers {
  /** Labels that all of them carry, for the options of the reaper and the monitor. */
  readonly withLabels: readonly string[];
  /** This host under another name, so that no reaper but that of these specs knows its processes. */
  readonly here: HostView;
  /** This process there. */
  readonly me: Owner;
  /** Makes one that does nothing for long; its id. */
  make(labelled?: Labelled): Promise<string>;
  /** A process there that lived and is collected. */
  deadOwner(): Promise<Owner>;
  removeAll(): Promise<void>;
}

/** @param label carried by all of them, with a value of its own. */
export function labelContainers(client: EngineClient, label: string): LabelledContainers {
  const value = newRunId();
  const here: HostView = { ...createHostView(), host: `spec-${value}` };
  const me: Owner = { ...currentOwner(), host: here.host };
  const made = new Set<string>();
  return {
    withLabels: [`${label}=${value}`],
    here,
    me,
    async make({ owner = me, deadlineMs = Date.now() + 600_000, ...rest } = {}) {
      const runId = newRunId();
      const all = {
        ...runLabels({ runId, owner, policyHash: "none", deadlineMs }),
        [label]: value,
        ...rest.change,
      };
      const spec = {
        Image: defaultImage,
        Entrypoint: ["sleep"],
        Cmd: ["600"],
        NetworkDisabled: true,
        HostConfig: { NetworkMode: "none" },
        Labels: Object.fromEntries(
          Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
        ),
      };
      const { id } = await createContainer(client, spec, { name: rest.name ?? containerName(runId) });
      made.add(id);
      if (rest.isStarted === true) await startContainer(client, id);
      return id;
    },
    async deadOwner() {
      const child = spawn("true");
      await once(child, "exit");
      return { ...me, pid: child.pid ?? 0, startTime: "1" };
    },
    async removeAll() {
      for (const id of made) await removeContainer(client, id, { force: true }).catch(() => undefined);
    },
  };
}
