"""The words beside the numbers: complete for every indicator, true to what was computed."""

from __future__ import annotations

import re

import pytest

from geodata import catalog
from layers import Atlas
from layers.describe import COUNT_UNITS, EDGE_NOTE, LayerText, full_name, population_stand, register_stand
from layers.keys import IndicatorKey, parse_key


def text(atlas: Atlas, indicator: str, period: str | None = None) -> LayerText:
    return atlas.layer("gemeinde", parse_key(indicator), period).text


@pytest.fixture(scope="module")
def texts(atlas: Atlas) -> dict[str, LayerText]:
    """The words of every indicator."""
    return {indicator: text(atlas, indicator) for indicator in atlas.indicators}


def test_every_indicator_has_name_stand_territory_and_method(texts: dict[str, LayerText]) -> None:
    for indicator, found in texts.items():
        assert found.name, indicator
        assert found.short, indicator
        assert found.stand, indicator
        assert found.method, indicator
        assert found.gebietsstand == "01.01.2024", indicator
        assert found.decimals >= 0, indicator
        assert found.direction in (-1, 0, 1), indicator
        assert all(found.notes), indicator


def test_no_word_is_left_over_from_a_template_or_a_missing_value(texts: dict[str, LayerText]) -> None:
    for indicator, found in texts.items():
        words = "\n".join([found.name, found.short, found.unit, found.stand, found.method, *found.notes])
        assert not re.search(r"\b(nan|none|nat)\b|[{}]|  ", words, re.IGNORECASE), indicator


def test_every_indicator_with_a_value_names_its_sources(atlas: Atlas, texts: dict[str, LayerText]) -> None:
    for indicator, found in texts.items():
        assert set(found.sources) <= set(atlas.data.sources.values()), indicator
        if atlas.table("gemeinde", parse_key(indicator))["value"].notna().any():
            assert found.sources, indicator
            assert found.stand != "noch keine Daten", indicator


def test_whatever_uses_a_travel_time_is_marked_as_approximation(texts: dict[str, LayerText]) -> None:
    for indicator, found in texts.items():
        measure = catalog.measures().get(parse_key(indicator).id)
        by_way = indicator == "MOB05" or (
            measure and (measure.needs_mode or measure.by_ways or measure.id == "haltestelle")
        )
        assert found.approximation == bool(by_way), indicator


def test_counts_have_no_unit_and_a_unit_fits_its_number(texts: dict[str, LayerText]) -> None:
    for indicator, found in texts.items():
        assert found.unit not in COUNT_UNITS, indicator


def test_only_what_may_be_summed_is_called_additive(atlas: Atlas, texts: dict[str, LayerText]) -> None:
    for indicator, found in texts.items():
        if not found.additive:
            continue
        parts, whole = (atlas.values(level, indicator)["value"] for level in ("gemeinde", "kreis"))
        assert parts.sum() == whole.sum(), indicator


def test_the_edge_is_noted_where_facilities_outside_are_not_known(atlas: Atlas) -> None:
    assert EDGE_NOTE in text(atlas, "minuten.krankenhaus").notes
    assert EDGE_NOTE not in text(atlas, "minuten.haltestelle").notes
    assert EDGE_NOTE not in text(atlas, "anzahl.krankenhaus").notes


def test_what_counts_for_another_category_is_noted_where_it_counts(atlas: Atlas) -> None:
    note = catalog.categories()["grundschule"].also_note
    assert note in text(atlas, "minuten.grundschule").notes
    assert note in text(atlas, "dichte.grundschule").notes
    assert note not in text(atlas, "anzahl.grundschule").notes


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (IndicatorKey("anzahl", "kita"), "Name"),
        (IndicatorKey("minuten", "kita", "fuss"), "Name zu Fuß"),
        (IndicatorKey("abdeckung", "kita", "pkw", 15), "Name, höchstens 15 Minuten mit dem Auto"),
        (IndicatorKey("haltestelle", threshold=300), "Name, 300 m"),
    ],
)
def test_the_full_name_says_how_and_how_far(key: IndicatorKey, name: str) -> None:
    assert full_name("Name", key) == name


def test_the_stand_of_the_population_names_the_span_of_its_dates(atlas: Atlas) -> None:
    assert population_stand(atlas.inputs) == "31.12.2023, einzelne Gemeinden älter (bis 31.12.2013)"
    assert text(atlas, "BEV01", "2022").stand == "2022"


def test_the_stand_of_a_category_is_the_span_of_its_years(atlas: Atlas) -> None:
    rows = atlas.data.facilities.query("inside")
    for category in catalog.categories():
        years = sorted({seen[:4] for seen in rows.loc[rows["category"] == category, "seen"] if seen})
        words = register_stand(atlas.inputs, category)
        assert all(year in words for year in {*years[:1], *years[-1:]}), category
        assert years or "ohne Jahr" in words, category
