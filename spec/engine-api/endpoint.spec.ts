import * as assert from "uvu/assert";
import { type Endpoint, formatEndpoint, noTlsFiles, parseEndpoint } from "../../engine-api/endpoint.ts";
import { EngineError } from "../../engine-api/errors.ts";
import { errorOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/endpoint");

const unix = (socketPath: string): Endpoint => ({ kind: "unix", socketPath });
const tcp = (host: string, port: number): Endpoint => ({ kind: "tcp", host, port });

const tls = (host: string, port: number): Endpoint => ({ kind: "tcp", host, port, tls: noTlsFiles });
const ssh = (given: Partial<Extract<Endpoint, { kind: "ssh" }>>): Endpoint => ({
  kind: "ssh",
  host: "",
  port: null,
  user: null,
  socketPath: null,
  ...given,
});

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
  ["https://engine.example", tls("engine.example", 2376), "https://engine.example:2376"],
  ["https://[::1]:443", tls("::1", 443), "https://[::1]:443"],
  ["ssh://engine.example", ssh({ host: "engine.example" }), "ssh://engine.example"],
  ["ssh://engine.example/", ssh({ host: "engine.example" }), "ssh://engine.example"],
  ["ssh://me@h:22", ssh({ host: "h", port: 22, user: "me" }), "ssh://me@h:22"],
  [
    "ssh://[::1]:22/run/d.sock",
    ssh({ host: "::1", port: 22, socketPath: "/run/d.sock" }),
    "ssh://[::1]:22/run/d.sock",
  ],
  [
    "npipe:////./pipe/docker_engine",
    { kind: "npipe", pipePath: "\\\\.\\pipe\\docker_engine" },
    "npipe:////./pipe/docker_engine",
  ],
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
  "https://host:2376/path",
  "https://user@host",
  "ssh://",
  "ssh://-oProxyCommand=x",
  "ssh://-l@host",
  "ssh://user:password@host",
  "ssh://host:0",
  "ssh://host:65536",
  "ssh://host?x",
  "ssh://ho st",
  "npipe://pipe",
  "npipe:////./pipe/../x",
  "fd://",
];

for (const address of bad) {
  test(`refuses "${address}" with an EngineError that says what to give`, () => {
    const error = errorOf(() => parseEndpoint(address));
    assert.instance(error, EngineError);
    assert.match(
      error.message,
      /tcp:\/\/host:port|must be absolute|ssh:\/\/user@host|npipe:\/\/\/\/\.\/pipe/,
    );
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

test.run();
