import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { type EngineClient, importImage } from "../../engine-api/mod.ts";
import type { Distribution } from "../host/os-release.ts";
import { HostProgramError, runProgram } from "../host/run-program.ts";
import type { ImageBuildEvent } from "./build-event.ts";
import { makeDebianRoot, removeDebianRoot } from "./debian-root.ts";
import { imageLabel, splitImageName, versionLabels } from "./names.ts";

/** Options of {@link buildFromDebian}. */
export interface DebianOptions {
  /** Name of the new image. */
  readonly tag: string;
  readonly distribution: Distribution;
  readonly signal?: AbortSignal;
}

/** Not needed to run Python, and half of the size. */
const leftOut = [
  "./usr/share/doc/*",
  "./usr/share/man/*",
  "./usr/share/info/*",
  "./usr/share/locale/*",
  "./var/cache/*",
  "./var/lib/apt/lists/*",
  "./var/log/*",
  "./proc/*",
  "./sys/*",
] as const;

const phase = "importing the image";

/**
 * Makes the image from Debian packages, streamed into the Engine: for machines that no registry answers. Needs root, debootstrap and tar.
 *
 * @throws HostProgramError where a program fails; ImageError where the Engine refuses the archive.
 */
export async function* buildFromDebian(
  client: EngineClient,
  options: DebianOptions,
): AsyncGenerator<ImageBuildEvent, void, undefined> {
  const { tag, distribution, signal } = options;
  // Not /tmp, which is often small, in memory, or without the right to run programs.
  const folder = await mkdtemp(join(process.env.TMPDIR ?? "/var/tmp", "brigbox-image-"));
  try {
    yield* makeDebianRoot(folder, { distribution, ...(signal && { signal }) });
    yield* importRoot(client, folder, tag, signal);
  } finally {
    await removeDebianRoot(folder);
  }
}

async function* importRoot(
  client: EngineClient,
  folder: string,
  tag: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImageBuildEvent, void, undefined> {
  const changes = [
    "ENV PATH=/usr/local/bin:/usr/bin:/bin",
    "USER 65534:65534",
    "WORKDIR /tmp",
    'CMD ["python3"]',
    `LABEL ${imageLabel}=debian`,
    ...(await readVersions(folder)),
  ];
  const { repository, tag: version } = splitImageName(tag);
  const totalBytes = await measure(folder);
  const meter = { bytes: 0 };
  const archive = packFolder(folder, meter, signal);
  const message = `Python, numpy and pandas for Brigbox`;
  const answer = importImage(client, archive, {
    repository,
    tag: version,
    changes,
    message,
    ...(signal && { signal }),
  });
  // The Engine says nothing before the end, so the bytes that it took tell how far it is.
  let isOver = false;
  const imported = drain(answer).finally(() => {
    isOver = true;
  });
  imported.catch(() => undefined);
  while (!isOver) {
    yield { phase, text: tag, fraction: Math.min(0.99, meter.bytes / totalBytes) };
    await Promise.race([imported.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 250))]);
  }
  await imported;
  yield { phase, text: `made ${tag}`, fraction: 1 };
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

async function* packFolder(
  folder: string,
  meter: { bytes: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const args = [
    "--create",
    "--numeric-owner",
    "--one-file-system",
    ...leftOut.map((path) => `--exclude=${path}`),
    "--directory",
    folder,
    ".",
  ];
  const tar = spawn("tar", args, { stdio: ["ignore", "pipe", "pipe"], ...(signal && { signal }) });
  let complaints = "";
  tar.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-500);
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    tar.once("error", reject);
    tar.once("close", resolve);
  });
  exit.catch(() => undefined);
  try {
    for await (const piece of tar.stdout as AsyncIterable<Uint8Array>) {
      meter.bytes += piece.length;
      yield piece;
    }
    const code = await exit;
    if (code !== 0) throw new HostProgramError("tar", code, complaints.trim());
  } finally {
    tar.kill();
  }
}

async function measure(folder: string): Promise<number> {
  const excludes = leftOut.map((path) => `--exclude=${folder}${path.slice(1)}`);
  const text = await runProgram("du", ["--summarize", "--bytes", "--one-file-system", ...excludes, folder]);
  return Math.max(1, Number.parseInt(text, 10));
}

async function readVersions(folder: string): Promise<string[]> {
  const script =
    "import sys, numpy, pandas; print(sys.version.split()[0], numpy.__version__, pandas.__version__)";
  const [python, numpy, pandas] = (await runProgram("chroot", [folder, "python3", "-c", script]))
    .trim()
    .split(" ");
  const versions = { python, numpy, pandas };
  return Object.entries(versionLabels).map(
    ([name, label]) => `LABEL ${label}=${versions[name as keyof typeof versions] ?? ""}`,
  );
}
