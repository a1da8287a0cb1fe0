"""Facilities on the map: one sign per category, filled inside the Kreis and hollow outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from geodata import catalog
from geodata.catalog import Category
from geodata.model import GeoData
from layers.inputs import COARSE
from layers.mapview import MapView
from reports.frame import MapFrame
from reports.sheet import Sheet
from reports.svg import OVER

# Shapes differ, so that the map can be copied in black and white; colours after Okabe and Ito (2008).
SIGNS = (
    ("o", "#16213a"),
    ("s", "#0072b2"),
    ("^", "#b5470b"),
    ("D", "#00735a"),
    ("v", "#8a3f6f"),
    ("P", "#16213a"),
    ("X", "#b5470b"),
    ("p", "#00735a"),
)
REST_SIGN = ("o", "#6b7280")
SIZE_PT, STOP_SIZE_PT = 6.0, 2.3
STOP_OUTSIDE = "#8b93a1"
STOPS = "haltestelle"
CLOSED, OPENED = "#10162b", "#00735a"


@dataclass(frozen=True)
class PointGroup:
    """The facilities of a category (or of the rest) in the window; ``spots`` holds x, y, count, inside."""

    label: str
    marker: str
    colour: str
    size: float
    spots: pd.DataFrame
    complete: bool
    remarks: tuple[str, ...]

    @property
    def is_small(self) -> bool:
        """True for signs that are too many to tell how many lie at one place."""
        return self.size <= STOP_SIZE_PT

    @property
    def inside(self) -> int:
        """How many of them lie in the Kreis."""
        return int(self.spots.loc[self.spots["inside"], "count"].sum())

    @property
    def outside(self) -> int:
        """How many lie around it, in the window."""
        return int(self.spots.loc[~self.spots["inside"], "count"].sum())


def shown_categories(view: MapView, chosen: Iterable[str]) -> list[str]:
    """Return the categories whose points belong on the map: those that the indicator counts first."""
    category = catalog.categories().get(view.layer.key.category)
    own = (category.id, *category.also_by) if category else ()
    return list(dict.fromkeys([*own, *chosen]))


def point_groups(data: GeoData, categories: list[str], frame: MapFrame) -> list[PointGroup]:
    """Return one group per category; beyond the signs at hand the rest share one."""
    known, facilities = data.categories, data.facilities
    count = len(SIGNS) if len(categories) <= len(SIGNS) else len(SIGNS) - 1
    groups = [
        _group(known[name].plural, sign, facilities, [known[name]], frame)
        for name, sign in zip(categories, SIGNS[:count], strict=False)
    ]
    if rest := [known[name] for name in categories[count:]]:
        groups.append(_group(f"{len(rest)} weitere Arten", REST_SIGN, facilities, rest, frame))
    return groups


def draw_points(sheet: Sheet, groups: list[PointGroup]) -> None:
    """Draw the groups, the first one on top."""
    for number, group in enumerate(groups):
        rows = group.spots.sort_values("count", ascending=False)
        for (inside, count), part in rows.groupby(["inside", "count"], sort=False):
            signs = draw_sign(sheet, group, part, inside=bool(inside), count=int(count))
            signs.set(zorder=7 + bool(inside) - number / 100, gid=f"{OVER}{number}-{inside:d}-{count}")


def draw_sign(sheet: Sheet, group: PointGroup, at: pd.DataFrame, *, inside: bool, count: int = 1) -> Line2D:
    """Draw the sign of a group at ``x``, ``y``; its area grows with ``count``, but for stops."""
    if group.is_small:
        look = {
            "markersize": group.size,
            "markeredgewidth": 0,
            "color": group.colour if inside else STOP_OUTSIDE,
        }
    else:
        fill, edge, line = (group.colour, "white", 0.7) if inside else ("white", group.colour, 1.0)
        look = {"markersize": group.size * count**0.5, "markeredgewidth": line, "markerfacecolor": fill}
        look["markeredgecolor"] = edge
    return sheet.add(Line2D(at["x"], at["y"], linestyle="none", marker=group.marker, **look))


def draw_scenario(sheet: Sheet, frame: MapFrame, scenario: gpd.GeoDataFrame) -> None:
    """Mark what a scenario closes and opens."""
    x, y = shapely.get_coordinates(frame.to_sheet(scenario.geometry.to_numpy())).T
    spots = pd.DataFrame({"x": x, "y": y, "closed": scenario["closed"].to_numpy(bool)})
    for closed, rows in spots[shapely.intersects_xy(frame.window, x, y)].groupby("closed"):
        draw_change(sheet, rows, closed=bool(closed))


def draw_change(sheet: Sheet, at: pd.DataFrame, *, closed: bool) -> None:
    """Draw the sign of a facility that closes (a cross) or opens (a star) at ``x``, ``y``."""
    for colour, line in (("white", 6.0), (CLOSED, 2.8)) if closed else ():
        look = {"marker": "x", "markersize": 11, "markeredgecolor": colour, "markeredgewidth": line}
        sheet.add(Line2D(at["x"], at["y"], linestyle="none", zorder=9, **look))
    if not closed:
        look = {"marker": "*", "markersize": 13, "markerfacecolor": OPENED, "markeredgecolor": "white"}
        sheet.add(Line2D(at["x"], at["y"], linestyle="none", zorder=9, **look))


def centres(groups: list[PointGroup]) -> NDArray[np.float64]:
    """Return where the points of all groups lie on the sheet."""
    places = [group.spots.loc[group.spots["inside"], ["x", "y"]].to_numpy(float) for group in groups]
    return np.concatenate(places) if places else np.empty((0, 2))


def _group(
    label: str,
    sign: tuple[str, str],
    facilities: gpd.GeoDataFrame,
    categories: list[Category],
    frame: MapFrame,
) -> PointGroup:
    names = [category.id for category in categories if category.protection != "no_location"]
    rows = facilities[facilities["category"].isin(names) & facilities.geometry.notna()]
    x, y = shapely.get_coordinates(frame.to_sheet(rows.geometry.to_numpy())).T
    placed = rows[["inside", "precision", "check"]].assign(x=x.round(2), y=y.round(2))
    seen = pd.DataFrame(placed[shapely.intersects_xy(frame.window, x, y)])
    spots = seen.groupby(["x", "y", "inside"], as_index=False).size().rename(columns={"size": "count"})
    size = STOP_SIZE_PT if names == [STOPS] else SIZE_PT
    complete = all(category.completeness.usable for category in categories)
    return PointGroup(label, *sign, size, spots, complete, tuple(_remarks(seen[seen["inside"]], complete)))


def _remarks(rows: pd.DataFrame, complete: bool) -> Iterable[str]:
    """Yield what has to be said of the points: incomplete, coarse, doubtful."""
    if not complete:
        yield "Bestand unvollständig"
    if coarse := int(rows["precision"].isin(COARSE).sum()):
        yield f"{coarse} nur auf den Ort genau"
    if doubtful := int(rows["check"].sum()):
        yield f"{doubtful} zu prüfen"
