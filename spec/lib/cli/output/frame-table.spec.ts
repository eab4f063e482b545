import * as assert from "uvu/assert";
import { frameTable } from "../../../../lib/cli/output/frame-table.ts";
import { createFrame } from "../../../../lib/values/frame.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("frames as tables");
const large = { maxRows: 10, maxWidth: 200 };

test("numbers stand right with as many decimals as they need, texts left", () => {
  const frame = createFrame({
    columns: { close: [1, 2.5, null], symbol: ["A", null, "LONG"], n: [1, 20, 300] },
  });
  assert.equal(frameTable(frame, large), [
    "   close  symbol    n",
    "0    1.0  A         1",
    "1    2.5  –        20",
    "2    NaN  LONG    300",
  ]);
});

test("of many rows the head and the tail are shown", () => {
  const frame = createFrame({ columns: { n: Array.from({ length: 100 }, (_, row) => row) } });
  assert.equal(frameTable(frame, { maxRows: 4, maxWidth: 80 }), [
    "     n",
    "0    0",
    "1    1",
    "…    …",
    "98  98",
    "99  99",
  ]);
});

test("of many columns the first and the last are shown, within the width", () => {
  const columns = Object.fromEntries(
    Array.from({ length: 40 }, (_, column) => [`column${column}`, [column]]),
  );
  const lines = frameTable(createFrame({ columns }), { maxRows: 4, maxWidth: 60 });
  assert.match(lines[0] ?? "", /column0 .*… {2}.*column39$/);
  for (const line of lines) assert.ok(line.length <= 60, `${line.length} letters`);
});

test("a frame of one wide column is shown all the same", () => {
  const lines = frameTable(createFrame({ columns: { text: ["x".repeat(100)] } }), {
    maxRows: 4,
    maxWidth: 20,
  });
  assert.is(lines.length, 2);
});

test("dates at midnight show the day alone", () => {
  const frame = createFrame({ columns: { n: [1] }, index: [new Date("2024-02-29T00:00:00Z")] });
  assert.equal(frameTable(frame, large), ["            n", "2024-02-29  1"]);
});

test("infinities and very large and small numbers are readable", () => {
  const frame = createFrame({
    columns: { x: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 1e-9, 0.5] },
  });
  const lines = frameTable(frame, large);
  for (const [row, text] of ["∞", "-∞", "1.0000e+300", "1.0000e-9", "0.500000"].entries()) {
    assert.ok(lines[row + 1]?.endsWith(` ${text}`), lines[row + 1]);
  }
});

test("control characters in cells and labels are shown, not obeyed", () => {
  const frame = createFrame({ columns: { "a\u001b[2J": ["b\u001b[2J\n"] } });
  assert.not.ok(frameTable(frame, large).join("\n").includes("\u001b"));
});

test("an empty frame has its header alone", () => {
  assert.equal(frameTable(createFrame({ columns: { a: [], b: [] } }), large), ["  a  b"]);
  assert.is(frameTable(createFrame({ columns: {} }), large).length, 1);
});

test.run();
