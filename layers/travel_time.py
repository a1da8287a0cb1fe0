"""The way to the nearest facility: one interface, answered by straight lines or by road networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.catalog import Mode
from geodata.catalog.on_demand import OnDemand
from geodata.network import Network
from geodata.sources.gtfs_day import Timetable

DECISECONDS = 600  # per minute; times are whole deciseconds, so that "exactly at the limit" is exact
BUS = "oev"  # the mode that runs by a timetable
METRES_PER_KM_MINUTE = 1000 / 60  # metres a minute at 1 km/h


class TravelTime(Protocol):
    """What every model of travel time offers."""

    def is_approximation(self, mode: str) -> bool:
        """Return True where the model stands in for a network; it is said wherever its minutes show."""
        ...

    def without_car(self, origins: pd.DataFrame, dests: pd.DataFrame, foot: Mode) -> pd.DataFrame:
        """Return per origin ``dest``, ``there`` and ``back`` (minutes) on foot or by bus; missing where there is none.

        Of all destinations it is the one whose longer way is the shortest.
        """
        ...

    def nearest(self, origins: pd.DataFrame, dests: pd.DataFrame, mode: Mode, rank: int = 1) -> pd.DataFrame:
        """Return per origin ``dest`` (missing where nothing is reached), ``minutes`` and ``metres`` of the way to it.

        Both frames hold ``x`` and ``y`` in metres. ``rank`` 2 asks for the second nearest and so on. Of several equally
        near the first in ``dests`` is the nearest.
        """
        ...


@dataclass(frozen=True)
class StraightLine:
    """Straight line x detour factor at a constant speed per mode ("Näherung")."""

    def is_approximation(self, mode: str) -> bool:
        """Return True: it stands in for every network."""
        return True

    def nearest(self, origins: pd.DataFrame, dests: pd.DataFrame, mode: Mode, rank: int = 1) -> pd.DataFrame:
        """Return ``dest``, ``minutes`` (whole deciseconds) and ``metres`` for each row of ``origins``."""
        found = nearest_straight(origins, dests, rank)
        return found.assign(minutes=straight_minutes(found["metres"], mode), metres=found["metres"] * mode.detour)

    def without_car(self, origins: pd.DataFrame, dests: pd.DataFrame, foot: Mode) -> pd.DataFrame:
        """Return the nearest on foot, there and back."""
        return same_way_back(self.nearest(origins, dests, foot))


def same_way_back(ways: pd.DataFrame) -> pd.DataFrame:
    """Return ``dest``, ``there`` and ``back`` where one goes back as one came."""
    return ways.assign(there=ways["minutes"], back=ways["minutes"])[["dest", "there", "back"]]


def nearest_straight(origins: pd.DataFrame, dests: pd.DataFrame, rank: int = 1) -> pd.DataFrame:
    """Return ``dest`` (index of ``dests``) and straight-line ``metres``; None and NaN with fewer than ``rank``."""
    if len(dests) < rank:
        return pd.DataFrame({"dest": None, "metres": np.nan}, index=origins.index)
    dests = dests[["x", "y"]]
    if rank == 1:
        dests = dests.drop_duplicates()  # a tree gives any of several at one place, we want the first
    metres, position = cKDTree(dests.to_numpy()).query(origins[["x", "y"]].to_numpy(), k=[rank])
    found = {"dest": dests.index.to_numpy()[position[:, 0]], "metres": metres[:, 0]}
    return pd.DataFrame(found, index=origins.index)


def straight_minutes(metres: pd.Series, mode: Mode) -> pd.Series:
    """Return minutes, whole deciseconds, for straight-line ``metres``."""
    exact = metres * mode.detour / (mode.speed_kmh * METRES_PER_KM_MINUTE) + mode.access_minutes
    return (exact * DECISECONDS).round() / DECISECONDS


@dataclass(frozen=True, eq=False)
class OnRoads:
    """Ways on the road networks and by the timetable of the district; straight lines for a mode that has none."""

    networks: Mapping[str, Network]
    timetable: Timetable | None = None
    on_demand: tuple[OnDemand, ...] = ()
    otherwise: TravelTime = StraightLine()

    def is_approximation(self, mode: str) -> bool:
        """Return True where there is no network for ``mode``; the walks to a bus need the one on foot."""
        return ("fuss" if mode == BUS else mode) not in self.networks

    def nearest(self, origins: pd.DataFrame, dests: pd.DataFrame, mode: Mode, rank: int = 1) -> pd.DataFrame:
        """Return ``dest``, ``minutes`` and ``metres`` (of a walk: time x speed) for each row of ``origins``."""
        if mode.id == BUS:
            return self._nearest_by_bus(origins, dests, rank)
        if self.is_approximation(mode.id):
            return self.otherwise.nearest(origins, dests, mode, rank)
        from layers.routing.roads import nearest_on_roads

        return nearest_on_roads(self.networks[mode.id], origins, dests, mode, rank)

    def _nearest_by_bus(self, origins: pd.DataFrame, dests: pd.DataFrame, rank: int) -> pd.DataFrame:
        from layers.bus import bus_of, nearest_by_bus

        if self.timetable is None:
            raise ValueError("no timetable: the mode is not on offer")
        return nearest_by_bus(bus_of(self.timetable, self.networks.get("fuss"), self.on_demand), origins, dests, rank)

    def without_car(self, origins: pd.DataFrame, dests: pd.DataFrame, foot: Mode) -> pd.DataFrame:
        """Return ``dest``, ``there`` and ``back`` (minutes) on foot or by bus; on foot alone without a timetable."""
        if self.timetable is not None:
            from layers.bus import bus_of, there_and_back_by_bus

            bus = bus_of(self.timetable, self.networks.get("fuss"), self.on_demand)
            return there_and_back_by_bus(bus, origins, dests)
        return same_way_back(self.nearest(origins, dests, foot))
