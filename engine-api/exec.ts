import { type Attachment, toAttachment } from "./attach.ts";
import { type CallOptions, onlyCall, withinDeadline } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { type CollectedOutput, collectOutput } from "./collect-output.ts";
import { ProtocolError } from "./errors.ts";
import type { Answer } from "./operations.ts";

/** A command for a running container. */
export interface ExecSpec {
  /** Program and arguments, for example `["sh", "-c", "echo hello"]`. */
  readonly command: readonly string[];
  /** @default false */
  readonly stdin?: boolean;
  /** True for a terminal: output is then one stream, not framed. @default false */
  readonly tty?: boolean;
  /** Further environment, each as `NAME=value`. */
  readonly env?: readonly string[];
  /** `user`, `user:group`, or numbers; the container's own unless given. */
  readonly user?: string;
  readonly workingDir?: string;
  /** Gives the command all capabilities. @default false */
  readonly privileged?: boolean;
}

/** A command that has not been started yet. */
export interface CreatedExec {
  readonly id: string;
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** How a command ended, and what it wrote. */
export interface ExecResult extends CollectedOutput {
  /** 126 where it could not be executed and 127 where it was not found; the reason is then in the output. */
  readonly exitCode: number;
}

/**
 * Prepares a command in a running container.
 *
 * @throws ResponseError 404 for an unknown container, 409 for one that does not run or is paused.
 */
export async function createExec(
  client: EngineClient,
  containerId: string,
  spec: ExecSpec,
  options: CallOptions = {},
): Promise<CreatedExec> {
  const { command, stdin = false, tty = false, env, user, workingDir, privileged = false } = spec;
  const body = {
    Cmd: [...command],
    AttachStdin: stdin,
    AttachStdout: true,
    AttachStderr: true,
    Tty: tty,
    Privileged: privileged,
    ...(env !== undefined && { Env: [...env] }),
    ...(user !== undefined && { User: user }),
    ...(workingDir !== undefined && { WorkingDir: workingDir }),
  };
  const path = { id: containerId };
  const answer = await client.request("POST /containers/{id}/exec", {
    path,
    body,
    ...onlyCall(options),
  });
  if (typeof answer?.Id !== "string")
    throw new ProtocolError("POST /containers/{id}/exec answered without an id");
  return { id: answer.Id, stdin, tty };
}

/**
 * Starts a prepared command and takes hold of its streams. To close the connection does not end the command.
 *
 * @example
 * const exec = await createExec(client, "web", { command: ["cat"], stdin: true });
 * const streams = await startExec(client, exec);
 * await streams.write(new TextEncoder().encode("hello"));
 * streams.endInput();
 * for await (const { bytes } of streams.output) process.stdout.write(bytes);
 */
export async function startExec(
  client: EngineClient,
  exec: CreatedExec,
  options: CallOptions = {},
): Promise<Attachment> {
  const connection = await client.upgrade("POST /exec/{id}/start", {
    path: { id: exec.id },
    body: { Detach: false, Tty: exec.tty },
    ...onlyCall(options),
  });
  return toAttachment(client, connection, { stdin: exec.stdin, tty: exec.tty, signal: options.signal });
}

/** Starts a prepared command and leaves it alone. */
export async function startExecDetached(
  client: EngineClient,
  exec: Pick<CreatedExec, "id" | "tty">,
  options: CallOptions = {},
): Promise<void> {
  await client.request("POST /exec/{id}/start", {
    path: { id: exec.id },
    body: { Detach: true, Tty: exec.tty },
    ...onlyCall(options),
  });
}

/** Whether a command runs, its exit code, and how it was called. */
export function inspectExec(
  client: EngineClient,
  id: string,
  options: CallOptions = {},
): Promise<Answer<"GET /exec/{id}/json">> {
  return client.request("GET /exec/{id}/json", { path: { id }, ...onlyCall(options) });
}

/** Tells a command's terminal its size, in letters. @throws ResponseError 400 or 500 where it does not run (any more). */
export async function resizeExec(
  client: EngineClient,
  id: string,
  size: { readonly rows: number; readonly columns: number },
  options: CallOptions = {},
): Promise<void> {
  await client.request("POST /exec/{id}/resize", {
    path: { id },
    query: { h: size.rows, w: size.columns },
    ...onlyCall(options),
  });
}

/** Options of {@link runExec}. */
export interface RunExecOptions extends CallOptions {
  /** What it reads from its standard input; nothing unless given. */
  readonly input?: Uint8Array | string;
  /** The most that is kept of each stream, bytes; what goes beyond is dropped and told. @default 16777216 */
  readonly maxOutputBytes?: number;
}

/**
 * Runs a command in a running container to its end.
 *
 * @throws ResponseError 404 or 409 for a container that is not there or does not run.
 * @example
 * const { exitCode, stdout } = await runExec(client, "web", { command: ["cat", "/etc/hostname"] });
 */
export function runExec(
  client: EngineClient,
  containerId: string,
  spec: Omit<ExecSpec, "stdin">,
  options: RunExecOptions = {},
): Promise<ExecResult> {
  return withinDeadline("POST /exec/{id}/start", options, (call) =>
    runToEnd(client, containerId, spec, { ...options, ...call }),
  );
}

async function runToEnd(
  client: EngineClient,
  containerId: string,
  spec: Omit<ExecSpec, "stdin">,
  { input, maxOutputBytes, signal }: RunExecOptions,
): Promise<ExecResult> {
  const call = signal === undefined ? {} : { signal };
  const exec = await createExec(client, containerId, { ...spec, stdin: input !== undefined }, call);
  const streams = await startExec(client, exec, call);
  const written = input === undefined ? Promise.resolve() : send(streams, input);
  const output = await collectOutput(streams.output, maxOutputBytes);
  await written;
  const { ExitCode } = await inspectExec(client, exec.id, call);
  if (typeof ExitCode !== "number")
    throw new ProtocolError("the command's output ended, and the Engine tells no exit code");
  return { exitCode: ExitCode, ...output };
}

/** A command may end before it has read all; how it ended is told by its exit code. */
async function send(streams: Attachment, input: Uint8Array | string): Promise<void> {
  try {
    await streams.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
    streams.endInput();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}
