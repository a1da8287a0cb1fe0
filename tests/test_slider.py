"""The marks of the threshold slider."""

from __future__ import annotations

from itertools import pairwise

import pytest

from geodata import catalog
from views.components.thresholds import threshold_props
from views.selection import Selection


def labelled(category: str, mode: str) -> list[tuple[int, str]]:
    props = threshold_props(Selection(indicator="abdeckung", category=category, mode=mode, threshold=30))
    return [(mark["value"], mark["label"]) for mark in props["marks"] if "label" in mark]


def test_a_lone_limit_is_named_beside_its_minutes() -> None:
    assert labelled("grundschule", "fuss") == [(1, "1"), (35, "35 (T20)"), (60, "60")]


def test_a_limit_at_the_end_takes_the_place_of_the_plain_mark() -> None:
    assert labelled("gymnasium", "oev") == [(1, "1"), (45, "45"), (60, "60")]


def test_limits_close_together_stay_as_marks_without_a_label() -> None:
    props = threshold_props(Selection(indicator="abdeckung", category="rettungswache", mode="pkw", threshold=30))
    assert {12, 14, 15, 17} <= {mark["value"] for mark in props["marks"]}
    assert labelled("rettungswache", "pkw") == [(1, "1"), (12, "12"), (60, "60")]


@pytest.mark.parametrize("mode", ["fuss", "rad", "pkw", "oev"])
def test_no_two_labels_lie_on_one_another(mode: str) -> None:
    for category in catalog.categories():
        places = [value for value, _ in labelled(category, mode)]
        assert all(later - earlier >= 6 for earlier, later in pairwise(places)), (category, places)
