"""Years side by side: one set of classes for all of them, series with breaks and gaps, rules of territory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import geodata
from geodata.observations import territory_of
from layers import Atlas, build_atlas
from layers.keys import IndicatorKey
from layers.series import (
    Series,
    area_choices,
    band,
    breaks,
    can_be_averaged,
    course,
    default_areas,
    gap_words,
    is_share,
    level_of,
    runs,
    series_of,
    territory_rules,
)
from layers.statistics import build_statistics
from layers.timeline import calendar, chosen_years, known_years, legend_of, pooled_classes, spans, year_views

DATA = geodata.load("16063")
KEYS = sorted(DATA.gemeinden.index)
EISENACH, TREFFURT, GERSTENGRUND = "16063105", "16063076", "16063033"
SHARE, PEOPLE = IndicatorKey("ARB02"), IndicatorKey("BEV01")
YEARS = (2016, 2017, 2018, 2020, 2021)  # 2019 is missing


def counted(part: str, year: int, values: float | dict[str, float], basis: str = "") -> pd.DataFrame:
    """Return invented figures of a part for all Gemeinden, or for some keys."""
    given_ = values if isinstance(values, dict) else dict.fromkeys(KEYS, values)
    frame = pd.DataFrame({"key": list(given_), "value": list(given_.values()), "part": part, "year": year})
    return frame.assign(
        state="measured", stand=str(year), gebietsstand="2024-01-01", basis=basis, row="Zeile 2", import_id=1
    )


def invented() -> pd.DataFrame:
    """Return unemployed and people: 4 % in 2016 rising by one point a year; Gerstengrund too few, and a new census."""
    frames = []
    for year in YEARS:
        share = 0.04 + 0.01 * (year - 2016)
        counts = {key: round(4000 * share) + 8 * place for place, key in enumerate(KEYS)}
        base = dict.fromkeys(KEYS, 4000.0)
        counts[GERSTENGRUND], base[GERSTENGRUND] = 2, 70.0
        frames += [counted("arbeitslose", year, counts), counted("bev_15_64", year, base)]
        frames += [counted("arbeitslose", year, {"16": 50_000.0}), counted("bev_15_64", year, {"16": 1_000_000.0})]
        frames.append(counted("bev", year, 6000 - 10 * (year - 2016), "Zensus 2022" if year > 2018 else "Zensus 2011"))
    return pd.concat(frames, ignore_index=True)


def atlas_of(rows: pd.DataFrame, audience: str = "oeffentlich") -> Atlas:
    return build_atlas(DATA, build_statistics(DATA, rows, territory_of(DATA), {}, audience))  # type: ignore[arg-type]


ATLAS = atlas_of(invented())


def one(area: str, *, key: IndicatorKey = SHARE, atlas: Atlas = ATLAS, mean: bool = False, name: str = "A") -> Series:
    return series_of(atlas, "gemeinde", key, (area, name), mean=mean)


def made(values: list[float | None], states: list[str] | None = None, basis: list[str] | None = None) -> Series:
    """Return a series of 2016 and after made by hand."""
    index = pd.Index([str(2016 + place) for place in range(len(values))], dtype=object)
    numbers = [np.nan if value is None else value for value in values]
    told = states or ["missing" if value is None else "measured" for value in values]
    columns = {"value": numbers, "state": told, "reason": "", "basis": basis or [""] * len(values)}
    return Series("x", "X", pd.DataFrame(columns, index=index).assign(numerator=np.nan, denominator=np.nan))


# Classes of all years


def test_classes_of_all_years_have_the_limits_of_the_pooled_values() -> None:
    first, second = pd.Series([1.0, 2.0, 3.0], list("abc")), pd.Series([4.0, 5.0, np.nan], list("abc"))
    found = pooled_classes({"2020": first, "2021": second}, "gleich", 4, 0)
    assert {classes.bins for classes in found.values()} == {(2.0, 3.0, 4.0, 5.0)}
    assert found["2020"].of.to_dict() == {"a": 0, "b": 0, "c": 1}
    assert found["2021"].of.to_dict() == {"a": 2, "b": 3, "c": -1}
    assert (found["2020"].counts, found["2021"].counts) == ((2, 1, 0, 0), (0, 0, 1, 1))
    assert {classes.lowest for classes in found.values()} == {1.0}


TENTHS = st.one_of(st.none(), st.integers(-300, 300).map(lambda tenths: tenths / 10))


@given(
    st.lists(st.lists(TENTHS, min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["quantile", "gleich", "jenks", "rund"]),
    st.integers(3, 7),
)
def test_equal_values_have_one_class_whatever_their_year(years: list[list[float | None]], scheme: str, k: int) -> None:
    series = {str(2000 + n): pd.Series(values, list("abc"), dtype=float) for n, values in enumerate(years)}
    found = pooled_classes(series, scheme, k, 1)
    assert len({classes.bins for classes in found.values()}) == 1
    class_of: dict[float, int] = {}
    for year, classes in found.items():
        assert list(classes.of.index) == list("abc")
        assert sum(classes.counts) == series[year].notna().sum()
        for value, place in zip(series[year], classes.of, strict=True):
            if np.isnan(value):
                assert place == -1
                continue
            assert class_of.setdefault(value, place) == place
            lower = classes.bins[place - 1] if place else -np.inf
            assert lower < value <= classes.bins[place]


def test_no_years_no_classes() -> None:
    assert pooled_classes({}, "quantile", 5, 1) == {}


def test_maps_of_all_years_share_limits_colours_and_include_the_year_that_is_missing() -> None:
    views = year_views(ATLAS, "gemeinde", SHARE, "quantile", 5)
    assert list(views) == ["2016", "2017", "2018", "2019", "2020", "2021"]
    assert len({view.classes.bins for view in views.values()}) == 1
    assert len({tuple(view.colours) for view in views.values()}) == 1
    gap = views["2019"]
    assert not gap.has_values
    assert set(gap.rows["shown"]) == {"k. A."}
    assert set(gap.rows["class_"]) == {-1}
    assert gap.rows["reason"].iloc[0] == "Für 2019 liegt kein Wert vor."
    assert np.isnan(gap.layer.kreis["value"])
    assert views["2018"].has_values, "the year before keeps its values"


def test_one_legend_for_all_years_counts_every_area_once_a_year() -> None:
    views = year_views(ATLAS, "gemeinde", SHARE, "quantile", 5)
    entries, counts = legend_of(views.values())
    assert [sum(row) for row in counts] == [len(KEYS)] * len(views)
    kinds = [entry.kind for entry in entries]
    assert kinds[-2:] == ["suppressed", "none"]
    assert counts[list(views).index("2019")][-1] == len(KEYS)
    hidden = [row[-2] for year, row in zip(views, counts, strict=True) if year != "2019"]
    assert min(hidden) >= 1, "the small count is hidden every year"


def test_a_hidden_value_is_nowhere_in_the_maps() -> None:
    for year, view in year_views(ATLAS, "gemeinde", SHARE, "quantile", 5).items():
        row = view.rows.loc[GERSTENGRUND]
        assert np.isnan(row["value"])
        assert row["shown"] in (("k. A.",) if year == "2019" else ("geheim",))


# Years


def test_years_are_those_of_the_level_and_the_calendar_has_no_holes() -> None:
    assert known_years(ATLAS, "gemeinde", SHARE) == ("2016", "2017", "2018", "2020", "2021")
    assert calendar(known_years(ATLAS, "gemeinde", SHARE)) == ("2016", "2017", "2018", "2019", "2020", "2021")
    assert calendar([]) == ()
    own = build_atlas(DATA)
    assert known_years(own, "gemeinde", PEOPLE) == own.periods(PEOPLE)[::-1]
    assert known_years(own, "gemeinde", SHARE) == ()


@given(st.sets(st.integers(1990, 2030), min_size=1), st.integers(2, 12))
def test_chosen_years_are_even_few_and_keep_both_ends(years: set[int], most: int) -> None:
    every = [str(year) for year in sorted(years)]
    found = chosen_years(every, most)
    assert len(found) == min(len(every), most)
    assert (found[0], found[-1]) == (every[0], every[-1]) or len(every) == 1
    places = [every.index(year) for year in found]
    steps = set(np.diff(places))
    assert not steps or max(steps) - min(steps) <= 1


def test_years_in_words() -> None:
    assert spans([]) == ""
    assert spans(["2019", "2014", "2015", "2016", "2021", "2022"]) == "2014–2016, 2019, 2021, 2022"


# Series


def test_a_series_has_every_year_and_its_numbers_are_those_of_the_map() -> None:
    found = one(EISENACH)
    assert list(found.rows.index) == ["2016", "2017", "2018", "2019", "2020", "2021"]
    for year in YEARS:
        table = ATLAS.table("gemeinde", SHARE, str(year))
        assert found.rows.at[str(year), "value"] == table.at[EISENACH, "value"]
    assert found.rows.at["2019", "state"] == "missing"
    assert found.rows.loc["2016", ["numerator", "denominator"]].tolist() == [160 + 8 * KEYS.index(EISENACH), 4000]


def test_a_line_stops_at_a_missing_year() -> None:
    assert [list(run.index) for run in runs(one(EISENACH))] == [["2016", "2017", "2018"], ["2020", "2021"]]
    assert gap_words(one(EISENACH)) == "A: 2019 keine Angabe"


def test_a_line_stops_where_the_census_changes_and_the_break_is_named() -> None:
    found = one(EISENACH, key=PEOPLE)
    assert breaks(found) == [("2020", "Zensus 2022")]
    assert [list(run.index) for run in runs(found)] == [["2016", "2017", "2018"], ["2020", "2021"]]
    joined = made([1, 2, 3, 4], basis=["Zensus 2011", "Zensus 2011", "Zensus 2022", "Zensus 2022"])
    assert [list(run.index) for run in runs(joined)] == [["2016", "2017"], ["2018", "2019"]]
    assert breaks(joined) == [("2018", "Zensus 2022")]


def test_an_unknown_base_between_is_no_break() -> None:
    assert breaks(made([1, 2, 3], basis=["Zensus 2011", "", "Zensus 2011"])) == []
    assert len(runs(made([1, 2, 3], basis=["Zensus 2011", "", "Zensus 2011"]))) == 1


def test_a_break_of_method_is_a_break_too_but_only_between_values() -> None:
    broken = made([1, None, None, 4, None], ["measured", "break", "break", "measured", "break"])
    assert breaks(broken) == [("2017", "Reihenbruch")]
    assert [list(run.index) for run in runs(broken)] == [["2016"], ["2019"]]
    assert course(broken, "%", 0) == "X: nicht vergleichbar: Reihenbruch 2017."


@given(st.lists(st.one_of(st.none(), st.just(0.0), st.floats(1, 100)), min_size=1, max_size=12))
def test_lines_hold_every_value_once_and_never_bridge_a_gap(values: list[float | None]) -> None:
    pieces = runs(made(values))
    drawn = [year for piece in pieces for year in piece.index]
    assert drawn == [str(2016 + place) for place, value in enumerate(values) if value is not None]
    for piece in pieces:
        assert [int(year) for year in piece.index] == list(range(int(piece.index[0]), int(piece.index[-1]) + 1))


def test_a_hidden_count_gives_neither_value_nor_interval_nor_mean() -> None:
    for mean in (False, True):
        rows = one(GERSTENGRUND, mean=mean).rows
        assert rows[["value", "numerator", "denominator"]].isna().to_numpy().all()
        assert band(one(GERSTENGRUND, mean=mean)).isna().to_numpy().all()
    assert "geheim" in gap_words(one(GERSTENGRUND))
    assert course(one(GERSTENGRUND), "%", 1) == "A: geheim."


def test_a_mean_over_years_sums_counts_and_needs_all_of_them() -> None:
    rows = [
        *(counted("arbeitslose", year, n) for year, n in ((2018, 30), (2019, 60), (2020, 90))),
        *(counted("bev_15_64", year, n) for year, n in ((2018, 1000), (2019, 1000), (2020, 4000))),
    ]
    atlas = atlas_of(pd.concat(rows, ignore_index=True))
    found = one(EISENACH, atlas=atlas, mean=True).rows
    assert found["value"].tolist()[-1] == pytest.approx(100 * 180 / 6000), "not the mean of 3, 6 and 2.25 %"
    assert found["value"].isna().tolist() == [True, True, False]
    assert found.at["2019", "reason"] == "Von 2017 bis 2019 fehlt mindestens ein Jahr."
    assert found.loc["2020", ["numerator", "denominator"]].tolist() == [180, 6000]


def test_a_mean_makes_a_small_base_larger_but_still_hides_one_below_fifty() -> None:
    def with_base(base: float) -> pd.Series:
        rows = [
            counted(part, year, n)
            for year in (2019, 2020, 2021)
            for part, n in (("arbeitslose", 10), ("bev_15_64", base))
        ]
        return one(EISENACH, atlas=atlas_of(pd.concat(rows, ignore_index=True)), mean=True).rows.iloc[-1]

    assert (with_base(16)["state"], np.isnan(with_base(16)["value"])) == ("not_applicable", True)
    assert (with_base(20)["state"], with_base(20)["value"]) == ("unreliable", pytest.approx(50))
    assert (with_base(40)["state"], with_base(40)["value"]) == ("measured", pytest.approx(25))


def test_a_mean_never_reaches_over_a_census() -> None:
    rows = one(EISENACH, key=PEOPLE, mean=True).rows
    assert rows["value"].notna().tolist() == [False, False, True, False, False, False]
    ours = pd.concat([counted("bev", year, 100, basis) for year, basis in
                      ((2020, "Zensus 2011"), (2021, "Zensus 2022"), (2022, "Zensus 2022"))])  # fmt: skip
    last = one(EISENACH, key=PEOPLE, atlas=atlas_of(ours), mean=True).rows.iloc[-1]
    assert (last["state"], np.isnan(last["value"])) == ("break", True)


def test_only_counts_can_be_averaged() -> None:
    assert can_be_averaged(ATLAS, SHARE)
    assert not can_be_averaged(ATLAS, IndicatorKey("GIS01")), "a score is no count"
    assert not can_be_averaged(ATLAS, IndicatorKey("MIN01")), "nothing read in"
    assert not can_be_averaged(build_atlas(DATA), PEOPLE), "population that came with the dataset"


def test_only_shares_of_people_have_an_interval() -> None:
    known = {key: is_share(indicator) for key, indicator in ATLAS.indicators.items()}
    assert known["ARB02"]
    assert known["MIN01"]
    assert not known["BEV01"]
    assert not known["BEV03"], "a change may be negative"
    assert not known["EIK02"]
    assert not known["WOH03"], "dwellings are counted, not drawn"


def test_the_interval_is_that_of_wilson() -> None:
    found = band(one(EISENACH)).loc["2016"]
    n, p, z = 4000, (160 + 8 * KEYS.index(EISENACH)) / 4000, 1.959964
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    assert found.tolist() == pytest.approx([100 * (middle - half), 100 * (middle + half)], abs=1e-5)


def test_the_course_in_words_says_ends_and_break() -> None:
    assert course(made([10, 12, 15]), "%", 0) == "X: gestiegen von 10 % (2016) auf 15 % (2018)."
    crossed = made([10, 12, 30, 31], basis=["Zensus 2011"] * 2 + ["Zensus 2022"] * 2)
    said = course(crossed, "", 0)
    assert "30 (2018), 31 (2019)" in said or "30 (2018) auf 31 (2019)" in said
    assert "Reihenbruch 2018" in said
    assert "10" not in said


def test_the_state_of_the_first_year_after_a_break_is_kept_in_words() -> None:
    crossed = made([10, 20, 40], ["measured", "unreliable", "measured"], ["Zensus 2011", "Zensus 2022", "Zensus 2022"])
    assert "(20) %" in course(crossed, "%", 0)


# Areas


def test_the_chart_begins_with_kreis_both_ends_and_land() -> None:
    shown = default_areas(ATLAS, "gemeinde", SHARE)
    table = ATLAS.table("gemeinde", SHARE, "2021")["value"]
    assert shown == ("16063", table.idxmax(), table.idxmin(), "16")
    assert default_areas(ATLAS, "kreis", SHARE) == ("16063", "16")
    assert default_areas(ATLAS, "gemeinde", PEOPLE) == ("16063",), "the sum of all would hide the others"
    assert default_areas(build_atlas(DATA), "gemeinde", SHARE) == ("16063",)


def test_the_land_is_offered_only_where_it_is_published() -> None:
    assert list(area_choices(ATLAS, "gemeinde", SHARE))[:2] == ["16063", "16"]
    assert "16" not in area_choices(ATLAS, "gemeinde", PEOPLE)
    assert one("16").rows.at["2016", "value"] == pytest.approx(5)
    assert level_of(ATLAS, "gemeinde", "16063") == "kreis"
    with pytest.raises(KeyError):
        level_of(ATLAS, "sozialraum", EISENACH)


# Territory


def rules(level: str, *areas: str, since: int = 2013) -> list[str]:
    return territory_rules(DATA, territory_of(DATA), level, areas, since)


def test_the_rule_of_territory_is_that_of_the_areas_that_changed() -> None:
    assert rules("gemeinde", TREFFURT) == ["Treffurt: vor 01.01.2019 ohne Ifta, hier mitgezählt."]
    assert rules("gemeinde", TREFFURT, since=2019) == []
    assert rules("gemeinde", GERSTENGRUND) == []
    assert rules("sozialraum", "treffurt") == rules("gemeinde", TREFFURT)
    assert rules("gemeinde", "16") == []


def test_the_kreis_tells_who_joined_and_who_left() -> None:
    said = " ".join(rules("kreis", "16063"))
    assert "Eisenach: vor 01.07.2021 kreisfrei" in said
    assert "Hallungen: seit 01.01.2024 nicht mehr im Kreis" in said
    assert "Treffurt" not in said


def test_before_the_first_proven_change_the_reader_is_told_so() -> None:
    assert rules("gemeinde", GERSTENGRUND, since=2001) == [
        "Gebietsänderungen vor dem 01.01.2011 sind nicht nachgewiesen."
    ]
    assert rules("gemeinde", TREFFURT, since=2030) == []
