import {
  encodeTrial,
  type LocalSupervisor,
  type SupervisorOptions,
  startSupervisor,
  type Trial,
  type TrialOptions,
  toTrial,
} from "./supervisor.ts";

/** A supervisor of a session as a process of this machine. */
export interface CellTrials {
  readonly supervisor: LocalSupervisor;
  /** Runs a cell to its report. @throws Error where the supervisor ends before. */
  run(code: string, options?: TrialOptions): Promise<Trial>;
}

/** Runs a spec's body with a supervisor of a session that is gone afterwards. */
export async function withCells(
  options: SupervisorOptions,
  body: (cells: CellTrials) => Promise<void>,
): Promise<void> {
  const supervisor = startSupervisor({ ...options, isSession: true });
  let seen = 0;
  async function run(code: string, trial: TrialOptions = {}): Promise<Trial> {
    await supervisor.waitFor("ready");
    seen = Math.max(seen, 1);
    supervisor.process.stdin.write(encodeTrial(code, trial));
    while (supervisor.frames.slice(seen).at(-1)?.kind !== "report") await nextFrames(supervisor);
    const [ready] = supervisor.frames;
    const frames = supervisor.frames.slice(seen);
    seen = supervisor.frames.length;
    return toTrial(ready === undefined ? frames : [ready, ...frames]);
  }
  try {
    await body({ supervisor, run });
  } finally {
    await supervisor.dispose();
  }
}

function nextFrames({ process, complaints }: LocalSupervisor): Promise<void> {
  return new Promise((resolve, reject) => {
    const onFrames = (): void => {
      process.off("close", onClose);
      resolve();
    };
    const onClose = (code: number | null): void =>
      reject(new Error(`no report, exit code ${code}: ${complaints()}`));
    process.once("frames", onFrames).once("close", onClose);
  });
}
