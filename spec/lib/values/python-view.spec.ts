import * as assert from "uvu/assert";
import { decodeValues } from "../../../lib/values/decode.ts";
import { toJson } from "../../../lib/values/json.ts";
import type { DataFrame, Index, Series, Value } from "../../../lib/values/types.ts";
import { findPythons } from "../../support/pythons.ts";
import { suite } from "../../support/suite.ts";
import { encodeInPython, findPandas } from "../../support/values/local-codec.ts";

const test = suite("values of Python as TypeScript sees them");

type View = readonly [python: string, value: unknown];

const plain: readonly View[] = [
  ["None", null],
  ["2**53 - 1", 2 ** 53 - 1],
  ["2**53", 2n ** 53n],
  ["-(2**200)", -(2n ** 200n)],
  ["3.0", 3],
  ["float('nan')", Number.NaN],
  ["-0.0", -0],
  ["5e-324", 5e-324],
  ["'\\ud800'", "\ud800"],
  ["bytearray(b'ab')", new Uint8Array([97, 98])],
  ["(1, 'a')", { type: "tuple", items: [1, "a"] }],
  [
    "{1: 'a', None: 'b'}",
    new Map<unknown, unknown>([
      [1, "a"],
      [null, "b"],
    ]),
  ],
  ["complex(1, -2)", { type: "complex", real: 1, imag: -2 }],
  ["decimal.Decimal('1.10')", { type: "decimal", text: "1.10" }],
  ["datetime.date(2024, 2, 29)", { type: "date", text: "2024-02-29" }],
  ["datetime.time(1, 2)", { type: "time", text: "01:02:00" }],
  ["datetime.timedelta(hours=-1)", { type: "timedelta", days: -1, seconds: 82_800, microseconds: 0 }],
  [
    "datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))",
    { type: "datetime", text: "2024-01-01T00:00:00+02:00", timeZone: "+02:00", fold: 0 },
  ],
];

const ofPandas: readonly View[] = [
  ["np.float64('inf')", Number.POSITIVE_INFINITY],
  ["np.uint64(2**64 - 1)", 2n ** 64n - 1n],
  ["np.datetime64('2024-01-01')", { type: "datetime64", ticks: 19_723n, unit: "D" }],
  ["np.datetime64('NaT', 's')", { type: "datetime64", ticks: -(2n ** 63n), unit: "s" }],
  [
    "pd.Timestamp('2024-07-01T00:00:00.000000001', tz='Europe/Berlin')",
    { type: "timestamp", ticks: 1_719_784_800_000_000_001n, unit: "ns", timeZone: "Europe/Berlin" },
  ],
  ["pd.Period('2024-05', freq='M')", { type: "period", ordinal: 652n, freq: "M" }],
  ["pd.Interval(0, 1)", { type: "interval", left: 0, right: 1, closed: "right" }],
  ["[pd.NaT, pd.NA]", [{ type: "nat" }, { type: "na" }]],
];

type ColumnView = readonly [python: string, kind: string, dtype: string, cells: readonly unknown[]];

const columns: readonly ColumnView[] = [
  ["pd.Series([1.5, None])", "number", "float64", [1.5, Number.NaN]],
  ["pd.Series([2**62, 1])", "number", "int64", [2n ** 62n, 1]],
  ["pd.Series([True, False])", "number", "bool", [true, false]],
  ["pd.Series([1, None], dtype='Int8')", "masked", "Int8", [1, null]],
  ["pd.Series([True, None], dtype='boolean')", "masked", "boolean", [true, null]],
  ["pd.Series(['a', None, np.nan], dtype=object)", "string", "object", ["a", null, null]],
  ["pd.Series(['\\udfff', pd.NA], dtype='string')", "string", "string", ["\udfff", null]],
  ["pd.Series([1, 'a', None], dtype=object)", "object", "object", [1, "a", null]],
  ["pd.Series(pd.Categorical(['b', None, 'a'], ['b', 'a']))", "categorical", "category", ["b", null, "a"]],
  [
    "pd.Series([pd.Timestamp.max, pd.Timestamp.min, pd.NaT])",
    "datetime",
    "datetime64[ns]",
    ["2262-04-11T23:47:16.854775807", "1677-09-21T00:12:43.145224193", null],
  ],
  [
    "pd.Series(pd.DatetimeIndex(['2024-07-01'], dtype='M8[ns]').tz_localize('America/New_York'))",
    "datetime",
    "datetime64[ns, America/New_York]",
    ["2024-07-01T04:00:00Z"],
  ],
  [
    "pd.Series(pd.to_timedelta(['-1 days +00:00:01', None]).astype('m8[ns]'))",
    "timedelta",
    "timedelta64[ns]",
    ["-P0DT23H59M59S", null],
  ],
  [
    "pd.Series(pd.PeriodIndex(['2024-05', 'NaT'], freq='M'))",
    "period",
    "period[M]",
    [{ type: "period", ordinal: 652n, freq: "M" }, null],
  ],
  [
    "pd.Series(pd.arrays.IntervalArray.from_tuples([(0.0, 1.5), np.nan]))",
    "interval",
    "interval[float64, right]",
    [{ type: "interval", left: 0, right: 1.5, closed: "right" }, null],
  ],
];

type IndexView = readonly [python: string, kind: string, labels: readonly unknown[]];

const indexes: readonly IndexView[] = [
  ["pd.RangeIndex(4, 0, -2)", "range", [4, 2]],
  ["pd.Index(['a', 'b'])", "flat", ["a", "b"]],
  ["pd.date_range('2024-01-30', periods=2)", "flat", ["2024-01-30T00:00:00", "2024-01-31T00:00:00"]],
  [
    "pd.MultiIndex.from_tuples([('a', 1), ('b', None)])",
    "multi",
    [
      ["a", 1],
      ["b", null],
    ],
  ],
];

function decodeAll(python: string, expressions: readonly string[]): readonly Value[] {
  const told = encodeInPython(python, new Map(expressions.map((text) => [text, text])));
  return expressions.map((text) => {
    const blob = told.get(text) ?? "nothing";
    if (typeof blob === "string") throw new Error(`${text}: ${blob}`);
    return decodeValues(blob).value ?? null;
  });
}

/** Values by the expressions that make them, so that a difference shows where it is. */
function check(python: string, views: readonly View[]): void {
  const found = decodeAll(
    python,
    views.map(([text]) => text),
  );
  for (const [place, [text, expected]] of views.entries()) {
    const value = found[place];
    assert.equal(value, expected, text);
    assert.ok(typeof value !== "number" || Object.is(value, expected), text);
  }
}

const anyPython = findPythons()[0]?.path ?? "python3";

test("plain values", () => check(anyPython, plain));

test("dicts have no prototype, so that no key means anything", () => {
  const [dict] = decodeAll(anyPython, ["{'__proto__': {'x': 1}, 'type': 'dataframe'}"]);
  assert.is(Object.getPrototypeOf(dict), null);
  assert.equal(Object.keys(dict as object), ["__proto__", "type"]);
});

const python = findPandas();
// Where no Python here has pandas, nothing can be seen of it; the live specs send it from a container.
if (python !== null) {
  test("scalars of numpy and pandas", () => check(python, ofPandas));

  test("columns by kind, dtype and cells", () => {
    const found = decodeAll(
      python,
      columns.map(([text]) => text),
    );
    for (const [place, [text, kind, dtype, cells]] of columns.entries()) {
      const { values } = found[place] as Series;
      assert.equal([values.kind, values.dtype, values.toArray()], [kind, dtype, cells], text);
    }
  });

  test("labels by kind", () => {
    const found = decodeAll(
      python,
      indexes.map(([text]) => text),
    );
    for (const [place, [text, kind, labels]] of indexes.entries()) {
      const index = found[place] as Index;
      assert.equal([index.kind, index.toArray()], [kind, labels], text);
    }
  });

  test("columns are found by any label, the first of those that repeat", () => {
    const [frame] = decodeAll(python, [
      "pd.DataFrame([[1, 2, 3, 4]], columns=pd.Index([5, 'x', 'x', ('a', 1)], tupleize_cols=False))",
    ]) as readonly DataFrame[];
    assert.equal(frame?.column(5).toArray(), [1]);
    assert.equal(frame?.column("x").toArray(), [2]);
    assert.equal(frame?.column({ type: "tuple", items: ["a", 1] }).toArray(), [4]);
    assert.throws(() => frame?.column(6), /no column 6; its columns: 5, x, x/);
    assert.equal(Object.keys(frame?.toRows()[0] ?? {}), ["5", "x", "x.1", '["a",1]']);
  });

  test("columns of several levels are found by an array of labels", () => {
    const [frame] = decodeAll(python, [
      "pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([('a', 'x'), ('a', 'y')]))",
    ]) as readonly DataFrame[];
    assert.equal(frame?.column(["a", "y"]).toArray(), [2]);
    assert.equal(toJson(frame as Value), {
      type: "dataframe",
      shape: [1, 2],
      columns: [
        ["a", "x"],
        ["a", "y"],
      ],
      dtypes: { '["a","x"]': "int64", '["a","y"]': "int64" },
      index: [0],
      data: { '["a","x"]': [1], '["a","y"]': [2] },
    });
  });
}

test.run();
