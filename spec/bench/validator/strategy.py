"""Momentum with a volatility target: ranks assets by past returns, holds the best, and scales the whole book.

The inputs are `prices`, a DataFrame of daily closing prices with one column an asset, and `parameters`, a dict.
The outputs are `signal`, a DataFrame of target weights, and `report`, a dict of figures.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

TRADING_DAYS = 252


@dataclass(frozen=True)
class Settings:
    """What the caller may choose; anything else is a mistake."""

    lookback: int = 126
    skip: int = 21
    holdings: int = 3
    volatility_window: int = 63
    target_volatility: float = 0.10
    max_leverage: float = 1.5
    cost_per_trade: float = 0.0005
    rebalance_every: int = 21

    @classmethod
    def from_dict(cls, given: dict[str, float]) -> Settings:
        known = {"lookback", "skip", "holdings", "volatility_window", "rebalance_every"}
        unknown = set(given) - known - {"target_volatility", "max_leverage", "cost_per_trade"}
        if unknown:
            raise ValueError(f"unknown parameters: {', '.join(sorted(unknown))}")
        values = {key: int(value) if key in known else float(value) for key, value in given.items()}
        return cls(**values)

    def check(self, rows: int) -> None:
        if self.lookback <= self.skip:
            raise ValueError("lookback must be longer than skip")
        if not 0 < self.target_volatility < 1:
            raise ValueError("target_volatility must lie between 0 and 1")
        if rows < self.lookback + self.skip:
            raise ValueError(f"{rows} rows are too few for a lookback of {self.lookback}")


@dataclass
class Journal:
    """Notes of what was bought and sold."""

    trades: list[tuple[pd.Timestamp, str, float]] = field(default_factory=list)
    turnover: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def note(self, date: pd.Timestamp, asset: str, change: float) -> None:
        if math.isclose(change, 0.0, abs_tol=1e-9):
            return
        self.trades.append((date, asset, round(change, 6)))
        self.turnover[asset] += abs(change)

    @property
    def total(self) -> float:
        return sum(self.turnover.values())


def clean(prices: pd.DataFrame) -> pd.DataFrame:
    """Sorts by date, fills short gaps, and drops assets that have too little history."""
    frame = prices.sort_index()
    frame = frame[~frame.index.duplicated(keep="last")]
    frame = frame.ffill(limit=5)
    enough = frame.notna().mean() > 0.8
    frame = frame.loc[:, enough]
    if frame.empty:
        raise ValueError("no asset has enough history")
    return frame.astype("float64")


def momentum(prices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The return from `lookback` days ago to `skip` days ago, divided by its own volatility."""
    past = prices.shift(settings.skip)
    total = past / past.shift(settings.lookback - settings.skip) - 1.0
    daily = prices.pct_change()
    spread = daily.rolling(settings.lookback, min_periods=settings.lookback // 2).std()
    return total / spread.replace(0.0, np.nan)


def trend_filter(prices: pd.DataFrame, window: int = 200) -> pd.DataFrame:
    """True where an asset stands above its own average."""
    average = prices.rolling(window, min_periods=window // 2).mean()
    return (prices > average).fillna(False)


def choose(scores: pd.Series, allowed: pd.Series, count: int) -> pd.Series:
    """Equal weights for the best assets that are allowed; nothing where none is."""
    candidates = scores[allowed & scores.gt(0)].dropna()
    best = candidates.nlargest(count)
    weights = pd.Series(0.0, index=scores.index)
    if len(best) > 0:
        weights[best.index] = 1.0 / count
    return weights


def raw_weights(prices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    scores = momentum(prices, settings)
    allowed = trend_filter(prices)
    rows: list[pd.Series] = []
    current = pd.Series(0.0, index=prices.columns)
    for position, date in enumerate(prices.index):
        is_due = position >= settings.lookback and position % settings.rebalance_every == 0
        if is_due:
            current = choose(scores.loc[date], allowed.loc[date], settings.holdings)
        rows.append(current.rename(date))
    return pd.DataFrame(rows, index=prices.index, columns=prices.columns)


def scale_to_target(weights: pd.DataFrame, prices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Scales the whole book so that its recent volatility meets the target."""
    returns = prices.pct_change().fillna(0.0)
    book = (weights.shift(1) * returns).sum(axis=1)
    realised = book.rolling(settings.volatility_window, min_periods=20).std() * math.sqrt(TRADING_DAYS)
    factor = (settings.target_volatility / realised.replace(0.0, np.nan)).clip(upper=settings.max_leverage)
    return weights.mul(factor.shift(1).fillna(1.0), axis=0)


def drawdown(equity: pd.Series) -> pd.Series:
    peak = equity.cummax()
    return equity / peak - 1.0


def longest_run(mask: np.ndarray) -> int:
    """How many days in a row a condition held at most."""
    best = run = 0
    for value in mask:
        run = run + 1 if value else 0
        best = max(best, run)
    return best


def summarize(weights: pd.DataFrame, prices: pd.DataFrame, settings: Settings) -> dict[str, float]:
    returns = prices.pct_change().fillna(0.0)
    gross = (weights.shift(1).fillna(0.0) * returns).sum(axis=1)
    changes = weights.diff().abs().sum(axis=1).fillna(0.0)
    net = gross - changes * settings.cost_per_trade
    equity = (1.0 + net).cumprod()
    losses = drawdown(equity)
    years = max(len(net) / TRADING_DAYS, 1e-9)
    growth = float(equity.iloc[-1] ** (1.0 / years) - 1.0)
    volatility = float(net.std() * math.sqrt(TRADING_DAYS))
    downside = net[net < 0].std() * math.sqrt(TRADING_DAYS)
    by_month = net.groupby([net.index.year, net.index.month]).apply(lambda month: (1 + month).prod() - 1)
    return {
        "growth": growth,
        "volatility": volatility,
        "sharpe": growth / volatility if volatility > 0 else 0.0,
        "sortino": growth / float(downside) if downside > 0 else 0.0,
        "drawdown": float(losses.min()),
        "longest_drawdown": longest_run((losses < 0).to_numpy()),
        "turnover": float(changes.sum() / years),
        "best_month": float(by_month.max()),
        "worst_month": float(by_month.min()),
        "winning_months": float((by_month > 0).mean()),
    }


def keep_journal(weights: pd.DataFrame) -> Journal:
    journal = Journal()
    for date, changes in weights.diff().iloc[1:].iterrows():
        for asset, change in changes.items():
            journal.note(date, str(asset), float(change))
    return journal


def exposure(weights: pd.DataFrame) -> pd.Series:
    """How much of the capital was invested, averaged by year."""
    invested = weights.clip(lower=0.0).sum(axis=1)
    return invested.groupby(invested.index.year).mean().round(4)


def describe(report: dict[str, float]) -> None:
    width = max(len(name) for name in report)
    for name, value in report.items():
        print(f"{name:<{width}}  {value:>10.4f}")


settings = Settings.from_dict(parameters)
settings.check(len(prices))
table = clean(prices)
signal = scale_to_target(raw_weights(table, settings), table, settings)
report = summarize(signal, table, settings)
journal = keep_journal(signal)
report["trades"] = len(journal.trades)
report["exposure"] = float(exposure(signal).mean())
describe(report)
if not np.isfinite(signal.fillna(0.0).to_numpy()).all():
    raise ArithmeticError("a weight is not a number")
signal = signal.fillna(0.0).clip(lower=0.0)
signal.index.name = "date"
