"""Change of the population between two figures that may be compared."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.model import GeoData, State
from layers.frames import frame
from layers.periods import BASIS, TERRITORY, on_territory

MIN_YEARS = 0.9
NO_PAIR = "Nur ein Wert auf der Basis Zensus 2011; eine Reihe liefert Tabelle 12411-01-01-5."
MIXED = "Nicht für alle Gemeinden liegen Werte zu denselben zwei Stichtagen vor."


def annual_change(data: GeoData, area: gpd.GeoDataFrame, level: str) -> pd.DataFrame:
    """Return the change in % per year between the two newest figures on the Zensus 2011 base.

    Above the Gemeinde a change exists only where every Gemeinde has figures at the same two dates: sums over
    different dates are no change. A Gemeinde whose territory changed in between is a break.
    """
    pairs = population_pairs(data)
    if level != "gemeinde":
        group = data.gemeinden["sozialraum"] if level == "sozialraum" else pairs["old"].map(lambda _: data.ags)
        pairs = sum_pairs(pairs, group)
    pairs = pairs.reindex(area.index)
    value = 100 * (pairs["new"] / pairs["old"] - 1) / pairs["years"]
    return frame(value, pairs["state"], base=pairs["old"], reason=pairs["reason"])


def population_pairs(data: GeoData) -> pd.DataFrame:
    """Return per Gemeinde ``old`` and ``new`` people, ``dates``, ``years`` between them, ``state`` and ``reason``."""
    rows = data.population[data.population["basis"] == BASIS].sort_values("date", ascending=False)
    rows = rows.assign(date=pd.to_datetime(rows["date"]))
    first = rows.groupby("ags").nth(0).set_index("ags")
    second = rows.groupby("ags").nth(1).set_index("ags")
    pairs = pd.DataFrame(index=data.gemeinden.index)
    pairs["new"], pairs["old"] = first["population"].astype(float), second["population"].astype(float)
    pairs["dates"] = second["date"].dt.strftime("%d.%m.%Y") + " bis " + first["date"].dt.strftime("%d.%m.%Y")
    pairs["years"] = (first["date"] - second["date"]).dt.days / 365.25
    pairs["state"], pairs["reason"] = str(State.MEASURED), pairs["dates"].fillna(NO_PAIR)
    pairs.loc[~(pairs["years"] >= MIN_YEARS), ["old", "state", "reason"]] = [np.nan, str(State.MISSING), NO_PAIR]
    broken = second.index[~on_territory(data, second.reset_index()).to_numpy()]
    pairs.loc[pairs.index.isin(broken) & pairs["old"].notna(), ["state", "reason"]] = [str(State.BREAK), TERRITORY]
    return pairs


def sum_pairs(pairs: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Return the pairs summed per ``group`` where all members are comparable at the same dates, else missing."""
    grouped = pairs.groupby(group)
    summed = grouped[["old", "new"]].sum(min_count=1).join(grouped[["dates", "years"]].first())
    same = (grouped["state"].agg(lambda s: (s == State.MEASURED).all())) & (grouped["dates"].nunique() == 1)
    summed["state"] = same.map({True: str(State.MEASURED), False: str(State.MISSING)})
    summed["reason"] = summed["dates"].where(same, MIXED)
    summed.loc[~same, ["old", "new"]] = np.nan
    return summed
