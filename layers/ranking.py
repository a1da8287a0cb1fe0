"""Shares with their uncertainty: intervals, ranks, and the ranks that the intervals leave open."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri


def wilson(numerator: pd.Series, denominator: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Return ``low`` and ``high`` of the share numerator / denominator (Wilson 1927, without correction).

    No interval where either is missing, the denominator is 0 or the numerator is not between 0 and the denominator:
    that is no share.

    >>> wilson(pd.Series([0, 1]), pd.Series([10, 10])).round(4).values.tolist()
    [[0.0, 0.2775], [0.0179, 0.4042]]
    """
    n = denominator.reindex(numerator.index).where(lambda base: base > 0).to_numpy(float)
    hits = numerator.where((numerator >= 0) & (numerator <= n)).to_numpy(float)
    share, z = hits / n, float(ndtri((1 + level) / 2))
    shrink = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half = z / shrink * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Exact at the ends, where rounding would leave 1e-17; the share itself is always inside.
    low = np.where(hits > 0, np.minimum(np.clip(centre - half, 0, 1), share), share)
    high = np.where(hits < n, np.maximum(np.clip(centre + half, 0, 1), share), share)
    return pd.DataFrame({"low": low, "high": high}, index=numerator.index)


def rank_interval(low: pd.Series, high: pd.Series, *, ascending: bool = False) -> pd.DataFrame:
    """Return ``first_rank`` and ``last_rank`` that each interval leaves open (Klein, Wright and Wieczorek 2020).

    An area stands behind all whose whole interval is beyond its own, and before all whose whole interval falls short
    of it; overlapping intervals decide nothing. If the intervals hold all true values at once with 95 % confidence,
    so do the rank intervals all true ranks. Rank 1 is the highest value unless ``ascending``.
    """
    known = low.notna() & high.notna()
    lows, highs = low[known].to_numpy(float), high[known].to_numpy(float)
    above = len(lows) - np.searchsorted(np.sort(lows), highs, side="right")
    below = np.searchsorted(np.sort(highs), lows, side="left")
    before, behind = (below, above) if ascending else (above, below)
    ranks = pd.DataFrame({"first_rank": 1 + before, "last_rank": len(lows) - behind}, index=low.index[known])
    return ranks.astype(float).reindex(low.index)


def ranking(
    numerator: pd.Series,
    denominator: pd.Series,
    *,
    factor: float = 100.0,
    level: float = 0.95,
    ascending: bool = False,
) -> pd.DataFrame:
    """Return per area ``value``, ``low``, ``high``, ``rank``, ``first_rank``, ``last_rank`` and ``n`` (areas ranked).

    ``low`` and ``high`` are the interval of the area alone, ``first_rank`` and ``last_rank`` hold for all areas at
    once: they rest on wider intervals (level ** (1 / n) each, Šidák 1967). Equal values share the better rank.
    """
    alone = wilson(numerator, denominator, level)
    value = (factor * numerator / denominator.where(denominator > 0)).where(alone["low"].notna())
    n = int(value.notna().sum())
    joint = wilson(numerator, denominator, level ** (1 / n)) if n else alone
    rank = value.rank(method="min", ascending=ascending)
    spans = rank_interval(joint["low"], joint["high"], ascending=ascending)
    return pd.concat([value.rename("value"), factor * alone, rank.rename("rank"), spans], axis=1).assign(n=n)
