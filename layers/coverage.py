"""People-weighted statistics of travel costs per area."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _sum(values: pd.Series, area: pd.Series) -> pd.Series:
    """Return sums per area; a bincount, because the pages ask for hundreds of these on every move of a slider."""
    groups = area.astype("category").cat
    inside = groups.codes.to_numpy() >= 0
    total = np.bincount(
        groups.codes.to_numpy()[inside], values.to_numpy(float)[inside], minlength=len(groups.categories)
    )
    return pd.Series(total, index=pd.Index(groups.categories, name=area.name))


def _complete(cost: pd.Series, area: pd.Series) -> pd.Series:
    """Return where every cost of an area is known."""
    return _sum(cost.isna().astype(float), area) == 0


def weighted_mean(cost: pd.Series, people: pd.Series, area: pd.Series) -> pd.Series:
    """Return the people-weighted mean of ``cost`` per area; NaN where no people live or a cost is unknown."""
    total = _sum(people, area)
    return (_sum(cost * people, area) / total.where(total > 0)).where(_complete(cost, area))


def weighted_median(cost: pd.Series, people: pd.Series, area: pd.Series) -> pd.Series:
    """Return per area the smallest cost within which at least half of the people are; NaN as in weighted_mean."""
    frame = pd.DataFrame({"cost": cost, "people": people, "area": area}).sort_values("cost", kind="stable")
    grouped = frame.groupby("area", observed=False)
    total = grouped["people"].sum()
    half = grouped["people"].transform("sum") / 2
    inside = frame[grouped["people"].cumsum() >= half * (1 - 1e-12)]
    median = inside.groupby("area", observed=False)["cost"].first().reindex(total.index)
    return median.where(_complete(cost, area) & (total > 0))


def share_within(cost: pd.Series, people: pd.Series, area: pd.Series, threshold: float) -> pd.Series:
    """Return the share of people (%) whose cost is at most ``threshold``; exactly at the limit is covered.

    >>> one = pd.Series([1, 1]); share_within(pd.Series([15.0, 15.1]), one, pd.Series(["a", "a"]), 15).tolist()
    [50.0]
    """
    total = _sum(people, area)
    covered = _sum(people.where(cost <= threshold, 0.0), area)
    return (100 * covered / total.where(total > 0)).where(_complete(cost, area))
