/**
 * The benchmark, `npm run bench [-- --rounds=N]`: cold runs of `pass` side by side, in turns, so that a noisy machine is noisy for
 * all. Writes `spec/bench/report.md` and `report.json`.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { createClient, engineInfo } from "../../engine-api/mod.ts";
import { createBrigboxCold } from "./brigbox-cold.ts";
import type { Contestant } from "./contestant.ts";
import { createDockerRun } from "./docker-run.ts";
import { createDockerodeRun } from "./dockerode-run.ts";
import { type Summary, summarize } from "./statistics.ts";

const warmUpRounds = 2;
const defaultRounds = 30;

async function measure(contestants: readonly Contestant[], rounds: number): Promise<Summary[]> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const contestant of contestants) {
      const startedAt = performance.now();
      await contestant.runOnce();
      if (round >= 0) times.get(contestant.name)?.push(performance.now() - startedAt);
    }
    process.stderr.write(`\rround ${Math.max(0, round + 1)} of ${rounds}`);
  }
  process.stderr.write("\n");
  return [...times].map(([name, values]) => summarize(name, values));
}

async function describeMachine(): Promise<string> {
  await using client = createClient();
  const { ServerVersion, CgroupVersion, KernelVersion } = await engineInfo(client);
  return `Engine ${ServerVersion ?? "?"}, cgroup v${CgroupVersion ?? "?"}, Linux ${KernelVersion ?? "?"}, ${cpus().length} CPUs, Node ${process.versions.node}`;
}

function toMarkdown(summaries: readonly Summary[], machine: string): string {
  const reference = summaries.find(({ name }) => name.startsWith("docker run"))?.medianMs ?? Number.NaN;
  const rows = summaries.map(
    ({ name, medianMs, p10Ms, p90Ms }) =>
      `| ${name} | ${medianMs.toFixed(0)} | ${p10Ms.toFixed(0)} to ${p90Ms.toFixed(0)} | ${(medianMs / reference).toFixed(2)} |`,
  );
  return [
    "# A cold run of `pass`",
    "",
    `From the call to nothing left, ${summaries[0]?.count ?? 0} runs each, in turns. ${machine}.`,
    "",
    "| | median, ms | 10th to 90th percentile, ms | of docker run |",
    "|---|---:|---:|---:|",
    ...rows,
    "",
  ].join("\n");
}

const given = process.argv.find((argument) => argument.startsWith("--rounds="))?.slice("--rounds=".length);
const rounds = given === undefined ? defaultRounds : Number(given);
if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError("--rounds must be a whole number above 0");
const contestants = [createBrigboxCold(), createDockerRun(), createDockerodeRun()];
try {
  const summaries = await measure(contestants, rounds);
  const machine = await describeMachine();
  const report = toMarkdown(summaries, machine);
  writeFileSync(new URL("report.md", import.meta.url), report);
  writeFileSync(
    new URL("report.json", import.meta.url),
    `${JSON.stringify({ machine, summaries }, null, 2)}\n`,
  );
  console.log(report);
} finally {
  for (const contestant of contestants) await contestant.close();
}
