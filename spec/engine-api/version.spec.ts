import * as assert from "uvu/assert";
import { parseEndpoint } from "../../engine-api/endpoint.ts";
import { ConnectionError, EngineError, ProtocolError, ResponseError } from "../../engine-api/errors.ts";
import {
  empty,
  type Handler,
  json,
  type Routes,
  refuseConnection,
  type StubEngine,
  text,
} from "../../engine-api/testing/mod.ts";
import { createTransport } from "../../engine-api/transport.ts";
import {
  compareApiVersions,
  createNegotiator,
  defaultApiVersion,
  minimumApiVersion,
} from "../../engine-api/version.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";
import { withStubEngine } from "../support/with-engine.ts";

const test = suite("engine-api/version");

type Negotiate = (signal?: AbortSignal) => Promise<string>;

function withNegotiator(
  routes: Routes,
  body: (negotiate: Negotiate, engine: StubEngine) => Promise<void>,
): Promise<void> {
  return withStubEngine(routes, async (engine) => {
    const transport = createTransport(parseEndpoint(engine.endpoint));
    try {
      const negotiate = createNegotiator(transport, undefined);
      await body(async (signal) => negotiate(signal), engine);
    } finally {
      await transport.close();
    }
  });
}

const speaks = (version: string): Handler => empty(200, { "api-version": version });

const comparisons: readonly [left: string, right: string, sign: number][] = [
  ["1.41", "1.41", 0],
  ["1.9", "1.41", -1],
  ["1.100", "1.41", 1],
  ["2.0", "1.99", 1],
  ["1.0", "2.0", -1],
];

for (const [left, right, sign] of comparisons) {
  test(`compares ${left} with ${right} by numbers, not by letters`, () => {
    assert.is(Math.sign(compareApiVersions(left, right)), sign);
    assert.is(Math.sign(compareApiVersions(right, left)), sign === 0 ? 0 : -sign);
  });
}

const agreed: readonly [name: string, theirs: string, version: string][] = [
  ["the Engine's where it is older", "1.41", "1.41"],
  ["the oldest that will do", minimumApiVersion, minimumApiVersion],
  ["ours where the Engine's is the same", defaultApiVersion, defaultApiVersion],
  ["ours where the Engine's is newer", "1.99", defaultApiVersion],
  ["ours where the Engine's is newer by far", "2.0", defaultApiVersion],
];

for (const [name, theirs, version] of agreed) {
  test(`agrees on ${name}: ${theirs} gives ${version}`, () =>
    withNegotiator({ "HEAD /_ping": speaks(theirs) }, async (negotiate, engine) => {
      assert.is(await negotiate(), version);
      assert.equal(
        engine.requests.map(({ method, url }) => `${method} ${url}`),
        ["HEAD /_ping"],
      );
    }));
}

for (const theirs of ["1.39", "1.9", "0.99"]) {
  test(`refuses an Engine that speaks ${theirs}, and says what is needed`, () =>
    withNegotiator({ "HEAD /_ping": speaks(theirs) }, async (negotiate) => {
      await rejectionOf(negotiate(), EngineError, new RegExp(`${theirs};.*1\\.40.*19\\.03`));
    }));
}

const noHead: readonly [name: string, handler: Handler][] = [
  ["without the header", empty(200)],
  ["with nonsense in the header", speaks("latest")],
  ["with 404", empty(404)],
  ["with 405", empty(405)],
];

for (const [name, handler] of noHead) {
  test(`asks with GET where HEAD is answered ${name}`, () =>
    withNegotiator(
      { "HEAD /_ping": handler, "GET /_ping": text(200, "OK", { "api-version": "1.42" }) },
      async (negotiate, engine) => {
        assert.is(await negotiate(), "1.42");
        assert.equal(
          engine.requests.map(({ method }) => method),
          ["HEAD", "GET"],
        );
      },
    ));
}

test("refuses what is no Engine: a ping without a version", () =>
  withNegotiator({ "HEAD /_ping": empty(200), "GET /_ping": text(200, "hello") }, async (negotiate) => {
    await rejectionOf(negotiate(), ProtocolError, /is this a Docker Engine/);
  }));

test("shows why the ping was refused", () =>
  withNegotiator(
    { "HEAD /_ping": empty(500), "GET /_ping": json(500, { message: "starting up" }) },
    async (negotiate) => {
      const error = await rejectionOf(negotiate(), ResponseError, /^GET \/_ping answered 500: starting up$/);
      assert.is(error.status, 500);
    },
  ));

test("shares one question among all who ask at the same time, and asks no more afterwards", () =>
  withNegotiator({ "HEAD /_ping": speaks("1.41") }, async (negotiate, engine) => {
    const versions = await Promise.all(Array.from({ length: 10 }, () => negotiate()));
    assert.equal(new Set(versions), new Set(["1.41"]));
    assert.is(await negotiate(), "1.41");
    assert.is(engine.requests.length, 1);
  }));

test("asks again after a question that failed", async () => {
  let count = 0;
  const handler: Handler = (exchange) => (count++ === 0 ? refuseConnection() : speaks("1.41"))(exchange);
  await withNegotiator({ "HEAD /_ping": handler }, async (negotiate) => {
    const first = [negotiate(), negotiate()];
    for (const call of first) await rejectionOf(call, ConnectionError);
    assert.is(await negotiate(), "1.41");
  });
});

test("lets one caller leave with its own reason and serves the others from the same question", async () => {
  let answer = (): void => undefined;
  const handler: Handler = async (exchange) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    await speaks("1.41")(exchange);
  };
  await withNegotiator({ "HEAD /_ping": handler }, async (negotiate, engine) => {
    const controller = new AbortController();
    const leaving = negotiate(controller.signal);
    const staying = negotiate();
    await eventually(() => engine.requests.length === 1);
    controller.abort("mine alone");
    assert.is(await rejection(leaving), "mine alone");
    answer();
    assert.is(await staying, "1.41");
    assert.is(engine.requests.length, 1);
  });
});

test("does not ask for a caller whose signal is aborted already", () =>
  withNegotiator({}, async (negotiate, engine) => {
    assert.is(await rejection(negotiate(AbortSignal.abort("late"))), "late");
    assert.is(engine.requests.length, 0);
  }));

test.run();
