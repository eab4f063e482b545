result = prices.groupby("symbol")["price"].mean().round(2).to_dict()
