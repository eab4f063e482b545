/** The recorder, on an Engine of its own. */
import * as assert from "uvu/assert";
import { rejectionOf } from "../../support/catch-error.ts";
import { type OwnEngine, startOwnEngine } from "../../support/own-engine.ts";
import { createNormalizer } from "../../support/record/normalize.ts";
import { createRecorder } from "../../support/record/recorder.ts";
import type { Recording } from "../../support/record/recording.ts";
import { scenarios } from "../../support/record/scenarios/all.ts";
import { suite } from "../../support/suite.ts";

const test = suite("recording an Engine's answers");
let engine: OwnEngine;
test.before(async () => {
  engine = await startOwnEngine({ isAlone: true });
});
test.after(() => engine.close());

async function record(name: "exec" | "images"): Promise<readonly Recording[]> {
  const recorder = await createRecorder(engine.endpoint, createNormalizer([], ""));
  try {
    await scenarios[name](recorder);
    return await recorder.take();
  } finally {
    await recorder.close();
  }
}

for (const name of ["exec", "images"] as const)
  test(
    `${name}: to record twice gives the same`,
    async () => {
      const first = await record(name);
      assert.ok(first.length > 10);
      assert.equal(await record(name), first);
    },
    { timeoutMs: 120_000 },
  );

test("a refusal is recorded, and a scenario that expects one and gets none fails", async () => {
  const recorder = await createRecorder(engine.endpoint, createNormalizer([], ""));
  await recorder.refused("GET /containers/{id}/json", { path: { id: "nowhere" } });
  await rejectionOf(recorder.refused("GET /version"), Error, /was to be refused/);
  const [refusal] = await recorder.take();
  assert.is(refusal?.answer.status, 404);
  await recorder.close();
});

test.run();
