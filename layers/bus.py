"""Ways by bus and train from where people live: walks on the foot network, rides by the timetable of one day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from geodata import catalog
from geodata.network import Network
from geodata.sources.gtfs_day import Timetable
from layers.transit import (
    TransitNetwork,
    arrivals_in_window,
    earliest_arrivals,
    latest_departures,
    transit_network,
)
from layers.transit_arrays import NEVER, Int32
from layers.transit_pairs import OnFoot, nearest_by_transit, transit_times
from layers.transit_walks import ACCESS_MINUTES, straight_legs
from layers.travel_time import DECISECONDS

WINDOW = range(8 * 3600, 10 * 3600, 300)  # seconds of the day at which one leaves
ARRIVE, LEAVE = 10 * 3600, 11 * 3600 + 1800  # an appointment in the morning: be there by, leave at
WALK_MINUTES = 60.0  # longer walks are not taken instead of a bus
TENTHS = 10  # deciseconds in a second


@dataclass(frozen=True, eq=False)
class Bus:
    """A day of a timetable and the foot network around it (None: walks are straight lines with a detour)."""

    network: TransitNetwork
    foot: Network | None


@lru_cache(maxsize=4)
def bus_of(table: Timetable, foot: Network | None) -> Bus:
    """Return the day ready for searches. Kept for the next call."""
    return Bus(transit_network(table), foot)


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

    Both are missing where most departures of the window do not arrive.
    """
    nothing = pd.DataFrame({"dest": None, "minutes": np.nan, "metres": np.nan}, index=origins.index)
    if len(dests) < rank:
        return nothing
    on_foot = _on_foot(bus, origins, dests)
    if not len(on_foot.egress) and not len(on_foot.direct):
        return nothing
    if rank == 1:
        found = nearest_by_transit(bus.network, on_foot, WINDOW)
    else:
        pairs = transit_times(bus.network, on_foot, WINDOW).sort_values(["origin", "median"], kind="stable")
        found = pairs[pairs.groupby("origin").cumcount() == rank - 1].set_index("origin")
    found = found.reindex(origins.index)
    known = np.isfinite(found["median"].astype(float))
    minutes = (found["median"].where(known) * TENTHS).round() / DECISECONDS
    dest = found["dest"].astype(object).where(known, None)
    return pd.DataFrame({"dest": dest, "minutes": minutes.astype(float), "metres": np.nan}, index=origins.index)


def _on_foot(bus: Bus, origins: pd.DataFrame, dests: pd.DataFrame) -> OnFoot:
    access = stop_legs(bus, origins).rename(columns={"place": "origin"})
    egress = stop_legs(bus, dests).rename(columns={"place": "dest"})
    return OnFoot(access, egress, _direct(bus, origins, dests))


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
    on_foot = _on_foot(bus, origins, dests)
    access = on_foot.access.assign(row=origins.index.get_indexer(pd.Index(on_foot.access["origin"])))
    access = access.sort_values("row", kind="stable")
    walked = on_foot.direct.assign(row=origins.index.get_indexer(pd.Index(on_foot.direct["origin"])))
    best = np.full((3, len(origins)), np.inf)  # longer way, there, back
    names = np.full(len(origins), None, object)
    egress, direct = dict(iter(on_foot.egress.groupby("dest"))), dict(iter(walked.groupby("dest")))
    for dest in dests.index:
        ways = np.full((2, len(origins)), np.inf)
        if dest in egress:
            ways = _by_stops(bus, access, egress[dest].set_index("stop")["seconds"], len(origins))
        if dest in direct:
            on_way = direct[dest]
            row, seconds = on_way["row"].to_numpy(), on_way["seconds"].to_numpy(float)
            ways[:, row] = np.minimum(ways[:, row], seconds)
        longer = ways.max(axis=0)
        better = longer < best[0]
        best[:, better] = np.vstack([longer, ways])[:, better]
        names[better] = dest
    known = np.isfinite(best[0])
    minutes = np.where(known, np.round(best[1:] * TENTHS) / DECISECONDS, np.nan)
    return pd.DataFrame({"dest": names, "there": minutes[0], "back": minutes[1]}, index=origins.index)


def _by_stops(bus: Bus, access: pd.DataFrame, egress: pd.Series, count: int) -> np.ndarray:
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
