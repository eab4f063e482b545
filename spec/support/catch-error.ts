import * as assert from "uvu/assert";

/** What a promise rejects with; fails where it does not reject. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.then(
    (value) => ({ isRejected: false, value }),
    (error: unknown) => ({ isRejected: true, value: error }),
  );
  assert.ok(outcome.isRejected, "expected a rejection");
  return outcome.value;
}

/** A rejection that must be an error of this class, with these words in its message. */
export async function rejectionOf<E extends Error>(
  work: Promise<unknown>,
  type: abstract new (...options: never[]) => E,
  words: RegExp = /./,
): Promise<E> {
  const error = await rejection(work);
  assert.instance(error, type);
  assert.match((error as E).message, words);
  return error as E;
}

/** What an action throws; fails where it throws nothing. */
export function errorOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error");
}
