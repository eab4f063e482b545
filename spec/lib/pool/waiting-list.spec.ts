import * as assert from "uvu/assert";
import { createWaitingList } from "../../../lib/pool/waiting-list.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a waiting list");

test("first come, first served", async () => {
  const list = createWaitingList<string>();
  const waiting = [list.wait(), list.wait()];
  assert.equal([list.give("a"), list.give("b"), list.give("c")], [true, true, false]);
  assert.equal(await Promise.all(waiting), ["a", "b"]);
});

test("those beyond a number are turned away, the last ones", async () => {
  const list = createWaitingList<string>();
  const waiting = [list.wait(), list.wait(), list.wait()];
  list.keepOnly(1);
  assert.is(list.size(), 1);
  list.give("a");
  assert.equal(await Promise.all(waiting), ["a", null, null]);
});

test("who leaves gets nothing, and holds up nobody", async () => {
  const list = createWaitingList<string>();
  const controller = new AbortController();
  const waiting = [list.wait(controller.signal), list.wait()];
  controller.abort();
  list.give("a");
  assert.equal(await Promise.all([...waiting, list.wait(controller.signal)]), [null, "a", null]);
  assert.is(list.size(), 0);
});

test.run();
