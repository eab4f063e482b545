import { readFileSync } from "node:fs";

/** The machines that the profile is for, by the kernel's names of them, in the order of the table's columns. */
const machines = ["x86_64", "aarch64"] as const;

/** Name and number of every system call that the machine has. */
export function readSyscallNumbers(machine: (typeof machines)[number]): ReadonlyMap<string, number> {
  const table = readTable("syscalls") as Readonly<Record<string, readonly (number | null)[]>>;
  const column = machines.indexOf(machine);
  const rows = Object.entries(table).map(([name, row]) => [name, row[column] ?? null] as const);
  return new Map(rows.filter((row): row is [string, number] => row[1] !== null));
}

/** Calls that the profile leaves out, and why. */
export interface Denial {
  readonly why: string;
  readonly names: readonly string[];
}

/** Every denied call, in groups with their reason. */
export function readDenials(): readonly Denial[] {
  return readTable("denied") as readonly Denial[];
}

/** The names of every denied call. */
export function readDeniedNames(): readonly string[] {
  return readDenials().flatMap(({ names }) => names);
}

function readTable(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/seccomp/${name}.json`, import.meta.url), "utf8"));
}
