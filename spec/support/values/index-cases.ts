import { cases, type ValueCase } from "./case.ts";

const indexes: readonly (readonly [string, string, string?])[] = [
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
  ["large whole numbers", "pd.Index([2**62, -(2**62), 0])"],
  ["large steps", "pd.RangeIndex(0, 3 * 2**60, 2**60)", "pd.Index([0, 2**60, 2**61])"],
  ["unsigned numbers", "pd.Index([2**64 - 1, 0, 1], dtype='uint64')"],
  ["tuples that are no levels", "pd.Index([(1, 'a'), (2, 'b'), (3, None)], tupleize_cols=False)"],
  ["dates as objects", "pd.Index([datetime.date(2024, 1, 1), datetime.date(2024, 1, 2), None])"],
  ["nullable numbers", "pd.Index(pd.array([1, None, 3], dtype='Int64'))"],
  ["string", "pd.Index(pd.array(['a', None, 'b'], dtype='string'))"],
  [
    "business days with holidays",
    "pd.date_range('2024-01-01', periods=3, freq=pd.offsets.CustomBusinessDay(holidays=['2024-01-02']))",
    "pd.DatetimeIndex(['2024-01-01', '2024-01-03', '2024-01-04'])",
  ],
  ["weeks backwards", "pd.date_range('2024-01-28', periods=3, freq='-1W-SUN')"],
  [
    "intervals of floats that miss one",
    "pd.IntervalIndex.from_tuples([(0.5, 1), np.nan, (2, 3)], closed='neither', name='i')",
  ],
  [
    "ordered categories",
    "pd.CategoricalIndex([2, None, 1], categories=[3, 2, 1], ordered=True, name=('n', 1))",
  ],
  ["labels that repeat", "pd.Index(['a', 'a', 'a'])"],
  ["two levels", "pd.MultiIndex.from_arrays([['a', 'b', 'b'], [1, 2, 3]], names=['x', None])"],
  [
    "levels with missing labels",
    "pd.MultiIndex.from_arrays([['a', None, 'b'], pd.DatetimeIndex(['2024-01-01', 'NaT', '2024-01-02'])])",
  ],
  [
    "levels of many kinds",
    "pd.MultiIndex.from_arrays([pd.Categorical(['a', 'b', 'a']), pd.date_range('2024-01-01', periods=3, tz='Europe/Berlin'), pd.period_range('2024', periods=3, freq='M')], names=['c', 'd', 'c'])",
  ],
  [
    "levels that repeat labels",
    "pd.MultiIndex.from_tuples([('a', 1), ('a', 1), ('b', None)], names=[None, ('x', 1)])",
  ],
  ["one level", "pd.MultiIndex.from_arrays([[3, 1, 2]])"],
  ["levels with unused labels", "pd.MultiIndex.from_product([['a', 'b', 'c', 'd'], [1]])[[0, 3, 1]]"],
];

const over = (index: string | undefined): string | undefined =>
  index === undefined ? undefined : `pd.Series([0.5, 1.5, 2.5], index=${index}, name='s')`;

const across = (index: string | undefined): string | undefined =>
  index === undefined ? undefined : `pd.DataFrame([[1, 'a', 0.5]], columns=${index})`;

/** Indexes of pandas of three labels each: alone, of rows and of columns. */
export const indexCases: readonly ValueCase[] = cases([
  ...indexes.map(([name, python, back]) => [`Index of ${name}`, python, back] as const),
  ...indexes.map(([name, python, back]) => [`Series over ${name}`, over(python) ?? "", over(back)] as const),
  ...indexes.map(
    ([name, python, back]) => [`DataFrame across ${name}`, across(python) ?? "", across(back)] as const,
  ),
]);
