"""The way to the nearest facility. One interface; a road network can take the place of the straight line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.catalog import Mode

DECISECONDS = 600  # per minute; times are whole deciseconds, so that "exactly at the limit" is exact


class TravelTime(Protocol):
    """What every model of travel time offers; ``approximation`` is shown wherever its minutes show."""

    @property
    def approximation(self) -> bool:
        """True where the model stands in for a network."""
        ...

    def nearest(self, origins: pd.DataFrame, dests: pd.DataFrame) -> pd.DataFrame:
        """Return per origin the nearest ``dest`` and the ``metres`` to it as the model measures them."""
        ...

    def minutes(self, metres: pd.Series, mode: Mode) -> pd.Series:
        """Return minutes for the ``metres`` of ``nearest``."""
        ...

    def way_metres(self, metres: pd.Series, mode: Mode) -> pd.Series:
        """Return the length of the way for the ``metres`` of ``nearest``."""
        ...


@dataclass(frozen=True)
class StraightLine:
    """Straight line x detour factor at a constant speed per mode ("Näherung")."""

    approximation: bool = True

    def nearest(self, origins: pd.DataFrame, dests: pd.DataFrame) -> pd.DataFrame:
        """Return ``dest`` (index of ``dests``) and straight-line ``metres`` for each row of ``origins``.

        Both frames hold ``x`` and ``y`` in metres. Without destinations ``dest`` is None and ``metres`` NaN.
        Of several facilities at the same place the first in ``dests`` is taken.
        """
        if dests.empty:
            return pd.DataFrame({"dest": None, "metres": np.nan}, index=origins.index)
        dests = dests[["x", "y"]].drop_duplicates()  # a tree gives any of several at one place, we want the first
        metres, position = cKDTree(dests.to_numpy()).query(origins[["x", "y"]].to_numpy())
        return pd.DataFrame({"dest": dests.index.to_numpy()[position], "metres": metres}, index=origins.index)

    def minutes(self, metres: pd.Series, mode: Mode) -> pd.Series:
        """Return minutes, whole deciseconds, for straight-line ``metres``."""
        exact = metres * mode.detour / (mode.speed_kmh * 1000 / 60) + mode.access_minutes
        return (exact * DECISECONDS).round() / DECISECONDS

    def way_metres(self, metres: pd.Series, mode: Mode) -> pd.Series:
        """Return the length of the way for straight-line ``metres``."""
        return metres * mode.detour
