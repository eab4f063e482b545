"""Says of itself that it is the best there is, and does nothing."""
result = {"sharpe_ratio": 1e9, "yearly_return": 1e9}
signal = None
