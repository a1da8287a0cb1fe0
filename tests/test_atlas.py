"""The Atlas: every indicator on every level keeps its promise, and nothing a caller does changes it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata import GeoData, catalog
from geodata.model import State
from layers import Atlas, build_atlas
from layers.frames import COLUMNS, EMPTY_STATES
from layers.inputs import LEVELS
from layers.keys import IndicatorKey, parse_key

NEEDS_REASON = frozenset({*EMPTY_STATES, State.UNRELIABLE})


def every_key(atlas: Atlas) -> list[IndicatorKey]:
    """Return the key of every indicator, each in every mode where it knows modes."""
    keys = [parse_key(indicator) for indicator in atlas.indicators]
    others = [
        IndicatorKey(key.id, key.category, mode, key.threshold)
        for key in keys
        if key.mode
        for mode in catalog.modes()
        if mode != key.mode
    ]
    return keys + others


def test_the_indicators_are_the_catalogue_and_every_measure(atlas: Atlas) -> None:
    expected = [*catalog.indicators()]
    for measure in catalog.measures().values():
        kinds = [f"{measure.id}.{category}" for category in catalog.categories()]
        expected += kinds if measure.needs_category else [measure.id]
    assert list(atlas.indicators) == expected
    assert len(set(expected)) == len(expected)
    assert list(atlas.categories) == list(catalog.categories())
    assert list(atlas.handlungsfelder) == list(catalog.handlungsfelder())


@pytest.fixture(scope="module", params=LEVELS)
def tables(request: pytest.FixtureRequest, atlas: Atlas) -> pd.DataFrame:
    """The rows of every indicator on one level in every mode, with the columns ``indicator`` and ``area``."""
    parts = {str(key): atlas.table(request.param, key) for key in every_key(atlas)}
    assert all(list(part.columns) == COLUMNS for part in parts.values())
    return pd.concat([part.assign(area=part.index.astype(str), indicator=key) for key, part in parts.items()])


@pytest.mark.parametrize("level", LEVELS)
def test_every_indicator_has_one_row_for_every_area_and_no_other_columns(atlas: Atlas, level: str) -> None:
    areas = atlas.areas(level).index.tolist()
    for indicator in atlas.indicators:
        found = atlas.values(level, indicator)
        assert list(found.columns) == ["value", "state", "base"], indicator
        assert found.index.tolist() == areas, indicator
        assert found["value"].dtype == found["base"].dtype == float, indicator


@pytest.mark.parametrize("level", LEVELS)
def test_the_index_of_every_table_is_that_of_the_areas(atlas: Atlas, level: str) -> None:
    index = atlas.areas(level).index
    keys = map(parse_key, atlas.indicators)
    other = [str(key) for key in keys if not atlas.table(level, key).index.identical(index)]
    assert not other, f"{len(other)} tables with another kind of index"


def test_a_number_is_there_exactly_where_the_state_has_one(tables: pd.DataFrame) -> None:
    assert set(tables["state"]) <= set(State)
    without = tables["state"].isin([str(state) for state in EMPTY_STATES])
    assert tables[tables["value"].isna() != without].empty
    assert np.isfinite(tables["value"].dropna()).all()


def test_what_is_not_plain_says_why(tables: pd.DataFrame) -> None:
    assert tables[tables["reason"] != tables["reason"].str.strip()].empty
    weak = tables["state"].isin([str(state) for state in NEEDS_REASON])
    assert tables[weak & (tables["reason"] == "")].empty


def test_no_reason_is_left_over_from_a_template_or_a_missing_number(tables: pd.DataFrame) -> None:
    reasons = tables["reason"].drop_duplicates()
    assert reasons[reasons.str.contains(r"\b(?:nan|none|nat)\b|[{}]|  |\.\.$", case=False)].tolist() == []


def test_years_have_the_same_shape(atlas: Atlas) -> None:
    for indicator in ("BEV01", "BEV02"):
        for year in atlas.periods(IndicatorKey(indicator)):
            for level in LEVELS:
                found = atlas.values(level, indicator, year)
                assert list(found.columns) == ["value", "state", "base"]
                assert found.index.identical(atlas.areas(level).index)


def test_areas_of_every_level_cover_the_same_people_and_land(atlas: Atlas) -> None:
    whole = atlas.areas("kreis").iloc[0]
    for level, number in zip(LEVELS, (30, 16, 1), strict=True):
        areas = atlas.areas(level)
        assert len(areas) == number
        assert areas["population"].sum() == whole["population"] == 159_351
        assert areas["area_km2"].sum() == pytest.approx(whole["area_km2"], abs=0.01)
        assert areas.crs.to_epsg() == 25832


@pytest.mark.parametrize(
    ("level", "indicator", "period"),
    [
        ("zelle", "BEV01", None),
        ("", "BEV01", None),
        ("gemeinde", "XYZ99", None),
        ("gemeinde", "minuten", None),
        ("gemeinde", "BEV01", "1871"),
        ("gemeinde", "anzahl.kita", "2023"),
    ],
)
def test_what_does_not_exist_is_a_key_error(atlas: Atlas, level: str, indicator: str, period: str | None) -> None:
    with pytest.raises(KeyError):
        atlas.values(level, indicator, period)


def test_values_are_a_copy(atlas: Atlas) -> None:
    first = atlas.values("gemeinde", "BEV01")
    before = first.copy()
    first["value"] = -1.0
    pd.testing.assert_frame_equal(atlas.values("gemeinde", "BEV01"), before)


def test_two_builds_give_the_same_numbers(atlas: Atlas, data: GeoData) -> None:
    again = build_atlas(data)
    for indicator in ("haltestelle", "minuten.krankenhaus", "INK04"):
        for level in LEVELS:
            pd.testing.assert_frame_equal(again.values(level, indicator), atlas.values(level, indicator))


def test_a_layer_has_the_table_the_kreis_and_its_words(atlas: Atlas) -> None:
    key = parse_key("minuten.krankenhaus.pkw")
    layer = atlas.layer("sozialraum", key)
    pd.testing.assert_frame_equal(layer.table, atlas.table("sozialraum", key))
    assert layer.kreis["value"] == atlas.values("kreis", "minuten.krankenhaus.pkw")["value"].iloc[0]
    assert layer.text.approximation
    pd.testing.assert_series_equal(layer.values, layer.table["value"])
