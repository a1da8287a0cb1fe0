"""Change of the population: two figures on one base and one territory, or no number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from geodata.model import State
from layers import Atlas
from layers.inputs import LEVELS
from layers.keys import IndicatorKey
from tests.synthetic import AREA_KM2, PEOPLE, A, B, C, D, figure

Build = Callable[..., Atlas]
KEY = IndicatorKey("veraenderung")
YEARS = 365 / 365.25  # from 31.12.2022 to 31.12.2023


def newest(*older: dict) -> tuple[dict, ...]:
    return (*(figure(ags, "2023-12-31", people) for ags, people in PEOPLE.items() if people), *older)


def change(atlas: Atlas, level: str = "gemeinde"):
    return atlas.table(level, KEY)


def test_change_by_hand(synthetic: Build) -> None:
    """A 1100 -> 1000, B 3000 -> 3000, C 400 -> 500, D nobody; nord 4100 -> 4000."""
    older = [figure(A, "2022-12-31", 1100), figure(B, "2022-12-31", 3000), figure(C, "2022-12-31", 400)]
    atlas = synthetic(figures=newest(*older))
    gemeinden = change(atlas)
    np.testing.assert_allclose(gemeinden["value"], [-100 / 11 / YEARS, 0.0, 25 / YEARS, np.nan], rtol=1e-9, atol=1e-12)
    assert gemeinden.loc[[A, B, C], "reason"].tolist() == ["31.12.2022 bis 31.12.2023"] * 3
    nord = change(atlas, "sozialraum").loc["nord"]
    assert nord["value"] == pytest.approx(-100 / 41 / YEARS)
    assert nord["base"] == 4100


def test_one_figure_is_no_change(synthetic: Build) -> None:
    for level in LEVELS:
        found = change(synthetic(), level)
        assert found["value"].isna().all()
        assert (found["state"] == State.MISSING).all()
        assert (found["reason"] != "").all()


def test_figures_on_different_bases_are_never_compared(synthetic: Build) -> None:
    atlas = synthetic(figures=newest(figure(A, "2022-12-31", 900, basis="Zensus 2022")))
    assert change(atlas).at[A, "state"] == State.MISSING


def test_a_changed_territory_breaks_the_series(synthetic: Build) -> None:
    atlas = synthetic(figures=newest(figure(A, "2022-12-31", 900, area_km2=AREA_KM2[A] - 2)))
    row = change(atlas).loc[A]
    assert np.isnan(row["value"])
    assert row["state"] == State.BREAK
    assert row["reason"]
    assert change(atlas, "sozialraum").at["nord", "state"] == State.MISSING


def test_two_figures_within_months_are_no_change(synthetic: Build) -> None:
    atlas = synthetic(figures=newest(figure(A, "2023-06-30", 900)))
    assert change(atlas).at[A, "state"] == State.MISSING


def test_sums_of_different_dates_are_no_change(synthetic: Build) -> None:
    atlas = synthetic(figures=newest(figure(A, "2022-12-31", 1100), figure(B, "2021-12-31", 3000)))
    assert change(atlas)["value"].notna().tolist() == [True, True, False, False]
    assert change(atlas, "sozialraum")["value"].isna().all()
    assert change(atlas, "kreis")["value"].isna().all()


def test_a_change_is_no_firmer_than_its_figures(synthetic: Build) -> None:
    atlas = synthetic(figures=newest(figure(A, "2022-12-31", 1100, state="unreliable")))
    assert change(atlas).at[A, "state"] == State.UNRELIABLE


def test_amt_creuzburg_is_a_break_because_frankenroda_joined(atlas: Atlas) -> None:
    row = change(atlas).loc["16063104"]
    assert row["state"] == State.BREAK
    assert np.isnan(row["value"])


def test_change_of_the_real_gemeinden_is_that_of_their_two_figures(atlas: Atlas) -> None:
    rows = atlas.data.population.query("basis == 'Zensus 2011' and ags != '16063104'")
    wide = rows.pivot_table(index="ags", columns="date", values="population")
    pairs = wide[["2022-12-31", "2023-12-31"]].dropna()
    expected = 100 * (pairs["2023-12-31"] / pairs["2022-12-31"] - 1) / YEARS
    found = change(atlas)["value"].dropna()
    assert sorted(found.index) == sorted(expected.index)
    np.testing.assert_allclose(found, expected.reindex(found.index))
    assert D not in found.index


def test_vacha_has_no_change_across_two_bases(atlas: Atlas) -> None:
    """5055 people in 2020 on the Zensus 2011, 4916 in 2023 on the Zensus 2022: not comparable."""
    row = change(atlas).loc["16063082"]
    assert np.isnan(row["value"])
    assert row["state"] == State.MISSING
