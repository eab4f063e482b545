import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { defaultPolicy, limitRanges, type NumericLimit, type Policy } from "../../../lib/policy/policy.ts";
import {
  findFault,
  type RunLimits,
  resolvePolicy,
  tightenPolicy,
} from "../../../lib/policy/resolve-policy.ts";
import { suite } from "../../support/suite.ts";

const test = suite("policies");
const MiB = 1024 ** 2;

/** The message of the ConfigError that a call throws. */
function complaint(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("without anything asked for it is the default, which is the original system's", () => {
  assert.equal(resolvePolicy(), defaultPolicy);
  const { memoryBytes, cpus, timeoutMs } = defaultPolicy;
  assert.equal([memoryBytes, cpus, timeoutMs], [2048 * MiB, 0.5, 600_000]);
});

test("undefined is as good as not there", () => {
  assert.equal(resolvePolicy({ memoryBytes: undefined } as unknown as Partial<Policy>), defaultPolicy);
});

test("a run that does not speak of memory leaves file systems as large as its executor's", () => {
  const policy = resolvePolicy({ memoryBytes: 256 * MiB, tmpBytes: 128 * MiB });
  assert.equal(tightenPolicy(policy, {}), policy);
  assert.is(tightenPolicy(policy, { timeoutMs: 1000 }).tmpBytes, 128 * MiB);
  assert.is(tightenPolicy(policy, { memoryBytes: 128 * MiB }).tmpBytes, 32 * MiB);
});

test("where the memory is lowered alone, the file systems in it shrink", () => {
  const { tmpBytes, shmBytes } = resolvePolicy({ memoryBytes: 64 * MiB });
  assert.equal([tmpBytes, shmBytes], [16 * MiB, 8 * MiB]);
});

const names = Object.keys(limitRanges) as NumericLimit[];

for (const name of names) {
  const { least, most } = limitRanges[name];
  test(`${name} is taken from ${least} to ${most}, and nothing else is`, () => {
    for (const value of [least, most]) assert.is(findFault(name, value, { hideValue: false }), null);
    for (const value of [
      least - (least > 0.5 ? 1 : 0.005),
      most * 2,
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      "64",
      {},
      true,
    ]) {
      assert.type(findFault(name, value, { hideValue: false }), "string", String(value));
    }
    assert.is(findFault(name, null, { hideValue: false }) === null, name === "cpuTimeMs");
  });
}

const bad: readonly (readonly [name: string, partial: object, message: string | RegExp])[] = [
  ["a misspelt key", { memoryByte: 1 }, 'unknown policy "memoryByte"; did you mean "memoryBytes"?'],
  ["a key that is none", { zzz: 1 }, /^unknown policy "zzz"; known ones: memoryBytes, cpus/],
  ["zero", { timeoutMs: 0 }, "timeoutMs: 0 ms is too little; the least is 10 ms"],
  [
    "a terabyte and more",
    { memoryBytes: 1024 ** 4 * 2 },
    "memoryBytes: 2 TiB is too much; the most is 1 TiB",
  ],
  ["half a process", { maxProcesses: 8.5 }, "maxProcesses must be a whole number"],
  ["a text for a number", { cpus: "1" }, "cpus must be a number"],
  ["root", { user: "0:0" }, /root is never allowed/],
  ["root's group", { user: "1000:0" }, /root is never allowed/],
  ["a user by name", { user: "root" }, /root is never allowed/],
  ["a runtime with a path", { runtime: "../../runc" }, /must be the name of an OCI runtime/],
  [
    "an unknown mode",
    { audit: "denyy" },
    'audit must be one of "off", "report", "deny"; did you mean "deny"?',
  ],
  ["a mode that is none", { seccomp: null }, 'seccomp must be one of "engine", "python"'],
  ["a module with a path", { imports: ["../os"] }, /"\.\.\/os" is not the name of a module/],
  ["a private module", { imports: ["_socket"] }, /is not the name of a module/],
  ["imports that are no list", { imports: "os" }, /must be a list/],
  [
    "file systems that eat the memory",
    { memoryBytes: 64 * MiB, tmpBytes: 64 * MiB },
    /^tmpBytes and shmBytes together/,
  ],
];

for (const [name, partial, message] of bad) {
  test(`${name} is refused`, () => {
    const said = complaint(() => resolvePolicy(partial));
    if (typeof message === "string") assert.is(said, message);
    else assert.match(said, message);
  });
}

test("a value that may be a secret is not repeated", () => {
  for (const key of ["memoryBytes", "user", "runtime", "audit", "imports"] as const)
    assert.not.match(findFault(key, "hunter2", { hideValue: true }) ?? "", /hunter2/);
  assert.is(findFault("cpus", 5000, { hideValue: true }), "must be from 0.01 to 1024");
});

test("a run may be stricter in everything", () => {
  const policy = resolvePolicy({
    imports: ["scipy", "sklearn"],
    audit: "report",
    validator: "basic",
    seccomp: "engine",
  });
  const asked: RunLimits = {
    memoryBytes: 64 * MiB,
    timeoutMs: 1000,
    cpuTimeMs: 500,
    imports: ["scipy"],
    audit: "deny",
    validator: "strict",
    seccomp: "python",
  };
  const tightened = tightenPolicy(policy, asked);
  for (const [key, value] of Object.entries(asked)) assert.equal(tightened[key as keyof Policy], value, key);
  assert.is(tightened.tmpBytes, 16 * MiB);
});

const looser: readonly (readonly [name: string, asked: object, message: RegExp])[] = [
  [
    "more memory",
    { memoryBytes: 4096 * MiB },
    /^memoryBytes: a run may only lower its executor's limit of 2 GiB; raise it in/,
  ],
  ["no CPU limit where there is one", { cpuTimeMs: null }, /^cpuTimeMs: a run may only lower/],
  [
    "a weaker validator",
    { validator: "off" },
    /^validator: a run may only be stricter than its executor's "strict"/,
  ],
  ["a weaker hook", { audit: "report" }, /^audit: a run may only be stricter/],
  ["the Engine's filter", { seccomp: "engine" }, /^seccomp: a run may only be stricter/],
  [
    "one more import",
    { imports: ["os"] },
    /^imports: a run may only allow fewer modules than its executor, and "os"/,
  ],
  ["another user", { user: "1:1" }, /^unknown run option "user"/],
  ["another runtime", { runtime: "runc" }, /^unknown run option "runtime"/],
  ["a misspelt option", { timeout: 5 }, /did you mean "timeoutMs"\?/],
  ["nonsense", { timeoutMs: "5" }, /^timeoutMs must be a number/],
];

for (const [name, asked, message] of looser) {
  test(`a run may not have ${name}`, () => {
    const policy = resolvePolicy({ cpuTimeMs: 1000 });
    assert.match(
      complaint(() => tightenPolicy(policy, asked)),
      message,
    );
  });
}

test.run();
