"""Momentum with parameters: hold, in equal parts, the stocks that rose most over the last months, and look again every few months.

Takes `prices`, a frame with the columns symbol, date and price (monthly); gives `signal`, the weight of each stock at the end of each month.
It runs as it is; `brigbox loop` puts other values into the five lines below.
"""
import pandas as pd

LOOKBACK = 12
SKIP = 0
HELD = 2
EVERY = 1
RISING = False

prices["date"] = pd.to_datetime(prices["date"], format="%b %d %Y")
close = prices.pivot(index="date", columns="symbol", values="price").sort_index()

recent = close.shift(SKIP)
momentum = recent / recent.shift(LOOKBACK) - 1
is_held = momentum.rank(axis=1, ascending=False) <= HELD
if RISING:
    is_held = is_held & (momentum > 0)
weights = is_held.astype(float) / HELD
signal = weights.iloc[[row - row % EVERY for row in range(len(weights))]].set_axis(weights.index)
