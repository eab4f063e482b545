/**
 * Checks what npm would publish: packs it, unpacks it into an empty project that has nothing but the declared dependencies,
 * imports every entry point, those that need an optional package once that is there, compiles a user's program against the types in each
 * way that compilers find packages, and runs the command.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

const userProgram = `
import { createExecutor, type RunResult, type DataFrame } from "brigbox";
import { createClient, isNotFound } from "brigbox/engine-api";
import { createMetrics, type Metrics } from "brigbox/metrics";
import { answerBy, json, type StubEngine, startStubEngine } from "brigbox/testing";
import { traceRuns, type TracingOptions } from "brigbox/tracing";
import { type Violation, validate } from "brigbox/validator";
export const violations: readonly Violation[] = validate("import os", { imports: ["scipy"] });
startStubEngine({ "*": answerBy(async () => new Response("msw is not installed here")) });
const client = createClient({ endpoint: "unix:///nowhere.sock" });
const container: Promise<{ readonly Id?: string | null }> = client.request("GET /containers/{id}/json", { path: { id: "web" } });
container.catch((error: unknown) => isNotFound(error));
// @ts-expect-error a path that the Engine does not have
client.request("GET /nothing");
export const engine: Promise<StubEngine> = startStubEngine({ "GET /info": json(200, {}) });
export async function run(frame: DataFrame, tracer: TracingOptions["tracer"] & object): Promise<RunResult["status"]> {
  await using executor = createExecutor({ client, policy: { timeoutMs: 1000 } });
  const metrics: Metrics = createMetrics({ executors: "observed" });
  metrics.observe(executor);
  using tracing = await traceRuns({ tracer, executors: [executor] });
  tracer.startSpan(String(tracing.isActive)).end();
  return (await executor.run("result = 1", { inputs: { frame } })).status;
}
`;

const compilerOptions = {
  target: "ES2022",
  lib: ["ES2023", "ESNext.Disposable"],
  strict: true,
  noEmit: true,
  types: ["node"],
  skipLibCheck: false,
};

/** How users' compilers find packages. */
const resolutions = [
  { module: "NodeNext", moduleResolution: "NodeNext" },
  { module: "Preserve", moduleResolution: "Bundler" },
];

function inProject(folder: string, program: string, args: readonly string[]): string {
  return execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function installInto(folder: string): string[] {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      encoding: "utf8",
    }),
  ) as {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  if (packed === undefined) throw new Error("npm pack made nothing");
  const home = join(folder, "node_modules/brigbox");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, packed.filename), "--strip-components=1", "-C", home]);
  // Types of Node are the one thing that a user's own project brings along.
  for (const name of [...Object.keys(manifest.dependencies), "@types/node", "undici-types"])
    linkInto(folder, name);
  return packed.files.map(({ path }) => path);
}

function linkInto(folder: string, name: string): void {
  const link = join(folder, "node_modules", name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(resolve("node_modules", name), link);
}

/** What a module prints that is run in the project. */
function printed(folder: string, program: string): string {
  return inProject(folder, process.execPath, ["--input-type=module", "-e", program]).trim();
}

/** The validator brings its parser along. */
function checkValidator(folder: string): void {
  const program =
    'import { validate } from "brigbox/validator"; console.log(validate("import os").map(({ rule }) => rule).join());';
  const rules = printed(folder, program);
  if (rules !== "R1") throw new Error(`the validator says: ${rules}`);
}

/** Metrics where prom-client is installed. */
function checkMetrics(folder: string): void {
  linkInto(folder, "prom-client");
  const program =
    'import { createMetrics } from "brigbox/metrics"; console.log(await createMetrics().text());';
  const text = printed(folder, program);
  if (!text.includes("brigbox_runs_started_total 0")) throw new Error(`the metrics say: ${text}`);
}

/** Tracing is silent where OpenTelemetry is not installed, and at work where it is. */
function checkTracing(folder: string): void {
  const program = `
    import { createExecutor } from "brigbox";
    import { traceRuns } from "brigbox/tracing";
    const spans = [];
    const span = { setAttributes() {}, setAttribute() {}, end() {}, spanContext: () => ({}) };
    const tracing = await traceRuns({ tracer: { startSpan: (name) => (spans.push(name), span) } });
    await createExecutor({ endpoint: "unix:///nowhere.sock" }).run("import os");
    tracing.close();
    console.log(tracing.isActive, spans.join());`;
  const without = printed(folder, program);
  if (without !== "false") throw new Error(`without OpenTelemetry tracing is not silent: ${without}`);
  linkInto(folder, "@opentelemetry/api");
  const withIt = printed(folder, program);
  if (withIt !== "true brigbox.run,brigbox.validate") throw new Error(`tracing does not trace: ${withIt}`);
}

function checkFiles(files: readonly string[]): void {
  const strangers = files.filter(
    (path) =>
      !/^(dist\/(lib|engine-api|profiles)\/|(engine-api\/)?README\.md$|CHANGELOG\.md$|LICENSE$|package\.json$)/.test(
        path,
      ),
  );
  if (strangers.length > 0) throw new Error(`the package holds what it should not: ${strangers.join(", ")}`);
  for (const needed of [
    "dist/lib/mod.d.ts",
    "dist/engine-api/mod.d.ts",
    "dist/engine-api/testing/mod.d.ts",
    "dist/lib/metrics/mod.d.ts",
    "dist/lib/tracing/mod.d.ts",
    "dist/lib/validator/mod.d.ts",
    "dist/lib/harness/python/supervisor.py",
    "dist/lib/monitor/page/index.html",
    "dist/profiles/image/Dockerfile",
    "dist/profiles/monitoring/alerts.yaml",
    "dist/profiles/monitoring/dashboard.json",
    "README.md",
    "engine-api/README.md",
    "LICENSE",
  ]) {
    if (!files.includes(needed)) throw new Error(`the package lacks ${needed}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "brigbox-package-"));
try {
  checkFiles(installInto(folder));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  const names = printed(
    folder,
    'const [a, b, c] = await Promise.all([import("brigbox"), import("brigbox/engine-api"), import("brigbox/testing")]); console.log(typeof a.createExecutor, typeof b.createClient, typeof c.startStubEngine)',
  );
  if (names !== "function function function")
    throw new Error(`the entry points do not export what they should: ${names}`);
  checkValidator(folder);
  checkMetrics(folder);
  checkTracing(folder);
  writeFileSync(join(folder, "user.ts"), userProgram);
  for (const resolution of resolutions) {
    const options = { ...compilerOptions, ...resolution };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["user.ts"] }),
    );
    inProject(folder, resolve("node_modules/.bin/tsc"), ["-p", "."]);
  }
  const version = inProject(folder, process.execPath, [
    "node_modules/brigbox/dist/lib/cli/main.js",
    "--version",
  ]).trim();
  if (version !== manifest.version) throw new Error(`the command says that it is version ${version}`);
  const config = inProject(folder, process.execPath, [
    "node_modules/brigbox/dist/lib/cli/main.js",
    "config",
    "print",
  ]);
  if (!/^ *memory: 2GiB/m.test(config)) throw new Error(`the default configuration is: ${config}`);
  console.log(`the package is whole: brigbox ${version}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
