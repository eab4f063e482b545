import { randomBytes } from "node:crypto";
import {
  attachContainer,
  type ContainerSpec,
  containerExists,
  createClient,
  createContainer,
  type EngineClient,
  isConflict,
  isNotFound,
  removeContainer,
  startContainer,
  waitContainer,
} from "../../../engine-api/mod.ts";
import { createExecutor, defaultImage, defaultPolicy, type Executor } from "../../../lib/mod.ts";
import { toContainerSpec } from "../../../lib/policy/container-spec.ts";
import { readPythonSeccomp } from "../../../lib/policy/seccomp.ts";
import { type Row, type Section, showProgress } from "../section.ts";
import { quantile } from "../statistics.ts";

const concurrencies = [1, 2, 4, 8, 16] as const;
const fewestRuns = 12;
/** The machine's pace changes from one second to the next, so both take turns. */
const turns = 3;

/** Runs for a second, one for each container, against the calls to the Engine alone which that takes. */
export const throughput: Section = {
  name: "throughput",
  async measure({ rounds }) {
    const count = Math.max(fewestRuns, rounds);
    await using client = createClient();
    await using executor = createExecutor({ client, admission: { cpuShare: 100 } });
    await executor.run("pass");
    const rows: Row[] = [];
    for (const concurrency of concurrencies) {
      const bare: number[] = [];
      const ours: number[] = [];
      for (let turn = 0; turn < turns; turn++) {
        bare.push(await measureRate(count, concurrency, () => runBare(client)));
        ours.push(await measureRate(count, concurrency, () => runPass(executor)));
      }
      rows.push(toRow(concurrency, quantile(bare, 0.5), quantile(ours, 0.5)));
      showProgress(`throughput: ${concurrency} at a time`);
    }
    return {
      title: "Throughput of single-use containers",
      intro: `Cold runs of \`pass\`, ${turns} turns of ${count} at each concurrency, against create, attach, start, wait and remove of the same container with \`python3 -I -c pass\` and no supervisor. Medians.`,
      columns: ["bare, containers/s", "brigbox, runs/s", "of bare"],
      rows,
    };
  },
};

function toRow(concurrency: number, bare: number, ours: number): Row {
  const ratio = ours / bare;
  return {
    name: `${concurrency} at a time`,
    cells: [bare.toFixed(1), ours.toFixed(1), ratio.toFixed(2)],
    figures: { concurrency, barePerSecond: bare, brigboxPerSecond: ours, ratio },
  };
}

/** How many a second end, with so many under way. */
async function measureRate(
  count: number,
  concurrency: number,
  runOnce: () => Promise<void>,
): Promise<number> {
  let left = count;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) await runOnce();
    }),
  );
  return (count * 1000) / (performance.now() - startedAt);
}

async function runPass(executor: Executor): Promise<void> {
  const { status } = await executor.run("pass");
  if (status !== "ok") throw new Error(`a run ended with ${status}`);
}

async function runBare(client: EngineClient): Promise<void> {
  const { id } = await createContainer(client, bareSpec, { name: `bench-${randomBytes(6).toString("hex")}` });
  const attachment = await attachContainer(client, id, { stdin: true });
  const wait = await waitContainer(client, id);
  await startContainer(client, id);
  for await (const _ of attachment.output);
  const { exitCode } = await wait.exit;
  if (exitCode !== 0) throw new Error(`the bare container ended with ${exitCode}`);
  await removeContainer(client, id).catch((error: unknown) => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  });
  while (await containerExists(client, id)) await new Promise((resolve) => setTimeout(resolve, 2));
}

const bareSpec: ContainerSpec = toContainerSpec(defaultPolicy, {
  image: defaultImage,
  command: ["python3", "-I", "-c", "pass"],
  labels: {},
  pythonSeccomp: readPythonSeccomp(),
});
