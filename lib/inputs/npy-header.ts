import { inputError } from "./input-error.ts";

/** What the header of an npy file says; the format is described in numpy's `numpy.lib.format`. */
export interface NpyHeader {
  /** numpy's code of the dtype, for example `<f8`. */
  readonly descr: string;
  readonly isFortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements start, bytes. */
  readonly dataOffset: number;
}

const magic = Buffer.from("\x93NUMPY", "latin1");
const maxHeaderBytes = 65_536;

/** @throws ConfigError for what is no npy file. */
export function readNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 12 || !view.subarray(0, magic.length).equals(magic))
    throw inputError(name, "the file is not an npy file");
  const version = view[magic.length] ?? 0;
  if (version < 1 || version > 3)
    throw inputError(name, `the file is npy version ${version}; versions 1 to 3 are understood`);
  const lengthBytes = version === 1 ? 2 : 4;
  const start = magic.length + 2 + lengthBytes;
  const length = version === 1 ? view.readUInt16LE(magic.length + 2) : view.readUInt32LE(magic.length + 2);
  if (length > maxHeaderBytes || start + length > view.length)
    throw inputError(name, "the file ends inside its header");
  return {
    ...parseHeader(view.toString(version === 3 ? "utf8" : "latin1", start, start + length), name),
    dataOffset: start + length,
  };
}

/** The header is a Python dict literal of three keys, in any order. It is taken apart by pattern: nothing of it is evaluated. */
function parseHeader(text: string, name: string): Omit<NpyHeader, "dataOffset"> {
  const [, structured] = /'descr':\s*(\[)/.exec(text) ?? [];
  if (structured !== undefined)
    throw inputError(name, "the array has a structured dtype; save its fields as arrays of their own");
  const [, descr] = /'descr':\s*'([^']{1,40})'/.exec(text) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(text) ?? [];
  const [, shape] = /'shape':\s*\(([\d\sL,]*)\)/.exec(text) ?? [];
  if (descr === undefined || order === undefined || shape === undefined)
    throw inputError(name, "the header of the npy file is broken");
  const sizes = shape
    .split(",")
    .map((size) => size.trim())
    .filter((size) => size !== "");
  return { descr, isFortranOrder: order === "True", shape: sizes.map((size) => Number.parseInt(size, 10)) };
}
