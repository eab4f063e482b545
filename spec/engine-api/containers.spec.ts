import * as assert from "uvu/assert";
import type { EngineClient } from "../../engine-api/client.ts";
import {
  containerExists,
  createContainer,
  inspectContainer,
  killContainer,
  listContainers,
  removeContainer,
  startContainer,
  stopContainer,
  waitContainer,
} from "../../engine-api/containers.ts";
import { ConnectionError, type EngineError, ProtocolError, ResponseError } from "../../engine-api/errors.ts";
import {
  cut,
  empty,
  type Handler,
  hang,
  json,
  reply,
  type StubEngine,
  text,
} from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { withClient } from "../support/with-engine.ts";

const test = suite("engine-api/containers");

const lastLine = ({ requests }: StubEngine) => {
  const request = requests.at(-1);
  return `${request?.method} ${decodeURIComponent(request?.url ?? "").replace("/v1.41", "")}`;
};

const calls: readonly [name: string, call: (client: EngineClient) => Promise<unknown>, line: string][] = [
  ["create without a name", (client) => createContainer(client, {}), "POST /containers/create"],
  [
    "create with name and platform",
    (client) => createContainer(client, {}, { name: "web", platform: "linux/amd64" }),
    "POST /containers/create?name=web&platform=linux/amd64",
  ],
  ["inspect", (client) => inspectContainer(client, "web"), "GET /containers/web/json"],
  ["list what runs", (client) => listContainers(client), "GET /containers/json?all=false&filters={}"],
  [
    "list all by label",
    (client) => listContainers(client, { all: true, filters: { label: ["a=b"] } }),
    'GET /containers/json?all=true&filters={"label":["a=b"]}',
  ],
  ["start", (client) => startContainer(client, "web"), "POST /containers/web/start"],
  ["stop", (client) => stopContainer(client, "web"), "POST /containers/web/stop"],
  [
    "stop without grace, which is not the default grace",
    (client) => stopContainer(client, "web", { graceSeconds: 0 }),
    "POST /containers/web/stop?t=0",
  ],
  ["kill", (client) => killContainer(client, "web"), "POST /containers/web/kill?signal=SIGKILL"],
  [
    "kill with another signal",
    (client) => killContainer(client, "web", { signalName: "SIGTERM" }),
    "POST /containers/web/kill?signal=SIGTERM",
  ],
  ["remove", (client) => removeContainer(client, "web"), "DELETE /containers/web?force=false&v=true"],
  [
    "remove by force and keep volumes",
    (client) => removeContainer(client, "web", { force: true, volumes: false }),
    "DELETE /containers/web?force=true&v=false",
  ],
  ["exists", (client) => containerExists(client, "web"), "GET /containers/web/json"],
  ["wait", (client) => waitContainer(client, "web"), "POST /containers/web/wait?condition=next-exit"],
  [
    "wait for the removal",
    (client) => waitContainer(client, "web", { condition: "removed" }),
    "POST /containers/web/wait?condition=removed",
  ],
];

for (const [name, call, line] of calls) {
  test(`asks the Engine to ${name}`, () =>
    withClient({ "*": json(200, { Id: "x", StatusCode: 0 }) }, async (client, engine) => {
      await call(client);
      assert.is(lastLine(engine), line);
    }));
}

const byId: readonly [
  name: string,
  call: (client: EngineClient, id: string, signal?: AbortSignal) => Promise<unknown>,
][] = [
  ["inspect", (client, id, signal) => inspectContainer(client, id, { ...(signal && { signal }) })],
  ["start", (client, id, signal) => startContainer(client, id, { ...(signal && { signal }) })],
  ["stop", (client, id, signal) => stopContainer(client, id, { ...(signal && { signal }) })],
  ["kill", (client, id, signal) => killContainer(client, id, { ...(signal && { signal }) })],
  ["remove", (client, id, signal) => removeContainer(client, id, { ...(signal && { signal }) })],
  ["exists", (client, id, signal) => containerExists(client, id, { ...(signal && { signal }) })],
  ["wait", (client, id, signal) => waitContainer(client, id, { ...(signal && { signal }) })],
];

for (const [name, call] of byId) {
  test(`${name} percent-encodes the name and refuses an empty one`, () =>
    withClient({ "*": json(200, { StatusCode: 0 }) }, async (client, engine) => {
      await call(client, "/a b?force=1");
      assert.match(engine.requests[0]?.url ?? "", /^\/v1\.41\/containers\/%2Fa%20b%3Fforce%3D1(\/|\?|$)/);
      await rejectionOf(call(client, ""), TypeError, /must not be empty/);
      assert.is(engine.requests.length, 1);
    }));

  test(`${name} rejects with the signal's own reason`, () =>
    withClient({ "*": hang() }, async (client) => {
      const controller = new AbortController();
      const work = call(client, "web", controller.signal);
      setTimeout(() => controller.abort("enough"), 20);
      assert.is(await rejection(work), "enough");
    }));

  test(`${name} passes a 500 on with the Engine's words`, () =>
    withClient({ "*": json(500, { message: "broken" }) }, async (client) => {
      await rejectionOf(call(client, "web"), ResponseError, /answered 500: broken$/);
    }));
}

test("sends the specification as it is, and gives id and warnings", () =>
  withClient(
    {
      "POST /containers/create": async ({ body, head, write, end }) => {
        const spec = JSON.parse((await body()).toString());
        head(201, { "content-type": "application/json" });
        await write(JSON.stringify({ Id: spec.Image, Warnings: [spec.HostConfig.NetworkMode] }));
        end();
      },
    },
    async (client) => {
      const spec = { Image: "python", HostConfig: { NetworkMode: "none" } };
      assert.equal(await createContainer(client, spec), { id: "python", warnings: ["none"] });
    },
  ));

test("takes warnings that are null for none", () =>
  withClient({ "*": json(201, { Id: "x", Warnings: null }) }, async (client) => {
    assert.equal(await createContainer(client, {}), { id: "x", warnings: [] });
  }));

for (const [name, handler] of [
  ["nothing", empty(201)],
  ["null", json(201, null)],
  ["no id", json(201, { Warnings: [] })],
  ["a number for an id", json(201, { Id: 5 })],
] as const) {
  test(`refuses a create that is answered with ${name}`, () =>
    withClient({ "*": handler }, async (client) => {
      await rejectionOf(createContainer(client, {}), ProtocolError, /without an id/);
    }));
}

test("takes 304 for success where there was nothing to start or stop", () =>
  withClient({ "*": empty(304) }, async (client) => {
    assert.is(await startContainer(client, "web"), undefined);
    assert.is(await stopContainer(client, "web"), undefined);
  }));

const kills: readonly [status: number, outcome: boolean | RegExp][] = [
  [204, true],
  [409, false],
  [404, /answered 404/],
  [500, /answered 500/],
];

for (const [status, outcome] of kills) {
  test(`kill makes ${outcome} of ${status}`, () =>
    withClient({ "*": empty(status) }, async (client) => {
      const work = killContainer(client, "web");
      if (typeof outcome === "boolean") assert.is(await work, outcome);
      else await rejectionOf(work, ResponseError, outcome);
    }));
}

test("says whether a container exists by 404 alone", () =>
  withClient(
    { "GET /containers/here/json": json(200, {}), "GET /containers/ill/json": empty(500) },
    async (client) => {
      assert.is(await containerExists(client, "here"), true);
      assert.is(await containerExists(client, "gone"), false);
      await rejectionOf(containerExists(client, "ill"), ResponseError, /500/);
    },
  ));

test("passes 404 and 409 of a removal on, since only the caller knows whether they are fine", () =>
  withClient({ "DELETE /containers/busy": json(409, { message: "in progress" }) }, async (client) => {
    assert.is((await rejectionOf(removeContainer(client, "busy"), ResponseError)).status, 409);
    assert.is((await rejectionOf(removeContainer(client, "gone"), ResponseError)).status, 404);
  }));

test("a wait is registered at the head of the answer and exits at its body", () => {
  let finish = (): void => undefined;
  const handler: Handler = async ({ head, write, end }) => {
    head(200, { "content-type": "application/json" });
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    await write('{"Status');
    await write('Code":137,"Error":null}');
    end();
  };
  return withClient({ "POST /containers/web/wait": handler }, async (client) => {
    const { exit } = await waitContainer(client, "web");
    let isOver = false;
    void exit.then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.not.ok(isOver);
    finish();
    assert.equal(await exit, { exitCode: 137, error: null });
  });
});

const exits: readonly [name: string, body: string, exit: unknown][] = [
  ["an exit code alone", '{"StatusCode":0}', { exitCode: 0, error: null }],
  ["an error that is null", '{"StatusCode":1,"Error":null}', { exitCode: 1, error: null }],
  ["an error with words", '{"StatusCode":-1,"Error":{"Message":"no"}}', { exitCode: -1, error: "no" }],
  ["an error without words", '{"StatusCode":1,"Error":{"Message":""}}', { exitCode: 1, error: null }],
  ["an error that is no object", '{"StatusCode":1,"Error":"x"}', { exitCode: 1, error: null }],
];

for (const [name, body, exit] of exits) {
  test(`reads from a wait ${name}`, () =>
    withClient({ "*": reply(200, {}, body) }, async (client) => {
      assert.equal(await (await waitContainer(client, "web")).exit, exit);
    }));
}

const badExits: readonly [
  name: string,
  handler: Handler,
  type: abstract new (...options: never[]) => EngineError,
  words: RegExp,
][] = [
  ["text", text(200, "upstream went away"), ProtocolError, /outcome is unknown/],
  ["half an answer", reply(200, {}, '{"Status'), ProtocolError, /outcome is unknown/],
  ["nothing", reply(200, {}, ""), ProtocolError, /outcome is unknown/],
  ["null", reply(200, {}, "null"), ProtocolError, /no exit code/],
  ["no exit code", reply(200, {}, "{}"), ProtocolError, /no exit code/],
  ["a text for an exit code", reply(200, {}, '{"StatusCode":"0"}'), ProtocolError, /no exit code/],
  ["more than an exit", reply(200, {}, " ".repeat(100_000)), ProtocolError, /over the cap/],
  ["a cut connection", cut(200, '{"Status'), ConnectionError, /cannot talk to/],
];

for (const [name, handler, type, words] of badExits) {
  test(`refuses a wait whose body is ${name}, rather than making up an exit`, () =>
    withClient({ "*": handler }, async (client) => {
      await rejectionOf((await waitContainer(client, "web")).exit, type, words);
    }));
}

test("an exit that nobody waits for may fail unheard", () =>
  withClient({ "*": cut(200, "") }, async (client, engine) => {
    await waitContainer(client, "web");
    await engine.idle();
    await new Promise((resolve) => setImmediate(resolve));
  }));

test("an abort after the head ends the wait with its own reason", () =>
  withClient({ "*": ({ head }) => head(200, {}) }, async (client) => {
    const controller = new AbortController();
    const { exit } = await waitContainer(client, "web", { signal: controller.signal });
    controller.abort("enough");
    assert.is(await rejection(exit), "enough");
  }));

test.run();
