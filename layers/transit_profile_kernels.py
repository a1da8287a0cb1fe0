"""The profile scan: from every stop, all departures of a day worth taking to the places one wants to reach.

One number holds an answer: arrival at the place (seconds), rides still to take, the place; the least is the best.
Backwards from the places this order is exact, because arrival is that at the place and rides only add up.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from layers.transit_arrays import ARRIVAL, NOTHING, RIDE, Int32, Int64, Legs, Profiles, Scan


@njit(cache=True)
def best_from(known: Profiles, stop: int, time: int) -> int:
    """Return the best answer among the departures of a stop that one reaches at ``time``."""
    k = known.end[stop] - 1
    while k >= known.begin[stop] and known.departure[k] < time:
        k -= 1
    return known.answer[k] if k >= known.begin[stop] else NOTHING


@njit(cache=True)
def best_after(day: Scan, known: Profiles, stop: int, time: int) -> int:
    """Return the best answer when one gets off at ``stop`` and changes there or walks once."""
    best = best_from(known, stop, time + day.change[stop])
    for w in range(day.walk_start[stop], day.walk_start[stop + 1]):
        there = day.walk_dest[w]
        if known.end[there] > known.begin[there]:
            best = min(best, best_from(known, there, time + day.walk_seconds[w]))
    return best


@njit(cache=True)
def profiles(day: Scan, inside: tuple[int, int], egress: Int32, place: Int64, known: Profiles) -> None:
    """Write, per stop, the departures worth taking; ``known.end`` begins as ``known.begin`` and grows.

    Only the connections ``inside`` are looked at. ``egress`` are the seconds from the stops to the nearest ``place``.
    """
    aboard = np.full(day.trips, NOTHING, np.int64)
    for c in range(inside[1] - 1, inside[0] - 1, -1):
        best = aboard[day.trip[c]]
        if day.alights[c]:
            stop, time = day.to_stop[c], day.arrival[c]
            if egress[stop] < day.never:
                best = min(best, np.int64(time + egress[stop]) * ARRIVAL + place[stop])
            best = min(best, best_after(day, known, stop, time))
            aboard[day.trip[c]] = best
        if best < NOTHING and day.boards[c]:
            keep(known, day.from_stop[c], day.departure[c], best + RIDE)


@njit(cache=True)
def keep(known: Profiles, stop: int, time: int, answer: int) -> None:
    """Add a departure that is not later than those before it, if it is better than all of them."""
    k = known.end[stop]
    if k > known.begin[stop] and known.answer[k - 1] <= answer:
        return
    if k > known.begin[stop] and known.departure[k - 1] == time:
        known.answer[k - 1] = answer
        return
    known.departure[k], known.answer[k] = time, answer
    known.end[stop] = k + 1


@njit(cache=True)
def best_of_window(legs: Legs, origin: int, known: Profiles, starts: Int32, best: Int64) -> None:
    """Lower ``best`` (one per start, rising) by what the stops within walking distance offer."""
    for leg in range(legs.start[origin], legs.start[origin + 1]):
        stop = legs.stop[leg]
        begin, k = known.begin[stop], known.end[stop] - 1
        for i in range(len(starts)):
            while k >= begin and known.departure[k] < starts[i] + legs.seconds[leg]:
                k -= 1
            if k < begin:
                break
            best[i] = min(best[i], known.answer[k])


@njit(cache=True)
def spreads(
    legs: Legs, known: Profiles, starts: Int32, direct: Int64, limit: int, ranks: tuple[int, int], found: Int64
) -> None:
    """Write per origin the middle and the late answer of the window and how many departures arrive at all.

    Here answers hold the travel time where profiles hold the arrival. ``direct`` is the way on foot, NOTHING without.
    """
    best = np.empty(len(starts), np.int64)
    for origin in range(len(legs.start) - 1):
        for i in range(len(starts)):
            best[i] = direct[origin] + starts[i] * ARRIVAL if direct[origin] < NOTHING else NOTHING
        best_of_window(legs, origin, known, starts, best)
        reached = 0
        for i in range(len(starts)):
            best[i] = best[i] - starts[i] * ARRIVAL if best[i] < NOTHING else NOTHING
            if best[i] // ARRIVAL > limit:
                best[i] = NOTHING
            reached += best[i] < NOTHING
        if reached:
            best.sort()
        found[origin, 0], found[origin, 1], found[origin, 2] = best[ranks[0]], best[ranks[1]], reached


@njit(cache=True)
def ends_of_day(legs: Legs, known: Profiles, earliest: int, found: Int64) -> None:
    """Write per origin what ``keep_best`` says of its connections that leave the origin at ``earliest`` or later."""
    for origin in range(len(legs.start) - 1):
        room = 0
        for leg in range(legs.start[origin], legs.start[origin + 1]):
            room += known.end[legs.stop[leg]] - known.begin[legs.stop[leg]]
        leave, reach = np.empty(room, np.int64), np.empty(room, np.int64)
        count = 0
        for leg in range(legs.start[origin], legs.start[origin + 1]):
            stop = legs.stop[leg]
            for k in range(known.begin[stop], known.end[stop]):
                if known.departure[k] - legs.seconds[leg] >= earliest:
                    leave[count], reach[count] = known.departure[k] - legs.seconds[leg], known.answer[k]
                    count += 1
        keep_best(leave[:count], reach[:count], found[origin])


@njit(cache=True)
def keep_best(leave: Int64, reach: Int64, found: Int64) -> None:
    """Write leaving and answer of the first and of the last connection that no other overtakes, and their number."""
    found[:4], found[4] = -1, 0
    best = NOTHING
    order = np.argsort(reach, kind="mergesort")
    for k in order[np.argsort(-leave[order], kind="mergesort")]:
        if reach[k] // ARRIVAL < best // ARRIVAL:
            best = reach[k]
            found[0], found[1] = leave[k], reach[k]
            if found[4] == 0:
                found[2], found[3] = leave[k], reach[k]
            found[4] += 1
