"""The map page under a scenario and the page of reach, as the callbacks of a browser see them; what they export."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest

from layers.atlas import under
from layers.keys import parse_key
from layers.scenario import Scenario
from reports.points import CLOSED, OPENED
from tests.webapp import assert_polite, call, callback_for, changed, get, no_failure, shared_atlas, words_in

HOSPITALS = ("krankenhaus-16063003-01", "krankenhaus-16063105-01")
QUESTION = {
    "wahl-handlungsfeld.value": "SIC",
    "wahl-indicator.value": "minuten",
    "wahl-category.value": "krankenhaus",
    "wahl-mode.value": "pkw",
    "wahl-level.value": "gemeinde",
}
REACH = {
    "reichweite-mode.value": "pkw",
    "reichweite-minutes.value": 30,
    "reichweite-direction.value": "von",
    "reichweite-handlungsfeld.value": "alle",
}


def update(triggered: str, **values: Any) -> dict[str, Any]:
    given = QUESTION | {f"wahl-{name}.value": value for name, value in values.items()}
    return changed(call(callback_for("titel.children"), given, triggered))


def reach(triggered: str, **values: Any) -> dict[str, Any]:
    return changed(call(callback_for("reichweite-kopf.children"), REACH | values, triggered))


def test_a_closed_facility_changes_title_values_points_and_address() -> None:
    before, after = update("wahl-closed.value"), update("wahl-closed.value", closed=[HOSPITALS[0]])
    assert after["titel.children"] == f"{before['titel.children']} (Szenario: 1 geschlossen)"
    assert f"closed={HOSPITALS[0]}" in after["adresse.data"]
    inhalt = after["karte-inhalt.data"]
    assert [(sign["id"], sign["closed"]) for sign in inhalt["scenario"]] == [(HOSPITALS[0], True)]
    assert "im Szenario geschlossen" in words_in(after["legende.children"])
    world = under(shared_atlas(), Scenario("krankenhaus", closed=(HOSPITALS[0],)))
    wanted = world.table("gemeinde", parse_key("minuten.krankenhaus.pkw"))["value"]
    shown = [float(text.split()[0].strip("()").replace(",", ".")) for text in inhalt["texts"]]
    assert shown == wanted.round(1).tolist()
    said = words_in(after["hinweise.children"])
    assert "wird der Weg mit dem Auto länger" in said
    assert "Im ganzen Kreis: " in said
    assert "Szenario verwerfen" in said


def test_an_opened_facility_is_drawn_where_it_opens() -> None:
    after = update("wahl-opened.value", opened=["10.06000_50.72000"])
    (sign,) = after["karte-inhalt.data"]["scenario"]
    assert sign["at"] == pytest.approx([10.06, 50.72], abs=1e-5)
    assert not sign["closed"]
    assert sign["name"] == "Neue Einrichtung 1 (Szenario)"
    assert "im Szenario neu" in words_in(after["legende.children"])


def test_the_printed_map_marks_what_closes_and_opens() -> None:
    query = urlencode({"handlungsfeld": "SIC", "indicator": "minuten", "category": "krankenhaus"})
    plain = get(f"/ausgabe/karte.svg?{query}").get_data(as_text=True)
    closed = get(f"/ausgabe/karte.svg?{query}&closed={HOSPITALS[0]}&opened=10.06000_50.72000").get_data(as_text=True)
    for colour in (CLOSED, OPENED):
        assert closed.count(colour) >= 2 > plain.count(colour), "on the map and in the legend"


def test_another_category_leaves_the_scenario_behind_and_offers_its_own_facilities() -> None:
    after = update("wahl-category.value", category="grundschule", closed=[HOSPITALS[0]])
    assert after["wahl-closed.value"] == []
    assert "closed" not in after["adresse.data"]
    assert all(option["value"].startswith(("grundschule", "gemeinschaft")) for option in after["wahl-closed.data"])
    assert "passt nicht zu dieser Einrichtungsart" in words_in(after["hinweise.children"])


def test_where_the_register_is_incomplete_there_is_no_scenario() -> None:
    after = update("wahl-closed.value", category="apotheke", closed=["apotheke-16063003-01"])
    assert "zu unvollständig für ein Szenario" in words_in(after["hinweise.children"])
    assert "Szenario:" not in after["titel.children"]


@pytest.mark.parametrize("closed", [["x" * 200], ["a b"], [""], ["krankenhaus-gibt-es-nicht"], [None, 3]])
def test_what_is_no_facility_is_survived(closed: list[Any]) -> None:
    with no_failure():
        assert "Szenario:" not in update("wahl-closed.value", closed=closed)["titel.children"]


def test_exports_of_a_scenario_say_that_they_are_one() -> None:
    query = urlencode(
        {"handlungsfeld": "SIC", "indicator": "minuten", "category": "krankenhaus", "closed": HOSPITALS[0]}
    )
    answer = get(f"/ausgabe/karte.csv?{query}")
    assert "_szenario.csv" in answer.headers["Content-Disposition"]
    table = pd.read_csv(io.BytesIO(answer.data), sep=";", decimal=",", dtype=str)
    said = table.apply(lambda column: column.str.contains("(Szenario: 1 geschlossen)", regex=False, na=False))
    assert said.any(axis=1).all()
    assert get(f"/ausgabe/karte.csv?{query.replace(HOSPITALS[0], '')}").data != answer.data


def test_reach_of_a_facility_and_of_a_click() -> None:
    found = reach("reichweite-place.value", **{"reichweite-place.value": f"einr:{HOSPITALS[1]}"})
    assert "St. Georg Klinikum Eisenach" in words_in(found["reichweite-menschen.children"])
    assert [band["minutes"] for band in found["karte-inhalt.data"]["reach"]["bands"]] == [30.0, 20.0, 10.0]
    clicked = reach("karte-stelle.data", **{"karte-stelle.data": {"id": "punkt:10.32000_50.97000", "n": 1}})
    assert clicked["reichweite-place.value"] == "punkt:10.32000_50.97000"
    assert "place=punkt%3A10.32000_50.97000" in clicked["adresse.data"]
    assert clicked["karte-inhalt.data"]["reach"]["spot"] == [10.32, 50.97]


@pytest.mark.parametrize("spot", [{"id": "<script>"}, {"id": 7}, {}, [], "punkt:1_1", {"id": "punkt:200.0_95.0"}])
def test_a_click_on_nowhere_is_survived(spot: Any) -> None:
    with no_failure():
        found = reach("karte-stelle.data", **{"karte-stelle.data": spot})
    assert found["karte-inhalt.data"]["reach"]["spot"] is None


@pytest.mark.parametrize(
    "query", ["", "place=punkt:10.32000_50.97000&mode=fuss", "place=%00&minutes=-3", "mode=rakete"]
)
def test_the_picture_of_reach_is_always_one(query: str) -> None:
    answer = get(f"/reichweite.svg?{query}")
    assert_polite(answer)
    assert answer.mimetype == "image/svg+xml"
    assert ("0b2e57" in answer.get_data(as_text=True)) == query.startswith("place=punkt")
