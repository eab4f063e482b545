import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { type AttackResult, attackJail, type RunInJail } from "../../../../lib/doctor/attack/attack-jail.ts";
import { probedAttacks, runAttacks } from "../../../../lib/doctor/attack/attacks.ts";
import { defaultPolicy, type Policy } from "../../../../lib/policy/policy.ts";
import type { CleanupReport, RunResult, RunStatus } from "../../../../lib/verdict.ts";
import { rejection } from "../../../support/catch-error.ts";
import { okResult } from "../../../support/results.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("attacks on the jail");

const gone: CleanupReport = {
  strategy: "remove",
  isConfirmed: true,
  attempts: [],
  containerExitCode: null,
  cleanupMs: 1,
};
const allStopped = Object.fromEntries(
  probedAttacks.map(({ id }) => [id, { outcome: "stopped", seen: "Operation not permitted" }]),
);

/** A jail that answers the probe with `probe`, and ends each other attack as expected, but for what is given. */
function jail(probe: Partial<RunResult>, ends: Readonly<Record<string, Partial<RunResult>>> = {}): RunInJail {
  return async (code) => {
    const attack = runAttacks.find((known) => known.code === code);
    const plain = okResult({ cleanup: gone });
    return attack === undefined
      ? { ...plain, ...probe }
      : { ...plain, status: attack.expected, ...ends[attack.id] };
  };
}

function outcomeOf(results: readonly AttackResult[], id: string): string {
  const { outcome, seen } = results.find((result) => result.id === id) ?? { outcome: "missing", seen: "" };
  return `${outcome}: ${seen}`;
}

const options = { policy: defaultPolicy };

test("in a jail that holds, every attack is stopped", async () => {
  const results = await attackJail(jail({ values: { result: allStopped } }), options);
  assert.is(results.length, probedAttacks.length + runAttacks.length);
  assert.equal(
    results.filter(({ outcome }) => outcome !== "stopped"),
    [],
  );
});

test("every attack of the probe is known by name, and every name is in the probe", () => {
  const program = readFileSync(new URL("../../../../lib/doctor/attack/attacks.py", import.meta.url), "utf8");
  const table = program.slice(program.indexOf("ATTACKS = {"));
  const names = [...table.matchAll(/^ {4}"([a-z-]+)":/gm)].map(([, name]) => name);
  assert.equal(
    names,
    probedAttacks.map(({ id }) => id),
  );
});

test("one that gets through is told, with how far", async () => {
  const result = { ...allStopped, "network-dns": { outcome: "through", seen: "resolved to 1.2.3.4" } };
  const results = await attackJail(jail({ values: { result } }), options);
  assert.is(outcomeOf(results, "network-dns"), "through: resolved to 1.2.3.4");
});

const untold: readonly (readonly [string, Partial<RunResult>])[] = [
  ["a probe that failed", { status: "error", message: "ImportError", values: {} }],
  ["a probe that told nothing", { values: {} }],
  ["a probe that told nonsense", { values: { result: { "network-dns": { outcome: "fine", seen: 1 } } } }],
  ["a probe that told a text", { values: { result: "all stopped" } }],
];

for (const [name, probe] of untold) {
  test(`${name} proves nothing`, async () => {
    const results = await attackJail(jail(probe), options);
    for (const { id } of probedAttacks)
      assert.match(outcomeOf(results, id), /^unknown: the probe did not tell/);
  });
}

const ends: readonly (readonly [string, string, Partial<RunResult>, string])[] = [
  ["a memory bomb that ends well", "memory-bomb", { status: "ok" }, "through: ok"],
  ["an endless loop that was killed by others", "endless-loop", { status: "killed" }, "through: killed"],
  [
    "a container that stays",
    "daemon",
    { cleanup: { ...gone, isConfirmed: false } },
    "through: ok, and its container is not gone",
  ],
  [
    "a container whose cleanup nobody knows",
    "daemon",
    { cleanup: null },
    "through: ok, and its container is not gone",
  ],
];

for (const [name, id, end, expected] of ends) {
  test(`${name} is a hole`, async () => {
    const results = await attackJail(jail({ values: { result: allStopped } }, { [id]: end }), options);
    assert.is(outcomeOf(results, id), expected);
  });
}

test("attacks take no more than the policy allows", async () => {
  const policy: Policy = { ...defaultPolicy, timeoutMs: 300, memoryBytes: 64 * 1024 ** 2 };
  const asked: number[] = [];
  const run = jail({ values: { result: allStopped } });
  await attackJail(
    (code, limits) => {
      asked.push(limits.timeoutMs ?? 0, limits.memoryBytes ?? 0);
      return run(code, limits);
    },
    { policy },
  );
  assert.ok(
    asked.every((value) => value <= 300 || value === 64 * 1024 ** 2),
    String(asked),
  );
});

test("progress counts the containers", async () => {
  const seen: number[] = [];
  await attackJail(jail({ values: { result: allStopped } }), {
    ...options,
    onProgress: (fraction) => void seen.push(fraction),
  });
  assert.is(seen.length, runAttacks.length + 1);
  assert.equal(
    seen,
    [...seen].sort((left, right) => left - right),
  );
});

test("cancelled in the middle, it ends with the reason", async () => {
  const controller = new AbortController();
  const run: RunInJail = async () => {
    controller.abort(new Error("enough"));
    const status: RunStatus = "cancelled";
    return okResult({ status });
  };
  const error = await rejection(attackJail(run, { ...options, signal: controller.signal }));
  assert.match(String(error), "enough");
});

test.run();
