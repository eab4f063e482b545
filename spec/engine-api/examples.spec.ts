/** The documentation's examples compile, and run where they need no Engine; `spec/live/own-engine/examples.spec.ts` runs the others. */
import * as assert from "uvu/assert";
import { plans } from "../support/examples/plans.ts";
import {
  compile,
  type Example,
  readExamples,
  readMigrations,
  runModule,
  toExpressions,
  toModule,
} from "../support/examples/read-examples.ts";
import { suite } from "../support/suite.ts";
import { withStubEngine } from "../support/with-engine.ts";

const test = suite("examples of the documentation");
const examples = ["README.md", "engine-api/README.md"].flatMap(readExamples);

test("each example has its plan, and each plan its example", () => {
  assert.equal(examples.map(({ name }) => name).sort(), Object.keys(plans).sort());
});

function givenTo({ name }: Example): string {
  const plan = plans[name];
  return plan?.on === "own engine" ? (plan.given ?? "") : "";
}

test(
  "all of them compile, and what they are told to be instead of dockerode's calls does too",
  () => {
    const migrations = readMigrations("engine-api/README.md", "Coming from dockerode");
    assert.ok(migrations.length > 80, `${migrations.length} expressions`);
    const given = `import type { ContainerSpec, EngineClient, ServiceSpec } from "brigbox/engine-api";
declare const client: EngineClient;
declare const id: string;
declare const name: string;
declare const spec: ContainerSpec;
declare const serviceSpec: ServiceSpec;
declare const tar: Uint8Array;
declare const error: unknown;`;
    const modules = Object.fromEntries(
      examples.map((example, index) => [`example-${index}.mts`, toModule(example.code, givenTo(example))]),
    );
    assert.is(compile({ ...modules, "migrations.mts": toExpressions(migrations, given) }), "");
  },
  { timeoutMs: 120_000 },
);

test("what does not compile is told", () => {
  const complaint = compile({ "wrong.mts": toModule('await client.request("GET /nothing");\n') });
  assert.match(complaint, /wrong\.mts.*error TS/);
});

for (const { name, code } of examples) {
  const plan = plans[name];
  if (plan === undefined || plan.on === "own engine") continue;
  test(`runs: ${name}`, ({ signal }) =>
    withStubEngine(plan.on === "stub" ? plan.routes : {}, async ({ endpoint }) => {
      const ended = await runModule(toModule(code), { endpoint, signal });
      assert.is(ended.code, 0, ended.stderr);
      assert.match(ended.stdout, plan.prints);
    }));
}

test.run();
