import { createHash } from "node:crypto";
import * as assert from "uvu/assert";
import type { Endpoint, TlsFiles } from "../../engine-api/endpoint.ts";
import { EngineError } from "../../engine-api/errors.ts";
import { type EndpointSurroundings, resolveEndpoint } from "../../engine-api/find-endpoint.ts";
import { errorOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/find-endpoint");

const unix = (socketPath: string): Endpoint => ({ kind: "unix", socketPath });
const tcp = (host: string, port: number): Endpoint => ({ kind: "tcp", host, port });

const nothing: EndpointSurroundings = {
  env: {},
  platform: "linux",
  uid: 1000,
  home: "/home/u",
  isSocket: () => false,
  readFile: () => null,
};
const sockets = (...paths: string[]) => ({ isSocket: (path: string) => paths.includes(path) });

interface Case {
  readonly name: string;
  readonly explicit?: string;
  readonly around?: Partial<EndpointSurroundings>;
  readonly endpoint: Endpoint;
  readonly source: string;
}

const defaultSocket = { endpoint: unix("/var/run/docker.sock"), source: "default socket" };
const cases: readonly Case[] = [
  {
    name: "an explicit endpoint before DOCKER_HOST",
    explicit: "/mine.sock",
    around: { env: { DOCKER_HOST: "tcp://other:1" } },
    endpoint: unix("/mine.sock"),
    source: "explicit",
  },
  {
    name: "an explicit endpoint though DOCKER_HOST is nonsense",
    explicit: "/mine.sock",
    around: { env: { DOCKER_HOST: "nonsense" } },
    endpoint: unix("/mine.sock"),
    source: "explicit",
  },
  {
    name: "DOCKER_HOST with a unix socket, before a rootless one",
    around: { env: { DOCKER_HOST: "unix:///x.sock" }, ...sockets("/run/user/1000/docker.sock") },
    endpoint: unix("/x.sock"),
    source: "DOCKER_HOST",
  },
  {
    name: "DOCKER_HOST with tcp",
    around: { env: { DOCKER_HOST: "tcp://h:99" } },
    endpoint: tcp("h", 99),
    source: "DOCKER_HOST",
  },
  {
    name: "DOCKER_HOST with http",
    around: { env: { DOCKER_HOST: "http://h:99" } },
    endpoint: tcp("h", 99),
    source: "DOCKER_HOST",
  },
  {
    name: "a unix DOCKER_HOST though DOCKER_TLS_VERIFY is set",
    around: { env: { DOCKER_HOST: "unix:///x.sock", DOCKER_TLS_VERIFY: "1" } },
    endpoint: unix("/x.sock"),
    source: "DOCKER_HOST",
  },
  {
    name: "the default socket where DOCKER_HOST is empty",
    around: { env: { DOCKER_HOST: "" } },
    ...defaultSocket,
  },
  { name: "the default socket where nothing is known", ...defaultSocket },
  {
    name: "the default socket before a rootless one",
    around: sockets("/var/run/docker.sock", "/run/user/1000/docker.sock"),
    ...defaultSocket,
  },
  {
    name: "the rootless socket in XDG_RUNTIME_DIR first",
    around: {
      env: { XDG_RUNTIME_DIR: "/xdg" },
      ...sockets("/xdg/docker.sock", "/run/user/1000/docker.sock"),
    },
    endpoint: unix("/xdg/docker.sock"),
    source: "rootless socket",
  },
  {
    name: "the rootless socket in /run/user",
    around: { env: { XDG_RUNTIME_DIR: "/xdg" }, ...sockets("/run/user/1000/docker.sock") },
    endpoint: unix("/run/user/1000/docker.sock"),
    source: "rootless socket",
  },
  {
    name: "the rootless socket in the home folder",
    around: sockets("/home/u/.docker/run/docker.sock"),
    endpoint: unix("/home/u/.docker/run/docker.sock"),
    source: "rootless socket",
  },
  {
    name: "no rootless socket for root",
    around: { uid: 0, ...sockets("/run/user/0/docker.sock") },
    ...defaultSocket,
  },
  {
    name: "no rootless socket where there are no user ids",
    around: { uid: null, ...sockets("/run/user/null/docker.sock") },
    ...defaultSocket,
  },
];

const digestOf = (name: string): string => createHash("sha256").update(name).digest("hex");

/** A home with contexts, of which those in `withTls` have TLS files. */
function contexts(
  hosts: Readonly<Record<string, string>>,
  more: { readonly current?: string; readonly withTls?: readonly string[]; readonly root?: string } = {},
): Pick<EndpointSurroundings, "readFile"> {
  const root = more.root ?? "/home/u/.docker";
  const files = new Map<string, string>();
  if (more.current !== undefined)
    files.set(`${root}/config.json`, JSON.stringify({ currentContext: more.current }));
  for (const [name, Host] of Object.entries(hosts))
    files.set(
      `${root}/contexts/meta/${digestOf(name)}/meta.json`,
      JSON.stringify({ Name: name, Endpoints: { docker: { Host, SkipTLSVerify: name === "careless" } } }),
    );
  for (const name of more.withTls ?? [])
    for (const file of ["ca.pem", "cert.pem"])
      files.set(`${root}/contexts/tls/${digestOf(name)}/docker/${file}`, "PEM");
  return { readFile: (path) => files.get(path) ?? null };
}

const tlsIn = (folder: string): TlsFiles => ({
  caFile: `${folder}/ca.pem`,
  certFile: `${folder}/cert.pem`,
  keyFile: `${folder}/key.pem`,
});

const further: readonly Case[] = [
  {
    name: "TLS with Docker's own folder where DOCKER_TLS_VERIFY is set",
    around: { env: { DOCKER_HOST: "tcp://h:2376", DOCKER_TLS_VERIFY: "1" } },
    endpoint: { kind: "tcp", host: "h", port: 2376, tls: tlsIn("/home/u/.docker") },
    source: "DOCKER_HOST",
  },
  {
    name: "TLS with the folder of DOCKER_CERT_PATH, though nothing asks for it to be verified",
    around: { env: { DOCKER_HOST: "tcp://h:2376", DOCKER_CERT_PATH: "/certs" } },
    endpoint: { kind: "tcp", host: "h", port: 2376, tls: tlsIn("/certs") },
    source: "DOCKER_HOST",
  },
  {
    name: "ssh by DOCKER_HOST",
    around: { env: { DOCKER_HOST: "ssh://me@h" } },
    endpoint: { kind: "ssh", host: "h", port: null, user: "me", socketPath: null },
    source: "DOCKER_HOST",
  },
  {
    name: "the context of DOCKER_CONTEXT before the current one",
    around: {
      env: { DOCKER_CONTEXT: "a" },
      ...contexts({ a: "unix:///a.sock", b: "unix:///b.sock" }, { current: "b" }),
    },
    endpoint: unix("/a.sock"),
    source: "DOCKER_CONTEXT",
  },
  {
    name: "DOCKER_HOST before any context",
    around: {
      env: { DOCKER_CONTEXT: "a", DOCKER_HOST: "unix:///h.sock" },
      ...contexts({ a: "unix:///a.sock" }),
    },
    endpoint: unix("/h.sock"),
    source: "DOCKER_HOST",
  },
  {
    name: "the current context before the default socket",
    around: { ...contexts({ b: "tcp://b:1" }, { current: "b" }), ...sockets("/var/run/docker.sock") },
    endpoint: tcp("b", 1),
    source: "current context",
  },
  {
    name: "a context with the TLS files that it has",
    around: contexts({ b: "tcp://b:1" }, { current: "b", withTls: ["b"] }),
    endpoint: {
      kind: "tcp",
      host: "b",
      port: 1,
      tls: { ...tlsIn(`/home/u/.docker/contexts/tls/${digestOf("b")}/docker`), keyFile: null },
    },
    source: "current context",
  },
  {
    name: "contexts from the folder of DOCKER_CONFIG",
    around: {
      env: { DOCKER_CONFIG: "/cfg" },
      ...contexts({ b: "unix:///b.sock" }, { current: "b", root: "/cfg" }),
    },
    endpoint: unix("/b.sock"),
    source: "current context",
  },
  {
    name: "the default where the context is called so",
    around: contexts({}, { current: "default" }),
    ...defaultSocket,
  },
  {
    name: "the default where DOCKER_CONTEXT says so, whatever the current one is",
    around: { env: { DOCKER_CONTEXT: "default" }, ...contexts({ b: "unix:///b.sock" }, { current: "b" }) },
    ...defaultSocket,
  },
  {
    name: "the pipe on Windows",
    around: { platform: "win32", uid: null },
    endpoint: { kind: "npipe", pipePath: "\\\\.\\pipe\\docker_engine" },
    source: "default pipe",
  },
  {
    name: "Podman's socket of one's own where no Engine's is there",
    around: sockets("/run/user/1000/podman/podman.sock", "/run/podman/podman.sock"),
    endpoint: unix("/run/user/1000/podman/podman.sock"),
    source: "Podman's socket",
  },
  {
    name: "Podman's socket of the system",
    around: { uid: 0, ...sockets("/run/podman/podman.sock") },
    endpoint: unix("/run/podman/podman.sock"),
    source: "Podman's socket",
  },
  {
    name: "a rootless Engine's socket before Podman's",
    around: sockets("/run/user/1000/docker.sock", "/run/user/1000/podman/podman.sock"),
    endpoint: unix("/run/user/1000/docker.sock"),
    source: "rootless socket",
  },
];

const refused: readonly (readonly [name: string, around: Partial<EndpointSurroundings>, words: RegExp])[] = [
  ["a context that is not there", { env: { DOCKER_CONTEXT: "gone" } }, /"gone" is not there/],
  ["a context whose name is a path", { env: { DOCKER_CONTEXT: "../x" } }, /no name of a Docker context/],
  [
    "a context without an endpoint",
    { env: { DOCKER_CONTEXT: "a" }, readFile: () => "{}" },
    /no endpoint for Docker/,
  ],
  ["a configuration that is no JSON", { readFile: () => "secret" }, /config\.json must hold a JSON object/],
  [
    "a context that skips the check of certificates",
    { env: { DOCKER_CONTEXT: "careless" }, ...contexts({ careless: "tcp://h:1" }) },
    /skips the check/,
  ],
];

for (const [name, around, words] of refused)
  test(`refuses ${name}`, () => {
    const error = errorOf(() => resolveEndpoint(undefined, { ...nothing, ...around }));
    assert.instance(error, EngineError);
    assert.match(error.message, words);
    assert.not.match(error.message, /secret/);
  });

for (const { name, explicit, around, endpoint, source } of [...cases, ...further]) {
  test(`takes ${name}`, () => {
    const { reason, ...found } = resolveEndpoint(explicit, { ...nothing, ...around });
    assert.equal(found, { endpoint, source });
    assert.match(reason, /\w/);
  });
}

test("refuses a DOCKER_HOST that it cannot read rather than going on to the next strategy", () => {
  const around = { ...nothing, env: { DOCKER_HOST: "ftp://host" }, ...sockets("/var/run/docker.sock") };
  assert.instance(
    errorOf(() => resolveEndpoint(undefined, around)),
    EngineError,
  );
});

test("looks at the process's own environment unless told otherwise", () => {
  const before = process.env.DOCKER_HOST;
  try {
    process.env.DOCKER_HOST = "unix:///from/the/environment.sock";
    const { endpoint, source } = resolveEndpoint();
    assert.equal([endpoint, source], [unix("/from/the/environment.sock"), "DOCKER_HOST"]);
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
});

test.run();
