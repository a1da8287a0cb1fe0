"""Population of single years: one base, today's territory, sums only of what is complete."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from geodata.model import State
from layers import Atlas
from layers.keys import IndicatorKey
from tests.synthetic import AREA_KM2, PEOPLE, A, B, C, figure

Build = Callable[..., Atlas]
PEOPLE_KEY, DENSITY_KEY = IndicatorKey("BEV01"), IndicatorKey("BEV02")
CREUZBURG, VACHA, WIESENTHAL = "16063104", "16063082", "16063086"


def test_years_come_newest_first_and_only_from_the_zensus_2011_base(synthetic: Build) -> None:
    figures = (
        figure(A, "2021-12-31", 900),
        figure(A, "2023-12-31", 1000),
        figure(B, "2022-12-31", 3000),
        figure(B, "2024-12-31", 2900, basis="Zensus 2022"),
    )
    atlas = synthetic(figures=figures)
    assert atlas.periods(PEOPLE_KEY) == ("2023", "2022", "2021")
    assert atlas.periods(IndicatorKey("veraenderung")) == ()


def test_a_year_by_hand(synthetic: Build) -> None:
    figures = tuple(figure(ags, "2022-12-31", people + 10) for ags, people in PEOPLE.items())
    atlas = synthetic(figures=figures)
    assert atlas.table("gemeinde", PEOPLE_KEY, "2022")["value"].tolist() == [1010, 3010, 510, 10]
    assert atlas.table("gemeinde", DENSITY_KEY, "2022")["value"].tolist() == [101, 150.5, 102, 2]
    assert atlas.table("sozialraum", PEOPLE_KEY, "2022")["value"].tolist() == [4020, 520]
    assert atlas.table("kreis", DENSITY_KEY, "2022")["value"].tolist() == [4540 / 40]


def test_a_sum_with_a_gap_is_missing_and_says_so(synthetic: Build) -> None:
    atlas = synthetic(figures=(figure(A, "2022-12-31", 900), figure(C, "2022-12-31", 500)))
    for level in ("sozialraum", "kreis"):
        found = atlas.table(level, PEOPLE_KEY, "2022")
        assert found["value"].isna().all()
        assert (found["state"] == State.MISSING).all()
        assert (found["reason"] != "").all()


def test_the_last_figure_of_a_year_counts(synthetic: Build) -> None:
    atlas = synthetic(figures=(figure(A, "2022-12-31", 900), figure(A, "2022-03-31", 800)))
    assert atlas.table("gemeinde", PEOPLE_KEY, "2022").at[A, "value"] == 900


def test_a_figure_for_another_territory_is_a_break_without_a_number(synthetic: Build) -> None:
    atlas = synthetic(figures=(figure(A, "2022-12-31", 900, area_km2=AREA_KM2[A] + 3),))
    row = atlas.table("gemeinde", PEOPLE_KEY, "2022").loc[A]
    assert np.isnan(row["value"])
    assert row["state"] == State.BREAK
    assert row["reason"]


@pytest.mark.parametrize("key", [PEOPLE_KEY, DENSITY_KEY])
def test_an_unreliable_figure_stays_unreliable_in_its_year(synthetic: Build, key: IndicatorKey) -> None:
    atlas = synthetic(figures=(figure(A, "2013-12-31", 900, state="unreliable"),))
    row = atlas.table("gemeinde", key, "2013").loc[A]
    assert row["state"] == State.UNRELIABLE
    assert row["reason"]


def test_amt_creuzburg_breaks_between_2022_and_2023(atlas: Atlas) -> None:
    """Its territory grew by Frankenroda on 31 December 2023: 4628 people before, 4912 after."""
    before = atlas.table("gemeinde", PEOPLE_KEY, "2022").loc[CREUZBURG]
    after = atlas.table("gemeinde", PEOPLE_KEY, "2023").loc[CREUZBURG]
    assert np.isnan(before["value"])
    assert before["state"] == State.BREAK
    assert (after["value"], after["state"]) == (4912, State.MEASURED)


def test_vacha_never_shows_a_figure_of_the_zensus_2022(atlas: Atlas) -> None:
    figures = atlas.data.population.query("ags == @VACHA and basis == 'Zensus 2022'")["population"]
    assert len(figures)
    for year in (None, *atlas.periods(PEOPLE_KEY)):
        assert atlas.table("gemeinde", PEOPLE_KEY, year).at[VACHA, "value"] not in figures.tolist()
    assert atlas.table("gemeinde", PEOPLE_KEY, "2020").at[VACHA, "value"] == 5055
    assert atlas.table("gemeinde", PEOPLE_KEY, "2023").at[VACHA, "state"] == State.MISSING
    assert "2024" not in atlas.periods(PEOPLE_KEY)


@pytest.mark.parametrize("period", [None, "2013"])
def test_wiesenthal_2013_is_unreliable(atlas: Atlas, period: str | None) -> None:
    row = atlas.table("gemeinde", PEOPLE_KEY, period).loc[WIESENTHAL]
    assert (row["value"], row["state"]) == (779, State.UNRELIABLE)
    assert row["reason"]


def test_a_sozialraum_of_one_gemeinde_says_what_its_gemeinde_says(atlas: Atlas) -> None:
    """A sum of one figure is that figure, not an estimate."""
    group = atlas.data.gemeinden["sozialraum"]
    single = group[~group.duplicated(keep=False)]
    for year in atlas.periods(PEOPLE_KEY):
        parts = atlas.table("gemeinde", PEOPLE_KEY, year).loc[single.index]
        wholes = atlas.table("sozialraum", PEOPLE_KEY, year).loc[single]
        known = parts["value"].notna().to_numpy()
        assert wholes["value"][known].tolist() == parts["value"][known].tolist()
        assert wholes["state"][known].tolist() == parts["state"][known].tolist(), year


def test_every_value_of_a_year_stands_in_the_figures(atlas: Atlas) -> None:
    rows = atlas.data.population.query("basis == 'Zensus 2011'")
    figures = set(zip(rows["ags"], rows["date"].str[:4], rows["population"], strict=True))
    for year in atlas.periods(PEOPLE_KEY):
        for ags, value in atlas.table("gemeinde", PEOPLE_KEY, year)["value"].dropna().items():
            assert (ags, year, value) in figures


def test_an_unknown_year_is_refused(atlas: Atlas) -> None:
    with pytest.raises(KeyError):
        atlas.table("gemeinde", PEOPLE_KEY, "1999")
