"""Ways by bus and train: earliest arrivals, a window of departures, the way there and back.

Places reach stops on foot: ``access`` and ``egress`` are series of seconds by stop_id, without those too far. Between
two rides one may walk once (walks are not chained), and every change takes a minimum time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.sources.gtfs_day import Timetable
from layers.transit_arrays import NEVER, Int32, Scan, as_scan, mirrored
from layers.transit_walks import walks_between

CHANGE_S = 120
WALK_M = 400.0


@dataclass(frozen=True, eq=False)
class TransitNetwork:
    """A day of a timetable, forwards and backwards, with the walks between its stops."""

    table: Timetable
    there: Scan
    back: Scan


def transit_network(table: Timetable, *, change_s: int = CHANGE_S, walk_m: float = WALK_M) -> TransitNetwork:
    """Return the day ready for searches; walks between stops as in ``walks_between``."""
    walks = walks_between(table, change_s, walk_m)
    turned = walks.rename(columns={"start": "dest", "dest": "start"})
    return TransitNetwork(table, as_scan(table, walks, change_s), as_scan(mirrored(table), turned, change_s))


def earliest_arrivals(network: TransitNetwork, access: pd.Series, departure: int) -> pd.Series:
    """Return the earliest second of arrival at every stop for leaving at ``departure``; NaN where it is never.

    At a stop one arrives by vehicle, or on foot from the place itself.
    """
    return _clock(arrivals_in_window(network, access, [departure])[0], network)


def latest_departures(network: TransitNetwork, egress: pd.Series, arrival: int) -> pd.Series:
    """Return the latest second at which one must be at each stop to arrive by ``arrival``; NaN where it is too late."""
    found = _window(network.back, stop_seconds(network, egress), [-arrival])[0]
    return -_clock(found, network)


def arrivals_in_window(
    network: TransitNetwork, access: pd.Series, departures: Sequence[int], *, within_s: int = NEVER
) -> NDArray[np.int32]:
    """Return the earliest arrivals of every departure (rows) at every stop (columns), NEVER where there is none.

    What arrives later than ``within_s`` after leaving may be missing.
    """
    return _window(network.there, stop_seconds(network, access), departures, within_s=within_s)


def arrivals_at_place(
    network: TransitNetwork, access: pd.Series, egress: pd.Series, departures: Sequence[int]
) -> NDArray[np.int32]:
    """Return the earliest arrival at a place for every departure, NEVER where there is none.

    ``egress`` are the seconds from its stops; the scan ends where nothing earlier can come.
    """
    last = stop_seconds(network, egress)
    found = _window(network.there, stop_seconds(network, access), departures, egress=last)
    arrivals: Int32 = np.where(last < NEVER, found + last, NEVER).min(axis=1, initial=NEVER)
    return arrivals


def _window(
    day: Scan, access: Int32, departures: Sequence[int], *, egress: Int32 | None = None, within_s: int = NEVER
) -> NDArray[np.int32]:
    from layers.transit_kernels import scan_window  # the compiler costs a second

    starts = np.asarray(departures, np.int32)
    firsts = np.searchsorted(day.departure, starts).astype(np.int32)
    found = np.empty((len(starts), len(access)), np.int32)
    nowhere = np.full(len(access), NEVER, np.int32) if egress is None else egress
    scan_window(day, access, starts, firsts, nowhere, within_s, found)
    return found


def stop_seconds(network: TransitNetwork, walk: pd.Series) -> Int32:
    """Return the seconds to every stop, NEVER where it is too far; raise for a stop that is not in the timetable."""
    at = network.table.stops.index.get_indexer(walk.index)
    if (at < 0).any():
        raise KeyError(f"unknown stops: {walk.index[at < 0][:3].tolist()}")
    seconds = np.full(len(network.table.stops), NEVER, np.int32)
    np.minimum.at(seconds, at, walk.to_numpy().astype(np.int32))
    return seconds


def _clock(times: Int32, network: TransitNetwork) -> pd.Series:
    return pd.Series(np.where(times < NEVER, times, np.nan), network.table.stops.index)


def distinct_departures(table: Timetable, begin: int, end: int) -> NDArray[np.int32]:
    """Return every second in ``begin`` to ``end`` (exclusive) at which something departs."""
    return np.unique(table.departure[(table.departure >= begin) & (table.departure < end)])


class Spread(NamedTuple):
    """Seconds over a window of departures: median and 85th percentile (infinite where too many fail), share reached."""

    median: pd.Series
    late: pd.Series
    reached: pd.Series


def ranks(departures: int) -> tuple[int, int]:
    """Return the places of the median and the 85th percentile in a sorted window (nearest rank).

    >>> ranks(120)
    (59, 101)
    """
    return -(-departures * 50 // 100) - 1, -(-departures * 85 // 100) - 1


def travel_times(network: TransitNetwork, access: pd.Series, departures: Sequence[int]) -> Spread:
    """Return how long it takes to every stop over the departures, waiting included.

    A departure without any arrival counts as infinitely long: no average hides that there is no bus.
    """
    found = arrivals_in_window(network, access, departures)
    seconds = np.where(found < NEVER, found - np.asarray(departures)[:, None], np.inf)
    ordered = np.sort(seconds, axis=0)
    median, late = (pd.Series(ordered[place], network.table.stops.index) for place in ranks(len(ordered)))
    return Spread(median, late, pd.Series(np.isfinite(seconds).mean(axis=0), network.table.stops.index))


class RoundTrip(NamedTuple):
    """Seconds of the day: leave home for an appointment, be home after it; infinite where it is impossible."""

    leave: float
    home: float

    @property
    def possible(self) -> bool:
        """True where both ways exist."""
        return bool(np.isfinite(self.leave) and np.isfinite(self.home))

    @property
    def away(self) -> float:
        """Seconds from leaving home to being back, waiting included; infinite where it is not possible."""
        return self.home - self.leave


def there_and_back(
    network: TransitNetwork, home: pd.Series, place: pd.Series, *, arrive: int, leave: int, walk: float = np.inf
) -> RoundTrip:
    """Return the latest start for an appointment at ``arrive`` and the earliest return after ``leave``.

    ``home`` and ``place`` are seconds on foot to their stops; ``walk`` seconds are needed without any bus.
    """
    must_leave = (latest_departures(network, place, arrive) - home).max()
    back = (earliest_arrivals(network, place, leave) + home).min()
    return RoundTrip(
        float(np.nanmax([must_leave, arrive - walk, -np.inf])), float(np.nanmin([back, leave + walk, np.inf]))
    )
