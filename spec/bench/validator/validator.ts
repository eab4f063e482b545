import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parser } from "@lezer/python";
import { validate } from "../../../lib/validator/validate.ts";
import { type Row, type Section, showProgress } from "../section.ts";
import { type Summary, summarize } from "../statistics.ts";

const strategyFile = new URL("strategy.py", import.meta.url);
const builtValidator = new URL("../../../dist/lib/validator/validate.js", import.meta.url);
const warmUpRounds = 300;

/** The validator on a strategy of 200 lines: in a process that has done it before, and in a new one. */
export const validator: Section = {
  name: "validator",
  async measure({ rounds }) {
    const strategy = readFileSync(strategyFile, "utf8");
    const lines = strategy.trimEnd().split("\n").length;
    const warm = measureWarm(strategy, rounds * 10);
    const fresh = measureFresh(rounds);
    return {
      title: "The validator",
      intro: `A strategy of ${lines} lines (${strategy.length} letters). Warm: ${rounds * 10} calls each, in turns, after ${warmUpRounds}. Fresh: ${rounds} new processes each, in turns; what Node's own start takes is in both lines.`,
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
  const actions = {
    "validate, warm": () => validate(strategy).length,
    "of which Lezer's parser alone": () => parser.parse(strategy).length - strategy.length,
  };
  const times = new Map<string, number[]>(Object.keys(actions).map((name) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round++)
    for (const [name, action] of Object.entries(actions)) {
      const startedAt = performance.now();
      if (action() !== 0) throw new Error(`${name}: the strategy was not let through`);
      if (round >= 0) times.get(name)?.push(performance.now() - startedAt);
    }
  return [...times].map(([name, values]) => summarize(name, values));
}

function measureFresh(rounds: number): readonly Summary[] {
  const load = `import { readFileSync } from "node:fs"; import { validate } from ${JSON.stringify(builtValidator.href)};`;
  const call = `if (validate(readFileSync(new URL(${JSON.stringify(strategyFile.href)}), "utf8")).length > 0) process.exit(1);`;
  const programs = {
    "node with an empty program": "",
    "node that loads the validator": load,
    "node that loads it and validates once": `${load} ${call}`,
  };
  const times = new Map<string, number[]>(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, program] of Object.entries(programs)) {
      const startedAt = performance.now();
      const { status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program]);
      times.get(name)?.push(performance.now() - startedAt);
      if (status !== 0) throw new Error(`${name}: exit ${status}; npm run build must come first`);
    }
    showProgress(`validator in new processes: round ${round + 1} of ${rounds}`);
  }
  return [...times].map(([name, values]) => summarize(name, values));
}
