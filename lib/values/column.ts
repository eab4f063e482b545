import { elementCount, elementReader } from "./dtypes.ts";
import { decodeUtf8 } from "./text-codec.ts";
import { durationFromTicks, isoFromTicks, notATime } from "./time-text.ts";
import type { Column, ColumnData, Value } from "./types.ts";

/** A column with access by row over its raw data. */
export function createColumn(data: ColumnData): Column {
  const length = columnLength(data);
  const read = cellReader(data);
  const at = (row: number): Value => {
    if (!Number.isInteger(row) || row < 0 || row >= length)
      throw new RangeError(`row ${row} of a column with ${length}`);
    return read(row);
  };
  const toArray = (): Value[] => Array.from({ length }, (_, row) => read(row));
  return { ...data, length, at, toArray };
}

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

type CellReader = (row: number) => Value;

function cellReader(data: ColumnData): CellReader {
  switch (data.kind) {
    case "number":
      return numberReader(data);
    case "masked":
      return maskedReader(data);
    case "string":
      return textReader(data);
    case "object":
      return (row) => data.items[row] ?? null;
    case "categorical":
      return categoryReader(data);
    case "datetime":
      return (row) => isoFromTicks(data.elements[row] ?? notATime, data.unit, data.timeZone);
    case "timedelta":
      return (row) => durationFromTicks(data.elements[row] ?? notATime, data.unit);
    case "period":
      return (row) => readPeriod(data, row);
    case "interval":
      return (row) => readInterval(data, row);
    default:
      return data satisfies never;
  }
}

function numberReader({ dtype, elements }: ColumnData & { kind: "number" }): CellReader {
  const read = elementReader(dtype);
  return (row) => read(elements, row);
}

function maskedReader({ elementDtype, elements, mask }: ColumnData & { kind: "masked" }): CellReader {
  const read = elementReader(elementDtype);
  return (row) => (mask[row] === 0 ? read(elements, row) : null);
}

function textReader({ offsets, bytes, mask }: ColumnData & { kind: "string" }): CellReader {
  return (row) => {
    const isMissing = mask !== null && mask[row] !== 0;
    return isMissing ? null : decodeUtf8(bytes.subarray(offsets[row], offsets[row + 1]));
  };
}

/** Labels are read once, when they are first asked for: rows share them, and one may be long. */
function categoryReader({ codes, categories }: ColumnData & { kind: "categorical" }): CellReader {
  let labels: readonly Value[] | null = null;
  return (row) => {
    labels ??= categories.toArray();
    return labels[Number(codes.at(row))] ?? null;
  };
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
