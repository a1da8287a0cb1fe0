"""What changes when a facility opens or closes: exact, and only where something changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from layers.routing.arcs import Arcs, Int32
from layers.routing.heap import Heap, empty_heap, pop, push
from layers.routing.keys import LABEL_BITS, UNREACHED, Keys
from layers.routing.places import Places
from layers.routing.search import nearest_within


@dataclass(frozen=True, eq=False)
class Scenario:
    """The nearest facility of every node (``keys``), changed in place by `add` and `close`.

    ``towards`` are the arcs against their direction (`backward`), ``away`` those along it; ``places`` holds node and
    key of the open facilities by label. The room for a search is kept, so that a change costs no more than the nodes
    that it touches.
    """

    towards: Arcs
    away: Arcs
    places: dict[int, tuple[int, int]]
    keys: Keys
    changed: Int32
    heap: Heap


def scenario(towards: Arcs, away: Arcs, facilities: Places) -> Scenario:
    """Return the state with ``facilities`` (their positions are the labels) before any change."""
    keys = nearest_within(towards, facilities)
    own = zip(facilities.nodes.tolist(), facilities.keys().tolist(), strict=True)
    places = {label: place for label, place in enumerate(own) if place[0] >= 0}
    room = empty_heap(len(towards.head) + len(towards.start))
    return Scenario(towards, away, places, keys, np.empty(len(keys), np.int32), room)


def copied(state: Scenario) -> Scenario:
    """Return a state of its own to change; the arcs are shared, they never change."""
    return replace(
        state,
        places=dict(state.places),
        keys=state.keys.copy(),
        changed=np.empty_like(state.changed),
        heap=empty_heap(len(state.towards.head) + len(state.towards.start)),
    )


def add(state: Scenario, label: int, node: int, walk: int = 0) -> Int32:
    """Open the facility ``label`` at ``node``; return the nodes whose nearest facility or cost has changed."""
    if label in state.places:
        raise ValueError(f"facility {label} is already open")
    key = (walk << LABEL_BITS) + label
    state.places[label] = node, key
    count = _improve(state.towards, state.keys, key, node, state.changed, state.heap)
    return state.changed[:count].copy()


def close(state: Scenario, label: int) -> Int32:
    """Close the facility ``label``; return the nodes that had it as their nearest."""
    node, key = state.places.pop(label)
    if state.keys[node] != key:
        return np.empty(0, np.int32)  # another one is nearer even there
    count = _forget(state.towards, state.keys, label, node, state.changed)
    for other, own in state.places.values():
        if state.keys[other] > own:
            state.keys[other] = own
    _fill(state.towards, state.away, state.keys, state.changed[:count], state.heap)
    return state.changed[:count].copy()


@njit(cache=True)
def _improve(towards: Arcs, keys: Keys, own: int, node: int, changed: Int32, heap: Heap) -> int:
    """Carry the new facility as far as it is the nearest; ``own`` is its key at its node."""
    if keys[node] <= own:
        return 0
    keys[node] = own
    push(heap, own, node)
    count = 0
    while heap.size[0] > 0:
        key, v = pop(heap)
        if key != keys[v]:
            continue
        changed[count] = v
        count += 1
        for e in range(towards.start[v], towards.start[v + 1]):
            u, reached = towards.head[e], key + (np.int64(towards.cost[e]) << LABEL_BITS)
            if reached < keys[u]:
                keys[u] = reached
                push(heap, reached, u)
    return count


@njit(cache=True)
def _forget(towards: Arcs, keys: Keys, label: int, node: int, changed: Int32) -> int:
    """Reset the nodes that have the facility as their nearest; they hang together from its node on."""
    mask = (np.int64(1) << LABEL_BITS) - 1
    changed[0], keys[node] = node, UNREACHED
    count, at = 1, 0
    while at < count:
        v = changed[at]
        at += 1
        for u in towards.head[towards.start[v] : towards.start[v + 1]]:
            if keys[u] < UNREACHED and keys[u] & mask == label:
                changed[count], keys[u] = u, UNREACHED
                count += 1
    return count


@njit(cache=True)
def _fill(towards: Arcs, away: Arcs, keys: Keys, lost: Int32, heap: Heap) -> None:
    """Give the ``lost`` nodes the nearest facility that remains, beginning at the edge of their area."""
    seeds = np.empty(len(lost), np.int64)
    for i in range(len(lost)):
        v = lost[i]
        seeds[i] = keys[v]
        for e in range(away.start[v], away.start[v + 1]):
            if keys[away.head[e]] < UNREACHED:
                seeds[i] = min(seeds[i], keys[away.head[e]] + (np.int64(away.cost[e]) << LABEL_BITS))
    for i in range(len(lost)):
        if seeds[i] < UNREACHED:
            keys[lost[i]] = seeds[i]
            push(heap, seeds[i], lost[i])
    while heap.size[0] > 0:
        key, v = pop(heap)
        if key != keys[v]:
            continue
        for e in range(towards.start[v], towards.start[v + 1]):
            u, reached = towards.head[e], key + (np.int64(towards.cost[e]) << LABEL_BITS)
            if reached < keys[u]:
                keys[u] = reached
                push(heap, reached, u)
