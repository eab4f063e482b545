import * as assert from "uvu/assert";
import { parseJsonInput } from "../../../lib/inputs/parse-json.ts";
import { createFrame } from "../../../lib/values/frame.ts";
import type { DataFrame } from "../../../lib/values/types.ts";
import { suite } from "../../support/suite.ts";

const test = suite("JSON as a value");

function parse(text: string): ReturnType<typeof parseJsonInput> {
  return parseJsonInput(Buffer.from(text), "options");
}

test("plain values are what they are", () => {
  assert.equal(parse('[1, 2.5, "a", null, true]'), [1, 2.5, "a", null, true]);
  assert.equal({ ...(parse('{"a": 1}') as object) }, { a: 1 });
});

test("an object is a dict whatever keys it has", () => {
  const value = parse('{"type": "series", "__proto__": {"x": 1}}') as object;
  assert.is(Object.getPrototypeOf(value), null);
  assert.equal(Object.keys(value), ["type", "__proto__"]);
});

test("a frame that was written as JSON is a frame again", () => {
  const frame = createFrame({ columns: { n: [1, 2], s: ["a", null], x: [0.5, null] }, index: ["r", "s"] });
  const back = parse(JSON.stringify(frame)) as DataFrame;
  assert.equal(back.toJSON(), frame.toJSON());
});

test("an index of row numbers stays one", () => {
  const back = parse(JSON.stringify(createFrame({ columns: { n: [1, 2] } }))) as DataFrame;
  assert.is(back.index.kind, "range");
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /empty/],
  ["no JSON", "{a: 1}", /not JSON; check it/],
  ["two values", "1 2", /not JSON/],
  ["nesting without end", `${"[".repeat(100)}${"]".repeat(100)}`, /nested deeper than 60 levels/],
  ["a frame without data", '{"type": "dataframe"}', /"data"/],
  ["a frame of nested cells", '{"type": "dataframe", "data": {"a": [[1]]}}', /plain values/],
  ["a frame of uneven columns", '{"type": "dataframe", "data": {"a": [1], "b": []}}', /of one length/],
  [
    "a frame with too long an index",
    '{"type": "dataframe", "data": {"a": [1]}, "index": [1, 2]}',
    /of one length/,
  ],
];

for (const [name, text, words] of refused) {
  test(`${name} is refused`, () => assert.throws(() => parse(text), words));
}

test.run();
