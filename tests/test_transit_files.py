"""Ways by bus on a real day against a search that reads the files of the feed by itself.

To what the feed holds come headways, one of them past midnight, and times for changes, at a stop and on foot.
"""

from __future__ import annotations

import csv
import heapq
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.sources.gtfs import read_feed
from geodata.sources.gtfs_day import timetable
from layers.transit import arrivals_in_window, transit_network
from layers.transit_arrays import NEVER
from tests.timetables import HOUR

FEED = Path(__file__).parents[2] / "shared" / "data" / "gtfs" / "ors_vrn_gtfs_cut.zip"
pytestmark = pytest.mark.skipif(not FEED.is_file(), reason="der Fahrplan liegt nicht bei")
DAY = date(2022, 9, 20)
CHANGE_S = 120
DEPARTURES = [120, 7 * HOUR, 13 * HOUR + 1234, 22 * HOUR + 59, 24 * HOUR + 300]
HEADWAYS = [("06:00:00", "09:00:00", 420), ("23:10:00", "25:30:00", 700), ("12:00:00", "12:00:01", 60)]
Rows = list[dict[str, str]]
Call = tuple[str, int, int, bool]  # stop, arrival, departure, whether one may board


def rows(archive: zipfile.ZipFile, name: str) -> Rows:
    with archive.open(f"{name}.txt") as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")))


def text(columns: str, lines: list[tuple]) -> str:
    return "\n".join([columns, *(",".join(map(str, line)) for line in lines)]) + "\n"


@pytest.fixture(scope="module")
def enriched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The feed with headways for every fiftieth trip and changes between stops that are drawn."""
    path, rng = tmp_path_factory.mktemp("feed") / "feed.zip", np.random.default_rng(3)
    with zipfile.ZipFile(FEED) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        trips = sorted({row["trip_id"] for row in rows(old, "stop_times")})[::50]
        stops = sorted({row["stop_id"] for row in rows(old, "stop_times")})
        repeated = [(trip, *HEADWAYS[n % len(HEADWAYS)]) for n, trip in enumerate(trips)]
        pairs = {tuple(rng.choice(stops, 2).tolist()) for _ in range(3_000)} | {(stop, stop) for stop in stops[::3]}
        timed = [
            (*pair, 3 if n % 5 == 0 else 2, 0 if n % 7 == 0 else 30 * (n % 40)) for n, pair in enumerate(sorted(pairs))
        ]
        new.writestr("frequencies.txt", text("trip_id,start_time,end_time,headway_secs", repeated))
        new.writestr("transfers.txt", text("from_stop_id,to_stop_id,transfer_type,min_transfer_time", timed))
    return path


def seconds(clock: str) -> int:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def services(archive: zipfile.ZipFile, day: date) -> set[str]:
    stamp = f"{day:%Y%m%d}"
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    running = {
        row["service_id"]
        for row in rows(archive, "calendar")
        if row["start_date"] <= stamp <= row["end_date"] and row[names[day.weekday()]] == "1"
    }
    changes = [row for row in rows(archive, "calendar_dates") if row["date"] == stamp]
    added = {row["service_id"] for row in changes if row["exception_type"] == "1"}
    return running | added - {row["service_id"] for row in changes if row["exception_type"] == "2"}


def vehicles(archive: zipfile.ZipFile) -> Iterator[list[Call]]:
    """Yield every vehicle of the day and of the day before, as its calls in seconds of the day."""
    calls: dict[str, list[Call]] = defaultdict(list)
    for row in sorted(rows(archive, "stop_times"), key=lambda row: int(row["stop_sequence"])):
        times = seconds(row["arrival_time"]), seconds(row["departure_time"])
        calls[row["trip_id"]].append((row["stop_id"], *times, row["pickup_type"] != "1"))
    headways = defaultdict(list)
    for row in rows(archive, "frequencies"):
        step = int(row["headway_secs"])
        headways[row["trip_id"]] += range(seconds(row["start_time"]), seconds(row["end_time"]), step)
    for back in (0, 1):
        running = services(archive, DAY - timedelta(days=back))
        for trip in rows(archive, "trips"):
            stops = calls[trip["trip_id"]]
            if trip["service_id"] in running and stops:
                for begin in headways.get(trip["trip_id"], [stops[0][2]]):
                    shift = begin - stops[0][2] - back * 24 * HOUR
                    yield [(stop, a + shift, d + shift, on) for stop, a, d, on in stops]


class Files:
    """Boardings by stop and changes, as the files say."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.vehicles = list(vehicles(archive))
            changes = rows(archive, "transfers")
        self.at: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for number, calls in enumerate(self.vehicles):
            for place, (stop, _, departure, boards) in enumerate(calls[:-1]):
                if boards:
                    self.at[stop].append((departure, number, place))
        self.change: dict[str, int] = {}
        self.walks: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for row in changes:
            one, two, time = row["from_stop_id"], row["to_stop_id"], max(1, int(row["min_transfer_time"]))
            if row["transfer_type"] == "2" and one == two:
                self.change[one] = time
            elif row["transfer_type"] == "2":
                self.walks[one].append((two, time))

    def arrivals(self, home: str, departure: int) -> dict[str, int]:
        """Return the earliest arrival at every stop that is reached; no vehicle is ridden twice from one call."""
        off: dict[str, int] = {}
        ready: dict[str, int] = {}
        boarded = [len(calls) for calls in self.vehicles]
        waiting = [(departure, home)]
        while waiting:
            time, stop = heapq.heappop(waiting)
            if ready.get(stop, NEVER) <= time:
                continue
            ready[stop] = time
            for leaves, number, place in self.at[stop]:
                if leaves >= time and place < boarded[number]:
                    for there, arrival, *_ in self.vehicles[number][place + 1 : boarded[number] + 1]:
                        if arrival < off.get(there, NEVER):
                            off[there] = arrival
                            self.wait(waiting, there, arrival)
                    boarded[number] = place
        return off | {home: departure}

    def wait(self, waiting: list[tuple[int, str]], stop: str, time: int) -> None:
        """Add when one can board again after getting off: at the stop or a walk away."""
        for at, more in [(stop, self.change.get(stop, CHANGE_S)), *self.walks[stop]]:
            heapq.heappush(waiting, (time + more, at))


def test_fifty_stops_to_fifty_stops_with_headways_and_changes(enriched: Path) -> None:
    table = timetable(read_feed(enriched), DAY)
    assert len(table.changes.walks) > 1_000
    assert len(table.changes.same) > 50
    alone = replace(table, stops=table.stops.assign(parent=""))  # walks are those of the feed only
    network, files = transit_network(alone, change_s=CHANGE_S, walk_m=0.0), Files(enriched)
    chosen = np.random.default_rng(4).choice(np.unique(table.from_stop), 50, replace=False)
    names, reached = table.stops.index[chosen], 0
    for home in names:
        found = arrivals_in_window(network, pd.Series({home: 0}), DEPARTURES)[:, chosen]
        for mine, departure in zip(found.tolist(), DEPARTURES, strict=True):
            wanted = files.arrivals(home, departure)
            assert mine == [wanted.get(name, NEVER) for name in names]
            reached += len(set(names) & set(wanted))
    assert reached > 5_000
