import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { EngineError } from "./errors.ts";

/** Who one is to a registry. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  /** Instead of name and password, as a registry's sign-in gives it. */
  readonly identitytoken?: string;
  /** For example `registry.example.com`, or `https://index.docker.io/v1/` for Docker Hub. */
  readonly serveraddress?: string;
}

/** What {@link readRegistryAuth} looks at; a parameter, so that it can be tried without touching the machine. */
export interface RegistryAuthSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The text of a file; null where there is none. */
  readFile(path: string): Promise<string | null>;
  /** Asks a credential helper, such as `docker-credential-pass`; null where it knows nothing of the registry. */
  askHelper(program: string, registry: string): Promise<RegistryAuth | null>;
}

interface DockerConfig {
  readonly auths?: Readonly<
    Record<string, { readonly auth?: string; readonly identitytoken?: string } | null>
  >;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/** Docker Hub's name in Docker's own configuration. */
const hubAddress = "https://index.docker.io/v1/";
const longestHelperAnswer = 64 * 1024;
const helperTimeoutMs = 30_000;

/** The registry that an image's name begins with: of `registry.example.com:5000/a/b:1` the first part, of `debian:12` Docker Hub. */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isHost && first !== "docker.io" && first !== "index.docker.io" ? first : hubAddress;
}

/** The value of the header `X-Registry-Auth`: JSON in base64 with the URL's letters, padded. */
export function encodeRegistryAuth(auth: RegistryAuth): string {
  return encodeHeader(auth);
}

/** The same of anything: `X-Registry-Config` holds such objects by the hosts of their registries. */
export function encodeHeader(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/**
 * Who one is to an image's registry, as `docker login` left it: from `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`, by way of the
 * credential helpers named there.
 *
 * @returns null where nothing is known of the registry.
 * @throws EngineError where the file is no JSON, or a helper fails; its message holds no secret.
 * @example
 * const auth = await readRegistryAuth("registry.example.com/team/app:1");
 */
export async function readRegistryAuth(
  image: string,
  surroundings: RegistryAuthSurroundings = realSurroundings(),
): Promise<RegistryAuth | null> {
  const { env, home } = surroundings;
  const path = join(env.DOCKER_CONFIG || join(home, ".docker"), "config.json");
  const text = await surroundings.readFile(path);
  if (text === null) return null;
  const config = parseConfig(text, path);
  const registry = registryOf(image);
  const helper = findHelper(config, registry);
  if (helper !== null) return surroundings.askHelper(helper, registry);
  const entry = Object.entries(config.auths ?? {}).find(([name]) => hostOf(name) === hostOf(registry))?.[1];
  return entry === null || entry === undefined ? null : decodeEntry(entry, registry);
}

function parseConfig(text: string, path: string): DockerConfig {
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config;
  } catch {
    // Told below: what the parser says would quote the file.
  }
  throw new EngineError(`${path} is not a Docker configuration: it must hold a JSON object`);
}

/** A helper for this registry, else the store for all. */
function findHelper({ credHelpers = {}, credsStore }: DockerConfig, registry: string): string | null {
  const own = Object.entries(credHelpers).find(([name]) => hostOf(name) === hostOf(registry))?.[1];
  const name = own ?? credsStore;
  if (name === undefined || name === "") return null;
  if (!/^[\w.-]+$/.test(name))
    throw new EngineError("the Docker configuration names a credential helper that is none");
  return `docker-credential-${name}`;
}

function decodeEntry(
  { auth = "", identitytoken }: { readonly auth?: string; readonly identitytoken?: string },
  serveraddress: string,
): RegistryAuth | null {
  if (identitytoken !== undefined && identitytoken !== "") return { identitytoken, serveraddress };
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon === -1) return null;
  return {
    username: text.slice(0, colon),
    password: text.slice(colon + 1).replace(/\0+$/, ""),
    serveraddress,
  };
}

/** Entries are addresses with or without a scheme and a path. */
function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function realSurroundings(): RegistryAuthSurroundings {
  return { env: process.env, home: homedir(), readFile: readIfThere, askHelper };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new EngineError(`${path} cannot be read`, { cause: error });
  }
}

/** The protocol of Docker's credential helpers: the registry on stdin, JSON on stdout. */
async function askHelper(program: string, registry: string): Promise<RegistryAuth | null> {
  const { code, output } = await callHelper(program, registry);
  if (code !== 0) {
    if (/credentials not found/i.test(output)) return null;
    throw new EngineError(`the credential helper ${program} failed with exit code ${code}`);
  }
  let answer: { Username?: unknown; Secret?: unknown };
  try {
    answer = JSON.parse(output);
  } catch {
    throw new EngineError(`the credential helper ${program} answered with something else than JSON`);
  }
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== "string" || typeof secret !== "string")
    throw new EngineError(`the credential helper ${program} answered without a name or a secret`);
  const who = username === "<token>" ? { identitytoken: secret } : { username, password: secret };
  return { ...who, serveraddress: registry };
}

function callHelper(program: string, registry: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], {
      stdio: ["pipe", "pipe", "ignore"],
      timeout: helperTimeoutMs,
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(0, longestHelperAnswer);
    });
    child.once("error", (cause) =>
      reject(new EngineError(`the credential helper ${program} cannot be started`, { cause })),
    );
    child.once("close", (code) => resolve({ code, output }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(registry);
  });
}
