import * as assert from "uvu/assert";
import {
  type Endpoint,
  type EndpointSurroundings,
  formatEndpoint,
  parseEndpoint,
  resolveEndpoint,
} from "../../engine-api/endpoint.ts";
import { EngineError } from "../../engine-api/errors.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/endpoint");

const unix = (socketPath: string): Endpoint => ({ kind: "unix", socketPath });
const tcp = (host: string, port: number): Endpoint => ({ kind: "tcp", host, port });

const good: readonly [address: string, endpoint: Endpoint, formatted: string][] = [
  ["unix:///var/run/docker.sock", unix("/var/run/docker.sock"), "unix:///var/run/docker.sock"],
  ["unix:///a path/@b?c#d.sock", unix("/a path/@b?c#d.sock"), "unix:///a path/@b?c#d.sock"],
  ["/run/docker.sock", unix("/run/docker.sock"), "unix:///run/docker.sock"],
  ["tcp://127.0.0.1:2376", tcp("127.0.0.1", 2376), "tcp://127.0.0.1:2376"],
  ["tcp://127.0.0.1", tcp("127.0.0.1", 2375), "tcp://127.0.0.1:2375"],
  ["tcp://engine.example:1/", tcp("engine.example", 1), "tcp://engine.example:1"],
  ["http://engine.example", tcp("engine.example", 2375), "tcp://engine.example:2375"],
  ["http://engine.example:80", tcp("engine.example", 80), "tcp://engine.example:80"],
  ["http://engine.example:80/", tcp("engine.example", 80), "tcp://engine.example:80"],
  ["tcp://engine.example:65535", tcp("engine.example", 65535), "tcp://engine.example:65535"],
  ["tcp://[::1]:2375", tcp("::1", 2375), "tcp://[::1]:2375"],
  ["tcp://[fe80::2]", tcp("fe80::2", 2375), "tcp://[fe80::2]:2375"],
];

for (const [address, endpoint, formatted] of good) {
  test(`reads ${address} and writes it back`, () => {
    assert.equal(parseEndpoint(address), endpoint);
    assert.is(formatEndpoint(endpoint), formatted);
    assert.equal(parseEndpoint(formatted), endpoint);
  });
}

const bad: readonly string[] = [
  "",
  " ",
  "docker.sock",
  "./docker.sock",
  "unix://docker.sock",
  "unix://",
  "unix:/var/run/docker.sock",
  "tcp://",
  "tcp://:2375",
  "tcp://host:port",
  "tcp://host:0",
  "tcp://host:65536",
  "tcp://host:-1",
  "tcp://host:2375/path",
  "tcp://host:2375?x=1",
  "tcp://host:2375?",
  "tcp://host:2375#x",
  "tcp://user@host:2375",
  "tcp://:password@host:2375",
  "tcp://256.256.256.256:2375",
  "tcp://%zz:2375",
  "tcp://a b:2375",
  "https://host:2376",
  "ssh://host",
  "npipe:////./pipe/docker_engine",
  "fd://",
];

for (const address of bad) {
  test(`refuses "${address}" with an EngineError that says what to give`, () => {
    const error = errorOf(() => parseEndpoint(address));
    assert.instance(error, EngineError);
    assert.match(error.message, /tcp:\/\/host:port|must be absolute/);
  });
}

const secrets: readonly string[] = [
  "ssh://user:s3cret@host",
  "https://user:s3/cret@host",
  "https://user:p@s3cret@host",
  "tcp://:s3cret@host:1",
  "user:s3cret@host",
  "https://host?token=s3cret",
  "tcp://host:1#s3cret",
  "unix://user:s3cret@relative",
];

for (const address of secrets) {
  test(`does not repeat what may be a password: ${address.replaceAll("s3", "…")}`, () => {
    const error = errorOf(() => parseEndpoint(address));
    assert.instance(error, EngineError);
    assert.not.match(error.message, /s3|cret/);
  });
}

test("shows no more than the beginning of an address that never ends", () => {
  assert.ok(errorOf(() => parseEndpoint("x".repeat(100_000))).message.length < 500);
});

const nothing: EndpointSurroundings = { env: {}, uid: 1000, home: "/home/u", isSocket: () => false };
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

for (const { name, explicit, around, endpoint, source } of cases) {
  test(`takes ${name}`, () => {
    assert.equal(resolveEndpoint(explicit, { ...nothing, ...around }), { endpoint, source });
  });
}

test("refuses a DOCKER_HOST that it cannot read rather than going on to the next strategy", () => {
  const around = { ...nothing, env: { DOCKER_HOST: "ssh://host" }, ...sockets("/var/run/docker.sock") };
  assert.instance(
    errorOf(() => resolveEndpoint(undefined, around)),
    EngineError,
  );
});

test("refuses plain tcp where DOCKER_TLS_VERIFY asks for TLS", () => {
  const around = { ...nothing, env: { DOCKER_HOST: "tcp://h:2376", DOCKER_TLS_VERIFY: "1" } };
  assert.match(errorOf(() => resolveEndpoint(undefined, around)).message, /TLS/);
});

test("looks at the process's own environment unless told otherwise", () => {
  const before = process.env.DOCKER_HOST;
  try {
    process.env.DOCKER_HOST = "unix:///from/the/environment.sock";
    assert.equal(resolveEndpoint(), {
      endpoint: unix("/from/the/environment.sock"),
      source: "DOCKER_HOST",
    });
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
});

function errorOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error");
}

test.run();
