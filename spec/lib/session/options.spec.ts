import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { toContainerSpec } from "../../../lib/policy/container-spec.ts";
import { defaultPolicy, limitRanges, type NumericLimit, type Policy } from "../../../lib/policy/policy.ts";
import {
  type CellOptions,
  resolveSession,
  type SessionOptions,
  tightenCell,
} from "../../../lib/session/options.ts";
import { suite } from "../../support/suite.ts";

const test = suite("options of a session");

test("nothing must be given", () => {
  assert.equal(resolveSession({}, defaultPolicy), {
    life: { preload: [], maxIdleMs: 600_000, afterIdle: "close", maxAgeMs: 14_400_000, maxCells: 10_000 },
    policy: defaultPolicy,
  });
});

test("its limits hold for all cells, and each cell may have stricter ones", () => {
  const { policy } = resolveSession({ timeoutMs: 5000, cpus: 0.25 }, defaultPolicy);
  assert.equal([policy.timeoutMs, policy.cpus], [5000, 0.25]);
  const cell = tightenCell(policy, { timeoutMs: 1000, cpuTimeMs: 500, stdoutBytes: 10, returns: ["x"] });
  assert.equal([cell.timeoutMs, cell.cpuTimeMs, cell.stdoutBytes, cell.cpus], [1000, 500, 10, 0.25]);
});

test("what is fixed may be said again", () => {
  const again = { cpus: defaultPolicy.cpus, audit: "deny" } as CellOptions;
  assert.equal(tightenCell(defaultPolicy, again), defaultPolicy);
});

test("every limit that the container has is fixed", () => {
  const purpose = { image: "", command: [], labels: {}, pythonSeccomp: "" };
  const containerOf = (policy: Policy): string => JSON.stringify(toContainerSpec(policy, purpose));
  for (const name of Object.keys(limitRanges) as NumericLimit[]) {
    const value = (defaultPolicy[name] ?? 1000) / 2;
    if (containerOf({ ...defaultPolicy, [name]: value }) === containerOf(defaultPolicy)) continue;
    assert.throws(() => tightenCell(defaultPolicy, { [name]: value }), /holds for the whole session/, name);
  }
});

const bad: readonly (readonly [string, object, RegExp])[] = [
  ["a misspelt key", { maxIdle: 5 }, /unknown run option "maxIdle"/],
  ["more than the executor allows", { timeoutMs: 601_000 }, /timeoutMs: a run may only lower/],
  ["no time to be idle", { maxIdleMs: 0 }, /session: maxIdleMs must be from/],
  ["a time that is none", { maxAgeMs: Number.NaN }, /session: maxAgeMs must be from/],
  ["an endless age", { maxAgeMs: Number.POSITIVE_INFINITY }, /session: maxAgeMs must be from/],
  ["no cells", { maxCells: 0 }, /session: maxCells must be a whole number/],
  ["half a cell", { maxCells: 1.5 }, /session: maxCells must be/],
  ["another end", { afterIdle: "wait" }, /session: afterIdle must be "close" or "restart"/],
  ["a module that is none", { preload: ["os; evil"] }, /session: preload: "os; evil"/],
];

for (const [name, options, message] of bad)
  test(`${name} is refused`, () => {
    assert.throws(
      () => resolveSession(options as SessionOptions, defaultPolicy),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    );
  });

const badForCells: readonly (readonly [string, object, RegExp])[] = [
  ["less memory", { memoryBytes: 1024 ** 3 }, /memoryBytes holds for the whole session/],
  ["fewer processors", { cpus: 0.1 }, /cpus holds for the whole session/],
  ["another audit", { audit: "off" }, /audit holds for the whole session/],
  ["more time", { timeoutMs: 601_000 }, /timeoutMs: a run may only lower/],
  ["a weaker validator", { validator: "off" }, /validator: a run may only be stricter/],
  ["a session's own option", { maxIdleMs: 5 }, /unknown run option "maxIdleMs"/],
];

for (const [name, options, message] of badForCells)
  test(`a cell with ${name} is refused`, () => {
    assert.throws(
      () => tightenCell(defaultPolicy, options as CellOptions),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    );
  });

test.run();
