import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { checkLayers, type Sources } from "./support/layer-rules.ts";
import { readSource } from "./support/read-source.ts";
import { suite } from "./support/suite.ts";

const test = suite("layers");

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function readSources(folder: string): Sources {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => /\.(ts|py)$/.test(file)).map((file) => `${folder}/${file}`);
  return Object.fromEntries(sources.map((file) => [file, readFileSync(join(root, file), "utf8")]));
}

/** What the build puts into the package, and nobody has to install. */
const embedded = ["@lezer/common", "@lezer/python", "valibot"];

test("the sources hold every layer rule", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const sources = { ...readSources("engine-api"), ...readSources("lib") };
  assert.ok(Object.keys(sources).length > 50, "the sources were found");
  const { dependencies, peerDependencies } = manifest;
  const packages = [...Object.keys({ ...dependencies, ...peerDependencies }), ...embedded];
  const violations = checkLayers(sources, packages);
  assert.equal(
    violations.map(({ file, rule, found }) => `${file}: ${rule} (${found})`),
    [],
  );
});

test("the imports of the real sources are found", () => {
  const imports = (file: string) =>
    readSource(readFileSync(join(root, file), "utf8")).imports.map(({ specifier }) => specifier);
  assert.ok(imports("engine-api/transport.ts").includes("undici"));
  assert.ok(imports("engine-api/mod.ts").includes("./client.ts"));
  assert.ok(imports("lib/executor.ts").includes("../engine-api/mod.ts"));
});

const dependencies = [
  ...[
    "undici",
    "valibot",
    "yaml",
    "modern-tar",
    "commander",
    "prom-client",
    "@scope/thing",
    "@opentelemetry/api",
  ],
];
const others: Sources = {
  "engine-api/mod.ts": "",
  "engine-api/other.ts": "",
  "lib/other.ts": "",
  "lib/cli/main.ts": "",
  "lib/metrics/mod.ts": "",
  "lib/tracing/mod.ts": "",
};

/** The rules that a made-up file breaks among made-up others. */
const rulesBrokenBy = (file: string, source: string): string[] =>
  checkLayers({ ...others, [file]: source }, dependencies).map(({ rule }) => rule);

const broken: readonly [file: string, source: string, rule: string][] = [
  ["engine-api/x.ts", 'import { a } from "../lib/other.ts";', "engine-api knows nothing of lib"],
  ["engine-api/x.ts", 'import type { A } from "../lib/other.ts";', "engine-api knows nothing of lib"],
  ["engine-api/x.ts", 'export { a } from "../lib/other.ts";', "engine-api knows nothing of lib"],
  ["engine-api/x.ts", 'const a = await import("../lib/other.ts");', "engine-api knows nothing of lib"],
  [
    "lib/x.ts",
    'import { a } from "../engine-api/other.ts";',
    "lib imports engine-api only through engine-api/mod.ts",
  ],
  [
    "lib/a/x.ts",
    'import type { A } from "../../engine-api/other.ts";',
    "lib imports engine-api only through engine-api/mod.ts",
  ],
  [
    "lib/x.ts",
    'type A = import("../engine-api/other.ts").A;',
    "lib imports engine-api only through engine-api/mod.ts",
  ],
  ["lib/x.ts", 'import { suite } from "../spec/support/suite.ts";', "nothing imports spec"],
  ["lib/x.ts", 'import "./cli/main.ts";', "only lib/cli imports lib/cli"],
  ["lib/x.ts", 'import { a } from "../../elsewhere/x.ts";', "an import stays inside the repository"],
  ["lib/x.ts", 'import { a } from "./missing.ts";', "an import names a file that exists, with its ending"],
  ["lib/x.ts", 'import { a } from "./other.js";', "an import names a file that exists, with its ending"],
  ["lib/x.ts", "const a = await import(name);", "an import names its target"],
  ["lib/x.ts", 'import { Agent } from "undici";', "undici only in engine-api/transport.ts"],
  ["engine-api/x.ts", 'import type { Agent } from "undici";', "undici only in engine-api/transport.ts"],
  [
    "lib/run/x.ts",
    'import * as v from "valibot";',
    "valibot only in lib/config/, lib/harness/payloads.ts, lib/policy/check-applied.ts",
  ],
  [
    "lib/harness/payloads.ts.ts",
    'import * as v from "valibot";',
    "valibot only in lib/config/, lib/harness/payloads.ts, lib/policy/check-applied.ts",
  ],
  ["lib/x.ts", 'import { parse } from "yaml";', "yaml only in lib/config/"],
  ["lib/x.ts", 'import { pack } from "modern-tar";', "modern-tar only in lib/image/"],
  ["lib/x.ts", 'import { Command } from "commander";', "commander only in lib/cli/"],
  ["lib/x.ts", 'import { Registry } from "prom-client";', "prom-client only in lib/metrics/"],
  [
    "lib/x.ts",
    'import { a } from "./metrics/mod.ts";',
    "what needs prom-client is apart: only lib/cli imports lib/metrics",
  ],
  ["lib/x.ts", 'import type { Span } from "@opentelemetry/api";', "@opentelemetry/api only in lib/tracing/"],
  [
    "lib/x.ts",
    'import { traceRuns } from "./tracing/mod.ts";',
    "nothing else imports lib/tracing, which is an entry point of its own",
  ],
  ["lib/x.ts", 'import x from "left-pad";', "an imported package is a dependency"],
  ["lib/x.ts", 'import fs from "fs";', "an imported package is a dependency"],
  ["lib/x.ts", 'import x from "@scope/thing/part";', "a package has its place in confinedPackages"],
  ["lib/x.ts", "console.log(1);", "console only in lib/cli"],
  ["engine-api/x.ts", "const { log } = console;", "console only in lib/cli"],
  ["lib/x.ts", `const a = \`\${console.log(1)}\`;`, "console only in lib/cli"],
  ["lib/x.ts", "const a = b / c; console.log(d / e);", "console only in lib/cli"],
  ["lib/x.ts", "process.exit(1);", "process.exit only in lib/cli"],
  ["lib/x.ts", "process.exitCode = 1;", "process.exit only in lib/cli"],
  ["lib/x.ts", 'process.stdout.write("x");', "standard streams only in lib/cli"],
  ["lib/cli/x.ts", "export default 1;", "no default exports"],
  ["lib/x.ts", "const a = 1;\nexport { a as default };", "no default exports"],
  ["lib/x.ts", 'const a = require("node:fs");', "require is not for modules"],
  ["lib/x.ts", "\n".repeat(301), "no file over 300 lines"],
  ["lib/x.py", "#\n".repeat(301), "no file over 300 lines"],
];

for (const [file, source, rule] of broken) {
  test(`finds in ${file}: ${JSON.stringify(source.slice(0, 70))} breaks "${rule}"`, () => {
    const rules = rulesBrokenBy(file, source);
    assert.ok(rules.includes(rule), `found only: ${rules.join(", ")}`);
  });
}

const fine: readonly [file: string, source: string][] = [
  ["engine-api/transport.ts", 'import { Agent } from "undici";'],
  ["engine-api/schema.ts", "\n".repeat(5000)],
  ["engine-api/x.ts", 'import { a } from "./other.ts";\nimport { b } from "node:fs";'],
  ["lib/x.ts", 'import { a } from "../engine-api/mod.ts";'],
  ["lib/config/x.ts", 'import * as v from "valibot";\nimport { parse } from "yaml";'],
  ["lib/image/x.ts", 'import { pack } from "modern-tar";'],
  ["lib/tracing/x.ts", 'const api = await import("@opentelemetry/api");'],
  [
    "lib/cli/x.ts",
    'import { Command } from "commander";\nconsole.log(1);\nprocess.exit(0);\nimport "./main.ts";',
  ],
  ["lib/metrics/x.ts", 'import { Registry } from "prom-client";\nimport { a } from "../other.ts";'],
  ["lib/cli/x.ts", 'import { a } from "../metrics/mod.ts";'],
  ["lib/x.ts", '// console.log(1); import { a } from "undici";'],
  ["lib/x.ts", '/** import { a } from "undici"; export default 1; */'],
  ["lib/x.ts", "const a = 'console.log(1)' + \"process.exit(1)\";"],
  ["lib/x.ts", 'const a = `import { a } from "undici"; console`;'],
  ["lib/x.ts", `const a = \`\${\`console\`} console\`;`],
  ["lib/x.ts", "const a = /[\"'`/]console/.test(b);"],
  ["lib/x.ts", "const a = this.console; const b = my.require(c);"],
  ["lib/x.ts", 'export const a = "from";\nconst b = "undici";'],
  ["lib/x.ts", "\n".repeat(300)],
];

for (const [file, source] of fine) {
  test(`finds nothing in ${file}: ${JSON.stringify(source.slice(0, 70))}`, () => {
    assert.equal(rulesBrokenBy(file, source), []);
  });
}

const cyclic = (importA: string, importB: string): string[] =>
  checkLayers({ "lib/a.ts": importA, "lib/b.ts": importB, "lib/c.ts": 'import "./a.ts";' }, []).map(
    ({ rule, found }) => `${rule}: ${found}`,
  );

test("finds a cycle of imports, once, and says its way", () => {
  const found = cyclic('import { b } from "./b.ts";', 'export { a } from "./a.ts";');
  assert.equal(found, ["no import cycles: lib/a.ts -> lib/b.ts -> lib/a.ts"]);
  assert.equal(cyclic('import "./a.ts";', ""), ["no import cycles: lib/a.ts -> lib/a.ts"]);
});

test("finds a cycle though one import of it names types and values", () => {
  assert.is(cyclic('import { b } from "./b.ts";', 'import { a, type A } from "./a.ts";').length, 1);
});

test("takes no cycle for one where an import is of types alone", () => {
  assert.equal(cyclic('import { b } from "./b.ts";', 'import type { A } from "./a.ts";'), []);
  assert.equal(cyclic('import { b } from "./b.ts";', 'import { type A, type B } from "./a.ts";'), []);
  assert.equal(cyclic('import { b } from "./b.ts";', 'export type { A } from "./a.ts";'), []);
});

test("reads imports over several lines, with their line and whether they are of types alone", () => {
  const source =
    'import a from "./a.ts";\nimport {\n  b, // "x"\n  type C,\n} from "./b.ts";\nexport * from "./d.ts";\nimport type { E } from "./e.ts";\n';
  assert.equal(readSource(source).imports, [
    { specifier: "./a.ts", isTypeOnly: false, line: 1 },
    { specifier: "./b.ts", isTypeOnly: false, line: 2 },
    { specifier: "./d.ts", isTypeOnly: false, line: 6 },
    { specifier: "./e.ts", isTypeOnly: true, line: 7 },
  ]);
});

test.run();
