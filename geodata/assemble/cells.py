"""Demand by age on census cells, or on settlement areas where only totals per Gemeinde are known."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.assemble.points import locate
from geodata.model import METRIC_CRS, GeoDataError, State
from geodata.sources.zensus_grid import age_columns

FEWEST = 3  # hidden cells: the rest of a Gemeinde spread over fewer would give away what the census hides
HECTARE = 10_000.0
OLDEST = 999


def build_cells(
    cells: gpd.GeoDataFrame,
    gemeinden: gpd.GeoDataFrame,
    *,
    buffer_m: float = 0.0,
    population: pd.Series | None = None,
    ages: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Return the demand of a district on cells: the columns of DEMAND_COLUMNS, counts by age, and their states.

    ``cells`` as `grid_cells` gives them, ``gemeinden`` indexed by ags. ``population`` (by ags) is what the people of
    each Gemeinde shall sum to, ``counted`` keeps what the census has; ``ages`` (by ags, a column per age group) are
    totals of the same census, from which hidden counts by age are estimated. Cells of the buffer have no ags and stay
    as counted. ``zensus2011`` is missing for cells of another census.
    """
    near = cut_cells(cells, gemeinden, buffer_m)
    people, state = reconcile(near["people"], near["people_state"], near["ags"], population)
    frame = {
        "ags": near["ags"],
        "population": people,
        "population_state": state,
        "counted": near["people"],
        "census": near["census"],
        "zensus2011": near["people"].where(near["census"] == 2011),
        "area_ha": near["metres"] ** 2 / HECTARE,
    }
    for name in age_columns(near):
        totals = None if ages is None else ages.get(name)
        frame[name], frame[f"{name}_state"] = fill_hidden(near, name, totals)
    return gpd.GeoDataFrame(frame, geometry=near.geometry)


def cut_cells(cells: gpd.GeoDataFrame, gemeinden: gpd.GeoDataFrame, buffer_m: float = 0.0) -> gpd.GeoDataFrame:
    """Return the cells with their centre in the district or ``buffer_m`` around it, with ags (None outside) and inside.

    A centre on a border belongs to the Gemeinde that is listed first.
    """
    near = locate(cells, gemeinden, buffer_m)
    if not near["inside"].any():
        raise GeoDataError(
            f"Gitterzellen: keine von {len(cells)} liegt im Gebiet. Abhilfe: Gitterdatei und Gemeinden desselben "
            "Landes angeben; beide brauchen ein Koordinatensystem."
        )
    return near


def reconcile(
    counted: pd.Series, state: pd.Series, ags: pd.Series, totals: pd.Series | None
) -> tuple[pd.Series, pd.Series]:
    """Return counts scaled per Gemeinde so that they sum to its total, and their states (estimated where scaled).

    Unknown counts stay unknown: their people are spread over the known cells. A Gemeinde without a total, and cells
    without a Gemeinde, stay as counted. A total where nobody is counted is an error; it could only be lost.
    """
    if totals is None:
        return counted, state
    wanted = ags.map(totals.dropna()).astype(float)
    sums = counted.groupby(ags).sum()
    _refuse_lost(totals, sums, "Zelle mit Einwohnern", "Gitterdatei prüfen oder auf Siedlungsflächen verteilen")
    base = ags.map(sums).astype(float)
    scaled = counted * (wanted / base.where(base > 0))
    done = wanted.notna() & counted.notna()
    return scaled.fillna(0.0).where(done, counted), state.mask(done, str(State.ESTIMATED))


def fill_hidden(cells: pd.DataFrame, name: str, totals: pd.Series | None) -> tuple[pd.Series, pd.Series]:
    """Return the counts of one age group with the hidden ones estimated, and their states.

    What the known cells leave of the total of their Gemeinde is spread over the hidden ones in proportion to their
    people that no other age group explains (see `unexplained`). Hidden stays hidden where the total is unknown, where
    the rest is negative or more than those people (then total and cells do not belong together), where fewer than three
    cells share the rest (it would say what the census hides), and in cells whose people are hidden too.
    """
    value, state, ags = cells[name], cells[f"{name}_state"], cells["ags"]
    if totals is None:
        return value, state
    hidden = (state == State.SUPPRESSED_PRIMARY) & cells["people"].notna()
    room = unexplained(cells, name).where(hidden, 0.0)
    space, many = room.groupby(ags).sum(), (room > 0).groupby(ags).sum()
    rest = totals.reindex(space.index).astype(float) - value.groupby(ags).sum()
    fits = rest.between(0.0, space) & (many >= FEWEST)
    share = (rest / space.where(space > 0)).mask(rest == 0, 0.0).where(fits)
    filled = room * ags.map(share).astype(float)
    done = hidden & filled.notna()
    return value.where(~done, filled), state.mask(done, str(State.ESTIMATED))


def unexplained(cells: pd.DataFrame, name: str) -> pd.Series:
    """Return the people of each cell that no known age group other than ``name`` accounts for, at least 0.

    Tables of several age groupings may lie side by side; only groups that do not overlap are taken off.
    """
    used, taken = [ages_of(name)], pd.Series(0.0, cells.index)
    for other in sorted(age_columns(cells), key=ages_of):
        first, last = ages_of(other)
        if all(last < low or first > high for low, high in used):
            used.append((first, last))
            taken += cells[other].fillna(0.0)
    return (cells["people"].fillna(0.0) - taken).clip(lower=0.0)


def ages_of(name: str) -> tuple[int, int]:
    """Return the first and the last year of an age group.

    >>> ages_of("age_10_19"), ages_of("age_80_plus")
    ((10, 19), (80, 999))
    """
    found = re.fullmatch(r"age_(\d+)_(\d+|plus)", name)
    if not found:
        raise GeoDataError(f"Altersgruppe '{name}' unbekannt. Abhilfe: wie age_10_19 oder age_80_plus benennen.")
    return int(found[1]), OLDEST if found[2] == "plus" else int(found[2])


def settled_parts(areas: gpd.GeoDataFrame, gemeinden: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return settlement areas (polygons) cut at the borders: a part per area and Gemeinde with ags and area_ha."""
    homes = gemeinden.geometry.rename_axis("ags").reset_index()
    parts = gpd.overlay(areas[["geometry"]].to_crs(METRIC_CRS), homes, how="intersection", keep_geom_type=True)
    return parts.assign(area_ha=parts.area / HECTARE)[["ags", "area_ha", "geometry"]]


def spread_people(parts: gpd.GeoDataFrame, population: pd.Series, ages: pd.DataFrame | None = None) -> gpd.GeoDataFrame:
    """Return demand in the columns of `build_cells`, from totals per Gemeinde spread over its settled land by area.

    The binary dasymetric method (Wright 1936; Eicher and Brewer 2001): equal density on settled land, none elsewhere.
    ``parts`` has ags and area_ha; polygons become a point inside. All values are estimated, those without a total
    missing.
    """
    frame = {"ags": parts["ags"], "zensus2011": np.nan, "counted": np.nan, "area_ha": parts["area_ha"]}
    columns = {"population": population} | ({} if ages is None else {name: ages[name] for name in age_columns(ages)})
    for name, totals in columns.items():
        frame[name] = spread_total(totals, parts)
        known = frame[name].notna()
        frame[f"{name}_state"] = known.map({True: str(State.ESTIMATED), False: str(State.MISSING)})
    return gpd.GeoDataFrame(frame, geometry=parts.geometry.representative_point())


def spread_total(totals: pd.Series, parts: pd.DataFrame) -> pd.Series:
    """Return totals per Gemeinde spread over its parts in proportion to area_ha; NaN where a total is unknown.

    >>> parts = pd.DataFrame({"ags": ["16063001", "16063001"], "area_ha": [1.0, 3.0]})
    >>> spread_total(pd.Series({"16063001": 100.0}), parts).tolist()
    [25.0, 75.0]
    """
    land = parts["area_ha"].groupby(parts["ags"]).sum()
    _refuse_lost(totals, land, "Siedlungsfläche", "Siedlungsflächen ergänzen")
    return parts["area_ha"] / parts["ags"].map(land) * parts["ags"].map(totals).astype(float)


def _refuse_lost(totals: pd.Series, sums: pd.Series, what: str, remedy: str) -> None:
    """Raise where a Gemeinde has people but nothing to put them on."""
    lost = totals[(totals > 0) & ~(sums.reindex(totals.index) > 0)]
    if len(lost):
        names = ", ".join(f"{ags} ({people:.0f})" for ags, people in lost.head(3).items())
        raise GeoDataError(f"Gemeinden ohne {what}: {names}{' und weitere' * (len(lost) > 3)}. Abhilfe: {remedy}.")
