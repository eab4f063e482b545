import * as assert from "uvu/assert";
import { rehearsalCode, rehearse } from "../../../lib/validator/rehearse.ts";
import { validate } from "../../../lib/validator/validate.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the validator's rehearsal");

test("its code passes, so that all of the validator has its turn", () => {
  assert.equal(validate(rehearsalCode, { mode: "strict" }), []);
});

test("nothing comes of it, whatever the options", () => {
  for (const mode of ["strict", "basic", "off"] as const)
    assert.is(rehearse({ mode, imports: [] }), undefined);
});

test.run();
