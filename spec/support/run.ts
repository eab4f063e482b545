/**
 * Runs the spec files: `tsx spec/support/run.ts [--live=require|auto|off] [WORD...]`, only those whose path holds a WORD.
 * Live specs need an Engine: `require` fails without one, `auto` leaves them out and says so, `off` leaves them out.
 * `BRIGBOX_LIVE` in the environment does the same as the flag.
 * Ends with the line `N passed, N failed`; exits 1 when a test failed, when none ran, or when a suite forgot to run.
 */
import "./defer-uvu.ts";
import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  findBrowserObstacle,
  findCgroup2Obstacle,
  findLaterObstacle,
  findLiveObstacle,
  findOwnObstacle,
  findPrometheusObstacle,
  findRegistryObstacle,
  findSecondObstacle,
  liveMode,
} from "./live.ts";
import { readTally } from "./suite.ts";

/** Suites whose time is told at the end. */
const slowestShown = 8;

const specRoot = dirname(dirname(fileURLToPath(import.meta.url)));

function findSpecs(words: readonly string[]): string[] {
  return readdirSync(specRoot, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".spec.ts"))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort();
}

async function runFiles(files: readonly string[]): Promise<void> {
  const shared = globalThis as { UVU_INDEX?: number; UVU_QUEUE?: unknown[][] };
  const uvu = (await import("uvu")) as unknown as { exec(bail?: boolean): Promise<void> };
  for (const [index, file] of files.entries()) {
    shared.UVU_INDEX = index;
    shared.UVU_QUEUE?.push([relative(process.cwd(), join(specRoot, file))]);
    await import(pathToFileURL(join(specRoot, file)).href);
  }
  await uvu.exec();
}

const words = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const all = findSpecs(words);
const isLive = (file: string): boolean => file.startsWith("live");
const obstacle = all.some(isLive) ? await findLiveObstacle(liveMode(process.argv, process.env)) : null;

/** Live specs that need more than an Engine: the folder below `live` that they are in, and whether they can run. */
const needs: readonly { readonly folder: string; readonly what: string; find(): string | null }[] = [
  {
    folder: "own-engine",
    what: "with an Engine of their own",
    find: () => findOwnObstacle(liveMode(process.argv, process.env)),
  },
  { folder: "cgroup2", what: "on cgroup v2", find: () => findCgroup2Obstacle(process.env) },
  { folder: "second-engine", what: "on a second Engine", find: () => findSecondObstacle(process.env) },
  {
    folder: "prometheus",
    what: "with a Prometheus",
    find: () => findPrometheusObstacle(liveMode(process.argv, process.env)),
  },
  {
    folder: "later-engine",
    what: "that could crash an early Engine",
    find: () => findLaterObstacle(liveMode(process.argv, process.env), process.env),
  },
  {
    folder: "registry",
    what: "with a registry",
    find: () => findRegistryObstacle(liveMode(process.argv, process.env)),
  },
  {
    folder: "browser",
    what: "in a browser",
    find: () => findBrowserObstacle(liveMode(process.argv, process.env)),
  },
];
const found = needs.map(({ folder, what, find }) => {
  const concerned = all.filter((file) => file.startsWith(join("live", folder)));
  return { what, concerned, reason: obstacle ?? (concerned.length > 0 ? find() : null) };
});

function obstacleOf(file: string): string | null {
  const need = found.find(({ concerned }) => concerned.includes(file));
  if (need !== undefined) return need.reason;
  return isLive(file) ? obstacle : null;
}

const files = all.filter((file) => obstacleOf(file) === null);
await runFiles(files);
const { passed, failed, created, started, took } = readTally();
const forgotten = created.filter((name) => !started.has(name));
for (const name of forgotten) console.error(`suite never ran: ${name} (its file must end with run())`);
if (passed + failed === 0) console.error("no test ran");
if (obstacle !== null) console.error(`live specs left out (${all.filter(isLive).length} files): ${obstacle}`);
else
  for (const { what, concerned, reason } of found)
    if (reason !== null) console.error(`specs ${what} left out (${concerned.length} files): ${reason}`);
const slowest = [...took].sort(([, one], [, other]) => other - one).slice(0, slowestShown);
console.log(`Slowest: ${slowest.map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`).join(", ")}`);
console.log(`${passed} passed, ${failed + forgotten.length} failed`);
const isBad = failed > 0 || forgotten.length > 0 || passed === 0;
process.exit(isBad || process.exitCode ? 1 : 0);
