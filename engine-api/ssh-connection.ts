import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex, type Readable, type Writable } from "node:stream";
import type { Endpoint } from "./endpoint.ts";

/** An endpoint behind ssh. */
export type SshEndpoint = Extract<Endpoint, { readonly kind: "ssh" }>;

const connectTimeoutSeconds = 30;
const longestComplaint = 2000;

/** Program and arguments that carry one connection to the Engine on another machine. */
export function sshCommand({ host, port, user, socketPath }: SshEndpoint): readonly string[] {
  const engine = socketPath === null ? [] : ["--host", quoted(`unix://${socketPath}`)];
  return [
    "ssh",
    ...(user === null ? [] : ["-l", user]),
    ...(port === null ? [] : ["-p", String(port)]),
    "-o",
    `ConnectTimeout=${connectTimeoutSeconds}`,
    // Nobody can be asked for a password: keys and the agent must do.
    "-o",
    "BatchMode=yes",
    "-T",
    "--",
    host,
    "docker",
    ...engine,
    "system",
    "dial-stdio",
  ];
}

/** ssh hands the words to a shell on the other side. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A connection through ssh as a stream. It fails with ssh's own words where the way is barred.
 *
 * @param command replaces what {@link sshCommand} gives, for specs.
 */
export function openSshConnection(
  endpoint: SshEndpoint,
  command: readonly string[] = sshCommand(endpoint),
): Duplex {
  const [program = "ssh", ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(0, longestComplaint);
  });
  const connection = toDuplex(child);
  // It may fail before anybody listens; who reads it later is told all the same.
  connection.on("error", () => undefined);
  child.once("error", (cause) => connection.destroy(new Error(`${program} cannot be started`, { cause })));
  child.once("close", (code) => {
    if (connection.destroyed) return;
    // The end of output alone does not tell whether the way was barred.
    if (code === 0) return void connection.push(null);
    const words = complaint.trim().replaceAll(/\s+/g, " ");
    connection.destroy(new Error(`ssh ended with exit code ${code}${words === "" ? "" : `: ${words}`}`));
  });
  return connection;
}

/** The child's pipes as one stream; nothing of it keeps the process alive while it is told so. */
function toDuplex(child: ChildProcessByStdio<Writable, Readable, Readable>): Duplex {
  const { stdin, stdout, stderr } = child;
  const duplex = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk, _encoding, done) => void stdin.write(chunk, done),
    final: (done) => void stdin.end(done),
    destroy(error, done) {
      child.kill();
      done(error);
    },
  });
  stdout.on("data", (chunk: Buffer) => {
    if (!duplex.push(chunk)) stdout.pause();
  });
  // What cannot be written is told when the child ends.
  stdin.on("error", () => undefined);
  // Pipes of a child are sockets, though their types do not say so.
  const handles = [child, stdin, stdout, stderr] as readonly Partial<Pick<Socket, "ref" | "unref">>[];
  return Object.assign(duplex, {
    ref() {
      for (const handle of handles) handle.ref?.();
    },
    unref() {
      for (const handle of handles) handle.unref?.();
    },
  });
}
