import { nothingToClean } from "../run/cleanup.ts";
import type { RunPlan } from "../run/drive.ts";
import type { Place } from "../run/effects.ts";
import { notHidden } from "../run/in-container.ts";
import type { CleanupReport } from "../verdict.ts";
import { endStrays, endSupervisor, type SupervisorEnd } from "./end-processes.ts";
import { directEnvironment } from "./environment.ts";
import { folderOf, removeFolder } from "./folder.ts";
import type { HostUser } from "./host-user.ts";
import { type SupervisorProcess, startProcess } from "./supervisor-process.ts";

/** What a run without a container needs. */
export interface DirectPlan extends RunPlan {
  /** Program and arguments that start the supervisor. */
  readonly command: readonly string[];
  /** Whom the code runs as; null for whoever runs this process. */
  readonly user: HostUser | null;
}

/** The highest exit code that a supervisor gives itself once it has seen all that it started end. */
const highestTidyExitCode = 70;

/** What a run has of this machine. */
interface Holding {
  readonly folder: string;
  readonly supervisor: SupervisorProcess;
}

/**
 * A process of this machine. Of a container's steps only two have something to do: where its streams are attached the supervisor is started,
 * and its end is waited for.
 */
export function inProcess(plan: DirectPlan): Place {
  let holding: Holding | null = null;
  let ending: Promise<SupervisorEnd> | null = null;

  async function start(): Promise<SupervisorProcess> {
    const { command, user, name } = plan;
    const folder = await folderOf(name);
    const supervisor = await startProcess({ command, user, environment: directEnvironment(folder, name) });
    holding = { folder, supervisor };
    return supervisor;
  }

  function end({ supervisor }: Holding): Promise<SupervisorEnd> {
    ending ??= endSupervisor(supervisor);
    return ending;
  }

  async function cleanUp(held: Holding): Promise<CleanupReport> {
    const begunAt = performance.now();
    const how = await end(held);
    const message = await clear(held, how, plan.name);
    return toReport(how, message, performance.now() - begunAt);
  }

  return {
    async step(which, { results }) {
      if (which === "attach") results.attachment = await start();
      if (which === "wait") results.wait = holding?.supervisor ?? null;
    },
    clamp: async () => undefined,
    kill: async () => void (holding !== null && (await end(holding))),
    cleanUp: async () => (holding === null ? nothingToClean : cleanUp(holding)),
    // Elsewhere than on Linux no process may read another's memory unless it is root.
    refuse: ({ dumpable }) => (dumpable && process.platform === "linux" ? notHidden() : null),
  };
}

/** Null where nothing is left, else what is. */
async function clear(
  { folder, supervisor }: Holding,
  how: SupervisorEnd,
  runName: string,
): Promise<string | null> {
  const isTidy = how !== "never" && (await supervisor.exit).exitCode <= highestTidyExitCode;
  const left = isTidy ? [] : await endStrays({ runName, folder, startTime: supervisor.startTime });
  return left.length > 0 ? `processes are left: ${left.join(", ")}` : removeFolder(folder);
}

function toReport(how: SupervisorEnd, message: string | null, cleanupMs: number): CleanupReport {
  const strategy = how === "alone" ? "remove" : "kill-remove";
  const failure = how === "never" ? "the supervisor does not end" : message;
  return {
    strategy,
    isConfirmed: failure === null,
    attempts: [{ strategy, outcome: failure === null ? "gone" : "failed", message: failure }],
    containerExitCode: null,
    cleanupMs,
  };
}
