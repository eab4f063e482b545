import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";

/** A program of the host that could not be started, or ended with an error. The message holds its last lines. */
export class HostProgramError extends Error {
  override readonly name = "HostProgramError";
  readonly program: string;
  /** Null where it was not started, or ended by a signal. */
  readonly exitCode: number | null;

  constructor(program: string, exitCode: number | null, detail: string) {
    super(
      `${program} ${exitCode === null ? "failed" : `ended with code ${exitCode}`}${detail === "" ? "" : `: ${detail}`}`,
    );
    this.program = program;
    this.exitCode = exitCode;
  }
}

/** Options of {@link programLines}. */
export interface ProgramOptions {
  /** Ends the program and all that it started; its reason is what the iterator throws. */
  readonly signal?: AbortSignal;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const tailLines = 5;
const longestLine = 400;
const killAfterMs = 2000;

/**
 * Runs a program and gives what it writes, line by line, stdout and stderr together. Its stdin is empty.
 *
 * @throws HostProgramError where it cannot be started or ends with anything but 0.
 * @example
 * for await (const line of programLines("apt-get", ["update"])) console.log(line);
 */
export async function* programLines(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): AsyncGenerator<string, void, undefined> {
  const { signal, env = {} } = options;
  signal?.throwIfAborted();
  // A group of its own, so that what the program starts can be ended with it, and a Ctrl-C reaches us first.
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const exit = once(child, "close").then(
    ([code]) => ({ code: code as number | null, failure: "" }),
    (error: Error) => ({ code: null, failure: error.message }),
  );
  const stop = (): void => killGroup(child);
  signal?.addEventListener("abort", stop, { once: true });
  const tail: string[] = [];
  try {
    for await (const line of mergedLines(child) as AsyncIterable<string>) {
      const text = line.slice(0, longestLine);
      if (text.trim() !== "" && tail.push(text.trim()) > tailLines) tail.shift();
      yield text;
    }
    const { code, failure } = await exit;
    signal?.throwIfAborted();
    if (code !== 0) throw new HostProgramError(program, code, failure || tail.join(" | "));
  } finally {
    signal?.removeEventListener("abort", stop);
    if (child.exitCode === null && child.signalCode === null) stop();
    await exit;
  }
}

/** Runs a program to its end and gives its output. @throws HostProgramError */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const lines: string[] = [];
  for await (const line of programLines(program, args, options)) lines.push(line);
  return lines.join("\n");
}

/** Lines of both outputs in the order in which they were complete. */
function mergedLines(child: ChildProcess): PassThrough {
  const merged = new PassThrough({ objectMode: true });
  const sources = [child.stdout, child.stderr].filter((source) => source !== null);
  let open = sources.length;
  for (const source of sources) {
    const lines = createInterface({ input: source });
    lines.on("line", (line) => merged.write(line));
    lines.once("close", () => {
      open--;
      if (open === 0) merged.end();
    });
  }
  return merged;
}

/** Politely first: a package manager that is cut in the middle leaves its locks behind. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  setTimeout(() => signalGroup(pid, "SIGKILL"), killAfterMs).unref();
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It is gone already.
  }
}
