import { type Row, type Section, showProgress } from "../section.ts";
import { type Summary, summarize } from "../statistics.ts";
import { createBrigboxCold } from "./brigbox-cold.ts";
import type { Contestant } from "./contestant.ts";
import { createDockerPyRun } from "./docker-py-run.ts";
import { createDockerRun } from "./docker-run.ts";
import { createDockerodeRun } from "./dockerode-run.ts";

const warmUpRounds = 2;

/** Cold runs of `pass` side by side, in turns, so that a noisy machine is noisy for all. */
export const cold: Section = {
  name: "cold",
  async measure({ rounds }) {
    const contestants = [
      createBrigboxCold(),
      createDockerRun(),
      createDockerodeRun(),
      createDockerPyRun(),
    ].filter((contestant) => contestant !== null);
    try {
      const summaries = await measureInTurns(contestants, rounds);
      const reference = summaries.find(({ name }) => name.startsWith("docker run"))?.medianMs ?? Number.NaN;
      return {
        title: "A cold run of `pass`",
        intro: `From the call to nothing left, ${rounds} runs each, in turns. docker-py is the one that does not read the output.`,
        columns: ["median, ms", "10th to 90th percentile, ms", "of docker run"],
        rows: summaries.map((summary) => toRow(summary, reference)),
      };
    } finally {
      for (const contestant of contestants) await contestant.close();
    }
  },
};

function toRow({ name, medianMs, p10Ms, p90Ms }: Summary, reference: number): Row {
  const ratio = medianMs / reference;
  return {
    name,
    cells: [medianMs.toFixed(0), `${p10Ms.toFixed(0)} to ${p90Ms.toFixed(0)}`, ratio.toFixed(2)],
    figures: { medianMs, p10Ms, p90Ms, ratio },
  };
}

async function measureInTurns(contestants: readonly Contestant[], rounds: number): Promise<Summary[]> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const contestant of contestants) {
      const startedAt = performance.now();
      await contestant.runOnce();
      if (round >= 0) times.get(contestant.name)?.push(performance.now() - startedAt);
    }
    showProgress(`cold runs: round ${Math.max(0, round + 1)} of ${rounds}`);
  }
  return [...times].map(([name, values]) => summarize(name, values));
}
