"""Ways by bus from many places to many: one scan per destination, or one for the nearest of a set.

Where the bus is no faster, one walks. A window is the seconds of the day at which one leaves; waiting for the first bus
counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.costs import Costs, costs_from_frame
from layers.transit import TransitNetwork, ranks
from layers.transit_arrays import ARRIVAL, NEVER, NOTHING, RIDE, Int32, Int64, Legs, Profiles

DAY_BEGINS, DAY_ENDS = 4 * 3600, 28 * 3600
LARGEST = RIDE - 1


class OnFoot(NamedTuple):
    """The walks at both ends: ``access`` (origin, stop, seconds), ``egress`` (dest, stop, seconds).

    ``direct`` (origin, dest, seconds) is the way on foot all through, where it is known.
    """

    access: pd.DataFrame
    egress: pd.DataFrame
    direct: pd.DataFrame = pd.DataFrame({"origin": [], "dest": [], "seconds": []})

    @property
    def origins(self) -> pd.Index:
        """The different origins in order of appearance."""
        return different(self.access["origin"], self.direct["origin"])

    @property
    def dests(self) -> pd.Index:
        """The different destinations in order of appearance."""
        return different(self.egress["dest"], self.direct["dest"])

    def to_one(self, dest: object) -> OnFoot:
        """Return the walks that lead to one destination."""
        egress, direct = self.egress, self.direct
        return self._replace(egress=egress[egress["dest"] == dest], direct=direct[direct["dest"] == dest])


def transit_times(
    network: TransitNetwork, on_foot: OnFoot, window: Sequence[int], *, limit_s: int | None = None
) -> pd.DataFrame:
    """Return origin, dest, median, late, reached and rides of every pair that is reached at least once.

    Seconds: ``median`` and ``late`` (85th percentile) over the window are infinite where too many departures fail,
    ``reached`` is the share that arrives (within ``limit_s``), ``rides`` those of the median journey (0: on foot).
    """
    parts = list(times_by_dest(network, on_foot, window, limit_s=limit_s))
    columns = ["origin", "dest", "median", "late", "reached", "rides"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def times_by_dest(
    network: TransitNetwork, on_foot: OnFoot, window: Sequence[int], *, limit_s: int | None = None
) -> Iterator[pd.DataFrame]:
    """Yield what ``transit_times`` returns, one destination after the other, so that memory stays bounded."""
    origins = on_foot.origins
    legs = _legs(network, on_foot.access, origins)
    for dest in on_foot.dests:
        found = _spread(network, origins, legs, on_foot.to_one(dest), window, limit_s)
        found = found[found["reached"] > 0].drop(columns="dest").reset_index()
        found.insert(1, "dest", dest)
        yield found


def nearest_by_transit(
    network: TransitNetwork, on_foot: OnFoot, window: Sequence[int], *, limit_s: int | None = None
) -> pd.DataFrame:
    """Return by origin dest, median, late, reached and rides: at every departure one goes where one arrives first.

    One scan for all destinations. ``dest`` is that of the median journey, missing where the median is infinite; of
    several equally near it is the one that comes first in ``egress``, then in ``direct``.
    """
    origins = on_foot.origins
    return _spread(network, origins, _legs(network, on_foot.access, origins), on_foot, window, limit_s)


def _spread(
    network: TransitNetwork,
    origins: pd.Index,
    legs: Legs,
    on_foot: OnFoot,
    window: Sequence[int],
    limit_s: int | None,
) -> pd.DataFrame:
    from layers.transit_profile_kernels import spreads

    dests = on_foot.dests
    if not len(window):
        raise ValueError("window must name at least one departure")
    starts = np.sort(np.asarray(window, np.int32))
    limit = NEVER - 1 if limit_s is None else limit_s
    known = _profiles(network, on_foot.egress, dests, int(starts[0]), min(int(starts[-1]) + limit, NEVER))
    found = np.empty((len(origins), 3), np.int64)
    walks = _direct(on_foot.direct, origins, dests)
    spreads(legs, known, starts, walks, limit, ranks(len(starts)), found)
    fits = found[:, 0] < NOTHING
    table = {
        "dest": _names(dests, found[:, 0], fits),
        "median": np.where(fits, found[:, 0] // ARRIVAL, np.inf),
        "late": np.where(found[:, 1] < NOTHING, found[:, 1] // ARRIVAL, np.inf),
        "reached": found[:, 2] / len(starts),
        "rides": np.where(fits, found[:, 0] % ARRIVAL // RIDE, np.nan),
    }
    return pd.DataFrame(table, index=origins)


def first_and_last(
    network: TransitNetwork, on_foot: OnFoot, *, begin: int = DAY_BEGINS, end: int = DAY_ENDS
) -> pd.DataFrame:
    """Return by origin the first and the last connection by bus to any destination and how many there are.

    Columns first_leave, first_arrive, last_leave, last_arrive (seconds, NaN where there is none), first_dest,
    last_dest, connections: those that no later one overtakes, leaving home at ``begin`` or later, departing by ``end``.
    """
    from layers.transit_profile_kernels import ends_of_day

    dests, origins = different(on_foot.egress["dest"]), different(on_foot.access["origin"])
    legs, known = _legs(network, on_foot.access, origins), _profiles(network, on_foot.egress, dests, begin, end)
    found = np.empty((len(origins), 5), np.int64)
    ends_of_day(legs, known, begin, found)
    table: dict[str, object] = {}
    for name, at in (("first", 0), ("last", 2)):
        there = found[:, 4] > 0
        table[f"{name}_leave"] = np.where(there, found[:, at], np.nan)
        table[f"{name}_arrive"] = np.where(there, found[:, at + 1] // ARRIVAL, np.nan)
        table[f"{name}_dest"] = _names(dests, found[:, at + 1], there)
    return pd.DataFrame(table | {"connections": found[:, 4]}, index=origins)


def transit_costs(pairs: pd.DataFrame, origins: pd.Index, dests: pd.Index) -> Costs:
    """Return the median times of ``transit_times`` as costs (deciseconds), without pairs whose median is infinite."""
    finite = pairs[np.isfinite(pairs["median"])]
    return costs_from_frame(finite.assign(minutes=finite["median"] / 60), origins, dests)


def _profiles(network: TransitNetwork, egress: pd.DataFrame, dests: pd.Index, begin: int, end: int) -> Profiles:
    from layers.transit_profile_kernels import profiles

    day = network.there
    best = egress.assign(place=dests.get_indexer(pd.Index(egress["dest"])), at=_positions(network, egress["stop"]))
    best = best.sort_values(["seconds", "place"], kind="stable").drop_duplicates("at")
    seconds, place = np.full(len(day.change), NEVER, np.int32), np.zeros(len(day.change), np.int64)
    seconds[best["at"]], place[best["at"]] = best["seconds"], best["place"]
    first, last = np.searchsorted(day.departure, begin), np.searchsorted(day.departure, end, "right")
    room = np.bincount(day.from_stop[first:last], minlength=len(day.change))
    starts = np.append(0, np.cumsum(room)).astype(np.int64)
    known = Profiles(starts[:-1], starts[:-1].copy(), np.empty(starts[-1], np.int32), np.empty(starts[-1], np.int64))
    profiles(day, (int(first), int(last)), seconds, place, known)
    return known


def _legs(network: TransitNetwork, access: pd.DataFrame, origins: pd.Index) -> Legs:
    row, stop = origins.get_indexer(pd.Index(access["origin"])), _positions(network, access["stop"])
    order = np.argsort(row, kind="stable")
    start = np.searchsorted(row[order], np.arange(len(origins) + 1)).astype(np.int64)
    return Legs(start, stop[order], access["seconds"].to_numpy().astype(np.int32)[order])


def _positions(network: TransitNetwork, stops: pd.Series) -> Int32:
    position = network.table.stops.index.get_indexer(pd.Index(stops))
    if (position < 0).any():
        raise KeyError(f"unknown stops: {stops[position < 0].unique()[:3].tolist()}")
    return position.astype(np.int32)


def _direct(walks: pd.DataFrame, origins: pd.Index, dests: pd.Index) -> Int64:
    """Return per origin the nearest destination on foot as an answer of no rides, NOTHING without one."""
    if len(dests) > LARGEST:
        raise ValueError(f"at most {LARGEST} destinations, found {len(dests)}")
    answer = np.full(len(origins), NOTHING, np.int64)
    value = walks["seconds"].to_numpy().astype(np.int64) * ARRIVAL + dests.get_indexer(pd.Index(walks["dest"]))
    np.minimum.at(answer, origins.get_indexer(pd.Index(walks["origin"])), value)
    return answer


def _names(dests: pd.Index, answer: Int64, there: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return the destination of each answer, None where there is none."""
    names = np.full(len(answer), None, object)
    names[there] = dests.to_numpy(object)[answer[there] % RIDE]
    return names


def different(*names: pd.Series) -> pd.Index:
    """Return the different values in order of appearance; an empty series does not change their type."""
    filled = [values for values in names if len(values)] or [names[0]]
    found: pd.Index = pd.Index(pd.concat(filled).drop_duplicates(), name=names[0].name)
    return found
