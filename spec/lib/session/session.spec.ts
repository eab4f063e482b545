import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { SandboxError } from "../../../lib/errors.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { eventually } from "../../support/eventually.ts";
import { settle } from "../../support/fake-containers.ts";
import { withSession } from "../../support/play-session.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a session");

test("runs cells one at a time, in the order in which they came, in one container", () =>
  withSession({}, async ({ session, made, last, admission }) => {
    const cells = ["a = 1", "a = 2", "a = 3"].map((code) => session.start(code));
    for (let index = 0; index < 3; index++) {
      await eventually(() => last().jobs.length === index + 1);
      await settle();
      assert.equal([last().jobs.at(-1)?.code, last().isRunning()], [`a = ${index + 1}`, true]);
      last().endCell();
    }
    const results = await Promise.all(cells.map(({ result }) => result));
    assert.equal(
      results.map(({ session: place }) => place),
      [1, 2, 3].map((cell) => ({ id: "s", cell, isFresh: cell === 1, stateLost: false })),
    );
    assert.equal([made.length, admission.counts().active], [1, 1]);
    assert.equal([results[0]?.isolation, results[0]?.evidence.start], ["session", "session"]);
  }));

test("a rejected cell has its number, and reaches no container", () =>
  withSession({}, async ({ session, last }) => {
    const result = await session.run("import os");
    assert.equal([result.status, result.isolation, result.cleanup], ["rejected", "none", null]);
    assert.equal(result.session, { id: "s", cell: 1, isFresh: false, stateLost: false });
    const next = session.start("a = 1");
    await eventually(() => last().isRunning());
    last().endCell();
    assert.equal((await next.result).session, { id: "s", cell: 2, isFresh: true, stateLost: false });
  }));

test("after a forced end the next cell waits until the old container is gone, and starts in a new one", () =>
  withSession({ staysBehind: true }, async ({ session, made, last }) => {
    const first = session.start("a = 1");
    await eventually(() => last().isRunning());
    const second = session.start("a = 2");
    first.cancel();
    const lost = await first.result;
    assert.equal([lost.status, lost.session?.stateLost], ["cancelled", true]);
    await delay(20);
    assert.is(made.length, 1);
    made[0]?.vanish();
    await first.cleaned;
    await eventually(() => made.length === 2);
    last().becomeReady();
    await eventually(() => last().isRunning());
    last().endCell();
    assert.equal((await second.result).session, { id: "s", cell: 2, isFresh: true, stateLost: false });
  }));

test("a cell that is cancelled while it waits costs nobody anything", () =>
  withSession({}, async ({ session, made, last }) => {
    const first = session.start("a = 1");
    await eventually(() => last().isRunning());
    const second = session.start("a = 2");
    const third = session.start("a = 3");
    second.cancel();
    const { status, isolation, session: place } = await second.result;
    assert.equal([status, isolation, place?.stateLost], ["cancelled", "none", false]);
    assert.is((await second.cleaned).strategy, "none");
    last().endCell();
    await first.result;
    await eventually(() => last().isRunning());
    assert.equal(
      last().jobs.map(({ code }) => code),
      ["a = 1", "a = 3"],
    );
    last().endCell();
    assert.equal([(await third.result).session?.isFresh, made.length], [false, 1]);
  }));

test("a container that is lost between cells is replaced, and the next cell is told", () =>
  withSession({}, async ({ session, made, last }) => {
    const first = session.start("a = 1");
    await eventually(() => last().isRunning());
    last().endCell();
    await first.result;
    last().end();
    const second = session.start("a = 2");
    await eventually(() => made.length === 2);
    last().becomeReady();
    await eventually(() => last().isRunning());
    last().endCell();
    assert.is((await second.result).session?.isFresh, true);
  }));

test("a container that is lost before the cell began is replaced within the cell, once", () =>
  withSession({}, async ({ session, made, last }) => {
    const cell = session.start("a = 1");
    for (const turn of [1, 2]) {
      await eventually(() => made.length === turn);
      last().becomeReady();
      await eventually(() => last().isRunning());
      last().end();
    }
    await rejectionOf(cell.result, SandboxError);
    assert.is((await cell.cleaned).isConfirmed, true);
  }));

test("a reset waits for the cells before it, and ends in a new container that waits", () =>
  withSession({ staysBehind: true }, async ({ session, made, last }) => {
    const first = session.start("a = 1");
    await eventually(() => last().isRunning());
    const reset = session.reset();
    const second = session.start("a = 2");
    await settle();
    assert.is(last().discarded(), null);
    last().endCell();
    await first.result;
    await eventually(() => made[0]?.discarded() === "the session was reset");
    await delay(10);
    assert.is(made.length, 1, "never two side by side");
    made[0]?.vanish();
    await eventually(() => made.length === 2);
    last().becomeReady();
    await reset;
    await eventually(() => last().isRunning());
    last().endCell();
    assert.equal([(await second.result).session?.isFresh, last().jobs.length], [true, 1]);
  }));

test("closes by itself after a time without a cell, and says so to whoever comes later", () =>
  withSession({ maxIdleMs: 50 }, async ({ session, last, admission }) => {
    const cell = session.start("a = 1");
    await eventually(() => last().isRunning());
    await delay(120);
    assert.is(last().discarded(), null, "a cell that runs is no idleness");
    last().endCell();
    await cell.result;
    await session.ended;
    assert.is(admission.counts().active, 0);
    assert.throws(() => session.start("a = 2"), /had no cell for 50 ms and was closed; open another one/);
    await rejectionOf(session.reset(), SandboxError, /had no cell for 50 ms/);
  }));

test("or lets its container and its place go, and takes new ones for the next cell", () =>
  withSession({ maxIdleMs: 30, afterIdle: "restart" }, async ({ session, made, last, admission }) => {
    await eventually(() => admission.counts().active === 0);
    assert.match(last().discarded() ?? "", /no cell for 30 ms/);
    const cell = session.start("a = 1");
    await eventually(() => made.length === 2);
    assert.is(admission.counts().active, 1);
    last().becomeReady();
    await eventually(() => last().isRunning());
    last().endCell();
    assert.is((await cell.result).session?.isFresh, true);
  }));

test("ends at its age, with what runs then", () =>
  withSession({ maxAgeMs: 100 }, async ({ session, last }) => {
    const cell = session.start("a = 1");
    await eventually(() => last().isRunning());
    const { status, message } = await cell.result;
    assert.is(status, "cancelled");
    assert.match(message, /^cancelled: this session reached its age of 100 ms/);
    await session.ended;
  }));

test("runs no more cells than it may", () =>
  withSession({ maxCells: 1 }, async ({ session, last }) => {
    const cell = session.start("a = 1");
    assert.throws(() => session.start("a = 2"), /has run its 1 cells/);
    await eventually(() => last().isRunning());
    last().endCell();
    await cell.result;
  }));

test("a mistake in the call counts as no cell", () =>
  withSession({ maxCells: 1 }, async ({ session, last }) => {
    assert.throws(() => session.start("a = 1", { returns: ["not a name"] }), /is not a Python name/);
    const cell = session.start("a = 1");
    await eventually(() => last().isRunning());
    last().endCell();
    assert.is((await cell.result).session?.cell, 1);
  }));

test("close() cancels what runs and waits, and what is about to open", async () => {
  await withSession({}, async ({ session, last }) => {
    const cells = [session.start("a = 1"), session.start("a = 2")];
    await eventually(() => last().isRunning());
    await session.close();
    const statuses = await Promise.all(cells.map(async ({ result }) => (await result).status));
    assert.equal(statuses, ["cancelled", "cancelled"]);
    assert.throws(() => session.start("a = 3"), /this session was closed/);
    assert.is(await session.close(), await session.close());
  });
  await withSession({ isClosed: true }, async ({ session, made, last }) => {
    const opened = rejection(session.open());
    await eventually(() => made.length === 1);
    await session.close();
    assert.match(String(await opened), /this session was closed/);
    assert.match(last().discarded() ?? "", /this session was closed/);
  });
});

test("a first container that cannot be made fails the opening", () =>
  withSession({ isClosed: true }, async ({ session, made, last }) => {
    const opened = rejection(session.open());
    await eventually(() => made.length === 1);
    last().end({ kind: "failed", error: new Error("no room") });
    assert.match(String(await opened), /the sandbox could not be started: no room/);
  }));

test("an opening can be given up", () =>
  withSession({ isClosed: true }, async ({ session, made }) => {
    const giveUp = new AbortController();
    const opened = rejection(session.open(giveUp.signal));
    await eventually(() => made.length === 1);
    giveUp.abort(new Error("enough"));
    assert.match(String(await opened), /enough/);
  }));

test("by default those names come back of which the cell speaks", () =>
  withSession({}, async ({ session, last }) => {
    const returns: (readonly string[])[] = [];
    for (const code of ["a = 1", "result = 1", "signals = 1", "signal = result"]) {
      const cell = session.start(code);
      await eventually(() => last().isRunning());
      last().endCell();
      await cell.result;
      returns.push(last().jobs.at(-1)?.returns ?? []);
    }
    assert.equal(returns, [[], ["result"], [], ["signal", "result"]]);
    assert.is(last().jobs[3]?.fileName, "cell-4.py");
  }));

test.run();
