/**
 * The demonstration, `npm run demo`: sets the machine up, runs a real strategy on real prices, then a hostile program, and shows
 * that nothing is left. The prices are `stocks.csv` of the npm package vega-datasets: month-end prices of five stocks, 2000 to 2010.
 */
import { spawnSync } from "node:child_process";

interface Act {
  readonly title: string;
  readonly args: readonly string[];
  /** Exit codes that this act is meant to end with. */
  readonly expected: number;
}

const acts: readonly Act[] = [
  { title: "An Engine and the image", args: ["setup", "--yes"], expected: 0 },
  {
    title: "A strategy on real prices",
    args: [
      "run",
      "spec/examples/momentum.py",
      "--input",
      "prices=node_modules/vega-datasets/data/stocks.csv",
    ],
    expected: 0,
  },
  { title: "Its hostile sibling, seen through", args: ["run", "spec/examples/hostile.py"], expected: 3 },
  {
    title: "The same, let into the jail",
    args: ["run", "spec/examples/hostile.py", "--timeout", "6s", "--validator", "off", "--audit", "off"],
    expected: 4,
  },
  { title: "What is left", args: ["ps"], expected: 0 },
];

for (const { title, args, expected } of acts) {
  console.log(`\n## ${title}\n$ brigbox ${args.join(" ")}`);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", "lib/cli/main.ts", ...args], {
    stdio: "inherit",
  });
  if (status !== expected) {
    console.error(`\nthis ended with ${status ?? "a signal"} instead of ${expected}`);
    process.exit(status === 0 || status === null ? 1 : status);
  }
}
