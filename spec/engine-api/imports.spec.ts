import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";

const test = suite("engine-api: what an import brings along");
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What `deno info --json` tells of a module. */
interface DenoModule {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly specifier: string; readonly code?: object }[];
}

/** The modules behind an entry point, as Deno finds them. */
function graphOf(entry: string): readonly DenoModule[] {
  const printed = execFileSync(at("node_modules/.bin/deno"), ["info", "--json", at(entry)], {
    encoding: "utf8",
  });
  return (JSON.parse(printed) as { readonly modules: readonly DenoModule[] }).modules;
}

/** What it imports when it runs that is neither its own nor Node's. */
function packagesOf(modules: readonly DenoModule[]): string[] {
  const names = modules
    .flatMap(({ dependencies = [] }) => dependencies.filter(({ code }) => code !== undefined))
    .map(({ specifier }) => specifier)
    .filter((specifier) => !/^(\.|node:)/.test(specifier));
  return [...new Set(names)].sort();
}

test("the client needs one package, undici, and nothing outside of its folder", () => {
  const modules = graphOf("engine-api/mod.ts");
  assert.equal(packagesOf(modules), ["undici/lib/core/connect.js", "undici/lib/dispatcher/client.js"]);
  const own = modules.map(({ specifier }) => specifier).filter((specifier) => specifier.startsWith("file:"));
  assert.ok(own.length > 30, `${own.length} modules`);
  assert.equal(
    own.filter((specifier) => !/\/(engine-api|node_modules\/(undici|@types\/node))\//.test(specifier)),
    [],
  );
});

test("the stub of an Engine needs no package at all", () => {
  assert.equal(packagesOf(graphOf("engine-api/testing/mod.ts")), []);
});

test.run();
