/** A module that code may import. */
export interface AllowedModule {
  /** Its submodules that may be imported and reached; all others are refused. */
  readonly submodules?: readonly string[];
  /** Names in it that are other modules, or lead to one; refused wherever they are named. */
  readonly refused?: readonly string[];
  /** The same in a submodule. */
  readonly refusedBelow?: Readonly<Record<string, readonly string[]>>;
}

const words = (text: string): readonly string[] => text.split(" ");

/**
 * The allow-list. What is `refused` was found by looking at every attribute of these modules on Python 3.8 to 3.13, numpy 1.24 to 2 and pandas
 * 1.5 to 2: those that are modules, those that read or write files, and those that evaluate text.
 */
export const allowedModules: Readonly<Record<string, AllowedModule>> = {
  __future__: {},
  abc: {},
  array: {},
  bisect: {},
  calendar: { refused: words("datetime sys warnings main") },
  cmath: {},
  collections: { submodules: ["abc"] },
  contextlib: { refused: words("abc os sys collections functools types") },
  copy: { refused: words("types weakref copyreg dispatch_table") },
  dataclasses: {
    refused: words("abc builtins copy functools inspect itertools keyword re sys types make_dataclass"),
  },
  datetime: { refused: words("sys") },
  decimal: {},
  enum: { refused: words("bltns sys builtins") },
  fractions: { refused: words("functools math numbers operator re sys") },
  functools: { refused: words("singledispatch singledispatchmethod") },
  graphlib: {},
  hashlib: { refused: words("file_digest") },
  heapq: {},
  itertools: {},
  json: { refused: words("codecs decoder encoder scanner tool load dump detect_encoding") },
  logging: {
    refused: words(
      "atexit collections io os re sys threading time traceback warnings weakref config handlers FileHandler currentframe captureWarnings setLoggerClass setLogRecordFactory shutdown lastResort Manager PlaceHolder BufferingFormatter raiseExceptions root",
    ),
  },
  math: {},
  numbers: {},
  numpy: {
    submodules: words("linalg fft random ma polynomial typing lib.stride_tricks"),
    refusedBelow: {
      linalg: words("linalg lapack_lite"),
      fft: words("helper"),
      random: words("bit_generator mtrand test"),
      ma: words("core extras testutils mrecords"),
      polynomial: words("chebyshev hermite hermite_e laguerre legendre polynomial polyutils"),
      "lib.stride_tricks": words("np"),
    },
    refused: words(
      "char compat core ctypeslib dtypes emath exceptions f2py distutils testing lib math matrixlib rec version strings sys os warnings load loads save savez savez_compressed loadtxt savetxt genfromtxt recfromtxt recfromcsv fromfile fromregex memmap DataSource lookfor source info safe_eval deprecate get_include show_config show_runtime test disp byte_bounds add_newdoc add_docstring set_string_function setbufsize frompyfunc ndfromtxt mafromtxt open_memmap",
    ),
  },
  operator: { refused: words("attrgetter methodcaller call") },
  pandas: {
    refusedBelow: {
      "tseries.frequencies": words("np warnings"),
      "tseries.holiday": words("np warnings"),
      errors: words("ctypes"),
    },
    submodules: words(
      "api.types api.indexers tseries.offsets tseries.frequencies tseries.holiday errors testing offsets",
    ),
    refused: words(
      "api arrays compat core io plotting tseries util pandas conftest HDFStore ExcelFile ExcelWriter test show_versions eval",
    ),
  },
  pprint: { refused: words("re sys collections types dataclasses") },
  random: { refused: words("os sys") },
  re: { refused: words("copyreg enum functools sre_compile sre_parse template Scanner") },
  secrets: { refused: words("base64 binascii os") },
  statistics: { refused: words("math numbers random sys") },
  string: { refused: words("Formatter Template") },
  textwrap: { refused: words("re") },
  time: {},
  typing: {
    refused: words(
      "collections contextlib copyreg functools operator stdlib_re sys types warnings abc get_type_hints ForwardRef evaluate_forward_ref io re",
    ),
  },
  uuid: { refused: words("os sys platform getnode uuid1 main bytes_ int_") },
  warnings: { refused: words("sys showwarning formatwarning showwarnmsg") },
  zoneinfo: { refused: words("sys reset_tzpath") },
};

/** What the mode `basic` refuses to import: what the first specification of this system named. */
export const basicRefused: ReadonlySet<string> = new Set(
  words(
    "subprocess os sys pathlib shutil socket urllib requests http ftplib smtplib telnetlib socketserver ssl asyncio multiprocessing threading ctypes pickle marshal shelve importlib pty posix signal resource builtins code codeop runpy webbrowser tempfile glob fileinput io",
  ),
);
