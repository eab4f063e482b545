"""Twelve-month momentum: each month hold, in equal parts, the two stocks that rose most over the past year.

Takes `prices`, a frame with the columns symbol, date and price (monthly); gives `signal`, the weight of each stock at the end of
each month, and `result`, how that would have gone, one month delayed and without costs.
"""
import numpy as np
import pandas as pd

LOOKBACK = 12
HELD = 2

prices["date"] = pd.to_datetime(prices["date"], format="%b %d %Y")
close = prices.pivot(index="date", columns="symbol", values="price").sort_index()
print(f"{len(close)} months of {', '.join(close.columns)}, from {close.index[0]:%B %Y} to {close.index[-1]:%B %Y}")

momentum = close / close.shift(LOOKBACK) - 1
rank = momentum.rank(axis=1, ascending=False)
signal = (rank <= HELD).astype(float).div(HELD)[momentum.notna().sum(axis=1) >= HELD]

returns = (signal.shift(1) * close.pct_change(fill_method=None).loc[signal.index]).sum(axis=1).iloc[1:]
result = {
    "months": len(returns),
    "yearly_return": round(float((1 + returns).prod() ** (12 / len(returns)) - 1), 4),
    "sharpe_ratio": round(float(returns.mean() / returns.std() * np.sqrt(12)), 3),
    "worst_month": round(float(returns.min()), 4),
}
