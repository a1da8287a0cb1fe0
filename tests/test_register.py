"""The register of facilities: every filter alone and together, and what each row lacks."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from layers import Atlas
from layers.register import LACKING, PRECISION_WORDS, WHEELCHAIR_WORDS, filter_facilities, lacking
from tests.synthetic import A, B, district, facility

ROWS = district(
    (
        facility("kita", 0, 0, B, name="Zwergenland", operator="AWO", wheelchair="yes"),
        facility("kita", 0, 0, A, name="Am Bach", operator="Stadt (Träger)", street="Bachweg 3"),
        facility("grundschule", 0, 0, A, name="Grundschule A.B", precision="place", place="Ödorf"),
        facility("haltestelle", 0, 0, A, name="Markt"),
        facility("klinikum", 0, 0, None, name="Draußen"),
    )
).facilities


def names(**wanted: object) -> list[str]:
    return filter_facilities(ROWS, **wanted)["name"].tolist()  # type: ignore[arg-type]


def test_without_a_filter_all_inside_are_listed_by_category_and_name_without_stops() -> None:
    assert names() == ["Am Bach", "Zwergenland", "Grundschule A.B"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"categories": ("haltestelle",)}, ["Markt"]),
        ({"categories": ("haltestelle", "grundschule")}, ["Grundschule A.B", "Markt"]),
        ({"ags": A}, ["Am Bach", "Grundschule A.B"]),
        ({"operator": "AWO"}, ["Zwergenland"]),
        ({"wheelchair": "yes"}, ["Zwergenland"]),
        ({"wheelchair": ""}, ["Am Bach", "Grundschule A.B"]),
        ({"precision": "place"}, ["Grundschule A.B"]),
        ({"handlungsfeld": "FAM"}, ["Am Bach", "Zwergenland"]),
        ({"handlungsfeld": "FAM", "ags": A}, ["Am Bach"]),
        ({"search": "bach"}, ["Am Bach"]),
        ({"search": "WEG bach"}, ["Am Bach"]),
        ({"search": "bach awo"}, []),
        ({"search": "ödorf"}, ["Grundschule A.B"]),
        ({"search": "(träger)"}, ["Am Bach"]),
        ({"search": "a.b"}, ["Grundschule A.B"]),
        ({"search": "   "}, ["Am Bach", "Zwergenland", "Grundschule A.B"]),
        ({"ags": "unbekannt"}, []),
    ],
)
def test_every_filter_by_hand(wanted: dict[str, object], expected: list[str]) -> None:
    assert names(**wanted) == expected


@given(st.text(max_size=30))
def test_any_search_gives_rows_of_the_list(text: str) -> None:
    assert set(names(search=text)) <= set(names())


def test_every_category_is_found_again(atlas: Atlas) -> None:
    rows = atlas.data.facilities
    for category in catalog.categories():
        found = filter_facilities(rows, categories=(category,))
        assert sorted(found.index) == sorted(rows.index[rows["inside"] & (rows["category"] == category)])


def test_every_listed_facility_is_found_by_its_name(atlas: Atlas) -> None:
    listed = filter_facilities(atlas.data.facilities)
    for row in listed.iloc[::20].itertuples():
        assert row.Index in filter_facilities(atlas.data.facilities, search=row.name).index


def test_two_filters_together_give_what_both_give(atlas: Atlas) -> None:
    rows = atlas.data.facilities
    both = filter_facilities(rows, ags="16063105", precision="place")
    one = set(filter_facilities(rows, ags="16063105").index)
    other = set(filter_facilities(rows, precision="place").index)
    assert set(both.index) == one & other
    assert len(both)


def test_the_words_cover_every_value_of_the_register(atlas: Atlas) -> None:
    assert set(atlas.data.facilities["precision"]) <= set(PRECISION_WORDS)
    assert set(atlas.data.facilities["wheelchair"]) <= set(WHEELCHAIR_WORDS)


def row(**changes: object) -> pd.Series:
    full = {"operator": "O", "street": "S", "capacity": 1.0, "wheelchair": "no", "seen": "2020"}
    return pd.Series({"category": "kita", "precision": "address", **full, **changes})


def test_a_full_row_lacks_nothing() -> None:
    assert lacking(row()) == []


@pytest.mark.parametrize("column", sorted(LACKING))
@pytest.mark.parametrize("nothing", ["", None, float("nan")])
def test_each_empty_field_is_named(column: str, nothing: object) -> None:
    assert lacking(row(**{column: nothing})) == [LACKING[column]]


def test_a_rough_location_is_named_and_a_capacity_of_zero_is_none() -> None:
    assert lacking(row(precision="place")) == ["genaue Lage"]
    assert lacking(row(capacity=0.0)) == []


def test_a_stop_lacks_departures_and_perhaps_step_free_access() -> None:
    assert lacking(row(category="haltestelle", wheelchair="")) == ["Stufenlosigkeit", "Abfahrten"]
    assert lacking(row(category="haltestelle", wheelchair="yes", operator="")) == ["Abfahrten"]
