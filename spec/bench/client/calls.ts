import { type Row, type Section, showProgress } from "../section.ts";
import { quantile } from "../statistics.ts";
import {
  type Measured,
  measureInTurns,
  median,
  type SideRounds,
  sideNamed,
  withSides,
} from "./measure-sides.ts";
import type { Side } from "./side.ts";
import { dockerodeSide } from "./sides.ts";

const callsPerTurn = 400;
const warmUps = 3;
const kinds = [
  { title: "ping", job: "ping", atATime: 1 },
  { title: "ping, 8 at a time", job: "ping", atATime: 8 },
  { title: "list", job: "list", atATime: 1 },
  { title: "list, 8 at a time", job: "list", atATime: 8 },
] as const;

/** Short calls: what a client costs beside the Engine. */
export const calls: Section = {
  name: "calls",
  async measure({ rounds }) {
    const measured = await withSides((sides) => measureKinds(sides, rounds));
    const names = measured[0]?.map(({ name }) => name) ?? [];
    return {
      title: "Calls per second",
      intro: `\`GET /_ping\` and \`GET /containers/json?all=true\`, each side in its own process, ${rounds} turns of ${callsPerTurn} calls after ${warmUps}; medians, in brackets times dockerode's. CPU is what the client's own process takes for a list, 8 at a time. The raw socket parses nothing.`,
      columns: [...kinds.map(({ title }) => title), "CPU, µs a call"],
      rows: names.map((name) => toRow(name, measured)),
    };
  },
};

async function measureKinds(sides: readonly Side[], rounds: number): Promise<SideRounds[][]> {
  const measured: SideRounds[][] = [];
  for (const { title, job, atATime } of kinds) {
    showProgress(`calls: ${title}`);
    const able = sides.filter(({ name }) => atATime === 1 || !name.includes("raw socket"));
    const withJob = (
      perform: (job: { job: "ping" | "list"; count: number; atATime: number }) => Promise<void>,
    ) => perform({ job, count: callsPerTurn, atATime });
    measured.push([...(await measureInTurns(able, { rounds, warmUps, withJob }))]);
  }
  return measured;
}

function toRow(name: string, measured: readonly (readonly SideRounds[])[]): Row {
  const figures: Record<string, number> = {};
  const cells = kinds.map(({ title }, index) => {
    const all = measured[index] ?? [];
    const own = all.find((side) => side.name === name);
    if (own === undefined) return "";
    const perSecond = median(own, rate);
    const ratio = perSecond / median(sideNamed(all, dockerodeSide), rate);
    figures[`${title}, per second`] = perSecond;
    figures[`${title}, 90th percentile per second`] = quantile(own.rounds.map(rate), 0.9);
    figures[`${title}, times dockerode's`] = ratio;
    return `${perSecond.toFixed(0)} (${ratio.toFixed(2)})`;
  });
  const lists = measured.at(-1)?.find((side) => side.name === name);
  if (lists === undefined) return { name, cells: [...cells, ""], figures };
  const cpu = median(lists, ({ cpuMs }) => (cpuMs * 1000) / callsPerTurn);
  return { name, cells: [...cells, cpu.toFixed(0)], figures: { ...figures, cpuMicrosecondsPerCall: cpu } };
}

function rate({ ms }: Measured): number {
  return (callsPerTurn / ms) * 1000;
}
