/**
 * A process that works on a loop until it is killed: `victim.ts JOURNAL CONFIG` in real sandboxes, `victim.ts JOURNAL` without any. It says `ready`
 * once it has begun, `result` at each result, and `done` at the loop's end.
 */
import { writeSync } from "node:fs";
import { createExecutor } from "../../../lib/executor.ts";
import { loadLoop } from "../../../lib/loop/configured-loop.ts";
import { createLoop, type Loop } from "../../../lib/loop/loop.ts";
import { createGeneticProposer } from "../../../lib/loop/propose/genetic.ts";
import { createPlayExecutor } from "./play-executor.ts";

const [journal = "", config] = process.argv.slice(2);

async function loopInSandboxes(path: string): Promise<Loop> {
  const { options, policy, pool } = await loadLoop(path);
  const executor = createExecutor({ policy, ...(pool !== null && { pool }) });
  return createLoop({ ...options, executor, journal });
}

function playLoop(): Loop {
  const genes = { A: { from: 0, to: 99 }, B: { from: 0, to: 99 } };
  return createLoop({
    journal,
    executor: createPlayExecutor((code) => {
      const [a, b] = [...code.matchAll(/= (\d+)/g)].map(([, value]) => Number(value));
      return { values: { result: -(((a ?? 0) - 17) ** 2) - ((b ?? 0) - 80) ** 2 } };
    }),
    propose: createGeneticProposer({ template: "A = 0\nB = 0\n", genes, seed: 5 }),
    score: ({ values }) => Number(values.result),
    budget: { candidates: 2000 },
    concurrency: 4,
  });
}

const loop = config === undefined ? playLoop() : await loopInSandboxes(config);
for await (const { type } of loop) {
  if (type === "resumed") writeSync(1, "ready\n");
  if (type === "result") writeSync(1, "result\n");
}
writeSync(1, "done\n");
process.exit(0);
