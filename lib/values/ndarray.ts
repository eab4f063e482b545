import { elementCount, elementReader } from "./dtypes.ts";
import { ValueEncodingError } from "./errors.ts";
import type { Elements, NdArray, Value } from "./types.ts";

/** The parts of an array. */
export interface ArrayParts {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** @default "C" */
  readonly order?: "C" | "F";
  readonly elements: Elements | readonly Value[];
}

/** An array over its raw elements. */
export function createNdArray({ dtype, shape, order = "C", elements }: ArrayParts): NdArray {
  const count = shape.reduce((product, size) => product * size, 1);
  const read = elementReader(dtype);
  const readAt = (position: number): Value =>
    Array.isArray(elements)
      ? ((elements as readonly Value[])[position] ?? null)
      : read(elements as Elements, position);
  const toArray = (): Value[] =>
    Array.from({ length: count }, (_, position) =>
      readAt(order === "F" ? fortranPosition(position, shape) : position),
    );
  return { type: "ndarray", dtype, shape, order, elements, toArray };
}

const dtypesByArray: readonly (readonly [new (length: number) => Elements, string])[] = [
  [Int8Array, "int8"],
  [Uint8Array, "uint8"],
  [Int16Array, "int16"],
  [Uint16Array, "uint16"],
  [Int32Array, "int32"],
  [Uint32Array, "uint32"],
  [BigInt64Array, "int64"],
  [BigUint64Array, "uint64"],
  [Float32Array, "float32"],
  [Float64Array, "float64"],
];

/**
 * A numpy array to send, of the typed array's own dtype.
 *
 * @param shape one dimension unless given.
 * @throws ValueEncodingError where shape and length do not agree.
 * @example
 * ndarray(new Float64Array([1, 2, 3, 4]), [2, 2]);
 */
export function ndarray(elements: Elements, shape: readonly number[] = [elements.length]): NdArray {
  const dtype = dtypeOf(elements);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== elementCount(dtype, elements)) {
    throw new ValueEncodingError(
      `an array of shape [${shape.join(", ")}] needs ${count} elements, not ${elements.length}`,
    );
  }
  return createNdArray({ dtype, shape, elements });
}

/** numpy's name of a typed array's dtype. */
export function dtypeOf(elements: Elements): string {
  const found = dtypesByArray.find(([kind]) => elements instanceof kind);
  if (found === undefined) throw new ValueEncodingError("not a typed array");
  return found[1];
}

/** Where the element at a position in C order lies in Fortran order. */
function fortranPosition(position: number, shape: readonly number[]): number {
  let rest = position;
  let place = 0;
  const coordinates: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    coordinates.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  for (let axis = shape.length - 1; axis >= 0; axis--)
    place = place * (shape[axis] ?? 1) + (coordinates[axis] ?? 0);
  return place;
}
