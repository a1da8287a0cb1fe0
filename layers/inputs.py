"""What every measure starts from: people as points, the nearest facility of each category, areas per level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geodata import catalog
from geodata.model import GeoData
from layers.demand import spread
from layers.travel_time import StraightLine, TravelTime

LEVELS = ("gemeinde", "sozialraum", "kreis")
COARSE = ("place", "municipality")
COARSE_WALK_M = 2000
STRAIGHT_LINE = StraightLine()


@dataclass(frozen=True, eq=False)
class Inputs:
    """Checked data plus what is computed once from it.

    ``points``: x, y, people, settlement and one categorical column per level (categories: all areas of the level).
    ``people``: people of the points per area. ``nearest``: per category a frame aligned to
    ``points`` with ``dest``, straight-line ``metres`` and ``coarse`` (the facility is located on its place only).
    ``facilities`` has one column per level and x, y too.
    """

    data: GeoData
    points: pd.DataFrame
    people: Mapping[str, pd.Series]
    facilities: gpd.GeoDataFrame
    nearest: Mapping[str, pd.DataFrame]
    model: TravelTime


def areas(data: GeoData, level: str) -> gpd.GeoDataFrame:
    """Return the areas of ``level``; KeyError for a level that does not exist."""
    return {"gemeinde": data.gemeinden, "sozialraum": data.sozialraeume, "kreis": data.kreis}[level]


def with_levels(frame: pd.DataFrame, data: GeoData) -> pd.DataFrame:
    """Return ``frame`` (column ``ags``) with the columns gemeinde, sozialraum and kreis."""
    sozialraum = frame["ags"].map(data.gemeinden["sozialraum"])
    kreis = sozialraum.notna().map({True: data.ags, False: None})
    return frame.assign(gemeinde=frame["ags"], sozialraum=sozialraum, kreis=kreis)


def build_inputs(data: GeoData, model: TravelTime = STRAIGHT_LINE) -> Inputs:
    """Return the inputs for all measures of one district."""
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
    nearest = {
        category.id: _nearest(points, located[located["category"].isin([category.id, *category.also_by])], model)
        for category in catalog.categories().values()
    }
    return Inputs(data, points, people, facilities, nearest, model)


def _nearest(points: pd.DataFrame, supply: pd.DataFrame, model: TravelTime) -> pd.DataFrame:
    frame = model.nearest(points, supply)
    coarse = frame["dest"].map(supply["precision"].isin(COARSE)) if len(supply) else False
    return frame.assign(coarse=coarse)
