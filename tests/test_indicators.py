"""Indicators of social reporting: by hand where the dataset can fill them, an honest gap where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from geodata import catalog
from geodata.model import State
from layers import Atlas, build_atlas
from layers.indicators import CATALOGUE, MANDATORY, SMALL_BASE, SMALLEST_BASE
from layers.inputs import LEVELS
from layers.keys import IndicatorKey
from tests.synthetic import CATEGORIES, A, B, C, D, district, facility, synthetic_catalog

Build = Callable[..., Atlas]
NEWEST = int(catalog.sources()["einrichtungen"].date[:4])
FULL = {
    "street": "Weg 1",
    "operator": "Träger",
    "capacity": 5.0,
    "wheelchair": "yes",
    "seen": str(NEWEST),
}


def table(atlas: Atlas, indicator: str, level: str = "gemeinde"):
    return atlas.table(level, IndicatorKey(indicator))


def test_every_computed_indicator_is_in_the_catalogue() -> None:
    assert set(CATALOGUE) <= set(catalog.indicators())


def test_people_and_density_by_hand(synthetic: Build) -> None:
    atlas = synthetic()
    assert table(atlas, "BEV01")["value"].tolist() == [1000, 3000, 500, 0]
    assert table(atlas, "BEV02")["value"].tolist() == [100, 150, 100, 0]
    assert table(atlas, "BEV02", "sozialraum")["value"].tolist() == [4000 / 30, 50]
    assert table(atlas, "BEV02", "kreis")["value"].tolist() == [112.5]


def test_the_thirty_gemeinden_have_159351_people(atlas: Atlas) -> None:
    for level, number in zip(LEVELS, (30, 16, 1), strict=True):
        people = table(atlas, "BEV01", level)["value"]
        assert len(people) == number
        assert people.sum() == 159_351


def test_sums_of_people_over_the_sozialraeume_are_those_of_their_gemeinden(atlas: Atlas) -> None:
    by_hand = table(atlas, "BEV01")["value"].groupby(atlas.data.gemeinden["sozialraum"]).sum()
    assert table(atlas, "BEV01", "sozialraum")["value"].to_dict() == by_hand.to_dict()


def test_density_is_people_over_area_on_every_level(atlas: Atlas) -> None:
    km2 = atlas.data.gemeinden["area_km2"]
    parent = {
        "gemeinde": km2.index,
        "sozialraum": atlas.data.gemeinden["sozialraum"],
        "kreis": ["16063"] * 30,
    }
    for level, group in parent.items():
        people = table(atlas, "BEV01")["value"].groupby(np.asarray(group)).sum()
        expected = people / km2.groupby(np.asarray(group)).sum()
        found = table(atlas, "BEV02", level)["value"]
        np.testing.assert_allclose(found, expected.reindex(found.index), rtol=1e-6)


def test_a_figure_too_old_for_a_statement_is_unreliable(atlas: Atlas) -> None:
    for indicator in ("BEV01", "BEV02"):
        row = table(atlas, indicator).loc["16063086"]
        assert row["state"] == State.UNRELIABLE
        assert "2013" in row["reason"]


def test_a_sum_over_several_dates_is_estimated(atlas: Atlas) -> None:
    assert table(atlas, "BEV01", "kreis")["state"].tolist() == [State.ESTIMATED]
    assert table(atlas, "BEV01", "sozialraum").at["geisa", "state"] == State.ESTIMATED


def test_indicators_without_data_are_missing_and_name_what_would_fill_them(atlas: Atlas) -> None:
    for indicator in set(catalog.indicators()) - set(CATALOGUE):
        for level in LEVELS:
            found = table(atlas, indicator, level)
            assert (found["state"] == State.MISSING).all()
            assert found["reason"].str.contains(catalog.indicators()[indicator].needs, regex=False).all()


def test_entries_with_every_mandatory_field_by_hand(synthetic: Build) -> None:
    rows = [facility("klinik", 0, n, A, **FULL) for n in range(3)]
    rows += [facility("klinik", 0, 9, A, **{**FULL, "street": ""})]
    rows += [facility("klinik", 0, 9, B, **{**FULL, "capacity": np.nan})]
    found = table(synthetic(*rows, facility("haltestelle", 0, 0, C)), "TRA02")
    assert found["value"].tolist()[:2] == [75.0, 0.0]
    assert found["base"].tolist() == [4, 1, 0, 0]
    assert found["state"].tolist() == [
        State.MEASURED,
        State.MEASURED,
        State.NOT_APPLICABLE,
        State.NOT_APPLICABLE,
    ]
    assert found.loc[[C, D], "reason"].tolist() == ["Kein Eintrag in diesem Gebiet."] * 2


@pytest.mark.parametrize("field", [name for name in MANDATORY if name not in ("capacity",)])
def test_every_mandatory_field_counts(synthetic: Build, field: str) -> None:
    rows = [facility("klinik", 0, 0, A, **FULL), facility("klinik", 0, 0, A, **{**FULL, field: ""})]
    assert table(synthetic(*rows), "TRA02", "kreis")["value"].tolist() == [50.0]


def test_recent_entries_by_hand(synthetic: Build) -> None:
    years = [str(NEWEST), f"{NEWEST - 1}-03", str(NEWEST - 2), ""]
    atlas = synthetic(*(facility("klinik", 0, 0, A, seen=year) for year in years))
    row = table(atlas, "TRA01").loc[A]
    assert (row["value"], row["base"], row["state"]) == (50.0, 4, State.ESTIMATED)
    assert "Prüfdatum" in row["reason"]


def surveyed(number: int, step_free: int, unknown: int, category: str = "klinik") -> list[dict]:
    words = ["yes"] * step_free + ["no", "limited"] * number
    known = [facility(category, 0, 0, A, wheelchair=word) for word in words[:number]]
    return known + [facility(category, 0, 0, A)] * unknown


@pytest.mark.parametrize(("indicator", "category"), [("INK04", "klinik"), ("INK03", "haltestelle")])
def test_what_was_not_surveyed_never_counts_as_not_step_free(synthetic: Build, indicator: str, category: str) -> None:
    row = table(synthetic(*surveyed(SMALL_BASE, 5, 30, category)), indicator).loc[A]
    assert (row["value"], row["base"], row["state"]) == (25.0, 20, State.MEASURED)
    assert "20 von 50" in row["reason"]


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (SMALL_BASE, State.MEASURED),
        (SMALL_BASE - 1, State.UNRELIABLE),
        (SMALLEST_BASE, State.UNRELIABLE),
        (SMALLEST_BASE - 1, State.MISSING),
        (0, State.MISSING),
    ],
)
def test_a_small_base_is_unreliable_and_a_tiny_one_gives_no_number(synthetic: Build, number: int, state: State) -> None:
    row = table(synthetic(*surveyed(number, number, 3)), "INK04").loc[A]
    assert row["state"] == state
    assert np.isnan(row["value"]) == (state == State.MISSING)


def test_without_any_entry_a_share_is_not_applicable(synthetic: Build) -> None:
    found = table(synthetic(facility("klinik", 0, 0, A)), "INK04")
    assert found.at[B, "state"] == State.NOT_APPLICABLE
    assert "0 von 0" not in found.at[B, "reason"]


def test_the_reason_is_good_german(synthetic: Build) -> None:
    stops = synthetic(*surveyed(2, 1, 3, "haltestelle"))
    assert table(stops, "INK03").at[A, "reason"] == "Nur für 2 von 5 Haltepunkten erhoben."


def test_food_shops_within_a_thousand_metres_on_foot(synthetic: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """MOB05 asks for a way of 1,000 m: without detour a shop 1000 m away counts, one 1020 m away does not."""
    synthetic()
    shop = replace(CATEGORIES["klinik"], id="nahversorgung", default_mode="fuss")
    known = replace(synthetic_catalog(), categories={**CATEGORIES, "nahversorgung": shop})
    monkeypatch.setattr(catalog, "_catalog", lambda: known)
    shops = (facility("nahversorgung", 0, 1000, A), facility("nahversorgung", 3000, 1020, A))
    found = table(build_atlas(district(shops)), "MOB05")
    assert found["value"].tolist()[:3] == [60.0, 0.0, 0.0]
