"""One day of a timetable: its trips as a table of connections, by departure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.model import GeoDataError
from geodata.sources.gtfs import Feed
from geodata.sources.gtfs_changes import Changes, changes_of
from geodata.sources.gtfs_files import WEEKDAYS

DAY_S = 86_400
Int32 = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Timetable:
    """The connections of one day by departure: from one stop to the next without leaving the vehicle.

    Stops are positions in ``stops``, trips numbers; ``boards`` and ``alights`` say whether one may get on and off.
    ``trip_route`` gives the position in ``routes`` by trip. ``changes`` hold what the feed says about changing.
    """

    day: date
    stops: pd.DataFrame
    from_stop: Int32
    to_stop: Int32
    departure: Int32
    arrival: Int32
    trip: Int32
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]
    trip_route: Int32
    routes: pd.DataFrame
    changes: Changes
    provenance: dict[str, Any] = field(default_factory=dict)


def services_on(feed: Feed, day: date) -> set[str]:
    """Return the services that run on ``day``."""
    text = f"{day:%Y%m%d}"
    rows = feed.calendar
    runs = (rows["start_date"] <= text) & (rows["end_date"] >= text) & (rows[WEEKDAYS[day.weekday()]] == "1")
    changed = feed.exceptions[feed.exceptions["date"] == text]
    added = set(changed.loc[changed["exception_type"] == "1", "service_id"])
    removed = set(changed.loc[changed["exception_type"] == "2", "service_id"])
    return (set(rows.index[runs]) | added) - removed


def typical_working_day(feed: Feed) -> date:
    """Return the Monday to Friday with the median number of trips (the lower, then the earliest, of two).

    Public holidays and school holidays are weighed by how many days they are. Raise GeoDataError where none runs.
    """
    sizes = feed.trips["service_id"].value_counts()
    days = [feed.first + timedelta(days=n) for n in range((feed.last - feed.first).days + 1)]
    trips = {day: int(sizes.reindex(list(services_on(feed, day))).sum()) for day in days if day.weekday() < 5}
    running = sorted((count, day) for day, count in trips.items() if count)
    if not running:
        raise GeoDataError(f"{feed.name}: an keinem Werktag fährt etwas. Abhilfe: einen anderen Fahrplan nehmen.")
    middle = running[(len(running) - 1) // 2][0]
    return next(day for count, day in running if count == middle)


def timetable(feed: Feed, day: date) -> Timetable:
    """Return the connections of ``day``, with those of days before that run past midnight.

    Trips of the next day are not in it, those of the day itself after 24:00 are. A headway becomes trips at its exact
    times. Raise GeoDataError for a day outside the calendar, naming its span, and for one on which nothing runs.
    """
    if not feed.first <= day <= feed.last:
        raise GeoDataError(
            f"{feed.name}: {day:%d.%m.%Y} liegt außerhalb des Fahrplans, gültig vom {feed.first:%d.%m.%Y} bis "
            f"{feed.last:%d.%m.%Y}. Abhilfe: einen Tag darin wählen oder einen neueren Fahrplan nehmen."
        )
    found = pd.concat(_runs(feed, day), ignore_index=True)
    found = found[found["departure"] >= 0].sort_values(["departure", "run", "sequence"], kind="stable")
    if found.empty:
        raise GeoDataError(f"{feed.name}: am {day:%d.%m.%Y} fährt nichts. Abhilfe: einen anderen Tag wählen.")
    run, _ = pd.factorize(found["run"])
    trip_of_run = found["trip"].groupby(run).first()
    route = feed.routes.index.get_indexer(pd.Index(feed.trips["route_id"]))
    return Timetable(
        day,
        feed.stops,
        found["from_stop"].to_numpy(np.int32),
        found["to_stop"].to_numpy(np.int32),
        found["departure"].to_numpy(np.int32),
        found["arrival"].to_numpy(np.int32),
        run.astype(np.int32),
        found["boards"].to_numpy(bool),
        found["alights"].to_numpy(bool),
        route[trip_of_run.to_numpy()].astype(np.int32),
        feed.routes,
        changes_of(feed),
        {"file": feed.name, "sha256": feed.sha256, "first": feed.first, "last": feed.last, **feed.counts},
    )


def _runs(feed: Feed, day: date) -> Iterator[pd.DataFrame]:
    """Yield the connections of the trips of the day and of those before, in seconds of ``day``; runs are numbered."""
    number = 0
    for back in range(int(feed.stop_times["arrival"].max()) // DAY_S + 1 if len(feed.stop_times) else 1):
        services = services_on(feed, day - timedelta(days=back))
        trips = feed.trips.index[feed.trips["service_id"].isin(services)]
        table = _connections(feed, feed.stop_times[feed.stop_times["trip_id"].isin(trips)])
        for template, shifts in _starts(feed, table):
            moved = _repeated(template, np.asarray(shifts) - back * DAY_S)
            yield moved.assign(run=moved["run"] + number)
            number += len(feed.trips) * len(shifts)


def _connections(feed: Feed, times: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces between one stop and the next of the same trip; trips and stops are positions."""
    trip = feed.trips.index.get_indexer(pd.Index(times["trip_id"]))
    stop = feed.stops.index.get_indexer(pd.Index(times["stop_id"]))
    here = np.flatnonzero(trip[1:] == trip[:-1])
    return pd.DataFrame(
        {
            "trip": trip[here],
            "sequence": times["sequence"].to_numpy()[here],
            "from_stop": stop[here],
            "to_stop": stop[here + 1],
            "departure": times["departure"].to_numpy()[here],
            "arrival": times["arrival"].to_numpy()[here + 1],
            "boards": times["boards"].to_numpy()[here],
            "alights": times["alights"].to_numpy()[here + 1],
        }
    )


def _starts(feed: Feed, table: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, list[int]]]:
    """Yield the trips as they are, and each with a headway with the seconds to shift its departures by."""
    often = feed.frequencies.assign(trip=feed.trips.index.get_indexer(pd.Index(feed.frequencies["trip_id"])))
    yield table[~table["trip"].isin(often["trip"])], [0]
    rows = table[table["trip"].isin(often["trip"])].groupby("trip")
    pieces = dict(iter(rows))
    for row in often.to_dict("records"):
        if (piece := pieces.get(row["trip"])) is not None:
            first = int(piece["departure"].min())
            yield piece, [start - first for start in range(row["begin"], row["end"], row["headway"])]


def _repeated(table: pd.DataFrame, shifts: NDArray[np.int64]) -> pd.DataFrame:
    """Return the table once per shift; runs are numbered by trip and shift."""
    rows = table.iloc[np.tile(np.arange(len(table)), len(shifts))]
    shift, copy = np.repeat(shifts, len(table)), np.repeat(np.arange(len(shifts)), len(table))
    run = rows["trip"].to_numpy() * len(shifts) + copy
    return rows.assign(run=run, departure=rows["departure"] + shift, arrival=rows["arrival"] + shift)
