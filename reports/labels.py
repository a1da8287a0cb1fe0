"""Names on the map: the largest place first, none over another, rather beside the points than over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from reports.sheet import Sheet
from reports.svg import OVER
from reports.text import Style, width

LARGE_TOWN = 10_000
NAME = Style(8.5)
TOWN = Style(10, bold=True)
TIGHT = Style(7.5)
AROUND = Style(8.5, italic=True, colour="#5b6472")
HALO = withStroke(linewidth=2.6, foreground="white")
SHIFTS = ((0, 0), (0, 0.9), (0, -0.9), (0.3, 0), (-0.3, 0), (0, 1.8), (0, -1.8), (0.3, 0.9), (-0.3, -0.9))
GAP_MM = 0.5
OUTSIDE_COST, POINT_COST, SHIFT_COST = 4.0, 0.6, 0.05


@dataclass
class Names:
    """The names on the sheet so far and the ground they take; ``points`` are kept free where possible."""

    sheet: Sheet
    window: shapely.Polygon
    points: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    taken: list[shapely.Polygon] = field(default_factory=list)

    def place(
        self, text: str, style: Style, shape: shapely.Geometry, *, within: bool = False, clear: float = 0.0
    ) -> bool:
        """Write ``text`` where it fits best in ``shape``; return False where it would lie on another name.

        ``clear``: radius in millimetres around the middle that stays free (a circle is there).
        """
        options = [option for option in _options(text, style, shape, clear) if self._free(option[1])]
        if within:
            options = [option for option in options if shapely.covers(shape, option[1])]
        if not options:
            return False
        lines, box, _ = min(options, key=lambda option: option[2] + self._cost(option[1], shape))
        self._write(lines, box, style)
        return True

    def _free(self, box: shapely.Polygon) -> bool:
        near = box.buffer(GAP_MM, join_style="mitre")
        return bool(shapely.covers(self.window, near)) and not shapely.intersects(near, self.taken).any()

    def _cost(self, box: shapely.Polygon, shape: shapely.Geometry) -> float:
        outside = 1 - shapely.area(shapely.intersection(box, shape)) / box.area
        west, south, east, north = box.bounds
        x, y = self.points.T
        covered = int(((x > west) & (x < east) & (y > south) & (y < north)).sum())
        return OUTSIDE_COST * float(outside) + POINT_COST * min(covered, 10)

    def _write(self, lines: Sequence[str], box: shapely.Polygon, style: Style) -> None:
        self.taken.append(box)
        west, _, east, north = box.bounds
        for number, line in enumerate(lines):
            y = north - (number + 0.78) * style.line
            drawn = self.sheet.text((west + east) / 2, y, line, style, align="center")
            drawn.set(path_effects=[HALO], zorder=9, gid=f"{OVER}name-{len(self.taken)}-{number}")


def draw_area_names(names: Names, shapes: gpd.GeoSeries, table: pd.DataFrame, clear: Mapping[str, float]) -> list[str]:
    """Write the names of the areas, most people first; return the keys of those that found no room."""
    left_out = []
    for key, row in table.sort_values("population", ascending=False).iterrows():
        style = TOWN if row["population"] >= LARGE_TOWN else NAME
        if not any(names.place(row["name"], s, shapes[key], clear=clear.get(key, 0.0)) for s in (style, TIGHT)):
            left_out.append(str(key))
    return left_out


def draw_context_names(names: Names, visible: gpd.GeoSeries, table: pd.DataFrame) -> None:
    """Write the names of the Kreise around where the part that is seen has room for them."""
    for key, shape in visible.items():
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        names.place(table.loc[key, "name"], AROUND, largest, within=True)


def _options(
    text: str, style: Style, shape: shapely.Geometry, clear: float
) -> Iterator[tuple[list[str], shapely.Polygon, float]]:
    """Yield ways to write ``text``: lines, the box they take, and a cost for being off the middle."""
    x, y, radius = middle(shape)
    for lines in _broken(text, style, 2 * radius):
        wide, high = max(width(line, style) for line in lines), len(lines) * style.line
        for step, (right, up) in enumerate(_shifts(wide, high, clear)):
            west, south = x + right - wide / 2, y + up - high / 2
            yield lines, shapely.box(west, south, west + wide, south + high), SHIFT_COST * step


def _shifts(wide: float, high: float, clear: float) -> list[tuple[float, float]]:
    """Return how far right and up of the middle a name may stand; with a circle there, on its four sides."""
    if not clear:
        return [(right * wide, up * high) for right, up in SHIFTS]
    aside, above = clear + wide / 2 + 2 * GAP_MM, clear + high / 2 + 1.5 * GAP_MM
    return [(0, -above), (0, above), (aside, 0), (-aside, 0)]


def _broken(text: str, style: Style, room: float) -> list[list[str]]:
    """Return the name on one line and, where it is wide for its area, on two."""
    head, mark, tail = text.partition("-") if "-" in text else text.partition(" ")
    if not tail or width(text, style) <= room:
        return [[text]]
    return [[text], [head + mark.strip(), tail]]


def middle(shape: shapely.Geometry) -> tuple[float, float, float]:
    """Return the point of a shape that is farthest from its edge, and that distance."""
    line = shapely.maximum_inscribed_circle(shape, tolerance=0.2)
    (x, y), _ = shapely.get_coordinates(line)
    return float(x), float(y), float(line.length)
