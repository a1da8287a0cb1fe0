"""What a picture of a map is made from, and what of a reader's choice it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import geopandas as gpd
import shapely

from layers.atlas import Atlas
from layers.mapview import MapView


class Chosen(Protocol):
    """What of the Selection a map needs: further categories of facilities and the areas to be outlined."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Keys of the categories whose points are shown as well."""
        ...

    @property
    def area(self) -> str:
        """Key of the chosen area, or empty."""
        ...

    @property
    def compare(self) -> str:
        """Key of the area it is compared with, or empty."""
        ...


def outlined(selection: Chosen | None) -> tuple[str, ...]:
    """Return the keys of the areas to be outlined, the chosen one first."""
    keys = (selection.area, selection.compare) if selection else ()
    return tuple(key for key in keys if key)


@dataclass(frozen=True, eq=False)
class Picture:
    """One map to be drawn; ``categories`` are shown as points as well, ``chosen`` areas are outlined.

    ``created`` and ``office`` are printed where given. ``overlay``: shapes (EPSG:25832) with their colours, drawn in
    this order over areas that are then plain. ``scenario``: what closes and opens (`layers.scenario.scenario_points`).
    """

    atlas: Atlas
    view: MapView
    categories: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    created: date | None = None
    office: str = ""
    overlay: tuple[tuple[shapely.Geometry, str], ...] = ()
    scenario: gpd.GeoDataFrame | None = None
