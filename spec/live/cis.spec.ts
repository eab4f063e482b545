import * as assert from "uvu/assert";
import { createClient, inspectContainer } from "../../engine-api/mod.ts";
import { containerName } from "../../lib/ownership.ts";
import { cisChecks, type Inspected, type Spoilable } from "../support/cis-checks.ts";
import { createJail } from "../support/matrix.ts";
import { suite } from "../support/suite.ts";

const test = suite("CIS Docker Benchmark, section 5, on a running sandbox");
let container: Inspected | null = null;

test.before(async () => {
  await using client = createClient();
  await using jail = createJail();
  const run = jail.start("print('here', flush=True)\nimport time\ntime.sleep(60)");
  for await (const _ of run.output) break;
  container = await inspectContainer(client, containerName(run.runId));
  run.cancel();
  await run.cleaned;
});

function inspected(): Inspected {
  if (container === null) throw new Error("the sandbox was not inspected");
  return container;
}

test("the sandbox was running when it was looked at", () => assert.is(inspected().State?.Running, true));

for (const { id, title, isMet, spoil } of cisChecks) {
  test(`${id} ${title}, and a container where it is not so would be found`, () => {
    assert.ok(isMet(inspected()));
    const spoilt = structuredClone(inspected()) as unknown as Spoilable;
    spoilt.Mounts ??= [];
    spoil(spoilt);
    assert.not.ok(isMet(spoilt as unknown as Inspected));
  });
}

test.run();
