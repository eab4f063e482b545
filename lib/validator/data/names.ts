const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Builtins that lead to files, to text as code, or to the interpreter's own tables. */
export const dangerousBuiltins: ReadonlySet<string> = words(
  "eval exec compile open __import__ globals locals vars breakpoint input help delattr exit quit copyright credits license memoryview",
);

/** What the mode `basic` refuses to name. */
export const basicBuiltins: ReadonlySet<string> = words("eval exec open compile __import__");

/** Dunder names that may stand as variables. */
export const harmlessVariables: ReadonlySet<string> = words(
  "__name__ __all__ __version__ __author__ __slots__ __doc__",
);

/** Dunder attributes that may be read. */
export const harmlessAttributes: ReadonlySet<string> = words(
  "__name__ __doc__ __version__ __len__ __init__ __post_init__ __str__ __repr__ __iter__ __next__ __contains__ __eq__ __lt__ __hash__ __enter__ __exit__ __add__ __sub__ __mul__ __abs__ __round__ __members__ __cause__ __context__ __notes__ __qualname__",
);

/** Those of them that functions and classes may be given. */
export const settableDunders: ReadonlySet<string> = words("__name__ __qualname__ __doc__");

/** Special methods that a class may define. */
export const allowedMethods: ReadonlySet<string> = words(
  "__init__ __post_init__ __repr__ __str__ __format__ __len__ __iter__ __next__ __reversed__ __contains__ __getitem__ __setitem__ __delitem__ __missing__ __call__ __bool__ __int__ __float__ __index__ __complex__ __round__ __floor__ __ceil__ __trunc__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __add__ __radd__ __iadd__ __sub__ __rsub__ __isub__ __mul__ __rmul__ __imul__ __matmul__ __rmatmul__ __truediv__ __rtruediv__ __itruediv__ __floordiv__ __rfloordiv__ __mod__ __rmod__ __divmod__ __pow__ __rpow__ __neg__ __pos__ __abs__ __invert__ __and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ __rshift__ __enter__ __exit__ __aenter__ __aexit__ __aiter__ __anext__ __await__ __copy__ __deepcopy__",
);

/** Private names that are the public interface of something: of named tuples, and the blank. */
export const publicPrivates: ReadonlySet<string> = words(
  "_replace _asdict _fields _make _field_defaults _value_ _name_ _",
);

/** Private names by which objects of the library look up attributes, modules or texts as code, or keep streams. */
export const libraryPrivates: ReadonlySet<string> = words(
  "_evaluate _eval _convert_ _old_targets _parent _delegate_property_get _delegate_property_set _delegate_method _getattr _call _get_attr _getattribute",
);

/** Attributes of frames, code objects, tracebacks, generators and functions of old, and others that lead from an object to its surroundings. */
export const interpreterAttributes: ReadonlySet<string> = words(
  "f_globals f_locals f_builtins f_back f_code f_lineno f_trace stream gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await tb_frame tb_next tb_lasti co_code co_consts co_names co_varnames func_globals func_code func_closure func_defaults mro obj ctypes cffi plotting posix modules pickle marshal codecs shutil pathlib tempfile linecache traceback threading multiprocessing ctypeslib builtins importlib subprocess meta_path settrace",
);

/** Methods that read or write files, or unpickle, whatever they are called with. */
export const fileMethods: ReadonlySet<string> = words(
  "to_pickle to_hdf to_sql to_parquet to_feather to_excel to_stata to_gbq to_clipboard to_orc to_iceberg tofile dump dumps from_file from_string from_custom_template get_template savefig HDFStore ExcelFile ExcelWriter memmap fromfile genfromtxt loadtxt savetxt savez FileHandler DataSource open_memmap fromregex read_text write_text read_bytes write_bytes",
);

/** Functions of pandas that read files. */
export const pandasReaders: ReadonlySet<string> = words(
  "read_csv read_table read_fwf read_json read_pickle read_sql read_sql_query read_sql_table read_html read_xml read_excel read_hdf read_parquet read_orc read_feather read_sas read_spss read_stata read_gbq read_clipboard read_iceberg",
);

/** Methods that follow attributes which a text names. */
export const templateMethods: ReadonlySet<string> = words("format_map vformat get_field");

/** Modules that objects of the library keep as attributes, behind an underscore. */
export const moduleAttributes: ReadonlySet<string> = words(
  "module os sys io ctypes thread threading pickle abc builtins importlib inspect re types warnings weakref subprocess socket operator functools collections collections_abc datetime pydatetime random string copy copyreg mod modules",
);

/** Methods that write to a file where they are given one, and return a text where they are not. */
export const textMethods: ReadonlySet<string> = words(
  "to_csv to_json to_html to_string to_markdown to_latex to_xml",
);

/** Parameters by which {@link textMethods} and a few others are given a file. */
export const fileParameters: ReadonlySet<string> = words(
  "path_or_buf path_or_buffer buf path excel_writer fname filename file template loader storage_options",
);

/** Methods that call the method whose name they are given. */
export const dispatchers: ReadonlySet<string> = words(
  "agg aggregate apply applymap transform pipe pivot_table crosstab NamedAgg",
);

/** Those of them that call the method with whatever else they are given. */
export const stringDispatchers: ReadonlySet<string> = words("agg aggregate apply transform");

/** Modules of `data/modules.ts` whose `dumps` is no pickle. */
export const textDumpers: ReadonlySet<string> = words("json");
