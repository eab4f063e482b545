/**
 * A value that can cross between TypeScript and Python.
 *
 * | Python | TypeScript |
 * |---|---|
 * | None, bool, str | null, boolean, string |
 * | int | number up to 2^53 - 1, bigint beyond |
 * | float, numpy scalars | number (an integral float that is sent back becomes an int) |
 * | bytes, bytearray | Uint8Array |
 * | list | array |
 * | dict with str keys | object without a prototype; any other dict: Map |
 * | everything else | an object with its kind in `type` |
 *
 * What changes on the way: an object's keys that are whole numbers come first, in ascending order, as in every JavaScript object (send a
 * Map where their order counts); subclasses come back as what they derive from; sparse columns are dense, those of pyarrow objects; a time zone comes back as what
 * Python makes of its name, whichever library it was from; long doubles are doubles; `attrs` stay behind.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | { readonly [key: string]: Value }
  | TaggedValue;

/** Values that JavaScript has no type of its own for. */
export type TaggedValue = PyScalar | PyCollection | NdArray | Index | Series | DataFrame;

/** Python scalars. `ticks` count `unit`s since 1970, or the length in `unit`s; a `timeZone` is IANA's name or an offset such as `+05:30`. */
export type PyScalar =
  | { readonly type: "complex"; readonly real: number; readonly imag: number }
  | { readonly type: "decimal" | "date" | "time"; readonly text: string }
  | {
      readonly type: "datetime";
      readonly text: string;
      readonly timeZone: string | null;
      readonly fold: 0 | 1;
    }
  | {
      readonly type: "timedelta";
      readonly days: number;
      readonly seconds: number;
      readonly microseconds: number;
    }
  | {
      readonly type: "datetime64" | "timedelta64" | "pandas-timedelta";
      readonly ticks: bigint;
      readonly unit: string;
    }
  | {
      readonly type: "timestamp";
      readonly ticks: bigint;
      readonly unit: string;
      readonly timeZone: string | null;
    }
  | { readonly type: "period"; readonly ordinal: bigint; readonly freq: string }
  | { readonly type: "interval"; readonly left: Value; readonly right: Value; readonly closed: string }
  | { readonly type: "nat" | "na" };

/** Python collections that are no list and no dict. */
export interface PyCollection {
  readonly type: "tuple" | "set" | "frozenset";
  readonly items: readonly Value[];
}

/** The raw elements of an array: a view of the received bytes. Booleans are bytes, float16 is bits, complex numbers are pairs. */
export type Elements =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** A numpy array. */
export interface NdArray {
  readonly type: "ndarray";
  /** numpy's name, for example `float64`, `bool`, `datetime64[ns]`, `S5`, `<U3`, `object`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** `F` where the first axis varies fastest in `elements`. */
  readonly order: "C" | "F";
  /** Raw elements; for texts and objects the values themselves. */
  readonly elements: Elements | readonly Value[];
  /** The elements in C order as plain values. */
  toArray(): Value[];
}

/** What a column or an index holds, by kind. */
export type ColumnData =
  | { readonly kind: "number"; readonly dtype: string; readonly elements: Elements }
  | {
      readonly kind: "masked";
      readonly dtype: string;
      readonly elementDtype: string;
      readonly elements: Elements;
      readonly mask: Uint8Array;
    }
  | {
      readonly kind: "string";
      readonly dtype: string;
      readonly offsets: Uint32Array;
      readonly bytes: Uint8Array;
      readonly mask: Uint8Array | null;
    }
  | { readonly kind: "object"; readonly dtype: "object"; readonly items: readonly Value[] }
  | {
      readonly kind: "categorical";
      readonly dtype: "category";
      readonly isOrdered: boolean;
      readonly codes: Column;
      readonly categories: Index;
    }
  | {
      readonly kind: "datetime";
      readonly dtype: string;
      readonly unit: string;
      readonly timeZone: string | null;
      readonly elements: BigInt64Array;
    }
  | {
      readonly kind: "timedelta";
      readonly dtype: string;
      readonly unit: string;
      readonly elements: BigInt64Array;
    }
  | {
      readonly kind: "period";
      readonly dtype: string;
      readonly freq: string;
      readonly elements: BigInt64Array;
    }
  | {
      readonly kind: "interval";
      readonly dtype: string;
      readonly closed: string;
      readonly left: Column;
      readonly right: Column;
    };

/**
 * One column of a frame. `at` and `toArray` give plain values: missing ones are null, except NaN in plain float columns;
 * datetimes are ISO 8601 strings with all their digits.
 */
export type Column = ColumnData & {
  readonly length: number;
  at(row: number): Value;
  toArray(): Value[];
};

/** Labels of rows or columns. */
export type Index = (
  | {
      readonly type: "index";
      readonly kind: "range";
      readonly start: number;
      readonly stop: number;
      readonly step: number;
      readonly name: Value;
    }
  | {
      readonly type: "index";
      readonly kind: "flat";
      readonly column: Column;
      readonly name: Value;
      readonly freq: string | null;
    }
  | {
      readonly type: "index";
      readonly kind: "multi";
      readonly names: readonly Value[];
      readonly levels: readonly Index[];
      readonly codes: readonly Column[];
    }
) & {
  readonly length: number;
  /** A label; of a MultiIndex an array with one label a level. */
  at(position: number): Value;
  toArray(): Value[];
};

/** A pandas Series. */
export interface Series {
  readonly type: "series";
  readonly name: Value;
  readonly length: number;
  readonly index: Index;
  readonly values: Column;
  toJSON(): SeriesJson;
}

/**
 * A pandas DataFrame. Its columns look into the received bytes; nothing is copied before it is asked for.
 *
 * @example
 * const close = frame.column("close");
 * if (close.kind === "number") console.log(close.elements); // Float64Array
 */
export interface DataFrame {
  readonly type: "dataframe";
  /** Rows, columns. */
  readonly shape: readonly [number, number];
  readonly columns: Index;
  readonly index: Index;
  readonly data: readonly Column[];
  /** The first column with this label. @throws RangeError where there is none, with the labels that are. */
  column(label: Value): Column;
  /** One object a row, without the index; keys as in {@link FrameJson}. */
  toRows(): Record<string, JsonValue>[];
  toJSON(): FrameJson;
}

/** What JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * A frame in JSON. NaN and missing values are null, infinities the strings "Infinity" and "-Infinity", integers beyond 2^53 and
 * exact decimals strings, datetimes ISO 8601 strings. A label that comes twice gets `.1`, `.2` ... behind it as a key.
 */
export interface FrameJson {
  readonly type: "dataframe";
  readonly shape: readonly [number, number];
  readonly columns: readonly JsonValue[];
  readonly dtypes: Readonly<Record<string, string>>;
  readonly index: readonly JsonValue[];
  readonly data: Readonly<Record<string, readonly JsonValue[]>>;
}

/** A series in JSON; values as in {@link FrameJson}. */
export interface SeriesJson {
  readonly type: "series";
  readonly name: JsonValue;
  readonly dtype: string;
  readonly index: readonly JsonValue[];
  readonly data: readonly JsonValue[];
}
