"""Ways by bus and train: earliest arrivals, a window of departures, the way there and back, departures per stop.

Places reach stops on foot: ``access`` and ``egress`` are series of seconds by stop_id, without those too far. Between
two rides one may walk once, and every change takes at least ``change_s``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata import catalog
from geodata.sources.gtfs_day import Timetable
from layers.transit_arrays import NEVER, Int32, Scan, as_scan, mirrored

CHANGE_S = 120
WALK_M = 400.0
DAY_S = 86_400


@dataclass(frozen=True, eq=False)
class Network:
    """A day of a timetable, forwards and backwards, with the walks between its stops."""

    table: Timetable
    there: Scan
    back: Scan


def transit_network(table: Timetable, *, change_s: int = CHANGE_S, walk_m: float = WALK_M) -> Network:
    """Return the day ready for searches.

    Between stops at most ``walk_m`` apart (straight line) one walks with the detour and speed of walking, between
    others as long as the feed says; the longer time counts where both are known, and never less than ``change_s``.
    """
    walks = _walks(table, change_s, walk_m)
    turned = walks.rename(columns={"start": "dest", "dest": "start"})
    return Network(table, as_scan(table, walks, change_s), as_scan(mirrored(table), turned, change_s))


def _walks(table: Timetable, change_s: int, walk_m: float) -> pd.DataFrame:
    mode = catalog.modes()["fuss"]
    xy = table.stops[["x", "y"]].to_numpy()
    pairs = cKDTree(xy).query_pairs(walk_m, output_type="ndarray")
    metres = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    seconds = np.ceil(metres * mode.detour / (mode.speed_kmh / 3.6))
    near = pd.DataFrame({"start": pairs[:, 0], "dest": pairs[:, 1], "seconds": seconds})
    both = pd.concat([near, near.rename(columns={"start": "dest", "dest": "start"}), table.walks], ignore_index=True)
    longest = both.groupby(["start", "dest"])["seconds"].max().clip(lower=change_s)
    return longest.reset_index()


def earliest_arrivals(network: Network, access: pd.Series, departure: int) -> pd.Series:
    """Return the earliest second of arrival at every stop for leaving at ``departure``; NaN where it is never.

    At a stop one arrives by vehicle, or on foot from the place itself.
    """
    return _clock(arrivals_in_window(network, access, [departure])[0], network)


def latest_departures(network: Network, egress: pd.Series, arrival: int) -> pd.Series:
    """Return the latest second at which one must be at each stop to arrive by ``arrival``; NaN where it is too late."""
    found = _window(network.back, _seconds(network, egress), [-arrival])[0]
    return -_clock(found, network)


def arrivals_in_window(network: Network, access: pd.Series, departures: Sequence[int]) -> NDArray[np.int32]:
    """Return the earliest arrivals of every departure (rows) at every stop (columns), NEVER where there is none."""
    return _window(network.there, _seconds(network, access), departures)


def _window(day: Scan, access: Int32, departures: Sequence[int]) -> NDArray[np.int32]:
    from layers.transit_kernels import scan_window  # the compiler costs a second

    starts = np.asarray(departures, np.int32)
    firsts = np.searchsorted(day.departure, starts).astype(np.int32)
    found = np.empty((len(starts), len(access)), np.int32)
    scan_window(day, access, starts, firsts, found)
    return found


def _seconds(network: Network, walk: pd.Series) -> Int32:
    """Return the seconds to every stop, NEVER where it is too far; raise for a stop that is not in the timetable."""
    if not walk.index.isin(network.table.stops.index).all():
        unknown = walk.index[~walk.index.isin(network.table.stops.index)]
        raise KeyError(f"unknown stops: {unknown[:3].tolist()}")
    return walk.reindex(network.table.stops.index).fillna(NEVER).to_numpy().astype(np.int32)


def _clock(times: Int32, network: Network) -> pd.Series:
    return pd.Series(np.where(times < NEVER, times, np.nan), network.table.stops.index)


class Spread(NamedTuple):
    """Seconds over a window of departures: median and 85th percentile (infinite where too many fail), share reached."""

    median: pd.Series
    late: pd.Series
    reached: pd.Series


def travel_times(network: Network, access: pd.Series, departures: Sequence[int]) -> Spread:
    """Return how long it takes to every stop over the departures, waiting included.

    A departure without any arrival counts as infinitely long: no average hides that there is no bus.
    """
    found = arrivals_in_window(network, access, departures)
    seconds = np.where(found < NEVER, found - np.asarray(departures)[:, None], np.inf)
    ordered = np.sort(seconds, axis=0)
    places = [int(np.ceil(share * len(ordered))) - 1 for share in (0.5, 0.85)]
    median, late = (pd.Series(ordered[place], network.table.stops.index) for place in places)
    return Spread(median, late, pd.Series(np.isfinite(seconds).mean(axis=0), network.table.stops.index))


class RoundTrip(NamedTuple):
    """Seconds of the day: leave home, be at the appointment by ``arrive``, leave it, be home; NaN where impossible."""

    leave: float
    home: float

    @property
    def possible(self) -> bool:
        """True where both ways exist."""
        return bool(np.isfinite(self.leave) and np.isfinite(self.home))


def there_and_back(
    network: Network, home: pd.Series, place: pd.Series, *, arrive: int, leave: int, walk: float = np.inf
) -> RoundTrip:
    """Return the latest start for an appointment at ``arrive`` and the earliest return after ``leave``.

    ``home`` and ``place`` are seconds on foot to their stops; ``walk`` seconds are needed without any bus.
    """
    must_leave = (latest_departures(network, place, arrive) - home).max()
    back = (earliest_arrivals(network, place, leave) + home).min()
    on_foot = (arrive - walk, leave + walk) if np.isfinite(walk) else (np.nan, np.nan)
    return RoundTrip(float(np.nanmax([must_leave, on_foot[0], -np.inf])), float(np.nanmin([back, on_foot[1], np.inf])))


def departures_per_stop(table: Timetable) -> pd.DataFrame:
    """Return per stop the ``departures`` of the day that one may board, the ``first`` and the ``last`` (seconds).

    Only those before 24:00; a stop without any has 0 and NaN.
    """
    rows = pd.DataFrame({"stop": table.from_stop, "time": table.departure})[table.boards & (table.departure < DAY_S)]
    found = rows.groupby("stop")["time"].agg(["size", "min", "max"]).reindex(range(len(table.stops)))
    found = found.set_index(table.stops.index).set_axis(["departures", "first", "last"], axis=1)
    return found.assign(departures=found["departures"].fillna(0).astype(int))
