result = prices.groupby("ticker").size()
