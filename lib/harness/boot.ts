import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import type { CompiledModules } from "./protocol.ts";

/** What {@link createHarness} can be told. */
export interface HarnessOptions {
  /** The interpreter, a name or a path in the image. @default "python3" */
  readonly python?: string;
  /** Modules to import before `ready`; one that the image lacks is skipped. @default [] */
  readonly preload?: readonly string[];
  /** Also imports what running a job will need, so that it begins sooner. @default false */
  readonly isAhead?: boolean;
  /** Serves one cell after another in one interpreter, and gets ready ahead too. @default false */
  readonly isSession?: boolean;
  /** The folder that takes `in` and `out`, for trying the supervisor outside of a container. @default "/tmp" */
  readonly root?: string;
  /** The modules as this image's Python compiled them earlier; they are compiled in the container unless given. */
  readonly codes?: CompiledModules | null;
  /** Asks for the modules as this image's Python compiles them. @default false */
  readonly wantsCodes?: boolean;
}

/** The supervisor's modules; `boot` makes them importable under these names with `brigbox_` before them. */
const moduleNames = [
  "artifacts",
  "audit",
  "audit_files",
  "audit_frames",
  "audit_judge",
  "audit_rules",
  "cgroup",
  "child",
  "codes",
  "exits",
  "finder",
  "hardening",
  "job",
  "meter",
  "outbox",
  "outcome",
  "rehearsal",
  "relay",
  "run",
  "seccomp",
  "supervisor",
  "values",
  "values_numpy",
  "values_pandas",
  "values_pandas_in",
  "values_plain",
  "wire",
] as const;

/** What a session needs besides. */
const sessionModuleNames = ["cell", "cell_relay", "processes", "session"] as const;

/** The supervisor, in the two parts that start it with nothing but a Python in the image: no mount, no upload. */
export interface Harness {
  /** Program and arguments of the container: a few lines that read the rest from stdin. */
  readonly command: readonly string[];
  /** What must come first on stdin; the job follows it. */
  readonly program: Uint8Array;
}

/**
 * The supervisor as a container takes it.
 *
 * @throws TypeError for a preload name that is no dotted Python name.
 * @example
 * createHarness({ preload: ["numpy", "pandas"] }).command; // ["python3", "-I", "-X", "utf8", "-c", "import os ..."]
 */
export function createHarness(options: HarnessOptions = {}): Harness {
  const { python = "python3", preload = [], isSession = false, isAhead = isSession, root = "/tmp" } = options;
  const { codes = null, wantsCodes = false } = options;
  for (const name of preload) {
    if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name))
      throw new TypeError(`preload: "${name}" is not a module's name`);
  }
  const { bytes, places } = codes ?? joinSources(namesFor(isSession));
  const assignments = {
    // JSON of ASCII text, arrays and objects is Python too.
    PLACES: asciiJson(places),
    MAGIC: codes === null ? "None" : asciiJson(codes.magic),
    WANTS_CODES: toPython(wantsCodes),
    PRELOAD: asciiJson(preload),
    IS_AHEAD: toPython(isAhead),
    IS_SESSION: toPython(isSession),
    ROOT: asciiJson(root),
  };
  const lines = Object.entries(assignments).map(([name, value]) => `${name} = ${value}\n`);
  const boot = withLength(Buffer.from(`${lines.join("")}${readPython("boot")}`));
  const program = withLength(deflateSync(Buffer.concat([boot, bytes])));
  return { command: [python, "-I", "-X", "utf8", "-c", readPython("loader")], program };
}

function namesFor(isSession: boolean): readonly string[] {
  return isSession ? [...moduleNames, ...sessionModuleNames] : moduleNames;
}

function withLength(bytes: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

function toPython(value: boolean): string {
  return value ? "True" : "False";
}

/** The sources one after another, and where each begins and ends. */
function joinSources(names: readonly string[]): Pick<CompiledModules, "bytes" | "places"> {
  const places: Record<string, readonly [number, number]> = {};
  const texts: Buffer[] = [];
  let end = 0;
  for (const name of names) {
    const text = Buffer.from(readPython(name));
    places[`brigbox_${name}`] = [end, end + text.length];
    end += text.length;
    texts.push(text);
  }
  return { bytes: Buffer.concat(texts), places };
}

function readPython(name: string): string {
  return readFileSync(new URL(`./python/${name}.py`, import.meta.url), "utf8");
}

function asciiJson(value: unknown): string {
  // Python does not join two escaped surrogates as JSON does, so a letter beyond them needs its long escape.
  return JSON.stringify(value).replace(
    /[\u{7f}-\u{10ffff}]/gu,
    (letter) => `\\U${(letter.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`,
  );
}
