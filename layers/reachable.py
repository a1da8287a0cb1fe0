"""What can be reached from a place, and who reaches it: areas to draw, people by age, facilities with minutes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geodata import catalog
from geodata.catalog import Mode
from layers.demand import age_groups
from layers.inputs import Inputs
from layers.travel_time import BUS, METRES_PER_KM_MINUTE, straight_minutes

if TYPE_CHECKING:
    from layers.routing.places import Places

BANDS = 3
EVERYONE = "people"
CIRCLE_SEGMENTS = 24  # per quarter of a circle


class Place(NamedTuple):
    """Where one stands, EPSG:25832."""

    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Reachable:
    """All within some minutes of a place; ``leaving``: ways from it, else ways to it.

    ``areas``: by limit (minutes), the greatest first. ``people``: rows are limits, columns everyone and the age groups;
    only people inside the Kreis. ``hidden``: per age group the share of people for whom the census hides it.
    ``facilities``: those within the greatest limit by minutes, with their columns of
    Inputs and ``minutes``. ``off_network``: the place is too far from every way, nothing is reached.
    """

    mode: Mode
    leaving: bool
    approximation: bool
    areas: dict[float, shapely.Geometry]
    people: pd.DataFrame
    hidden: dict[str, float]
    facilities: pd.DataFrame
    off_network: bool


def limits_of(minutes: float) -> list[float]:
    """Return the limits of the bands within ``minutes``, the least first.

    >>> limits_of(30)
    [10.0, 20.0, 30.0]
    """
    return [minutes * (n + 1) / BANDS for n in range(BANDS)]


@lru_cache(maxsize=64)
def reachable(inputs: Inputs, place: Place, mode_id: str, minutes: float, *, leaving: bool) -> Reachable:
    """Return all within ``minutes`` of a place. Kept for the next call: do not change it.

    By bus: from the place, median over the departures of a morning. Without a network: circles, straight line with
    detour. Exactly at a limit is within.
    """
    mode, limits = catalog.modes()[mode_id], limits_of(minutes)
    spot = pd.DataFrame({"x": [place.x], "y": [place.y]})
    rows = pd.DataFrame(inputs.facilities[inputs.facilities["x"].notna()])
    if inputs.model.is_approximation(mode_id):
        areas = _circles(place, mode, limits)
        ways = [_straight(place, frame, mode) for frame in (inputs.points, rows)]
        off = False
    else:
        areas, ways, off = _on_roads(inputs, spot, mode, limits, rows, leaving=leaving)
    people = _people(inputs.points, ways[0], limits)
    near = rows.assign(minutes=ways[1])
    near = near[near["minutes"] <= minutes].sort_values(["minutes", "name"], kind="stable")
    hidden = _hidden(inputs.points, ways[0], minutes)
    return Reachable(mode, leaving, inputs.model.is_approximation(mode_id), areas, people, hidden, near, off)


def _circles(place: Place, mode: Mode, limits: list[float]) -> dict[float, shapely.Geometry]:
    centre = shapely.Point(place.x, place.y)
    per_minute = mode.speed_kmh * METRES_PER_KM_MINUTE / mode.detour
    radii = {limit: max(0.0, (limit - mode.access_minutes) * per_minute) for limit in reversed(limits)}
    return {limit: centre.buffer(radius, CIRCLE_SEGMENTS) for limit, radius in radii.items()}


def _straight(place: Place, points: pd.DataFrame, mode: Mode) -> pd.Series:
    metres = np.hypot(points["x"] - place.x, points["y"] - place.y)
    return straight_minutes(pd.Series(metres, points.index), mode)


def _on_roads(
    inputs: Inputs, spot: pd.DataFrame, mode: Mode, limits: list[float], rows: pd.DataFrame, *, leaving: bool
) -> tuple[dict[float, shapely.Geometry], list[pd.Series], bool]:
    from layers.isochrone import Reach, isochrones, minutes_of, reach
    from layers.routing.roads import places_at

    data = inputs.data
    walked = data.networks["fuss" if mode.id == BUS else mode.id]
    if mode.id == BUS:
        from layers.bus import bus_of, reach_by_bus

        assert data.timetable is not None
        costs = reach_by_bus(bus_of(data.timetable, walked), spot, limits[-1])
        reached = Reach(walked, catalog.modes()["fuss"], costs, leaving=True)
    else:
        reached = reach(walked, mode, spot, limits[-1], leaving=leaving)
    areas: dict[float, shapely.Geometry] = dict(isochrones(reached, limits))
    at_points, at_rows = places_of_points(inputs, reached.mode.id), places_of_facilities(inputs, reached.mode.id)
    ways = [minutes_of(reached, at_points, inputs.points.index), minutes_of(reached, at_rows, rows.index)]
    return areas, ways, bool(places_at(walked, spot).nodes[0] < 0)


@lru_cache(maxsize=8)
def places_of_points(inputs: Inputs, mode_id: str) -> Places:
    """Return where people stand on the network of a mode. Kept for the next call."""
    from layers.routing.roads import places_at

    return places_at(inputs.data.networks[mode_id], inputs.points)


@lru_cache(maxsize=8)
def places_of_facilities(inputs: Inputs, mode_id: str) -> Places:
    """Return where the located facilities stand on the network of a mode. Kept for the next call."""
    from layers.routing.roads import places_at

    rows = inputs.facilities
    return places_at(inputs.data.networks[mode_id], pd.DataFrame(rows[rows["x"].notna()]))


def _people(points: pd.DataFrame, minutes: pd.Series, limits: list[float]) -> pd.DataFrame:
    """Return people within each limit; of an age group those that the census shows, NaN where it hides all."""
    columns = [EVERYONE, *age_groups(points)]
    table = pd.DataFrame({limit: points.loc[minutes <= limit, columns].sum(min_count=1) for limit in limits}).T
    nobody = table[EVERYONE].fillna(0) == 0
    return table.mask(table.isna() & nobody.to_numpy()[:, None], 0.0)


def _hidden(points: pd.DataFrame, minutes: pd.Series, limit: float) -> dict[str, float]:
    """Return per age group the share of people within the limit whose cell hides how many belong to it."""
    near = points[minutes <= limit]
    total = float(near[EVERYONE].sum())
    lost = {name: float(near.loc[near[name].isna(), EVERYONE].sum()) for name in age_groups(points)}
    return {name: people / total for name, people in lost.items() if total and people}
