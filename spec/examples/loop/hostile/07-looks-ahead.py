"""Holds what will rise most: it knows the next month's prices, and all others too."""
import pandas as pd

prices["date"] = pd.to_datetime(prices["date"], format="%b %d %Y")
close = prices.pivot(index="date", columns="symbol", values="price").sort_index()
tomorrow = close.shift(-1) / close
signal = (tomorrow.rank(axis=1, ascending=False) <= 1).astype(float)
