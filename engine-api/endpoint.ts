import { statSync } from "node:fs";
import { homedir } from "node:os";
import { EngineError } from "./errors.ts";

/** Where an Engine listens. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** An endpoint, and which strategy found it and why. */
export interface ResolvedEndpoint {
  readonly endpoint: Endpoint;
  /** The strategy that won, for example `DOCKER_HOST`. */
  readonly source: string;
}

/** What discovery looks at; a parameter, so that it can be tried without touching the machine. */
export interface EndpointSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | null;
  readonly home: string;
  /** True for an existing unix socket. */
  isSocket(path: string): boolean;
}

interface Strategy {
  readonly source: string;
  find(surroundings: EndpointSurroundings): Endpoint | undefined;
}

const defaultSocketPath = "/var/run/docker.sock";

const strategies: readonly Strategy[] = [
  { source: "DOCKER_HOST", find: findByEnvironment },
  { source: "rootless socket", find: findRootless },
  { source: "default socket", find: () => ({ kind: "unix", socketPath: defaultSocketPath }) },
];

/**
 * Finds the Engine: `explicit`, else `DOCKER_HOST`, else a rootless Engine's socket where only that exists, else
 * `/var/run/docker.sock`. Nothing is connected yet.
 *
 * @throws EngineError where an address cannot be understood.
 * @example
 * resolveEndpoint("tcp://127.0.0.1:2375").endpoint; // { kind: "tcp", host: "127.0.0.1", port: 2375 }
 */
export function resolveEndpoint(explicit?: string, surroundings?: EndpointSurroundings): ResolvedEndpoint {
  if (explicit !== undefined) return { endpoint: parseEndpoint(explicit), source: "explicit" };
  const around = surroundings ?? realSurroundings();
  for (const strategy of strategies) {
    const endpoint = strategy.find(around);
    if (endpoint !== undefined) return { endpoint, source: strategy.source };
  }
  throw new EngineError("no Docker endpoint found; set DOCKER_HOST");
}

/**
 * Reads `unix:///path`, `tcp://host:port`, `http://host:port` or an absolute path. The port is 2375 unless given.
 *
 * @throws EngineError for anything else, with the forms that are understood.
 */
export function parseEndpoint(address: string): Endpoint {
  if (address.startsWith("/")) return { kind: "unix", socketPath: address };
  if (address.startsWith("unix://")) return parseUnix(address);
  if (/^(tcp|http):\/\//.test(address)) return parseTcp(address);
  throw new EngineError(
    `cannot use the Docker endpoint "${withoutCredentials(address)}": give unix:///path, tcp://host:port or http://host:port`,
  );
}

/** The endpoint in the form that `DOCKER_HOST` takes. */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === "unix") return `unix://${endpoint.socketPath}`;
  return `tcp://${hostInUrl(endpoint.host)}:${endpoint.port}`;
}

/** An IPv6 address needs brackets in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function parseUnix(address: string): Endpoint {
  const socketPath = address.slice("unix://".length);
  if (!socketPath.startsWith("/")) {
    throw new EngineError(
      `cannot use the Docker endpoint "${withoutCredentials(address)}": the socket's path must be absolute`,
    );
  }
  return { kind: "unix", socketPath };
}

function parseTcp(address: string): Endpoint {
  // Only as http does the parser check the host.
  const text = address.replace(/^tcp:/, "http:");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.port === "0" || !isBare(url, text)) {
    throw new EngineError(
      `cannot use the Docker endpoint "${withoutCredentials(address)}": give tcp://host:port, without a path or a user`,
    );
  }
  const hasDefaultPort = /:80$/.test(address.replace(/\/$/, ""));
  const port = url.port === "" ? (hasDefaultPort ? 80 : 2375) : Number(url.port);
  return { kind: "tcp", host: url.hostname.replace(/^\[|\]$/g, ""), port };
}

/** True for host and port alone: what else an address says would be dropped in silence. */
function isBare({ hostname, pathname }: URL, text: string): boolean {
  return hostname !== "" && pathname === "/" && !/[@?#]/.test(text);
}

function withoutCredentials(address: string): string {
  return address
    .replace(/^([a-z+]+:\/\/)?.*@/is, "$1***@")
    .replace(/[?#].*$/s, "?***")
    .slice(0, 200);
}

function findByEnvironment({ env }: EndpointSurroundings): Endpoint | undefined {
  if (!env.DOCKER_HOST) return undefined;
  const endpoint = parseEndpoint(env.DOCKER_HOST);
  // Falling back to plain text where the user asked for TLS would hand the Engine to whoever listens in between.
  if (endpoint.kind === "tcp" && env.DOCKER_TLS_VERIFY) {
    throw new EngineError(
      "DOCKER_TLS_VERIFY is set, but TLS endpoints are not supported yet; use a unix socket",
    );
  }
  return endpoint;
}

function findRootless({ env, uid, home, isSocket }: EndpointSurroundings): Endpoint | undefined {
  if (uid === null || uid === 0 || isSocket(defaultSocketPath)) return undefined;
  const folders = [env.XDG_RUNTIME_DIR, `/run/user/${uid}`, `${home}/.docker/run`];
  for (const folder of folders) {
    if (folder && isSocket(`${folder}/docker.sock`))
      return { kind: "unix", socketPath: `${folder}/docker.sock` };
  }
  return undefined;
}

function realSurroundings(): EndpointSurroundings {
  return {
    env: process.env,
    uid: process.getuid?.() ?? null,
    home: homedir(),
    isSocket: isReachableSocket,
  };
}

function isReachableSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    // Missing, or in a folder that this user may not enter.
    return false;
  }
}
