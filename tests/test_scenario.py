"""What if: the same values as if the facilities had been so from the start, exact on roads, and said in words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from geodata.network import build_network
from layers import Atlas
from layers.atlas import under
from layers.inputs import ways_to
from layers.keys import IndicatorKey, parse_key
from layers.measures import NEEDS_COMPLETE
from layers.routing.changed import nearest_after
from layers.routing.roads import nearest_on_roads
from layers.scenario import Scenario, effect_text
from tests.synthetic import KLINIK, KLINIK_OUTSIDE, ORIGIN, A, B, C, facility
from tests.test_measures import road

Build = Callable[..., Atlas]
CAR = catalog.modes()["pkw"]
SECOND = facility("klinik", 7500, 0, C, name="Klinik Süd")
PLACES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 80)), min_size=1, max_size=5)


def at(x: float, y: float) -> tuple[float, float]:
    return ORIGIN[0] + x, ORIGIN[1] + y


@pytest.mark.parametrize("measure", sorted(NEEDS_COMPLETE | {"anzahl"}))
@pytest.mark.parametrize("networks", [{}, {"pkw": road((3000, 0), (0, 0), (0, 4000), (7500, 0))}])
def test_closing_is_as_if_it_had_never_been(synthetic: Build, measure: str, networks: dict) -> None:
    with_both, with_one = (synthetic(*rows, networks=networks) for rows in ((KLINIK, SECOND), (KLINIK,)))
    world = under(with_both, Scenario("klinik", closed=("f1",)))
    for level in ("gemeinde", "sozialraum", "kreis"):
        key = parse_key(f"{measure}.klinik")
        pd.testing.assert_frame_equal(world.table(level, key), with_one.table(level, key))


@pytest.mark.parametrize("measure", ["abdeckung", "abhaengig", "minuten", "minuten_median", "ohne_auto"])
def test_opening_is_as_if_it_had_always_been(synthetic: Build, measure: str) -> None:
    before, after = synthetic(KLINIK), synthetic(KLINIK, SECOND)
    world = under(before, Scenario("klinik", opened=(at(7500, 0),)))
    key = parse_key(f"{measure}.klinik")
    pd.testing.assert_frame_equal(world.table("kreis", key), after.table("kreis", key))


def test_a_new_facility_belongs_to_the_gemeinde_that_it_lies_in(synthetic: Build) -> None:
    """The invented Gemeinden are squares of 10 km side by side; the second is B."""
    world = under(synthetic(KLINIK), Scenario("klinik", opened=((15_000, 5000), (99_000, 99_000))))
    new = world.inputs.facilities.loc[["neu-1", "neu-2"]]
    assert new["gemeinde"].fillna("").tolist() == [B, ""]
    assert new["inside"].tolist() == [True, False]
    assert world.table("gemeinde", parse_key("anzahl.klinik"))["value"][B] == 1


def test_who_offers_the_same_counts_in_a_scenario_too(synthetic: Build) -> None:
    """Closing the Gesamtschule takes the only way to a Schule as well."""
    atlas = synthetic(facility("gesamtschule", 0, 0, A), facility("schule", 13_000, 4000, C))
    world = under(atlas, Scenario("schule", closed=("f0",)))
    assert world.inputs.supply["schule"].index.tolist() == ["f1"]
    assert world.inputs.supply["gesamtschule"].empty
    assert atlas.inputs.supply["schule"].index.tolist() == ["f0", "f1"]


def test_without_a_change_it_is_the_same_atlas_and_a_kept_one_is_given_again(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, SECOND)
    assert under(atlas, Scenario("klinik")) is atlas
    assert under(atlas, Scenario("klinik", closed=("f1",))) is under(atlas, Scenario("klinik", closed=("f1",)))


def test_the_layer_says_that_it_is_a_scenario(synthetic: Build) -> None:
    world = under(synthetic(KLINIK, SECOND), Scenario("klinik", closed=("f1",), opened=(at(0, 0),)))
    text = world.layer("kreis", parse_key("minuten.klinik")).text
    assert text.name.endswith("(Szenario: 1 geschlossen, 1 neu)")
    assert text.notes[0].startswith("Gedankenspiel")


def test_the_effect_by_hand(synthetic: Build) -> None:
    """Without the one in the south s2 (400 people), s4 (300), s5 (200) drive farther; s4 alone was within 12 min."""
    atlas = synthetic(KLINIK, KLINIK_OUTSIDE, SECOND)
    world = under(atlas, Scenario("klinik", closed=("f2",)))
    key, mode = IndicatorKey("minuten", "klinik", "pkw", 12), catalog.modes()["pkw"]
    said = effect_text(atlas.inputs, world.inputs, key, mode)
    old, new = (ways_to(each.inputs, "klinik", "pkw")["minutes"] for each in (atlas, world))
    more = (new - old)[new > old]
    assert said[0] == (
        "Für etwa 900 Menschen wird der Weg mit dem Auto länger, im Mittel um "
        f"{f'{(more * atlas.inputs.points.people[more.index]).sum() / 900:.1f}'.replace('.', ',')} Minuten."
    )
    assert said[1] == "Etwa 300 Menschen haben danach keine mehr innerhalb von 12 Minuten."
    assert effect_text(world.inputs, atlas.inputs, key, mode)[-1].startswith("Etwa 300 Menschen haben danach erstmals")
    assert effect_text(atlas.inputs, atlas.inputs, key, mode) == [
        "Für niemanden ändert sich der Weg zur nächsten Einrichtung mit dem Auto."
    ]


def test_when_the_last_one_closes_nobody_has_any(synthetic: Build) -> None:
    atlas = synthetic(KLINIK)
    world = under(atlas, Scenario("klinik", closed=("f0",)))
    said = effect_text(atlas.inputs, world.inputs, parse_key("abdeckung.klinik.pkw.12"), catalog.modes()["pkw"])
    assert "Für etwa 4.500 Menschen gibt es danach gar keine mehr." in said


@given(PLACES, PLACES, st.data())
def test_on_roads_a_change_gives_what_a_search_from_nothing_gives(old: list, new: list, data: st.DataObject) -> None:
    """One-way streets among them; ties too: several facilities share a node."""
    drawn = data.draw(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 90)), max_size=40))
    circle = [(n, (n + 1) % 12, 50) for n in range(12)]
    tail, head, cost = np.array(circle + drawn).T
    network = build_network("pkw", np.arange(12) * 100.0, np.zeros(12), tail, head, cost, cost * 1.0, {})
    before = (
        pd.DataFrame([(100.0 * n, float(y)) for n, y in old], columns=["x", "y"]).add_prefix("").rename("alt{}".format)
    )
    closed = data.draw(st.sets(st.sampled_from(list(before.index))))
    opened = pd.DataFrame([(100.0 * n, float(y)) for n, y in new], columns=["x", "y"]).rename("neu{}".format)
    after = pd.concat([before.drop(list(closed)), opened])
    origins = pd.DataFrame({"x": np.arange(12) * 100.0, "y": 10.0})
    for _ in range(2):  # the kept state before must not have changed
        found = nearest_after(network, origins, before, after, CAR)
        pd.testing.assert_frame_equal(found, nearest_on_roads(network, origins, after, CAR))
