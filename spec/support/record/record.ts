/**
 * Records what real Engines answer, for the specs that replay it: `npm run record -- [WORD...]`, only the scenarios that are named so.
 * It starts an Engine of its own beside the machine's, and takes the later one from `BRIGBOX_SECOND_ENGINE`; without that it records the
 * first alone. To record twice changes nothing; `--out FOLDER` writes elsewhere, for comparing.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname, release } from "node:os";
import { join } from "node:path";
import { engineInfo } from "../../../engine-api/mod.ts";
import { startOwnEngine } from "../own-engine.ts";
import { secondEndpoint } from "../second-engine/endpoint.ts";
import { formatJson } from "./format-json.ts";
import { createNormalizer } from "./normalize.ts";
import { createRecorder } from "./recorder.ts";
import type { RecordingFile } from "./recording.ts";
import { type ScenarioName, scenarios } from "./scenarios/all.ts";
import { tidy } from "./tidy.ts";

type Literals = readonly (readonly [own: string, normal: string])[];

async function record(endpoint: string, literals: Literals, { names, out }: Plan): Promise<void> {
  // Ids are numbered anew in each file, so that a change in one leaves the others as they are.
  for (const name of names) {
    const recorder = await createRecorder(
      endpoint,
      createNormalizer([...literals, [release(), "6.1.0-1-amd64"]], hostname()),
    );
    try {
      const api = await recorder.client.apiVersion();
      const { ServerVersion } = await engineInfo(recorder.client);
      await tidy(recorder.client);
      await scenarios[name](recorder);
      const file: RecordingFile = { engine: ServerVersion ?? "", api, recordings: await recorder.take() };
      const folder = join(out, `api-${api}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}.json`), `${formatJson(file)}\n`);
      console.log(`API ${api}, ${name}: ${file.recordings.length} calls`);
    } catch (error) {
      throw new Error(`the scenario ${name} cannot be recorded`, { cause: error });
    } finally {
      await recorder.close();
    }
  }
}

interface Plan {
  readonly names: readonly ScenarioName[];
  readonly out: string;
}

function readPlan(argv: readonly string[]): Plan {
  const at = argv.indexOf("--out");
  const out = at === -1 ? "spec/fixtures" : (argv[at + 1] ?? "");
  const words = argv.filter((_, index) => at === -1 || (index !== at && index !== at + 1));
  const all = Object.keys(scenarios) as ScenarioName[];
  const names = words.length === 0 ? all : all.filter((name) => words.includes(name));
  if (names.length === 0) throw new TypeError(`none of ${words.join(", ")} is one of ${all.join(", ")}`);
  return { names, out };
}

const plan = readPlan(process.argv.slice(2));
const own = await startOwnEngine({ isAlone: true });
try {
  const folder = own.dataRoot.replace(/\/data$/, "");
  await record(
    own.endpoint,
    [
      [own.dataRoot, "/var/lib/docker"],
      [`${folder}/exec`, "/var/run/docker"],
      [own.socketPath, "/var/run/docker.sock"],
    ],
    plan,
  );
} finally {
  await own.close();
}
const second = secondEndpoint(process.env);
if (second === null) console.error("the later Engine is left out: BRIGBOX_SECOND_ENGINE names none");
else await record(second, [["/run/engine/exec", "/var/run/docker"]], plan);
