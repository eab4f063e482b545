import { bytesOf } from "./forge.ts";

/** A node of good form, and the buffers that it refers to. */
export interface WireSample {
  readonly node: unknown;
  readonly buffers: readonly Uint8Array[];
}

const range = (stop: number) => ({ k: "range", start: 0, stop, step: 1, name: null });
const two = bytesOf(new BigInt64Array([1n, -(2n ** 63n)]));
const codes = bytesOf(new Int8Array([1, -1]));
const texts = [bytesOf(new Uint32Array([0, 1, 2])), Buffer.from("ab")] as const;

const series = (col: unknown, ...buffers: readonly Uint8Array[]): WireSample => ({
  node: { t: "series", name: "s", index: range(2), col },
  buffers,
});

/** Nodes of every kind by name, each of two rows or elements where it has some. */
export const wireSamples: Readonly<Record<string, WireSample>> = {
  scalars: {
    node: [
      { t: "int", v: "-0xfffffffffffffffff" },
      { t: "float", v: "nan" },
      { t: "complex", v: [1, { t: "float", v: "inf" }] },
      { t: "decimal", v: "1.0" },
      { t: "datetime", v: "2024-01-01T00:00:00", tz: null, fold: 1 },
      { t: "timedelta", v: [1, 2, 3] },
      { t: "datetime64", v: "5", unit: "25s" },
      { t: "timestamp", v: "5", unit: "ns", tz: "UTC" },
      { t: "pdtimedelta", v: "5", unit: "ns" },
      { t: "period", v: "5", freq: "M" },
      { t: "interval", left: 1, right: 2, closed: "left" },
      { t: "nat" },
    ],
    buffers: [],
  },
  containers: {
    node: {
      t: "dict",
      k: [1, "a"],
      v: [
        { t: "tuple", v: [1] },
        { t: "set", v: ["x", { t: "bytes", b: 0 }] },
      ],
    },
    buffers: [Buffer.from("abc")],
  },
  array: { node: { t: "ndarray", d: "int64", s: [1, 2], o: "F", b: 0 }, buffers: [two] },
  "array of texts": { node: { t: "ndarray", d: "<U1", s: [2], o: 0, b: 1 }, buffers: texts },
  "array of objects": { node: { t: "ndarray", d: "object", s: [2], v: [1, "a"] }, buffers: [] },
  "array of bytes": { node: { t: "ndarray", d: "S8", s: [2], o: "C", b: 0 }, buffers: [two] },
  numbers: series({ k: "num", d: "complex64", b: 0 }, two),
  masked: series({ k: "masked", d: "Int64", n: "int64", b: 0, m: 1 }, two, codes),
  texts: series({ k: "str", d: "object", o: 0, b: 1, m: 2 }, ...texts, codes),
  objects: series({ k: "obj", v: [1, { t: "na" }] }),
  categories: series(
    { k: "cat", ordered: true, codes: { k: "num", d: "int8", b: 0 }, categories: range(3) },
    codes,
  ),
  datetimes: series({ k: "dt", unit: "ns", tz: "Europe/Berlin", b: 0 }, two),
  timedeltas: series({ k: "td", unit: "us", b: 0 }, two),
  periods: series({ k: "period", freq: "Q-DEC", b: 0 }, two),
  intervals: series(
    {
      k: "interval",
      closed: "both",
      left: { k: "dt", unit: "ns", tz: null, b: 0 },
      right: { k: "dt", unit: "ns", tz: null, b: 1 },
    },
    two,
    two,
  ),
  frame: {
    node: {
      t: "dataframe",
      rows: 2,
      columns: {
        k: "multi",
        names: [null, "level"],
        levels: [range(2), { k: "flat", col: { k: "obj", v: ["a", "b"] }, name: null, freq: null }],
        codes: [
          { k: "num", d: "int8", b: 0 },
          { k: "num", d: "int8", b: 1 },
        ],
      },
      index: { k: "flat", col: { k: "dt", unit: "s", tz: null, b: 2 }, name: "d", freq: "D" },
      data: [
        { k: "num", d: "int64", b: 3 },
        { k: "obj", v: [[], { t: "ndarray", d: "int64", s: [2], o: "C", b: 4 }] },
      ],
    },
    buffers: [codes, codes, two, two, two],
  },
};
