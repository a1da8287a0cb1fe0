"""What every measure starts from: people as points, the nearest facility of each category, areas per level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import pandas as pd

from geodata import catalog
from geodata.catalog import Mode
from geodata.model import GeoData
from layers.demand import spread
from layers.travel_time import OnRoads, TravelTime, nearest_straight

LEVELS = ("gemeinde", "sozialraum", "kreis")
COARSE = ("place", "municipality")
COARSE_WALK_M = 2000


@dataclass(frozen=True, eq=False)
class Inputs:
    """Checked data plus what is computed once from it.

    ``points``: x, y, people, settlement and one categorical column per level (categories: all areas of the level).
    ``people``: people of the points per area. ``facilities`` has one column per level and x, y too; ``supply`` are
    those with a location that offer what a category asks for.
    """

    data: GeoData
    points: pd.DataFrame
    people: Mapping[str, pd.Series]
    facilities: gpd.GeoDataFrame
    supply: Mapping[str, pd.DataFrame]
    model: TravelTime


def modes_of(data: GeoData) -> Mapping[str, Mode]:
    """Return the modes that the district has the data for."""
    has = {"wegenetz": data.networks, "fahrplan": {"oev"} if data.timetable else set()}
    return {key: mode for key, mode in catalog.modes().items() if not mode.needs or key in has[mode.needs]}


def areas(data: GeoData, level: str) -> gpd.GeoDataFrame:
    """Return the areas of ``level``; KeyError for a level that does not exist."""
    return {"gemeinde": data.gemeinden, "sozialraum": data.sozialraeume, "kreis": data.kreis}[level]


def with_levels(frame: pd.DataFrame, data: GeoData) -> pd.DataFrame:
    """Return ``frame`` (column ``ags``) with the columns gemeinde, sozialraum and kreis."""
    sozialraum = frame["ags"].map(data.gemeinden["sozialraum"])
    kreis = sozialraum.notna().map({True: data.ags, False: None})
    return frame.assign(gemeinde=frame["ags"], sozialraum=sozialraum, kreis=kreis)


def build_inputs(data: GeoData, model: TravelTime | None = None) -> Inputs:
    """Return the inputs for all measures of one district; ways run on its road networks where it has some."""
    points = with_levels(spread(data.demand), data)
    points = points.assign(
        **{level: pd.Categorical(points[level], categories=areas(data, level).index) for level in LEVELS}
    )
    people = {
        level: points["people"].groupby(points[level], observed=False).sum().set_axis(areas(data, level).index)
        for level in LEVELS
    }
    facilities = gpd.GeoDataFrame(with_levels(data.facilities, data))
    facilities = facilities.assign(x=facilities.geometry.x, y=facilities.geometry.y)
    located = facilities[facilities["x"].notna()]
    supply = {
        category.id: pd.DataFrame(located[located["category"].isin([category.id, *category.also_by])])
        for category in data.categories.values()
    }
    return Inputs(
        data, points, people, facilities, supply, model or OnRoads(data.networks, data.timetable, data.on_demand)
    )


@lru_cache(maxsize=512)
def ways_to(inputs: Inputs, category: str, mode: str, rank: int = 1) -> pd.DataFrame:
    """Return ``dest``, ``minutes``, ``metres`` from every point to the nearest facility of a category, and ``coarse``.

    ``rank`` 2 is the second nearest. ``coarse`` is true where that facility is located on its place only. Kept for the
    next call: do not change it.
    """
    supply = inputs.supply[category]
    frame = inputs.model.nearest(inputs.points, supply, catalog.modes()[mode], rank)
    coarse = frame["dest"].map(supply["precision"].isin(COARSE)) if len(supply) else False
    return frame.assign(coarse=coarse)


@lru_cache(maxsize=64)
def ways_without_car(inputs: Inputs, category: str) -> pd.DataFrame:
    """Return ``dest``, ``there``, ``back`` (minutes) from every point to the facility that is best to reach and leave.

    Kept for the next call: do not change it.
    """
    return inputs.model.without_car(inputs.points, inputs.supply[category], catalog.modes()["fuss"])


@lru_cache(maxsize=8)
def straight_metres(inputs: Inputs, category: str) -> pd.Series:
    """Return the straight line from every point to the nearest facility of a category, to the decimetre."""
    return nearest_straight(inputs.points, inputs.supply[category])["metres"].round(1)
