"""Counts of all areas and years in one array, formulas over them, and the indicators that follow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from geodata.catalog.formula import FormulaError, parse
from geodata.model import State
from layers.cube import CODE, STATES, Cells, Cube, aggregate, build_cube, filled_up
from layers.figures import compute_figures, several_years, table_of
from layers.formulas import evaluate
from layers.statistics import weights_of

A, B, C = "16063001", "16063002", "16063003"
AREAS = pd.Index([A, B, C])
WHOLE = pd.Series("kreis", AREAS)


def rows(*given: tuple[str, str, int, float, str, str]) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["part", "key", "year", "value", "state", "basis"])


def figures(part: str, year: int, *values: float, basis: str = "", state: str = "measured") -> pd.DataFrame:
    known = [(part, area, year, value, state, basis) for area, value in zip(AREAS, values, strict=False)]
    return rows(*[row for row in known if not np.isnan(row[3])])


def cube_of(*parts: pd.DataFrame) -> Cube:
    return build_cube(pd.concat(parts, ignore_index=True), AREAS)


def states(cells: Cells, row: int = 0) -> list[str]:
    return [str(name) for name in STATES[cells.code[row]]]


def test_what_is_not_in_the_file_is_missing_and_not_zero() -> None:
    cube = cube_of(figures("arbeitslose", 2021, 5, np.nan, 0))
    cells = cube.cells("arbeitslose")
    assert states(cells) == ["measured", "missing", "measured"]
    assert np.isnan(cells.value[0][1])
    assert np.isnan(cube.cells("bev").value).all()


def test_the_newer_census_counts_where_a_year_has_both() -> None:
    cube = cube_of(figures("bev", 2022, 90, basis="Zensus 2022"), figures("bev", 2022, 100, basis="Zensus 2011"))
    assert cube.cells("bev").value[0][0] == 90


def test_a_sum_with_a_missing_part_is_missing() -> None:
    cube = cube_of(figures("arbeitslose", 2021, 5, 7, 9), figures("arbeitslose", 2022, 5, np.nan, 9))
    whole = aggregate(cube, WHOLE, pd.Index(["kreis"]), {}).cells("arbeitslose")
    assert whole.value[0][0] == 21
    assert states(whole, 0) == ["measured"]
    assert states(whole, 1) == ["missing"]


def test_a_sum_with_a_secret_part_is_missing_not_secret() -> None:
    secret = rows(("arbeitslose", C, 2021, np.nan, "suppressed_primary", ""))
    cube = cube_of(figures("arbeitslose", 2021, 5, 7), secret)
    whole = aggregate(cube, WHOLE, pd.Index(["kreis"]), {}).cells("arbeitslose")
    assert states(whole) == ["missing"]
    alone = aggregate(cube, pd.Series({C: "c"}), pd.Index(["c"]), {}).cells("arbeitslose")
    assert states(alone) == ["missing"]


def test_a_rate_is_weighted_and_then_an_estimate_but_alone_it_stays() -> None:
    cube = cube_of(figures("gisd", 2021, 0.2, 0.8, 0.5), figures("bev", 2021, 300, 100, 50))
    groups = pd.Series({A: "ab", B: "ab", C: "c"})
    cells = aggregate(cube, groups, pd.Index(["ab", "c"]), weights_of(cube)).cells("gisd")
    assert cells.value[0].tolist() == pytest.approx([(0.2 * 300 + 0.8 * 100) / 400, 0.5])
    assert states(cells) == ["estimated", "measured"]


def test_an_indicator_that_is_published_ready_made_is_weighted_by_its_base_or_gone() -> None:
    cube = cube_of(
        figures("BEV04", 2021, 40, 50, 45), figures("bev", 2021, 300, 100, 50), figures("WOH05", 2021, 5, 6, 7)
    )
    whole = aggregate(cube, WHOLE, pd.Index(["kreis"]), weights_of(cube))
    assert whole.cells("BEV04").value[0][0] == pytest.approx((40 * 300 + 50 * 100 + 45 * 50) / 450)
    assert states(whole.cells("BEV04")) == ["estimated"]
    assert states(whole.cells("WOH05")) == ["missing"], "nobody knows what the mean rent is a mean of"


def test_published_figures_fill_only_what_is_not_there() -> None:
    own = cube_of(figures("arbeitslose", 2021, 5, np.nan, 9))
    published = cube_of(figures("arbeitslose", 2021, 500, 7, 900), figures("bev", 2020, 1, 2, 3))
    cells = filled_up(own, published)
    assert cells.cells("arbeitslose").value[cells.years.index(2021)].tolist() == [5, 7, 9]
    assert cells.cells("bev").value[cells.years.index(2020)].tolist() == [1, 2, 3]


def test_an_indicator_is_summed_counts_over_summed_counts_never_a_mean_of_rates() -> None:
    cube = cube_of(figures("arbeitslose", 2021, 10, 90, 0), figures("bev_15_64", 2021, 1000, 1000, 3000))
    whole = aggregate(cube, WHOLE, pd.Index(["kreis"]), {})
    table = table_of(compute_figures(whole, catalog.indicators(), catalog.parts()).result("ARB02"), 2021)
    assert table["value"].tolist() == pytest.approx([100 * 100 / 5000])
    areas = table_of(compute_figures(cube, catalog.indicators(), catalog.parts()).result("ARB02"), 2021)
    assert areas["value"].tolist() == pytest.approx([1.0, 9.0, 0.0])
    assert areas["state"].tolist() == ["measured", "measured", "zero"]
    assert areas["base"].tolist() == [1000, 1000, 3000]


def test_small_bases_are_hidden_under_50_and_flagged_under_100() -> None:
    cube = cube_of(figures("arbeitslose", 2021, 5, 5, 5), figures("bev_15_64", 2021, 49, 50, 100))
    shown = table_of(compute_figures(cube, catalog.indicators(), catalog.parts()).result("ARB02"), 2021)
    assert shown["state"].tolist() == ["not_applicable", "unreliable", "measured"]
    assert np.isnan(shown["value"].iloc[0])
    assert shown["reason"].iloc[0] == "Die Quote beruht auf weniger als 50 Fällen und wird nicht gezeigt."
    figures_within = compute_figures(cube, catalog.indicators(), catalog.parts(), shows_small=True)
    assert table_of(figures_within.result("ARB02"), 2021)["state"].tolist() == ["unreliable", "unreliable", "measured"]


def test_square_kilometres_are_no_small_base() -> None:
    cube = cube_of(figures("bev", 2021, 67, 100, 300), figures("flaeche", 2021, 4.6, 10, 30))
    table = table_of(compute_figures(cube, catalog.indicators(), catalog.parts()).result("BEV02"), 2021)
    assert table["value"].round(2).tolist() == [14.57, 10, 10]
    assert set(table["state"]) == {"measured"}


def test_a_change_over_a_new_census_is_a_break_not_a_number() -> None:
    cube = cube_of(
        figures("bev", 2017, 1000, 1000, 1000, basis="Zensus 2011"),
        figures("bev", 2018, 1000, 1000, 1000, basis="Zensus 2022"),
        figures("bev", 2022, 900, 1100, 1000, basis="Zensus 2011"),
        figures("bev", 2023, 900, 1100, 1000, basis="Zensus 2022"),
    )
    result = compute_figures(cube, catalog.indicators(), catalog.parts()).result("BEV03")
    assert table_of(result, 2022)["value"].tolist() == pytest.approx([-10, 10, 0])
    assert table_of(result, 2022)["state"].tolist() == ["measured", "measured", "zero"]
    mixed = compute_figures(
        cube_of(
            figures("bev", 2017, 1000, 1000, 1000, basis="Zensus 2011"),
            figures("bev", 2022, 900, 1100, 1000, basis="Zensus 2022"),
        ),
        catalog.indicators(),
        catalog.parts(),
    ).result("BEV03")
    assert table_of(mixed, 2022)["state"].tolist() == ["break"] * 3
    assert table_of(mixed, 2022)["value"].isna().all()


def test_mean_population_is_of_two_year_ends_and_an_estimate_at_a_break() -> None:
    cube = cube_of(
        figures("bev", 2020, 1000, basis="Zensus 2011"),
        figures("bev", 2021, 2000, basis="Zensus 2011"),
        figures("bev", 2022, 1500, basis="Zensus 2022"),
    )
    mean = evaluate(parse("mittel(bev)"), cube.cells)
    assert mean.value[:, 0].tolist() == [1000, 1500, 1500]
    assert [states(mean, row)[0] for row in range(3)] == ["estimated", "measured", "estimated"]


def test_nobody_below_the_line_is_not_applicable() -> None:
    cube = cube_of(figures("arbeitslose", 2021, 0, 5, 5), figures("bev_15_64", 2021, 0, 500, 500))
    table = table_of(compute_figures(cube, catalog.indicators(), catalog.parts()).result("ARB02"), 2021)
    assert table["state"].iloc[0] == "not_applicable"


def test_a_figure_published_as_such_stands_where_its_counts_are_unknown() -> None:
    cube = cube_of(figures("BIL07", 2021, 7.19))
    result = compute_figures(cube, catalog.indicators(), catalog.parts()).result("BIL07")
    assert table_of(result, 2021)["value"].iloc[0] == pytest.approx(7.19)
    assert result.known_years == (2021,)


def test_ages_are_summed_from_the_groups_of_the_official_table() -> None:
    groups = ["bev_65_74", "bev_75_plus"]
    cube = cube_of(*(figures(name, 2021, 10, 20, 30) for name in groups))
    assert evaluate(parse("alter(65)"), cube.cells).value[0].tolist() == [20, 40, 60]
    with pytest.raises(FormulaError, match="no age groups"):
        parse("alter(66)")


def test_several_years_are_summed_counts_over_summed_counts() -> None:
    cube = cube_of(
        *(figures("arbeitslose", year, n) for year, n in ((2019, 1), (2020, 2), (2021, 6))),
        *(figures("bev_15_64", year, 100) for year in (2019, 2020, 2021)),
    )
    result = compute_figures(cube, catalog.indicators(), catalog.parts()).result("ARB02")
    three = several_years(result, 3, factor=100.0)
    assert three.value[2][0] == pytest.approx(100 * 9 / 300)
    assert np.isnan(three.value[1][0])


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), st.lists(st.integers(1, 10**6), min_size=3, max_size=3))
def test_sums_first_or_formula_first_agree_for_sums(first: list[int], second: list[int]) -> None:
    cube = cube_of(figures("geborene", 2021, *first), figures("gestorbene", 2021, *second))
    whole = aggregate(cube, WHOLE, pd.Index(["kreis"]), {})
    after = evaluate(parse("geborene - gestorbene"), whole.cells).value[0][0]
    before = evaluate(parse("geborene - gestorbene"), cube.cells).value[0].sum()
    assert after == before


@given(st.lists(st.sampled_from(list(State)), min_size=2, max_size=2))
def test_a_result_is_no_firmer_than_its_weakest_part(pair: list[State]) -> None:
    first, second = (
        Cells(np.array([[1.0]]), np.array([[CODE[state]]], np.uint8), np.zeros((1, 1), np.uint8)) for state in pair
    )
    joined = evaluate(parse("a + b"), {"a": first, "b": second}.__getitem__)
    assert joined.code[0][0] == max(CODE[state] for state in pair)
