import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { type PoolOptions, resolvePoolOptions } from "../../../lib/pool/options.ts";
import { suite } from "../../support/suite.ts";

const test = suite("options of a pool");

test("only the size must be given", () => {
  assert.equal(resolvePoolOptions({ size: 4 }), {
    size: 4,
    preload: [],
    maxAgeMs: 1_800_000,
    maxIdleMs: 600_000,
    refillConcurrency: 1,
  });
  assert.is(resolvePoolOptions({ size: 1, maxIdleMs: Number.POSITIVE_INFINITY }).maxIdleMs, Infinity);
});

const bad: readonly (readonly [string, object, RegExp])[] = [
  ["no size", {}, /size must be a whole number from 0 to 1000/],
  ["less than nothing", { size: -1 }, /size must be/],
  ["a pool that is never filled", { size: 1, refillConcurrency: 0 }, /refillConcurrency must be/],
  ["half a container", { size: 1.5 }, /size must be/],
  ["a misspelt key", { size: 1, maxAge: 5 }, /unknown pool option "maxAge"; did you mean "maxAgeMs"\?/],
  ["no time at all", { size: 1, maxAgeMs: 10 }, /maxAgeMs must be from 1 s/],
  ["a time that is none", { size: 1, maxIdleMs: Number.NaN }, /maxIdleMs must be/],
  ["a module that is none", { size: 1, preload: ["os; evil"] }, /"os; evil" is not the name of a module/],
  ["modules that are no list", { size: 1, preload: "pandas" }, /preload must be a list/],
];

for (const [name, options, message] of bad)
  test(`${name} is refused`, () => {
    assert.throws(
      () => resolvePoolOptions(options as PoolOptions),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    );
  });

test.run();
