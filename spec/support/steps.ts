import { spawnSync } from "node:child_process";

/** One step of a script: a program with its arguments, shown under a name. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program with the terminal's own input and output. @throws Error where it ends with anything but 0. */
export function call(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): void {
  const { status, error } = spawnSync(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status ?? "a signal"}`);
}

/** Runs steps in order, ends the process at the first that fails, and tells how long each took. */
export function runSteps(steps: readonly Step[]): void {
  const times: string[] = [];
  for (const { name, command, env } of steps) {
    console.log(`\n=== ${name}: ${command.join(" ")}`);
    const startedAt = performance.now();
    try {
      call(command, env);
    } catch (error) {
      console.error(`\n=== ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    }
    times.push(`${name} ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  console.log(`\n=== all well: ${times.join(", ")}`);
}
