import * as assert from "uvu/assert";
import { abandonOnAbort } from "../../engine-api/abort.ts";
import { rejection } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/abort");

/** A signal that counts who listens to it. */
function countedSignal(): { readonly controller: AbortController; readonly listeners: () => number } {
  const controller = new AbortController();
  let count = 0;
  const add = controller.signal.addEventListener.bind(controller.signal);
  const remove = controller.signal.removeEventListener.bind(controller.signal);
  controller.signal.addEventListener = (type: string, listener: () => void, options?: object) => {
    count++;
    add(type, listener, options);
  };
  controller.signal.removeEventListener = (type: string, listener: () => void) => {
    count--;
    remove(type, listener);
  };
  return { controller, listeners: () => count };
}

test("gives what the work gives, and listens no longer", async () => {
  const { controller, listeners } = countedSignal();
  assert.is(await abandonOnAbort(Promise.resolve(5), controller.signal), 5);
  const failure = new Error("failed");
  assert.is(await rejection(abandonOnAbort(Promise.reject(failure), controller.signal)), failure);
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(listeners(), 0);
});

test("leaves at the abort with its reason, and a failure afterwards is heard", async () => {
  const controller = new AbortController();
  let fail = (_: Error): void => undefined;
  const work = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const left = rejection(abandonOnAbort(work, controller.signal));
  controller.abort("enough");
  assert.is(await left, "enough");
  fail(new Error("an unheard one would end the process"));
  await new Promise((resolve) => setImmediate(resolve));
});

test("is the work itself where there is no signal", () => {
  const work = Promise.resolve(1);
  assert.is(abandonOnAbort(work, undefined), work);
});

test.run();
