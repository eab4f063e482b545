/**
 * Builds `dist`, which mirrors the sources: what tsc makes of them, and the data files that they read at run time. Of the validator's
 * files one is made, and of the client's: Node takes longer to find and open thirty modules than the validator for a strategy, and as
 * long as undici takes to be loaded.
 */
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
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
