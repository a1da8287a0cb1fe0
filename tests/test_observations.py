"""Figures of a file as observations of this Kreis: what is left out is counted, what does not fit is told."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import dataset
from geodata.catalog.parts import Item
from geodata.observations import (
    OBSERVATION_COLUMNS,
    STATES_REMEDY,
    Judgement,
    guess_gebietsstand,
    judge,
    last_day,
    territory_of,
)
from geodata.sources.statistics.reading import Reading, RowProblem, as_rows

DATA = dataset.load("16063")
TERRITORY = territory_of(DATA)
TODAY = sorted(DATA.gemeinden.index)
ITEMS = {
    "Einwohner": Item("Einwohner", "bev"),
    "Arbeitslose": Item("Arbeitslose", "arbeitslose"),
    "in Tausend": Item("in Tausend", "bev", 1000.0),
    "Einwohner|Zensus 2022": Item("Einwohner|Zensus 2022", "bev"),
}
Row = tuple[str, str, str, float | None]


def reading(*rows: Row, gebietsstand: str = "", basis: str = "", form: str = "vorlage", state: str = "") -> Reading:
    """Return a Reading of rows (key, period, item, value); without a value they are missing."""
    records = [
        (f"Zeile {n}", key, "", period, item, value, state or ("missing" if value is None else "measured"))
        for n, (key, period, item, value) in enumerate(rows, 2)
    ]
    return Reading(as_rows(records), form, "Zahlen", gebietsstand=gebietsstand, basis=basis)


def judged(*rows: Row, day: str = "", **about: str) -> Judgement:
    return judge(reading(*rows, **about), ITEMS, TERRITORY, gebietsstand=day)


def values(found: Judgement) -> list[tuple[str, str, float]]:
    return list(found.observations[["key", "stand", "value"]].itertuples(index=False, name=None))


def texts(found: Judgement) -> list[str]:
    return [problem.text() for problem in found.problems]


def guess(*rows: Row, form: str = "vorlage") -> str:
    return guess_gebietsstand(reading(*rows, form=form), TERRITORY)


def every(keys: list[str], *periods: str) -> list[Row]:
    return [(key, period, "Einwohner", 1.0) for period in periods for key in keys]


# what counts


def test_a_row_becomes_an_observation() -> None:
    found = judged(("16063003", "2022-06-30", "in Tausend", 1.5), basis="Zensus 2011")
    expected = ["bev", "16063003", 2022, "2022-06-30", "2022-06-30", "Zensus 2011", 1500.0, "measured", "Zeile 2"]
    assert found.observations.to_numpy().tolist() == [expected]
    assert list(found.observations.columns) == list(OBSERVATION_COLUMNS)


def test_an_empty_file_has_no_observations() -> None:
    found = judged()
    assert found.observations.empty
    assert list(found.observations.columns) == list(OBSERVATION_COLUMNS)
    assert (found.problems, dict(found.unknown), found.elsewhere) == ((), {}, 0)


def test_unknown_items_are_listed_with_the_number_of_their_figures() -> None:
    found = judged(
        ("16063003", "2022", "Hunde", 1.0), ("16063", "2022", "Hunde", 2.0), ("16063003", "2022", "Katzen", 3.0),
        ("16063003", "2022", "Einwohner", 4.0),
    )  # fmt: skip
    assert dict(found.unknown) == {"Hunde": 2, "Katzen": 1}
    assert values(found) == [("16063003", "2022", 4.0)]


def test_areas_of_other_districts_are_counted_and_left_out() -> None:
    elsewhere = ["16064074", "16066095", "16061", "09", "160615001", "16062003"]
    here = ["16063003", "16063", "160635006", "16", "DG"]
    found = judged(*every([*elsewhere, *here], "2024"))
    assert found.elsewhere == len(elsewhere)
    assert [key for key, *_ in values(found)] == here
    assert found.problems == (), "where Hallungen and Kaltennordheim went is no Gemeinde of this Kreis"


def test_former_gemeinden_and_the_former_kreis_eisenach_are_of_this_district() -> None:
    found = judged(*every(["16056000", "16056", "16063037", "16063013"], "2018"))
    assert len(found.observations) == 4
    assert found.elsewhere == 0


def test_the_basis_stands_in_the_item_or_is_that_of_the_file() -> None:
    found = judged(
        ("16063003", "2022", "Einwohner", 1.0), ("16063003", "2022", "Einwohner|Zensus 2022", 2.0), basis="Zensus 2011"
    )
    assert list(found.observations["basis"]) == ["Zensus 2011", "Zensus 2022"]
    assert found.problems == ()


def test_problems_of_the_reader_stay() -> None:
    problem = RowProblem("Zeile 9", "Regel", "x", "Abhilfe")
    given_rows = reading(("16063003", "2022", "Einwohner", 1.0))
    whole = Reading(given_rows.rows, "vorlage", "Zahlen", problems=(problem,))
    assert judge(whole, ITEMS, TERRITORY).problems == (problem,)


# the state of the territory


def test_the_state_is_that_of_the_argument_then_of_the_file_then_of_each_period() -> None:
    row = ("16063003", "2022-06", "Einwohner", 1.0)
    for day, told, expected in (
        ("2021-12-31", "2019-12-31", "2021-12-31"),
        ("", "2019-12-31", "2019-12-31"),
        ("", "", "2022-06-30"),
    ):
        found = judged(row, day=day, gebietsstand=told)
        assert list(found.observations["gebietsstand"]) == [expected]
        assert found.gebietsstand == (day or told)


def test_a_gemeinde_that_was_not_there_gives_one_problem_with_remedy() -> None:
    years = [str(year) for year in range(2016, 2024)]
    found = judged(*every(["16063104", "16063003"], *years))
    assert texts(found) == [
        "Zeile 2: Die Gemeinde gab es am 31.12.2016 und an 2 weiteren Tagen in diesem Kreis nicht, "
        f"gefunden '16063104'. Abhilfe: {STATES_REMEDY}."
    ]
    assert [stand for key, stand, _ in values(found) if key == "16063104"] == ["2019", "2020", "2021", "2022", "2023"]
    assert len([key for key, *_ in values(found) if key == "16063003"]) == 8


def test_each_gemeinde_that_was_not_there_is_named() -> None:
    found = judged(*every(["16063013", "16063999", "16063003"], "2023"))
    assert [(problem.found, problem.row) for problem in found.problems] == [
        ("16063013", "Zeile 2"),
        ("16063999", "Zeile 3"),
    ]
    assert "am 31.12.2023 in diesem Kreis nicht" in texts(found)[0]


def test_what_was_before_the_table_of_changes_is_told_as_such() -> None:
    (text,) = texts(judged(("16063003", "2008", "Einwohner", 1.0)))
    assert "Gemeinden sind erst ab 01.01.2011 bekannt, nicht am 31.12.2008" in text
    assert values(judged(("16063", "2008", "Einwohner", 1.0))) == [("16063", "2008", 1.0)]


def test_one_state_for_all_years_makes_todays_gemeinden_fit() -> None:
    found = judged(*every(TODAY, "2012", "2023"), day="2024-01-01")
    assert found.problems == ()
    assert len(found.observations) == 2 * len(TODAY)


# guessing the state


def test_a_full_file_on_todays_gemeinden_is_recognised() -> None:
    assert guess(*every(TODAY, "2016", "2020", "2024")) == TERRITORY.day.isoformat()


def test_a_full_file_on_todays_gemeinden_is_on_todays_areas_although_its_year_ended_before() -> None:
    assert guess(*every(TODAY, "2023")) == TERRITORY.day.isoformat()
    assert guess(*every(TODAY, "2024")) == "", "the areas of that year are todays"


def test_a_full_file_on_an_older_state_is_recognised() -> None:
    older = [key for key in TODAY if key != "16063104"] + ["16063104", "16063028", "16063037"]
    assert guess(*every(sorted(older), "2016", "2022")) == "2023-12-31"


def test_a_file_that_follows_the_territory_has_no_single_state() -> None:
    before = [key for key in TODAY if key not in ("16063104", "16063105")]
    assert guess(*every([*before, "16063104"], "2022"), *every(before, "2018")) == ""


def test_a_few_gemeinden_of_one_year_are_on_the_areas_of_that_year() -> None:
    assert guess(("16063003", "2017", "Einwohner", 1.0)) == "", "Bad Salzungen was smaller then"
    found = judged(("16063003", "2017", "Einwohner", 1.0))
    assert list(found.observations["gebietsstand"]) == ["2017-12-31"]


def test_gemeinden_that_no_day_has_together_give_no_state() -> None:
    assert guess(*every(["16063013", "16063104"], "2019", "2022")) == ""
    assert guess(("16063013", "2022", "Einwohner", 1.0)) == "", "Creuzburg ended in 2019: a mistake"
    assert guess(("09162000", "2022", "Einwohner", 1.0)) == ""
    assert guess() == ""


# two figures for one thing


def test_two_contradictory_figures_are_one_problem_and_neither_counts() -> None:
    found = judged(
        ("16063003", "2022", "Einwohner", 5.5), ("16063004", "2022", "Einwohner", 1.0),
        ("16063003", "2022", "Einwohner", 7.0), ("16063003", "2022", "Einwohner", 5.5),
    )  # fmt: skip
    assert texts(found) == [
        "Zeile 2, Zeile 4, Zeile 5: Verschiedene Angaben für dasselbe, gefunden 'bev, 16063003, 2022: 5,5 und 7'. "
        "Abhilfe: die falsche streichen."
    ]
    assert values(found) == [("16063004", "2022", 1.0)]


def test_a_number_and_none_contradict_each_other_in_any_order() -> None:
    rows = [("16063003", "2022", "Einwohner", 5.0), ("16063003", "2022", "Einwohner", None)]
    for order in (rows, rows[::-1]):
        found = judged(*order)
        assert values(found) == []
        assert len(found.problems) == 1
        assert "..." in texts(found)[0]


def test_two_equal_figures_are_no_problem_and_count_once() -> None:
    rows = [("16063003", "2022", "Einwohner", 5.0), ("16063003", "2022", "Einwohner", 5.0)]
    assert judged(*rows).problems == ()
    assert values(judged(*rows)) == [("16063003", "2022", 5.0)]
    nothing = [("16063003", "2022", "Einwohner", None)] * 2
    assert judged(*nothing).problems == ()
    assert len(judged(*nothing).observations) == 1


@pytest.mark.parametrize(
    ("stands", "counts"),
    [
        (["2022-03", "2022-12", "2022-06"], "2022-12"),
        (["2022-06-30", "2022-03"], "2022-06-30"),
        (["2022", "2022-06"], "2022"),
        (["2022-06", "2022"], "2022"),
        (["2022-12", "2022", "2022-11"], "2022-12"),
        (["2022", "2022-12-31", "2022-12"], "2022-12-31"),
    ],
)
def test_of_several_days_of_a_year_the_latest_counts(stands: list[str], counts: str) -> None:
    found = judged(*[("16063003", stand, "Einwohner", float(n)) for n, stand in enumerate(stands)])
    assert values(found) == [("16063003", counts, float(stands.index(counts)))]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("period", "day"),
    [("2023", "2023-12-31"), ("2024-02", "2024-02-29"), ("2023-02", "2023-02-28"), ("2023-06-30", "2023-06-30")],
)
def test_a_period_ends_on_its_last_day(period: str, day: str) -> None:
    assert last_day(period) == day


PERIODS = st.sampled_from(["2022", "2022-12", "2022-06-30"])
ROWS = st.tuples(
    st.sampled_from(["16063003", "16063013", "09162000", "DG"]),
    PERIODS,
    st.sampled_from(["Einwohner", "Arbeitslose", "Hunde"]),
    st.none() | st.integers(0, 3).map(float),
)


@given(st.lists(ROWS, max_size=20), st.randoms(use_true_random=False))
def test_no_figure_is_lost_without_a_word_and_order_does_not_matter(rows: list[Row], shuffle: object) -> None:
    found = judged(*rows)
    observations = found.observations
    assert not observations.duplicated(["part", "key", "year", "basis"]).any()
    known = [row for row in rows if row[2] in ("Einwohner", "Arbeitslose")]
    assert sum(found.unknown.values()) == len(rows) - len(known)
    here = [row for row in known if row[0] != "09162000"]
    assert found.elsewhere == len(known) - len(here)
    told = " ".join(texts(found))
    kept = set(observations[["key", "year", "part"]].itertuples(index=False, name=None))
    for key, period, item, _ in here:
        part = {"Einwohner": "bev", "Arbeitslose": "arbeitslose"}[item]
        assert (key, int(period[:4]), part) in kept or key in told
    swapped = list(rows)
    shuffle.shuffle(swapped)  # type: ignore[attr-defined]
    again = judged(*swapped).observations
    columns = ["part", "key", "year", "stand", "value", "state"]
    pd.testing.assert_frame_equal(
        observations[columns].sort_values(columns[:3], ignore_index=True),
        again[columns].sort_values(columns[:3], ignore_index=True),
    )
