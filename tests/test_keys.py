"""Keys of indicators: written and read without loss, completed from the catalogue, refused when unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from layers.keys import STOP_THRESHOLDS, IndicatorKey, complete_key, parse_key

KEYS = st.builds(
    IndicatorKey,
    st.sampled_from([*catalog.measures(), *catalog.indicators()]),
    st.sampled_from(list(catalog.categories())),
    st.sampled_from(["", *catalog.modes()]),
    st.integers(0, 1200),
)


@given(KEYS)
def test_a_complete_key_is_read_as_it_was_written(key: IndicatorKey) -> None:
    complete = complete_key(key)
    assert parse_key(str(complete)) == complete
    assert complete_key(complete) == complete


@given(KEYS)
def test_a_complete_key_has_what_its_measure_needs_and_nothing_else(key: IndicatorKey) -> None:
    complete = complete_key(key)
    measure = catalog.measures().get(key.id)
    wanted = (measure.needs_category, measure.needs_mode, measure.needs_threshold) if measure else (False,) * 3
    assert (bool(complete.category), bool(complete.mode), bool(complete.threshold)) == wanted


@given(KEYS)
def test_what_was_chosen_is_kept_where_it_is_needed(key: IndicatorKey) -> None:
    complete = complete_key(key)
    for name in ("category", "mode", "threshold"):
        asked, given_ = getattr(complete, name), getattr(key, name)
        assert not (asked and given_) or asked == given_


@given(st.text(max_size=40))
def test_any_text_gives_a_key_or_a_key_error(text: str) -> None:
    try:
        key = parse_key(text)
    except KeyError:
        return
    assert parse_key(str(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "minuten",
        "unbekannt",
        "bev01",
        "BEV01.kita",
        "BEV01.",
        "anzahl.unbekannt",
        "minuten.krankenhaus.flugzeug",
        "minuten.krankenhaus.pkw.fuss",
        "minuten.krankenhaus.kita",
        "abdeckung.krankenhaus.pkw.-5",
        "abdeckung.krankenhaus.pkw.0",
        "abdeckung.krankenhaus.pkw.15.20",
        "abdeckung.krankenhaus.pkw.99999",
        "abdeckung.krankenhaus.pkw.1e1",
        "abdeckung.krankenhaus.pkw.²",
    ],
)
def test_unknown_keys_are_refused(text: str) -> None:
    with pytest.raises(KeyError):
        parse_key(text)


def test_the_parts_may_come_in_any_order() -> None:
    key = IndicatorKey("abdeckung", "krankenhaus", "pkw", 30)
    assert parse_key("abdeckung.30.pkw.krankenhaus") == key
    assert str(key) == "abdeckung.krankenhaus.pkw.30"


def test_defaults_come_from_the_category() -> None:
    category = catalog.categories()["krankenhaus"]
    expected = IndicatorKey("abdeckung", "krankenhaus", category.default_mode, category.default_threshold)
    assert parse_key("abdeckung.krankenhaus") == expected
    assert parse_key("haltestelle").threshold in STOP_THRESHOLDS
