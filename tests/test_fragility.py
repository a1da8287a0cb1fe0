"""Who depends on one facility: by hand in the synthetic district, by the nearest two in the real one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from geodata import catalog
from layers import Atlas
from layers.fragility import Dependence, dependence, dependence_text
from layers.inputs import build_inputs, ways_to
from tests.synthetic import KLINIK, KLINIK_OUTSIDE, A, facility

Build = Callable[..., Atlas]


def test_dependence_by_hand(synthetic: Build) -> None:
    """The clinic in A is nearest to s1 to s4 (8, 9.5, 11, 14.75 minutes), the one outside to s5 (20, then 21.5)."""
    inputs = synthetic(KLINIK, KLINIK_OUTSIDE).inputs
    metres = np.hypot([13_000, 10_000, 13_000, 5500], [16_000, 16_000, 6000, 16_000])
    more = np.round((metres / 1000 * 1.5 + 2) * 600) / 600 - np.array([8, 9.5, 11, 14.75])
    found = dependence(inputs, "f0", "pkw", 11)
    assert found is not None
    assert (found.people, found.alone) == (4300, 4000)
    assert found.minutes_more == pytest.approx(np.average(more, weights=[600, 400, 3000, 300]))
    assert dependence(inputs, "f1", "pkw", 20) == Dependence(200, 200, pytest.approx(1.5))


def test_the_text_says_the_numbers(synthetic: Build) -> None:
    inputs = synthetic(KLINIK, KLINIK_OUTSIDE).inputs
    assert dependence_text(inputs, "f1") == (
        "Für etwa 200 Menschen die nächste (mit dem Auto, Näherung). Schließt sie, wird der Weg im Mittel 1,5 Minuten "
        "länger; niemand hätte deshalb keine mehr innerhalb von 12 Minuten. "
        "Einrichtungen außerhalb des Landkreises sind nicht erfasst."
    )


def test_the_only_one_has_no_second(synthetic: Build) -> None:
    text = dependence_text(synthetic(KLINIK).inputs, "f0")
    assert text == "Für etwa 4.500 Menschen die nächste (mit dem Auto, Näherung). Eine zweite ist nicht erfasst."


def test_one_that_is_nobodys_nearest_says_so(synthetic: Build) -> None:
    inputs = synthetic(KLINIK, KLINIK_OUTSIDE, {**KLINIK, "name": "Zweite am gleichen Ort"}).inputs
    assert dependence_text(inputs, "f2") == "Für niemanden im Landkreis die nächste (mit dem Auto, Näherung)."


@pytest.mark.parametrize("category", ["laden", "amt"])
def test_nothing_is_said_on_an_incomplete_register(synthetic: Build, category: str) -> None:
    inputs = synthetic(facility(category, 0, 0, A), facility(category, 9, 9, A)).inputs
    assert dependence_text(inputs, "f0") == ""


def test_nothing_is_said_of_a_place_too_coarse_for_the_walk(synthetic: Build) -> None:
    inputs = synthetic({**KLINIK, "precision": "place", "geometry": None}, KLINIK_OUTSIDE).inputs
    assert dependence_text(inputs, "f0") == ""


def test_closing_a_facility_of_the_atlas_costs_what_a_new_atlas_says(atlas: Atlas) -> None:
    """Take a hospital out of the dataset and compute everything anew: the people and minutes are those foretold."""
    before = ways_to(atlas.inputs, "krankenhaus", "pkw")
    hospital = before["dest"].mode()[0]
    found = dependence(atlas.inputs, hospital, "pkw", 30)
    assert found is not None
    facilities = atlas.data.facilities.drop(hospital)
    closed = build_inputs(type(atlas.data)(**{**vars(atlas.data), "facilities": facilities}))
    after = ways_to(closed, "krankenhaus", "pkw")
    mine, people = before["dest"] == hospital, atlas.inputs.points["people"]
    more = (after["minutes"] - before["minutes"])[mine]
    assert found.people == pytest.approx(people[mine].sum())
    assert found.minutes_more == pytest.approx(np.average(more, weights=people[mine]))
    lost = (before["minutes"] <= 30) & (after["minutes"] > 30)
    assert found.alone == pytest.approx(people[lost].sum())


def test_every_facility_of_a_complete_category_says_something_or_is_coarse(atlas: Atlas) -> None:
    rows = atlas.inputs.facilities.query("inside and category != 'haltestelle'")
    complete = {c.id for c in catalog.categories().values() if c.completeness.judgement == "ausreichend"}
    for key, category in rows["category"].items():
        assert bool(dependence_text(atlas.inputs, key)) <= (category in complete), key
