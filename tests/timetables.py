"""Drawn days of a timetable, and a plain search on a time-expanded graph to compare with."""

from __future__ import annotations

import heapq
from collections import defaultdict
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from geodata.sources.gtfs_changes import Changes
from geodata.sources.gtfs_day import Timetable
from layers.transit import TransitNetwork, transit_network
from layers.transit_arrays import NEVER, Scan

HOUR = 3600
Trip = list[tuple[int, int]]  # stop and time of the calls


def no_changes() -> Changes:
    names = (["start", "dest", "seconds"], ["stop", "seconds"], ["start", "dest"])
    return Changes(*(pd.DataFrame({name: [] for name in columns}, dtype=np.int32) for columns in names))


def day_of(
    trips: list[Trip],
    *,
    stops: int = 6,
    spread_m: float = 2000.0,
    kinds: list[str] | None = None,
    changes: Changes | None = None,
    parents: list[str] | None = None,
    day: date = date(2024, 5, 6),
) -> Timetable:
    """Return a day with trips that call at stops (numbers) at times (seconds); stops lie far apart (invented)."""
    rows = [
        (number, i, a, b, start, end)
        for number, trip in enumerate(trips)
        for i, ((a, start), (b, end)) in enumerate(pairwise(trip))
    ]
    frame = pd.DataFrame(rows, columns=["trip", "i", "a", "b", "start", "end"]).sort_values(["start", "trip", "i"])
    n = len(frame)
    places = pd.DataFrame(
        {
            "name": "Halt",
            "x": np.arange(stops) * spread_m,
            "y": 0.0,
            "parent": parents or "",
            "station": False,
            "wheelchair": "",
        },
        index=pd.Index([f"s{i}" for i in range(stops)], name="stop_id"),
    )
    columns = [frame[name].to_numpy(np.int32) for name in ("a", "b", "start", "end", "trip")]
    routes = pd.DataFrame({"kind": kinds or ["bus"] * len(trips), "name": ""})
    on, off = np.ones(n, bool), np.ones(n, bool)
    return Timetable(
        day, places, *columns, on, off, np.arange(len(trips), dtype=np.int32), routes, changes or no_changes()
    )


@st.composite
def days(draw: st.DrawFn) -> TransitNetwork:
    """Draw a day: trips with waiting, no riding time, the same time twice, past midnight, stops near enough to walk."""
    trips = []
    late = draw(st.sampled_from([0, 23 * HOUR + 3000]))
    for _ in range(draw(st.integers(1, 8))):
        stops = draw(st.lists(st.integers(0, 5), min_size=2, max_size=5, unique=True))
        steps = draw(st.lists(st.integers(0, 400), min_size=len(stops), max_size=len(stops)))
        trips.append(list(zip(stops, np.cumsum(steps) + late + draw(st.integers(0, 3000)), strict=True)))
    spread = draw(st.sampled_from([150.0, 390.0, 2000.0]))
    return transit_network(day_of(trips, spread_m=spread), change_s=draw(st.sampled_from([1, 120])))


class Expanded:
    """A day as a graph of events: at a stop ready to board, in a vehicle, got off. It knows nothing of scans."""

    def __init__(self, day: Scan) -> None:
        self.day = day
        self.boarding: dict[int, list[int]] = defaultdict(list)
        self.following: dict[int, int] = {}
        last: dict[int, int] = {}
        for c in range(len(day.departure)):
            if day.boards[c]:
                self.boarding[int(day.from_stop[c])].append(c)
            if (before := last.get(int(day.trip[c]))) is not None:
                self.following[before] = c
            last[int(day.trip[c])] = c

    def arrivals(self, access: dict[int, int], departure: int) -> np.ndarray:
        """Return the earliest arrival at every stop by Dijkstra's search over the events."""
        found = np.full(len(self.day.change), NEVER)
        events = [(departure + seconds, "ready", stop) for stop, seconds in access.items()]
        for time, _, stop in events:
            found[stop] = time
        heapq.heapify(events)
        done = set()
        while events:
            time, what, at = heapq.heappop(events)
            if (what, at) in done:
                continue
            done.add((what, at))
            if what == "off":
                found[at] = min(found[at], time)
            for event in self.after(time, what, at):
                heapq.heappush(events, event)
        return found

    def after(self, time: int, what: str, at: int) -> list[tuple[int, str, int]]:
        day = self.day
        if what == "ready":
            return [(int(day.arrival[c]), "in", c) for c in self.boarding[at] if day.departure[c] >= time]
        if what == "in":
            stay = [(int(day.arrival[self.following[at]]), "in", self.following[at])] if at in self.following else []
            return stay + ([(time, "off", int(day.to_stop[at]))] if day.alights[at] else [])
        walks = range(day.walk_start[at], day.walk_start[at + 1])
        on = [(time + int(day.walk_seconds[w]), "ready", int(day.walk_dest[w])) for w in walks]
        return [(time + int(day.change[at]), "ready", at), *on]


def by_rounds(day: Scan, access: dict[int, int], egress: dict[int, int], departure: int) -> tuple[int, int]:
    """Return the earliest arrival at a place and the fewest rides that reach it, one ride a round."""
    trips = [list(rows) for rows in pd.Series(np.arange(len(day.trip))).groupby(day.trip).groups.values()]
    ready = {stop: departure + seconds for stop, seconds in access.items()}
    best, rides = NEVER, 0
    for ride in range(1, len(trips) + 2):
        got_off: dict[int, int] = {}
        for calls in trips:
            aboard = False
            for c in calls:
                aboard |= bool(day.boards[c] and ready.get(int(day.from_stop[c]), NEVER) <= day.departure[c])
                if aboard and day.alights[c]:
                    stop = int(day.to_stop[c])
                    got_off[stop] = min(got_off.get(stop, NEVER), int(day.arrival[c]))
        arrival = min((time + egress[stop] for stop, time in got_off.items() if stop in egress), default=NEVER)
        if arrival < best:
            best, rides = arrival, ride
        for stop, time in got_off.items():
            ready[stop] = min(ready.get(stop, NEVER), time + int(day.change[stop]))
            for w in range(day.walk_start[stop], day.walk_start[stop + 1]):
                there, then = int(day.walk_dest[w]), time + int(day.walk_seconds[w])
                ready[there] = min(ready.get(there, NEVER), then)
    return best, rides
