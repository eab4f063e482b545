/** A registry of a spec's own on 127.0.0.1, where Engines want no TLS: Debian's package `docker-registry`. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packTar } from "modern-tar";
import {
  type EngineClient,
  importImage,
  isNotFound,
  listImages,
  type RegistryAuth,
  removeImage,
  resolveEndpoint,
} from "../../engine-api/mod.ts";
import { isOnSecond } from "./second-engine/endpoint.ts";

/** `docker` signs in, as users do. */
const programs: Readonly<Record<string, string>> = {
  "docker-registry": "docker-registry",
  docker: "docker.io",
  openssl: "openssl",
};

/** The only one whom a registry with a sign-in knows. In base64 the password needs the letters in which the URL's alphabet is another. */
export const registryUser = { username: "spec", password: "ü?>:~~~ wörd" } as const;

/** The same with a password that nobody has. */
export const stranger = { username: "spec", password: "hunter2-hunter3" } as const;

/** The line of an htpasswd file for that password, by bcrypt with the least work that it may have. */
const htpasswd = "spec:$2b$04$KFKk5V7AwyJgOKsE7vUV5uj92P1129O.S0nHoRTIrJJw8J3/qaYb6\n";

/** Options of {@link startRegistry}. */
export interface RegistryOptions {
  /** Whether one must say who one is, by name and password. @default true */
  readonly hasSignIn?: boolean;
  /** With a certificate that nobody has signed, which Engines take from this machine. @default false */
  readonly hasTls?: boolean;
}

/** A running registry that nobody else uses. */
export interface Registry extends AsyncDisposable {
  /** Address and port, with which the names of its images begin. */
  readonly host: string;
  /** Who one must be. */
  readonly auth: RegistryAuth | null;
}

/** Why no registry can be started here that the Engine would reach; null where one can. */
export function registryObstacle(): string | null {
  const missing = Object.keys(programs).filter(
    (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0,
  );
  const packages = missing.map((program) => programs[program]).join(" ");
  if (missing.length > 0)
    return `a registry of their own needs ${missing.join(" and ")}; on Debian: apt-get install --no-install-recommends ${packages}`;
  const { kind } = resolveEndpoint().endpoint;
  return kind === "unix" ? null : "an Engine elsewhere does not reach a registry on this machine's loopback";
}

/** Starts one, and resolves once it listens. What it keeps is gone with it. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const { hasSignIn = true, hasTls = false } = options;
  const folder = mkdtempSync(join(tmpdir(), "brigbox-registry-"));
  writeFileSync(join(folder, "htpasswd"), htpasswd);
  writeFileSync(join(folder, "config.yml"), JSON.stringify(configuration(folder, { hasSignIn, hasTls })));
  if (hasTls) makeCertificate(folder);
  const command = ["docker-registry", "serve", join(folder, "config.yml")];
  // It ends with this process, however this one ends.
  const args = ["--pdeathsig", "TERM", ...besideTheEngine(process.env), ...command];
  // Variables of the environment that begin with REGISTRY_ would be settings.
  const server = spawn("setpriv", args, {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const close = async (): Promise<void> => {
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const host = await untilListening(server);
    return { host, auth: hasSignIn ? registryUser : null, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes an image of one layer that nobody else has, and resolves with its id. @param bytes of the layer, which cannot be compressed. */
export async function makeImage(client: EngineClient, name: string, bytes = 100_000): Promise<string> {
  const colon = name.lastIndexOf(":");
  const archive = await packTar([{ header: { name: "random", size: bytes }, body: randomBytes(bytes) }]);
  const target = {
    repository: name.slice(0, colon),
    tag: name.slice(colon + 1),
    changes: ['CMD ["/random"]'],
  };
  let made = "";
  for await (const { imageId } of importImage(client, archive, target)) made = imageId ?? made;
  return made;
}

/** Removes all images and plugins from the Engine that have a name of this registry, and ends the registry. */
export async function endWithAllOf(client: EngineClient, registry: Registry | undefined): Promise<void> {
  if (registry === undefined) return;
  await using ended = registry;
  const isOfIt = (name: string): boolean => name.startsWith(`${ended.host}/`);
  // By names: an image cannot be removed by its id while another one builds on it.
  for (const { RepoTags, RepoDigests } of await listImages(client))
    for (const name of [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter(isOfIt))
      await removeImage(client, name, { force: true }).catch(unlessGone);
  for (const { Name } of (await client.request("GET /plugins")) ?? [])
    if (isOfIt(Name))
      await client.request("DELETE /plugins/{name}", { path: { name: Name }, query: { force: true } });
}

/** The last tag of an image takes its digest along. */
function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** JSON is YAML too. */
function configuration(folder: string, { hasSignIn, hasTls }: Required<RegistryOptions>): object {
  const tls = { certificate: join(folder, "certificate.pem"), key: join(folder, "key.pem") };
  return {
    version: "0.1",
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: "127.0.0.1:0", ...(hasTls && { tls }) },
    ...(hasSignIn && { auth: { htpasswd: { realm: "spec", path: join(folder, "htpasswd") } } }),
  };
}

function makeCertificate(folder: string): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
  const certificate = ["-x509", "-days", "2", "-subj", "/CN=127.0.0.1", "-out", "certificate.pem"];
  execFileSync("openssl", ["req", ...key, ...certificate], { cwd: folder, stdio: "pipe" });
}

/** The second Engine has a loopback of its own. */
function besideTheEngine(env: NodeJS.ProcessEnv): readonly string[] {
  return isOnSecond(env) ? ["spec/support/second-engine/second-engine.sh", "beside"] : [];
}

/** Where it listens, which it logs. What it logs later is read too, so that it never waits for a reader. */
function untilListening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-10_000);
      const [, host] = /listening on (127\.0\.0\.1:\d+)/.exec(log) ?? [];
      if (host !== undefined) resolve(host);
    });
    server.once("error", reject);
    server.once("close", () => reject(new Error(`no registry came up: ${log}`)));
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}
