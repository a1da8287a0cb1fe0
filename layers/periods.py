"""Population figures of single years, on the territory of the dataset only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata.model import GeoData, State
from layers.frames import frame, weakest
from layers.german import day
from layers.inputs import areas
from layers.keys import IndicatorKey

BASIS = "Zensus 2011"
WITH_YEARS = frozenset({"BEV01", "BEV02"})
AREA_TOLERANCE_KM2 = 0.1
NO_FIGURE = "Für dieses Jahr liegt kein Wert auf der Basis Zensus 2011 vor (Tabelle 12411-01-01-5)."
NOT_ALL = "Nicht für alle Gemeinden liegt ein Wert dieses Jahres vor."
TERRITORY = "Der frühere Wert gilt für ein anderes Gebiet: nicht vergleichbar."


def periods_of(data: GeoData, key: IndicatorKey) -> tuple[str, ...]:
    """Return the years for which any Gemeinde has a figure, newest first."""
    if key.id not in WITH_YEARS:
        return ()
    return tuple(sorted(_figures(data)["year"].unique(), reverse=True))


def on_territory(data: GeoData, rows: pd.DataFrame) -> pd.Series:
    """Return which population rows speak of the area that the Gemeinde has today, judged by the area they name."""
    today = rows["ags"].map(data.gemeinden["area_km2"]).astype(float)
    named = rows["area_km2"].astype(float)
    return named.isna() | ((named - today).abs() <= AREA_TOLERANCE_KM2)


def population_in(data: GeoData, level: str, key: IndicatorKey, year: str) -> pd.DataFrame:
    """Return people (BEV01) or people per km² (BEV02) of ``year``; sums only where every Gemeinde has a figure."""
    rows = _figures(data).query("year == @year").sort_values("date").groupby("ags").tail(1).set_index("ags")
    figures = pd.DataFrame(index=data.gemeinden.index)
    figures["people"] = rows["population"].astype(float)
    figures["state"] = rows["state"]
    figures["reason"] = NO_FIGURE
    figures.loc[rows.index, "reason"] = [_reason(row) for row in rows.itertuples()]
    elsewhere = rows.index[~on_territory(data, rows.reset_index()).to_numpy()]
    figures.loc[elsewhere, ["state", "reason"]] = [str(State.BREAK), TERRITORY]
    figures["state"] = figures["state"].fillna(str(State.MISSING))
    figures["people"] = figures["people"].where(figures["state"] != State.BREAK)
    area = areas(data, level)
    if level != "gemeinde":
        group = data.gemeinden["sozialraum"] if level == "sozialraum" else pd.Series(data.ags, figures.index)
        figures = _summed(figures, group).reindex(area.index)
    people = figures["people"]
    value = people if key.id == "BEV01" else people / area["area_km2"].where(area["area_km2"] > 0, np.nan)
    base = people if key.id == "BEV01" else area["area_km2"]
    return frame(value, figures["state"], base=base, reason=figures["reason"])


def _reason(row: Any) -> str:
    return f"Der Wert vom {day(row.date)} ist nicht sicher." if row.state == State.UNRELIABLE else ""


def _summed(figures: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Return sums per group where every Gemeinde has a figure; a sum of several is an estimate, of one it is not."""
    rows = {}
    for key, part in figures.groupby(group):
        if part["people"].isna().any():
            rows[key] = (np.nan, str(State.MISSING), NOT_ALL)
        elif len(part) == 1:
            rows[key] = tuple(part.iloc[0])
        else:
            state = weakest([*part["state"], str(State.ESTIMATED)])
            rows[key] = (part["people"].sum(), state, " ".join(filter(None, part["reason"])))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["people", "state", "reason"])


def _figures(data: GeoData) -> pd.DataFrame:
    rows = data.population[data.population["basis"] == BASIS]
    return rows.assign(year=rows["date"].astype(str).str[:4])
