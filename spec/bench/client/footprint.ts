import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installPackage, installRival, type Rival, rivalVersions } from "../rivals.ts";
import { type Row, type Section, showProgress } from "../section.ts";
import { quantile } from "../statistics.ts";
import { bundleForNode } from "./bundle.ts";

const mebibyte = 1024 * 1024;

/** A project in which a client is installed, and how a program in it imports the client. */
interface Installed {
  readonly name: string;
  readonly folder: string;
  readonly specifier: string;
}

/** What a client costs before its first call: bytes on disk, packages, time to import, and a bundle's size. */
export const footprint: Section = {
  name: "footprint",
  async measure({ rounds }) {
    const folder = mkdtempSync(join(tmpdir(), "brigbox-footprint-"));
    try {
      const clients = [installBrigbox(folder), rival("dockerode"), rival("@docker/node-sdk")];
      const times = measureImports(clients, rounds);
      const reference = quantile(times.get(rival("dockerode").name) ?? [], 0.5);
      const bundle = await measureBundle(folder);
      return {
        title: "Installed size and import time",
        intro: `Installed by npm into an empty folder, without scripts and optional peers; brigbox is all of it, of which engine-api needs undici alone. Import: from inside of a new process without Node's own start, ${rounds} processes each, in turns. A program with engine-api and all that it needs in one file, made by esbuild and run against this Engine: ${(bundle.plain / 1024).toFixed(0)} KiB, minified ${(bundle.minified / 1024).toFixed(0)} KiB.`,
        columns: ["installed, MiB", "packages", "import, ms", "10th to 90th percentile, ms", "of dockerode"],
        rows: clients.map((client) =>
          toRow(client, { timesMs: times.get(client.name) ?? [], reference, bundle }),
        ),
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function rival(name: Rival): Installed {
  return { name: `${name} ${rivalVersions[name]}`, folder: installRival(name), specifier: name };
}

/** As npm would publish it. */
function installBrigbox(parent: string): Installed {
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", parent]);
  const [{ filename }] = JSON.parse(packed.toString()) as [{ readonly filename: string }];
  const folder = join(parent, "project");
  execFileSync("mkdir", [folder]);
  writeFileSync(join(folder, "package.json"), "{}");
  installPackage(folder, resolve(parent, filename));
  return { name: "brigbox/engine-api", folder, specifier: "brigbox/engine-api" };
}

function measureImports(clients: readonly Installed[], rounds: number): Map<string, number[]> {
  const times = new Map<string, number[]>(clients.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const { name, folder, specifier } of clients) {
      const program = `const startedAt = performance.now(); await import(${JSON.stringify(specifier)}); console.log(performance.now() - startedAt); process.exit();`;
      const file = join(folder, "import.mjs");
      writeFileSync(file, program);
      const printed = execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" });
      if (round >= 0) times.get(name)?.push(Number(printed));
    }
    showProgress(`footprint: import ${round + 1} of ${rounds}`);
  }
  return times;
}

async function measureBundle(folder: string): Promise<{ readonly plain: number; readonly minified: number }> {
  const file = join(folder, "bundle.mjs");
  const plain = await bundleForNode(file, { minify: false });
  const minified = await bundleForNode(file, { minify: true });
  const printed = execFileSync(process.execPath, [file], { encoding: "utf8" });
  if (!printed.startsWith("version 1.")) throw new Error(`the bundle does not work: ${printed}`);
  return { plain, minified };
}

interface Cost {
  readonly timesMs: readonly number[];
  readonly reference: number;
  readonly bundle: { readonly plain: number; readonly minified: number };
}

function toRow({ name, folder }: Installed, { timesMs, reference, bundle }: Cost): Row {
  const modules = join(folder, "node_modules");
  const bytes = sizeOf(modules);
  const packages = countPackages(modules);
  const importMs = quantile(timesMs, 0.5);
  const [p10Ms, p90Ms] = [quantile(timesMs, 0.1), quantile(timesMs, 0.9)];
  const ratio = importMs / reference;
  return {
    name,
    cells: [
      (bytes / mebibyte).toFixed(1),
      String(packages),
      importMs.toFixed(0),
      `${p10Ms.toFixed(0)} to ${p90Ms.toFixed(0)}`,
      ratio.toFixed(2),
    ],
    figures: {
      installedBytes: bytes,
      packages,
      importMs,
      p10Ms,
      p90Ms,
      ratio,
      ...(name.startsWith("brigbox") && { bundleBytes: bundle.plain, minifiedBundleBytes: bundle.minified }),
    },
  };
}

/** Bytes of all files, npm's own record of them left out. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".package-lock.json")
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function countPackages(folder: string): number {
  const { packages } = JSON.parse(readFileSync(join(folder, ".package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, object>>;
  };
  return Object.keys(packages).length;
}
