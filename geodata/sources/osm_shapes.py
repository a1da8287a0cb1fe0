"""Lines and areas of one class made fit for a small map: cut to a frame, merged, simplified, without specks."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
DIMENSION = {"point": 0, "line": 1, "area": 2}


def cut(shapes: Shapes, frame: Any, dimension: int) -> tuple[Shapes, NDArray[np.int64]]:
    """Return the parts of ``shapes`` inside ``frame`` (None: all) and the place of the shape each belongs to.

    A shape that only touches the frame has no part of its own dimension in it. Areas come back valid.
    """
    whole = shapes.copy()
    if dimension == DIMENSION["area"]:
        broken = ~shapely.is_valid(whole)
        whole[broken] = shapely.make_valid(whole[broken])
    if frame is not None:
        over = ~shapely.covers(frame, whole)
        whole[over] = shapely.intersection(whole[over], frame)
    parts, place = shapely.get_parts(whole, return_index=True)
    kept = (shapely.get_dimensions(parts) == dimension) & ~shapely.is_empty(parts)
    return parts[kept], place[kept]


def merged_lines(lines: Shapes, tolerance: float) -> Shapes:
    """Return lines joined where exactly two of them meet, simplified; without those of no length."""
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    drawn = shapely.simplify(joined, tolerance, preserve_topology=False)
    kept: Shapes = drawn[shapely.length(drawn) > 0]
    return kept


def merged_areas(areas: Shapes, tolerance: float, least: float) -> Shapes:
    """Return areas as single valid polygons, simplified; neither they nor their holes are below ``least``.

    They are merged before they are simplified: neighbours would drift apart.
    """
    whole = shapely.get_parts(shapely.union_all(areas))
    drawn = shapely.simplify(whole, tolerance, preserve_topology=True)
    parts, _ = cut(drawn, None, DIMENSION["area"])
    return _without_small_holes(parts[shapely.area(parts) >= least], least)


def _without_small_holes(polygons: Shapes, least: float) -> Shapes:
    rings, owner = shapely.get_rings(polygons, return_index=True)
    outer = np.append(True, owner[1:] != owner[:-1])[: len(rings)]
    kept = outer | (shapely.area(shapely.polygons(rings)) >= least)
    made: Shapes = shapely.polygons(rings[kept], indices=owner[kept]) if len(rings) else polygons
    return made
