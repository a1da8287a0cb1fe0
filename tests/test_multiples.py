"""Small maps on paper: where they lie, that they are the same every time, what stands on the sheet."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.mapview import MapView
from layers.timeline import year_views
from reports.areas import HATCH_DARK
from reports.drawing import PAPER
from reports.multiples import SMALL, cells, draw_multiples, ground, kreis_text, largest_of, small_map
from tests.test_timeline import ATLAS, DATA, PEOPLE, SHARE

VIEWS = year_views(ATLAS, "gemeinde", SHARE, "quantile", 5)
KNOWN = {year: view for year, view in VIEWS.items() if year != "2019"}


@given(st.integers(1, 12), st.floats(150, 190), st.floats(20, 60))
def test_cells_lie_on_the_paper_and_not_on_each_other(count: int, top: float, foot: float) -> None:
    places = [shapely.box(x, y, x + wide, y + high) for x, y, wide, high in cells(count, top, foot)]
    assert len(places) == count
    paper = shapely.box(0, foot - 1e-6, PAPER[0], top + 1e-6)
    assert all(paper.contains(place) for place in places)
    assert not any(a.intersects(b) for a, b in combinations(places, 2))


def test_areas_fit_into_their_cell() -> None:
    land = ground(DATA, "gemeinde", *SMALL)
    assert shapely.box(0, 0, *SMALL).contains(land.kreis)
    assert len(land.shapes) == len(DATA.gemeinden)
    assert land.shapes.area.sum() == pytest.approx(land.kreis.area)


def test_the_same_maps_are_the_same_bytes() -> None:
    first, second = (draw_multiples(ATLAS, KNOWN, "svg", without=("2019",)) for _ in range(2))
    assert first == second
    root = ET.fromstring(first)
    told = root.find("{*}desc").text or ""  # type: ignore[union-attr]
    assert re.findall(r"(\d{4}): Kreis", told) == list(KNOWN)


def test_colours_are_those_of_the_classes_and_what_is_hidden_is_hatched() -> None:
    picture = small_map(ATLAS, VIEWS["2021"], "2021: erfunden").decode()
    used = set(VIEWS["2021"].rows["colour"])
    assert all(colour in picture for colour in used)
    assert HATCH_DARK in picture, "Gerstengrund"
    gap = small_map(ATLAS, VIEWS["2019"], "2019: keine Werte").decode()
    assert not any(colour in gap for colour in VIEWS["2021"].colours)


def test_absolute_numbers_are_circles_on_one_scale() -> None:
    views = year_views(ATLAS, "gemeinde", PEOPLE, "quantile", 5)
    largest = largest_of(views.values())
    assert largest == 6000
    assert largest_of(VIEWS.values()) == 0
    picture = small_map(ATLAS, views["2016"], "2016", largest).decode()
    assert "#f5b041" in picture
    assert "#f5b041" not in small_map(ATLAS, VIEWS["2016"], "2016").decode()


def test_the_kreis_is_told_with_its_unit_or_why_it_has_none() -> None:
    def text(view: MapView) -> str:
        return kreis_text(view)

    assert re.fullmatch(r"Kreis \d+,\d %", text(VIEWS["2016"]))
    assert text(VIEWS["2019"]) == "Kreis k. A."


def test_an_unknown_kind_of_file_is_refused() -> None:
    with pytest.raises(KeyError):
        draw_multiples(ATLAS, KNOWN, "gif")
