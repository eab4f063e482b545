/**
 * Builds `dist`, which mirrors the sources: what tsc makes of them, and the data files that they read at run time. Of the validator's
 * files one is made: Node takes longer to find and open thirty modules than the validator for a strategy.
 */
import { chmodSync, cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { call } from "./steps.ts";

rmSync("dist", { recursive: true, force: true });
call(["tsc", "-p", "tsconfig.json"]);
joinModules("dist/lib/validator/validate.js");
const programs = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".py"),
);
for (const path of programs) cpSync(join("lib", path), join("dist/lib", path));
cpSync("profiles", "dist/profiles", { recursive: true });
chmodSync("dist/lib/cli/main.js", 0o755);

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
