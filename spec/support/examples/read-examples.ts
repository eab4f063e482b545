/** The TypeScript of the documentation, so that specs can compile and run it. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as engineApi from "../../../engine-api/mod.ts";

/** A fenced block of TypeScript. */
export interface Example {
  /** The file and the heading above it, with a number from the second one on: `README.md: Values 2`. */
  readonly name: string;
  readonly code: string;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const entries: Readonly<Record<string, string>> = {
  brigbox: "lib/mod.ts",
  "brigbox/engine-api": "engine-api/mod.ts",
  "brigbox/testing": "engine-api/testing/mod.ts",
  "brigbox/validator": "lib/validator/mod.ts",
  "brigbox/metrics": "lib/metrics/mod.ts",
  "brigbox/tracing": "lib/tracing/mod.ts",
};
const connect = 'import { createClient } from "brigbox/engine-api";\nawait using client = createClient();\n';

/** All blocks of a Markdown file that say `ts`. */
export function readExamples(file: string): readonly Example[] {
  const counts = new Map<string, number>();
  let heading = "";
  const parts = readFileSync(join(root, file), "utf8").matchAll(
    /^#+ (.*)$|^```ts\n([\s\S]*?)^```$|^```[\s\S]*?^```$/gm,
  );
  return [...parts].flatMap(([, title, code]) => {
    if (title !== undefined) heading = title;
    if (code === undefined) return [];
    const count = (counts.get(heading) ?? 0) + 1;
    counts.set(heading, count);
    return [{ name: `${file}: ${heading}${count === 1 ? "" : ` ${count}`}`, code }];
  });
}

/** The right column of the table below a heading, each piece of code that is a call. */
export function readMigrations(file: string, heading: string): readonly string[] {
  const section = readFileSync(join(root, file), "utf8").split(`## ${heading}\n`)[1] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `") || line.startsWith("| "))
    .map((line) => line.replaceAll("\\|", "\u0001").split("|").at(-2) ?? "")
    .flatMap((cell) =>
      [...cell.matchAll(/`([^`]*\([^`]*)`/g)].map(([, code = ""]) => code.replaceAll("\u0001", "|")),
    );
}

/** A module of an example: with the client of the first one where it makes none, and with what else it takes for given. */
export function toModule(code: string, given = ""): string {
  return `${/createClient\(/.test(code) || !/\bclient\b/.test(code) ? "" : connect}${given}${code}export {};\n`;
}

/** A module that holds expressions, each by itself, with the names of the Engine API and these. */
export function toExpressions(expressions: readonly string[], given: string): string {
  const names = Object.keys(engineApi).join(", ");
  const lines = expressions.map(
    (expression) => `export const one${expressions.indexOf(expression)} = async () => ${expression};`,
  );
  return `import { ${names} } from "brigbox/engine-api";\n${given}\n${[...new Set(lines)].join("\n")}\n`;
}

/** Compiles modules against the sources, and gives what the compiler complains of. */
export function compile(modules: Readonly<Record<string, string>>): string {
  return inFolder((folder) => {
    for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
    const paths = Object.fromEntries(
      Object.entries(entries).map(([name, file]) => [name, [join(root, file)]]),
    );
    const compilerOptions = {
      paths,
      rootDir: root,
      noEmit: true,
      isolatedDeclarations: false,
      declaration: false,
    };
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions,
      include: [join(root, "engine-api/*.d.ts")],
      files: Object.keys(modules),
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    return spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" }).stdout;
  });
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a module in a folder of its own, with the Engine at `endpoint` and nothing that `docker login` left. */
export function runModule(
  text: string,
  { endpoint, signal }: { readonly endpoint: string; readonly signal: AbortSignal },
): Promise<Ended> {
  const folder = makeFolder();
  const file = join(folder, "example.mts");
  const toUrl = (name: string): string => pathToFileURL(join(root, entries[name] ?? "")).href;
  writeFileSync(
    file,
    text.replace(/from "(brigbox[\w/-]*)"/g, (_, name: string) => `from "${toUrl(name)}"`),
  );
  const env = { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: endpoint, DOCKER_CONFIG: folder };
  const args = ["--import", "tsx", file];
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, env, signal });
    const kept = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].on("data", (piece) => {
        kept[name] += String(piece);
      });
    child.once("error", reject).once("close", (code) => resolve({ code, ...kept }));
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = makeFolder();
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Inside of the repository, so that its packages are found. */
function makeFolder(): string {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, "examples-"));
}
