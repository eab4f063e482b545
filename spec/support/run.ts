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
  findCgroup2Obstacle,
  findLiveObstacle,
  findOwnObstacle,
  findSecondObstacle,
  liveMode,
} from "./live.ts";
import { readTally } from "./suite.ts";

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
const isIn =
  (folder: string) =>
  (file: string): boolean =>
    file.startsWith(join("live", folder));
const needsOwn = isIn("own-engine");
const needsCgroup2 = isIn("cgroup2");
const needsSecond = isIn("second-engine");
const ownObstacle =
  obstacle ?? (all.some(needsOwn) ? findOwnObstacle(liveMode(process.argv, process.env)) : null);
const cgroup2Obstacle = obstacle ?? (all.some(needsCgroup2) ? findCgroup2Obstacle(process.env) : null);
const secondObstacle = obstacle ?? (all.some(needsSecond) ? findSecondObstacle(process.env) : null);

function obstacleOf(file: string): string | null {
  if (needsOwn(file)) return ownObstacle;
  if (needsCgroup2(file)) return cgroup2Obstacle;
  if (needsSecond(file)) return secondObstacle;
  return isLive(file) ? obstacle : null;
}

const files = all.filter((file) => obstacleOf(file) === null);
await runFiles(files);
const { passed, failed, created, started } = readTally();
const forgotten = created.filter((name) => !started.has(name));
for (const name of forgotten) console.error(`suite never ran: ${name} (its file must end with run())`);
if (passed + failed === 0) console.error("no test ran");
if (obstacle !== null) console.error(`live specs left out (${all.filter(isLive).length} files): ${obstacle}`);
else {
  if (ownObstacle !== null)
    console.error(
      `specs with an Engine of their own left out (${all.filter(needsOwn).length} files): ${ownObstacle}`,
    );
  if (cgroup2Obstacle !== null)
    console.error(
      `specs on cgroup v2 left out (${all.filter(needsCgroup2).length} files): ${cgroup2Obstacle}`,
    );
  if (secondObstacle !== null)
    console.error(
      `specs on a second Engine left out (${all.filter(needsSecond).length} files): ${secondObstacle}`,
    );
}
console.log(`${passed} passed, ${failed + forgotten.length} failed`);
const isBad = failed > 0 || forgotten.length > 0 || passed === 0;
process.exit(isBad || process.exitCode ? 1 : 0);
