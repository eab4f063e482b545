/**
 * Runs the specs on other versions of Node, which npm fetches: `npm run nodes -- [--versions=22,24,26] [--live=require|auto|off] [WORD...]`.
 * Without a WORD a part that is quick and reaches every module is run. Prints a line for each version, and the output of those that fail;
 * ends with 1 where one did.
 */
import { spawnSync } from "node:child_process";

const defaultVersions = "22,24,26";

/** All of the client, live too, and of the library what needs no supervisor, which is Python's and not Node's. */
const quickPart = [
  "engine-api/",
  "lib/cli/",
  "lib/config/",
  "lib/inputs/",
  "lib/policy/",
  "lib/run/",
  "lib/values/",
  "lib/validator/sarif",
  "lib/validator/validate",
  "layers",
  "live/verdicts",
];

interface Outcome {
  readonly version: string;
  readonly tally: string;
  readonly isGood: boolean;
  readonly seconds: number;
  readonly output: string;
}

function runOn(version: string, args: readonly string[]): Outcome {
  const node = ["-y", `node@${version}`];
  const startedAt = performance.now();
  const { stdout: exact } = spawnSync("npx", [...node, "--version"], { encoding: "utf8" });
  const { status, stdout, stderr } = spawnSync(
    "npx",
    [...node, "--import", "tsx", "spec/support/run.ts", ...args],
    { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  );
  const tally = stdout.match(/^\d+ passed, \d+ failed$/gm)?.at(-1) ?? "did not run to the end";
  // A version that npm could not fetch must not pass as the one that is here.
  const isRight = exact.startsWith(`v${version}.`);
  return {
    version: isRight ? exact.trim() : `${version} (not fetched)`,
    tally,
    isGood: status === 0 && isRight && tally.endsWith(" 0 failed"),
    seconds: (performance.now() - startedAt) / 1000,
    output: stdout + stderr,
  };
}

const flags = process.argv.slice(2);
const given = flags.find((flag) => flag.startsWith("--versions="))?.slice("--versions=".length);
const rest = flags.filter((flag) => !flag.startsWith("--versions="));
const words = rest.some((argument) => !argument.startsWith("--")) ? [] : quickPart;
let isGood = true;
for (const version of (given ?? defaultVersions).split(",")) {
  const outcome = runOn(version, [...rest, ...words]);
  if (!outcome.isGood) console.error(outcome.output);
  console.log(`Node ${outcome.version}: ${outcome.tally} (${outcome.seconds.toFixed(0)} s)`);
  isGood &&= outcome.isGood;
}
process.exit(isGood ? 0 : 1);
