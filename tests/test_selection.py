"""What a reader chose on the map page: the URL holds all of it, and no URL can break the page."""

from __future__ import annotations

from dataclasses import fields, replace
from urllib.parse import parse_qs, quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import catalog
from layers import Atlas
from layers.classify import K_RANGE, SCHEMES
from layers.inputs import LEVELS
from layers.keys import STOP_THRESHOLDS
from layers.mapview import build_map_view
from views.components.query import MAX_QUERY
from views.selection import (
    ALL_FIELDS,
    MAX_MINUTES,
    PARSERS,
    Selection,
    categories_of,
    first_complete,
    indicators_of,
    narrow,
    read_parts,
    read_query,
    settle,
    to_query,
)

FIELDS = [ALL_FIELDS, *catalog.handlungsfelder()]
AREAS = ["", "16063105", "16063003", "16063", "eisenach", "geisa", "nirgendwo", "99999999"]
VALID = {
    "handlungsfeld": st.sampled_from(FIELDS),
    "indicator": st.sampled_from([*catalog.measures(), *catalog.indicators()]),
    "category": st.sampled_from(["", *catalog.categories()]),
    "mode": st.sampled_from(["", *catalog.modes()]),
    "threshold": st.integers(0, max(MAX_MINUTES, *STOP_THRESHOLDS)),
    "second": st.one_of(st.just(""), st.from_regex(r"[A-Za-z0-9_.]{1,80}", fullmatch=True)),
    "level": st.sampled_from(LEVELS),
    "period": st.sampled_from(["", "2013", "2020", "2022", "2023", "1999"]),
    "scheme": st.sampled_from(sorted(SCHEMES)),
    "k": st.integers(*K_RANGE),
    "categories": st.lists(st.sampled_from(list(catalog.categories())), unique=True, max_size=6).map(tuple),
    "area": st.one_of(st.sampled_from(AREAS), st.from_regex(r"[0-9a-z-]{1,40}", fullmatch=True)),
    "compare": st.sampled_from(AREAS),
    "closed": st.lists(st.sampled_from(["krankenhaus-16063003-01", "grundschule-x", "a.b:c"]), unique=True).map(tuple),
    "opened": st.lists(st.sampled_from(["10.32_50.97", "0.0_0.0", "-10.12345_5.5"]), unique=True).map(tuple),
    "table": st.sampled_from(["", "ja"]),
}
SELECTIONS = st.builds(Selection, **VALID)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
)


def test_every_part_has_a_parser_and_a_strategy() -> None:
    names = [field.name for field in fields(Selection)]
    assert list(PARSERS) == names
    assert list(VALID) == names


@given(SELECTIONS)
def test_the_url_holds_all_of_a_selection(selection: Selection) -> None:
    query = to_query(selection)
    assert Selection.from_query(query) == selection
    assert read_query(f"?{query}") == (selection, [])


def test_the_start_page_needs_no_query() -> None:
    assert to_query(Selection()) == ""
    assert read_query("") == read_query("?") == (Selection(), [])


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    selection, notices = read_query(text)
    assert isinstance(selection, Selection)
    assert all(isinstance(notice, str) and notice for notice in notices)
    assert read_query(to_query(selection)) == (selection, [])


@given(st.dictionaries(st.sampled_from(list(PARSERS)), st.text(max_size=60), max_size=5))
def test_any_value_of_a_known_part_is_read_or_noticed(parts: dict[str, str]) -> None:
    """Every part that a reader would notice as given is either used or named in a notice."""
    query = "&".join(f"{name}={quote(value)}" for name, value in parts.items())
    selection, notices = read_query(query)
    given_parts = {name: values[-1] for name, values in parse_qs(query).items()}
    for name, text in given_parts.items():
        try:
            assert getattr(selection, name) == PARSERS[name](text)
        except ValueError:
            assert getattr(selection, name) == getattr(Selection(), name)
            assert any(f"„{name}=" in notice for notice in notices)


@given(st.dictionaries(st.sampled_from(list(PARSERS)), ANYTHING, max_size=6))
def test_any_input_of_a_control_is_read_without_an_error(parts: dict[str, object]) -> None:
    selection, _ = read_parts(parts)
    assert read_query(to_query(selection)) == (selection, [])


@settings(max_examples=80)
@given(selection=SELECTIONS)
def test_a_settled_selection_fits_together_and_stays(atlas: Atlas, selection: Selection) -> None:
    settled, _ = settle(selection, atlas)
    assert settle(settled, atlas) == (settled, [])
    assert Selection.from_query(to_query(settled)) == settled
    assert settled.handlungsfeld in (selection.handlungsfeld, ALL_FIELDS)
    assert settled.indicator == selection.indicator
    assert settled.indicator in indicators_of(settled.handlungsfeld)
    assert not settled.category or settled.category in categories_of(settled.handlungsfeld)
    table = atlas.table(settled.level, settled.key, settled.period or None)
    for area in filter(None, (settled.area, settled.compare)):
        assert area in table.index


@settings(max_examples=25)
@given(selection=SELECTIONS)
def test_a_settled_selection_has_a_map(atlas: Atlas, selection: Selection) -> None:
    settled, _ = settle(selection, atlas)
    view = build_map_view(
        atlas, settled.level, settled.key, scheme=settled.scheme, k=settled.k, period=settled.period or None
    )
    assert len(view.rows) == len(atlas.areas(settled.level))


@settings(max_examples=80)
@given(selection=SELECTIONS)
def test_what_was_chosen_and_fits_is_kept(atlas: Atlas, selection: Selection) -> None:
    settled, notices = settle(selection, atlas)
    for name in ("indicator", "level", "scheme", "k", "categories", "table"):
        assert getattr(settled, name) == getattr(selection, name)
    if narrow(selection) == selection:
        assert settled.handlungsfeld == selection.handlungsfeld
        if settled.category and selection.category == settled.category:
            assert settled.mode in ("", selection.mode or settled.mode)
    else:
        assert settled.handlungsfeld == ALL_FIELDS
        assert notices


def test_a_dropped_year_and_area_are_noticed(atlas: Atlas) -> None:
    chosen = Selection(handlungsfeld="PLA", indicator="BEV01", period="1999", area="nirgendwo", compare="16063105")
    settled, notices = settle(chosen, atlas)
    assert (settled.period, settled.area, settled.compare) == ("", "", "16063105")
    assert len(notices) == 2
    assert "1999" in notices[0]
    assert "nirgendwo" in notices[1]


def test_the_start_page_shows_values(atlas: Atlas) -> None:
    settled, notices = settle(Selection(), atlas)
    assert notices == []
    assert atlas.table(settled.level, settled.key)["value"].notna().all()


def test_every_handlungsfeld_narrows_indicators_and_categories(atlas: Atlas) -> None:
    for code in catalog.handlungsfelder():
        assert set(categories_of(code)) <= set(categories_of(ALL_FIELDS)) == set(catalog.categories())
        assert set(indicators_of(code)) <= set(indicators_of(ALL_FIELDS))
        assert all(code in catalog.categories()[category].handlungsfelder for category in categories_of(code))
        settled, notices = settle(narrow(Selection(handlungsfeld=code)), atlas)
        assert settled.handlungsfeld == code
        assert settled.indicator in indicators_of(code)
        assert notices == []


def test_the_first_category_offered_is_one_that_can_be_computed() -> None:
    known = catalog.categories()
    for offered in filter(None, map(categories_of, FIELDS)):
        complete = [c for c in offered if known[c].completeness.judgement == "ausreichend" and c != "haltestelle"]
        assert first_complete(offered, known) == (complete or offered)[0]


@pytest.mark.parametrize(
    "query",
    [
        "level=stadtteil",
        "k=2",
        "k=8",
        "k=fünf",
        "k=5.0",
        "k=٥",
        "k=-5",
        "k=99999999999999999999",
        "threshold=-1",
        "threshold=1201",
        "period=20222",
        "period=2022%0A",
        "area=../../etc/passwd",
        "area=<script>alert(1)</script>",
        "area=16063105%0A",
        "categories=kita,unbekannt",
        "indicator=BEV99",
        "handlungsfeld=zum",
        "table=1",
        "mode=flugzeug",
    ],
)
def test_wrong_parts_fall_back_to_the_default_with_a_notice(query: str) -> None:
    selection, notices = read_query(query)
    assert selection == Selection()
    assert len(notices) == 1
    assert len(notices[0]) < 150


def test_one_wrong_part_does_not_take_the_others_with_it() -> None:
    selection, notices = read_query("level=kreis&k=9&scheme=jenks&fremd=1")
    assert selection == replace(Selection(), level="kreis", scheme="jenks")
    assert len(notices) == 1


def test_a_query_beyond_all_measure_is_not_read() -> None:
    selection, notices = read_query("level=kreis&area=" + "a" * MAX_QUERY)
    assert selection == Selection()
    assert len(notices) == 1


def test_the_last_of_several_counts_and_repeated_categories_count_once() -> None:
    assert read_query("level=kreis&level=sozialraum")[0].level == "sozialraum"
    assert read_query("categories=kita,kita,hort")[0].categories == ("kita", "hort")
