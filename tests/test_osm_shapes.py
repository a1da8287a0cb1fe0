"""Shapes of a small map: unit cells as oracle, frames by hand, lines that meet."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.sources.osm_shapes import cut, merged_areas, merged_lines

boxes = st.lists(st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 6)] * 2), min_size=1, max_size=8)


@given(boxes=boxes)
def test_merged_areas_cover_what_the_areas_cover(boxes: list[tuple[int, int, int, int]]) -> None:
    """The oracle counts unit cells."""
    cells = np.zeros((18, 18), bool)
    for x, y, wide, high in boxes:
        cells[x : x + wide, y : y + high] = True
    shapes = np.array([shapely.box(x, y, x + wide, y + high) for x, y, wide, high in boxes])
    merged = merged_areas(shapes, 0.0, 0.0)
    assert shapely.area(merged).sum() == pytest.approx(cells.sum())
    assert shapely.is_valid(merged).all()
    coarse = merged_areas(shapes, 1.5, 3.0)
    assert shapely.is_valid(coarse).all()
    rings = shapely.get_rings(coarse)
    assert not len(rings) or shapely.area(shapely.polygons(rings)).min() >= 3.0


def test_holes_are_kept_from_the_smallest_area_on() -> None:
    holes = [shapely.box(1, 1, 2, 2), shapely.box(4, 4, 6, 6)]
    ring = np.array([shapely.box(0, 0, 9, 9).difference(shapely.union_all(holes)), shapely.box(20, 0, 21, 3)])
    assert shapely.area(merged_areas(ring, 0.0, 4.0)).tolist() == [81 - 4]
    assert sorted(shapely.area(merged_areas(ring, 0.0, 1.0))) == [3, 81 - 5]
    assert shapely.area(merged_areas(ring, 0.0, 5.0)).tolist() == [81]


@given(boxes=boxes, frame=st.tuples(*[st.integers(0, 9)] * 2, *[st.integers(1, 9)] * 2))
def test_the_cut_holds_exactly_what_is_inside(
    boxes: list[tuple[int, int, int, int]], frame: tuple[int, int, int, int]
) -> None:
    left, low, width, height = frame
    shapes = np.array([shapely.box(x, y, x + wide, y + high) for x, y, wide, high in boxes])
    parts, place = cut(shapes, shapely.box(left, low, left + width, low + height), 2)
    wanted = [
        max(0, min(x + wide, left + width) - max(x, left)) * max(0, min(y + high, low + height) - max(y, low))
        for x, y, wide, high in boxes
    ]
    np.testing.assert_allclose(np.bincount(place, shapely.area(parts), len(boxes)), wanted, atol=1e-9)


def test_a_line_that_only_touches_the_frame_is_not_in_it() -> None:
    lines = np.array([shapely.LineString([(0, 0), (1, 1), (2, 0)]), shapely.LineString([(0, 2), (2, 2)])])
    parts, place = cut(lines, shapely.box(0, 1, 2, 3), 1)
    assert place.tolist() == [1]
    assert parts[0].length == 2


def test_a_bow_tie_becomes_valid_areas() -> None:
    tie = np.array([shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])])
    merged = merged_areas(tie, 0.0, 0.0)
    parts, _ = cut(tie, None, 2)
    assert shapely.is_valid(parts).all()
    assert shapely.area(merged).sum() == pytest.approx(2.0)


def test_lines_join_at_bends_and_stay_apart_at_crossings() -> None:
    lines = [[(0, 0), (100, 3)], [(200, 0), (100, 3)], [(200, 0), (300, 0)], [(200, 0), (200, 90)]]
    merged = merged_lines(np.array([shapely.LineString(line) for line in lines]), 5.0)
    ends = {tuple(sorted(line.coords)) for line in merged}
    assert ends == {((0, 0), (200, 0)), ((200, 0), (300, 0)), ((200, 0), (200, 90))}
