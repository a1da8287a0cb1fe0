"""The connection scan (Dibbelt, Pajor, Strasser and Wagner 2018) over the connections of one day."""

from __future__ import annotations

import numpy as np
from numba import njit

from layers.transit_arrays import Int32, Scan


@njit(cache=True)
def scan(day: Scan, reached: Int32, first: int, ready: Int32, aboard: Int32, egress: Int32, latest: int) -> None:
    """Complete ``ready`` (when one can board at a stop) and ``reached`` from connection ``first`` on.

    ``reached`` holds the earliest arrival by vehicle, from which one may walk to the next one; ``aboard`` is 0 per
    trip. Walks change no arrival: the last one is the way from the stop to the place. What departs after ``latest``,
    or after the best arrival at a place (``egress`` seconds from its stops), is not looked at.
    """
    for c in range(first, len(day.departure)):
        if day.departure[c] > latest:
            break
        trip, start = day.trip[c], day.from_stop[c]
        if not aboard[trip]:
            if not day.boards[c] or ready[start] > day.departure[c]:
                continue
            aboard[trip] = 1
        stop, time = day.to_stop[c], day.arrival[c]
        if not day.alights[c] or time >= reached[stop]:
            continue
        reached[stop] = time
        ready[stop] = min(ready[stop], time + day.change[stop])
        if egress[stop] < day.never:
            latest = min(latest, time + egress[stop])
        for w in range(day.walk_start[stop], day.walk_start[stop + 1]):
            there, then = day.walk_dest[w], time + day.walk_seconds[w]
            ready[there] = min(ready[there], then)


@njit(cache=True)
def scan_window(
    day: Scan, access: Int32, departures: Int32, firsts: Int32, egress: Int32, within: int, arrivals: Int32
) -> None:
    """Write the arrivals of every departure (rows) at every stop (columns); ``access`` seconds to the stops.

    Who leaves later and still catches the same vehicles arrives at the same time: such departures share one scan.
    """
    stops = len(access)
    ready, reached = np.empty(stops, np.int32), np.empty(stops, np.int32)
    aboard = np.zeros(day.trips, np.int32)
    begin, end = 1, 0
    for i in range(len(departures)):
        if not begin <= departures[i] <= end:
            begin, end = departures[i], departures[i] + spare(day, access, departures[i])
            for stop in range(stops):
                ready[stop] = access[stop] + begin if access[stop] < day.never else day.never
                reached[stop] = day.never
            aboard[:] = 0
            scan(day, reached, firsts[i], ready, aboard, egress, end + within)
        for stop in range(stops):
            on_foot = access[stop] + departures[i] if access[stop] < day.never else day.never
            arrivals[i, stop] = min(on_foot, reached[stop])


@njit(cache=True)
def spare(day: Scan, access: Int32, departure: int) -> int:
    """Return how many seconds later one may leave without missing any vehicle at the stops one walks to."""
    least = day.never
    for stop in range(len(access)):
        if access[stop] < day.never:
            ready = access[stop] + departure
            calls = day.call_time[day.call_start[stop] : day.call_start[stop + 1]]
            at = np.searchsorted(calls, ready)
            if at < len(calls):
                least = min(least, calls[at] - ready)
    return least
