"""Comparing areas: lines, correlations, likeness, profiles, ranks, change; by hand and by other libraries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from geodata.model import State
from layers.compare import Tolerance, alike, profile, spread
from layers.ranking import rank_interval, ranking, wilson
from layers.relations import FALLACY, correlations, holm, regression, warnings
from layers.trends import change, trend_words

NAN = float("nan")
NUMBER = st.integers(-1000, 1000).map(lambda n: n / 10)
PAIRS = st.lists(st.tuples(NUMBER, NUMBER), min_size=3, max_size=25)
HOLED = st.one_of(st.just(NAN), st.integers(0, 12).map(float))


def series(*values: float) -> pd.Series:
    return pd.Series(values, index=[f"a{n}" for n in range(len(values))], dtype=float)


# A straight line


def test_a_line_by_hand_and_the_area_without_a_pair_has_no_residual() -> None:
    """x 0 1 2, y 1 3 8: slope 3.5, intercept 0.5, r² = 7² / (2 · 26)."""
    found = regression(series(0, 1, 2, 5), series(1, 3, 8, NAN))
    assert (found.n, found.slope, found.intercept) == (3, pytest.approx(3.5), pytest.approx(0.5))
    assert found.r2 == pytest.approx(49 / 52)
    assert found.rho == pytest.approx(1)
    pd.testing.assert_series_equal(found.residuals, series(0.5, -1.0, 0.5, NAN))


def test_fewer_than_eight_areas_are_not_tested_and_it_says_so() -> None:
    seven = regression(series(*range(7)), series(0, 2, 1, 4, 3, 6, 5))
    assert np.isnan([seven.p, seven.low, seven.high]).all()
    assert seven.slope > 0
    assert "kein Test" in seven.reason
    assert "(7)" in seven.reason
    eight = regression(series(*range(8)), series(0, 2, 1, 4, 3, 6, 5, 7))
    assert eight.reason == ""
    assert 0 < eight.p < 0.05


def test_the_band_is_the_one_of_the_t_distribution() -> None:
    x, y = series(*range(10)), series(2, 1, 4, 3, 6, 5, 8, 7, 10, 9)
    found, oracle = regression(x, y, level=0.9), stats.linregress(x, y)
    assert found.p == pytest.approx(oracle.pvalue)
    half = stats.t(8).ppf(0.95) * oracle.stderr
    assert (found.low, found.high) == (pytest.approx(oracle.slope - half), pytest.approx(oracle.slope + half))
    assert found.rho == pytest.approx(stats.spearmanr(x, y).statistic)


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([4.0] * 9, range(9), "die erste Kennzahl hat in allen Gebieten denselben Wert"),
        ([0.3] * 8 + [0.1 + 0.2], range(9), "die erste Kennzahl hat in allen Gebieten denselben Wert"),
        (range(9), [0.0] * 9, "die zweite Kennzahl hat in allen Gebieten denselben Wert"),
        ([1, 2, NAN], [1, 2, 3], "weniger als 3 Gebiete mit beiden Werten (2)"),
        ([], [], "weniger als 3 Gebiete mit beiden Werten (0)"),
    ],
)
def test_where_nothing_varies_there_is_no_line_but_a_reason(x, y, reason: str) -> None:
    found = regression(series(*x), series(*y))
    assert found.reason == f"nicht sinnvoll: {reason}"
    assert np.isnan([found.slope, found.r, found.p]).all()
    assert found.residuals.isna().all()
    assert len(found.residuals) == len(list(x))


@given(PAIRS, st.integers(1, 50), NUMBER)
def test_a_line_follows_a_change_of_units(pairs: list[tuple[float, float]], factor: int, shift: float) -> None:
    x, y = (series(*values) for values in zip(*pairs, strict=True))
    assume(x.nunique() > 1)
    assume(y.nunique() > 1)
    one, other = regression(x, y), regression(factor * x + shift, -3 * y)
    assert other.slope == pytest.approx(-3 * one.slope / factor, abs=1e-9)
    assert other.r == pytest.approx(-one.r, abs=1e-9)
    assert other.rho == pytest.approx(-one.rho, abs=1e-9)
    assert one.residuals.sum() == pytest.approx(0, abs=1e-7)
    back = regression(y, x)
    assert back.slope * one.slope == pytest.approx(one.r2, abs=1e-9)


# Correlations


@given(st.lists(st.tuples(HOLED, HOLED, HOLED), min_size=1, max_size=25), st.sampled_from(["pearson", "spearman"]))
def test_each_correlation_is_the_one_of_its_complete_pairs(rows: list[tuple[float, ...]], method) -> None:
    values = pd.DataFrame(rows, columns=["a", "b", "c"])
    found = correlations(values, method)
    assert found[["first", "second"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    oracle = {"pearson": stats.pearsonr, "spearman": stats.spearmanr}[method]
    for row in found.itertuples():
        pair = values[[row.first, row.second]].dropna()
        assert row.n == len(pair)
        if len(pair) < 3 or pair.nunique().min() < 2:
            assert np.isnan([row.r, row.p, row.p_holm]).all()
            continue
        expected = oracle(pair[row.first], pair[row.second])
        assert row.r == pytest.approx(expected.statistic, abs=1e-9)
        if row.n >= 8:
            assert row.p == pytest.approx(expected.pvalue, abs=1e-7)
        else:
            assert np.isnan(row.p)


@pytest.mark.parametrize(("method", "oracle"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)])
def test_p_of_many_areas_is_that_of_scipy(method, oracle) -> None:
    rng = np.random.default_rng(12)
    values = pd.DataFrame(rng.normal(size=(40, 4)).round(1), columns=list("abcd")).mask(rng.random((40, 4)) < 0.1)
    values["d"] += values["a"]
    for row in correlations(values, method).itertuples():
        pair = values[[row.first, row.second]].dropna()
        expected = oracle(pair[row.first], pair[row.second])
        assert (row.r, row.p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue, rel=1e-6))


def test_an_indicator_against_itself_is_one_and_has_no_warning() -> None:
    values = pd.DataFrame({"a": range(10), "b": range(0, 20, 2)})
    assert correlations(values).loc[0, ["r", "p"]].tolist() == [pytest.approx(1), pytest.approx(0, abs=1e-12)]
    assert correlations(values[["a"]]).empty
    assert correlations(values[[]]).empty


def test_holm_by_hand() -> None:
    """0.01 · 3, 0.02 · 2, 0.5 · 1; a smaller p is never adjusted to more than a larger one; never above 1."""
    assert holm(pd.Series([0.5, 0.01, NAN, 0.02])).tolist() == pytest.approx([0.5, 0.03, NAN, 0.04], nan_ok=True)
    assert holm(pd.Series([0.3, 0.3, 0.9])).tolist() == pytest.approx([0.9, 0.9, 0.9])
    assert holm(pd.Series([0.6, 0.7])).tolist() == [1, 1]
    assert holm(pd.Series([], dtype=float)).empty


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20).map(pd.Series))
def test_holm_lies_between_p_and_bonferroni(p: pd.Series) -> None:
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert (adjusted <= (len(p) * p).clip(upper=1) + 1e-12).all()
    assert (adjusted.iloc[p.argsort()].diff().dropna() >= 0).all()


def test_the_warnings_name_fallacy_n_tests_and_shared_parts() -> None:
    pairs = [("BEV05", "BEV06"), ("BEV05", "BEV07"), ("BEV06", "BEV07")]
    found = pd.DataFrame(pairs, columns=["first", "second"]).assign(n=16, p=[0.04, 0.001, 0.3])
    found["p_holm"] = holm(found["p"])
    parts = {"BEV05": {"bev_20_64"}, "BEV06": {"bev_20_64", "bev_65"}, "BEV07": {"bev"}}
    names = {"BEV05": "Jugendquotient", "BEV06": "Altenquotient", "bev_20_64": "20 bis 64 Jahre"}
    said = warnings(found, parts=parts, names=names)
    assert said[0] == FALLACY
    assert said[1].startswith("Jeder Wert beruht auf 16 Gebieten, die beide Kennzahlen haben. Bei so wenigen")
    assert said[2] == (
        "Geprüft wurden 3 Paare; etwa 0,2 davon fielen auch ohne jeden Zusammenhang auf (p < 0,05). "
        "Auffällig sind 2, nach der Korrektur nach Holm 1."
    )
    assert said[3:] == [
        "„Jugendquotient“ und „Altenquotient“ enthalten dieselbe Größe (20 bis 64 Jahre): "
        "Ein Teil des Zusammenhangs ist rechnerisch."
    ]


def test_few_areas_are_named_and_no_tests_need_no_correction() -> None:
    few = correlations(pd.DataFrame({"a": [1, 2, 3, 5], "b": [2, 1, 4, NAN], "c": [1, 1, 2, 3]}))
    said = warnings(few)
    assert len(said) == 2
    assert "3 bis 4 Gebieten" in said[1]
    assert "nicht geprüft" in said[1]
    assert warnings(correlations(pd.DataFrame({"a": [1.0]}))) == [FALLACY]


# Alike


def table() -> pd.DataFrame:
    """old: median 20, MAD 10 (deviations 0 10 0 10 20); far: median 12, MAD 2 (0 2 2 3, one missing)."""
    values = pd.DataFrame({"old": [20, 30, 20, 10, 40], "far": [12, 14, 10, NAN, 15.0]}, index=list("ABCDE"))
    return values.astype(float)


def test_the_most_similar_areas_by_hand() -> None:
    values = table()
    scale = spread(values)
    assert scale["old"] == pytest.approx(14.826)
    # far: 12 14 10 15 has median 13, deviations 1 1 3 2, MAD 1.5
    assert scale["far"] == pytest.approx(1.4826 * 1.5)
    found = alike(values, "A")
    assert found.index.tolist() == ["C", "B", "E", "D"]
    by_hand = np.sqrt((np.array([0, 10, 20]) / 14.826) ** 2 / 2 + (np.array([-2, 2, 3]) / 2.2239) ** 2 / 2)
    np.testing.assert_allclose(found["distance"], [*by_hand, NAN])
    assert found.loc["B", ["old", "far"]].tolist() == [10, 2]
    assert found.at["D", "note"] == "Nicht verglichen, kein Wert: far."
    assert found.at["D", "old"] == -10
    assert (found["n"] == 2).all()
    assert found["within"].isna().all()


def test_tolerance_in_percent_of_the_own_value_and_in_units() -> None:
    percent = alike(table(), "A", tolerance={"old": Tolerance(50, percent=True)})["within"]
    assert percent.to_dict() == {"B": True, "C": True, "E": False, "D": None}
    units = alike(table(), "A", tolerance={"old": Tolerance(10), "far": Tolerance(1.99)})["within"]
    assert units.to_dict() == {"B": False, "C": False, "E": False, "D": None}
    exact = pd.DataFrame({"x": [0.1, 0.1 + 0.2, 0.5, 0.7]})
    assert alike(exact, 0, tolerance={"x": Tolerance(0.2)}).at[1, "within"] is True


def test_an_indicator_without_weight_does_not_count_and_loses_no_area() -> None:
    found = alike(table(), "A", weights={"old": 2.0})
    np.testing.assert_allclose(found["distance"], np.array([0, 10, 10, 20]) / 14.826)
    assert found.index.tolist() == ["C", "B", "D", "E"]
    assert (found["n"] == 1).all()
    assert (found["note"] == "").all()


def test_an_indicator_that_the_area_lacks_is_named_and_left_out() -> None:
    found = alike(table(), "D")
    assert found["distance"].notna().all()
    assert found["note"].unique().tolist() == ["Außer Betracht, weil das Gebiet selbst keinen Wert hat: far."]
    nothing = alike(table()[["far"]], "D")
    assert nothing["distance"].isna().all()
    assert nothing["note"].str.startswith("Nicht verglichen").all()


def test_where_most_areas_are_equal_the_mean_deviation_scales() -> None:
    values = pd.DataFrame({"x": [0.0, 0, 0, 0, 5], "same": [3.0] * 5})
    assert spread(values).tolist() == pytest.approx([1.2533 * 1.0, NAN], nan_ok=True)
    found = alike(values, 0)
    assert found["n"].unique().tolist() == [1]
    assert found["distance"].max() == pytest.approx(5 / 1.2533)


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=3, max_size=20), st.integers(1, 9), NUMBER)
def test_distances_do_not_depend_on_units_and_go_both_ways(rows, factor: int, shift: float) -> None:
    values = pd.DataFrame(rows, columns=["a", "b"])
    other = values.assign(a=values["a"] * factor + shift)
    here, there = alike(values, 0)["distance"], alike(other, 0)["distance"]
    np.testing.assert_allclose(here.sort_index(), there.sort_index(), rtol=1e-6, atol=1e-9)
    assert (here.dropna() >= 0).all()
    assert here.dropna().is_monotonic_increasing
    back = alike(values, 1)["distance"]
    np.testing.assert_allclose(here.at[1], back.at[0])


# Profile


def test_a_profile_by_hand() -> None:
    """x: 1 … 9, median 5, MAD 2, so 1 standard deviation is 2.9652."""
    index = list("ABCDEFGHI")
    values = pd.DataFrame({"load": range(1, 10), "good": range(1, 10), "context": range(1, 10)}, index, dtype=float)
    reference = pd.Series({"load": 5.0, "good": 5.0, "context": 5.0})
    found = profile(values, "H", reference, reference - 1, direction={"load": -1, "good": 1, "context": 0})
    assert found["value"].tolist() == [8, 8, 8]
    assert found["n"].tolist() == [9, 9, 9]
    assert found["kreis"].tolist() == [5, 5, 5]
    assert found["percent_kreis"].tolist() == pytest.approx([60, 60, 60])
    assert found["percent_land"].tolist() == pytest.approx([100, 100, 100])
    assert found["z_kreis"].tolist() == pytest.approx([3 / 2.9652] * 3)
    assert found["word_kreis"].tolist() == ["ungünstiger", "günstiger", ""]
    near = profile(values, "F", reference, reference, direction={"load": -1, "good": 1})
    assert near["word_kreis"].tolist() == ["ähnlich", "ähnlich", ""]


def test_a_profile_says_nothing_of_values_that_are_not_there() -> None:
    values = pd.DataFrame({"x": [NAN, *range(9)], "y": range(10)}, dtype=float)
    found = profile(values, 0, pd.Series({"x": 3.0}), pd.Series({"x": 3.0, "y": 2.0}), direction={"x": 1, "y": 1})
    assert found["word_kreis"].tolist() == ["", ""]
    assert found[["percent_kreis", "z_kreis"]].isna().all(axis=None)
    assert found["word_land"].tolist() == ["", "ungünstiger"]
    assert found["n"].tolist() == [9, 10]


def test_few_areas_have_no_spread_and_percent_decides() -> None:
    values = pd.DataFrame({"x": [10.4, 10.6, 9.0], "zero": [1.0, 0, 0], "same": [0.0, 0, 0]})
    reference = pd.Series({"x": 10.0, "zero": 0.0, "same": 0.0})
    way = {"x": -1, "zero": -1, "same": -1}
    first, second = (profile(values, area, reference, reference, direction=way) for area in (0, 1))
    assert first["z_kreis"].isna().all()
    assert first["word_kreis"].tolist() == ["ähnlich", "", "ähnlich"]
    assert second["word_kreis"].tolist() == ["ungünstiger", "ähnlich", "ähnlich"]


# Intervals and ranks


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 400)), min_size=1, max_size=8), st.floats(0.5, 0.999))
def test_wilson_is_the_interval_of_scipy(rows: list[tuple[int, int]], level: float) -> None:
    hits = pd.Series([min(k, n) for k, n in rows])
    n = pd.Series([n for _, n in rows])
    found = wilson(hits, n, level)
    for k, base, row in zip(hits, n, found.itertuples(), strict=True):
        oracle = stats.binomtest(k, base).proportion_ci(level, method="wilson")
        assert (row.low, row.high) == (pytest.approx(oracle.low, abs=1e-12), pytest.approx(oracle.high, abs=1e-12))
        assert 0 <= row.low <= k / base <= row.high <= 1


def test_bases_are_found_by_area_not_by_place() -> None:
    hits, n = series(1, 2), pd.Series({"a1": 20.0, "a0": 10.0})
    pd.testing.assert_frame_equal(wilson(hits, n), wilson(hits, series(10, 20)))
    assert ranking(hits, n)["value"].tolist() == [10, 10]


def test_what_is_no_share_has_no_interval() -> None:
    found = wilson(series(1, NAN, 5, 11, -1, 0), series(10, 10, 0, 10, 10, NAN))
    assert found.notna().all(axis=1).tolist() == [True, False, False, False, False, False]
    assert wilson(series(0, 10), series(10, 10)).loc[["a0"], "low"].item() == 0
    assert wilson(series(0, 10), series(10, 10)).loc[["a1"], "high"].item() == 1


def test_rank_intervals_by_hand() -> None:
    """Three areas: [6, 8], [4, 7], [1, 3]. The last is surely behind the two others, which overlap."""
    low, high = series(6, 4, 1, NAN), series(8, 7, 3, NAN)
    falling = rank_interval(low, high)
    np.testing.assert_array_equal(falling, [[1, 2], [1, 2], [3, 3], [NAN, NAN]])
    np.testing.assert_array_equal(rank_interval(low, high, ascending=True), [[2, 3], [2, 3], [1, 1], [NAN, NAN]])
    touching = rank_interval(series(1, 2), series(2, 3))
    np.testing.assert_array_equal(touching, [[1, 2], [1, 2]])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 8)), min_size=1, max_size=20), st.booleans())
def test_rank_intervals_are_those_of_the_pairwise_definition(rows: list[tuple[int, int]], ascending: bool) -> None:
    low = pd.Series([start for start, _ in rows])
    high = pd.Series([start + width for start, width in rows])
    found = rank_interval(low, high, ascending=ascending)
    for area in low.index:
        above, below = int((low > high[area]).sum()), int((high < low[area]).sum())
        before, behind = (below, above) if ascending else (above, below)
        assert found.loc[area].tolist() == [1 + before, len(low) - behind]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=25),
    st.booleans(),
)
def test_the_rank_lies_in_its_interval_and_the_value_in_its_own(rows: list[tuple[int, int]], ascending: bool) -> None:
    hits, n = pd.Series([k for k, _ in rows]), pd.Series([k + more for k, more in rows])
    found = ranking(hits, n, ascending=ascending)
    known = found[found["value"].notna()]
    assert known.index.tolist() == n.index[n > 0].tolist()
    assert known["rank"].between(known["first_rank"], known["last_rank"]).all()
    assert known["value"].between(known["low"] - 1e-9, known["high"] + 1e-9).all()
    assert (found["n"] == (n > 0).sum()).all()
    assert found.loc[n == 0].drop(columns="n").isna().all(axis=None)


def test_ranks_by_hand_with_ties_and_large_bases() -> None:
    hits, n = series(50_000, 20_000, 20_000, 1), series(100_000, 100_000, 100_000, 4)
    found = ranking(hits, n)
    assert found["value"].tolist() == [50, 20, 20, 25]
    assert found["rank"].tolist() == [1, 3, 3, 2]
    # The three large ones are told apart as far as they differ; the small one (1 of 4) may stand anywhere.
    np.testing.assert_array_equal(found[["first_rank", "last_rank"]], [[1, 2], [2, 4], [2, 4], [1, 4]])
    alone = wilson(hits, n)
    np.testing.assert_allclose(found[["low", "high"]], 100 * alone)
    np.testing.assert_allclose(ranking(hits, n, factor=1000)["value"], 10 * found["value"])


def test_rank_intervals_rest_on_intervals_that_hold_together() -> None:
    """Ten areas: each interval at 0.95 ** 0.1, or 99.5 %. 30 and 36 % of 1,000 are apart alone, not together."""
    hits, n = series(300, 360, *[600] * 8), series(*[1000] * 10)
    found = ranking(hits, n)
    assert found.at["a0", "high"] < found.at["a1", "low"]
    wide = [stats.binomtest(k, 1000).proportion_ci(0.95**0.1, method="wilson") for k in (300, 360)]
    assert wide[0].high > wide[1].low
    np.testing.assert_array_equal(found.loc[["a0", "a1"], ["first_rank", "last_rank"]], [[9, 10], [9, 10]])


def test_all_true_ranks_are_held_at_once_in_at_least_95_percent_of_draws() -> None:
    """Klein, Wright and Wieczorek promise it for all areas together; drawn anew 400 times from known shares."""
    rng = np.random.default_rng(7)
    n = pd.Series(rng.integers(200, 20_000, 32))
    true = pd.Series(rng.permutation(np.linspace(0.02, 0.12, 32)))
    true_rank = true.rank(ascending=False)
    held = 0
    for _ in range(400):
        found = ranking(pd.Series(rng.binomial(n, true)), n)
        held += true_rank.between(found["first_rank"], found["last_rank"]).all()
    assert held >= 0.95 * 400
    assert (found["last_rank"] - found["first_rank"]).median() < 31


# Change


def test_counts_change_in_percent_rates_in_points() -> None:
    then, now = series(200, 50, 0, 10), series(220, 40, 5, 10)
    counts = change(then, now)
    assert counts["absolute"].tolist() == [20, -10, 5, 0]
    assert counts["relative"].tolist() == pytest.approx([10, -20, NAN, 0], nan_ok=True)
    assert counts["reason"].tolist() == ["", "", "Ausgangswert 0: keine Veränderung in %", ""]
    assert counts["comparable"].all()
    assert (counts["n"] == 4).all()
    rates = change(then, now, kind="rate")
    assert rates["absolute"].tolist() == [20, -10, 5, 0]
    assert rates["relative"].isna().all()
    assert (rates["reason"] == "").all()


def test_what_is_broken_secret_or_missing_is_not_compared_and_says_why() -> None:
    then, now = series(1, 2, NAN, 4, 5, NAN), series(2, NAN, 3, 5, 6, NAN)
    states = pd.DataFrame(
        {
            "then": [State.MEASURED, State.MEASURED, State.MEASURED, State.SUPPRESSED_PRIMARY, State.BREAK, "missing"],
            "now": [State.UNRELIABLE, State.SUPPRESSED_SECONDARY, State.MEASURED, State.MEASURED, State.MEASURED, "x"],
        },
        index=then.index,
    ).astype(str)
    states.loc["a5", "now"] = str(State.BREAK)
    found = change(then, now, states)
    assert found["comparable"].tolist() == [True, False, False, False, False, False]
    assert found["reason"].tolist() == [
        "",
        "neuer Wert: geheim",
        "früherer Wert: keine Angabe",
        "früherer Wert: geheim",
        "nicht vergleichbar: Reihenbruch",
        "nicht vergleichbar: Reihenbruch",
    ]
    assert found["absolute"].tolist() == pytest.approx([1, NAN, NAN, NAN, NAN, NAN], nan_ok=True)
    assert (found["n"] == 1).all()


def test_two_bases_are_never_compared() -> None:
    found = change(series(1, 2), series(2, 3), basis=("Zensus 2011", "Zensus 2022"))
    assert found["reason"].unique().tolist() == ["nicht vergleichbar: Zensus 2011 und Zensus 2022"]
    assert found["absolute"].isna().all()
    one = change(series(1), series(2), basis=("", "Zensus 2022"))
    assert one["reason"].item() == "nicht vergleichbar: unbekannte Grundlage und Zensus 2022"
    assert change(series(1), series(2), basis=("Zensus 2011",) * 2)["comparable"].all()


def test_an_area_that_is_only_in_one_table_is_missing_in_the_other() -> None:
    found = change(series(1, 2), series(3))
    assert found["reason"].tolist() == ["", "neuer Wert: keine Angabe"]


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=10))
def test_the_change_leads_from_then_to_now(rows: list[tuple[int, int]]) -> None:
    then, now = (series(*values) for values in zip(*rows, strict=True))
    found = change(then, now)
    np.testing.assert_allclose(then + found["absolute"], now)
    np.testing.assert_allclose(then * (1 + found["relative"] / 100), now, atol=1e-9)


# Words for a series


def course(*values: float, start: int = 2019, **columns: list[float] | str) -> pd.DataFrame:
    index = [str(start + n) for n in range(len(values))]
    return pd.DataFrame({"value": values, "state": "measured", **columns}, index=index)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([12.1, 13.0, 13.4, 13.9, 14.3], "gestiegen von 12,1 % (2019) auf 14,3 % (2023)"),
        ([14.3, 13.9, 13.4, 13.0, 12.1], "gesunken von 14,3 % (2019) auf 12,1 % (2023)"),
        ([12.1, 14.3], "gestiegen von 12,1 % (2019) auf 14,3 % (2020)"),
        ([12.1, NAN, 14.3], "gestiegen von 12,1 % (2019) auf 14,3 % (2021)"),
        ([12.0, 12.1, 12.2, 12.3], "kaum verändert: 12,0 % (2019), 12,3 % (2022)"),
        ([0.01, 0.02, 0.04], "kaum verändert: 0,0 % (2019), 0,0 % (2021)"),
        ([10, 14, 10, 14, 10, 14], "schwankend zwischen 10,0 % (2019) und 14,0 % (2020)"),
        ([12.0, 15.0, 9.0, 12.0], "schwankend zwischen 9,0 % (2021) und 15,0 % (2020)"),
        ([10.0, 10.0, 10.0, 10.0, 15.0], "gestiegen von 10,0 % (2019) auf 15,0 % (2023)"),
        ([0.0, 0.0], "kaum verändert: 0,0 % (2019), 0,0 % (2020)"),
        ([NAN, 12.1], "keine Entwicklung: nur der Wert für 2020"),
        ([NAN], "keine Angabe"),
        ([], "keine Angabe"),
    ],
)
def test_a_course_in_words(values: list[float], words: str) -> None:
    assert trend_words(course(*values), unit="%") == words


def test_a_break_is_never_bridged() -> None:
    rows = course(10, 11, NAN, 14, 16)
    rows["state"] = ["measured", "measured", "break", "measured", "measured"]
    after = "(Reihenbruch 2021: frühere Werte nicht vergleichbar)"
    assert trend_words(rows, decimals=0) == f"gestiegen von 14 (2022) auf 16 (2023) {after}"
    assert trend_words(rows.iloc[:4]) == "nicht vergleichbar: Reihenbruch 2021"
    assert trend_words(rows.iloc[:3]) == "nicht vergleichbar: Reihenbruch 2021"
    assert trend_words(rows.iloc[2:], decimals=0) == "gestiegen von 14 (2022) auf 16 (2023)"
    valued = course(10, 11, 14, 16)
    valued["state"] = ["measured", "measured", "break", "measured"]
    assert trend_words(valued).startswith("gestiegen von 14,0 (2021) auf 16,0 (2022) (Reihenbruch 2021")


def test_suppressed_values_are_not_used_and_the_words_keep_them_apart_from_missing_ones() -> None:
    secret = course(10, 20, state="suppressed_primary")
    assert trend_words(secret) == "geheim"
    one = secret.assign(state=["measured", "suppressed_secondary"])
    assert trend_words(one) == "keine Entwicklung: nur der Wert für 2019"


def test_small_counts_whose_intervals_overlap_are_unchanged() -> None:
    """3 of 30 and 6 of 30 are 10 and 20 %, but [3.5, 25.6] and [9.5, 37.3] overlap; of 3,000 they do not."""
    small = course(10, 20, numerator=[3, 6], denominator=[30, 30])
    assert trend_words(small, unit="%") == "kaum verändert: 10,0 % (2019), 20,0 % (2020)"
    large = course(10, 20, numerator=[300, 600], denominator=[3000, 3000])
    assert trend_words(large, unit="%").startswith("gestiegen")
    unknown = course(10, 20, numerator=[3, NAN], denominator=[30, 30])
    assert trend_words(unknown, unit="%").startswith("gestiegen")
    swinging = course(10, 20, 10, numerator=[3, 6, 3], denominator=[30, 30, 30])
    assert trend_words(swinging).startswith("kaum verändert")
    assert trend_words(swinging.drop(columns=["numerator", "denominator"])).startswith("schwankend")


def test_unsure_values_keep_their_brackets_and_months_are_written_in_german() -> None:
    rows = pd.DataFrame({"value": [10.0, 20.0], "state": ["unreliable", "zero"]}, index=["2021-03", "2021-12"])
    assert trend_words(rows, unit="%") == "gestiegen von (10,0) % (03.2021) auf 20,0 % (12.2021)"


def test_an_even_course_over_uneven_gaps_has_no_swing() -> None:
    """1 a year over 2010, 2011, 2018, 2020: even, though the steps are 1, 7 and 2."""
    rows = pd.DataFrame({"value": [10.0, 11, 18, 20], "state": "measured"}, index=["2010", "2011", "2018", "2020"])
    assert trend_words(rows, decimals=0) == "gestiegen von 10 (2010) auf 20 (2020)"


def test_the_even_course_counts_the_years_between() -> None:
    """10 to 14 in ten years is 0.4 a year; the steps 5, -0.5, -0.5 are 4.6, 0.9 and 3.7 off: twice 3.7 is above 4.

    Even steps of 4 / 3 would be 3.7, 1.8 and 1.8 off: twice 1.8 is below 4.
    """
    rows = pd.DataFrame({"value": [10.0, 15, 14.5, 14], "state": "measured"}, index=["2010", "2011", "2012", "2020"])
    assert trend_words(rows, decimals=0) == "schwankend zwischen 10 (2010) und 15 (2011)"


def test_a_series_that_only_rises_does_not_swing() -> None:
    rows = pd.DataFrame({"value": [10.0, 13, 14], "state": "measured"}, index=["2010", "2011", "2020"])
    assert trend_words(rows, decimals=0) == "gestiegen von 10 (2010) auf 14 (2020)"


def test_how_much_counts_as_the_same_can_be_chosen() -> None:
    people = course(41_000, 40_500, 40_000)
    assert trend_words(people, decimals=0).startswith("kaum verändert")
    assert trend_words(people, decimals=0, same=0.01) == "gesunken von 41.000 (2019) auf 40.000 (2021)"


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=12), st.integers(2, 9))
def test_the_word_does_not_depend_on_the_unit_and_turns_with_the_series(values: list[int], factor: int) -> None:
    def word(numbers: list[int]) -> str:
        return trend_words(course(*map(float, numbers)), decimals=3).split(" ")[0]

    assert word([factor * value for value in values]) == word(values)
    if word(values) in ("gestiegen", "gesunken"):
        assert (word(values) == "gestiegen") == (values[-1] > values[0])
