import { cases, type ValueCase } from "./case.ts";

const indexes: readonly (readonly [string, string])[] = [
  ["range", "pd.RangeIndex(3)"],
  ["range with steps", "pd.RangeIndex(10, 4, -2, name='r')"],
  ["whole numbers", "pd.Index([3, 1, 2], name='n')"],
  ["floats", "pd.Index([0.5, np.nan, 2.0])"],
  ["booleans", "pd.Index([True, False, True])"],
  ["texts", "pd.Index(['a', 'b', None], name='t')"],
  ["mixed labels", "pd.Index([1, 'a', 2.5])"],
  ["datetimes", "pd.DatetimeIndex(['2024-01-01', 'NaT', '2024-01-05'])"],
  [
    "datetimes with a frequency",
    "pd.date_range('2024-01-31', periods=3, freq='M' if pd.__version__ < '2.2' else 'ME', name='d')",
  ],
  ["business days in a zone", "pd.date_range('2024-03-29', periods=3, freq='B', tz='Europe/Berlin')"],
  [
    "hours over a change of summer time",
    "pd.date_range('2024-03-31', periods=3, freq='2H' if pd.__version__ < '2.2' else '2h', tz='Europe/Berlin')",
  ],
  ["timedeltas", "pd.timedelta_range('1D', periods=3)"],
  ["periods", "pd.period_range('2024-01', periods=3, freq='M')"],
  ["intervals", "pd.interval_range(0, 3)"],
  ["categories", "pd.CategoricalIndex(['a', 'b', 'a'])"],
  ["labels that repeat", "pd.Index(['a', 'a', 'a'])"],
  ["two levels", "pd.MultiIndex.from_arrays([['a', 'b', 'b'], [1, 2, 3]], names=['x', None])"],
  [
    "levels with missing labels",
    "pd.MultiIndex.from_arrays([['a', None, 'b'], pd.DatetimeIndex(['2024-01-01', 'NaT', '2024-01-02'])])",
  ],
  ["levels with unused labels", "pd.MultiIndex.from_product([['a', 'b', 'c', 'd'], [1]])[[0, 3, 1]]"],
];

const columns: readonly (readonly [string, string])[] = [
  ...["int8", "int64", "uint8", "uint64"].map(
    (name) => [name, `pd.Series([1, 0, 100], dtype='${name}')`] as const,
  ),
  ...["float16", "float32", "float64", "complex128"].map(
    (name) => [name, `pd.Series([0.5, np.nan, 2], dtype='${name}')`] as const,
  ),
  ["bool", "pd.Series([True, False, True])"],
  ["texts", "pd.Series(['a', 'ä🎉', ''])"],
  ["texts with all that can be missing", "pd.Series(['a', None, np.nan, pd.NA, pd.NaT])"],
  ["objects", "pd.Series([1, 'a', None, [1], {'k': 2.5}])"],
  ["booleans with missing ones", "pd.Series([True, None, np.nan], dtype=object)"],
  ["nothing but None", "pd.Series([None, None])"],
  ["large integers", "pd.Series([2**70, 1])"],
  ["datetimes", "pd.Series(pd.to_datetime(['2024-02-29 01:02:03.000000004', None]))"],
  ["the first and the last datetime", "pd.Series([pd.Timestamp.min, pd.Timestamp.max])"],
  ["datetimes in UTC", "pd.Series(pd.to_datetime(['2024-02-29', None], utc=True))"],
  [
    "datetimes in Berlin",
    "pd.Series(pd.date_range('2024-10-27', periods=4, freq='H' if pd.__version__ < '2.2' else 'h', tz='Europe/Berlin'))",
  ],
  [
    "datetimes with an offset",
    "pd.Series(pd.date_range('2024-01-01', periods=2, tz=datetime.timezone(datetime.timedelta(hours=5, minutes=30))))",
  ],
  ["dates as objects", "pd.Series([datetime.date(2024, 1, 1), None])"],
  ["timedeltas", "pd.Series(pd.to_timedelta(['1D', '-2s', None]))"],
  ["categories", "pd.Series(['b', 'a', None, 'b'], dtype='category')"],
  [
    "ordered categories",
    "pd.Series(pd.Categorical(['lo', 'hi'], categories=['lo', 'mid', 'hi'], ordered=True))",
  ],
  ["categories of numbers and dates", "pd.Series(pd.Categorical([3, 1, 3]))"],
  ["categories of dates", "pd.Series(pd.Categorical(pd.to_datetime(['2024-01-01', '2024-01-02'])))"],
  ...["Int8", "Int64", "UInt16", "Float32", "Float64"].map(
    (name) => [`nullable ${name}`, `pd.Series([1, None, 3], dtype='${name}')`] as const,
  ),
  ["nullable boolean", "pd.Series([True, None, False], dtype='boolean')"],
  ["string", "pd.Series(['a', None, 'ä'], dtype='string')"],
  ["periods", "pd.Series(pd.PeriodIndex(['2024Q1', 'NaT'], freq='Q'))"],
  ["intervals", "pd.Series(pd.IntervalIndex.from_breaks([0, 1.5, 3], closed='left'))"],
  ["intervals of dates", "pd.Series(pd.IntervalIndex.from_breaks(pd.date_range('2024-01-01', periods=3)))"],
  ["no rows", "pd.Series([], dtype='float64')"],
];

/** Values of pandas. */
export const pandasCases: readonly ValueCase[] = cases([
  ...columns.map(([name, python]) => [`Series of ${name}`, python] as const),
  ...indexes.map(([name, python]) => [`Index of ${name}`, python] as const),
  ...indexes.map(
    ([name, python]) =>
      [`Series over an index of ${name}`, `pd.Series([0.5, 1.5, 2.5], index=${python}, name='s')`] as const,
  ),
  ["Series of a sparse dtype", "pd.Series(pd.arrays.SparseArray([0.0, 1.0]))", "pd.Series([0.0, 1.0])"],
  ["Series whose name is a number", "pd.Series([1], name=5)"],
  ["Series whose name is a tuple", "pd.Series([1], name=('a', 1))"],
  [
    "DataFrame of many dtypes",
    "pd.DataFrame({'i': [1, 2], 'f': [0.5, np.nan], 's': ['a', None], 'b': [True, False], 'd': pd.to_datetime(['2024-01-01', None]), 'c': pd.Categorical(['x', 'y']), 'n': pd.array([1, None], dtype='Int64')}, index=['r1', 'r2'])",
  ],
  ["DataFrame with columns of one name", "pd.DataFrame([[1, 2.5, 'a']], columns=['x', 'x', 'x'])"],
  ["DataFrame whose columns are numbers", "pd.DataFrame([[1, 2]], columns=[10, 2])"],
  [
    "DataFrame whose columns are dates",
    "pd.DataFrame([[1, 2]], columns=pd.to_datetime(['2024-01-02', '2024-01-01']))",
  ],
  [
    "DataFrame with levels of columns",
    "pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([('a', 1), ('b', 2)], names=['u', 'v']))",
  ],
  ["DataFrame with names of both axes", "pd.DataFrame({'a': [1]}).rename_axis(index='row', columns='col')"],
  [
    "DataFrame without rows",
    "pd.DataFrame({'a': pd.Series([], dtype='int64'), 'b': pd.Series([], dtype='object')})",
  ],
  ["DataFrame without columns", "pd.DataFrame(index=['a', 'b'])"],
  ["DataFrame without anything", "pd.DataFrame()"],
  ["a subclass of DataFrame", "type('F', (pd.DataFrame,), {})({'a': [1]})", "pd.DataFrame({'a': [1]})"],
  ["Timestamp", "pd.Timestamp('2024-02-29 01:02:03.000000004')"],
  ["Timestamp in a zone", "pd.Timestamp('2024-07-01', tz='Europe/Berlin')"],
  // Zones come back as pandas itself makes them of their names, offsets as those of the standard library.
  [
    "Series of datetimes in a zone of zoneinfo",
    "pd.Series(pd.date_range('2024-01-01', periods=2, tz=zoneinfo.ZoneInfo('America/New_York')))",
    "pd.Series(pd.date_range('2024-01-01', periods=2, tz='America/New_York'))",
  ],
  [
    "Timestamp with an offset",
    "pd.Timestamp('2024-07-01T00:00:00+05:30')",
    "pd.Timestamp('2024-07-01', tz=datetime.timezone(datetime.timedelta(hours=5, minutes=30)))",
  ],
  ["Timedelta", "pd.Timedelta('-1D 00:00:00.000000001')"],
  ["Period", "pd.Period('2024-05', freq='M')"],
  ["Interval", "pd.Interval(0, 1.5, closed='both')"],
  ["NaT", "pd.NaT"],
  ["NA", "pd.NA"],
  ["array of pandas", "pd.array([1, None], dtype='Int64')", "pd.Series(pd.array([1, None], dtype='Int64'))"],
  ["DataFrame inside a dict", "{'frames': [pd.DataFrame({'a': [1.5]})], 'series': pd.Series(['x'])}"],
]);
