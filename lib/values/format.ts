/**
 * The wire format of values, the one reference for both sides.
 *
 * A blob is: the length of the header as an unsigned 32-bit little-endian number; the header, JSON in ASCII, padded with spaces so
 * that what follows starts at a multiple of 8; the buffers in the order of `buffers`, each padded with zeros to a multiple of 8, and
 * nothing behind them. All numbers in buffers are little-endian, texts UTF-8 in which a lone surrogate takes three bytes like any
 * other letter of its range. Each buffer belongs to one node.
 *
 * A node is null, a boolean, a number (integral ones are Python ints, others floats), a string, an array (a list) or an object with
 * the kind in `t`.
 */
export interface WireHeader {
  readonly v: number;
  readonly values: Readonly<Record<string, WireNode>>;
  /** Bytes of each buffer, without its padding. */
  readonly buffers: readonly number[];
}

/** The format's number; a blob with another is refused. */
export const formatVersion = 1;

/** The header's end and every buffer start at a multiple of this. */
export const alignmentBytes = 8;

/** Containers may be nested this deep. */
export const maxDepth = 64;

/** Nodes may be nested this deep: what a frame at the deepest level consists of lies some levels below it. */
export const maxNodeDepth: number = maxDepth + 16;

/** The longest integer, bits. */
export const maxIntegerBits: number = 2 ** 20;

/** Labels of ranges cost nothing, so a blob may name this many, or as many as it has bytes. */
export const freeLabels: number = 2 ** 20;

/** Any value. `b`, `o` of texts and `m` are numbers of buffers. */
export type WireNode = null | boolean | number | string | readonly WireNode[] | WireObject;

/** The tagged nodes. Ticks and big integers are decimal or hexadecimal text, since JSON numbers lose digits. */
export type WireObject =
  | { readonly t: "int" | "float" | "date" | "time" | "decimal"; readonly v: string }
  | { readonly t: "complex"; readonly v: readonly WireNode[] }
  | { readonly t: "bytes"; readonly b: number }
  | { readonly t: "tuple" | "set" | "frozenset"; readonly v: readonly WireNode[] }
  | { readonly t: "dict"; readonly k: readonly WireNode[]; readonly v: readonly WireNode[] }
  | { readonly t: "datetime"; readonly v: string; readonly tz: string | null; readonly fold: number }
  | { readonly t: "timedelta"; readonly v: readonly number[] }
  | { readonly t: "datetime64" | "timedelta64" | "pdtimedelta"; readonly v: string; readonly unit: string }
  | { readonly t: "timestamp"; readonly v: string; readonly unit: string; readonly tz: string | null }
  | { readonly t: "period"; readonly v: string; readonly freq: string }
  | { readonly t: "interval"; readonly left: WireNode; readonly right: WireNode; readonly closed: string }
  | { readonly t: "nat" | "na" }
  | WireArray
  | { readonly t: "index"; readonly index: WireIndex }
  | { readonly t: "series"; readonly name: WireNode; readonly index: WireIndex; readonly col: WireColumn }
  | {
      readonly t: "dataframe";
      readonly rows: number;
      readonly columns: WireIndex;
      readonly index: WireIndex;
      readonly data: readonly WireColumn[];
    };

/** `d` is numpy's name of the dtype, `s` the shape, `o` the order of the elements (C or F), or for texts (`<U5`) their offsets. */
export interface WireArray {
  readonly t: "ndarray";
  readonly d: string;
  readonly s: readonly number[];
  readonly o?: "C" | "F" | number;
  readonly b?: number;
  readonly v?: readonly WireNode[];
}

/** An index of a frame or series. */
export type WireIndex =
  | {
      readonly k: "range";
      readonly start: number;
      readonly stop: number;
      readonly step: number;
      readonly name: WireNode;
    }
  | { readonly k: "flat"; readonly col: WireColumn; readonly name: WireNode; readonly freq: string | null }
  | {
      readonly k: "multi";
      readonly names: readonly WireNode[];
      readonly levels: readonly WireIndex[];
      readonly codes: readonly WireColumn[];
    };

/** One column. Masks hold a byte a row: in `masked` 1 for missing, in `str` 1 None, 2 NaN, 3 NA, 4 NaT. */
export type WireColumn =
  | { readonly k: "num"; readonly d: string; readonly b: number }
  | { readonly k: "masked"; readonly d: string; readonly n: string; readonly b: number; readonly m: number }
  | {
      readonly k: "str";
      readonly d: string;
      readonly o: number;
      readonly b: number;
      readonly m?: number | null;
    }
  | { readonly k: "obj"; readonly v: readonly WireNode[] }
  | {
      readonly k: "cat";
      readonly ordered: boolean;
      readonly codes: WireColumn;
      readonly categories: WireIndex;
    }
  | { readonly k: "dt"; readonly unit: string; readonly tz: string | null; readonly b: number }
  | { readonly k: "td"; readonly unit: string; readonly b: number }
  | { readonly k: "period"; readonly freq: string; readonly b: number }
  | {
      readonly k: "interval";
      readonly closed: string;
      readonly left: WireColumn;
      readonly right: WireColumn;
    };
