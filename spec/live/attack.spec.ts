import * as assert from "uvu/assert";
import { type AttackResult, attackJail } from "../../lib/doctor/attack/attack-jail.ts";
import { SandboxError } from "../../lib/errors.ts";
import { createExecutor } from "../../lib/executor.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { resolvePolicy } from "../../lib/policy/resolve-policy.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { runCommand } from "../support/cli.ts";
import { suite } from "../support/suite.ts";

const test = suite("the jail, attacked from inside");

async function attack(partial: Partial<Policy>): Promise<readonly AttackResult[]> {
  const policy = resolvePolicy({ ...partial, cpus: 1, validator: "off", audit: "off" });
  await using executor = createExecutor({ policy });
  return await attackJail((code, options) => executor.run(code, options), { policy });
}

function idsOf(results: readonly AttackResult[], outcome: AttackResult["outcome"]): readonly string[] {
  return results.filter((result) => result.outcome === outcome).map(({ id }) => id);
}

test(
  "no attack gets through, and every one could be tried",
  async () => {
    const results = await attack({});
    assert.equal(idsOf(results, "through"), []);
    assert.equal(idsOf(results, "unknown"), []);
    assert.ok(results.length >= 45);
  },
  { timeoutMs: 120_000 },
);

test(
  "with the Engine's own filter some do, which shows that they are real",
  async () => {
    const through = idsOf(await attack({ seccomp: "engine" }), "through");
    assert.ok(through.includes("exec-memfd") && through.includes("socket-netlink"), through.join(" "));
  },
  { timeoutMs: 120_000 },
);

test(
  "an executor that verifies by attack refuses to run anything in a jail that does not hold",
  async () => {
    await using executor = createExecutor({ verify: "attack", policy: { seccomp: "engine", cpus: 1 } });
    await rejectionOf(
      executor.run("result = 1"),
      SandboxError,
      /the jail does not hold, so nothing is run in it: .*netlink/,
    );
  },
  { timeoutMs: 120_000 },
);

test(
  "and runs in one that does",
  async () => {
    await using executor = createExecutor({ verify: "attack", policy: { cpus: 1 } });
    const { status, values } = await executor.run("result = 6 * 7");
    assert.equal([status, values.result], ["ok", 42]);
  },
  { timeoutMs: 120_000 },
);

test(
  "doctor --attack tells all of it as a table and as JSON",
  async () => {
    const table = await runCommand(["doctor", "--attack"]);
    assert.is(table.exitCode, 0, table.out);
    assert.match(table.out, /\d+ attacks, \d+ stopped, none got through\n$/);
    const { checks, attacks } = JSON.parse((await runCommand(["doctor", "--attack", "--json"])).out);
    assert.ok(checks.length > 5 && attacks.length >= 45);
  },
  { timeoutMs: 120_000 },
);

test.run();
