import * as assert from "uvu/assert";
import { createSeededRandom } from "../../support/kill-host/seeded-random.ts";
import { journalFacts } from "../../support/loop/journal-facts.ts";
import { workThenKill } from "../../support/loop/kill-loop.ts";
import { temporaryFolder } from "../../support/loop/temporary.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a loop that is killed");

test(
  "SIGKILL at 20 random moments: the journal holds each candidate once, and the search comes to the same end",
  async () => {
    using folder = temporaryFolder();
    const [whole, torn] = [folder.at("whole.jsonl"), folder.at("torn.jsonl")];
    await workThenKill([whole], null);
    const random = createSeededRandom(1);
    let kills = 0;
    for (; kills < 20; kills++)
      if (await workThenKill([torn], { results: 0, delayMs: random() * 100 })) break;
    await workThenKill([torn], null);
    const facts = journalFacts(torn);
    assert.equal(facts.wrong, []);
    assert.is(facts.candidates.length, 2000);
    assert.equal(facts.candidates, journalFacts(whole).candidates);
    assert.is(kills, 20, "it was not done before the last kill");
  },
  { timeoutMs: 240_000 },
);

test.run();
