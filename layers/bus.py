"""Ways by bus and train from where people live: walks on the foot network, rides by the timetable of one day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import catalog
from geodata.catalog.on_demand import WEEKDAYS, OnDemand
from geodata.network import Network
from geodata.sources.gtfs_day import Timetable
from layers.transit import (
    TransitNetwork,
    arrivals_in_window,
    earliest_arrivals,
    latest_departures,
    transit_network,
)
from layers.transit_arrays import NEVER, Int32, Int64
from layers.transit_pairs import OnFoot, nearest_by_transit, times_by_dest
from layers.transit_walks import ACCESS_MINUTES, straight_legs
from layers.travel_time import DECISECONDS

WINDOW = range(8 * 3600, 10 * 3600, 300)  # seconds of the day at which one leaves
ARRIVE, LEAVE = 10 * 3600, 11 * 3600 + 1800  # an appointment in the morning: be there by, leave at
WALK_MINUTES = 60.0  # longer walks are not taken instead of a bus
TENTHS = 10  # deciseconds in a second
LANES = 64  # destinations whose walks are looked for at once
Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bus:
    """A day of a timetable, the foot network around it (None: straight lines with a detour), and buses on demand."""

    network: TransitNetwork
    foot: Network | None
    on_demand: tuple[OnDemand, ...] = ()


@lru_cache(maxsize=4)
def bus_of(table: Timetable, foot: Network | None, on_demand: tuple[OnDemand, ...] = ()) -> Bus:
    """Return the day ready for searches. Kept for the next call."""
    return Bus(transit_network(table), foot, on_demand)


def stop_legs(bus: Bus, places: pd.DataFrame, *, minutes: float = ACCESS_MINUTES) -> pd.DataFrame:
    """Return ``place`` (index of places), ``stop`` and ``seconds`` on foot for every stop served within ``minutes``."""
    if bus.foot is None:
        return straight_legs(places, bus.network.table, minutes=minutes)
    table = bus.network.table
    served = table.stops.iloc[np.union1d(table.from_stop, table.to_stop)]
    return walks(bus.foot, places, served, minutes).set_axis(["place", "stop", "seconds"], axis=1)


def walks(foot: Network, origins: pd.DataFrame, dests: pd.DataFrame, minutes: float) -> pd.DataFrame:
    """Return ``origin``, ``dest`` and ``seconds`` (rounded up) of all pairs within ``minutes`` on the foot network."""
    from layers.routing.reach import costs_between
    from layers.routing.roads import hierarchy_of, places_at

    at, to = places_at(foot, origins), places_at(foot, dests)
    start, dest, cost = costs_between(hierarchy_of(foot), at, to, round(minutes * DECISECONDS))
    row = np.repeat(np.arange(len(origins)), np.diff(start))
    seconds = -(-cost.astype(np.int32) // TENTHS)
    return pd.DataFrame({"origin": origins.index[row], "dest": dests.index[dest], "seconds": seconds})


def nearest_by_bus(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame, rank: int = 1) -> pd.DataFrame:
    """Return ``dest``, ``minutes`` (median over WINDOW) and ``metres`` (unknown: NaN) of the ``rank``-th nearest.

    Both are missing where most departures of the window do not arrive. Where walking takes no longer, one walks.
    """
    seconds, place = _nearest(bus, origins, dests) if rank == 1 else _ranked(bus, origins, dests, rank)
    known = np.isfinite(seconds)
    minutes = np.where(known, np.round(seconds * TENTHS) / DECISECONDS, np.nan)
    names = np.array([*dests.index, None], dtype=object)[np.where(known, place, -1)]
    return pd.DataFrame({"dest": names, "minutes": minutes, "metres": np.nan}, index=origins.index)


def _nearest(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame) -> tuple[Float64, Int64]:
    """Return seconds and position of the nearest destination; infinite where none is reached."""
    seconds, place = np.full(len(origins), np.inf), np.zeros(len(origins), np.int64)
    on_foot = _legs_at_both_ends(bus, origins, dests)
    if len(on_foot.egress) and len(on_foot.access):
        found = nearest_by_transit(bus.network, on_foot, WINDOW).reindex(origins.index)
        seconds = found["median"].fillna(np.inf).to_numpy(float, copy=True)
        place = dests.index.get_indexer(pd.Index(found["dest"])).copy()
    for number, row, walked in _walks_by_dest(bus, origins, dests):
        nearer = walked <= seconds[row]
        seconds[row[nearer]], place[row[nearer]] = walked[nearer], number
    return seconds, place


def _ranked(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame, rank: int) -> tuple[Float64, Int64]:
    """Return the same for the ``rank``-th nearest. The median of "bus or walk" is the lesser of median and walk."""
    if len(dests) < rank:
        return np.full(len(origins), np.inf), np.zeros(len(origins), np.int64)
    every = np.full((len(origins), len(dests)), np.inf, np.float32)
    for found in times_by_dest(bus.network, _legs_at_both_ends(bus, origins, dests), WINDOW):
        if len(found):
            row = origins.index.get_indexer(pd.Index(found["origin"]))
            every[row, dests.index.get_loc(found["dest"].iloc[0])] = found["median"]
    for number, row, walked in _walks_by_dest(bus, origins, dests):
        every[row, number] = np.minimum(every[row, number], walked)
    rows = np.arange(len(origins))
    for _ in range(rank - 1):  # of several equally near the first goes first
        every[rows, every.argmin(axis=1)] = np.inf
    place = every.argmin(axis=1)
    return every[rows, place].astype(float), place


def _legs_at_both_ends(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame) -> OnFoot:
    access = stop_legs(bus, origins).rename(columns={"place": "origin"})
    return OnFoot(access, stop_legs(bus, dests).rename(columns={"place": "dest"}))


def _walks_by_dest(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame) -> Iterator[tuple[int, Int64, Float64]]:
    """Yield position, origins (positions) and seconds of the ways on foot all through, one destination at a time."""
    for first in range(0, len(dests), LANES):  # in portions, so that memory stays bounded
        some = dests.iloc[first : first + LANES]
        pairs = _direct(bus, origins, some)
        row, column = (
            origins.index.get_indexer(pd.Index(pairs["origin"])),
            some.index.get_indexer(pd.Index(pairs["dest"])),
        )
        order = np.argsort(column, kind="stable")
        ends = np.searchsorted(column[order], np.arange(len(some) + 1))
        seconds = pairs["seconds"].to_numpy(float)
        for n in range(len(some)):
            here = order[ends[n] : ends[n + 1]]
            yield first + n, row[here], seconds[here]
    yield from _rides_on_demand(bus, origins, dests)


def _rides_on_demand(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame) -> Iterator[tuple[int, Int64, Float64]]:
    """Yield the same for buses on demand: wait and ride, booked before, where they run the whole morning.

    Only services within areas, between places whose Gemeinde is known (``ags``); stops of a service are passed over.
    """
    day = bus.network.table.day
    for service in bus.on_demand:
        runs = WEEKDAYS[day.weekday()] in service.weekdays
        if not runs or service.hours[0] > WINDOW.start or service.hours[1] < LEAVE or "ags" not in origins:
            continue
        row = np.flatnonzero(origins["ags"].isin(service.areas))
        for number in np.flatnonzero(dests["ags"].isin(service.areas)):
            metres = np.hypot(*(origins[["x", "y"]].to_numpy()[row] - dests[["x", "y"]].to_numpy()[number]).T)
            ride = np.ceil(metres * service.detour / (service.speed_kmh / 3.6) + service.boarding_minutes * 60)
            yield int(number), row, ride + service.wait_minutes * 60


def _direct(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame) -> pd.DataFrame:
    """Return the ways on foot all through."""
    if bus.foot is not None:
        return walks(bus.foot, origins, dests, WALK_MINUTES)
    mode = catalog.modes()["fuss"]
    xy, to = origins[["x", "y"]].to_numpy(), dests[["x", "y"]].to_numpy()
    metres = np.hypot(*(xy[:, None, :] - to[None, :, :]).transpose(2, 0, 1)) * mode.detour
    seconds = np.ceil(metres / (mode.speed_kmh / 3.6))
    row, column = np.nonzero(seconds <= WALK_MINUTES * 60)
    return pd.DataFrame(
        {"origin": origins.index[row], "dest": dests.index[column], "seconds": seconds[row, column].astype(np.int32)}
    )


def there_and_back_by_bus(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame) -> pd.DataFrame:
    """Return per origin the facility that is best to reach there and back: ``dest``, ``there``, ``back`` (minutes).

    One has to be there by ARRIVE and leaves at LEAVE; waiting on arrival, and for the bus home, counts. The best one
    has the least of the longer of the two ways. Missing where there is none at all.
    """
    on_foot = _legs_at_both_ends(bus, origins, dests)
    access = on_foot.access.assign(row=origins.index.get_indexer(pd.Index(on_foot.access["origin"])))
    access = access.sort_values("row", kind="stable")
    egress = dict(iter(on_foot.egress.groupby("dest")))
    best = np.full((3, len(origins)), np.inf)  # longer way, there, back
    place = np.full(len(origins), -1, np.int64)
    for number, ways in _ways_by_dest(bus, origins, dests, access, egress):
        longer = ways.max(axis=0)
        better = longer < best[0]
        best[:, better], place[better] = np.vstack([longer, ways])[:, better], number
    minutes = np.where(np.isfinite(best[0]), np.round(best[1:] * TENTHS) / DECISECONDS, np.nan)
    names = np.array([*dests.index, None], dtype=object)[place]
    return pd.DataFrame({"dest": names, "there": minutes[0], "back": minutes[1]}, index=origins.index)


def _ways_by_dest(
    bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame, access: pd.DataFrame, egress: dict[Any, pd.DataFrame]
) -> Iterator[tuple[int, Float64]]:
    """Yield position and seconds there and back (rows) of every origin: by timetable, on foot, or on demand.

    A way on demand may come after the others as a second answer for the same destination.
    """
    for number, row, seconds in _walks_by_dest(bus, origins, dests):
        ways = np.full((2, len(origins)), np.inf)
        if (stops := egress.get(dests.index[number])) is not None:
            ways = _by_stops(bus, access, stops.set_index("stop")["seconds"], len(origins))
        ways[:, row] = np.minimum(ways[:, row], seconds)
        yield number, ways


def _by_stops(bus: Bus, access: pd.DataFrame, egress: pd.Series, count: int) -> Float64:
    """Return the seconds there and back (rows) of every origin by way of the stops near one destination."""
    place = egress.groupby(level=0).min()
    stop = bus.network.table.stops.index.get_indexer(pd.Index(access["stop"]))
    walk, row = access["seconds"].to_numpy(float), access["row"].to_numpy()
    there = ARRIVE - latest_departures(bus.network, place, ARRIVE).to_numpy()[stop] + walk
    back = earliest_arrivals(bus.network, place, LEAVE).to_numpy()[stop] - LEAVE + walk
    ways = np.full((2, count), np.inf)
    if len(row):
        first = np.flatnonzero(np.append(True, row[1:] != row[:-1]))
        ways[:, row[first]] = np.fmin.reduceat(np.vstack([there, back]), first, axis=1)
    ways[np.isnan(ways)] = np.inf
    return ways


def reach_by_bus(bus: Bus, place: pd.DataFrame, minutes: float) -> Int32:
    """Return the deciseconds from a place to every node of the foot network, median over WINDOW (INFINITE: never).

    Only with a foot network. One walks from the stops on, and all the way where that is faster.
    """
    from layers.routing.keys import costs_of
    from layers.routing.places import Places
    from layers.routing.roads import arcs_from, places_at
    from layers.routing.search import nearest_within

    assert bus.foot is not None
    limit = round(minutes * DECISECONDS)
    stops = bus.network.table.stops
    at_stops, home = places_at(bus.foot, stops).nodes, places_at(bus.foot, place)
    access = stop_legs(bus, place).groupby("stop")["seconds"].min()
    arrivals = arrivals_in_window(bus.network, access, WINDOW, within_s=round(minutes * 60))
    found = np.empty((len(WINDOW), len(bus.foot.x)), np.int32)
    for n, leave in enumerate(WINDOW):
        seconds = np.where(arrivals[n] < NEVER, arrivals[n] - leave, NEVER).astype(np.int64) * TENTHS
        near = (seconds <= limit) & (at_stops >= 0)
        nodes = np.concatenate([home.nodes, at_stops[near]])
        walk = np.concatenate([home.walk, seconds[near]]).astype(np.int32)
        found[n] = costs_of(nearest_within(arcs_from(bus.foot), Places(nodes, walk), limit))
    middle = -(-len(WINDOW) // 2) - 1
    costs: Int32 = np.partition(found, middle, axis=0)[middle]
    return costs
