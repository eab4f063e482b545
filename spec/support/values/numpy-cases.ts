import { cases, type ValueCase } from "./case.ts";

const numbers = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"];
const floats = ["float16", "float32", "float64", "complex64", "complex128"];

/** Values of numpy. */
export const numpyCases: readonly ValueCase[] = cases([
  ...numbers.map(
    (name) =>
      [
        `array of ${name}`,
        `np.array([np.iinfo('${name}').min, 0, np.iinfo('${name}').max], dtype='${name}')`,
      ] as const,
  ),
  ...floats.map(
    (name) => [`array of ${name}`, `np.array([0.5, np.nan, np.inf, -0.0], dtype='${name}')`] as const,
  ),
  ["array of bool", "np.array([True, False])"],
  ["array of texts", "np.array(['a', 'äöü', '', '🎉'])"],
  ["array of bytes", "np.array([b'a', b'bcd', b''])"],
  ["array of objects", "np.array([1, 'a', None, [1, 2]], dtype=object)"],
  ["array of days", "np.array(['2024-02-29', 'NaT'], dtype='M8[D]')"],
  ...["s", "ms", "us", "ns"].map(
    (unit) =>
      [
        `array of datetimes in ${unit}`,
        `np.array(['2024-02-29T01:02:03', 'NaT', '1677-09-22'], dtype='M8[${unit}]')`,
      ] as const,
  ),
  ...["Y", "M", "W", "D", "h", "m", "ps", "fs", "as", "25s"].map(
    (unit) => [`array of datetimes in ${unit}`, `np.array([1, -1, 'NaT'], dtype='M8[${unit}]')`] as const,
  ),
  ...["Y", "M", "D", "us", "10ms"].map(
    (unit) => [`array of timedeltas in ${unit}`, `np.array([1, -1, 'NaT'], dtype='m8[${unit}]')`] as const,
  ),
  ["array of times without a unit", "np.array(['NaT'], dtype='M8')"],
  ["array of 25 s", "np.array([1, 2], dtype='m8[25s]')"],
  ["array of timedeltas", "np.array([1, -1, 'NaT'], dtype='m8[ns]')"],
  ["array without dimensions", "np.array(1.5)"],
  [
    "arrays without dimensions",
    "[np.array(None, dtype=object), np.array('ä'), np.array('2024', dtype='M8[s]')]",
  ],
  ["array without elements", "np.zeros((0, 3))"],
  ["arrays without elements", "[np.array([], dtype=kind) for kind in ('U', 'S', 'O', 'M8[ns]', 'f2', '?')]"],
  ["array of texts of no length", "np.zeros(2, dtype='U3').astype('U1')"],
  ["array of half surrogate pairs", "np.array(['\\ud800', 'a\\udfffb', '\\ud7ff\\ufffd'])"],
  ["array of bytes that end in zeros", "np.array([b'a\\x00b', b'\\x00'])"],
  ["array of complex long doubles", "np.array([1j], dtype=np.clongdouble)", "np.array([1j])"],
  ["array of three dimensions", "np.arange(24).reshape(2, 3, 4)"],
  ["array in Fortran order", "np.asfortranarray(np.arange(12.).reshape(3, 4))"],
  ["array of objects in Fortran order", "np.asfortranarray(np.arange(6).astype(object).reshape(2, 3))"],
  ["array of texts in Fortran order", "np.asfortranarray(np.array([['a', 'b', 'c'], ['d', 'e', 'f']]))"],
  ["array with gaps", "np.arange(24.).reshape(4, 6)[::2, ::-3]"],
  ["array read backwards", "np.arange(5.)[::-1]"],
  ["array without copies of its row", "np.broadcast_to(np.arange(3), (2, 3))"],
  ["array that nobody may write", "np.frombuffer(b'abcd', dtype='u1')"],
  ["array of the other byte order", "np.arange(3, dtype='>i4')", "np.arange(3, dtype='<i4')"],
  [
    "datetimes of the other byte order",
    "np.array(['2024-01-01'], dtype='>M8[s]')",
    "np.array(['2024-01-01'], dtype='<M8[s]')",
  ],
  ["array of long doubles", "np.array([0.5], dtype=np.longdouble)", "np.array([0.5])"],
  ["numpy float", "np.float64(1.5)", "1.5"],
  ["numpy NaN", "np.float64('nan')", "float('nan')"],
  ["numpy float32", "np.float32(0.5)", "0.5"],
  ["numpy int", "np.int64(-5)", "-5"],
  ["numpy large int", "np.uint64(2**64 - 1)", "2**64 - 1"],
  ["numpy bool", "np.bool_(True)", "True"],
  ["numpy text", "np.str_('a')", "'a'"],
  ["numpy bytes", "np.bytes_(b'a')", "b'a'"],
  ["numpy datetime", "np.datetime64('2024-02-29T00:00:00.000000001')"],
  ["numpy day", "np.datetime64('2024-02-29')"],
  ["numpy NaT", "np.datetime64('NaT', 'ns')"],
  ["numpy NaT without a unit", "np.datetime64('NaT')"],
  ["numpy timedelta", "np.timedelta64(5, 'h')"],
  ["numpy timedelta without a unit", "np.timedelta64(5)"],
  ["numpy complex", "np.complex64(1 - 2j)", "1 - 2j"],
  ["numpy half", "np.float16(0.5)", "0.5"],
  ["numpy long double", "np.longdouble(0.5)", "0.5"],
  ["numpy whole float", "np.float64(3)", "3"],
  ["numpy keys", "{np.int64(1): np.str_('a')}", "{1: 'a'}"],
  ["list of arrays", "[np.arange(2), {'a': np.zeros(1)}]"],
  ["a subclass of an array", "np.matrix([[1, 2]])", "np.array([[1, 2]])"],
]);
