import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";

/** What {@link harnessCommand} can be told. */
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
}

/** Linux takes at most 128 KiB in one argument of a program. */
const maxArgumentBytes = 120_000;

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
  "exits",
  "finder",
  "hardening",
  "job",
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

/**
 * Program and arguments that start the supervisor with nothing but a Python in the image: no mount, no upload.
 *
 * @throws TypeError for a preload name that is no dotted Python name.
 * @example
 * harnessCommand({ preload: ["numpy", "pandas"] }); // ["python3", "-I", "-X", "utf8", "-c", "PACKED = ..."]
 */
export function harnessCommand(options: HarnessOptions = {}): readonly string[] {
  const { python = "python3", preload = [], isSession = false, isAhead = isSession, root = "/tmp" } = options;
  for (const name of preload) {
    if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name))
      throw new TypeError(`preload: "${name}" is not a module's name`);
  }
  const { packed, places } = packSources(isSession ? [...moduleNames, ...sessionModuleNames] : moduleNames);
  const assignments = {
    PACKED: asciiJson(packed),
    // JSON of ASCII text, arrays and objects is Python too.
    PLACES: asciiJson(places),
    PRELOAD: asciiJson(preload),
    IS_AHEAD: toPython(isAhead),
    IS_SESSION: toPython(isSession),
    ROOT: asciiJson(root),
  };
  const lines = Object.entries(assignments).map(([name, value]) => `${name} = ${value}\n`);
  const program = `${lines.join("")}${readPython("boot")}`;
  const programBytes = Buffer.byteLength(program);
  if (programBytes > maxArgumentBytes)
    throw new RangeError(`the supervisor has grown to ${programBytes} bytes, over ${maxArgumentBytes}`);
  return [python, "-I", "-X", "utf8", "-c", program];
}

function toPython(value: boolean): string {
  return value ? "True" : "False";
}

/** One after another, compressed: the Engine keeps the arguments of each container, and tells them whenever it is asked for one. */
function packSources(names: readonly string[]): {
  readonly packed: string;
  /** Where in the bytes each module begins and ends. */
  readonly places: Readonly<Record<string, readonly [number, number]>>;
} {
  const places: Record<string, readonly [number, number]> = {};
  const texts: Buffer[] = [];
  let end = 0;
  for (const name of names) {
    const text = Buffer.from(readPython(name));
    places[`brigbox_${name}`] = [end, end + text.length];
    end += text.length;
    texts.push(text);
  }
  return { packed: deflateSync(Buffer.concat(texts), { level: 9 }).toString("base64"), places };
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
