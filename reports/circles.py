"""Circles for absolute numbers: a colour over a whole area says more than a count can bear."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from matplotlib.patches import Circle

from layers.mapview import MapView
from reports.labels import middle
from reports.sheet import Sheet
from reports.svg import OVER

LARGEST_MM = 6.5
LOOK = {"facecolor": "#f5b041", "edgecolor": "#16213a", "linewidth": 0.8}
STEPS = (1.0, 0.25, 0.05)


@dataclass(frozen=True)
class CircleScale:
    """``largest`` is the value of the largest circle; the area of a circle grows with its value."""

    largest: float

    def radius(self, value: float) -> float:
        """Return the radius in millimetres."""
        return LARGEST_MM * float(np.sqrt(max(value, 0) / self.largest))

    @property
    def samples(self) -> list[float]:
        """Return round values for the legend, the greatest first."""
        return list(dict.fromkeys(_one_digit(self.largest * step) for step in STEPS))


def circle_scale(view: MapView) -> CircleScale | None:
    """Return the scale of the circles; None where the values are no counts or too few to compare."""
    counts = view.rows["value"].dropna()
    if view.layer.text.unit or len(counts) < 2 or counts.max() <= 0:
        return None
    return CircleScale(float(counts.max()))


def draw_circles(sheet: Sheet, view: MapView, shapes: gpd.GeoSeries, scale: CircleScale) -> dict[str, float]:
    """Draw one circle into each area with a value, the greatest first; return their radii."""
    radii = {str(key): scale.radius(value) for key, value in view.rows["value"].dropna().items()}
    for key, radius in sorted(radii.items(), key=lambda item: -item[1]):
        x, y, _ = middle(shapes[key])
        draw_circle(sheet, x, y, radius).set(zorder=6.5, gid=f"{OVER}circle-{key}")
    return radii


def draw_circle(sheet: Sheet, x: float, y: float, radius: float) -> Circle:
    """Draw a circle and return it."""
    return sheet.add(Circle((x, y), radius, **LOOK))


def _one_digit(value: float) -> float:
    """Return ``value`` cut to its first digit, but never below 1."""
    size = 10.0 ** np.floor(np.log10(max(value, 1)))
    return float(max(np.floor(value / size) * size, 1))
