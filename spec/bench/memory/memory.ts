import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Row, Section } from "../section.ts";
import { showProgress } from "../section.ts";

/** What a host process is measured at; see `host.ts`. */
const situations = [
  ["an executor that has run once", ["idle", "0"]],
  ["10 containers wait", ["idle", "10"]],
  ["100 containers wait", ["idle", "100"]],
  ["10 runs, one after another, that write without end", ["flood", "10"]],
] as const;

const host = fileURLToPath(new URL("host.ts", import.meta.url));
const MiB = 1024 ** 2;

/** The memory of the process that uses Brigbox. */
export const memory: Section = {
  name: "memory",
  async measure() {
    const rows: Row[] = [];
    for (const [name, args] of situations) {
      showProgress(`memory: ${name}`);
      rows.push(toRow(name, await measureHost(args)));
    }
    return {
      title: "Memory of the host process",
      intro:
        "Each in a process of its own, after a collection: before an executor was made, and afterwards; and the most meanwhile, by the kernel's count.",
      columns: ["before, MiB", "after, MiB", "grown by, MiB", "most, MiB"],
      rows,
    };
  },
};

interface HostMemory {
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly mostBytes: number;
}

async function measureHost(args: readonly string[]): Promise<HostMemory> {
  const node = ["--expose-gc", "--import", "tsx", host, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, node);
  return JSON.parse(stdout) as HostMemory;
}

function toRow(name: string, { beforeBytes, afterBytes, mostBytes }: HostMemory): Row {
  const figures = {
    beforeMiB: beforeBytes / MiB,
    afterMiB: afterBytes / MiB,
    grownMiB: (afterBytes - beforeBytes) / MiB,
    mostMiB: mostBytes / MiB,
  };
  return { name, cells: Object.values(figures).map((value) => value.toFixed(0)), figures };
}
