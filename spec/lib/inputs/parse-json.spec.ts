import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
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

test("dtypes, order and labels of a frame's JSON are kept", () => {
  const columns = ["10", "9", "__proto__", "9"];
  const text = `{"type":"dataframe","shape":[2,4],"columns":${JSON.stringify(columns)},"index":[0,1],
    "dtypes":{"10":"float64","9":"int8","__proto__":"datetime64[ns, Europe/Berlin]","9.1":"uint64"},
    "data":{"9":[1,2],"9.1":["18446744073709551615",0],"10":[1,null],"__proto__":["2024-07-01T00:00:00Z",null]}}`;
  const frame = parse(text) as DataFrame;
  assert.equal(frame.columns.toArray(), columns);
  assert.equal(
    frame.data.map(({ dtype }) => dtype),
    ["float64", "int8", "datetime64[ns, Europe/Berlin]", "uint64"],
  );
  assert.equal(frame.data[0]?.toArray(), [1, Number.NaN]);
  assert.equal(frame.data[2]?.toArray(), ["2024-07-01T00:00:00Z", null]);
  assert.equal(frame.data[3]?.toArray(), [2n ** 64n - 1n, 0]);
  assert.equal(JSON.parse(JSON.stringify(frame)), JSON.parse(text));
});

const unfit: readonly (readonly [string, readonly unknown[], string])[] = [
  ["int8", [300], "int64"],
  ["int64", [1.5], "float64"],
  ["uint8", [-1], "int64"],
  ["float64", ["x"], "object"],
  ["datetime64[ns]", ["2024-07-01T00:00:00Z"], "object"],
  ["datetime64[ns, UTC]", ["soon"], "object"],
  ["category", ["a"], "object"],
  ["constructor", [1], "int64"],
];

for (const [dtype, cells, found] of unfit) {
  test(`cells that ${dtype} does not hold get a dtype of their own`, () => {
    const data = { a: cells };
    const frame = parse(JSON.stringify({ type: "dataframe", dtypes: { a: dtype }, data })) as DataFrame;
    assert.is(frame.column("a").dtype, found);
  });
}

test("a frame deep inside is a frame", () => {
  const [{ f }] = parse('[{"f": {"type": "dataframe", "data": {}}}]') as unknown as [{ f: DataFrame }];
  assert.equal(f.shape, [0, 0]);
});

test("a byte order mark makes no difference", () => assert.is(parse("\ufeff5"), 5));

const refused: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /empty/],
  ["no JSON", "{a: 1}", /^input "options": the file is not JSON \(line 1\); check it/],
  ["a comma too many", '{\n"a": 1,\n}', /not JSON \(line 3\)/],
  ["half a file", '{\n"a": "secret', /not JSON/],
  ["two values", "1 2", /not JSON/],
  ["columns that are not there", '{"type": "dataframe", "columns": ["b"], "data": {"a": [1]}}', /same names/],
  ["columns that are too few", '{"type": "dataframe", "columns": [], "data": {"a": [1]}}', /same names/],
  [
    "columns of no list",
    '{"type": "dataframe", "columns": {}, "data": {}}',
    /"columns".* an array of labels/,
  ],
  ["an index of no list", '{"type": "dataframe", "index": 5, "data": {}}', /"index".* an array of labels/],
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
  test(`${name} is refused in one line that shows no content`, () => {
    assert.throws(
      () => parse(text),
      (error: unknown) =>
        error instanceof ConfigError && words.test(error.message) && !/\n|secret/.test(error.message),
    );
  });
}

test.run();
