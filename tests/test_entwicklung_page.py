"""The page of time: its state in the URL, what each view says, what never leaves the server, and its files."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from dash import Dash, html
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from layers import Atlas, build_atlas
from layers.atlas import renew
from layers.inputs import LEVELS
from layers.statistics import NO_STATISTICS
from tests.test_timeline import ATLAS, DATA, EISENACH, GERSTENGRUND, TREFFURT, atlas_of, invented, made
from tests.webapp import UPDATE, no_failure, words_in
from views import entwicklung
from views.components import zeit_chart, zeit_map, zeit_series, zeit_small
from views.components.query import to_query
from views.components.zeit_labels import broken, spread
from views.components.zeit_state import (
    MAP,
    OVER_YEARS,
    PARSERS,
    SERIES,
    SMALL,
    VIEWS,
    TimeState,
    follow,
    read_parts,
    read_query,
    settle,
    shown_areas,
)

BARE = build_atlas(DATA)
NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)
STATES = st.builds(
    TimeState,
    st.sampled_from(["ALLE", *catalog.handlungsfelder()]),
    st.sampled_from(["", *catalog.indicators()]),
    st.sampled_from(LEVELS),
    st.sampled_from(list(VIEWS)),
    st.lists(NAMES, max_size=6, unique=True).map(tuple),
    st.sampled_from(["", "ja"]),
    st.integers(1900, 2099).map(str) | st.just(""),
    st.sampled_from(list(OVER_YEARS)),
    st.integers(3, 7),
)


def settled(query: str, atlas: Atlas = ATLAS) -> TimeState:
    return settle(read_query(query)[0], atlas)[0]


class _Plain(json.JSONEncoder):
    def default(self, part: Any) -> Any:
        return part.to_plotly_json()


def page(atlas: Atlas = ATLAS, **parts: str) -> dict[str, Any]:
    """Return the page as it travels to the browser."""
    found: dict[str, Any] = json.loads(json.dumps(entwicklung.layout(atlas, parts), cls=_Plain))
    return found


def by_id(node: Any, name: str) -> dict[str, Any]:
    """Return the properties of the part with an id."""
    found = _find(node, name)
    assert found is not None, name
    return found


def _find(node: Any, name: str) -> dict[str, Any] | None:
    if isinstance(node, list):
        return next((found for part in node if (found := _find(part, name)) is not None), None)
    if not isinstance(node, dict) or "props" not in node:
        return None
    props: dict[str, Any] = node["props"]
    return props if props.get("id") == name else _find(props.get("children"), name)


@cache
def client() -> FlaskClient:
    """Return a client of a server that has this page only."""
    app = Dash("entwicklung", assets_folder=str(Path(entwicklung.__file__).parents[1] / "assets"))
    app.layout = html.Div(id="leer")
    app.validation_layout = html.Div([app.layout, entwicklung.layout(ATLAS, {})])
    entwicklung.register(app, ATLAS)
    entwicklung.register_routes(app.server, ATLAS)
    return app.server.test_client()


def choose(triggered: str, address: str = "", **values: Any) -> dict[str, Any]:
    """Return what the callback of the server answers, by "id.property"."""
    every = client().get("/_dash-dependencies").get_json()
    (callback,) = [each for each in every if "zeit-titel.children" in each["output"]]
    state = TimeState()
    given_ = {name: getattr(state, name) for name in entwicklung.FIELDS} | {"indicator": "ARB02", "mean": False}
    given_ = {**given_, "k": "5", "areas": list(shown_areas(settled("indicator=ARB02"), ATLAS)), **values}
    inputs = [part | {"value": given_[part["id"].removeprefix("zeit-wahl-")]} for part in callback["inputs"]]
    states = [part | {"value": address} for part in callback["state"]]
    names = callback["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    prop = "checked" if triggered == "mean" else "value"
    body = {"output": callback["output"], "outputs": outputs, "inputs": inputs, "state": states,
            "changedPropIds": [f"zeit-wahl-{triggered}.{prop}"]}  # fmt: skip
    answer = client().post(UPDATE, data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    parts = answer.get_json()["response"]
    return {f"{name}.{key}": value for name, props in parts.items() for key, value in props.items()}


# State and address


def test_every_part_has_a_parser() -> None:
    assert list(PARSERS) == [field.name for field in fields(TimeState)]


@given(STATES)
def test_the_url_holds_all_of_a_state(state: TimeState) -> None:
    assert read_query(to_query(state)) == (state, [])


@given(STATES)
def test_settling_is_done_once_and_reads_back(state: TimeState) -> None:
    once, _ = settle(state, ATLAS)
    assert settle(once, ATLAS) == (once, [])
    assert settle(read_query(to_query(once))[0], ATLAS)[0] == once


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("indicator=GIBTSNICHT", "ist unbekannt"),
        ("level=land", "ist unbekannt"),
        ("indicator=ARB02&year=1950", "gezeigt wird 2021"),
        ("indicator=ARB02&areas=16063105,nirgends", "gibt es auf dieser Ebene nicht"),
        ("indicator=GIS01&mean=ja", "nur, wo Zähler und Nenner bekannt sind"),
        ("handlungsfeld=EIN&indicator=ARB02", "gezeigt werden alle Handlungsfelder"),
        ("areas=" + ",".join(f"a{n}" for n in range(7)), "ist unbekannt"),
    ],
)
def test_what_does_not_fit_falls_back_and_is_said(query: str, notice: str) -> None:
    asked, bad = read_query(query)
    said = bad + settle(asked, ATLAS)[1]
    assert any(notice in text for text in said), said
    with no_failure():
        parts = dict(part.split("=") for part in query.split("&"))
        assert notice in words_in(by_id(page(**parts), "zeit-hinweise")["children"])


def test_areas_that_the_page_would_choose_anyway_are_not_in_the_address() -> None:
    shown = list(shown_areas(settled("indicator=ARB02"), ATLAS))
    assert settled(f"indicator=ARB02&areas={','.join(shown)}").areas == ()
    assert settled(f"indicator=ARB02&areas={TREFFURT}").areas == (TREFFURT,)


def test_chosen_areas_stay_and_others_follow_the_indicator() -> None:
    before = TimeState(indicator="ARB02", areas=(TREFFURT, "16063"))
    assert follow(replace(before, level="sozialraum"), before, "level", ATLAS).areas == ("16063",)
    assert follow(replace(before, indicator="BEV01"), before, "indicator", ATLAS).areas == (TREFFURT, "16063")
    shown = replace(before, areas=("x",), year="")
    assert follow(shown, replace(before, areas=(), year="2017"), "indicator", ATLAS).areas == ()
    assert follow(shown, replace(before, areas=(), year="2017"), "indicator", ATLAS).year == "2017"


def test_another_handlungsfeld_takes_its_own_first_indicator() -> None:
    found = choose("handlungsfeld", handlungsfeld="EIN")
    chosen = found["zeit-wahl-indicator.value"]
    assert "EIN" in catalog.indicators()[chosen].handlungsfelder
    assert chosen in json.dumps(found["zeit-wahl-indicator.data"])


# The series


def test_the_page_begins_with_a_series_its_sentences_and_a_table_of_the_same_numbers() -> None:
    sent = page()
    assert by_id(sent, "zeit-titel")["children"] == "Entwicklung: Arbeitslosenanteil"
    assert "Jahre: 2016 bis 2021 (ohne 2019)" in by_id(sent, "zeit-kopf")["children"]
    said = words_in(by_id(sent, "zeit-saetze")["children"])
    assert "gestiegen von" in said
    assert "2019 keine Angabe" in said
    figure = by_id(sent, "zeit-diagramm")["figure"]
    values = [y for trace in figure["data"] if trace.get("yaxis") != "y2" for y in trace["y"]]
    table = words_in(by_id(sent, "zeit-tabelle")["children"])
    for value in values:
        assert f"{value:.1f}".replace(".", ",") in table
    assert len(values) == len(shown_areas(settled("indicator=ARB02"), ATLAS)) * 5
    assert by_id(sent, "karte-inhalt")["data"] is None, "no map is built that nobody sees"
    assert by_id(sent, "zeit-karte")["style"] == {"display": "none"}


def test_no_line_crosses_a_gap_or_a_census() -> None:
    for key, areas in (("ARB02", EISENACH), ("BEV01", EISENACH)):
        state = settled(f"indicator={key}&areas={areas}")
        figure = zeit_series.figure(zeit_series.shown_series(ATLAS, state))
        lines = [trace["x"] for trace in figure["data"] if trace["mode"] == "lines+markers"]
        assert lines == [[2016, 2017, 2018], [2020, 2021]]
    names = [note["text"] for note in figure["layout"]["annotations"]]
    assert "Zensus 2022" in names
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [2019.5]


def test_years_without_a_value_have_a_sign_without_height_that_says_why() -> None:
    state = settled(f"indicator=ARB02&areas={GERSTENGRUND},{EISENACH}")
    figure = zeit_series.figure(zeit_series.shown_series(ATLAS, state))
    (gap,) = [trace for trace in figure["data"] if trace.get("yaxis") == "y2"]
    assert gap["x"] == [2019]
    assert "k. A." in gap["text"][0]
    assert figure["layout"]["yaxis"]["domain"][0] > figure["layout"]["yaxis2"]["domain"][1]


def test_a_hidden_series_is_a_word_in_table_and_sentence_and_no_number_anywhere() -> None:
    shown = page(indicator="ARB02", areas=GERSTENGRUND)
    assert by_id(shown, "zeit-reihe")["style"] == {"display": "block"}
    assert words_in(by_id(shown, "zeit-tabelle")["children"]).count("geheim") == 5
    assert "geheim" in words_in(by_id(shown, "zeit-saetze")["children"])
    assert by_id(shown, "zeit-diagramm")["figure"]["data"] == []
    for view in VIEWS:
        told = json.dumps(page(indicator="ARB02", areas=GERSTENGRUND, view=view))
        assert not re.search(r"\b2,9\b|2\.857", told), "2 of 70"


def test_the_planning_office_sees_what_the_public_does_not() -> None:
    office = atlas_of(invented(), "intern")
    told = words_in(by_id(page(office, indicator="ARB02", areas=GERSTENGRUND), "zeit-tabelle")["children"])
    assert "(2,9) unsicher" in told


def test_one_share_alone_has_its_interval_in_chart_and_table() -> None:
    alone, two = page(indicator="ARB02", areas=EISENACH), page(indicator="ARB02", areas=f"{EISENACH},{TREFFURT}")
    fills = [
        [trace for trace in by_id(each, "zeit-diagramm")["figure"]["data"] if trace.get("fill")]
        for each in (alone, two)
    ]
    assert [len(found) for found in fills] == [2, 0], "one for each piece of the line"
    assert "95-%-Bereich" in words_in(by_id(alone, "zeit-tabelle")["children"])
    assert "Wilson" in words_in(by_id(alone, "zeit-lesehilfe")["children"])
    assert "Wilson" not in words_in(by_id(two, "zeit-lesehilfe")["children"])
    assert not [
        t for t in by_id(page(indicator="BEV01", areas=EISENACH), "zeit-diagramm")["figure"]["data"] if t.get("fill")
    ]


def test_a_mean_over_years_is_offered_said_and_shown() -> None:
    found = choose("mean", mean=True, areas=[EISENACH])
    assert "mean=ja" in found["adresse.data"]
    assert "Mehrjahresmittel" in words_in(found["zeit-lesehilfe.children"])
    assert "Mittel aus je 3 Jahren" in words_in(found["zeit-tabelle.children"])
    lines = [trace["x"] for trace in found["zeit-diagramm.figure"]["data"] if trace["mode"] == "lines+markers"]
    assert lines == [[2018]] * len(lines), "2019 is missing: no mean of 2019, 2020 and 2021"
    assert found["zeit-wahl-mean.disabled"] is False
    assert choose("indicator", indicator="GIS01")["zeit-wahl-mean.disabled"] is True


def test_rules_of_territory_are_printed_with_the_series() -> None:
    told = words_in(by_id(page(indicator="ARB02", areas=TREFFURT), "zeit-lesehilfe")["children"])
    assert "Alle Jahre gelten für das Gebiet vom 01.01.2024." in told
    assert "vor 01.01.2019 ohne Ifta, hier mitgezählt" in told


def test_open_signs_stand_for_values_that_are_not_firm() -> None:
    rows = invented()
    rows.loc[(rows["year"] == 2017) & (rows["part"] == "arbeitslose"), "state"] = "estimated"
    atlas = atlas_of(rows)
    shown = zeit_series.shown_series(atlas, settled(f"indicator=ARB02&areas={EISENACH}", atlas))
    first = next(trace for trace in zeit_series.figure(shown)["data"] if trace["mode"] == "lines+markers")
    assert [colour == "#ffffff" for colour in first["marker"]["color"]] == [False, True, False]
    assert "geschätzt" in first["text"][1]


@pytest.mark.parametrize(("values", "from_zero"), [([2, 10], True), ([6, 10], False), ([0, 0], True), ([-4, 9], False)])
def test_the_axis_begins_at_zero_unless_that_would_flatten_the_series(values: list[float], from_zero: bool) -> None:
    low, high = zeit_chart.value_range([made(values)], with_band=False)
    assert (low == 0) == from_zero
    assert low <= min(values) <= max(values) <= high
    assert low < high


def test_where_the_axis_does_not_begin_at_zero_the_reader_is_told() -> None:
    assert "beginnt nicht bei null" in words_in(
        by_id(page(indicator="BEV01", areas=EISENACH), "zeit-lesehilfe")["children"]
    )


@given(st.lists(st.floats(0, 400), min_size=1, max_size=6), st.integers(10, 40))
def test_names_do_not_cover_each_other_and_keep_their_order(places: list[float], height: int) -> None:
    moved = spread(places, [height] * len(places))
    order = sorted(range(len(places)), key=lambda each: places[each])
    gaps = [moved[after] - moved[before] for before, after in pairwise(order)]
    assert all(gap >= height - 1e-6 for gap in gaps)


def test_long_names_are_on_two_lines() -> None:
    assert broken("Hörselberg-Hainich") == "Hörselberg-<br>Hainich"
    assert broken("Krayenberggemeinde") == "Krayenberggemeinde"
    assert broken("Eisenach") == "Eisenach"


# The map through the years


def test_all_frames_travel_once_and_agree_with_the_maps() -> None:
    sent = zeit_map.film(ATLAS, settled("indicator=ARB02&view=karte"))
    assert sent is not None
    assert sent["years"] == [2016, 2017, 2018, 2019, 2020, 2021]
    order = list(ATLAS.areas("gemeinde").index)
    views = zeit_map.views_of(ATLAS, settled("indicator=ARB02&view=karte"))
    for year, frame in zip(views, sent["frames"], strict=True):
        classes = frame["map"]["classes"]
        assert len(classes) == len(order) == len(frame["map"]["texts"])
        for place, area in enumerate(order):
            row = views[year].rows.loc[area]
            assert classes[place] == (str(row["class_"]) if row["class_"] >= 0 else "-")
            assert frame["map"]["texts"][place].startswith(row["shown"])
        assert frame["counts"][:5] == [classes.count(str(n)) for n in range(5)]
        assert read_query(frame["address"])[0].year == year
        assert frame["map"]["svg"] == f"/entwicklung/karte.svg?{frame['address']}"
    assert {tuple(frame["map"]["colours"]) for frame in sent["frames"]} == {tuple(views["2021"].colours)}
    gerstengrund = [frame["map"]["texts"][order.index(GERSTENGRUND)] for frame in sent["frames"]]
    assert [text.split(" – ")[0] for text in gerstengrund] == ["geheim"] * 3 + ["k. A."] + ["geheim"] * 2
    hatched = [order.index(GERSTENGRUND) in frame["map"]["hatch"] for frame in sent["frames"]]
    assert hatched == [True, True, True, False, True, True]


def test_a_frame_says_its_year_the_kreis_and_a_break() -> None:
    shown = zeit_map.film(ATLAS, settled("indicator=ARB02&view=karte"))
    assert shown is not None
    assert shown["frames"][0]["said"].startswith("2016: Arbeitslosenanteil: Landkreis")
    assert shown["frames"][3]["said"] == "2019: keine Werte."
    assert shown["frames"][3]["below"] == "Kreis: k. A."
    people = zeit_map.film(ATLAS, settled("indicator=BEV01&view=karte"))
    assert people is not None
    assert "Reihenbruch: Zensus 2022" in people["frames"][4]["below"]
    assert "nicht vergleichbar (Zensus 2022)" in people["frames"][4]["said"]


def test_absolute_numbers_are_circles_that_compare_over_years() -> None:
    shown = zeit_map.film(ATLAS, settled("indicator=BEV01&view=karte"))
    assert shown is not None
    first, last = shown["frames"][0]["map"]["circles"], shown["frames"][-1]["map"]["circles"]
    assert first[0] == 26
    assert last[0] == pytest.approx(26 * (5950 / 6000) ** 0.5, abs=0.06)
    assert shown["frames"][3]["map"]["circles"] == [], "2019 has no values"


def test_the_page_opens_with_the_year_of_its_address() -> None:
    shown = page(indicator="ARB02", view="karte", year="2017")
    assert by_id(shown, "zeit-gross")["children"] == "2017"
    assert by_id(shown, "zeit-jahr")["value"] == 2017
    assert "year=2017" in by_id(shown, "karte-inhalt")["data"]["key"]
    assert by_id(shown, "zeit-ansage")["aria-live"] == "polite"
    assert by_id(shown, "zeit-takt")["disabled"] is True
    legend = json.dumps(by_id(shown, "zeit-legende")["children"])
    film = by_id(shown, "zeit-film")["data"]
    counts = re.findall(r'"children": "(\d+)", "className": "n"', legend)
    assert counts == [str(n) for n in film["frames"][1]["counts"]]


def test_a_new_indicator_sends_a_new_film_stops_the_clock_and_fits_the_slider() -> None:
    found = choose("indicator", indicator="BEV01", view="karte", address="view=karte&indicator=ARB02&year=2017")
    assert found["zeit-film.data"]["years"] == [2016, 2017, 2018, 2019, 2020, 2021]
    slider = {name.partition(".")[2].partition("@")[0]: value for name, value in found.items() if "zeit-jahr" in name}
    assert (slider["min"], slider["max"], slider["disabled"]) == (2016, 2021, False)
    assert any(value == 2017 for name, value in found.items() if name.startswith("zeit-jahr.value"))
    assert any(value is True for name, value in found.items() if name.startswith("zeit-takt"))


def test_figures_read_in_later_make_new_maps() -> None:
    atlas = build_atlas(DATA, ATLAS.current.statistics)
    state = settled("indicator=ARB02&view=karte", atlas)
    assert zeit_map.film(atlas, state) is not None
    renew(atlas, NO_STATISTICS)
    assert zeit_map.film(atlas, state) is None


# Small maps and files


def test_small_maps_have_year_kreis_and_a_text_each() -> None:
    shown = page(indicator="ARB02", view="bilder")
    panel = json.dumps(by_id(shown, "zeit-bilder"), ensure_ascii=False)
    assert re.findall(r"klein\.svg\?[^\"]*year=(\d+)", panel) == ["2016", "2017", "2018", "2020", "2021"]
    assert panel.count("Kreis ") >= 5
    alts = re.findall(r'"alt": "([^"]+)"', panel)
    assert [alt[:4] for alt in alts] == ["2016", "2017", "2018", "2020", "2021"]
    assert by_id(shown, "zeit-bilder")["style"] == {"display": "block"}
    assert "geheim" in words_in(by_id(shown, "zeit-werte")["children"]), "the table of all years"


def test_every_picture_is_an_svg_that_names_its_year() -> None:
    answer = client().get("/entwicklung/klein.svg?indicator=ARB02&year=2017")
    assert answer.mimetype == "image/svg+xml"
    root = ET.fromstring(answer.data)
    assert root.find("{*}title").text.startswith("2017: ")  # type: ignore[union-attr]
    bare = client().get("/entwicklung/karte.svg?indicator=ARB02&year=2018")
    buttons = [group for group in ET.fromstring(bare.data).iter() if group.get("data-id")]
    assert len(buttons) == 30
    gap = client().get("/entwicklung/karte.svg?indicator=ARB02&year=2019").get_data(as_text=True)
    assert gap.count("k. A.") == 30


@pytest.mark.parametrize(("ending", "sign"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_small_maps_can_be_printed(ending: str, sign: bytes) -> None:
    answer = client().get(f"/ausgabe/entwicklung.{ending}?indicator=ARB02&view=bilder")
    assert answer.status_code == 200
    assert answer.data.startswith(sign)
    assert f"wartburgkreis_arb02_gemeinde_jahre.{ending}" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("path", ["entwicklung.exe?indicator=ARB02", "entwicklung.pdf?indicator=MIN01"])
def test_a_file_that_cannot_be_is_not_found(path: str) -> None:
    assert client().get(f"/ausgabe/{path}").status_code == 404
    assert client().get("/entwicklung/karte.svg?indicator=MIN01").status_code == 404


def test_the_pictures_of_one_year_are_those_of_its_view() -> None:
    views = zeit_small.shown_views(ATLAS, settled("indicator=ARB02&view=bilder"))
    assert list(views) == ["2016", "2017", "2018", "2020", "2021"]


# Without data


@pytest.mark.parametrize("view", [SERIES, MAP, SMALL])
def test_without_data_the_page_says_which_file_would_fill_it(view: str) -> None:
    with no_failure():
        shown = page(BARE, indicator="ARB02", view=view)
    assert "Tabelle 13211" in words_in(by_id(shown, "zeit-hinweise")["children"])
    assert by_id(shown, "zeit-film")["data"] is None
    assert by_id(shown, f"zeit-{view}")["style"] == {"display": "none"}


@pytest.mark.parametrize("view", [SERIES, MAP, SMALL])
def test_population_of_the_dataset_has_a_history_without_any_import(view: str) -> None:
    with no_failure():
        shown = page(BARE, view=view)
    assert by_id(shown, f"zeit-{view}")["style"] == {"display": "block"}
    assert "Entwicklung: " in by_id(shown, "zeit-titel")["children"]


def test_an_indicator_of_another_level_says_where_there_are_values() -> None:
    rows = invented()
    atlas = atlas_of(rows[rows["key"] == "16"].assign(key="16063"))
    shown = page(atlas, indicator="ARB02", view="karte")
    assert "nur nach Landkreisen, nicht nach Gemeinden" in words_in(by_id(shown, "zeit-hinweise")["children"])
    assert by_id(page(atlas, indicator="ARB02"), "zeit-reihe")["style"] == {"display": "block"}, (
        "the Kreis has a series"
    )


@pytest.mark.parametrize(
    "query", ["areas=%00", "year=20", "k=99", "scheme=bezug", "view=film", "mean=1", "areas=" + "x" * 99]
)
def test_a_bad_address_is_survived(query: str) -> None:
    with no_failure():
        page(**dict([query.split("=")]))
        assert client().get(f"/entwicklung/klein.svg?{query}").status_code == 200


@pytest.mark.parametrize("value", [None, [], ["x"] * 9, {"a": 1}, 7, "<script>"])
@pytest.mark.parametrize("field", ["areas", "indicator", "k", "view"])
def test_a_wrong_value_of_a_control_is_survived(field: str, value: Any) -> None:
    with no_failure():
        choose(field, **{field: value})


def test_the_page_links_to_the_change_between_two_years() -> None:
    assert "/vergleich?ansicht=veraenderung" in json.dumps(page())


def test_read_parts_take_lists_of_areas() -> None:
    assert read_parts({"areas": [EISENACH, TREFFURT]})[0].areas == (EISENACH, TREFFURT)
