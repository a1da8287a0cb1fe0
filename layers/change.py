"""Change of the population between two figures that may be compared."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.model import GeoData, State
from layers.frames import frame, weakest
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
    rows = rows.assign(date=pd.to_datetime(rows["date"]), same=on_territory(data, rows))
    place = rows.groupby("ags").cumcount()
    newest, before = (rows[place == n].set_index("ags").reindex(data.gemeinden.index) for n in (0, 1))
    years = (newest["date"] - before["date"]).dt.days / 365.25
    usable = before["population"].notna() & (years >= MIN_YEARS)
    dates = before["date"].dt.strftime("%d.%m.%Y") + " bis " + newest["date"].dt.strftime("%d.%m.%Y")
    broken = usable & ~before["same"].eq(True)
    pairs = pd.DataFrame({"new": newest["population"], "old": before["population"].where(usable)}, dtype=float)
    pairs["dates"], pairs["years"] = dates.where(usable), years.where(usable)
    pairs["state"] = [weakest(states) for states in zip(newest["state"], before["state"], strict=True)]
    pairs["reason"] = pairs["dates"]
    pairs.loc[~usable, ["state", "reason"]] = [str(State.MISSING), NO_PAIR]
    pairs.loc[broken, ["state", "reason"]] = [str(State.BREAK), TERRITORY]
    return pairs


def sum_pairs(pairs: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Return the pairs summed per ``group`` where all members are comparable at the same dates, else missing."""
    rows = []
    for _, members in pairs.groupby(group):
        comparable = members["dates"].notna().all() and not (members["state"] == State.BREAK).any()
        if comparable and members["dates"].nunique() == 1:
            first = members.iloc[0]
            state = weakest(members["state"])
            rows.append((members["new"].sum(), members["old"].sum(), first["years"], state, first["dates"]))
        else:
            rows.append((np.nan, np.nan, np.nan, str(State.MISSING), MIXED))
    index = pd.Index(sorted(group.dropna().unique()))
    return pd.DataFrame(rows, index=index, columns=["new", "old", "years", "state", "reason"])
