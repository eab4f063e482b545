import { createColumn } from "./column.ts";
import { elementCount, viewElements } from "./dtypes.ts";
import { ValueDecodingError } from "./errors.ts";
import { createNdArray } from "./ndarray.ts";
import { type Fields, listField, type NodeReader, textField } from "./node-reader.ts";
import type { NdArray, Value } from "./types.ts";

/** As many as numpy has at most. */
const maxDimensions = 64;

/** @throws ValueDecodingError where shape, dtype and elements do not agree. */
export function decodeArray(node: Fields, reader: NodeReader, depth: number): NdArray {
  const dtype = textField(node, "d");
  const { shape, count } = readShape(node, reader.maxLabels);
  if (dtype === "object") {
    const items = listField(node, "v").map((item) => reader.value(item, depth + 1));
    return checked(createNdArray({ dtype, shape, elements: items }), items.length, count);
  }
  if (/^<U\d{1,9}$/.test(dtype)) {
    const items = readTexts(node, reader);
    return checked(createNdArray({ dtype, shape, elements: items }), items.length, count);
  }
  const elements = viewElements(dtype, reader.buffer(node.b));
  const order = node.o === "F" ? "F" : "C";
  return checked(createNdArray({ dtype, shape, order, elements }), elementCount(dtype, elements), count);
}

/** The offsets and the bytes of a column of texts, checked against each other. @throws ValueDecodingError */
export function readTextBuffers(
  node: Fields,
  reader: NodeReader,
): { readonly offsets: Uint32Array; readonly bytes: Uint8Array } {
  const offsets = viewElements("uint32", reader.buffer(node.o)) as Uint32Array;
  const bytes = reader.buffer(node.b);
  let previous = 0;
  for (const offset of offsets) {
    if (offset < previous || offset > bytes.length)
      throw new ValueDecodingError("a text reaches beyond its buffer");
    previous = offset;
  }
  if (offsets.length === 0 || offsets[0] !== 0) throw new ValueDecodingError("texts without their offsets");
  return { offsets, bytes };
}

function readTexts(node: Fields, reader: NodeReader): Value[] {
  return createColumn({
    kind: "string",
    dtype: "object",
    ...readTextBuffers(node, reader),
    mask: null,
  }).toArray();
}

function readShape(node: Fields, maxElements: number): { shape: number[]; count: number } {
  const shape = listField(node, "s");
  if (
    shape.length > maxDimensions ||
    !shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  ) {
    throw new ValueDecodingError("an array whose shape is none");
  }
  const count = (shape as number[]).reduce((product, size) => product * size, 1);
  // Infinity times zero is not a number, and no such shape is an array's.
  if (!(count <= maxElements)) throw new ValueDecodingError("an array of too many elements");
  return { shape: shape as number[], count };
}

function checked(array: NdArray, found: number, expected: number): NdArray {
  if (found !== expected) throw new ValueDecodingError("an array whose shape does not fit its elements");
  return array;
}
