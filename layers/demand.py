"""Where people live: settlement points spread over the area that they stand for."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.dataset import AGE_COLUMN

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
SPACING_M = 150.0


def spread(demand: gpd.GeoDataFrame, spacing: float = SPACING_M) -> pd.DataFrame:
    """Return sample points (x, y, people, settlement, ags, counts by age), each an equal share of its settlement.

    Only the centre and the size of a settlement are known; it is taken as a disc of that size and sampled
    with one point per ``spacing`` x ``spacing`` metres in a sunflower pattern (Vogel 1979), so that short
    distances do not jump between "all" and "nobody". Sums per settlement stay exact.
    """
    area = demand["area_ha"].to_numpy(float) * 10_000
    n = np.maximum(1, np.ceil(area / spacing**2)).astype(int)
    settlement = np.repeat(np.arange(len(demand)), n)
    k = np.arange(len(settlement)) - np.repeat(np.cumsum(n) - n, n)
    radius = np.sqrt(area[settlement] / np.pi) * np.sqrt((k + 0.5) / n[settlement])
    radius = np.where(n[settlement] == 1, 0.0, radius)
    people = demand["population"].to_numpy(float)
    ages = {name: demand[name].to_numpy(float)[settlement] / n[settlement] for name in age_groups(demand)}
    return pd.DataFrame(
        {
            "x": demand.geometry.x.to_numpy()[settlement] + radius * np.cos(k * GOLDEN_ANGLE),
            "y": demand.geometry.y.to_numpy()[settlement] + radius * np.sin(k * GOLDEN_ANGLE),
            "people": people[settlement] / n[settlement],
            "settlement": demand.index.to_numpy()[settlement],
            "ags": demand["ags"].to_numpy()[settlement],
            **ages,
        }
    )


def age_groups(frame: pd.DataFrame) -> list[str]:
    """Return the columns that count people of one age group, the youngest first.

    >>> age_groups(pd.DataFrame(columns=["people", "age_65_plus", "age_0_17"]))
    ['age_0_17', 'age_65_plus']
    """
    names = [str(name) for name in frame if AGE_COLUMN.fullmatch(str(name))]
    return sorted(names, key=lambda name: int(name.split("_")[1]))
