import { dtypeInfo, viewElements } from "../values/dtypes.ts";
import { createNdArray } from "../values/ndarray.ts";
import type { NdArray } from "../values/types.ts";
import { inputError } from "./input-error.ts";
import { type NpyHeader, readNpyHeader } from "./npy-header.ts";

const dtypeNames: Readonly<Record<string, string>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
};

/**
 * The array in an npy file, as a view of its bytes where they are little-endian and aligned.
 *
 * @throws ConfigError for what is no npy file, and for pickled objects, which are never unpickled.
 */
export function parseNpy(bytes: Uint8Array, name: string): NdArray {
  const header = readNpyHeader(bytes, name);
  const [, byteOrder = "", code = ""] = /^([<>|=])(.+)$/.exec(header.descr) ?? [];
  const data = bytes.subarray(header.dataOffset);
  const order = header.isFortranOrder ? "F" : "C";
  const { shape } = header;
  if (code.startsWith("U")) return textArray(header, data, byteOrder === ">", name);
  const dtype = toDtype(code, header.descr, name);
  const { itemBytes = 1, lanes = 1 } = dtypeInfo(dtype) ?? {};
  requireLength(header, data, itemBytes, name);
  const isSwapped = byteOrder === ">" && !code.startsWith("S");
  const elements = viewElements(dtype, isSwapped ? swapBytes(data, itemBytes / lanes) : data);
  return createNdArray({ dtype, shape, order, elements });
}

function toDtype(code: string, descr: string, name: string): string {
  if (code.startsWith("O"))
    throw inputError(
      name,
      "the file holds pickled objects, which are never read; save plain numbers or texts",
    );
  const known = Object.hasOwn(dtypeNames, code) ? dtypeNames[code] : undefined;
  if (known !== undefined) return known;
  if (/^S[1-9]\d{0,8}$/.test(code)) return code;
  const [, kind, unit = ""] = /^([Mm])8(\[.*\])?$/.exec(code) ?? [];
  const dtype = `${kind === "M" ? "datetime64" : "timedelta64"}${unit}`;
  if (kind === undefined || dtypeInfo(dtype) === null)
    throw inputError(name, `arrays of dtype "${descr}" cannot be read; convert it with numpy's astype`);
  return dtype;
}

function requireLength({ shape }: NpyHeader, data: Uint8Array, itemBytes: number, name: string): void {
  const expected = shape.reduce((product, size) => product * size, itemBytes);
  if (data.length !== expected) {
    throw inputError(
      name,
      `the shape (${shape.join(", ")}) needs ${expected} bytes, and the file holds ${data.length}; write it with numpy.save`,
    );
  }
}

function swapBytes(data: Uint8Array, itemBytes: number): Uint8Array {
  const swapped = new Uint8Array(data);
  const view = Buffer.from(swapped.buffer);
  if (itemBytes === 2) view.swap16();
  if (itemBytes === 4) view.swap32();
  if (itemBytes === 8) view.swap64();
  return swapped;
}

/** Texts are UTF-32 of fixed length, filled up with zeros. */
function textArray(header: NpyHeader, data: Uint8Array, isBigEndian: boolean, name: string): NdArray {
  const letters = Number(/^[<>]U([1-9]\d{0,8})$/.exec(header.descr)?.[1] ?? Number.NaN);
  if (!Number.isInteger(letters)) throw inputError(name, `arrays of dtype "${header.descr}" cannot be read`);
  requireLength(header, data, letters * 4, name);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = header.shape.reduce((product, size) => product * size, 1);
  const elements = Array.from({ length: count }, (_, position) => {
    let text = "";
    for (let letter = position * letters; letter < (position + 1) * letters; letter++) {
      const code = view.getUint32(letter * 4, !isBigEndian);
      if (code > 0x10ffff) throw inputError(name, "the file holds what is no text; write it with numpy.save");
      text += String.fromCodePoint(code);
    }
    return text.replace(/\0+$/, "");
  });
  const order = header.isFortranOrder ? "F" : "C";
  return createNdArray({ dtype: `<U${letters}`, shape: header.shape, order, elements });
}
