import { existsSync, readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { currentOwner, formatOwner, type Owner, parseOwner } from "../../../lib/ownership.ts";
import { hereOwner } from "../../support/left-behind.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the scope of an owner");

test("an owner with a scope survives the way through a label", () => {
  for (const machine of ["0123456789abcdef", null]) {
    const owner: Owner = {
      ...hereOwner,
      scope: { bootId: "1".repeat(36), namespaces: "4026531836.0", machine },
    };
    assert.equal(parseOwner(formatOwner(owner)), owner);
  }
});

test("this process's owner survives it too, and knows its scope on Linux", () => {
  const owner = currentOwner();
  assert.equal(parseOwner(formatOwner(owner)), owner);
  if (process.platform === "linux") assert.ok(owner.scope !== undefined);
});

test("the machine's id itself is in no label, and a machine without one is no fault", () => {
  const owner = currentOwner();
  // Containers and minimal systems have none.
  const machineId = existsSync("/etc/machine-id") ? readFileSync("/etc/machine-id", "utf8").trim() : "";
  if (machineId === "") assert.ok(!owner.scope?.machine);
  else assert.not(formatOwner(owner).includes(machineId.slice(0, 16)));
});

test("a host name may hold what separates", () => {
  const owner = { ...hereOwner, host: "a/1/2/b" };
  assert.equal(parseOwner(formatOwner(owner)), owner);
});

for (const text of [
  "here/1/2/boot/1.2/-",
  `here/1/2/${"1".repeat(36)}/1/-`,
  `here/1/2/${"1".repeat(36)}/1.2`,
  `here/1/2/${"1".repeat(36)}/1.2/xyz`,
  `here/1/2/${"1".repeat(36)}/1.2/-\n`,
  `here/99999999999/2`,
  "/1/2",
]) {
  test(`${JSON.stringify(text)} is no owner`, () => assert.is(parseOwner(text), null));
}

test.run();
