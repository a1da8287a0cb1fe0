"""A district from the official areas: Gemeinden, their groups and neighbours, people from the source that has them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.assemble.areas import build_union
from geodata.assemble.people import BASIS, german_date
from geodata.model import METRIC_CRS, GeoDataError, State
from geodata.territory import slug

CENSUS_DAYS = {2011: "2011-05-09", 2022: "2022-05-15"}
ZENSUS_2022_FROM = "2024-01-01"  # figures of official statistics from this day on are on the base of Zensus 2022
SUM_OF_CELLS = "Summe der Zellen des Zensus {census}; eine Zelle zählt zur Gemeinde ihres Mittelpunkts"
GROUP_DIGITS = 9  # of the Regionalschlüssel: Kreis and Verwaltungsgemeinschaft


class OfficialAreas(NamedTuple):
    """Official areas around a district, EPSG:25832.

    ``gemeinden`` (indexed by ags): ars, name, bez, population (NaN where the source has none), area_km2, geometry;
    ``groups``: names of Verwaltungsgemeinschaften by nine digits of the ars; ``kreise`` (indexed by ags): name,
    bez, geometry, also those around. ``counted_on`` is the day of the population, empty where there is none.
    """

    gemeinden: gpd.GeoDataFrame
    groups: pd.Series
    kreise: gpd.GeoDataFrame
    gebietsstand: date
    counted_on: str


def build_areas(ags: str, official: OfficialAreas, cells: gpd.GeoDataFrame, reach: float) -> dict[str, pd.DataFrame]:
    """Return the area layers of a district and its population figures.

    ``cells`` (columns of `build_cells`) give the people where the areas come without: then all figures are estimated.
    """
    if ags not in official.kreise.index:
        raise GeoDataError(
            f"Kreis {ags} gibt es in den Verwaltungsgebieten nicht. Abhilfe: fünfstelligen Schlüssel nennen."
        )
    gemeinden = build_gemeinden(official, cells)
    names = gemeinden.pop("sozialraum_name").groupby(gemeinden["sozialraum"]).first()
    whole = pd.Series(ags, index=gemeinden.index)
    kreis_name = pd.Series({ags: str(official.kreise.at[ags, "name"])})
    return {
        "gemeinden": gemeinden,
        "sozialraeume": build_union(gemeinden, gemeinden["sozialraum"], names),
        "kreis": build_union(gemeinden, whole, kreis_name),
        "kontext_kreise": build_context(official, ags, gemeinden, reach),
        "bevoelkerung": build_population(gemeinden),
    }


def build_gemeinden(official: OfficialAreas, cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the Gemeinden in the columns of the dataset, with ``sozialraum_name``."""
    frame = official.gemeinden.sort_index()
    people = count_people(official, cells)
    land = frame["area_km2"].fillna(frame.geometry.area.div(1e6).round(2))
    table = pd.DataFrame({"name": frame["name"], "bez": frame["bez"], "area_km2": land, "central_place": ""})
    table = table.join(people).join(name_groups(frame, official.groups))
    table = table.assign(zensus_state=str(State.ESTIMATED), zensus_reason="")
    return gpd.GeoDataFrame(table, geometry=frame.geometry)


def count_people(official: OfficialAreas, cells: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return population with date, state and reason, and zensus2011, by ags."""
    index = official.gemeinden.index
    summed = cells["counted"].groupby(cells["ags"]).sum().reindex(index, fill_value=0.0)
    census = int(cells["census"].iloc[0]) if len(cells) else 0
    zensus2011 = summed if census == 2011 else pd.Series(np.nan, index)
    known = official.gemeinden["population"]
    if known.notna().all():
        facts = {"population": known.astype(float), "population_date": official.counted_on}
        state, reason = State.MEASURED, ""
    elif census:
        facts = {"population": summed, "population_date": CENSUS_DAYS[census]}
        state, reason = State.ESTIMATED, SUM_OF_CELLS.format(census=census)
    else:
        raise GeoDataError(
            "Einwohner: weder die Verwaltungsgebiete noch eine Gitterdatei des Zensus nennen sie. "
            "Abhilfe: VG250-EW oder die Gitterdatei des Zensus in den Ordner der Quellen legen."
        )
    table = pd.DataFrame(facts, index=index)
    states = pd.Series(str(state), index).mask((table["population"] == 0) & (state == State.MEASURED), str(State.ZERO))
    return table.assign(population_state=states, population_reason=reason, zensus2011=zensus2011)


def name_groups(gemeinden: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Return sozialraum (key) and sozialraum_name by ags: the Verwaltungsgemeinschaft, else the Gemeinde itself."""
    code = gemeinden["ars"].str[:GROUP_DIGITS]
    name = code.map(groups).fillna(gemeinden["name"])
    alone = code.groupby(code).transform("size") == 1
    name = name.mask(alone, gemeinden["name"])
    key = name.map(slug)
    twice = key.groupby(key).transform(lambda keys: code[keys.index].nunique()) > 1
    return pd.DataFrame({"sozialraum": key.mask(twice, key + "-" + code.str[5:]), "sozialraum_name": name})


def build_context(official: OfficialAreas, ags: str, gemeinden: gpd.GeoDataFrame, reach: float) -> gpd.GeoDataFrame:
    """Return the Kreise within ``reach`` metres around the district."""
    around = official.kreise.drop(index=ags)[["name", "bez", "geometry"]]
    stand = german_date(pd.Series([official.gebietsstand.isoformat()])).iloc[0]
    near = around[around.distance(gemeinden.union_all()) <= reach].sort_index()
    return gpd.GeoDataFrame(near.assign(gebietsstand=stand), crs=METRIC_CRS)[
        ["name", "bez", "gebietsstand", "geometry"]
    ]


def build_population(gemeinden: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the one figure per Gemeinde as the table of all figures."""
    day = gemeinden["population_date"]
    later = (day == CENSUS_DAYS[2022]) | (day >= ZENSUS_2022_FROM)
    return pd.DataFrame(
        {
            "ags": gemeinden.index,
            "date": day.to_numpy(),
            "basis": later.map({True: "Zensus 2022", False: BASIS}).to_numpy(),
            "population": gemeinden["population"].to_numpy(float),
            "area_km2": gemeinden["area_km2"].to_numpy(float),
            "state": gemeinden["population_state"].to_numpy(),
            "used": True,
            "source": gemeinden["population_reason"].to_numpy(),
        }
    )
