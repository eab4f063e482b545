import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError } from "../../errors.ts";
import { rejectUnknownKeys } from "../../policy/resolve-policy.ts";
import type { Monitor } from "../monitor.ts";
import { securityHeaders, sendAnswer, textAnswer } from "./answer.ts";
import { defaultPort } from "./default-port.ts";
import { type Bound, createGuard, hostInUrl, isLoopback } from "./guard.ts";
import { createRoutes, type MetricsSource, type Routes } from "./routes.ts";
import { createSnapshotStream, type SnapshotStream, type SnapshotStreamOptions } from "./snapshot-stream.ts";

/** Options of {@link serveMonitor}. */
export interface ServeMonitorOptions {
  /** 0 for any that is free. @default 9464 */
  readonly port?: number;
  /**
   * The address to listen on. Whoever reaches it may see all that the monitor knows, and there is no password: on any but a loopback address
   * put something before it that asks for one.
   *
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /** What `/metrics` serves, for example `createMetrics()` of `brigbox/metrics`; nothing unless given. */
  readonly metrics?: MetricsSource;
  /** Whether the process goes on for it, though nothing else is left to do. @default false */
  readonly keepsProcessAlive?: boolean;
  /** Limits of the page's stream of snapshots. */
  readonly stream?: SnapshotStreamOptions;
}

/** A monitor's page, as it is served. */
export interface MonitorServer {
  /** Where the page is, for example `http://127.0.0.1:9464/`. */
  readonly url: string;
  readonly port: number;
  /** Whether more than this machine may reach it. */
  readonly isPublic: boolean;
  /** Ends all connections. The monitor goes on. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const optionNames: readonly (keyof ServeMonitorOptions)[] = [
  "port",
  "host",
  "metrics",
  "keepsProcessAlive",
  "stream",
];

/** Nobody needs longer to say what he wants, nor more words for it. */
const limits: ServerOptions = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 8192,
};
const maxConnections = 100;

/**
 * Serves a monitor over HTTP: `/` is a live page, `/events` its stream of snapshots, `/snapshot.json` one of them, `/metrics` what Prometheus
 * collects, `/healthz` says that the process lives, `/readyz` whether the Engine does.
 *
 * @throws ConfigError for a port that is taken, or an address that cannot be listened on.
 * @example
 * await using monitor = createMonitor({ executors: [executor] });
 * await using server = await serveMonitor(monitor, { port: 9464 });
 * console.log(server.url);
 */
export async function serveMonitor(
  monitor: Pick<Monitor, "on" | "snapshot">,
  options: ServeMonitorOptions = {},
): Promise<MonitorServer> {
  rejectUnknownKeys(options, optionNames, "monitor server option");
  const { port = defaultPort, host = "127.0.0.1", keepsProcessAlive = false } = options;
  checkPort(port);
  // Loaded only here: a library that is imported for something else should not pay for it.
  const { createServer } = await import("node:http");
  const routes = createRoutes(monitor, options.metrics);
  const server = createServer(limits);
  server.maxConnections = maxConnections;
  if (!keepsProcessAlive) server.unref().on("connection", (socket) => void socket.unref());
  const bound = await listen(server, host, port);
  const stream = createSnapshotStream(monitor, options.stream);
  server.on("request", createHandler({ bound, routes, stream }));

  async function close(): Promise<void> {
    stream.close();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  return {
    url: `http://${hostInUrl(host)}:${bound.port}/`,
    port: bound.port,
    isPublic: !isLoopback(bound.address),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface HandlerContext {
  readonly bound: Bound;
  readonly routes: Routes;
  readonly stream: SnapshotStream;
}

function createHandler({
  bound,
  routes,
  stream,
}: HandlerContext): (request: IncomingMessage, response: ServerResponse) => void {
  const guard = createGuard(bound);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = guard(request);
    if (refusal !== null) return sendAnswer(response, refusal);
    const [path = ""] = (request.url ?? "").split("?", 1);
    if (path !== "/events")
      return sendAnswer(response, (await routes(path)) ?? textAnswer(404, "there is no such page here"));
    if (request.method === "HEAD")
      response.writeHead(200, { ...securityHeaders, "content-type": "text/event-stream" }).end();
    else if (!stream.add(response))
      sendAnswer(
        response,
        textAnswer(503, "too many watch already; close another page", { "retry-after": "5" }),
      );
  };
  return (request, response) => {
    handle(request, response).catch(() => response.destroy());
  };
}

function listen(server: Server, host: string, port: number): Promise<Bound> {
  return new Promise((resolve, reject) => {
    // Also later: one connection that cannot be taken is no end of the others.
    server.on("error", (error) => reject(explain(error, host, port)));
    server.listen({ host, port, exclusive: true }, () => {
      const { address, port: bound } = server.address() as AddressInfo;
      resolve({ host, address, port: bound });
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ConfigError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is taken by another program; choose another port`,
    EACCES: `port ${port} is not for every user; choose one from 1024 on`,
    EADDRNOTAVAIL: `${host} is no address of this machine`,
    ENOTFOUND: `${host} is no address of this machine`,
  };
  const reason =
    reasons[error.code ?? ""] ?? `cannot listen on ${host}, port ${port} (${error.code ?? "unknown"})`;
  return new ConfigError(`monitor: ${reason}`, { cause: error });
}

function checkPort(port: unknown): void {
  if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigError("monitor: port must be a whole number from 0 to 65535");
}
