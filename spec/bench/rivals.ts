import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The other clients on npm that are measured, at the version that is installed for it. */
export const rivalVersions = { dockerode: "5.0.1", "@docker/node-sdk": "0.0.17" } as const;

/** The name of one of them. */
export type Rival = keyof typeof rivalVersions;

/**
 * The folder of a project that has one of them and nothing else. It is installed there once, so that nobody else has to install it.
 *
 * @throws Error where npm fails.
 */
export function installRival(name: Rival): string {
  const wanted = `${name}@${rivalVersions[name]}`;
  const folder = join(tmpdir(), `brigbox-bench-${wanted.replace(/\W+/g, "-")}`);
  if (existsSync(join(folder, "node_modules", name, "package.json"))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  installPackage(folder, wanted);
  return folder;
}

/** Installs a package into a project, as a user would, but without scripts. */
export function installPackage(folder: string, wanted: string): void {
  const args = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", wanted];
  execFileSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] });
}
