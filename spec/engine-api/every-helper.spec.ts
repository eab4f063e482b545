/** What must hold of every helper that takes a client: signals, time limits, connections. */
import * as assert from "uvu/assert";
import { createClient, type EngineClient } from "../../engine-api/client.ts";
import { isDeadlineError } from "../../engine-api/deadline.ts";
import { ConnectionError, ResponseError } from "../../engine-api/errors.ts";
import * as engineApi from "../../engine-api/mod.ts";
import {
  frame,
  type Handler,
  hang,
  hijack,
  json,
  type Routes,
  refuseConnection,
  type StubEngine,
  stubApiVersion,
} from "../../engine-api/testing/mod.ts";
import { rejection } from "../support/catch-error.ts";
import { type ClientCall, calls, iterators, others } from "../support/client-calls.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";
import { withClient, withStubEngine } from "../support/with-engine.ts";

const test = suite("engine-api: every helper");

test("every export is one of the calls tried here, or is none", () => {
  const known = [...calls, ...iterators].map(({ name }) => name);
  assert.equal([...known, ...others].sort(), Object.keys(engineApi).sort());
});

/** Reads an iterator to its end, awaits a call. */
async function finish(started: ReturnType<ClientCall["start"]>): Promise<void> {
  if (!(Symbol.asyncIterator in started)) return void (await started);
  for await (const _ of started);
}

const hangs: Routes = { "*": hang() };

for (const call of [...calls, ...iterators]) {
  for (const reason of ["enough", new RangeError("enough")]) {
    test(`${call.name} rejects with the reason of a signal that aborts under way, ${typeof reason}`, () =>
      withClient(hangs, async (client, engine) => {
        const controller = new AbortController();
        const work = rejection(finish(call.start(client, { signal: controller.signal })));
        await eventually(() => engine.requests.length > 0);
        controller.abort(reason);
        assert.is(await work, reason);
        await engine.idle();
      }));
  }

  test(`${call.name} asks for nothing where the signal is aborted already`, () =>
    withClient(hangs, async (client, engine) => {
      const signal = AbortSignal.abort("too late");
      assert.is(await rejection(finish(call.start(client, { signal }))), "too late");
      assert.equal(engine.requests, []);
    }));

  test(`${call.name} is given up after its time limit, and leaves no connection`, () =>
    withClient(hangs, async (client, engine) => {
      const error = await rejection(finish(call.start(client, { timeoutMs: 30 })));
      assert.ok(isDeadlineError(error), String(error));
      assert.is(error.timeoutMs, 30);
      await engine.idle();
    }));
}

for (const call of [...calls, ...iterators]) {
  test(`${call.name} throws a refusal, and never gives it as data`, () =>
    withClient({ "*": json(500, { message: "the daemon is ill" }) }, async (client) => {
      const error = await rejection(finish(call.start(client, {})));
      assert.instance(error, ResponseError);
      assert.is((error as ResponseError).status, 500);
      // HEAD has no body for the words.
      const words = call.name === "statPath" ? "" : "the daemon is ill";
      assert.is((error as ResponseError).engineMessage, words);
      assert.ok(String(error).includes((error as ResponseError).operation));
    }));

  test(`${call.name} tells a connection that is cut before its answer`, () =>
    withClient({ "*": refuseConnection() }, async (client) => {
      assert.instance(await rejection(finish(call.start(client, {}))), ConnectionError);
    }));
}

/** Answers the head and these pieces, and stays open. */
const open =
  (...pieces: readonly (Uint8Array | string)[]): Handler =>
  async (exchange) => {
    exchange.head(200, { "content-type": "application/json" });
    for (const piece of pieces) await exchange.write(piece);
  };

const line = (text: string): Uint8Array =>
  frame("stdout", `2026-01-01T00:00:00.000000000Z com.docker.swarm.task.id=t,x=y ${text}\n`);
const progress = open('{"status":"one"}\r\n', '{"status":"two"}\r\n');

/** Streams that give something and never end. */
const streams: Routes = {
  "GET /containers/{id}/json": json(200, { Config: { Tty: false } }),
  "GET /services/{id}": json(200, { Spec: {} }),
  "GET /tasks/{id}": json(200, { Spec: {} }),
  "GET /plugins/privileges": json(200, []),
  "GET /containers/{id}/logs": open(line("a"), line("b")),
  "GET /services/{id}/logs": open(line("a"), line("b")),
  "GET /tasks/{id}/logs": open(line("a"), line("b")),
  "GET /containers/{id}/stats": open('{"read":"x"}\n', '{"read":"y"}\n'),
  "GET /containers/{id}/archive": open("tar", "tar"),
  "GET /images/get": open("tar", "tar"),
  "GET /events": open('{"Type":"container"}\n', '{"Type":"image"}\n'),
  "POST /containers/{id}/attach": hijack((socket) => void socket.write(line("a"))),
  "POST /exec/{id}/start": hijack((socket) => void socket.write(line("a"))),
  "*": progress,
};

interface Opened {
  readonly name: string;
  open(client: EngineClient): Promise<AsyncIterable<unknown>>;
}

const bodies: readonly Opened[] = [
  { name: "a streamed answer", open: async (client) => (await client.stream("GET /events")).body },
  {
    name: "decodeJsonLines",
    open: async (client) => engineApi.decodeJsonLines((await client.stream("GET /events")).body),
  },
  { name: "attachContainer", open: async (client) => (await engineApi.attachContainer(client, "c")).output },
  {
    name: "attachContainer with a terminal",
    open: async (client) => (await engineApi.attachContainer(client, "c", { tty: true })).output,
  },
  {
    name: "readLines",
    open: async (client) => engineApi.readLines((await engineApi.attachContainer(client, "c")).output),
  },
  {
    name: "startExec",
    open: async (client) => (await engineApi.startExec(client, { id: "e", stdin: false, tty: false })).output,
  },
  {
    name: "an upgraded socket",
    open: async (client) =>
      (await client.upgrade("POST /containers/{id}/attach", { path: { id: "c" } })).socket,
  },
  { name: "saveImages", open: (client) => engineApi.saveImages(client, ["i"]) },
  {
    name: "getArchive",
    open: async (client) => (await client.stream("GET /containers/{id}/archive", archive)).body,
  },
  ...iterators.map(({ name, start }) => ({ name, open: async (client: EngineClient) => start(client, {}) })),
];
const archive = { path: { id: "c" }, query: { path: "/x" } };

for (const { name, open: start } of bodies) {
  test(`${name} lets go of its connection where the loop is left`, () =>
    withClient(streams, async (client, engine) => {
      let seen = 0;
      for await (const _ of await start(client)) {
        seen++;
        assert.is(engine.connections(), 1);
        break;
      }
      assert.is(seen, 1);
      await engine.idle();
    }));

  test(`${name} lets go of its connection where the loop's body throws`, () =>
    withClient(streams, async (client, engine) => {
      const read = async (): Promise<void> => {
        for await (const _ of await start(client)) throw new RangeError("mine");
      };
      assert.is(String(await rejection(read())), "RangeError: mine");
      await engine.idle();
    }));

  test(`${name} ends with the client`, () =>
    withStubEngine(streams, async (engine: StubEngine) => {
      const client = createClient({ endpoint: engine.endpoint, apiVersion: stubApiVersion });
      const read = async (): Promise<void> => {
        for await (const _ of await start(client));
      };
      const reading = rejection(read());
      await eventually(() => engine.requests.length > 0 && engine.connections() > 0);
      await client.close();
      await reading;
      await engine.idle();
    }));
}

test("a stream's limit is one for all of it, and is lifted at its end", () =>
  withClient({ ...streams, "GET /events": json(200, {}) }, async (client) => {
    const logs = engineApi.containerLogs(client, "c", { timeoutMs: 60 });
    assert.ok(isDeadlineError(await rejection(finish(logs))));
    const controller = new AbortController();
    const { body } = await client.stream("GET /events", { timeoutMs: 40, signal: controller.signal });
    for await (const _ of body);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }));

test.run();
