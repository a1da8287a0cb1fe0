"""Facilities per area: how many, how many per people, how many people per facility."""

from __future__ import annotations

import pandas as pd


def count_facilities(area: pd.Series, index: pd.Index) -> pd.Series:
    """Return the number of facilities per area for every area of ``index`` (0 where there is none)."""
    return area.value_counts().reindex(index, fill_value=0).astype(float)


def density(count: pd.Series, people: pd.Series, per: float = 1000) -> pd.Series:
    """Return ``count`` per ``per`` people; NaN where nobody lives.

    >>> density(pd.Series([2.0, 1.0]), pd.Series([4000, 0])).tolist()
    [0.5, nan]
    """
    return per * count / people.where(people > 0)


def provider_ratio(people: pd.Series, count: pd.Series) -> pd.Series:
    """Return people per facility; NaN ("not applicable") where there is no facility."""
    return people / count.where(count > 0)


def summed_capacity(capacity: pd.Series, area: pd.Series, index: pd.Index) -> pd.Series:
    """Return the capacity per area; NaN where any capacity is unknown, 0 where there is no facility."""
    total = capacity.groupby(area).sum()
    complete = capacity.notna().groupby(area).all()
    return total.where(complete).reindex(index).where(index.isin(area.dropna().unique()), 0.0)
