import { readFileSync } from "node:fs";

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

/** What a session needs besides, in an argument of its own. */
const sessionModuleNames = ["cell", "cell_relay", "processes", "session"] as const;

/**
 * Program and arguments that start the supervisor with nothing but a Python in the image: no mount, no upload.
 *
 * @throws TypeError for a preload name that is no dotted Python name.
 * @example
 * harnessCommand({ preload: ["numpy", "pandas"] }); // ["python3", "-I", "-X", "utf8", "-c", "SOURCES = ..."]
 */
export function harnessCommand(options: HarnessOptions = {}): readonly string[] {
  const { python = "python3", preload = [], isSession = false, isAhead = isSession, root = "/tmp" } = options;
  for (const name of preload) {
    if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name))
      throw new TypeError(`preload: "${name}" is not a module's name`);
  }
  const assignments = [
    `SOURCES = ${readSources(moduleNames)}`,
    `PRELOAD = ${asciiJson(preload)}`,
    `IS_AHEAD = ${toPython(isAhead)}`,
    `IS_SESSION = ${toPython(isSession)}`,
    `ROOT = ${asciiJson(root)}`,
  ];
  const program = [...assignments, readPython("boot")].join("\n");
  const more = isSession ? [readSources(sessionModuleNames)] : [];
  for (const { length } of [program, ...more])
    if (length > maxArgumentBytes)
      throw new RangeError(`the supervisor has grown to ${length} bytes, over ${maxArgumentBytes}`);
  return [python, "-I", "-X", "utf8", "-c", program, ...more];
}

/** Names and sources. JSON of ASCII text, arrays and objects is Python too. */
function readSources(names: readonly string[]): string {
  return asciiJson(Object.fromEntries(names.map((name) => [`brigbox_${name}`, readPython(name)])));
}

function toPython(value: boolean): string {
  return value ? "True" : "False";
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
