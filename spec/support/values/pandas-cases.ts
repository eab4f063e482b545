import { cases, type ValueCase } from "./case.ts";

const columns: readonly (readonly [string, string])[] = [
  ...["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"].map(
    (name) => [name, `pd.Series([1, 0, 100], dtype='${name}')`] as const,
  ),
  ...["float16", "float32", "float64", "complex64", "complex128"].map(
    (name) => [name, `pd.Series([0.5, np.nan, 2], dtype='${name}')`] as const,
  ),
  ["bool", "pd.Series([True, False, True])"],
  ["texts", "pd.Series(['a', 'ä🎉', ''])"],
  ["texts with all that can be missing", "pd.Series(['a', None, np.nan, pd.NA, pd.NaT])"],
  ["half surrogate pairs", "pd.Series(['\\ud800', None], dtype=object)"],
  ["objects", "pd.Series([1, 'a', None, [1], {'k': 2.5}])"],
  ["objects with all that can be missing", "pd.Series([1, None, np.nan, pd.NA, pd.NaT], dtype=object)"],
  ["bytes", "pd.Series([b'a', b''])"],
  ["decimals", "pd.Series([decimal.Decimal('1.10'), None])"],
  ["frames", "pd.Series([pd.DataFrame({'a': [1]}), None])"],
  ["booleans with missing ones", "pd.Series([True, None, np.nan], dtype=object)"],
  ["nothing but None", "pd.Series([None, None])"],
  ["large integers", "pd.Series([2**70, 1])"],
  ["datetimes", "pd.Series(pd.to_datetime(['2024-02-29 01:02:03.000000004', None]))"],
  [
    "datetimes in seconds",
    "pd.Series(np.array(['9999-01-01', 'NaT'], dtype='M8[s]')) if since((2, 0)) else pd.Series([1])",
  ],
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
  ["the longest timedeltas", "pd.Series([pd.Timedelta.min, pd.Timedelta.max])"],
  ["categories", "pd.Series(['b', 'a', None, 'b'], dtype='category')"],
  [
    "ordered categories",
    "pd.Series(pd.Categorical(['lo', 'hi'], categories=['lo', 'mid', 'hi'], ordered=True))",
  ],
  ["categories of numbers", "pd.Series(pd.Categorical([3, 1, 3]))"],
  ["categories without codes", "pd.Series(pd.Categorical([None, None], categories=['a', 'b']))"],
  ["categories of nothing", "pd.Series(pd.Categorical([]))"],
  ["categories of intervals", "pd.Series(pd.cut([1, 5, 9], 2))"],
  ["categories of dates", "pd.Series(pd.Categorical(pd.to_datetime(['2024-01-01', '2024-01-02'])))"],
  ...["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64"].map(
    (name) => [`nullable ${name}`, `pd.Series([1, None, 3], dtype='${name}')`] as const,
  ),
  ["nullable boolean", "pd.Series([True, None, False], dtype='boolean')"],
  ["string", "pd.Series(['a', None, 'ä'], dtype='string')"],
  ["periods", "pd.Series(pd.PeriodIndex(['2024Q1', 'NaT'], freq='Q'))"],
  ...["D", "W-WED", "M", "Q-NOV", "B"].map(
    (freq) => [`periods of ${freq}`, `pd.Series(pd.PeriodIndex(['2024-01-03'], freq='${freq}'))`] as const,
  ),
  ["intervals", "pd.Series(pd.IntervalIndex.from_breaks([0, 1.5, 3], closed='left'))"],
  ["intervals of dates", "pd.Series(pd.IntervalIndex.from_breaks(pd.date_range('2024-01-01', periods=3)))"],
  ["intervals with a missing one", "pd.Series(pd.arrays.IntervalArray.from_tuples([(0.5, 1.5), np.nan]))"],
  [
    "intervals of dates in a zone",
    "pd.Series(pd.IntervalIndex.from_breaks(pd.date_range('2024-01-01', periods=3, tz='UTC'), closed='both'))",
  ],
  ["no rows", "pd.Series([], dtype='float64')"],
];

/** Values of pandas. */
export const pandasCases: readonly ValueCase[] = cases([
  ...columns.map(([name, python]) => [`Series of ${name}`, python] as const),
  ["Series of a sparse dtype", "pd.Series(pd.arrays.SparseArray([0.0, 1.0]))", "pd.Series([0.0, 1.0])"],
  [
    "Series of sparse objects",
    "pd.Series(pd.arrays.SparseArray(['a', None], dtype='Sparse[object]'))",
    "pd.Series(['a', np.nan], dtype=object)",
  ],
  [
    "Series of the other byte order",
    "pd.Series(np.array([1, 2], dtype='>i4'))",
    "pd.Series([1, 2], dtype='i4')",
  ],
  ["Series whose name is None", "pd.Series([1], name=None)"],
  ["Series with notes", "pd.Series([1]).pipe(lambda s: s.attrs.update(a=1) or s)", "pd.Series([1])"],
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
  ["DataFrame of a million rows without columns", "pd.DataFrame(index=range(1_000_000))"],
  ["DataFrame without anything", "pd.DataFrame()"],
  [
    "DataFrame without rows, but with labels of them",
    "pd.DataFrame(columns=['a', 'b'], index=pd.DatetimeIndex([], name='d'))",
  ],
  ["DataFrame whose columns are mixed", "pd.DataFrame([[1, 2, 3, 4]], columns=[1, '1', None, ('a', 2)])"],
  [
    "DataFrame with an unusual order of columns",
    "pd.DataFrame([[1, 2, 3]], columns=['10', '9', '__proto__'])",
  ],
  [
    "DataFrame cut from another",
    "pd.DataFrame(np.arange(12.).reshape(3, 4), columns=list('abcd')).iloc[::-2, ::2]",
  ],
  [
    "DataFrame of a hundred thousand rows",
    "pd.DataFrame({'a': np.arange(100_000), 'b': np.linspace(0, 1, 100_000), 'c': ['x', None] * 50_000})",
  ],
  [
    "a subclass of DataFrame that makes subclasses",
    "type('G', (pd.DataFrame,), {'_constructor': property(lambda self: type(self)), 'iloc': property(lambda self: 1 / 0)})({'a': [1], 'b': ['x']})",
    "pd.DataFrame({'a': [1], 'b': ['x']})",
  ],
  ["a subclass of Series", "type('T', (pd.Series,), {})([1.5], name='t')", "pd.Series([1.5], name='t')"],
  ["a subclass of DataFrame", "type('F', (pd.DataFrame,), {})({'a': [1]})", "pd.DataFrame({'a': [1]})"],
  ["Timestamp", "pd.Timestamp('2024-02-29 01:02:03.000000004')"],
  ["Timestamp in a zone", "pd.Timestamp('2024-07-01', tz='Europe/Berlin')"],
  ["Timedelta", "pd.Timedelta('-1D 00:00:00.000000001')"],
  [
    "the first and the last Timestamp",
    "[pd.Timestamp.min, pd.Timestamp.max, pd.Timedelta.min, pd.Timedelta.max]",
  ],
  ["Timestamp in seconds", "pd.Timestamp('9999-12-31').as_unit('s') if since((2, 0)) else pd.NaT"],
  ["Period", "pd.Period('2024-05', freq='M')"],
  ["Periods", "[pd.Period('2024-05-07', freq=freq) for freq in ('D', 'W', 'Q', 'Q-NOV')]"],
  ["Interval", "pd.Interval(0, 1.5, closed='both')"],
  ["Interval of Timestamps", "pd.Interval(pd.Timestamp('2024-01-01'), pd.Timestamp('2024-01-02'))"],
  ["NaT", "pd.NaT"],
  ["NA", "pd.NA"],
  ["array of pandas", "pd.array([1, None], dtype='Int64')", "pd.Series(pd.array([1, None], dtype='Int64'))"],
  ["DataFrame inside a dict", "{'frames': [pd.DataFrame({'a': [1.5]})], 'series': pd.Series(['x'])}"],
]);
