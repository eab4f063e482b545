import { readFileSync } from "node:fs";
import { rm, statfs } from "node:fs/promises";
import { formatSize } from "../config/units.ts";
import { SandboxError } from "../errors.ts";
import { findMirror, readAptSources } from "../host/apt-sources.ts";
import { type Distribution, isDebianLike } from "../host/os-release.ts";
import { programLines, runProgram } from "../host/run-program.ts";
import type { ImageBuildEvent } from "./build-event.ts";

/** Packages of the sandbox's root file system besides the minimal base. */
const packages = ["python3", "python3-numpy", "python3-pandas"] as const;

/** debootstrap says how many packages there are only after it fetched most of them; this many lines it wrote on Debian 12. */
const expectedLines = 580;

const neededBytes = 1.5 * 1024 ** 3;

/**
 * Makes a root file system with Python, numpy and pandas from this machine's own distribution, by debootstrap.
 *
 * @param folder an empty folder on a file system that allows devices and programs.
 * @throws SandboxError where the disk is too small; HostProgramError where a program fails.
 */
export async function* makeDebianRoot(
  folder: string,
  options: { readonly distribution: Distribution; readonly signal?: AbortSignal },
): AsyncGenerator<ImageBuildEvent, void, undefined> {
  const { distribution, signal } = options;
  await requireSpace(folder);
  yield* installPackages(folder, distribution, signal);
  yield* compileModules(folder, signal);
}

/** Null where this machine can make a Debian root file system, else why not. */
export function whyNoDebianRoot(distribution: Distribution, uid: number | null): string | null {
  if (!isDebianLike(distribution)) return `${distribution.name} is neither Debian nor Ubuntu`;
  if (distribution.codename === null) return "/etc/os-release names no release";
  return uid === 0 ? null : "it needs root";
}

/** Removes the folder, after whatever an interrupted debootstrap has left mounted in it. */
export async function removeDebianRoot(folder: string): Promise<void> {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
  // Inner mounts come later in the table, and have to go first.
  for (const path of mounts.reverse()) await runProgram("umount", ["--lazy", path]);
  await rm(folder, { recursive: true, force: true });
}

async function requireSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < neededBytes) {
    throw new SandboxError(
      `making the image takes ${formatSize(neededBytes)} of disk, and ${folder} has ${formatSize(bavail * bsize)}; free some, or set TMPDIR`,
    );
  }
}

async function* installPackages(
  folder: string,
  { id, codename }: Distribution,
  signal?: AbortSignal,
): AsyncGenerator<ImageBuildEvent, void, undefined> {
  const phase = `installing ${packages.join(", ")} from ${id} ${codename}`;
  const suite = codename ?? "";
  const mirror = findMirror(readAptSources(), suite);
  const args = [
    "--variant=minbase",
    `--components=${id === "ubuntu" ? "main,universe" : "main"}`,
    `--include=${packages.join(",")}`,
    suite,
    folder,
    ...(mirror === null ? [] : [mirror]),
  ];
  let lines = 0;
  for await (const line of programLines("debootstrap", args, {
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    ...(signal && { signal }),
  })) {
    lines++;
    yield { phase, text: line.replace(/^[IWE]: /, ""), fraction: Math.min(0.99, lines / expectedLines) };
  }
  yield { phase, text: "installed", fraction: 1 };
}

/** The root file system is read-only in a run, so what is not compiled now would be compiled at every import. */
async function* compileModules(
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<ImageBuildEvent, void, undefined> {
  const phase = "compiling Python's modules";
  yield { phase, text: "this takes a while", fraction: null };
  const script =
    "import compileall, glob, re; [compileall.compile_dir(path, quiet=2, workers=0, rx=re.compile('/tests?/')) for path in ['/usr/lib/python3', *glob.glob('/usr/lib/python3.*')]]; import numpy, pandas";
  const options = signal === undefined ? {} : { signal };
  await runProgram("chroot", [folder, "python3", "-c", script], options);
  // The container forbids new privileges anyway; what is not there cannot be tried.
  await runProgram(
    "find",
    [folder, "-xdev", "-type", "f", "-perm", "/6000", "-exec", "chmod", "a-s", "{}", "+"],
    options,
  );
  yield { phase, text: "compiled", fraction: 1 };
}
