/**
 * Builds `dist`, which mirrors the sources: what tsc makes of them, and the data files that they read at run time. Of the validator's
 * files one is made, and of the client's: Node takes longer to find and open thirty modules than the validator for a strategy, and as
 * long as undici takes to be loaded. Of valibot only what is used goes along, with its licence: the whole would be more than a quarter of
 * what users install.
 */
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { buildSync } from "esbuild";
import { call } from "./steps.ts";

rmSync("dist", { recursive: true, force: true });
// Comments are for who reads the types; programs are a third smaller without.
const programsOnly = ["--declaration", "false", "--isolatedDeclarations", "false", "--removeComments"];
call(["tsc", "-p", "tsconfig.json", ...programsOnly]);
call(["tsc", "-p", "tsconfig.json", "--emitDeclarationOnly"]);
removeUnusedTypes([
  "lib/mod.d.ts",
  "lib/tracing/mod.d.ts",
  "engine-api/mod.d.ts",
  "engine-api/testing/mod.d.ts",
  "lib/metrics/mod.d.ts",
]);
joinModules("dist/lib/validator/validate.js");
joinModules("dist/engine-api/mod.js");
embedPackage("valibot");
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

/** Puts all that a module imports into its own file, and removes theirs; packages stay imports. */
function joinModules(entry: string): void {
  const { metafile } = buildSync({
    entryPoints: [entry],
    outfile: entry,
    allowOverwrite: true,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    metafile: true,
  });
  for (const part of Object.keys(metafile.inputs)) if (part !== entry) rmSync(part);
}

/** Puts what the programs use of a package, which they import as `v`, into a file of theirs, under the package's own licence. */
function embedPackage(name: string): void {
  const target = `dist/lib/embedded/${name}.js`;
  const from = `from "${name}";`;
  const users = readdirSync("dist", { recursive: true, encoding: "utf8" })
    .map((file) => join("dist", file))
    .filter((file) => file.endsWith(".js") && readFileSync(file, "utf8").includes(from));
  const texts = new Map(users.map((file) => [file, readFileSync(file, "utf8")]));
  const used = new Set([...texts.values()].flatMap((text) => text.match(/(?<=\bv\.)[A-Za-z]\w*/g) ?? []));
  const licence = readFileSync(`node_modules/${name}/LICENSE.md`, "utf8").trim();
  buildSync({
    stdin: { contents: `export { ${[...used].sort().join(", ")} } ${from}`, resolveDir: "." },
    outfile: target,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    banner: { js: `/*! What Brigbox uses of ${name}.\n\n${licence}\n*/` },
  });
  for (const [file, text] of texts) {
    const path = relative(dirname(file), target);
    writeFileSync(file, text.replace(from, `from "${path.startsWith(".") ? path : `./${path}`}";`));
  }
}
