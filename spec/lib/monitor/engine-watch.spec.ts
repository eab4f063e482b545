import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { DeadlineError } from "../../../engine-api/mod.ts";
import { type EngineWatch, watchEngine } from "../../../lib/monitor/engine-watch.ts";
import { eventually } from "../../support/eventually.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the watch on an Engine");

interface Watched {
  readonly watch: EngineWatch;
  readonly told: readonly string[];
  asked(): number;
  /** What the next questions meet. */
  answer: Error | null;
}

async function watched(
  everyMs: number,
  body: (watched: Watched) => Promise<void>,
  answer: Error | null = null,
): Promise<void> {
  const closing = new AbortController();
  const told: string[] = [];
  let asked = 0;
  const state = { answer };
  const watch = watchEngine({
    ask: async () => {
      asked++;
      if (state.answer !== null) throw state.answer;
    },
    everyMs,
    onUp: (goneMs) => told.push(goneMs === null ? "up" : `back after ${goneMs >= 0}`),
    onGone: (message) => told.push(`gone: ${message}`),
    signal: closing.signal,
  });
  try {
    await body(Object.assign(state, { watch, told, asked: () => asked }));
  } finally {
    closing.abort();
    await watch.ended;
  }
}

const lost = new Error("there is no such socket");
const late = new DeadlineError("GET /_ping", 10);

test("an Engine that is there is up, once", () =>
  watched(1, async ({ watch, told, asked }) => {
    assert.is(watch.state().state, "unknown");
    await eventually(() => asked() > 5);
    assert.equal(told, ["up"]);
    assert.equal([watch.state().state, watch.state().message], ["up", null]);
  }));

test("one that cannot be talked to is gone at once, is asked less often, and is back when it answers", () =>
  watched(1, async (watched) => {
    await eventually(() => watched.told.length === 1);
    watched.answer = lost;
    await eventually(() => watched.told.length === 2);
    const askedBefore = watched.asked();
    assert.equal([watched.watch.state().state, watched.watch.state().message], ["gone", lost.message]);
    await delay(200);
    assert.ok(watched.asked() - askedBefore <= 2, `asked ${watched.asked() - askedBefore} times in 200 ms`);
    watched.answer = null;
    await eventually(() => watched.told.length === 3);
    assert.equal(watched.told, ["up", `gone: ${lost.message}`, "back after true"]);
  }));

test("one that is late once is there, one that is late twice is gone", () =>
  watched(100_000, async (watched) => {
    await eventually(() => watched.told.length === 1);
    watched.answer = late;
    const asked = watched.asked();
    watched.watch.check();
    await eventually(() => watched.asked() === asked + 1);
    assert.equal(watched.told, ["up"]);
    await eventually(() => watched.told.length === 2);
    assert.match(watched.told[1] ?? "", /given up after 10 ms/);
  }));

test("one that was never there is told as gone", () =>
  watched(
    1,
    async ({ told }) => {
      await eventually(() => told.length === 1);
      assert.equal(told, [`gone: ${lost.message}`]);
    },
    lost,
  ));

test("a check asks at once, and one during a question asks again", () =>
  watched(100_000, async ({ watch, asked }) => {
    await eventually(() => asked() === 1);
    watch.check();
    await eventually(() => asked() === 2);
    watch.check();
    watch.check();
    await eventually(() => asked() >= 3);
  }));

test("after its end nothing is asked", async () => {
  let asked = (): number => 0;
  await watched(1, async (watched) => {
    asked = watched.asked;
    await eventually(() => watched.asked() > 2);
  });
  const before = asked();
  await delay(30);
  assert.is(asked(), before);
});

test.run();
