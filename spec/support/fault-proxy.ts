import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";

/** What goes wrong with one call. */
export type Fault =
  /** The Engine never sees the call. */
  | { readonly kind: "cut-before" }
  /** The Engine carries the call out, and nobody hears of it. */
  | { readonly kind: "cut-after" }
  | { readonly kind: "status"; readonly status: number; readonly message: string }
  /** The answer's head comes late. */
  | { readonly kind: "delay"; readonly ms: number }
  /** An upgraded connection is closed in one direction or both, after a time. */
  | { readonly kind: "half-close"; readonly afterMs: number }
  | { readonly kind: "cut-stream"; readonly afterMs: number };

/** A fault for the first `times` calls that match. */
export interface FaultRule {
  readonly method: string;
  /** Matched against the path without the version. */
  readonly path: RegExp;
  readonly fault: Fault;
  /** @default 1 */
  readonly times?: number;
}

/** A proxy in front of the real Engine that breaks chosen calls. */
export interface FaultProxy {
  readonly endpoint: string;
  /** How many calls met a fault. */
  hits(): number;
  close(): Promise<void>;
}

const enginePath = "/var/run/docker.sock";

/** Starts the proxy on a socket of its own. */
export async function startFaultProxy(rules: readonly FaultRule[]): Promise<FaultProxy> {
  const folder = await mkdtemp(join(tmpdir(), "fault-proxy-"));
  const left = new Map(rules.map((rule) => [rule, rule.times ?? 1]));
  const sockets = new Set<Socket | Duplex>();
  let hits = 0;

  function take({ method, url = "" }: IncomingMessage): Fault | null {
    const path = url.replace(/^\/v[\d.]+/, "").replace(/\?.*$/, "");
    const rule = rules.find(
      (known) => known.method === method && known.path.test(path) && (left.get(known) ?? 0) > 0,
    );
    if (rule === undefined) return null;
    left.set(rule, (left.get(rule) ?? 0) - 1);
    hits++;
    return rule.fault;
  }

  const server = createServer((incoming, answer) => void relay(incoming, answer, take(incoming)));
  server.on("connection", (socket) => sockets.add(socket.on("error", () => undefined)));
  server.on("upgrade", (incoming, near, head) => {
    for (const socket of upgrade({ incoming, near, head }, take(incoming))) sockets.add(socket);
  });
  const socketPath = join(folder, "docker.sock");
  await once(server.listen(socketPath), "listening");
  return {
    endpoint: `unix://${socketPath}`,
    hits: () => hits,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function relay(incoming: IncomingMessage, answer: ServerResponse, fault: Fault | null): void {
  if (fault?.kind === "cut-before") {
    incoming.socket.destroy();
    return;
  }
  if (fault?.kind === "status") {
    refuse(answer, fault);
    return;
  }
  const { method, url, headers } = incoming;
  const onward = request({ socketPath: enginePath, method, path: url, headers }, (reply) => {
    if (fault?.kind === "cut-after") {
      reply.resume();
      reply.on("end", () => incoming.socket.destroy());
      return;
    }
    const pass = (): void => {
      answer.writeHead(reply.statusCode ?? 500, reply.headers);
      answer.flushHeaders();
      reply.pipe(answer);
    };
    if (fault?.kind === "delay") setTimeout(pass, fault.ms);
    else pass();
  });
  onward.on("error", () => incoming.socket.destroy());
  incoming.socket.on("close", () => onward.destroy());
  incoming.pipe(onward);
}

function refuse(answer: ServerResponse, { status, message }: Extract<Fault, { kind: "status" }>): void {
  answer.writeHead(status, { "content-type": "application/json" });
  answer.end(JSON.stringify({ message }));
}

interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly near: Duplex;
  readonly head: Buffer;
}

function upgrade({ incoming, near, head }: Upgrade, fault: Fault | null): readonly Duplex[] {
  near.on("error", () => undefined);
  if (fault?.kind === "cut-before") {
    near.destroy();
    return [near];
  }
  if (fault?.kind === "status") {
    const body = JSON.stringify({ message: fault.message });
    near.end(
      `HTTP/1.1 ${fault.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    return [near];
  }
  const far = connect({ path: enginePath, allowHalfOpen: true }).on("error", () => undefined);
  far.write(rawHead(incoming));
  far.write(head);
  near.pipe(far);
  far.pipe(near);
  near.on("close", () => far.destroy());
  if (fault?.kind === "cut-after") far.once("data", () => near.destroy());
  if (fault?.kind === "half-close") setTimeout(() => near.end(), fault.afterMs);
  if (fault?.kind === "cut-stream") setTimeout(() => near.destroy(), fault.afterMs);
  return [near, far];
}

function rawHead({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = Array.from(
    { length: rawHeaders.length / 2 },
    (_, at) => `${rawHeaders[2 * at]}: ${rawHeaders[2 * at + 1]}`,
  );
  return `${method} ${url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}
