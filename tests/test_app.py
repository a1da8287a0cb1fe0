"""The app as the callbacks of a browser see it: pages, valid choices, and what is no choice at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import catalog
from layers.inputs import LEVELS
from layers.mapview import build_map_view
from layers.palette import NO_DATA
from tests.webapp import (
    assert_polite,
    body_of,
    call,
    callback_for,
    changed,
    get,
    no_failure,
    open_page,
    post,
    server_callbacks,
    shared_atlas,
    words_in,
)
from views import einrichtungen, karte, methodik, reichweite
from views.filter import PARSERS as FILTER_PARSERS
from views.selection import ALL_FIELDS, PARSERS, Selection, indicators_of, read_query, settle, to_query

PAGES = (karte, reichweite, einrichtungen, methodik)
START = {
    "wahl-handlungsfeld.value": "ZUM",
    "wahl-indicator.value": "haltestelle",
    "wahl-level.value": "gemeinde",
}
REGISTER = dict.fromkeys(
    ("filter-handlungsfeld.value", "filter-ags.value", "filter-operator.value", "filter-wheelchair.value"),
    "alle",
)
text = st.text(max_size=60)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=8,
)


def update(triggered: str, **values: Any) -> dict[str, Any]:
    """Return what the map page changes after ``triggered``; other values are those of the start page."""
    given_values = START | {f"{name.replace('_', '-')}": value for name, value in values.items()}
    return changed(call(callback_for("titel.children"), given_values, triggered))


def choose(field: str, value: Any, **others: Any) -> dict[str, Any]:
    """Return what the map page changes when one control gets a value."""
    values = {f"wahl-{name}.value": other for name, other in others.items()} | {f"wahl-{field}.value": value}
    return changed(call(callback_for("titel.children"), START | values, f"wahl-{field}.value"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.PATH)
def test_every_page_has_html_title_and_layout(page: Any) -> None:
    answer = get(page.PATH)
    assert answer.status_code == 200
    assert '<html lang="de">' in answer.get_data(as_text=True)
    layout = changed(open_page(page.PATH))
    words = words_in(layout["_pages_content.children"])
    assert len(words) > 500
    assert page.TITLE in str(layout["_pages_store.data"])


def test_unknown_path_is_answered_in_german() -> None:
    words = words_in(changed(open_page("/gibt-es-nicht"))["_pages_content.children"])
    assert "Seite nicht gefunden" in words


def test_layout_of_the_app_stays_small() -> None:
    assert len(get("/_dash-layout").data) < 60_000


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("handlungsfeld", [ALL_FIELDS, *catalog.handlungsfelder()])
def test_every_handlungsfeld_on_every_level(handlungsfeld: str, level: str) -> None:
    with no_failure():
        shown = choose("handlungsfeld", handlungsfeld, level=level)
    content = shown["karte-inhalt.data"]
    assert len(content["classes"]) == len(content["texts"]) == len(shared_atlas().areas(level))
    assert shown["titel.children"]


def test_every_indicator_is_drawn_and_named() -> None:
    with no_failure():
        titles = {key: choose("indicator", key, handlungsfeld=ALL_FIELDS) for key in indicators_of(ALL_FIELDS)}
    for key, shown in titles.items():
        assert read_query(shown["adresse.data"])[0].indicator == key
        entry = catalog.indicators().get(key)
        assert entry is None or shown["titel.children"] == entry.name


def test_every_category_is_drawn_or_explained() -> None:
    for key in catalog.categories():
        shown = choose("category", key, handlungsfeld=ALL_FIELDS, indicator="minuten")
        drawn = shown["karte-inhalt.data"]["classes"].strip("-")
        assert drawn or words_in(shown["hinweise.children"]), key


def test_click_chooses_and_a_second_click_leaves() -> None:
    shown = update("karte-klick.data", **{"karte-klick.data": {"id": "16063076", "n": 1}})
    assert shown["wahl-area.value"] == "16063076"
    assert shown["karte-inhalt.data"]["selected"] == "16063076"
    values = {"karte-klick.data": {"id": "16063076", "n": 2}, "wahl-area.value": "16063076"}
    assert update("karte-klick.data", **values)["wahl-area.value"] is None


def test_click_on_something_unknown_leaves_the_page_as_it_is() -> None:
    with no_failure():
        shown = update("karte-klick.data", **{"karte-klick.data": {"id": "16000000", "n": 1}})
    assert shown["karte-inhalt.data"]["selected"] is None


def test_level_takes_area_and_comparison_along() -> None:
    room = shared_atlas().data.gemeinden["sozialraum"]
    shown = choose("level", "sozialraum", area="16063076", compare="16063003")
    assert shown["wahl-area.value"] == room["16063076"]
    assert shown["wahl-compare.value"] == room["16063003"]


def test_search_result_moves_the_map_and_unknown_does_not() -> None:
    place = next(iter(shared_atlas().data.places.query("inside").index))
    shown = update("suche.value", **{"suche.value": f"ort:{place}"})
    assert set(shown["karte-inhalt.data"]["focus"]) >= {"lon", "lat", "zoom", "label"}
    assert update("suche.value", **{"suche.value": "ort:nirgends"})["karte-inhalt.data"]["focus"] is None


def test_register_page_filters_pages_and_opens_an_entry() -> None:
    callback = callback_for("bestand-zahl.children")
    second = changed(call(callback, REGISTER | {"filter-page.value": 2}, "filter-page.value"))
    assert "page=2" in second["adresse.data"]
    values = REGISTER | {"filter-page.value": 2, "filter-categories.value": ["krankenhaus"]}
    narrowed = changed(call(callback, values, "filter-categories.value"))
    assert narrowed["filter-page.value"] == 1
    key = narrowed["karte-inhalt.data"]["points"]["ids"][0]
    entry = changed(call(callback, values | {"karte-punkt.data": {"id": key, "n": 1}}, "karte-punkt.data"))
    assert shared_atlas().data.facilities.at[key, "name"] in words_in(entry["bestand-eintrag.children"])


@pytest.mark.parametrize("indicator", ["BEV02", "ARB02", "minuten"])
def test_values_travel_in_the_order_of_the_geometry(indicator: str) -> None:
    content = choose("indicator", indicator, handlungsfeld=ALL_FIELDS)["karte-inhalt.data"]
    order = [feature["properties"]["id"] for feature in json.loads(get("/geo/gemeinde.geojson").data)["features"]]
    key = settle(read_query(content["key"])[0], shared_atlas())[0].key
    rows = build_map_view(shared_atlas(), "gemeinde", key).rows.loc[order]
    colours = [content["colours"][int(sign, 36)] if sign != "-" else NO_DATA for sign in content["classes"]]
    assert colours == rows["colour"].tolist()
    assert content["hatch"] == [i for i, hatched in enumerate(rows["hatched"]) if hatched]
    assert all(text.startswith(shown) for text, shown in zip(content["texts"], rows["shown"], strict=True))


def test_payload_of_a_switch_holds_no_geometry() -> None:
    body = json.dumps(choose("indicator", "veraenderung", handlungsfeld=ALL_FIELDS)["karte-inhalt.data"])
    assert "coordinates" not in body
    assert len(body) < 8_000


# ---------------------------------------------------------------- what is no choice at all


@given(parts=st.dictionaries(st.sampled_from([*PARSERS, *FILTER_PARSERS, "webgl", "unbekannt"]), text, max_size=6))
def test_any_text_in_the_address_gives_a_page(parts: dict[str, str]) -> None:
    search = "?" + "&".join(f"{name}={value}" for name, value in parts.items())
    for page in PAGES:
        with no_failure():
            answer = open_page(page.PATH, search)
        assert answer.status_code == 200
        assert_polite(answer)


@given(search=st.text(max_size=200), path=st.text(max_size=40))
def test_any_address_gives_a_page(search: str, path: str) -> None:
    for asked in ("/", "/einrichtungen", f"/{path}"):
        with no_failure():
            answer = open_page(asked, f"?{search}")
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("search", "culprit"),
    [
        ("?indicator=GIBTSNICHT", "GIBTSNICHT"),
        ("?k=2", "„k=2“"),
        ("?level=bundesland", "bundesland"),
        ("?categories=kita,raumschiff", "raumschiff"),
        ("?area=16000000", "16000000"),
        ("?table=vielleicht", "vielleicht"),
    ],
)
def test_bad_part_of_the_address_is_told(search: str, culprit: str) -> None:
    words = words_in(changed(open_page("/", search))["_pages_content.children"])
    assert culprit in words


def test_very_long_address_is_answered() -> None:
    for page in PAGES:
        with no_failure():
            assert open_page(page.PATH, "?search=" + "x" * 50_000).status_code == 200
    assert get("/karte.svg?area=" + "x" * 50_000).status_code == 200


@settings(max_examples=150)
@given(data=st.data())
def test_junk_in_any_input_of_any_callback_is_survived(data: st.DataObject) -> None:
    callback = data.draw(st.sampled_from(server_callbacks()))
    names = [f"{part['id']}.{part['property']}" for part in callback["inputs"]]
    values = {name: data.draw(junk, label=name) for name in names}
    if "_pages_location.pathname" in values:  # Dash itself refuses what is no path; the next test sends it that
        values = {name: f"/{value}" for name, value in values.items()}
    with no_failure():
        answer = call(callback, values, data.draw(st.sampled_from(names)))
    assert answer.status_code == 200
    assert_polite(answer)


@given(path=junk, search=junk)
def test_junk_instead_of_an_address_is_answered_politely(path: Any, search: Any) -> None:
    assert_polite(open_page(path, search))


@given(data=st.data(), value=junk)
def test_one_wrong_input_among_valid_ones_is_survived(data: st.DataObject, value: object) -> None:
    callback = callback_for("titel.children")
    names = [f"{part['id']}.{part['property']}" for part in callback["inputs"]]
    name = data.draw(st.sampled_from(names))
    with no_failure():
        shown = changed(call(callback, START | {name: value}, name))
    assert shown["karte-inhalt.data"]["texts"]


@given(body=st.binary(max_size=80) | junk.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_answered_politely(body: bytes) -> None:
    answer = post(body)
    assert_polite(answer)
    assert answer.status_code == 400
    assert "Bitte die Seite neu laden" in answer.get_data(as_text=True)


@given(part=st.sampled_from(["output", "outputs", "inputs", "changedPropIds"]), value=junk)
def test_a_body_with_one_broken_part_is_answered_politely(part: str, value: object) -> None:
    body = body_of(callback_for("titel.children"), START, "wahl-level.value")
    assert_polite(post(json.dumps(body | {part: value})))


@given(
    chosen=st.builds(
        Selection,
        handlungsfeld=st.sampled_from([ALL_FIELDS, *catalog.handlungsfelder()]),
        indicator=st.sampled_from([*catalog.measures(), *catalog.indicators()]),
        category=st.sampled_from(["", *catalog.categories()]),
        mode=st.sampled_from(["", *catalog.modes()]),
        threshold=st.integers(0, 1200),
        level=st.sampled_from(LEVELS),
        scheme=st.sampled_from(["quantile", "gleich", "jenks", "rund", "bezug"]),
        k=st.integers(3, 7),
        area=st.sampled_from(["", "16063", "16063076", "dermbach", "x"]),
    )
)
def test_any_combination_of_valid_parts_gives_a_page(chosen: Selection) -> None:
    with no_failure():
        answer = open_page("/", f"?{to_query(chosen)}")
    assert changed(answer)["_pages_content.children"]
