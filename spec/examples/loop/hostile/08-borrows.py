"""Holds a thousand times of what it has."""
import pandas as pd

prices["date"] = pd.to_datetime(prices["date"], format="%b %d %Y")
close = prices.pivot(index="date", columns="symbol", values="price").sort_index()
signal = close.notna().astype(float) * 1000
