"""The ground of the map: areas in the colours of their class, hatching, borders, the Kreise around."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from matplotlib.patches import PathPatch

from geodata.model import State
from layers.mapview import SUPPRESSED, MapView
from reports.frame import MapFrame, outline
from reports.sheet import Sheet
from reports.svg import AREA, OVER

CONTEXT_FILL, CONTEXT_EDGE = "#f3f4f5", "#b4bac2"
LAND_EDGE, LAND_WIDTH, KREIS_EDGE = "#a9b1bd", 3.4, "#16213a"
CHOSEN_EDGE, HAIR_EDGE = "#0b0f1a", "#8b93a1"
HATCH_DARK, HATCH_LIGHT = "#4a5361", "#ffffff"
PLAIN_FILL, OVERLAY_EDGE = "#eef1f6", "#0b2e57"
Overlay = tuple[tuple[shapely.Geometry, str], ...]
HATCHES = {"unreliable": "////", "suppressed": "xxxx"}


def draw_context(sheet: Sheet, frame: MapFrame, context: gpd.GeoSeries, kreis: gpd.GeoSeries) -> gpd.GeoSeries:
    """Draw the Kreise around and the borders between the Länder; return what of them lies on the sheet."""
    placed = gpd.GeoSeries(frame.to_sheet(context.to_numpy()), index=context.index)
    visible = placed.intersection(frame.window)
    visible = visible[~visible.is_empty]
    for shape in visible:
        _add(sheet, shape, facecolor=CONTEXT_FILL, edgecolor=CONTEXT_EDGE, linewidth=0.6, zorder=1)
    own = gpd.GeoSeries(frame.to_sheet(kreis.to_numpy()), index=kreis.index)
    border = _land_border(pd.concat([visible, own]))
    if not border.is_empty:  # under the areas: along the Kreis its outer half shows
        _add(sheet, border, facecolor="none", edgecolor=LAND_EDGE, linewidth=LAND_WIDTH, zorder=1.5)
    return visible


def draw_areas(sheet: Sheet, view: MapView, shapes: gpd.GeoSeries) -> None:
    """Draw the areas (shapes on the sheet), by name, each with its key as gid, in the colour of its row."""
    for key, row in view.rows.sort_values("name").iterrows():
        colour = row["colour"]
        # The edge in the colour of the area closes the hair of air between neighbours.
        look = {"facecolor": colour, "edgecolor": colour, "linewidth": 0.3}
        _add(sheet, shapes[key], zorder=2, gid=f"{AREA}{key}", **look)
        if row["hatched"]:
            kind = "suppressed" if State(row["state"]) in SUPPRESSED else "unreliable"
            draw_hatch(sheet, shapes[key], kind, colour).set_gid(f"{OVER}{key}")


def draw_overlay(sheet: Sheet, frame: MapFrame, shapes: gpd.GeoSeries, overlay: Overlay) -> None:
    """Draw plain areas (shapes on the sheet) and the shapes of an overlay (EPSG:25832) that lie in the frame."""
    for key, shape in shapes.items():
        _add(sheet, shape, facecolor=PLAIN_FILL, edgecolor=PLAIN_FILL, linewidth=0.3, zorder=2, gid=f"{AREA}{key}")
    for shape, colour in overlay:
        placed = shapely.intersection(frame.to_sheet(shape), frame.window)
        if not placed.is_empty:
            _add(sheet, placed, facecolor=colour, edgecolor=OVERLAY_EDGE, linewidth=0.4, alpha=0.8, zorder=3)


def draw_hatch(sheet: Sheet, shape: shapely.Geometry, kind: str, ground: str = "#ffffff") -> PathPatch:
    """Draw the hatching of a state over a shape of the colour ``ground`` and return it."""
    ink = HATCH_LIGHT if is_dark(ground) else HATCH_DARK
    look = {"facecolor": "none", "edgecolor": "none", "linewidth": 0}
    return _add(sheet, shape, hatch=HATCHES[kind], hatchcolor=ink, zorder=3, **look)


def is_dark(colour: str) -> bool:
    """Return True for a colour on which light lines show better than dark ones (relative luminance, WCAG).

    >>> is_dark("#08519c"), is_dark("#fee8c8")
    (True, False)
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.2


def draw_edges(sheet: Sheet, shapes: gpd.GeoSeries, chosen: tuple[str, ...]) -> None:
    """Draw the edges of the areas, white with a grey hair (to show on white too), Kreis and chosen ones."""
    inner = shapely.line_merge(shapely.union_all(shapely.boundary(shapes.to_numpy())))
    _edge(sheet, inner, 4, "areas", edgecolor="white", linewidth=1.3)
    _edge(sheet, inner, 4.1, "hair", edgecolor=HAIR_EDGE, linewidth=0.35)
    _edge(sheet, shapely.coverage_union_all(shapes.to_numpy()), 5, "kreis", edgecolor=KREIS_EDGE, linewidth=0.9)
    for key in chosen:
        if key in shapes.index:
            _edge(sheet, shapes[key], 6, f"chosen-{key}", edgecolor=CHOSEN_EDGE, linewidth=2.4)


def _edge(sheet: Sheet, shape: shapely.Geometry, zorder: float, name: str, **look: Any) -> None:
    _add(sheet, shape, facecolor="none", zorder=zorder, gid=f"{OVER}{name}", **look)


def _land_border(kreise: gpd.GeoSeries) -> shapely.Geometry:
    """Return the lines between Länder: the first two digits of the keys tell them apart."""
    edges = [shapely.union_all(part.to_numpy()).boundary for _, part in kreise.groupby(kreise.index.str[:2])]
    shared = [shapely.intersection(a, b) for a, b in combinations(edges, 2)]
    return shapely.line_merge(shapely.union_all([line for line in shared if line.length > 0]))


def _add(sheet: Sheet, shape: shapely.Geometry, **look: Any) -> PathPatch:
    return sheet.add(PathPatch(outline(shape), joinstyle="round", **look))
