import { elementCount, readElement } from "./dtypes.ts";
import { durationFromTicks, isoFromTicks, notATime } from "./time-text.ts";
import type { Column, ColumnData, Value } from "./types.ts";

/** A column with access by row over its raw data. */
export function createColumn(data: ColumnData): Column {
  const length = columnLength(data);
  const at = (row: number): Value => {
    if (!Number.isInteger(row) || row < 0 || row >= length)
      throw new RangeError(`row ${row} of a column with ${length}`);
    return readCell(data, row);
  };
  const toArray = (): Value[] => Array.from({ length }, (_, row) => readCell(data, row));
  return { ...data, length, at, toArray };
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function columnLength(data: ColumnData): number {
  switch (data.kind) {
    case "number":
      return elementCount(data.dtype, data.elements);
    case "string":
      return Math.max(0, data.offsets.length - 1);
    case "object":
      return data.items.length;
    case "categorical":
      return data.codes.length;
    case "interval":
      return data.left.length;
    case "masked":
    case "datetime":
    case "timedelta":
    case "period":
      return data.elements.length;
    default:
      return data satisfies never;
  }
}

function readCell(data: ColumnData, row: number): Value {
  switch (data.kind) {
    case "number":
      return readElement(data.dtype, data.elements, row);
    case "masked":
      return data.mask[row] === 0 ? readElement(data.elementDtype, data.elements, row) : null;
    case "string":
      return (data.mask?.[row] ?? 0) === 0
        ? utf8.decode(data.bytes.subarray(data.offsets[row], data.offsets[row + 1]))
        : null;
    case "object":
      return data.items[row] ?? null;
    case "categorical":
      return readCategory(data, row);
    case "datetime":
      return isoFromTicks(data.elements[row] ?? notATime, data.unit, data.timeZone);
    case "timedelta":
      return durationFromTicks(data.elements[row] ?? notATime, data.unit);
    case "period":
      return readPeriod(data, row);
    case "interval":
      return readInterval(data, row);
    default:
      return data satisfies never;
  }
}

function readCategory({ codes, categories }: ColumnData & { kind: "categorical" }, row: number): Value {
  const code = Number(codes.at(row));
  return code < 0 ? null : categories.at(code);
}

function readPeriod({ elements, freq }: ColumnData & { kind: "period" }, row: number): Value {
  const ordinal = elements[row] ?? notATime;
  return ordinal === notATime ? null : { type: "period", ordinal, freq };
}

function readInterval({ left, right, closed }: ColumnData & { kind: "interval" }, row: number): Value {
  const [start, end] = [left.at(row), right.at(row)];
  const isMissing = start === null || Number.isNaN(start);
  return isMissing ? null : { type: "interval", left: start, right: end, closed };
}
