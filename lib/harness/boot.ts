import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { packageFile } from "../package-file.ts";
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
  /** The modules as this image's Python compiled them earlier; they are compiled in the container unless given. */
  readonly codes?: CompiledModules | null;
  /** Asks for the modules as this image's Python compiles them. @default false */
  readonly wantsCodes?: boolean;
  /** The folder that takes `in` and `out`, and in which the code begins; null for the one that TMPDIR names. @default "/tmp" */
  readonly root?: string | null;
  /** For a supervisor that no container is around: it keeps what limits it can by itself, makes `root`, and removes it at its end. @default null */
  readonly direct?: DirectLimits | null;
}

/** What a container's cgroup would keep, as far as the kernel keeps it without one. */
export interface DirectLimits {
  /** Private memory of each process, bytes. */
  readonly memoryBytes: number;
  /** Processes and threads beyond what the user has already, roughly. */
  readonly processes: number;
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
  "farewell_relay",
  "finder",
  "hardening",
  "job",
  "leaving",
  "meter",
  "outbox",
  "outcome",
  "processes",
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
const sessionModuleNames = ["cell", "cell_relay", "session"] as const;

/** What is needed besides where there is no container. */
const directModuleNames = ["direct"] as const;

/** The supervisor, in the two parts that start it with nothing but a Python in the image: no mount, no upload. */
export interface Harness {
  /** Program and arguments: a few lines that read the rest from stdin. */
  readonly command: readonly string[];
  /** What must come first on stdin; the job follows it. */
  readonly program: Uint8Array;
}

/**
 * The supervisor as a container, or a machine, takes it.
 *
 * @throws TypeError for a preload name that is no dotted Python name.
 * @example
 * createHarness({ preload: ["numpy", "pandas"] }).command; // ["python3", "-I", "-X", "utf8", "-c", "import os ..."]
 */
export function createHarness(options: HarnessOptions = {}): Harness {
  const { python = "python3", preload = [], isSession = false, isAhead = isSession } = options;
  const { codes = null, wantsCodes = false, root = "/tmp", direct = null } = options;
  for (const name of preload) {
    if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name))
      throw new TypeError(`preload: "${name}" is not a module's name`);
  }
  const { bytes, places } = codes ?? joinSources(namesFor(isSession, direct !== null));
  const assignments = {
    // JSON of ASCII text, arrays and objects is Python too.
    // One text: Python takes a millisecond to compile a dict of these.
    PLACES: asciiJson(formatPlaces(places)),
    MAGIC: codes === null ? "None" : asciiJson(codes.magic),
    WANTS_CODES: toPython(wantsCodes),
    PRELOAD: asciiJson(preload),
    IS_AHEAD: toPython(isAhead),
    IS_SESSION: toPython(isSession),
    ROOT: root === null ? "None" : asciiJson(root),
    DIRECT: direct === null ? "None" : asciiJson(direct),
  };
  const lines = Object.entries(assignments).map(([name, value]) => `${name} = ${value}\n`);
  const boot = withLength(Buffer.from(`${lines.join("")}${readPython("boot")}`));
  const program = withLength(deflateSync(Buffer.concat([boot, bytes])));
  // A container cannot write to its libraries; elsewhere Python would leave what it compiled beside them.
  const flags = direct === null ? ["-I"] : ["-I", "-B"];
  return { command: [python, ...flags, "-X", "utf8", "-c", readPython("loader")], program };
}

/** Name, begin and end of each module, all with blanks between them. */
function formatPlaces(places: CompiledModules["places"]): string {
  return Object.entries(places)
    .map(([name, [start, end]]) => `${name} ${start} ${end}`)
    .join(" ");
}

function namesFor(isSession: boolean, isDirect: boolean): readonly string[] {
  return [...moduleNames, ...(isSession ? sessionModuleNames : isDirect ? directModuleNames : [])];
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
  return readFileSync(packageFile(`lib/harness/python/${name}.py`), "utf8");
}

function asciiJson(value: unknown): string {
  // Python does not join two escaped surrogates as JSON does, so a letter beyond them needs its long escape.
  return JSON.stringify(value).replace(
    /[\u{7f}-\u{10ffff}]/gu,
    (letter) => `\\U${(letter.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`,
  );
}
