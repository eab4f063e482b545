import * as assert from "uvu/assert";
import { alignTable, displayWidth } from "../../../../lib/cli/output/text-table.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("text tables");

test("columns are as wide as their widest cell", () => {
  const lines = alignTable(
    [
      ["name", "1"],
      ["n", "100"],
    ],
    ["left", "right"],
  );
  assert.equal(lines, ["name    1", "n     100"]);
});

test("no line ends with spaces", () => {
  assert.equal(
    alignTable(
      [
        ["a", "long"],
        ["b", ""],
      ],
      ["left", "left"],
    ),
    ["a  long", "b"],
  );
});

test("wide letters count twice, marks not at all", () => {
  assert.is(displayWidth("abc"), 3);
  assert.is(displayWidth("漢字"), 4);
  assert.is(displayWidth("e\u0301"), 1);
  assert.is(displayWidth("🎉"), 2);
});

test("rows with too few cells are filled up", () => {
  assert.equal(alignTable([["a", "b"], ["c"]], ["left", "left"]), ["a  b", "c"]);
});

test.run();
