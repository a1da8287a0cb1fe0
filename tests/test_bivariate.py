"""Two indicators on one map: nine classes by hand, ties together, both values wherever it is shown."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from geodata import dataset
from geodata.observations import territory_of
from layers.atlas import Atlas, build_atlas
from layers.bivariate import COLOURS, build_bivariate_view
from layers.keys import IndicatorKey
from layers.sentences import map_text
from layers.statistics import build_statistics
from reports.map import draw_map
from views.components.mappage import circle_radius, page_parts, view_of
from views.selection import Selection, read_query, settle, to_query

DATA = dataset.load("16063")
KEYS = sorted(DATA.gemeinden.index)


def observed(part: str, values: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame({"key": KEYS, "value": values, "state": "measured"})
    return frame.assign(
        part=part, year=2021, stand="2021", gebietsstand="2024-01-01", basis="", row="Zeile 2", import_id=1
    )


@cache
def atlas(first: str = "steigend", second: str = "steigend") -> Atlas:
    orders = {"steigend": range(1, 31), "fallend": range(30, 0, -1), "gleich": [5] * 30}
    figures = [
        observed("arbeitslose", [100.0 * n for n in orders[first]]),
        observed("wohnungen_leer", [100.0 * n for n in orders[second]]),
        observed("bev_15_64", [10_000.0] * 30),
        observed("wohnungen_zensus", [10_000.0] * 30),
    ]
    return build_atlas(DATA, build_statistics(DATA, pd.concat(figures), territory_of(DATA), {}))


ARB, WOH = IndicatorKey("ARB02"), IndicatorKey("WOH03")


@pytest.mark.parametrize(
    ("second", "classes"),
    [
        ("steigend", {0: 10, 4: 10, 8: 10}),
        ("fallend", {2: 10, 4: 10, 6: 10}),
        ("gleich", {1: 10, 4: 10, 7: 10}),
    ],
)
def test_thirds_of_both_make_nine_classes_and_ties_stay_together(second: str, classes: dict[int, int]) -> None:
    view = build_bivariate_view(atlas("steigend", second), "gemeinde", ARB, WOH)
    assert view.rows["class_"].value_counts().to_dict() == classes
    assert sum(entry.count for entry in view.legend) == 30
    assert view.rows["colour"].tolist() == [COLOURS[place] for place in view.rows["class_"]]


def test_both_values_are_shown_and_the_words_name_both() -> None:
    view = build_bivariate_view(atlas(), "gemeinde", ARB, WOH)
    assert view.rows.loc[KEYS[0], "shown"] == "1,0 %; 1,0 %"
    assert view.layer.text.name == "Arbeitslosenanteil und Leerstandsquote"
    assert "Arbeitslosenanteil hoch, Leerstandsquote hoch" in map_text(view)


def test_without_one_of_the_values_an_area_has_no_class() -> None:
    view = build_bivariate_view(atlas(), "gemeinde", ARB, IndicatorKey("EIK02"))
    assert (view.rows["class_"] == -1).all()
    assert view.legend[-1].count == 30


def test_the_page_state_holds_both_and_the_picture_draws_them() -> None:
    selection, notices = settle(Selection(handlungsfeld="CHA", indicator="ARB02", second="WOH03"), atlas())
    assert notices == []
    assert read_query(to_query(selection))[0] == selection
    view = view_of(atlas(), selection)
    parts = page_parts(atlas(), view, selection, [])
    assert len(parts["inhalt"]["colours"]) == 9
    picture = draw_map(atlas(), view, selection, kind="svg", frame=False).decode()
    assert COLOURS[8] in picture
    assert COLOURS[0] in picture


@pytest.mark.parametrize("second", ["ARB02", "GIBTSNICHT", "minuten"])
def test_a_second_indicator_that_cannot_be_is_left_out_with_a_notice(second: str) -> None:
    selection, notices = settle(Selection(handlungsfeld="CHA", indicator="ARB02", second=second), atlas())
    assert selection.second == ""
    assert len(notices) == 1


def test_absolute_numbers_are_circles_and_rates_are_not() -> None:
    count = Selection(handlungsfeld="PLA", indicator="BEV01")
    shown = page_parts(atlas(), view_of(atlas(), count), count, [])["inhalt"]
    largest = DATA.gemeinden["population"].max()
    assert max(shown["circles"]) == circle_radius(largest, largest)
    assert set(shown["classes"]) == {"0"}
    rate = Selection(handlungsfeld="CHA", indicator="ARB02")
    assert page_parts(atlas(), view_of(atlas(), rate), rate, [])["inhalt"]["circles"] == []
