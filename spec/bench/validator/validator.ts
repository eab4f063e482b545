import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parser } from "@lezer/python";
import { validate } from "../../../lib/validator/validate.ts";
import { type Row, type Section, showProgress } from "../section.ts";
import { type Summary, summarize } from "../statistics.ts";

const strategyFile = new URL("strategy.py", import.meta.url);
const command = fileURLToPath(new URL("../../../dist/lib/cli/main.js", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));
const warmUpRounds = 300;

/**
 * The validator on a strategy of 200 lines: in a process that has done it before, and in a new one, which imports the built package as its
 * users do; and Lezer's share, which is not ours.
 */
export const validator: Section = {
  name: "validator",
  async measure({ rounds }) {
    const strategy = readFileSync(strategyFile, "utf8");
    const lines = strategy.trimEnd().split("\n").length;
    const warm = measureWarm(strategy, rounds * 10);
    const fresh = measureFresh(rounds);
    return {
      title: "The validator",
      intro: `A strategy of ${lines} lines (${strategy.length} letters). Warm: ${rounds * 10} calls each, in turns, after ${warmUpRounds}. Fresh: ${rounds} new processes each, in turns. What is beyond something else is the difference of the two in the same turn.`,
      columns: ["median, ms", "10th to 90th percentile, ms"],
      rows: [...warm, ...fresh].map(toRow),
    };
  },
};

function toRow({ name, medianMs, p10Ms, p90Ms }: Summary): Row {
  return {
    name,
    cells: [medianMs.toFixed(1), `${p10Ms.toFixed(1)} to ${p90Ms.toFixed(1)}`],
    figures: { medianMs, p10Ms, p90Ms },
  };
}

function measureWarm(strategy: string, rounds: number): readonly Summary[] {
  const whole: number[] = [];
  const lezer: number[] = [];
  for (let round = -warmUpRounds; round < rounds; round++) {
    const wholeMs = timed(() => validate(strategy).length === 0);
    const lezerMs = timed(() => parser.parse(strategy).length === strategy.length);
    if (round < 0) continue;
    whole.push(wholeMs);
    lezer.push(lezerMs);
  }
  return [
    summarize("validate, warm", whole),
    summarize("Lezer's parser alone, warm", lezer),
    summarize("validate, warm, beyond Lezer's parser", differences(whole, lezer)),
  ];
}

function timed(action: () => boolean): number {
  const startedAt = performance.now();
  if (!action()) throw new Error("the strategy was not let through, or not parsed");
  return performance.now() - startedAt;
}

function measureFresh(rounds: number): readonly Summary[] {
  const load = 'import { validate } from "brigbox/validator";';
  const loadLezer = `import { parser } from ${JSON.stringify(import.meta.resolve("@lezer/python"))};`;
  const read = `import { readFileSync } from "node:fs"; const code = readFileSync(new URL(${JSON.stringify(strategyFile.href)}), "utf8");`;
  const times = timeProcesses(rounds, {
    empty: asModule(""),
    load: asModule(load),
    validate: asModule(`${load} ${read} if (validate(code).length > 0) process.exit(1);`),
    command: [command, "validate", fileURLToPath(strategyFile)],
    parse: asModule(`${loadLezer} ${read} if (parser.parse(code).length !== code.length) process.exit(1);`),
  });
  return [
    summarize("node with an empty program", times.empty),
    summarize("node that loads the validator and validates once", times.validate),
    summarize("fresh, beyond Node's start", differences(times.validate, times.empty)),
    summarize("loading alone, beyond Node's start", differences(times.load, times.empty)),
    summarize(
      "Lezer alone, loaded and parsing once, beyond Node's start",
      differences(times.parse, times.empty),
    ),
    summarize("fresh, beyond Lezer alone", differences(times.validate, times.parse)),
    summarize("`brigbox validate`, beyond Node's start", differences(times.command, times.empty)),
  ];
}

function asModule(program: string): readonly string[] {
  return ["--input-type=module", "--eval", program];
}

/** What Node takes with each of these arguments from its start to its end, in turns. The package is found by its name from its own folder. */
function timeProcesses<Name extends string>(
  rounds: number,
  programs: Readonly<Record<Name, readonly string[]>>,
): Readonly<Record<Name, readonly number[]>> {
  const all = Object.entries<readonly string[]>(programs).map(([name, args]) => {
    const timesMs: number[] = [];
    return { name, args, timesMs };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { name, args, timesMs } of all) {
      const startedAt = performance.now();
      const { status } = spawnSync(process.execPath, args, { cwd: root });
      timesMs.push(performance.now() - startedAt);
      if (status !== 0) throw new Error(`${name}: exit ${status}; npm run build must come first`);
    }
    showProgress(`validator in new processes: round ${round + 1} of ${rounds}`);
  }
  return Object.fromEntries(all.map(({ name, timesMs }) => [name, timesMs])) as Record<Name, number[]>;
}

function differences(times: readonly number[], others: readonly number[]): readonly number[] {
  return times.map((time, round) => time - (others[round] ?? Number.NaN));
}
