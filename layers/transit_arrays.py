"""One day of a timetable as arrays for the scan: forwards, and mirrored in time for the way that must arrive."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.sources.gtfs_day import Timetable

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
NEVER = 1 << 29
ARRIVAL, RIDE = 1 << 32, 1 << 24  # an answer is arrival x ARRIVAL + rides x RIDE + place
NOTHING = NEVER * ARRIVAL


class Scan(NamedTuple):
    """Connections by departure; walks from a stop are ``walk_start[stop]:walk_start[stop + 1]``. Seconds.

    In the same way ``call_time`` are the departures at which one may board at a stop.
    """

    from_stop: Int32
    to_stop: Int32
    departure: Int32
    arrival: Int32
    trip: Int32
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]
    walk_start: Int32
    walk_dest: Int32
    walk_seconds: Int32
    change: Int32
    call_start: Int32
    call_time: Int32
    trips: int
    never: int


class Legs(NamedTuple):
    """Walks from origins to stops; those of origin i are ``start[i]:start[i + 1]``."""

    start: Int64
    stop: Int32
    seconds: Int32


class Profiles(NamedTuple):
    """Departures worth taking per stop, latest first, in ``begin[stop]:end[stop]``, with their answers."""

    begin: Int64
    end: Int64
    departure: Int32
    answer: Int64


def as_scan(table: Timetable, walks: pd.DataFrame, change_s: int) -> Scan:
    """Return the day for the scan; ``walks`` (start, dest, seconds) lead from stop to stop, one at a time.

    At one stop a change takes what the feed says, at least a second, and ``change_s`` where it says nothing.
    """
    if change_s < 1:
        raise ValueError(f"change_s must be at least 1 second, found {change_s}")
    ordered = walks.groupby(["start", "dest"], as_index=False)["seconds"].min()
    start = np.searchsorted(ordered["start"], np.arange(len(table.stops) + 1))
    change = np.full(len(table.stops), change_s, np.int32)
    same = table.changes.same
    change[same["stop"].to_numpy(int)] = same["seconds"].clip(lower=1)
    return Scan(
        table.from_stop,
        table.to_stop,
        table.departure,
        table.arrival,
        table.trip,
        table.boards,
        table.alights,
        start.astype(np.int32),
        ordered["dest"].to_numpy().astype(np.int32),
        ordered["seconds"].to_numpy().astype(np.int32),
        change,
        *_calls(table),
        int(table.trip.max(initial=-1)) + 1,
        NEVER,
    )


def _calls(table: Timetable) -> tuple[Int32, Int32]:
    """Return where the departures of every stop begin, and all of them by stop and time."""
    stop, time = table.from_stop[table.boards], table.departure[table.boards]
    order = np.argsort(stop, kind="stable")  # the connections lie by departure already
    start = np.searchsorted(stop[order], np.arange(len(table.stops) + 1))
    return start.astype(np.int32), time[order].astype(np.int32)


def mirrored(table: Timetable) -> Timetable:
    """Return the day run backwards: earliest arrivals in it are latest departures, times are negative."""
    order = np.lexsort((-np.arange(len(table.arrival)), -table.arrival))
    return replace(
        table,
        from_stop=table.to_stop[order],
        to_stop=table.from_stop[order],
        departure=-table.arrival[order],
        arrival=-table.departure[order],
        trip=table.trip[order],
        boards=table.alights[order],
        alights=table.boards[order],
    )
