import { setImmediate as nextTurn } from "node:timers/promises";
import * as assert from "uvu/assert";
import { type PoolOptions, resolvePoolOptions } from "../../../lib/pool/options.ts";
import { createPool, type Pool } from "../../../lib/pool/pool.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { eventually } from "../../support/eventually.ts";
import { createFakeContainers, type FakeContainer, settle } from "../../support/fake-containers.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a pool of containers that wait");
const never = new AbortController().signal;

interface Rig {
  readonly pool: Pool;
  readonly made: FakeContainer[];
  /** Tells of an event of a container. */
  tell(containerId: string, action: string): void;
  /** Ids of pools that are watched. */
  readonly watched: string[];
}

function createRig(options: PoolOptions): Rig {
  const { made, launch } = createFakeContainers();
  const watched: string[] = [];
  let onEvent: (containerId: string, action: string) => void = () => undefined;
  const pool = createPool(resolvePoolOptions(options), {
    launch,
    watch(poolId, listener) {
      watched.push(poolId);
      onEvent = listener;
    },
  });
  return { pool, made, watched, tell: (id, action) => onEvent(id, action) };
}

/** Makes ready what starts, until nothing starts any more. */
async function readyAll({ pool, made }: Rig): Promise<void> {
  for (let before = -1; before !== made.length || pool.stats().starting > 0; ) {
    before = made.length;
    for (const container of made) container.becomeReady();
    await settle();
  }
}

async function createFullRig(options: PoolOptions): Promise<Rig> {
  const rig = createRig(options);
  void rig.pool.fill();
  await readyAll(rig);
  return rig;
}

function where({ pool }: Rig): readonly number[] {
  const { starting, idle, busy, dead } = pool.stats();
  return [starting, idle, busy, dead];
}

test("nothing is started before somebody asks", async () => {
  const rig = createRig({ size: 3 });
  await settle();
  assert.equal([rig.made.length, rig.watched.length], [0, 0]);
  await rig.pool.close();
});

test("is filled as far as asked, so many at a time", async () => {
  const rig = createRig({ size: 5, refillConcurrency: 2 });
  const full = rig.pool.fill();
  assert.equal(where(rig), [2, 0, 0, 0]);
  rig.made[0]?.becomeReady();
  await settle();
  assert.equal(where(rig), [2, 1, 0, 0]);
  await readyAll(rig);
  await full;
  assert.equal(where(rig), [0, 5, 0, 0]);
  assert.is(rig.watched.length, 1);
  await rig.pool.close();
});

test("each is given away once, the oldest first, and replaced", async () => {
  const rig = await createFullRig({ size: 2 });
  const taken = [await rig.pool.take(never), await rig.pool.take(never)];
  assert.ok(taken[0] === rig.made[0] && taken[1] === rig.made[1]);
  assert.equal(where(rig), [0, 0, 2, 0], "the runs come first");
  await eventually(() => rig.made.length === 3);
  assert.equal(where(rig), [1, 0, 2, 0]);
  await eventually(async () => {
    await readyAll(rig);
    return rig.pool.stats().idle === 2;
  });
  assert.equal(where(rig), [0, 2, 2, 0]);
  rig.made[0]?.end({ kind: "exit" });
  await settle();
  assert.equal(where(rig), [0, 2, 1, 0]);
  assert.equal([rig.pool.stats().hits, rig.pool.stats().misses], [2, 0]);
  await rig.pool.close();
});

test("young runs have the machine to themselves until the last of them has its verdict", async () => {
  const rig = await createFullRig({ size: 2 });
  await Promise.all([rig.pool.take(never), rig.pool.take(never)]);
  rig.made[0]?.end({ kind: "exit" });
  await settle();
  await nextTurn();
  assert.is(rig.made.length, 2, "the other run goes on");
  rig.made[1]?.end({ kind: "exit" });
  await settle();
  assert.is(rig.made.length, 2, "the verdict comes first");
  await nextTurn();
  assert.is(rig.made.length, 3);
  await rig.pool.close();
});

test("whoever waits for the first container of an empty pool has the machine to themselves for a moment", async () => {
  const rig = createRig({ size: 2 });
  void rig.pool.take(never).catch(() => undefined);
  void rig.pool.take(never).catch(() => undefined);
  rig.made[0]?.becomeReady();
  await settle();
  rig.made[0]?.end({ kind: "exit" });
  await settle();
  await nextTurn();
  assert.is(rig.made.length, 2);
  rig.made[1]?.becomeReady();
  await nextTurn();
  assert.equal(where(rig), [0, 1, 0, 0]);
  await eventually(() => rig.made.length === 3);
  const full = rig.pool.fill();
  rig.made[2]?.becomeReady();
  await full;
  await rig.pool.close();
});

test("whoever finds the pool empty waits for no young run", async () => {
  const rig = await createFullRig({ size: 1 });
  await rig.pool.take(never);
  assert.is(rig.made.length, 1);
  const waiting = rig.pool.take(never);
  assert.is(rig.made.length, 2);
  rig.made[1]?.becomeReady();
  assert.ok((await waiting) === rig.made[1]);
  await rig.pool.close();
});

test("a pool that somebody waits for is filled without a pause", async () => {
  const rig = createRig({ size: 3 });
  const full = rig.pool.fill();
  for (const count of [1, 2, 3]) {
    assert.is(rig.made.length, count);
    rig.made[count - 1]?.becomeReady();
    await settle();
  }
  await full;
  await rig.pool.close();
});

test("a job waits for one that is on its way, and for no other one's", async () => {
  const rig = createRig({ size: 1 });
  void rig.pool.fill().catch(() => undefined);
  const first = rig.pool.take(never);
  const second = rig.pool.take(never);
  await settle();
  assert.equal(rig.made.length, 1, "one at a time");
  assert.is(await second, null, "the one that starts is the first job's");
  rig.made[0]?.becomeReady();
  assert.ok((await first) === rig.made[0]);
  await settle();
  assert.equal(where(rig), [1, 0, 1, 0]);
  assert.equal([rig.pool.stats().hits, rig.pool.stats().misses], [1, 1]);
  await rig.pool.close();
});

test("a job that is cancelled while it waits leaves the container to others", async () => {
  const rig = createRig({ size: 1 });
  const controller = new AbortController();
  void rig.pool.fill();
  const waiting = rig.pool.take(controller.signal);
  await settle();
  controller.abort();
  assert.is(await waiting, null);
  await readyAll(rig);
  assert.equal(where(rig), [0, 1, 0, 0]);
  await rig.pool.close();
});

for (const action of ["die", "pause", "exec_create", "update"])
  test(`a container that the Engine tells ${action} of is never given away`, async () => {
    const rig = await createFullRig({ size: 1 });
    rig.tell("c0", action);
    assert.is(rig.made[0]?.discarded(), action);
    await readyAll(rig);
    assert.ok((await rig.pool.take(never)) === rig.made[1]);
    await rig.pool.close();
  });

test("what befalls a container with a job, or a foreign one, is not the pool's business", async () => {
  const rig = await createFullRig({ size: 1 });
  await rig.pool.take(never);
  rig.tell("c0", "pause");
  rig.tell("somebody's", "die");
  assert.is(rig.made[0]?.discarded(), null);
  await rig.pool.close();
});

test("one that ends by itself while it waits is replaced", async () => {
  const rig = await createFullRig({ size: 1 });
  rig.made[0]?.end();
  await readyAll(rig);
  assert.equal(where(rig), [0, 1, 0, 0]);
  assert.is(rig.made.length, 2);
  await rig.pool.close();
});

test("where none can be made ready, those who wait hear why, and it is tried again after a while", async () => {
  const rig = createRig({ size: 1 });
  const full = rig.pool.fill();
  const job = rig.pool.take(never);
  rig.made[0]?.end({ kind: "failed", error: new Error("no room") });
  await rejectionOf(full, Error, /^no room$/);
  assert.is(await job, null);
  assert.is(rig.pool.stats().lastError?.message, "no room");
  assert.is(rig.made.length, 1, "not at once");
  await eventually(() => rig.made.length === 2);
  await readyAll(rig);
  assert.is(rig.pool.stats().lastError, null);
  await rig.pool.close();
});

test("one that waited for long enough is replaced", async () => {
  const rig = await createFullRig({ size: 1, maxAgeMs: 1000 });
  await eventually(() => rig.made[0]?.discarded() !== null);
  assert.match(rig.made[0]?.discarded() ?? "", /long enough/);
  await readyAll(rig);
  assert.equal(where(rig), [0, 1, 0, 0]);
  await rig.pool.close();
});

test("without runs for a while all are let go, and the next job begins anew", async () => {
  const rig = await createFullRig({ size: 2, maxIdleMs: 30 });
  await eventually(() => where(rig)[1] === 0);
  await settle();
  assert.is(rig.made.length, 2, "none is started for nobody");
  const job = rig.pool.take(never);
  assert.is(rig.made.length, 3);
  await readyAll(rig);
  assert.ok((await job) === rig.made[2]);
  await rig.pool.close();
});

test("a fill can be given up", async () => {
  const rig = createRig({ size: 1 });
  const controller = new AbortController();
  const full = rig.pool.fill(controller.signal);
  controller.abort(new Error("enough"));
  await rejectionOf(full, Error, /^enough$/);
  await rejectionOf(rig.pool.fill(controller.signal), Error, /^enough$/);
  await rig.pool.close();
});

test("closed, it ends what waits and what starts, and leaves alone what has a job", async () => {
  const rig = await createFullRig({ size: 2, refillConcurrency: 1 });
  await rig.pool.take(never);
  const full = rig.pool.fill();
  await rig.pool.close();
  await rejectionOf(full, Error, /closed before it was full/);
  assert.equal(
    rig.made.map((container) => container.discarded()),
    [null, "the pool was closed", "the pool was closed"],
  );
  assert.is(await rig.pool.take(never), null);
  assert.is(rig.made.length, 3, "nothing is started any more");
});

test.run();
