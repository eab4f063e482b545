import * as assert from "uvu/assert";
import { type ClientOptions, createClient, type EngineClient } from "../../engine-api/client.ts";
import { DeadlineError, isDeadlineError } from "../../engine-api/deadline.ts";
import { ConnectionError } from "../../engine-api/errors.ts";
import {
  type Handler,
  hang,
  hijack,
  json,
  type Routes,
  refuseConnection,
  type StubEngine,
  stubApiVersion,
} from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { withStubEngine } from "../support/with-engine.ts";

const test = suite("engine-api: deadlines, and asking again");

function withOptions(
  routes: Routes,
  options: ClientOptions,
  body: (client: EngineClient, engine: StubEngine) => Promise<void>,
): Promise<void> {
  return withStubEngine(routes, async (engine) => {
    await using client = createClient({ endpoint: engine.endpoint, apiVersion: stubApiVersion, ...options });
    await body(client, engine);
  });
}

test("a call that takes too long is given up, and says which one after how long", async () => {
  await withOptions({ "GET /info": hang() }, {}, async (client) => {
    const error = await rejection(client.request("GET /info", { timeoutMs: 50 }));
    assert.ok(isDeadlineError(error));
    assert.match(String(error), /GET \/info was given up after 50 ms/);
  });
});

test("the client's own limit holds where a call has none, and a call's goes first", async () => {
  await withOptions({ "GET /info": hang() }, { timeoutMs: 40 }, async (client) => {
    assert.is(((await rejection(client.request("GET /info"))) as DeadlineError).timeoutMs, 40);
    assert.is(
      ((await rejection(client.request("GET /info", { timeoutMs: 60 }))) as DeadlineError).timeoutMs,
      60,
    );
  });
});

test("a body that never ends is within the limit, too", async () => {
  const trickle: Handler = async (exchange) => {
    exchange.head(200, { "content-type": "application/json" });
    await exchange.write("{");
  };
  await withOptions({ "GET /info": trickle, "GET /events": trickle }, {}, async (client) => {
    await rejectionOf(client.request("GET /info", { timeoutMs: 50 }), DeadlineError, /given up/);
    const { body } = await client.stream("GET /events", { timeoutMs: 50 });
    const read = async () => {
      for await (const _ of body);
    };
    await rejectionOf(read(), DeadlineError, /given up/);
  });
});

test("a call's own signal goes on to work beside a limit", async () => {
  await withOptions({ "GET /info": hang() }, {}, async (client) => {
    const signal = AbortSignal.timeout(30);
    assert.is(await rejection(client.request("GET /info", { signal, timeoutMs: 5000 })), signal.reason);
  });
});

test("a connection that was handed over outlives the limit of its call", async () => {
  const route = hijack((socket) => void setTimeout(() => socket.end("late"), 150));
  await withOptions({ "POST /containers/c/attach": route }, {}, async (client) => {
    const options = { path: { id: "c" }, timeoutMs: 80 };
    const { socket } = await client.upgrade("POST /containers/{id}/attach", options);
    let text = "";
    for await (const piece of socket) text += String(piece);
    assert.is(text, "late");
  });
});

test("a limit that is none is refused", async () => {
  await withOptions({}, {}, async (client) => {
    for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      await rejectionOf(client.request("GET /info", { timeoutMs }), RangeError, /timeoutMs/);
  });
});

/** Cuts the connection so many times before it answers. */
function cutFirst(times: number, then: Handler): Handler {
  let left = times;
  return (exchange) => (left-- > 0 ? refuseConnection()(exchange) : then(exchange));
}

const calls = (engine: StubEngine): number => engine.requests.length;

test("what is safe is asked again where the connection was lost before an answer", async () => {
  await withOptions({ "GET /info": cutFirst(1, json(200, { NCPU: 2 })) }, {}, async (client, engine) => {
    assert.is((await client.request("GET /info")).NCPU, 2);
    assert.is(calls(engine), 2);
  });
});

test("it is asked again as often as the client says, and no more", async () => {
  for (const retries of [0, 3])
    await withOptions({ "GET /info": refuseConnection() }, { retries }, async (client, engine) => {
      await rejectionOf(client.request("GET /info"), ConnectionError, /connection/);
      assert.is(calls(engine), retries + 1);
    });
});

test("what changes something is never asked again", async () => {
  const routes = {
    "POST /containers/c/start": refuseConnection(),
    "DELETE /containers/c": refuseConnection(),
  };
  await withOptions(routes, { retries: 5 }, async (client, engine) => {
    await rejectionOf(
      client.request("POST /containers/{id}/start", { path: { id: "c" } }),
      ConnectionError,
      /connection/,
    );
    await rejectionOf(
      client.request("DELETE /containers/{id}", { path: { id: "c" } }),
      ConnectionError,
      /connection/,
    );
    assert.is(calls(engine), 2);
  });
});

test("an answer that is cut in the middle is an error at once", async () => {
  const half: Handler = async (exchange) => {
    exchange.head(200, { "content-type": "application/json", "content-length": "100" });
    await exchange.write("{");
    exchange.socket.destroy();
  };
  await withOptions({ "GET /info": half }, { retries: 5 }, async (client, engine) => {
    await rejectionOf(client.request("GET /info"), ConnectionError, /connection/);
    assert.is(calls(engine), 1);
  });
});

test("an Engine that is not there is told at once", async () => {
  await using client = createClient({ endpoint: "unix:///nowhere.sock", retries: 1_000_000 });
  await rejectionOf(client.request("GET /info"), ConnectionError, /no such socket/);
});

test.run();
