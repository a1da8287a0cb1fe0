"""One day of a timetable: its trips as a table of connections, by departure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.model import GeoDataError
from geodata.sources.gtfs import WEEKDAYS, Feed, seconds_of

DAY_S = 86_400


@dataclass(frozen=True, eq=False)
class Timetable:
    """The connections of one day by departure: from one stop to the next without leaving the vehicle.

    Stops are positions in ``stops``, trips numbers; ``boards`` and ``alights`` say whether one may get on and off.
    ``walks`` between stops hold ``start`` and ``dest`` (positions) and ``seconds``, as the feed names them.
    """

    day: date
    stops: pd.DataFrame
    from_stop: NDArray[np.int32]
    to_stop: NDArray[np.int32]
    departure: NDArray[np.int32]
    arrival: NDArray[np.int32]
    trip: NDArray[np.int32]
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]
    walks: pd.DataFrame


def services_on(feed: Feed, day: date) -> set[str]:
    """Return the services that run on ``day``."""
    text = f"{day:%Y%m%d}"
    rows = feed.calendar
    runs = (rows["start_date"] <= text) & (rows["end_date"] >= text) & (rows[WEEKDAYS[day.weekday()]] == "1")
    changed = feed.exceptions[feed.exceptions["date"] == text]
    added = set(changed.loc[changed["exception_type"] == "1", "service_id"])
    removed = set(changed.loc[changed["exception_type"] == "2", "service_id"])
    return (set(rows.index[runs]) | added) - removed


def timetable(feed: Feed, day: date) -> Timetable:
    """Return the connections of ``day``, with those of the day before that run past midnight.

    Raise GeoDataError for a day outside the calendar, naming its span, and for one on which nothing runs.
    """
    if not feed.first <= day <= feed.last:
        raise GeoDataError(
            f"{feed.name}: {day:%d.%m.%Y} liegt außerhalb des Fahrplans, gültig vom {feed.first:%d.%m.%Y} bis "
            f"{feed.last:%d.%m.%Y}. Abhilfe: einen Tag darin wählen oder einen neueren Fahrplan nehmen."
        )
    found = pd.concat(_runs(feed, day), ignore_index=True)
    found = found[found["departure"] >= 0].sort_values(["departure", "trip", "sequence"], kind="stable")
    if found.empty:
        raise GeoDataError(f"{feed.name}: am {day:%d.%m.%Y} fährt nichts. Abhilfe: einen anderen Tag wählen.")
    position = pd.Series(np.arange(len(feed.stops), dtype=np.int32), feed.stops.index)
    return Timetable(
        day,
        feed.stops,
        position[found["from_stop"]].to_numpy().astype(np.int32),
        position[found["to_stop"]].to_numpy().astype(np.int32),
        found["departure"].to_numpy(np.int32),
        found["arrival"].to_numpy(np.int32),
        found["trip"].factorize()[0].astype(np.int32),
        found["boards"].to_numpy(bool),
        found["alights"].to_numpy(bool),
        _walks(feed, position),
    )


def _runs(feed: Feed, day: date) -> Iterator[pd.DataFrame]:
    """Yield the connections of the trips of the day and of the day before, in seconds of ``day``."""
    for back in (0, 1):
        services = services_on(feed, day - timedelta(days=back))
        trips = feed.trips.index[feed.trips["service_id"].isin(services)]
        table = _connections(feed.stop_times[feed.stop_times["trip_id"].isin(trips)])
        for number, (template, shift) in enumerate(_starts(feed, table)):
            moved = template.assign(trip=template["trip_id"] + f" {back}/{number}")
            for name in ("departure", "arrival"):
                moved[name] = template[name] + shift - back * DAY_S
            yield moved


def _connections(times: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces between one stop and the next of the same trip."""
    following = times.shift(-1)
    same = (times["trip_id"] == following["trip_id"]).to_numpy()
    return pd.DataFrame(
        {
            "trip_id": times["trip_id"][same],
            "sequence": times["sequence"][same],
            "from_stop": times["stop_id"][same],
            "to_stop": following["stop_id"][same],
            "departure": times["departure"][same],
            "arrival": following["arrival"][same].astype(np.int32),
            "boards": times["boards"][same],
            "alights": following["alights"][same].astype(bool),
        }
    )


def _starts(feed: Feed, table: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, int]]:
    """Yield the trips as they are, and those with a headway once per departure, with the seconds to shift them by."""
    often = feed.frequencies
    yield table[~table["trip_id"].isin(often["trip_id"])], 0
    first = table.groupby("trip_id")["departure"].min()
    for row in often[often["trip_id"].isin(first.index)].to_dict("records"):
        begin, end = seconds_of(feed.name, pd.Series([row["start_time"], row["end_time"]])).astype(int)
        for start in range(begin, end, int(row["headway_secs"])):
            yield table[table["trip_id"] == row["trip_id"]], start - int(first[row["trip_id"]])


def _walks(feed: Feed, position: pd.Series) -> pd.DataFrame:
    """Return the changes between two stops that the feed gives a time for."""
    rows = feed.transfers
    timed = rows[(rows["transfer_type"] == "2") & rows["from_stop_id"].isin(position.index)]
    timed = timed[timed["to_stop_id"].isin(position.index) & (timed["from_stop_id"] != timed["to_stop_id"])]
    seconds = pd.to_numeric(timed["min_transfer_time"]) if len(timed) else pd.Series(dtype=float)
    return pd.DataFrame(
        {
            "start": position[timed["from_stop_id"]].to_numpy(),
            "dest": position[timed["to_stop_id"]].to_numpy(),
            "seconds": seconds.to_numpy(),
        }
    ).astype(np.int32)
