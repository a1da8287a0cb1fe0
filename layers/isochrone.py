"""What lies within some minutes of a place: areas to draw, and people counted where they live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

from geodata import catalog
from geodata.catalog import Mode
from geodata.network import INFINITE, Network
from layers.routing.arcs import Int32
from layers.routing.keys import costs_of
from layers.routing.places import Places
from layers.routing.raster import lay_ways, walk_beside
from layers.routing.roads import arcs_from, arcs_to, places_at
from layers.routing.search import nearest_within
from layers.travel_time import DECISECONDS, METRES_PER_KM_MINUTE

FINEST_M = 25.0
BESIDE_M = 200.0  # farther from a way rivers and railways would be walked across
MOST_CELLS = 160  # along the longer side: an area of 50 km is drawn in cells of about 300 m
FAR = np.float32(1e9)


class Reach(NamedTuple):
    """Deciseconds between a place and every node of a network, without those for access (INFINITE: not reached).

    ``leaving``: ways from the place, else ways to it.
    """

    network: Network
    mode: Mode
    costs: Int32
    leaving: bool


def reach(network: Network, mode: Mode, place: pd.DataFrame, minutes: float, *, leaving: bool = False) -> Reach:
    """Return the costs within ``minutes`` to the ``place`` (one row, ``x`` and ``y``), or from it when ``leaving``.

    A place more than 500 m from every way reaches nothing.
    """
    arcs = arcs_from(network) if leaving else arcs_to(network)
    keys = nearest_within(arcs, places_at(network, place), budget(mode, minutes))
    return Reach(network, mode, costs_of(keys), leaving)


def budget(mode: Mode, minutes: float) -> int:
    """Return the deciseconds that remain for the way when access to and from the vehicle is taken off."""
    return round((minutes - mode.access_minutes) * DECISECONDS)


def isochrones(reached: Reach, minutes: Sequence[float]) -> dict[float, shapely.MultiPolygon]:
    """Return the area within each of ``minutes`` (EPSG:25832), the greatest first; empty where nothing is reached.

    The area is for the eye: ways run straight between crossings, and beside them it goes on foot for up to 200 m.
    Who lives within the limit is counted by `people_within`.
    """
    limits = sorted(minutes, reverse=True)
    inside = np.flatnonzero(reached.costs <= budget(reached.mode, limits[0]))
    if not len(inside):
        return dict.fromkeys(limits, shapely.MultiPolygon())
    field = _spread(reached, inside, budget(reached.mode, limits[0]))
    return {limit: _area(field, budget(reached.mode, limit)) for limit in limits}


class _Field(NamedTuple):
    """Deciseconds on a raster; ``x`` and ``y`` are the centres of its columns and rows."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    costs: NDArray[np.float32]


def _spread(reached: Reach, inside: NDArray[np.intp], limit: int) -> _Field:
    """Return the costs on a raster that holds all that is reached, and a margin."""
    network = reached.network
    x, y = np.asarray(network.x)[inside], np.asarray(network.y)[inside]
    width = max(float(np.ptp(x)), float(np.ptp(y))) + 2 * BESIDE_M
    cell = max(FINEST_M, width / MOST_CELLS)
    margin = BESIDE_M + 2 * cell
    west, south = x.min() - margin, y.min() - margin
    shape = (int((np.ptp(y) + 2 * margin) / cell) + 1, int((np.ptp(x) + 2 * margin) / cell) + 1)
    costs = np.full(shape, FAR, np.float32)
    columns, rows = (np.asarray(network.x) - west) / cell, (np.asarray(network.y) - south) / cell
    lay_ways(arcs_from(network), reached.costs, columns, rows, limit, costs, reached.leaving)
    per_metre = DECISECONDS / (catalog.modes()["fuss"].speed_kmh * METRES_PER_KM_MINUTE)
    walk_beside(costs, np.zeros(shape, np.float32), cell, per_metre, BESIDE_M)
    return _Field(west + (np.arange(shape[1]) + 0.5) * cell, south + (np.arange(shape[0]) + 0.5) * cell, costs)


def _area(field: _Field, limit: int) -> shapely.MultiPolygon:
    """Return where the costs are at most ``limit``, interpolated between the cells, with holes."""
    capped = np.minimum(field.costs, limit + 2 * DECISECONDS)  # else a line beside "never" lies on its own cell
    lines = contour_generator(field.x, field.y, capped, fill_type=FillType.ChunkCombinedOffsetOffset)
    filled: Any = lines.filled(-np.inf, limit)  # its type depends on fill_type
    (points,), (ring_ends,), (polygon_ends,) = filled
    if points is None:
        return shapely.MultiPolygon()
    rings = shapely.linearrings(points, indices=_numbered(ring_ends))
    area = shapely.multipolygons(shapely.polygons(rings, indices=_numbered(polygon_ends)))
    return area if area.is_valid else area.buffer(0)  # parts that touch in one point


def _numbered(ends: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Return for every item the number of the group that it belongs to."""
    return np.repeat(np.arange(len(ends) - 1), np.diff(ends))


def minutes_at(reached: Reach, points: pd.DataFrame) -> pd.Series:
    """Return the minutes of every point (``x``, ``y``), the walk to the network included; NaN where not reached."""
    at = places_at(reached.network, points)
    return minutes_of(reached, at, points.index)


def minutes_of(reached: Reach, at: Places, index: pd.Index) -> pd.Series:
    """Return the same for points whose places on the network are known already."""
    costs = reached.costs[at.nodes].astype(np.int64) + at.walk
    known = (at.nodes >= 0) & (reached.costs[at.nodes] < INFINITE)
    return pd.Series(np.where(known, costs / DECISECONDS + reached.mode.access_minutes, np.nan), index=index)


def people_within(minutes: pd.Series, people: pd.DataFrame, limits: Sequence[float]) -> pd.DataFrame:
    """Return the people (columns) within each limit (rows); exactly at the limit is within.

    >>> people_within(pd.Series([10.0, 10.1]), pd.DataFrame({"alle": [3, 4]}), [10, 15])["alle"].tolist()
    [3, 7]
    """
    return pd.DataFrame({limit: people[minutes <= limit].sum() for limit in limits}).T
