import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { parseCsv } from "../../../lib/inputs/parse-csv.ts";
import { suite } from "../../support/suite.ts";

const test = suite("CSV as a frame");

function parse(text: string): ReturnType<typeof parseCsv> {
  return parseCsv(Buffer.from(text), "prices");
}

const columns: readonly (readonly [string, readonly string[], string, readonly unknown[]])[] = [
  ["whole numbers", ["1", "-2", "+3", " 4 "], "int64", [1, -2, 3, 4]],
  ["whole numbers with a gap", ["1", "NA", "3"], "float64", [1, Number.NaN, 3]],
  ["64 bits", ["9223372036854775807"], "int64", [9223372036854775807n]],
  ["unsigned 64 bits", ["18446744073709551615", "0"], "uint64", [18446744073709551615n, 0]],
  ["more than 64 bits", ["18446744073709551616"], "object", ["18446744073709551616"]],
  ["decimals", ["1.5", ".5", "2.", "1e3", "-1E-2"], "float64", [1.5, 0.5, 2, 1000, -0.01]],
  [
    "infinities",
    ["inf", "-inf", "Infinity", "1"],
    "float64",
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1],
  ],
  ["nothing", ["NA", "NaN", "null"], "float64", [Number.NaN, Number.NaN, Number.NaN]],
  ["booleans", ["True", "false", "TRUE"], "bool", [true, false, true]],
  ["booleans with a gap", ["True", "NA"], "object", [true, Number.NaN]],
  ["texts", ["a", "1", "ä,b"], "object", ["a", "1", "ä,b"]],
  ["texts with a gap", ["a", "N/A"], "object", ["a", null]],
  ["numbers with separators of thousands", ["1,000"], "object", ["1,000"]],
  ["hexadecimal numbers", ["0x10"], "object", ["0x10"]],
  ["dates", ["2024-01-31"], "object", ["2024-01-31"]],
];

for (const [name, cells, dtype, values] of columns) {
  test(`a column of ${name} is ${dtype}`, () => {
    const column = parse(`n,x\n${cells.map((cell, row) => `${row},"${cell}"`).join("\n")}\n`).column("x");
    assert.is(column.dtype, dtype);
    assert.equal(column.toArray(), values);
  });
}

test("the header names the columns, in order; rows count from 0", () => {
  const frame = parse("b,a\n1,2\n3,4\n");
  assert.equal(frame.columns.toArray(), ["b", "a"]);
  assert.equal(frame.index.toArray(), [0, 1]);
  assert.equal(frame.shape, [2, 2]);
});

test("names that come again, or not at all, get others", () => {
  assert.equal(parse("a,a,,a\n1,2,3,4\n").columns.toArray(), ["a", "a.1", "Unnamed: 2", "a.2"]);
});

const forms: readonly (readonly [string, string])[] = [
  ["a byte order mark", "\ufeffa,b\n1,2\n"],
  ["CRLF", "a,b\r\n1,2\r\n"],
  ["no last line end", "a,b\n1,2"],
  ["blank lines", "\na,b\n\n1,2\n\n"],
  ["quotes", '"a","b"\n"1","2"\n'],
];

for (const [name, text] of forms) {
  test(`${name} make no difference`, () => {
    const frame = parse(text);
    assert.equal(
      [frame.columns.toArray(), frame.column("a").toArray(), frame.column("b").toArray()],
      [["a", "b"], [1], [2]],
    );
  });
}

test("quoted cells hold commas, quotes and line ends", () => {
  assert.equal(parse('a\n"x, ""y""\nz"\n').column("a").toArray(), ['x, "y"\nz']);
});

test("short rows are filled with missing values", () => {
  assert.equal(parse("a,b\n1\n2,3\n").column("b").toArray(), [Number.NaN, 3]);
});

test("a header alone is a frame without rows", () => assert.equal(parse("a,b\n").shape, [0, 2]));

const refused: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["nothing", Buffer.from(""), /the file is empty$/],
  ["blank lines", Buffer.from("\n\n"), /there is no header line$/],
  ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]), /the file is binary, not text$/],
  ["Latin 1", Buffer.from("a\n\xe9\n", "latin1"), /not UTF-8; convert it/],
  ["a row that is too long", Buffer.from("a,b\n1,2\n1,2,3\n"), /row 2 has 3 cells, and the header has 2/],
  ["prose", Buffer.from("Dear all\nplease find, attached, the prices\n"), /row 1 has 3 cells/],
  ["a quote that is not closed", Buffer.from('a\n"x\n'), /a quote is opened and never closed/],
  ["JSON", Buffer.from('{\n  "a": 1,\n  "b": 2\n}\n'), /the file is not CSV/],
  ["semicolons", Buffer.from("a;b\n1;2\n"), /separated by ";"; write it with commas/],
  ["tabs", Buffer.from("a\tb\n1\t2\n"), /separated by tabs/],
];

for (const [name, bytes, words] of refused) {
  test(`${name} is refused in one line that names the input`, () => {
    assert.throws(
      () => parseCsv(bytes, "prices"),
      (error: unknown) => {
        assert.instance(error, ConfigError);
        const { message } = error as Error;
        assert.match(message, /^input "prices": /);
        assert.match(message, words);
        assert.not.match(message, /\n|attached|\b3\.5\b/);
        return true;
      },
    );
  });
}

test.run();
