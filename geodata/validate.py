"""The border: a frame comes back as it was, or one GeoDataError lists every rule it breaks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

import geopandas as gpd
import pandas as pd
import shapely

from geodata.model import METRIC_CRS, GeoDataError, State
from geodata.rules import (
    Problem,
    ags_problems,
    figure_problems,
    gap_problems,
    geometry_problems,
    home_problems,
    key_problems,
    list_problems,
    overlap_problems,
    protection_problems,
    size_problems,
    value_problems,
)

FACILITY_INPUT = (
    "id",
    "category",
    "name",
    "ags",
    "capacity",
    "wheelchair",
    "source",
    "precision",
    "geometry",
)
AREA_INPUT = ("ags", "name", "geometry")
POPULATION_INPUT = ("ags", "population", "date", "basis", "area_km2", "source")


class HasProtection(Protocol):
    """What the rules need of a category: its protection ("", "municipality" or "no_location")."""

    @property
    def protection(self) -> str:
        """Return the level of protection."""


def check_facilities(
    frame: gpd.GeoDataFrame, *, place: str, areas: gpd.GeoDataFrame, categories: Mapping[str, HasProtection]
) -> gpd.GeoDataFrame:
    """Return the register as it was, or raise; ``areas`` are the Gemeinden indexed by ags."""
    require_columns(frame, FACILITY_INPUT, place)
    rows = frame.set_index(frame["id"].astype(str))
    protection = rows["category"].map({key: item.protection for key, item in categories.items()})
    broken = [
        *key_problems(rows["id"]),
        *ags_problems(rows["ags"]),
        *geometry_problems(rows[protection != "no_location"]),
        *value_problems(rows, list(categories)),
        *protection_problems(rows, protection),
        *home_problems(rows, areas),
    ]
    raise_problems(place, broken)
    return frame


def check_areas(
    frame: gpd.GeoDataFrame,
    *,
    place: str,
    official: pd.DataFrame | None = None,
    outline: shapely.Geometry | None = None,
) -> gpd.GeoDataFrame:
    """Return the areas as they were, or raise.

    ``official`` (indexed by ags) fixes the keys, and names and sizes where it has columns name and area_km2.
    ``outline`` (EPSG:25832) is what the areas must fill; without it they may only leave no hole in between.
    """
    require_columns(frame, AREA_INPUT, place)
    rows = frame.set_index(frame["ags"].astype(str))
    broken = [*key_problems(rows["ags"]), *ags_problems(rows["ags"])]
    of_geometry = [problem for problem in geometry_problems(rows) if len(problem.found)]
    if official is not None:
        broken += list_problems(rows["name"], official)
    if not of_geometry:
        shapes = rows.geometry.to_crs(METRIC_CRS)
        broken += [*overlap_problems(shapes), *gap_problems(shapes, outline)]
        broken += [] if official is None or "area_km2" not in official else size_problems(shapes, official)
    raise_problems(place, broken + of_geometry)
    return frame


def check_points(frame: gpd.GeoDataFrame, *, place: str, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return located rows with an id as they were, or raise."""
    require_columns(frame, ("id", *columns, "geometry"), place)
    rows = frame.set_index(frame["id"].astype(str))
    raise_problems(place, [*key_problems(rows["id"]), *geometry_problems(rows)])
    return frame


def check_population(frame: pd.DataFrame, *, place: str, keys: Collection[str]) -> pd.DataFrame:
    """Return the population figures as they were, or raise; ``keys`` are the Gemeinden that may occur."""
    require_columns(frame, POPULATION_INPUT, place)
    rows = frame.set_axis([f"Zeile {number + 2}" for number in range(len(frame))])
    raise_problems(place, [*ags_problems(rows["ags"]), *figure_problems(rows, keys)])
    return frame


def check_states(states: pd.Series, *, place: str) -> pd.Series:
    """Return the states of values as they were, or raise on an unknown one."""
    unknown = states[~states.isin([str(state) for state in State])]
    raise_problems(place, [Problem("Zustand unbekannt", unknown, f"einer von {', '.join(State)}")])
    return states


def require_columns(frame: pd.DataFrame, columns: Iterable[str], place: str) -> None:
    """Raise when a column is missing; nothing else can be checked then."""
    missing = [name for name in columns if name not in frame]
    if missing:
        text = ", ".join(missing)
        raise GeoDataError(f"{place}: Pflichtspalte fehlt: {text}. Abhilfe: Spalte ergänzen; Unbekanntes bleibt leer.")


def raise_problems(place: str, problems: Iterable[Problem]) -> None:
    """Raise one error that lists every problem; none, no error."""
    texts = [f"{place}: {problem.text()}" for problem in problems if len(problem.found)]
    if texts:
        raise GeoDataError("\n".join(texts))
