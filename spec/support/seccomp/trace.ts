/**
 * Traces the work loads on every Python of this machine, and tells what the profile lacks and what it could do without. Needs `strace`.
 *
 * npx tsx spec/support/seccomp/trace.ts [INTERPRETER...]
 *
 * A call that the profile denies is shown with its reason, and the work is done once more with that call refused. The end is 1
 * where work fails, or a call is neither allowed nor denied.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPythonSeccomp } from "../../../lib/policy/seccomp.ts";
import { findPythons } from "../pythons.ts";
import { readDenials } from "./tables.ts";

interface Trace {
  readonly calls: readonly string[];
  /** What went wrong, as the work loads tell it. */
  readonly failures: readonly string[];
  readonly leftOut: readonly string[];
}

const workloads = fileURLToPath(new URL("workloads.py", import.meta.url));
/** The work loads as the main program, so that what they start anew finds none, and their ends as JSON. */
const showResult =
  "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1], run_name='work')['result']))";
const timeoutMs = 600_000;
const denials = new Map(readDenials().flatMap(({ why, names }) => names.map((name) => [name, why] as const)));
const folder = mkdtempSync(join(tmpdir(), "brigbox-trace-"));

try {
  const named = process.argv.slice(2);
  const pythons = named.length > 0 ? named : findPythons().map(({ path }) => path);
  const traces = pythons.map(traceTwice);
  process.exitCode = report(new Set(traces.flatMap(({ calls }) => calls)));
  if (traces.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** As it is, and then with the denied calls refused as the profile does it. */
function traceTwice(python: string): Trace {
  const free = trace(python, []);
  const denied = free.calls.filter((name) => denials.has(name));
  const refused = trace(python, denied);
  const failures = [...free.failures, ...refused.failures];
  console.log(`${python}: ${free.calls.length} system calls, denied: ${denied.join(" ") || "none"}`);
  for (const text of [...free.leftOut, ...failures]) console.log(`  ${text}`);
  return { ...free, failures };
}

function trace(python: string, refused: readonly string[]): Trace {
  const summary = join(folder, "summary");
  const injections = refused.map((name) => `inject=${name}:error=${name === "clone3" ? "ENOSYS" : "EPERM"}`);
  const { status, stdout, stderr, error } = spawnSync(
    "strace",
    [
      ...["-f", "-qq", "-c", "-U", "name", "-o", summary],
      ...injections.flatMap((injection) => ["-e", injection]),
      ...[python, "-c", showResult, workloads],
    ],
    { encoding: "utf8", timeout: timeoutMs, env: { ...process.env, TMPDIR: folder } },
  );
  if (error) throw new Error(`strace does not run; install it first: ${error.message}`);
  if (status !== 0) throw new Error(`${python}: the work loads ended with ${status}\n${stderr}`);
  const lines = readFileSync(summary, "utf8").split("\n");
  const calls = lines.map((line) => line.trim()).filter((line) => /^[a-z]\w*$/.test(line));
  const ends = Object.entries(JSON.parse(stdout.trim()) as Record<string, string>);
  const told = ends.filter(([, end]) => end !== "ok").map(([work, end]) => `${work}: ${end}`);
  const isLeftOut = (text: string): boolean => text.includes(": left out: ");
  return {
    calls: calls.filter((name) => name !== "syscall" && name !== "total"),
    failures: told.filter((text) => !isLeftOut(text)),
    leftOut: told.filter(isLeftOut),
  };
}

/** Prints what was seen against what is allowed; 1 where nobody decided on a call. */
function report(seen: ReadonlySet<string>): number {
  const { syscalls } = JSON.parse(readPythonSeccomp()) as {
    readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string }[];
  };
  const groups = syscalls.filter(({ action }) => action === "SCMP_ACT_ALLOW");
  const allowed = new Set(groups.flatMap(({ names }) => names));
  const undecided = [...seen].filter((name) => !allowed.has(name) && !denials.has(name));
  console.log(`\nallowed and not seen: ${list([...allowed].filter((name) => !seen.has(name)))}`);
  for (const name of seen) if (denials.has(name)) console.log(`denied: ${name}: ${denials.get(name)}`);
  console.log(`neither allowed nor denied: ${list(undecided)}`);
  return undecided.length > 0 ? 1 : 0;
}

function list(names: readonly string[]): string {
  return [...names].sort().join(" ") || "none";
}
