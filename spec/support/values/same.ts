/** Python: imports for the cases, and `same(left, right)`, which is true only for equal values of equal types. */
export const preamble = `
import collections, datetime, decimal, enum, zoneinfo
import numpy as np
import pandas as pd

def same(left, right):
    if isinstance(right, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right, check_freq=True, check_names=True, check_exact=True)
        return type(left) is pd.DataFrame and same(left.columns, right.columns) and same(left.index, right.index) and objects_same(left, right)
    if isinstance(right, pd.Series):
        pd.testing.assert_series_equal(left, right, check_freq=True, check_exact=True)
        return same(left.index, right.index) and type(left.name) is type(right.name) and (left.dtype != object or same(list(left), list(right)))
    if isinstance(right, pd.Index):
        pd.testing.assert_index_equal(left, right, exact=True)
        return getattr(left, "freq", None) == getattr(right, "freq", None) and (left.dtype != object or same(list(left), list(right)))
    if type(left) is not type(right):
        return False
    if isinstance(right, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and (
            same(left.ravel().tolist(), right.ravel().tolist()) if right.dtype == object
            else np.array_equal(left.view("u1") if left.size and left.flags.c_contiguous and left.ndim else left.tobytes(), right.view("u1") if right.size and right.flags.c_contiguous and right.ndim else right.tobytes()) or left.tobytes() == right.tobytes())
    if right is pd.NaT or right is pd.NA:
        return left is right
    if isinstance(right, (set, frozenset)):
        return left == right
    if isinstance(right, (np.datetime64, np.timedelta64)):
        return left.dtype == right.dtype and left.tobytes() == right.tobytes()
    if isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(same(*pair) for pair in zip(left, right))
    if isinstance(right, dict):
        return list(map(repr, left)) == list(map(repr, right)) and all(same(a, b) for a, b in zip(left.values(), right.values()))
    if isinstance(right, pd.Timestamp):
        return left == right and str(left) == str(right) and str(left.tz) == str(right.tz)
    if isinstance(right, datetime.datetime):
        return left == right and left.fold == right.fold and str(left.tzinfo) == str(right.tzinfo) and left.isoformat() == right.isoformat()
    return repr(left) == repr(right)

def objects_same(left, right):
    return all(same(list(left.iloc[:, n]), list(right.iloc[:, n])) for n in range(right.shape[1]) if right.dtypes.iloc[n] == object)
`;
