/** Builds `dist`, which mirrors the sources: what tsc makes of them, and the data files that they read at run time. */
import { chmodSync, cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { call } from "./steps.ts";

rmSync("dist", { recursive: true, force: true });
call(["tsc", "-p", "tsconfig.json"]);
const programs = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".py"),
);
for (const path of programs) cpSync(join("lib", path), join("dist/lib", path));
cpSync("profiles", "dist/profiles", { recursive: true });
chmodSync("dist/lib/cli/main.js", 0o755);
