import type { Column, Index, Value } from "./types.ts";

/** The index 0, step, 2 step ... that pandas gives where none was asked for. */
export function createRangeIndex(range: {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly name?: Value;
}): Index {
  const { start, stop, step, name = null } = range;
  const length = rangeLength(start, stop, step);
  const at = (position: number): Value => start + checked(position, length) * step;
  return {
    type: "index",
    kind: "range",
    start,
    stop,
    step,
    name,
    length,
    at,
    toArray: () => labels(length, at),
  };
}

/** An index of one label a row. @param freq pandas' name of a regular index's frequency, for example `D`. */
export function createFlatIndex(
  column: Column,
  options: { readonly name?: Value; readonly freq?: string | null } = {},
): Index {
  const { name = null, freq = null } = options;
  const { length } = column;
  return {
    type: "index",
    kind: "flat",
    column,
    name,
    freq,
    length,
    at: (position) => column.at(checked(position, length)),
    toArray: () => column.toArray(),
  };
}

/** An index of several levels: each row names by its codes a label of each level; -1 is missing. */
export function createMultiIndex(parts: {
  readonly names: readonly Value[];
  readonly levels: readonly Index[];
  readonly codes: readonly Column[];
}): Index {
  const { names, levels, codes } = parts;
  const length = codes[0]?.length ?? 0;
  // Read once, when they are first asked for: rows share labels, and one may be long.
  let labelsByLevel: readonly (readonly Value[])[] | null = null;
  const at = (position: number): Value => {
    const row = checked(position, length);
    labelsByLevel ??= levels.map((level) => level.toArray());
    return codes.map((column, level) => labelsByLevel?.[level]?.[Number(column.at(row))] ?? null);
  };
  return {
    type: "index",
    kind: "multi",
    names,
    levels,
    codes,
    length,
    at,
    toArray: () => labels(length, at),
  };
}

/** Without a division that could round up. */
function rangeLength(start: number, stop: number, step: number): number {
  const isEmpty = step > 0 ? stop <= start : stop >= start;
  const rest = (stop - start) % step;
  return isEmpty ? 0 : (stop - start - rest) / step + (rest === 0 ? 0 : 1);
}

function labels(length: number, at: (position: number) => Value): Value[] {
  return Array.from({ length }, (_, position) => at(position));
}

function checked(position: number, length: number): number {
  if (!Number.isInteger(position) || position < 0 || position >= length)
    throw new RangeError(`position ${position} of an index with ${length}`);
  return position;
}
