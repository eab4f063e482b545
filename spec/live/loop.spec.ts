import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import * as assert from "uvu/assert";
import { createExecutor } from "../../lib/executor.ts";
import { loadLoop } from "../../lib/loop/configured-loop.ts";
import type { LoopEvent } from "../../lib/loop/events.ts";
import { createLoop } from "../../lib/loop/loop.ts";
import { captureOutput, runCommand } from "../support/cli.ts";
import { createSeededRandom } from "../support/kill-host/seeded-random.ts";
import { journalFacts } from "../support/loop/journal-facts.ts";
import { workThenKill } from "../support/loop/kill-loop.ts";
import { scoresOf } from "../support/loop/scores-of.ts";
import { temporaryFolder } from "../support/loop/temporary.ts";
import { suite } from "../support/suite.ts";

const test = suite("the loop in sandboxes");
const example = "spec/examples/loop/momentum.yaml";

/** The example, with a smaller budget and more hostile code. */
function smallExample(folder: { at(name: string): string }, candidates: number): string {
  const text = readFileSync(example, "utf8")
    .replace("candidates: 200", `candidates: ${candidates}`)
    .replace("timeout: 10s, memory: 512MiB", "timeout: 15s, memory: 256MiB")
    .replace("population: 20", "population: 4")
    .replace("every: 20", "every: 3")
    .replace(/\$\{JOURNAL.*\}/, folder.at("journal.jsonl"))
    .replace(": momentum.py", `: ${resolve("spec/examples/loop/momentum.py")}`)
    .replace("folder: hostile", `folder: ${resolve("spec/examples/loop/hostile")}`)
    .replace("../../../node_modules", resolve("node_modules"));
  writeFileSync(folder.at("loop.yaml"), text);
  return folder.at("loop.yaml");
}

/** How each hostile candidate must end, by its place. */
const hostileEnds: readonly string[] = [
  "rejected",
  "rejected",
  "timeout",
  "oom",
  "output-limit",
  "unscored",
  "disqualified",
  "unscored",
  "output-limit",
  "error",
];

test(
  "the example's search meets hostile code at every third place, and each ends as it must",
  async () => {
    using folder = temporaryFolder();
    const { options, policy, pool } = await loadLoop(smallExample(folder, 30), {});
    await using executor = createExecutor({ policy, ...(pool !== null && { pool }) });
    const results: Extract<LoopEvent, { type: "result" }>[] = [];
    for await (const event of createLoop({ ...options, executor }))
      if (event.type === "result") results.push(event);
    results.sort((left, right) => left.index - right.index);
    const hostile = results.filter(({ meta }) => meta === "foreign");
    assert.equal(
      hostile.map(({ failure }) => failure?.status),
      hostileEnds,
    );
    const friendly = results.filter(({ meta }) => meta !== "foreign");
    assert.is(friendly.length, 20);
    for (const { score, holdout, failure, index } of friendly)
      assert.ok(score !== null && holdout !== null, `#${index}: ${failure?.message}`);
    const best = Math.max(...friendly.map(({ score }) => score ?? Number.NEGATIVE_INFINITY));
    assert.ok(
      best > (friendly[0]?.score ?? Number.POSITIVE_INFINITY),
      "it found a better one than the first",
    );
    assert.equal(executor.stats().active, 0);
  },
  { timeoutMs: 300_000 },
);

/** So many more kills can be tried by hand: BRIGBOX_LOOP_KILLS=20. */
const kills = Number(process.env.BRIGBOX_LOOP_KILLS ?? 5);

test(
  "SIGKILL at random moments: the journal holds each candidate once, and the search comes to the same end",
  async () => {
    using folder = temporaryFolder();
    using apart = temporaryFolder();
    const config = smallExample(folder, kills * 5);
    const torn = folder.at("journal.jsonl");
    const random = createSeededRandom(2);
    let killed = 0;
    for (; killed < kills; killed++) {
      const moment = { results: Math.floor(random() * 3), delayMs: random() * 1000 };
      if (await workThenKill([torn, config], moment)) break;
    }
    assert.is(killed, kills, "it was not done before the last kill");
    await workThenKill([torn, config], null);
    const whole = apart.at("whole.jsonl");
    await workThenKill([whole, config], null);
    const facts = journalFacts(torn);
    assert.equal(facts.wrong, []);
    assert.is(facts.candidates.length, kills * 5);
    assert.equal(facts.candidates, journalFacts(whole).candidates);
  },
  { timeoutMs: 1_200_000 },
);

test(
  "the same candidates have the same scores, in containers that waited and in new ones",
  async () => {
    const { policy, pool } = await loadLoop(example, {});
    await using waiting = createExecutor({ policy, ...(pool !== null && { pool }) });
    await using cold = createExecutor({ policy });
    const scores = await scoresOf(waiting, 6);
    assert.ok(scores.length === 6 && scores.flat().every((score) => score !== null), JSON.stringify(scores));
    assert.equal(await scoresOf(cold, 6), scores);
  },
  { timeoutMs: 180_000 },
);

test(
  "the command shows each result, writes the best, and goes on from its journal",
  async () => {
    using folder = temporaryFolder();
    const args = ["loop", smallExample(folder, 4), "--out", folder.at("best.py")];
    const first = await runCommand(args);
    assert.is(first.exitCode, 0, first.err);
    assert.match(
      first.err,
      /✔ #0( best)? -?\d.* kept back -?\d.* LOOKBACK \d+, SKIP \d, HELD \d, EVERY \d+, RISING (true|false)/,
    );
    assert.match(first.err, /✖ #2 rejected: line 2: the import of "os" is refused/);
    assert.match(first.out, /^ +SCORE +KEPT BACK +CANDIDATE\n1 +-?\d/);
    assert.match(readFileSync(folder.at("best.py"), "utf8"), /^LOOKBACK = \d+$/m);
    const second = await runCommand([...args, "--candidates", "5"]);
    assert.match(second.err, /^resumed: 4 candidates/);
    assert.match(second.err, /5 candidates, 4 scored, 1 failed/);
  },
  { timeoutMs: 120_000 },
);

test(
  "Ctrl-C ends it with 7, tells how to go on, and nothing is lost",
  async () => {
    using folder = temporaryFolder();
    const args = ["loop", smallExample(folder, 6)];
    const controller = new AbortController();
    const shown = captureOutput();
    const { exitCode, err } = await runCommand(args, {
      signal: controller.signal,
      err: {
        ...shown,
        // With the first result, so that others are under way, however fast this machine is.
        async write(text) {
          await shown.write(text);
          if (/[✔✖] #\d/.test(String(text))) controller.abort(new DOMException("interrupted", "AbortError"));
        },
      },
    });
    assert.is(exitCode, 7, err);
    assert.match(err, /the same command goes on from .*journal\.jsonl\nbrigbox: interrupted\n$/);
    assert.is((await runCommand(args)).exitCode, 0);
    const { wrong, candidates } = journalFacts(folder.at("journal.jsonl"));
    assert.equal([wrong, candidates.length], [[], 6]);
  },
  { timeoutMs: 120_000 },
);

test.run();
