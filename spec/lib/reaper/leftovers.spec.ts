import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { type Handler, json, type StubEngine, startStubEngine } from "../../../engine-api/testing/mod.ts";
import { createLeftovers, type Leftovers } from "../../../lib/reaper/leftovers.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what could not be cleaned up");

const path = "/containers/brigbox-1";
const gone = json(404, { message: "No such container: brigbox-1" });
const broken = json(500, { message: "device busy" });

interface Trial {
  readonly engine: StubEngine;
  readonly leftovers: Leftovers;
  /** Whether each attempt so far found it gone. */
  readonly attempts: readonly boolean[];
  /** Resolves once there were so many attempts. */
  attempted(count: number): Promise<void>;
}

/** The Engine fails the first removals, three for an attempt, and has nothing after that. */
async function withLeftovers(failures: number, use: (trial: Trial) => Promise<void>): Promise<void> {
  let failed = 0;
  const remove: Handler = (exchange) => (failed++ < failures ? broken(exchange) : gone(exchange));
  const engine = await startStubEngine({
    [`DELETE ${path}`]: remove,
    [`POST ${path}/kill`]: (exchange) => (failed < failures ? broken(exchange) : gone(exchange)),
    [`GET ${path}/json`]: gone,
  });
  const attempts: boolean[] = [];
  let heard = (): void => undefined;
  try {
    await using client = createClient({ endpoint: engine.endpoint });
    const leftovers = createLeftovers(client, {
      pausesMs: [5, 10],
      onAttempt: (_, { isConfirmed }) => {
        attempts.push(isConfirmed);
        heard();
        throw new Error("a listener that fails");
      },
    });
    const attempted = async (count: number): Promise<void> => {
      while (attempts.length < count) await new Promise<void>((resolve) => (heard = resolve));
      // The attempt is told before it is noted.
      await new Promise((resolve) => setImmediate(resolve));
    };
    await use({ engine, leftovers, attempts, attempted });
    await leftovers.close();
  } finally {
    await engine.close();
  }
}

test("is tried again until the Engine says that it is gone", () =>
  withLeftovers(5, async ({ leftovers, attempts, attempted }) => {
    leftovers.add("brigbox-1");
    leftovers.add("brigbox-1");
    assert.is(leftovers.size(), 1);
    await attempted(3);
    assert.is(leftovers.size(), 0);
    assert.equal(attempts, [false, false, true]);
  }));

test("is asked for by the Engine's id where that is known: it may have no name any more", () =>
  withLeftovers(3, async ({ leftovers, attempts, attempted }) => {
    leftovers.add("a-name-that-is-gone", 1, "brigbox-1");
    await attempted(2);
    assert.equal([attempts, leftovers.size()], [[false, true], 0]);
  }));

test("is asked for twice where a create may still be on its way", () =>
  withLeftovers(0, async ({ leftovers, attempts, attempted }) => {
    leftovers.add("brigbox-1", 2);
    await attempted(1);
    assert.is(leftovers.size(), 1);
    await attempted(2);
    assert.is(leftovers.size(), 0);
    assert.equal(attempts, [true, true]);
  }));

test("is tried one last time at the end, and no more", () =>
  withLeftovers(Number.POSITIVE_INFINITY, async ({ engine, leftovers, attempts }) => {
    leftovers.add("brigbox-1");
    await leftovers.close();
    assert.equal(attempts.length >= 1 && attempts.every((isGone) => !isGone), true);
    assert.is(leftovers.size(), 1);
    const asked = engine.requests.length;
    leftovers.add("brigbox-2");
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.is(engine.requests.length, asked);
  }));

test("costs nothing where there is none", () =>
  withLeftovers(0, async ({ engine, leftovers }) => {
    await leftovers.close();
    assert.is(engine.requests.length, 0);
  }));

test.run();
