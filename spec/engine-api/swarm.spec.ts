import * as assert from "uvu/assert";
import type { EngineClient } from "../../engine-api/client.ts";
import { ProtocolError, ResponseError } from "../../engine-api/errors.ts";
import {
  createConfig,
  createSecret,
  createService,
  labelConfig,
  labelSecret,
  readConfig,
  updateNode,
  updateService,
  updateSwarm,
} from "../../engine-api/swarm.ts";
import { serviceLogLines, serviceLogs, taskLogs } from "../../engine-api/swarm-logs.ts";
import {
  chunks,
  type Exchange,
  frame,
  type Handler,
  inTurn,
  json,
  type Routes,
} from "../../engine-api/testing/mod.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { withClient } from "../support/with-engine.ts";

const test = suite("engine-api/swarm");

/** Notes the bodies of the requests that it gets, and their queries and headers. */
function noting(status: number, answer: unknown): { readonly handler: Handler; readonly noted: Noted[] } {
  const noted: Noted[] = [];
  const handler: Handler = async (exchange: Exchange) => {
    const body = (await exchange.body()).toString();
    const { url, headers } = exchange.request;
    noted.push({ url, body: JSON.parse(body), auth: headers["x-registry-auth"] });
    await json(status, answer)({ ...exchange, body: async () => Buffer.from(body) });
  };
  return { handler, noted };
}

interface Noted {
  readonly url: string;
  readonly body: { readonly [key: string]: unknown };
  readonly auth: unknown;
}

const outOfSequence = json(500, { message: "rpc error: code = Unknown desc = update out of sequence" });

test("a service is created, with who one is to its registry only where that is given", async () => {
  const { handler, noted } = noting(201, { ID: "s1", Warnings: ["careful"] });
  await withClient({ "POST /services/create": handler }, async (client) => {
    assert.equal(await createService(client, { Name: "web" }), { id: "s1", warnings: ["careful"] });
    await createService(client, { Name: "web" }, { auth: { username: "me", password: "ü?>" } });
  });
  assert.equal(noted[0], { url: "/v1.41/services/create", body: { Name: "web" }, auth: undefined });
  const sent = Buffer.from(String(noted[1]?.auth), "base64url").toString();
  assert.equal(JSON.parse(sent), { username: "me", password: "ü?>" });
  assert.match(String(noted[1]?.auth), /^[\w-]+=*$/);
});

type Update = (client: EngineClient) => Promise<unknown>;

const updates: readonly (readonly [name: string, read: string, write: string, update: Update])[] = [
  [
    "a service",
    "GET /services/{id}",
    "POST /services/{id}/update",
    (client) => updateService(client, "x", (spec) => ({ ...spec, Labels: { a: "b" } })),
  ],
  [
    "a node",
    "GET /nodes/{id}",
    "POST /nodes/{id}/update",
    (client) => updateNode(client, "x", (spec) => ({ ...spec, Labels: { a: "b" } })),
  ],
  [
    "the swarm",
    "GET /swarm",
    "POST /swarm/update",
    (client) => updateSwarm(client, (spec) => ({ ...spec, Labels: { a: "b" } })),
  ],
  [
    "a secret",
    "GET /secrets/{id}",
    "POST /secrets/{id}/update",
    (client) => labelSecret(client, "x", { a: "b" }),
  ],
  [
    "a config",
    "GET /configs/{id}",
    "POST /configs/{id}/update",
    (client) => labelConfig(client, "x", { a: "b" }),
  ],
];

for (const [name, read, write, update] of updates) {
  const at = (Index: number, kept: string) =>
    json(200, { ID: "x", Version: { Index }, Spec: { Name: kept, Labels: null } });

  test(`${name} is changed from what is there, by its version`, async () => {
    const { handler, noted } = noting(200, { Warnings: null });
    await withClient(
      { [read]: at(7, "kept"), [write]: handler },
      async (client) => void (await update(client)),
    );
    assert.match(noted[0]?.url ?? "", /\?version=7$/);
    assert.equal(noted[0]?.body, { Name: "kept", Labels: { a: "b" } });
  });

  test(`${name} is changed anew where somebody else was quicker, and nothing of theirs is lost`, async () => {
    const { handler, noted } = noting(200, {});
    const routes: Routes = {
      [read]: inTurn(at(7, "old"), at(8, "theirs")),
      [write]: inTurn(outOfSequence, handler),
    };
    await withClient(routes, async (client) => void (await update(client)));
    assert.match(noted[0]?.url ?? "", /\?version=8$/);
    assert.is(noted[0]?.body.Name, "theirs");
  });

  test(`${name} that others change for ever is given up`, () =>
    withClient({ [read]: at(7, "x"), [write]: outOfSequence }, async (client, engine) => {
      await rejectionOf(update(client), ResponseError, /update out of sequence/);
      assert.is(engine.requests.length, 10);
    }));

  test(`${name}: another refusal is told at once`, () =>
    withClient({ [read]: at(7, "x"), [write]: json(400, { message: "no" }) }, async (client, engine) => {
      await rejectionOf(update(client), ResponseError, /400: no/);
      assert.is(engine.requests.length, 2);
    }));
}

test("what has no version is not changed", () =>
  withClient({ "GET /services/{id}": json(200, { Spec: {} }) }, async (client) => {
    await rejectionOf(
      updateService(client, "x", (spec) => spec),
      ProtocolError,
      /no version/,
    );
  }));

test("secrets and configs are sent in the base64 that the Engine takes, and configs read back", async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0xfd, 0xfb, 0xfa, 1, 2]);
  const { handler, noted } = noting(201, { ID: "d1" });
  const routes = {
    "POST /secrets/create": handler,
    "POST /configs/create": handler,
    "GET /configs/{id}": json(200, { Spec: { Data: bytes.toString("base64") } }),
  };
  await withClient(routes, async (client) => {
    assert.is(await createSecret(client, { name: "s", data: bytes, labels: { a: "b" } }), "d1");
    assert.is(await createConfig(client, { name: "c", data: "zwölf" }), "d1");
    assert.equal(Buffer.from(await readConfig(client, "c")), bytes);
  });
  assert.equal(
    noted.map(({ body }) => body),
    [
      { Name: "s", Labels: { a: "b" }, Data: "//79+/oBAg==" },
      { Name: "c", Labels: {}, Data: Buffer.from("zwölf").toString("base64") },
    ],
  );
});

const time = "2026-01-01T00:00:00.123456789Z";
const origin = "com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=t1";

test("lines of a service tell their time, node and task, and keep their blanks", async () => {
  const lines = [`${time} ${origin} a  b \n`, `${time} ${origin} \n`, `${time} ${origin},a%20b=c last\n`];
  const routes = {
    "GET /services/{id}": json(200, { Spec: { TaskTemplate: { ContainerSpec: {} } } }),
    "GET /services/{id}/logs": chunks(lines.map((line) => frame("stderr", line))),
  };
  await withClient(routes, async (client, engine) => {
    const seen = [];
    for await (const line of serviceLogLines(client, "web", { tail: 3, since: 5 })) seen.push(line);
    const from = { stream: "stderr", time, taskId: "t1", nodeId: "n1" };
    assert.equal(seen, [
      { ...from, text: "a  b " },
      { ...from, text: "" },
      { ...from, text: "last" },
    ]);
    assert.is(
      engine.requests[1]?.url,
      "/v1.41/services/web/logs?follow=false&stdout=true&stderr=true&timestamps=true&tail=3&since=5&details=true",
    );
  });
});

test("output of services and tasks is taken apart, and with a terminal taken as it is", async () => {
  const framed = chunks([frame("stdout", "out"), frame("stderr", "err")]);
  const routes = {
    "GET /services/{id}": json(200, { Spec: {} }),
    "GET /services/{id}/logs": framed,
    "GET /tasks/{id}": json(200, { Spec: { ContainerSpec: { TTY: true } } }),
    "GET /tasks/{id}/logs": chunks(["raw output"]),
  };
  await withClient(routes, async (client) => {
    const read = async (output: ReturnType<typeof taskLogs>) => {
      const seen: string[] = [];
      for await (const { stream, bytes } of output) seen.push(`${stream} ${Buffer.from(bytes)}`);
      return seen;
    };
    assert.equal(await read(serviceLogs(client, "s")), ["stdout out", "stderr err"]);
    assert.equal(await read(taskLogs(client, "t")), ["stdout raw output"]);
    await rejectionOf(read(taskLogs(client, "t", { tty: false })), ProtocolError, /TTY/);
  });
});

test.run();
