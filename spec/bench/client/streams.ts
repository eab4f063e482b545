import {
  createClient,
  createContainer,
  removeContainer,
  startContainer,
  waitContainer,
} from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/mod.ts";
import { type Row, type Section, showProgress } from "../section.ts";
import {
  type Measured,
  measureInTurns,
  median,
  type SideRounds,
  sideNamed,
  withSides,
} from "./measure-sides.ts";
import type { Job } from "./sides/jobs.ts";
import { rawSide } from "./sides.ts";

const attachMiB = 256;
const logMiB = 12;
const lineBytes = 100;
const warmUps = 1;
const mebibyte = 1024 * 1024;

/** Output of containers, demultiplexed, against the same bytes taken from the socket and looked at no further. */
export const streams: Section = {
  name: "streams",
  async measure({ rounds }) {
    const turns = Math.max(3, Math.ceil(rounds / 3));
    const [attach, logs] = await withSides(async (sides) => {
      showProgress("streams: attach");
      const attached = await measureInTurns(sides, { rounds: turns, warmUps, withJob: withFlood });
      showProgress("streams: logs");
      const logged = await withLog((withJob) => measureInTurns(sides, { rounds: turns, warmUps, withJob }));
      return [attached, logged] as const;
    });
    return {
      title: "Streams, demultiplexed",
      intro: `Attach: a container that writes ${attachMiB} MiB. Logs: ${logMiB} MiB in lines of ${lineBytes} bytes, each a frame of its own, from the Engine's json-file. ${turns} turns each after ${warmUps}, medians, in brackets of the raw socket's rate; resident memory before, and the most of it, MiB. On this Engine @docker/node-sdk does not take attached output apart (it goes by the content type), and docker-py never takes logs apart.`,
      columns: ["attach, MiB/s", "memory", "logs, MiB/s", "memory"],
      rows: attach.map((side) => toRow(side, { attach, logs })),
    };
  },
};

function toRow(
  own: SideRounds,
  all: { readonly attach: readonly SideRounds[]; readonly logs: readonly SideRounds[] },
): Row {
  const figures: Record<string, number> = {};
  const cells = (["attach", "logs"] as const).flatMap((kind) => {
    const side = sideNamed(all[kind], own.name);
    const perSecond = median(side, rate);
    const ratio = perSecond / median(sideNamed(all[kind], rawSide), rate);
    const before = median(side, ({ memory }) => memory.before);
    const most = Math.max(...side.rounds.map(({ memory }) => memory.most));
    Object.assign(figures, {
      [`${kind}MiBPerSecond`]: perSecond,
      [`${kind}OfRaw`]: ratio,
      [`${kind}MemoryBeforeMiB`]: before,
      [`${kind}MemoryMostMiB`]: most,
    });
    return [`${perSecond.toFixed(0)} (${ratio.toFixed(2)})`, `${before.toFixed(0)}, ${most.toFixed(0)}`];
  });
  return { name: own.name, cells, figures };
}

function rate({ bytes, ms }: Measured): number {
  return bytes / mebibyte / (ms / 1000);
}

/** A container that floods its stdout once it is started. */
async function withFlood(perform: (job: Job) => Promise<void>): Promise<void> {
  await using client = createClient();
  const { id } = await createContainer(client, {
    Image: defaultImage,
    Cmd: ["dd", "if=/dev/zero", "bs=64k", `count=${attachMiB * 16}`, "status=none"],
    HostConfig: { NetworkMode: "none", LogConfig: { Type: "none" } },
  });
  try {
    await perform({ job: "attach", id });
  } finally {
    await removeContainer(client, id, { force: true });
  }
}

/** A container that has written its log, for all turns. */
async function withLog<T>(
  body: (withJob: (perform: (job: Job) => Promise<void>) => Promise<void>) => Promise<T>,
): Promise<T> {
  await using client = createClient();
  const code = `import sys\nline = "x" * ${lineBytes - 1} + "\\n"\nfor _ in range(${Math.ceil((logMiB * mebibyte) / lineBytes / 1000)}): sys.stdout.write(line * 1000)`;
  const { id } = await createContainer(client, {
    Image: defaultImage,
    Cmd: ["python3", "-I", "-c", code],
    HostConfig: { NetworkMode: "none", LogConfig: { Type: "json-file" } },
  });
  try {
    const wait = await waitContainer(client, id);
    await startContainer(client, id);
    await wait.exit;
    return await body((perform) => perform({ job: "logs", id }));
  } finally {
    await removeContainer(client, id, { force: true });
  }
}
