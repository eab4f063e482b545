/**
 * Kills host processes in the middle of runs, cold ones and with a pool, and measures what they leave behind:
 * `tsx spec/support/kill-host/kill-host.ts [--rounds 200] [--seed 1]`. Exits 1 where something stays that must not.
 */
import { parseArgs } from "node:util";
import { createClient } from "../../../engine-api/mod.ts";
import { labels } from "../../../lib/ownership.ts";
import { findContainers } from "../containers-of.ts";
import { findFault, killRounds, summarize } from "./kill-rounds.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "200" }, seed: { type: "string", default: "1" } },
});
const [count, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed))
  throw new TypeError("--rounds and --seed take whole numbers, and there is at least one round");
await using client = createClient();
console.log("round  program  killed at  seen first  started gone  never started  reaped  fault");
const rounds = await killRounds(client, {
  rounds: count,
  seed,
  onRound: (round, index) => {
    const goneMs = round.startedGoneMs === null ? "never" : `${Math.round(round.startedGoneMs)} ms`;
    const cells = [
      String(index + 1).padStart(5),
      round.program.padEnd(7),
      `${Math.round(round.killedAtMs)} ms`.padStart(9),
      round.seenFirst.padEnd(10),
      goneMs.padStart(12),
      String(round.leftCreated).padStart(13),
      String(round.reaped).padStart(6),
      findFault(round) ?? "",
    ];
    console.log(cells.join("  ").trimEnd());
  },
});
const owners = new Set(rounds.map(({ owner }) => owner));
const listed = await findContainers(client, { label: [labels.run] });
const late = listed.filter(({ Labels }) => owners.has(Labels?.[labels.owner] ?? "")).length;
console.log(`${summarize(rounds)}; ${late} there in the end`);
if (late > 0 || rounds.some((round) => findFault(round) !== null)) process.exitCode = 1;
