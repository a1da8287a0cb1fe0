"""The state of the page of reach: the URL holds all of it, and no URL can break the page."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from layers import Atlas
from layers.inputs import modes_of
from views.components.query import to_query
from views.reach_state import MOST_MINUTES, PARSERS, ReachState, read_parts, read_query, settle, spot_of
from views.reichweite import layout, page_parts

PLACES = st.one_of(
    st.just(""),
    st.sampled_from(["einr:apotheke-16063003-01", "ort:2943573", "punkt:10.32000_50.97000", "punkt:0.0_0.0", "einr:"]),
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=60),
)
STATES = st.builds(
    ReachState,
    place=PLACES,
    mode=st.sampled_from(["", *catalog.modes()]),
    minutes=st.integers(1, MOST_MINUTES),
    direction=st.sampled_from(["von", "zu"]),
    handlungsfeld=st.sampled_from(["", *catalog.handlungsfelder()]),
)


def test_every_part_has_a_parser() -> None:
    assert list(PARSERS) == [field.name for field in fields(ReachState)]


@given(STATES)
def test_the_url_holds_all_of_a_state(state: ReachState) -> None:
    assert read_query(to_query(state)) == (state, [])


@given(STATES)
def test_any_state_gives_a_page(atlas: Atlas, state: ReachState) -> None:
    settled, notices = settle(state, atlas)
    assert settle(settled, atlas) == (settled, [])
    assert settled.mode in modes_of(atlas.data)
    shown = page_parts(atlas, settled, notices)
    assert shown["adresse"] == to_query(settled)
    assert (shown["inhalt"]["reach"]["spot"] is None) == (not settled.place)


@given(st.dictionaries(st.sampled_from(list(PARSERS)), st.one_of(st.none(), st.integers(), st.text(max_size=20))))
def test_any_parts_give_a_page(atlas: Atlas, parts: dict) -> None:
    state, _ = read_parts(parts)
    settle(state, atlas)


def test_what_is_not_known_is_said(atlas: Atlas) -> None:
    state, notices = settle(ReachState(place="einr:gibt-es-nicht", mode="oev"), atlas)
    assert (state.place, state.mode) == ("", "fuss")
    assert notices == [
        "Für „Bus und Bahn“ fehlen im Datensatz die Daten.",
        "Die Stelle „einr:gibt-es-nicht“ gibt es nicht.",
    ]


@pytest.mark.parametrize("place", ["punkt:0.0_0.0", "punkt:10.32_99.0", "punkt:abc", "ort:", "x"])
def test_a_place_far_off_or_unreadable_is_none(atlas: Atlas, place: str) -> None:
    assert spot_of(place, atlas) is None


def test_the_text_says_what_the_panel_says(atlas: Atlas) -> None:
    shown = page_parts(atlas, settle(ReachState(place="punkt:10.32000_50.97000"), atlas)[0], [])
    assert shown["text"].startswith("Punkt 50,9700° Nord, 10,3200° Ost: In 30 Minuten zu Fuß (Näherung) liegen")
    assert str(shown["menschen"]).count("Menschen in Reichweite") == 1
    assert layout(atlas, {"place": "punkt:10.32_50.97"}) is not None
