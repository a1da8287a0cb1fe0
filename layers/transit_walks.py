"""Walks to and between stops while no road network gives them: straight line with the detour of walking."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata import catalog
from geodata.sources.gtfs_day import Timetable

PAIR = ["start", "dest"]
ACCESS_MINUTES = 15.0


def walks_between(table: Timetable, change_s: int, walk_m: float) -> pd.DataFrame:
    """Return start, dest (positions of stops) and seconds of the walks between stops that are served on the day.

    Between stops at most ``walk_m`` apart (straight line), or of one station, one walks with the detour and speed of
    walking, never less than ``change_s``; where the feed gives a time, the longer of both counts. What the feed calls
    impossible is left out. Walks are not chained: one walk between two rides.
    """
    served = np.union1d(table.from_stop, table.to_stop)
    near = _straight(table.stops, _pairs(table.stops, served, walk_m))
    near["seconds"] = near["seconds"].clip(lower=change_s)
    feed = table.changes.walks
    both = pd.concat([near, feed[feed["start"].isin(served) & feed["dest"].isin(served)]], ignore_index=True)
    longest = both.groupby(PAIR, as_index=False)[["seconds"]].max()
    longest["seconds"] = longest["seconds"].clip(lower=1).astype(np.int32)
    barred = pd.MultiIndex.from_frame(table.changes.barred)
    return longest[~pd.MultiIndex.from_frame(longest[PAIR]).isin(barred)].reset_index(drop=True)


def _pairs(stops: pd.DataFrame, served: NDArray[np.int32], walk_m: float) -> pd.DataFrame:
    """Return the pairs of stops, both ways, that are near or belong to one station."""
    xy = stops[["x", "y"]].to_numpy()[served]
    near = served[cKDTree(xy).query_pairs(walk_m, output_type="ndarray")]
    family = pd.DataFrame({"stop": served, "parent": stops["parent"].to_numpy()[served]})
    family = family[family["parent"] != ""]
    kin = family.merge(family, on="parent").loc[:, ["stop_x", "stop_y"]].to_numpy()
    pairs = np.concatenate([near, near[:, ::-1], kin[kin[:, 0] != kin[:, 1]]])
    return pd.DataFrame(pairs, columns=PAIR).drop_duplicates(ignore_index=True)


def _straight(stops: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    xy = stops[["x", "y"]].to_numpy()
    metres = np.hypot(*(xy[pairs["start"]] - xy[pairs["dest"]]).T)
    return pairs.assign(seconds=walk_seconds(metres))


def walk_seconds(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return whole seconds, rounded up, on foot for straight-line metres."""
    mode = catalog.modes()["fuss"]
    seconds: NDArray[np.float64] = np.ceil(metres * mode.detour / (mode.speed_kmh / 3.6))
    return seconds


def straight_legs(places: pd.DataFrame, table: Timetable, *, minutes: float = ACCESS_MINUTES) -> pd.DataFrame:
    """Return ``place`` (index of places), ``stop`` (stop_id) and ``seconds`` for every stop served within ``minutes``.

    ``places`` hold x and y (EPSG:25832). An approximation; exactly at the limit is within.
    """
    mode = catalog.modes()["fuss"]
    served = np.union1d(table.from_stop, table.to_stop)
    reach = minutes * 60 * mode.speed_kmh / 3.6 / mode.detour
    stops, xy = table.stops[["x", "y"]].to_numpy()[served], places[["x", "y"]].to_numpy()
    found = cKDTree(stops).query_ball_point(xy, reach * (1 + 1e-9), return_sorted=True)
    row = np.repeat(np.arange(len(xy)), [len(hits) for hits in found])
    hit = np.concatenate([np.asarray(hits, int) for hits in found]) if len(found) else np.empty(0, int)
    metres = np.hypot(*(xy[row] - stops[hit]).T)
    seconds = walk_seconds(metres).astype(np.int32)
    return pd.DataFrame({"place": places.index[row], "stop": table.stops.index[served[hit]], "seconds": seconds})
