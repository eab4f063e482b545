import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { PassThrough, type Readable } from "node:stream";
import type { OutputChunk } from "../../engine-api/mod.ts";
import { readStartTime } from "../ownership.ts";
import type { HostUser } from "./host-user.ts";

/** A supervisor as a process of this machine. */
export interface SupervisorProcess {
  readonly pid: number;
  /** When it began, as /proc tells it; null where there is none. */
  readonly startTime: string | null;
  /** What it writes, as it comes; can be read once. */
  readonly output: AsyncIterable<OutputChunk>;
  /** Resolves once the bytes may be followed by more. Rejects where it takes no more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Tells it that nobody wants anything of it any more: it ends all that it started, and itself. */
  endInput(): void;
  /** Its exit code; as shells have it, 128 more than the number of the signal that ended it. Never rejects. */
  readonly exit: Promise<{ readonly exitCode: number }>;
  hasExited(): boolean;
}

/** How a supervisor is started. */
export interface ProcessOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user: HostUser | null;
}

/**
 * Starts a supervisor in a session, and so in a process group, of its own: signals from the terminal do not reach it.
 *
 * @throws the system's error where it cannot be started.
 */
export async function startProcess(options: ProcessOptions): Promise<SupervisorProcess> {
  const { command, environment, user } = options;
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    ...user,
    cwd: "/",
    env: { ...environment },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  // One that ended closes its stdin, and what it said before counts for more.
  child.stdin.on("error", () => undefined);
  const exit = new Promise<{ readonly exitCode: number }>((settle) => {
    child.once("exit", (code, signal) =>
      settle({ exitCode: code ?? 128 + constants.signals[signal ?? "SIGKILL"] }),
    );
  });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  return {
    pid,
    startTime: readStartTime(pid),
    output: mergeOutput(child),
    write: (bytes) => write(child, bytes),
    endInput: () => void child.stdin.end(),
    exit,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
  };
}

function write({ stdin }: ChildProcessWithoutNullStreams, bytes: Uint8Array): Promise<void> {
  return new Promise((settle, reject) => {
    stdin.write(bytes, (error) => (error ? reject(error) : settle()));
  });
}

/** Both outputs in the order in which they come. A reader that is slow slows the process down. */
function mergeOutput({ stdout, stderr }: ChildProcessWithoutNullStreams): AsyncIterable<OutputChunk> {
  const merged = new PassThrough({ objectMode: true });
  let open = 2;
  const add = (stream: OutputChunk["stream"], source: Readable): void => {
    source.on("data", (bytes: Uint8Array) => {
      if (merged.write({ stream, bytes })) return;
      source.pause();
      merged.once("drain", () => source.resume());
    });
    source.once("error", (error) => merged.destroy(error));
    source.once("close", () => {
      open--;
      if (open === 0) merged.end();
    });
  };
  add("stdout", stdout);
  add("stderr", stderr);
  // Where nobody reads any more, an open pipe would keep this process alive.
  merged.once("close", () => {
    stdout.destroy();
    stderr.destroy();
  });
  return merged;
}
