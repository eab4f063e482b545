/**
 * Builds `dist`: what tsc makes of the sources, and the data files that they read at run time, each in the place of its source. Modules
 * are then joined, since Node takes longer to find and open them than to run them; types are not. Of valibot and Lezer only what is used
 * goes along, with their licences: the whole would be more than a quarter of what users install.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { call } from "./steps.ts";

/** Modules that others import, and that still stay files of their own: entry points, and the one that knows where it lies. */
const apart = ["engine-api/mod.js", "lib/validator/mod.js", "lib/package-file.js"];
const { dependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const installed = Object.keys({ ...dependencies, ...peerDependencies });

/** Imports of modules that stay apart are from `dist` for now: which file will hold them is not yet known. */
const leaveApart: Plugin = {
  name: "leave-apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
      if (kind === "entry-point") return null;
      const module = relative("dist", join(resolveDir, path));
      return apart.includes(module) ? { path: `dist:${module}`, external: true, sideEffects: false } : null;
    });
  },
};

rmSync("dist", { recursive: true, force: true });
// Comments are for who reads the types; programs are a third smaller without.
const programsOnly = ["--declaration", "false", "--isolatedDeclarations", "false", "--removeComments"];
call(["tsc", "-p", "tsconfig.json", ...programsOnly]);
call(["tsc", "-p", "tsconfig.json", "--emitDeclarationOnly"]);
removeUnusedTypes([
  "lib/mod.d.ts",
  "lib/validator/mod.d.ts",
  "lib/tracing/mod.d.ts",
  "engine-api/mod.d.ts",
  "engine-api/testing/mod.d.ts",
  "lib/metrics/mod.d.ts",
]);
// Short names and no blanks: of Lezer's tables a new process would have more to read than of the programs.
await joinModules(["lib/validator/mod.js"], { minify: true });
await joinModules(["engine-api/mod.js"]);
await joinModules([
  "lib/mod.js",
  "lib/metrics/mod.js",
  "lib/tracing/mod.js",
  "lib/cli/main.js",
  "engine-api/testing/mod.js",
]);
const data = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((path) =>
  /\.(py|html|css|js|svg)$/.test(path),
);
for (const path of data) cpSync(join("lib", path), join("dist/lib", path));
cpSync("profiles", "dist/profiles", { recursive: true });
chmodSync("dist/lib/cli/main.js", 0o755);

/** Types that no entry point leads to are nobody's. */
function removeUnusedTypes(entries: readonly string[]): void {
  const used = new Set<string>();
  const waiting = entries.map((entry) => join("dist", entry));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (used.has(file)) continue;
    used.add(file);
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(
      /(?:from|import\()\s*"(\.[^"]+)\.[jt]s"/g,
    ))
      waiting.push(join(dirname(file), `${path}.d.ts`));
  }
  for (const file of readdirSync("dist", { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".d.ts") && !used.has(join("dist", file))) rmSync(join("dist", file));
}

/**
 * Puts all that entry points import into their own files, and what several of them need, or what is imported late, into
 * `dist/lib/parts`, so that nothing is there twice. Packages that users install stay imports.
 */
async function joinModules(entries: readonly string[], { minify = false } = {}): Promise<void> {
  const { metafile, outputFiles } = await build({
    entryPoints: entries.map((entry) => join("dist", entry)),
    outdir: "dist",
    outbase: "dist",
    chunkNames: "lib/parts/[name]-[hash]",
    write: false,
    bundle: true,
    splitting: true,
    external: installed,
    plugins: [leaveApart],
    minify,
    format: "esm",
    platform: "node",
    target: "node20",
    metafile: true,
  });
  for (const input of Object.keys(metafile.inputs)) if (input.startsWith("dist/")) rmSync(input);
  for (const { path, text } of outputFiles) {
    const file = relative(".", path);
    const inputs = Object.keys(metafile.outputs[file]?.inputs ?? {});
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${licencesOf(inputs)}${fromItsPlace(file, text)}`);
  }
}

/** The text of a program whose imports from `dist` are from its own place. */
function fromItsPlace(file: string, text: string): string {
  return text.replaceAll(/(?<=from ?")dist:([^"]+)(?=")/g, (_, module: string) => {
    const path = relative(dirname(file), join("dist", module));
    return path.startsWith(".") ? path : `./${path}`;
  });
}

/** A comment with the licences of packages of which something is in the file below it; empty where there is none. */
function licencesOf(inputs: readonly string[]): string {
  const found = inputs.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  const byText = new Map<string, string[]>();
  for (const name of [...new Set(found)].sort()) {
    const folder = `node_modules/${name}`;
    const file = readdirSync(folder).find((known) => /^licen[cs]e(\.\w+)?$/i.test(known));
    if (file === undefined) throw new Error(`${name} has no licence`);
    const text = readFileSync(join(folder, file), "utf8").trim();
    byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  const licences = [...byText].map(([text, of]) => `What Brigbox uses of ${of.join(", ")}.\n\n${text}`);
  return licences.length === 0 ? "" : `/*! ${licences.join("\n\n")}\n*/\n`;
}
