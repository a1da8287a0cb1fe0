"""The window of a map on the sheet: which ground it shows, at which scale, and where things lie on paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray

ROUND_SCALE = 10_000


@dataclass(frozen=True)
class MapFrame:
    """A rectangle of the sheet (mm) and the point of the ground in its middle (EPSG:25832).

    ``scale`` is metres of ground per millimetre of paper.
    """

    x: float
    y: float
    width: float
    height: float
    centre: tuple[float, float]
    scale: float

    def to_sheet(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Return a geometry or an array of them in millimetres of the sheet."""
        middle = np.array([self.x + self.width / 2, self.y + self.height / 2])
        return shapely.transform(shape, lambda xy: (xy - self.centre) / self.scale + middle)

    @property
    def window(self) -> shapely.Polygon:
        """The rectangle on the sheet."""
        return shapely.box(self.x, self.y, self.x + self.width, self.y + self.height)

    @property
    def denominator(self) -> int:
        """The scale as it is written, 400000 for 1:400.000."""
        return round(self.scale * 1000)


def fit_frame(bounds: NDArray[np.float64], x: float, y: float, width: float, height: float, margin: float) -> MapFrame:
    """Return the frame in which ``bounds`` fit with ``margin`` millimetres around, at a round scale."""
    west, south, east, north = bounds
    needed = max((east - west) / (width - 2 * margin), (north - south) / (height - 2 * margin)) * 1000
    scale = np.ceil(needed / ROUND_SCALE) * ROUND_SCALE / 1000
    return MapFrame(x, y, width, height, ((west + east) / 2, (south + north) / 2), float(scale))


def outline(shape: shapely.Geometry) -> Path:
    """Return a polygon with its holes, or lines, as one matplotlib path."""
    parts = shapely.get_parts(shape)
    rings = [ring for part in parts for ring in _lines_of(part)]
    return Path.make_compound_path(*(Path(xy, closed=closed) for xy, closed in rings))


def _lines_of(part: shapely.Geometry) -> list[tuple[NDArray[np.float64], bool]]:
    if part.geom_type == "Polygon":
        return [(shapely.get_coordinates(ring), True) for ring in (part.exterior, *part.interiors)]
    return [(shapely.get_coordinates(part), False)] if part.geom_type == "LineString" else []
