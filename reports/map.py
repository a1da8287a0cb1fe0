"""The printed map. matplotlib is loaded when the first map is drawn, not when the app starts."""

from __future__ import annotations

from datetime import date
from typing import Literal

import geopandas as gpd
import shapely

from layers.atlas import Atlas
from layers.mapview import MapView
from reports.picture import Chosen, Picture, outlined

Kind = Literal["svg", "png", "pdf"]
Overlay = tuple[tuple[shapely.Geometry, str], ...]
MIME_TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


def draw_map(
    atlas: Atlas,
    view: MapView,
    selection: Chosen | None,
    *,
    kind: Kind,
    frame: bool = True,
    created: date | None = None,
    office: str = "",
    scenario: gpd.GeoDataFrame | None = None,
) -> bytes:
    """Return the map as a file: on A4 with all that belongs on a map, or (``frame=False``) the bare map.

    ``created`` and ``office`` are printed where given; what a ``scenario`` closes and opens is marked. A bare SVG
    stands in for the live map: its areas are buttons with ``data-id`` and a title "Name: Wert".
    """
    from reports.drawing import draw_bare, draw_page

    if kind not in MIME_TYPES:
        raise KeyError(kind)
    categories = selection.categories if selection else ()
    chosen = outlined(selection)
    picture = Picture(atlas, view, categories, chosen, created, office, scenario=scenario)
    return draw_page(picture, kind) if frame else draw_bare(picture, kind)


def draw_reach(atlas: Atlas, view: MapView, overlay: Overlay) -> bytes:
    """Return the bare SVG of what can be reached: bands over plain areas, the farthest first."""
    from reports.drawing import draw_bare

    return draw_bare(Picture(atlas, view, overlay=overlay), "svg")
