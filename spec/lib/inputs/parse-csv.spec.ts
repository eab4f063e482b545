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
  ["a hundred thousand digits", ["1".repeat(100_000)], "object", ["1".repeat(100_000)]],
  [
    "a hundred thousand digits and a letter",
    [`${"1".repeat(100_000)}x`],
    "object",
    [`${"1".repeat(100_000)}x`],
  ],
  ["decimals", ["1.5", ".5", "2.", "1e3", "-1E-2"], "float64", [1.5, 0.5, 2, 1000, -0.01]],
  [
    "infinities",
    ["inf", "-inf", "Infinity", "1"],
    "float64",
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1],
  ],
  ["nothing", ["NA", "NaN", "null"], "float64", [Number.NaN, Number.NaN, Number.NaN]],
  ["booleans", ["True", "false", "TRUE"], "bool", [true, false, true]],
  ["booleans with a gap", ["True", "NA"], "object", [true, null]],
  ["texts", ["a", "1", "ä,b"], "object", ["a", "1", "ä,b"]],
  ["texts with a gap", ["a", "N/A"], "object", ["a", null]],
  ["numbers with separators of thousands", ["1,000"], "object", ["1,000"]],
  ["hexadecimal numbers", ["0x10"], "object", ["0x10"]],
  [
    "dates",
    ["2024-02-29", "", "1678-01-01"],
    "datetime64[ns]",
    ["2024-02-29T00:00:00", null, "1678-01-01T00:00:00"],
  ],
  [
    "dates with times",
    ["2024-01-31 23:59", "2024-01-31T01:02:03.000000004", "2261-12-31"],
    "datetime64[ns]",
    ["2024-01-31T23:59:00", "2024-01-31T01:02:03.000000004", "2261-12-31T00:00:00"],
  ],
  [
    "dates with offsets",
    ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00+05:30", "2024-01-01T00:00:00-0100"],
    "datetime64[ns, UTC]",
    ["2024-01-01T00:00:00Z", "2023-12-31T18:30:00Z", "2024-01-01T01:00:00Z"],
  ],
  [
    "dates with and without offsets",
    ["2024-01-01T00:00Z", "2024-01-01T00:00"],
    "object",
    ["2024-01-01T00:00Z", "2024-01-01T00:00"],
  ],
  ...[
    "2023-02-29",
    "2024-13-01",
    "2024-01-01T24:00",
    "2024-01-01T00:60",
    "2024-1-1",
    "0001-01-01",
    "2262-01-01",
    "2024-01-01x",
  ].map((date) => [`dates and ${date}`, ["2024-01-31", date], "object", ["2024-01-31", date]] as const),
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

test("columns without a name get one", () => {
  assert.equal(parse(",a,\n1,2,3\n").columns.toArray(), ["Unnamed: 0", "a", "Unnamed: 2"]);
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

test("a header alone is a frame without rows", () => {
  const frame = parse("a,b\n");
  assert.equal([frame.shape, frame.column("a").dtype], [[0, 2], "object"]);
});

const refused: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["nothing", Buffer.from(""), /the file is empty$/],
  ["blank lines", Buffer.from("\n\n"), /there is no header line; write/],
  ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 10, 0]), /the file is binary, not text \(line 2\)$/],
  ["UTF-16", Buffer.from("\ufeffa\n1\n", "utf16le"), /UTF-16, not UTF-8; convert it/],
  ["Latin 1", Buffer.from("a\n\xe9\n", "latin1"), /line 2 is not UTF-8; convert the file/],
  ["half a letter at the end", Buffer.from([97, 10, 0xe6]), /line 2 is not UTF-8/],
  [
    "a row that is too long",
    Buffer.from("a,b\n1,2\n1,2,3\n"),
    /more cells than the header, or fewer.* \(line 3\)/,
  ],
  ["a row that is too short", Buffer.from("a,b\n\n1\n"), /more cells than the header, or fewer.* \(line 3\)/],
  [
    "names that come again",
    Buffer.from("a,b,a\n1,2,3\n"),
    /columns 1 and 3 have the same name \(line 1\); rename/,
  ],
  [
    "prose",
    Buffer.from("Dear all\nplease find, attached, the prices\n"),
    /more cells than the header.* \(line 2\)/,
  ],
  ["a quote that is not closed", Buffer.from('a\n"x\n'), /a quote is opened and never closed.* \(line \d\)/],
  ["a quote that is closed too early", Buffer.from('a\n1\n"x"y\n'), /follows a closing quote.* \(line 3\)/],
  ["JSON", Buffer.from('{\n  "a": 1,\n  "b": 2\n}\n'), /the file is not CSV.* \(line 2\)/],
  ["semicolons", Buffer.from("a;b\n1;2\n"), /separated by ";" \(line 1\); write it with commas/],
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
