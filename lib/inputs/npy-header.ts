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
    throw inputError(name, "the file is not an npy file; write one with numpy.save");
  const version = view[magic.length] ?? 0;
  if (version < 1 || version > 3)
    throw inputError(name, `the file is npy version ${version}; versions 1 to 3 are understood`);
  const lengthBytes = version === 1 ? 2 : 4;
  const start = magic.length + 2 + lengthBytes;
  const length = version === 1 ? view.readUInt16LE(magic.length + 2) : view.readUInt32LE(magic.length + 2);
  if (length > maxHeaderBytes || start + length > view.length)
    throw inputError(name, "the file ends inside its header; copy it again");
  const text = view.toString(version === 3 ? "utf8" : "latin1", start, start + length);
  return { ...parseHeader(text, name), dataOffset: start + length };
}

/** The values that a header can hold, and what each is of in a Python literal. */
const entry =
  /\s*'(descr|fortran_order|shape)'\s*:\s*(?:'([^'\\]{1,40})'|(True|False)|\(([\d\sL,]*)\))\s*(?:,|(?=\}))/y;

/** The header is a Python dict literal of three keys, in any order. It is taken apart piece by piece: nothing of it is evaluated. */
function parseHeader(text: string, name: string): Omit<NpyHeader, "dataOffset"> {
  if (/'descr'\s*:\s*\[/.test(text))
    throw inputError(name, "the array has a structured dtype; save its fields as arrays of their own");
  const entries = readEntries(text);
  const descr = entries?.get("descr")?.text;
  const order = entries?.get("fortran_order")?.truth;
  const shape = readShape(entries?.get("shape")?.sizes);
  if (descr === undefined || order === undefined || shape === null)
    throw inputError(name, "the header of the npy file is broken; write the file with numpy.save");
  return { descr, isFortranOrder: order === "True", shape };
}

/** Null for what is no tuple of whole numbers; Python puts a comma behind a single one. */
function readShape(text: string | undefined): readonly number[] | null {
  if (text === undefined) return null;
  const sizes = text.split(",").map((size) => size.trim());
  if (sizes.at(-1) === "") sizes.pop();
  return sizes.every((size) => /^\d{1,16}L?$/.test(size))
    ? sizes.map((size) => Number.parseInt(size, 10))
    : null;
}

interface HeaderValue {
  readonly text: string | undefined;
  readonly truth: string | undefined;
  readonly sizes: string | undefined;
}

/** Null for anything but a dict of such entries, each key once, and blanks behind it. */
function readEntries(text: string): ReadonlyMap<string, HeaderValue> | null {
  const entries = new Map<string, HeaderValue>();
  const pattern = new RegExp(entry);
  pattern.lastIndex = /^\s*\{/.exec(text)?.[0].length ?? text.length;
  let end = pattern.lastIndex;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, key = "", quoted, truth, sizes] = match;
    if (entries.has(key)) return null;
    entries.set(key, { text: quoted, truth, sizes });
    end = pattern.lastIndex;
  }
  return /^\s*\}\s*$/.test(text.slice(end)) ? entries : null;
}
