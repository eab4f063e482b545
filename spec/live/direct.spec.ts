import * as assert from "uvu/assert";
import { createExecutor } from "../../lib/executor.ts";
import { loadLoop } from "../../lib/loop/configured-loop.ts";
import { canRunDirectly, directSuite } from "../support/direct.ts";
import { scoresOf } from "../support/loop/scores-of.ts";

const { test } = directSuite("with containers and without");

test("where an Engine is there, nothing falls back", async () => {
  await using executor = createExecutor({ fallback: "direct" });
  const { isolation, evidence, message } = await executor.run("result = 1");
  assert.equal([isolation, evidence.start], ["container", "cold"]);
  assert.not.match(message, "no container");
});

if (await canRunDirectly(["numpy", "pandas"])) {
  test(
    "sandbox on and off give the same scores for the same friendly candidates",
    async () => {
      const { policy, pool } = await loadLoop("spec/examples/loop/momentum.yaml", {});
      await using sandbox = createExecutor({ policy, ...(pool !== null && { pool }) });
      await using direct = createExecutor({ policy, unsafeDirect: true });
      const [inside, outside] = [await scoresOf(sandbox, 5), await scoresOf(direct, 5)];
      assert.ok(
        inside.length === 5 && inside.flat().every((score) => score !== null),
        JSON.stringify(inside),
      );
      assert.equal(outside, inside);
    },
    { timeoutMs: 120_000 },
  );
}

test.run();
