import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Endpoint, parseEndpoint, type TlsFiles, withTls } from "./endpoint.ts";
import { EngineError } from "./errors.ts";

/** An endpoint, and which strategy found it and why. */
export interface ResolvedEndpoint {
  readonly endpoint: Endpoint;
  /** The strategy that won, for example `DOCKER_HOST`. */
  readonly source: string;
  /** Why it won, in words. */
  readonly reason: string;
}

/** What discovery looks at; a parameter, so that it can be tried without touching the machine. */
export interface EndpointSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly uid: number | null;
  readonly home: string;
  /** True for an existing unix socket. */
  isSocket(path: string): boolean;
  /** The text of a file; null where there is none. */
  readFile(path: string): string | null;
}

interface Strategy {
  readonly source: string;
  /** Undefined where it does not apply. */
  find(surroundings: EndpointSurroundings): Found | undefined;
}

interface Found {
  readonly endpoint: Endpoint;
  readonly reason: string;
}

const defaultSocketPath = "/var/run/docker.sock";
const defaultPipePath = "\\\\.\\pipe\\docker_engine";

const strategies: readonly Strategy[] = [
  { source: "DOCKER_HOST", find: findByEnvironment },
  { source: "DOCKER_CONTEXT", find: findByContextVariable },
  { source: "current context", find: findByCurrentContext },
  { source: "default pipe", find: findPipe },
  { source: "default socket", find: findDefaultSocket },
  { source: "rootless socket", find: findRootless },
  { source: "Podman's socket", find: findPodman },
  {
    source: "default socket",
    find: () => unix(defaultSocketPath, "nothing else was found, and it is where an Engine would be"),
  },
];

/**
 * Finds the Engine: `explicit`, else `DOCKER_HOST`, else the context that `DOCKER_CONTEXT` or `docker context use` names, else
 * `/var/run/docker.sock` (on Windows the default pipe), else a rootless Engine's socket, else Podman's. Nothing is connected yet.
 *
 * `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` make a tcp endpoint one with TLS, as they do for `docker`; a certificate is verified always.
 *
 * @throws EngineError where an address cannot be understood, or a context is not there.
 * @example
 * resolveEndpoint("tcp://127.0.0.1:2375").endpoint; // { kind: "tcp", host: "127.0.0.1", port: 2375 }
 */
export function resolveEndpoint(explicit?: string, surroundings?: EndpointSurroundings): ResolvedEndpoint {
  if (explicit !== undefined)
    return { endpoint: parseEndpoint(explicit), source: "explicit", reason: "it was given" };
  const around = surroundings ?? realSurroundings();
  for (const { source, find } of strategies) {
    const found = find(around);
    if (found !== undefined) return { source, ...found };
  }
  throw new EngineError("no Docker endpoint found; set DOCKER_HOST");
}

function unix(socketPath: string, reason: string): Found {
  return { endpoint: { kind: "unix", socketPath }, reason };
}

function findByEnvironment({ env, home }: EndpointSurroundings): Found | undefined {
  if (!env.DOCKER_HOST) return undefined;
  const endpoint = parseEndpoint(env.DOCKER_HOST);
  // Falling back to plain text where the user asked for TLS would hand the Engine to whoever listens in between.
  const wantsTls = Boolean(env.DOCKER_TLS_VERIFY) || Boolean(env.DOCKER_CERT_PATH) || Boolean(env.DOCKER_TLS);
  const isTls = endpoint.kind === "tcp" && (wantsTls || endpoint.tls !== undefined);
  if (!isTls) return { endpoint, reason: "the environment variable is set" };
  const folder = env.DOCKER_CERT_PATH || join(configFolder({ env, home }), "");
  return {
    endpoint: withTls(endpoint, filesIn(folder)),
    reason: "the environment variable is set, with TLS",
  };
}

function findByContextVariable(around: EndpointSurroundings): Found | undefined {
  const name = around.env.DOCKER_CONTEXT;
  if (!name || name === "default") return undefined;
  return {
    endpoint: readContext(name, around),
    reason: `the environment variable names the context "${name}"`,
  };
}

function findByCurrentContext(around: EndpointSurroundings): Found | undefined {
  // As for `docker`, this variable alone leads back to the default.
  if (around.env.DOCKER_CONTEXT === "default") return undefined;
  const path = join(configFolder(around), "config.json");
  const config = parseObject(around.readFile(path), path);
  const name = config?.currentContext;
  if (typeof name !== "string" || name === "" || name === "default") return undefined;
  return { endpoint: readContext(name, around), reason: `${path} names the context "${name}"` };
}

/** Docker keeps each context in a folder that is called by the digest of its name. */
function readContext(name: string, around: EndpointSurroundings): Endpoint {
  if (!/^[A-Za-z0-9][\w.+-]*$/.test(name))
    throw new EngineError(`"${name.slice(0, 100)}" is no name of a Docker context`);
  const digest = createHash("sha256").update(name).digest("hex");
  const root = join(configFolder(around), "contexts");
  const path = join(root, "meta", digest, "meta.json");
  const meta = parseObject(around.readFile(path), path);
  if (meta === null)
    throw new EngineError(`the Docker context "${name}" is not there; docker context ls shows which are`);
  const docker = (meta.Endpoints as { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } | undefined)
    ?.docker;
  if (typeof docker?.Host !== "string")
    throw new EngineError(`the Docker context "${name}" has no endpoint for Docker`);
  const endpoint = parseEndpoint(docker.Host);
  const files = filesIn(join(root, "tls", digest, "docker"), around);
  const hasTls = Object.values(files).some((file) => file !== null);
  if (docker.SkipTLSVerify === true && endpoint.kind === "tcp")
    throw new EngineError(
      `the Docker context "${name}" skips the check of the Engine's certificate, which is not done here; give the context its ca.pem`,
    );
  return hasTls ? withTls(endpoint, files) : endpoint;
}

function findPipe({ platform }: EndpointSurroundings): Found | undefined {
  if (platform !== "win32") return undefined;
  return { endpoint: { kind: "npipe", pipePath: defaultPipePath }, reason: "this is Windows" };
}

function findDefaultSocket({ isSocket }: EndpointSurroundings): Found | undefined {
  if (!isSocket(defaultSocketPath)) return undefined;
  return unix(defaultSocketPath, "it is there, and neither DOCKER_HOST nor a context is set");
}

function findRootless({ env, uid, home, isSocket }: EndpointSurroundings): Found | undefined {
  if (uid === null || uid === 0) return undefined;
  const folders = [env.XDG_RUNTIME_DIR, `/run/user/${uid}`, `${home}/.docker/run`];
  for (const folder of folders)
    if (folder && isSocket(`${folder}/docker.sock`))
      return unix(`${folder}/docker.sock`, `it is there, and ${defaultSocketPath} is not`);
  return undefined;
}

function findPodman({ env, uid, isSocket }: EndpointSurroundings): Found | undefined {
  const own = [env.XDG_RUNTIME_DIR, uid === null ? undefined : `/run/user/${uid}`];
  for (const folder of [...own, "/run"])
    if (folder && isSocket(`${folder}/podman/podman.sock`))
      return unix(`${folder}/podman/podman.sock`, "it is there, and no Docker Engine's socket is");
  return undefined;
}

function configFolder({ env, home }: Pick<EndpointSurroundings, "env" | "home">): string {
  return env.DOCKER_CONFIG || join(home, ".docker");
}

/** The names that `docker` gives them; null for those that are known not to be there. */
function filesIn(folder: string, around?: EndpointSurroundings): TlsFiles {
  const fileOf = (name: string): string | null => {
    const path = join(folder, name);
    return around === undefined || around.readFile(path) !== null ? path : null;
  };
  return { caFile: fileOf("ca.pem"), certFile: fileOf("cert.pem"), keyFile: fileOf("key.pem") };
}

function parseObject(text: string | null, path: string): Readonly<Record<string, unknown>> | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below: what the parser says would quote the file.
  }
  throw new EngineError(`${path} must hold a JSON object`);
}

function realSurroundings(): EndpointSurroundings {
  return {
    env: process.env,
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    home: homedir(),
    isSocket: isReachableSocket,
    readFile: readIfThere,
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

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new EngineError(`${path} cannot be read`, { cause: error });
  }
}
