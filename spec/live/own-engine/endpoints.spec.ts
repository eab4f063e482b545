/** The client by TLS and by ssh, against Debian's own servers on loopback. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import {
  ConnectionError,
  createClient,
  createTransport,
  type Endpoint,
  type EngineClient,
  engineInfo,
  runExec,
} from "../../../engine-api/mod.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { withContainer } from "../../support/engine-containers.ts";
import { type OwnEngine, startOwnEngine } from "../../support/own-engine.ts";
import { makeCertificates } from "../../support/remote/certificates.ts";
import { findFreePort, startSshServer } from "../../support/remote/ssh-server.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the client by TLS and by ssh");
const tlsPort = await findFreePort();
const folder = mkdtempSync("/var/tmp/certificates-");
let engine: OwnEngine;

test.before(async () => {
  makeCertificates(folder);
  engine = await startOwnEngine({
    hosts: [`tcp://127.0.0.1:${tlsPort}`],
    configuration: {
      tlsverify: true,
      tlscacert: join(folder, "ca.pem"),
      tlscert: join(folder, "server-cert.pem"),
      tlskey: join(folder, "server-key.pem"),
    },
  });
});

test.after(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Calls, streams and upgraded connections. */
async function useAll(client: EngineClient): Promise<void> {
  assert.match((await engineInfo(client)).ServerVersion ?? "", /^\d+\./);
  await withContainer(client, async (id) => {
    const { exitCode, stdout } = await runExec(
      client,
      id,
      { command: ["wc", "-c"] },
      { input: "x".repeat(500_000) },
    );
    assert.equal([exitCode, stdout.trim()], [0, "500000"]);
  });
}

function tlsClient(files: {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}): EngineClient {
  const endpoint: Endpoint = { kind: "tcp", host: "127.0.0.1", port: tlsPort, tls: files };
  return createClient({ endpoint: `https://127.0.0.1:${tlsPort}`, transport: createTransport(endpoint) });
}

const files = {
  caFile: join(folder, "ca.pem"),
  certFile: join(folder, "cert.pem"),
  keyFile: join(folder, "key.pem"),
};

test(
  "by TLS with a certificate of one's own",
  async () => {
    await using client = tlsClient(files);
    await useAll(client);
  },
  { timeoutMs: 60_000 },
);

test("by TLS as the environment has it", async () => {
  const given = {
    DOCKER_HOST: `tcp://127.0.0.1:${tlsPort}`,
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: folder,
  };
  const before = Object.fromEntries(Object.keys(given).map((name) => [name, process.env[name]]));
  Object.assign(process.env, given);
  try {
    await using client = createClient();
    assert.match(client.describe(), /^https:\/\/127\.0\.0\.1:\d+, by DOCKER_HOST: .*TLS$/);
    await engineInfo(client);
  } finally {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
});

test("an Engine whose certificate nobody vouches for is not talked to", async () => {
  await using client = tlsClient({ ...files, caFile: null });
  await rejectionOf(engineInfo(client), ConnectionError, /certificate/);
});

test("the Engine refuses who has no certificate", async () => {
  await using client = tlsClient({ ...files, certFile: null, keyFile: null });
  await rejectionOf(engineInfo(client), ConnectionError, /./);
});

test(
  "by ssh, to a socket that the address names",
  async () => {
    const server = await startSshServer();
    try {
      await server.withClient(async () => {
        await using client = createClient({
          endpoint: `ssh://root@127.0.0.1:${server.port}${engine.socketPath}`,
        });
        await useAll(client);
      });
    } finally {
      await server.close();
    }
  },
  { timeoutMs: 60_000 },
);

test("an ssh that cannot connect is told in its own words", async () => {
  await using client = createClient({ endpoint: "ssh://root@127.0.0.1:1" });
  await rejectionOf(
    engineInfo(client),
    ConnectionError,
    /ssh ended with exit code 255: .*Connection refused/,
  );
});

test.run();
