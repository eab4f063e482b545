/** A module that code may import. */
export interface AllowedModule {
  /** Its submodules that may be imported and reached; all others are refused. */
  readonly submodules?: readonly string[];
  /** Names in it that are other modules, or lead to one; refused wherever they are named. */
  readonly refused?: readonly string[];
  /** The same in a submodule. */
  readonly refusedBelow?: Readonly<Record<string, readonly string[]>>;
  /** All that may be named in it; everything that is not refused unless given. */
  readonly only?: readonly string[];
  /** The same in a submodule. */
  readonly onlyBelow?: Readonly<Record<string, readonly string[]>>;
  /** Only its submodules may be imported. */
  readonly isPackageOnly?: boolean;
}

const words = (text: string): readonly string[] => text.split(" ");

/**
 * The allow-list. What is `refused` was found by looking at every attribute of these modules on Python 3.8 to 3.13, numpy 1.24 to 2 and pandas
 * 1.5 to 2: those that are modules, those that read or write files, and those that evaluate text.
 */
export const allowedModules: ReadonlyMap<string, AllowedModule> = new Map(
  Object.entries<AllowedModule>({
    __future__: {},
    abc: {},
    array: {},
    base64: {
      only: words(
        "b64encode b64decode standard_b64encode standard_b64decode urlsafe_b64encode urlsafe_b64decode b32encode b32decode b16encode b16decode a85encode a85decode b85encode b85decode encodebytes decodebytes",
      ),
    },
    bisect: {},
    calendar: { refused: words("datetime sys warnings main") },
    cmath: {},
    collections: { submodules: ["abc"] },
    contextlib: { refused: words("wraps chdir abc os sys collections functools types") },
    copy: { refused: words("types weakref copyreg dispatch_table") },
    dataclasses: {
      refused: words("abc builtins copy functools inspect itertools keyword re sys types make_dataclass"),
    },
    csv: {
      only: words(
        "reader writer DictReader DictWriter Sniffer Dialect Error excel excel_tab unix_dialect QUOTE_ALL QUOTE_MINIMAL QUOTE_NONE QUOTE_NONNUMERIC",
      ),
    },
    datetime: { refused: words("sys") },
    dateutil: {
      isPackageOnly: true,
      submodules: words("relativedelta parser tz"),
      onlyBelow: {
        relativedelta: words("relativedelta MO TU WE TH FR SA SU"),
        parser: words("parse isoparse ParserError"),
        tz: words("gettz UTC tzutc tzoffset"),
      },
    },
    decimal: {},
    difflib: { only: words("SequenceMatcher get_close_matches ndiff unified_diff context_diff") },
    enum: {
      refused: words(
        "global_enum global_str global_enum_repr global_flag_repr bltns sys builtins EnumMeta EnumType",
      ),
    },
    fractions: { refused: words("functools math numbers operator re sys decimal") },
    functools: {
      refused: words("singledispatch singledispatchmethod recursive_repr namedtuple"),
    },
    graphlib: {},
    hashlib: { refused: words("file_digest") },
    heapq: {},
    hmac: { only: words("HMAC compare_digest digest new") },
    html: { only: words("escape unescape") },
    io: { only: words("StringIO BytesIO") },
    itertools: {},
    json: { refused: words("codecs decoder encoder scanner tool load dump detect_encoding") },
    logging: {
      refused: words(
        "atexit collections io os re sys threading time traceback warnings weakref config handlers FileHandler currentframe captureWarnings setLoggerClass setLogRecordFactory shutdown lastResort Manager PlaceHolder BufferingFormatter raiseExceptions root StrFormatStyle StringTemplateStyle PercentStyle",
      ),
    },
    math: {},
    numbers: { refused: words("ABCMeta") },
    numpy: {
      submodules: words(
        "linalg fft random ma polynomial polynomial.polynomial typing testing char emath lib.stride_tricks lib.scimath",
      ),
      refusedBelow: {
        linalg: words("linalg lapack_lite"),
        fft: words("helper"),
        random: words("bit_generator mtrand test"),
        ma: words("core extras testutils mrecords"),
        polynomial: words("chebyshev hermite hermite_e laguerre legendre polynomial polyutils"),
        "polynomial.polynomial": words("np la pu"),
        "lib.scimath": words("nt nx"),
        char: words("numpy functools overrides set_module"),
        emath: words("nt nx"),
      },
      onlyBelow: {
        "lib.stride_tricks": words(
          "as_strided sliding_window_view broadcast_to broadcast_arrays broadcast_shapes",
        ),
        testing: words(
          "assert_allclose assert_almost_equal assert_approx_equal assert_array_almost_equal assert_array_equal assert_array_less assert_equal assert_raises",
        ),
      },
      refused: words(
        "compat core ctypeslib dtypes exceptions f2py distutils lib math matrixlib rec version strings sys os warnings load loads save savez savez_compressed loadtxt savetxt genfromtxt recfromtxt recfromcsv fromfile fromregex memmap DataSource lookfor source info safe_eval deprecate get_include show_config show_runtime test disp byte_bounds add_newdoc add_docstring set_string_function setbufsize ndfromtxt mafromtxt open_memmap",
      ),
    },
    operator: { refused: words("call") },
    pandas: {
      refusedBelow: {
        "tseries.frequencies": words("np warnings"),
        "tseries.holiday": words("np warnings register HolidayCalendarMetaClass"),
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
    pytz: { only: words("timezone utc UTC FixedOffset all_timezones common_timezones") },
    queue: { only: words("Queue LifoQueue PriorityQueue SimpleQueue Empty Full") },
    random: { refused: words("os sys") },
    re: { refused: words("copyreg enum functools sre_compile sre_parse template Scanner") },
    scipy: {
      isPackageOnly: true,
      submodules: words(
        "stats signal optimize linalg interpolate integrate special spatial spatial.distance cluster cluster.hierarchy cluster.vq fft ndimage sparse sparse.linalg constants",
      ),
    },
    secrets: { refused: words("base64 binascii os") },
    sklearn: {
      isPackageOnly: true,
      submodules: words(
        "base calibration cluster compose covariance decomposition discriminant_analysis dummy ensemble exceptions feature_selection gaussian_process gaussian_process.kernels impute isotonic kernel_ridge linear_model manifold metrics metrics.pairwise mixture model_selection multiclass multioutput naive_bayes neighbors neural_network pipeline preprocessing random_projection svm tree",
      ),
    },
    statistics: { refused: words("math numbers random sys") },
    statsmodels: {
      isPackageOnly: true,
      submodules: words(
        "api regression.linear_model regression.rolling tsa.api tsa.arima.model tsa.holtwinters tsa.seasonal tsa.statespace.sarimax tsa.stattools tsa.vector_ar.vecm stats.diagnostic stats.stattools tools tools.tools",
      ),
      refusedBelow: {
        api: words("load load_pickle datasets formula iolib show_versions test webdoc cov_struct"),
      },
    },
    string: { refused: words("Formatter") },
    struct: {},
    talib: { refused: words("abstract stream os sys") },
    textwrap: { refused: words("re") },
    time: {},
    types: { only: words("SimpleNamespace MappingProxyType") },
    typing: {
      refused: words(
        "collections contextlib copyreg functools operator stdlib_re sys types warnings abc get_type_hints NamedTupleMeta ForwardRef evaluate_forward_ref ABCMeta io re",
      ),
    },
    unicodedata: {
      only: words(
        "normalize category name lookup combining bidirectional east_asian_width decimal digit numeric",
      ),
    },
    uuid: { refused: words("os sys platform getnode uuid1 main bytes_ int_") },
    warnings: { refused: words("sys warn_explicit showwarning formatwarning showwarnmsg") },
    zoneinfo: { refused: words("sys reset_tzpath") },
  }),
);

/** Modules that lead to the system; refused as attributes of any module, also of those that the caller adds. */
export const systemModules: ReadonlySet<string> = new Set(
  words(
    "os sys io builtins importlib subprocess socket shutil pathlib ctypes inspect threading multiprocessing pickle marshal codecs posix pty platform gc imp runpy pkgutil tempfile glob traceback linecache warnings weakref types shelve urllib http requests joblib cloudpickle functools itertools logging re",
  ),
);

/** What the mode `basic` refuses to import: what the first specification of this system named. */
export const basicRefused: ReadonlySet<string> = new Set(
  words(
    "subprocess os sys pathlib shutil socket urllib requests http ftplib smtplib telnetlib socketserver ssl asyncio multiprocessing threading ctypes pickle marshal shelve importlib pty posix signal resource builtins code codeop runpy webbrowser tempfile glob fileinput io",
  ),
);
