"""Population figures of single years, on the territory of the dataset only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.model import GeoData, State
from layers.frames import frame
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
    today = rows["ags"].map(data.gemeinden["area_km2"])
    return rows["area_km2"].isna() | ((rows["area_km2"] - today).abs() <= AREA_TOLERANCE_KM2)


def population_in(data: GeoData, level: str, key: IndicatorKey, year: str) -> pd.DataFrame:
    """Return people (BEV01) or people per km² (BEV02) of ``year``; sums only where every Gemeinde has a figure."""
    rows = _figures(data).query("year == @year").sort_values("date").groupby("ags").tail(1).set_index("ags")
    same = on_territory(data, rows.reset_index()).to_numpy()
    people = rows["population"].astype(float).where(same).reindex(data.gemeinden.index)
    area = areas(data, level)
    if level == "gemeinde":
        state = people.notna().map({True: str(State.MEASURED), False: str(State.MISSING)})
        state[state.index.isin(rows.index[~same])] = str(State.BREAK)
        reason = state.map({str(State.MISSING): NO_FIGURE, str(State.BREAK): TERRITORY}).fillna("")
    else:
        group = data.gemeinden["sozialraum"] if level == "sozialraum" else people.index.map(lambda _: data.ags)
        people = people.groupby(group).agg(lambda part: part.sum(skipna=False)).reindex(area.index)
        state, reason = pd.Series(str(State.ESTIMATED), area.index), people.isna().map({True: NOT_ALL, False: ""})
    value = people if key.id == "BEV01" else people / area["area_km2"].where(area["area_km2"] > 0, np.nan)
    base = people if key.id == "BEV01" else area["area_km2"]
    return frame(value, state, base=base, reason=reason)


def _figures(data: GeoData) -> pd.DataFrame:
    rows = data.population[data.population["basis"] == BASIS]
    return rows.assign(year=rows["date"].astype(str).str[:4])
