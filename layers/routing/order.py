"""The order in which nodes are contracted: geometric nested dissection with small separators.

A part is cut in two along the direction with the fewest crossing edges (inertial partitioning), the smallest set of
nodes that covers the cut (Koenig 1931) becomes the separator and comes last (nested dissection, George 1973).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from layers.routing.arcs import Arcs, Int32, Int64

DIRECTIONS = 4  # along x, y and both diagonals
TINY = 2
SMALL = 64  # smaller parts are cut along x or y only
SLACK = 0.2  # the smaller side holds at least this share of a part


class _Work(NamedTuple):
    """Arrays of one run; ``sorted`` holds the nodes of every part side by side, sorted along each direction."""

    sorted: NDArray[np.int32]
    part: Int32
    place: Int32
    side: Int32
    mate: Int32
    seen: Int64
    path: Int32
    next_arc: Int64
    crossing: Int32


def contraction_order(neighbours: Arcs, x: NDArray[np.float64], y: NDArray[np.float64]) -> Int32:
    """Return the nodes in the order of their contraction, separators last.

    ``neighbours`` has every edge in both directions; ``x`` and ``y`` place the nodes.
    """
    keys = (x, y, x + y, x - y)
    by_direction = np.stack([np.argsort(key, kind="stable").astype(np.int32) for key in keys])
    return _dissect(neighbours, by_direction)


@njit(cache=True)
def _dissect(arcs: Arcs, by_direction: NDArray[np.int32]) -> Int32:
    n = len(arcs.start) - 1
    work = _Work(
        by_direction.copy(),
        np.zeros(n, np.int32),
        np.empty(n, np.int32),
        np.zeros(n, np.int32),
        np.full(n, -1, np.int32),
        np.zeros(n, np.int64),
        np.empty(n + 1, np.int32),
        np.empty(n + 1, np.int64),
        np.zeros(n + 2, np.int32),
    )
    order = np.empty(n, np.int32)
    open_parts = [(0, n, n)]  # first and last place in ``sorted``, and where its part of the order ends
    parts, tick = 1, 0
    while len(open_parts) > 0:
        low, high, end = open_parts.pop()
        if high - low <= TINY:
            for i in range(low, high):
                order[end - (high - i)] = work.sorted[0, i]
                work.part[work.sorted[0, i]] = -1
            continue
        _split(arcs, work, low, high)
        tick = _match(arcs, work, low, high, tick)
        tick += 1
        _reach_from_free(arcs, work, low, high, tick)
        taken = _take_cover(work, low, high, tick, order, end)
        middle, last = _divide(work, low, high, parts)
        parts += 2
        if last > middle:
            open_parts.append((middle, last, end - taken))
        if middle > low:
            open_parts.append((low, middle, end - taken - (last - middle)))
    return order


@njit(cache=True)
def _split(arcs: Arcs, work: _Work, low: int, high: int) -> None:
    """Put the nodes of a part on two sides (0 and 1) where few edges cross, rather in the middle."""
    size = high - low
    best, best_direction, best_at = np.inf, 0, size // 2
    for direction in range(DIRECTIONS if size > SMALL else 2):
        _count_crossing(arcs, work, direction, low, high)
        least = max(1, int(size * SLACK))
        crossing = 0
        for i in range(1, size):
            crossing += work.crossing[i]
            if least <= i <= size - least:
                score = crossing * (1.0 + 0.6 * abs(2 * i - size) / size)
                if score < best:
                    best, best_direction, best_at = score, direction, i
    for i in range(low, high):
        work.side[work.sorted[best_direction, i]] = 0 if i - low < best_at else 1


@njit(cache=True)
def _count_crossing(arcs: Arcs, work: _Work, direction: int, low: int, high: int) -> None:
    """Set by how much the number of crossing edges changes at each place of the part."""
    nodes = work.sorted[direction]
    me = work.part[nodes[low]]
    for i in range(low, high):
        work.place[nodes[i]] = i - low
        work.crossing[i - low] = 0
    work.crossing[high - low] = 0
    for i in range(low, high):
        v = nodes[i]
        for e in range(arcs.start[v], arcs.start[v + 1]):
            u = arcs.head[e]
            if work.part[u] == me and work.place[u] > i - low:
                work.crossing[i - low + 1] += 1
                work.crossing[work.place[u] + 1] -= 1


@njit(cache=True)
def _match(arcs: Arcs, work: _Work, low: int, high: int, tick: int) -> int:
    """Match as many nodes as possible across the cut, each with at most one neighbour; return the last tick."""
    for i in range(low, high):
        work.mate[work.sorted[0, i]] = -1
    for i in range(low, high):
        v = work.sorted[0, i]
        if work.side[v] == 0 and _next_across(arcs, work, v, arcs.start[v]) < arcs.start[v + 1]:
            tick += 1
            _augment(arcs, work, v, tick)
    return tick


@njit(cache=True)
def _next_across(arcs: Arcs, work: _Work, v: int, e: int) -> int:
    """Return the first arc of ``v`` from ``e`` on that leads to side 1 of its part, or the end of its arcs."""
    while e < arcs.start[v + 1]:
        u = arcs.head[e]
        if work.part[u] == work.part[v] and work.side[u] == 1:
            return e
        e += 1
    return e


@njit(cache=True)
def _augment(arcs: Arcs, work: _Work, root: int, tick: int) -> None:
    """Find a way from ``root`` that alternates between unmatched and matched edges to a free node; flip it."""
    work.path[0], work.next_arc[0] = root, arcs.start[root]
    depth = 0
    while depth >= 0:
        v = work.path[depth]
        e = _next_across(arcs, work, v, work.next_arc[depth])
        if e >= arcs.start[v + 1]:
            depth -= 1
            continue
        work.next_arc[depth] = e + 1
        u = arcs.head[e]
        if work.seen[u] == tick:
            continue
        work.seen[u] = tick
        if work.mate[u] < 0:
            _flip(work, u, depth)
            return
        depth += 1
        work.path[depth], work.next_arc[depth] = work.mate[u], arcs.start[work.mate[u]]


@njit(cache=True)
def _flip(work: _Work, u: int, depth: int) -> None:
    while depth >= 0:
        v = work.path[depth]
        before = work.mate[v]
        work.mate[u], work.mate[v] = v, u
        u = before
        depth -= 1


@njit(cache=True)
def _reach_from_free(arcs: Arcs, work: _Work, low: int, high: int, tick: int) -> None:
    """Mark with ``tick`` what alternating ways reach from the unmatched nodes of side 0."""
    for i in range(low, high):
        v = work.sorted[0, i]
        if work.side[v] != 0 or work.mate[v] >= 0:
            continue
        work.seen[v], work.path[0] = tick, v
        waiting = 1
        while waiting > 0:
            waiting -= 1
            w = work.path[waiting]
            e = _next_across(arcs, work, w, arcs.start[w])
            while e < arcs.start[w + 1]:
                u = arcs.head[e]
                if work.seen[u] != tick:
                    work.seen[u] = tick
                    back = work.mate[u]
                    if back >= 0 and work.seen[back] != tick:
                        work.seen[back], work.path[waiting] = tick, back
                        waiting += 1
                e = _next_across(arcs, work, w, e + 1)


@njit(cache=True)
def _take_cover(work: _Work, low: int, high: int, tick: int, order: Int32, end: int) -> int:
    """Move the smallest cover of the cut to the end of the part's order; return its size."""
    taken = 0
    for i in range(low, high):
        v = work.sorted[0, i]
        if work.mate[v] >= 0 and (work.seen[v] == tick) == (work.side[v] == 1):
            taken += 1
            order[end - taken] = v
    for i in range(end - taken, end):
        work.side[order[i]] = 2
        work.part[order[i]] = -1
    return taken


@njit(cache=True)
def _divide(work: _Work, low: int, high: int, parts: int) -> tuple[int, int]:
    """Put side 0 before side 1 in every direction; return where side 1 begins and ends."""
    middle = last = low
    for direction in range(DIRECTIONS):
        nodes = work.sorted[direction]
        middle, waiting = low, 0
        for i in range(low, high):
            v = nodes[i]
            if work.side[v] == 0:
                nodes[middle] = v
                middle += 1
            elif work.side[v] == 1:
                work.path[waiting] = v
                waiting += 1
        last = middle + waiting
        nodes[middle:last] = work.path[:waiting]
    for i in range(low, last):
        work.part[work.sorted[0, i]] = parts if i < middle else parts + 1
    return middle, last
