import pandas as pd

table = prices.assign(date=pd.to_datetime(prices["date"])).pivot(index="date", columns="symbol", values="price")
signal = table.pct_change(12, fill_method=None).rank(axis=1).dropna(how="all")
