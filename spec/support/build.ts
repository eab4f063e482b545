/**
 * Builds `dist`, which mirrors the sources: what tsc makes of them, and the data files that they read at run time. Of the validator's
 * files and Lezer's one is made, and of the client's: Node takes longer to find and open thirty modules than the validator for a strategy,
 * and as long as undici takes to be loaded. Of valibot and Lezer only what is used goes along, with their licences: the whole would be
 * more than a quarter of what users install.
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
  "lib/validator/mod.d.ts",
  "lib/tracing/mod.d.ts",
  "engine-api/mod.d.ts",
  "engine-api/testing/mod.d.ts",
  "lib/metrics/mod.d.ts",
]);
joinModules("dist/lib/validator/mod.js", { packages: "bundle" });
joinModules("dist/engine-api/mod.js", { packages: "external" });
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

/**
 * Puts all that a module imports into its own file, and removes theirs. Packages stay imports, or come along under their own licences, and with short
 * names and no blanks, of which a new process would have more to read than of the programs.
 */
function joinModules(entry: string, { packages }: { readonly packages: "bundle" | "external" }): void {
  const { metafile } = buildSync({
    entryPoints: [entry],
    outfile: entry,
    allowOverwrite: true,
    bundle: true,
    packages,
    minify: packages === "bundle",
    format: "esm",
    platform: "node",
    target: "node20",
    metafile: true,
  });
  const parts = Object.keys(metafile.inputs);
  for (const part of parts) if (part.startsWith("dist/") && part !== entry) rmSync(part);
  const names = parts.map((part) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(part)?.[1] ?? "");
  const embedded = [...new Set(names)].filter((name) => name !== "").sort();
  if (embedded.length > 0) writeFileSync(entry, `${licencesOf(embedded)}\n${readFileSync(entry, "utf8")}`);
}

/** A comment with the licences of packages of which something is in the file below it. */
function licencesOf(names: readonly string[]): string {
  const byText = new Map<string, string[]>();
  for (const name of names) {
    const folder = `node_modules/${name}`;
    const file = readdirSync(folder).find((known) => /^licen[cs]e(\.\w+)?$/i.test(known));
    if (file === undefined) throw new Error(`${name} has no licence`);
    const text = readFileSync(join(folder, file), "utf8").trim();
    byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  const licences = [...byText].map(([text, of]) => `What Brigbox uses of ${of.join(", ")}.\n\n${text}`);
  return `/*! ${licences.join("\n\n")}\n*/`;
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
  buildSync({
    stdin: { contents: `export { ${[...used].sort().join(", ")} } ${from}`, resolveDir: "." },
    outfile: target,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    banner: { js: licencesOf([name]) },
  });
  for (const [file, text] of texts) {
    const path = relative(dirname(file), target);
    writeFileSync(file, text.replace(from, `from "${path.startsWith(".") ? path : `./${path}`}";`));
  }
}
