"""What a reader chose on the page of facilities: kept by the URL, never an error."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import catalog
from layers import Atlas
from layers.register import PRECISION_WORDS
from views.components.query import MAX_QUERY, MAX_TEXT
from views.filter import (
    PARSERS,
    WHEELCHAIR,
    Filter,
    chosen_rows,
    read_parts,
    read_query,
    to_query,
)

TEXT = st.text(max_size=MAX_TEXT).filter(str.isprintable)
VALID = {
    "handlungsfeld": st.sampled_from(["", *catalog.handlungsfelder()]),
    "categories": st.lists(st.sampled_from(list(catalog.categories())), unique=True, max_size=6).map(tuple),
    "ags": st.one_of(st.sampled_from(["", "16063105", "16063003"]), TEXT),
    "operator": TEXT,
    "wheelchair": st.sampled_from(list(WHEELCHAIR)),
    "precision": st.sampled_from(["", *PRECISION_WORDS]),
    "search": TEXT,
    "facility": TEXT,
    "page": st.integers(1, 9999),
}
FILTERS = st.builds(Filter, **VALID)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
)


def test_every_part_has_a_parser_and_a_strategy() -> None:
    names = [field.name for field in fields(Filter)]
    assert list(PARSERS) == names
    assert list(VALID) == names


@given(FILTERS)
def test_the_url_holds_all_of_a_filter(chosen: Filter) -> None:
    query = to_query(chosen)
    if len(query) <= MAX_QUERY:
        assert read_query(query) == (chosen, [])
        assert read_query(f"?{query}") == (chosen, [])


def test_the_start_page_needs_no_query() -> None:
    assert to_query(Filter()) == ""
    assert read_query("") == (Filter(), [])


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    chosen, notices = read_query(text)
    assert all(isinstance(notice, str) and notice for notice in notices)
    assert read_query(to_query(chosen)) == (chosen, [])


@given(st.dictionaries(st.sampled_from(list(PARSERS)), ANYTHING, max_size=6))
def test_any_input_of_a_control_is_read_without_an_error(parts: dict[str, object]) -> None:
    chosen, _ = read_parts(parts)
    assert read_query(to_query(chosen)) == (chosen, [])


@settings(max_examples=20)
@given(chosen=FILTERS)
def test_every_filter_gives_rows_that_fit_it(atlas: Atlas, chosen: Filter) -> None:
    rows = chosen_rows(atlas.data.facilities, chosen)
    assert rows["inside"].all()
    assert not chosen.categories or set(rows["category"]) <= set(chosen.categories)
    assert not chosen.ags or (rows["ags"] == chosen.ags).all()
    assert not chosen.precision or (rows["precision"] == chosen.precision).all()
    if chosen.wheelchair:
        wanted = "" if chosen.wheelchair == "unknown" else chosen.wheelchair
        assert (rows["wheelchair"] == wanted).all()


def test_known_and_unknown_step_free_access_make_up_the_whole(atlas: Atlas) -> None:
    parts = [len(chosen_rows(atlas.data.facilities, Filter(wheelchair=word))) for word in WHEELCHAIR if word]
    assert sum(parts) == len(chosen_rows(atlas.data.facilities, Filter()))


@pytest.mark.parametrize(
    "query",
    [
        "handlungsfeld=XXX",
        "categories=kita,boese",
        "wheelchair=ja",
        "precision=gps",
        "page=0",
        "page=-1",
        "page=٣",
        "page=99999",
        "search=a%00b",
        "search=a%0Ab",
        f"operator={'a' * (MAX_TEXT + 1)}",
    ],
)
def test_wrong_parts_are_left_out_with_a_notice(query: str) -> None:
    chosen, notices = read_query(query)
    assert chosen == Filter()
    assert len(notices) == 1
    assert len(notices[0]) < 150


def test_a_query_beyond_all_measure_is_not_read() -> None:
    chosen, notices = read_query("ags=16063105&search=" + "a" * MAX_QUERY)
    assert chosen == Filter()
    assert len(notices) == 1
