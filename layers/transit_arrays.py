"""One day of a timetable as arrays for the scan: forwards, and mirrored in time for the way that must arrive."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.sources.gtfs_day import Timetable

Int32 = NDArray[np.int32]
NEVER = 1 << 29


class Scan(NamedTuple):
    """Connections by departure; walks from a stop are ``walk_start[stop]:walk_start[stop + 1]``. Seconds."""

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
    trips: int
    change: int
    never: int


def as_scan(table: Timetable, walks: pd.DataFrame, change_s: int) -> Scan:
    """Return the day for the scan; ``walks`` (start, dest, seconds) lead from stop to stop, one at a time."""
    if change_s < 1:
        raise ValueError(f"change_s must be at least 1 second, found {change_s}")
    ordered = walks.groupby(["start", "dest"], as_index=False)["seconds"].min()
    start = np.searchsorted(ordered["start"], np.arange(len(table.stops) + 1))
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
        int(table.trip.max(initial=-1)) + 1,
        change_s,
        NEVER,
    )


def mirrored(table: Timetable) -> Timetable:
    """Return the day run backwards: earliest arrivals in it are latest departures, times are negative."""
    order = np.lexsort((-np.arange(len(table.arrival)), -table.arrival))
    return Timetable(
        table.day,
        table.stops,
        table.to_stop[order],
        table.from_stop[order],
        -table.arrival[order],
        -table.departure[order],
        table.trip[order],
        table.alights[order],
        table.boards[order],
        table.walks.rename(columns={"start": "dest", "dest": "start"}),
    )
