"""Indices: scores by hand and by scipy, means by hand, spans by brute force, published figures, what must not count."""

from __future__ import annotations

import tomllib
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from geodata import catalog
from geodata.model import State
from layers.index import (
    METHODS,
    NO_FIGURES,
    NO_MAD,
    NO_SPREAD,
    combine,
    cut_values,
    outlier_note,
    outliers,
    scales,
    standardise,
    unit_scores,
    weight_shares,
    weighted_reference,
)
from layers.index_spans import STANDARD, Variation, index_table, rank_span, weight_variants

ROOT = Path(__file__).parents[1]
FIGURES = Path(__file__).parents[2] / "shared" / "data" / "indicators"
UNEMPLOYED = FIGURES / "inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv"
GISD = FIGURES / "rki_gisd_gemeindeverband_16063_1998_2021.csv"
INDICES = tomllib.loads((ROOT / "geodata" / "catalog" / "indices.toml").read_text("utf-8"))["index"]
NAN = float("nan")
METHOD = st.sampled_from(list(METHODS))
HOW = st.sampled_from(["arithmetic", "geometric"])


@st.composite
def tables(draw: st.DrawFn, least: int = 2, missing: bool = True) -> pd.DataFrame:
    """Return whole numbers for 3 to 12 areas and up to 4 indicators, often tied, some missing."""
    rows, columns = draw(st.integers(3, 12)), draw(st.integers(least, 4))
    cell = st.one_of(st.integers(-4, 4), st.integers(-500, 500), *[st.none()] * missing)
    data = draw(st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    names = list("KLMN"[:columns])
    return pd.DataFrame(data, index=[f"g{n:02d}" for n in range(rows)], columns=names, dtype=float)


def up(values: pd.DataFrame) -> dict[str, int]:
    return dict.fromkeys(values.columns, 1)


def equal(values: pd.DataFrame) -> dict[str, float]:
    return dict.fromkeys(values.columns, 1.0)


def one(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"K": values}, index=list("abcdefgh"[: len(values)]), dtype=float)


def scores_of(values: pd.DataFrame, method, **options) -> list[float]:
    return standardise(values, {"K": 1}, method, **options)["K"].tolist()


# --- one indicator -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "values", "scores"),
    [
        ("z", [1, 3, 3, 5], [-(2**0.5), 0, 0, 2**0.5]),  # mean 3, squares 4 + 4 over n = 4
        ("robust", [2, 4, 4, 5, 15], [-2 / 1.4826, 0, 0, 1 / 1.4826, 3]),  # median 4, MAD 1, 11 / 1.4826 is cut
        ("percentile", [10, 20, 20, 40], [0.125, 0.5, 0.5, 0.875]),  # ranks 1, 2.5, 2.5, 4
        ("minmax", [10, 15, 30], [0, 0.25, 1]),
    ],
)
def test_scores_by_hand(method, values, scores) -> None:
    assert scores_of(one(*values), method) == pytest.approx(scores)


@pytest.mark.parametrize(
    ("method", "scores"),
    [
        ("z", [-(1.5**0.5), 0, 1.5**0.5, 16 / (8 / 3) ** 0.5]),  # of a, b, c: mean 4, squares 8 over 3
        ("robust", [-2 / (1.4826 * 2), 0, 2 / (1.4826 * 2), 3]),
        ("percentile", [1 / 6, 0.5, 5 / 6, 5 / 6]),
        ("minmax", [0, 0.5, 1, 4.5]),
    ],
)
def test_an_area_left_out_of_location_and_scale_is_scored_against_the_others(method, scores) -> None:
    values = one(2, 4, 6, 20)
    assert scores_of(values, method, frozen=["a", "b", "c"]) == pytest.approx(scores)
    without = scores_of(values.drop("d"), method)
    assert scores_of(values, method, frozen=["a", "b", "c"])[:3] == pytest.approx(without)


@pytest.mark.parametrize("method", METHODS)
def test_missing_stays_missing_and_changes_nothing_for_the_others(method) -> None:
    scores = scores_of(one(1, NAN, 4, 7, 9), method)
    assert np.isnan(scores[1])
    assert [scores[0], *scores[2:]] == pytest.approx(scores_of(one(1, 4, 7, 9), method))


@given(tables(), METHOD)
def test_scores_are_those_of_scipy(values: pd.DataFrame, method) -> None:
    scores = standardise(values, up(values), method)
    usable = scales(values, method)["reason"] == ""
    for name in values.columns:
        x = values[name].dropna().to_numpy()
        if not usable[name]:
            assert scores[name].isna().all()
            continue
        theirs = {
            "z": lambda x=x: stats.zscore(x),
            "robust": lambda x=x: np.clip((x - np.median(x)) / stats.median_abs_deviation(x, scale=1 / 1.4826), -3, 3),
            "percentile": lambda x=x: (stats.rankdata(x) - 0.5) / len(x),
            "minmax": lambda x=x: (x - x.min()) / np.ptp(x),
        }[method]()
        assert scores[name].dropna().to_numpy() == pytest.approx(theirs)
        assert scores[name].isna().tolist() == values[name].isna().tolist()


@given(tables(), st.sampled_from(["z", "robust", "minmax"]), st.integers(1, 40), st.integers(-999, 999))
def test_unit_and_zero_point_of_an_indicator_do_not_matter(values, method, factor, shift) -> None:
    other = standardise(values * factor / 8 + shift, up(values), method)
    pd.testing.assert_frame_equal(standardise(values, up(values), method), other)


@given(tables())
def test_a_percentile_rank_knows_only_the_order(values: pd.DataFrame) -> None:
    ranks = standardise(values, up(values), "percentile")
    pd.testing.assert_frame_equal(ranks, standardise(values**3, up(values), "percentile"))
    assert ((ranks > 0) & (ranks < 1) | values.isna()).all(axis=None)


@given(tables(), METHOD)
def test_the_other_direction_turns_the_score_round(values: pd.DataFrame, method) -> None:
    scores = standardise(values, up(values), method)
    turned = standardise(values, dict.fromkeys(values.columns, -1), method)
    pd.testing.assert_frame_equal(turned, -scores if method in ("z", "robust") else 1 - scores)


@given(tables(), METHOD, st.randoms(use_true_random=False))
def test_the_order_of_the_areas_does_not_matter(values: pd.DataFrame, method, random) -> None:
    order = random.sample(list(values.index), len(values))
    scores = standardise(values.loc[order], up(values), method)
    assert scores.index.tolist() == order
    pd.testing.assert_frame_equal(standardise(values, up(values), method), scores.loc[values.index])


def test_a_direction_that_is_absent_or_context_is_refused_with_place_and_remedy() -> None:
    values = pd.DataFrame({"K": [1.0], "L": [1.0], "M": [1.0]})
    with pytest.raises(ValueError, match=r"Richtung fehlt, gefunden 'L'.*weder .*gefunden 'M: 0'.*Abhilfe") as caught:
        standardise(values, {"K": 1, "M": 0}, "z")
    assert "K" not in str(caught.value).split("Abhilfe")[0]


def test_without_spread_there_is_no_score_and_a_reason() -> None:
    values = pd.DataFrame({"K": [5.0] * 5, "L": [0.0, 0, 0, 1, 9], "M": [NAN] * 5, "N": [1.0, 2, 3, 4, 5]})
    assert scales(values, "robust")["reason"].tolist() == [NO_SPREAD, NO_MAD, NO_FIGURES, ""]
    assert scales(values, "z")["reason"].tolist() == [NO_SPREAD, "", NO_FIGURES, ""]
    assert scales(values, "minmax")["reason"].tolist() == [NO_SPREAD, "", NO_FIGURES, ""]
    assert scales(values, "percentile")["reason"].tolist() == ["", "", NO_FIGURES, ""]
    assert standardise(values, up(values), "robust").isna().all().tolist() == [True, True, True, False]


def test_values_that_differ_by_rounding_only_have_no_spread() -> None:
    values = one(0.1 + 0.2, 0.3, 0.3)
    assert values["K"].nunique() == 2
    assert scales(values, "z")["reason"].tolist() == [NO_SPREAD]


@pytest.mark.parametrize("method", METHODS)
def test_one_area_alone_compares_with_nothing(method) -> None:
    scores = scores_of(one(7), method)
    assert scores == [0.5] if method == "percentile" else np.isnan(scores).all()


@pytest.mark.parametrize("method", METHODS)
def test_no_areas_give_no_scores(method) -> None:
    scores = standardise(pd.DataFrame({"K": [], "L": []}, dtype=float), {"K": 1, "L": 1}, method)
    assert scores.shape == (0, 2)


# --- what stands out ---------------------------------------------------------------------------------------


def test_cut_values_are_named_with_their_uncut_score() -> None:
    values = pd.DataFrame({"K": [2.0, 4, 4, 5, 15], "L": [-40.0, 1, 2, 3, NAN]}, index=list("abcde"))
    found = cut_values(values)
    assert found[["area", "indicator", "value"]].to_numpy().tolist() == [["a", "L", -40.0], ["e", "K", 15.0]]
    assert found["score"].tolist() == pytest.approx([-41.5 / 1.4826, 11 / 1.4826])  # L: median 1.5, MAD 1
    assert outliers(values).tolist() == ["a", "e"]


def test_exactly_three_is_not_cut() -> None:
    assert cut_values(one(-1, 0, 1, 3 * 1.4826), frozen=["a", "b", "c"]).empty
    assert cut_values(one(-1, 0, 1, 4.45), frozen=["a", "b", "c"])["area"].tolist() == ["d"]


@given(tables())
def test_what_is_cut_is_what_the_robust_score_shows_as_three(values: pd.DataFrame) -> None:
    scores = standardise(values, up(values), "robust").abs()
    shown = {(area, name) for area in scores.index for name in scores.columns if scores.at[area, name] == 3}
    cut = set(cut_values(values)[["area", "indicator"]].itertuples(index=False, name=None))
    assert cut <= shown


def test_the_sentence_about_outliers_names_them_and_says_whether_they_count() -> None:
    assert outlier_note([]) == ""
    assert outlier_note(["Eisenach"], frozen=True) == (
        "Eisenach weicht in mindestens einer Kennzahl um mehr als 3 robuste Standardabweichungen vom Median ab. "
        "Für den Vergleichsmaßstab zählen diese Werte nicht mit, eingeordnet werden sie trotzdem."
    )
    assert outlier_note(["A", "B"]).startswith("A und B weichen in")
    assert "verschieben Mittelwert" in outlier_note(["A", "B"])
    assert outlier_note(list("ABCD")).startswith("A, B, C und D weichen in")
    assert outlier_note(list("ABCDE")).startswith("A, B, C und 2 weitere Gebiete weichen in")


# --- several indicators ------------------------------------------------------------------------------------

SCORES = pd.DataFrame(
    {"K": [0.2, 0.5, NAN, 0.9], "L": [0.4, NAN, NAN, 0.1], "M": [0.6, 0.6, 0.1, 0.5]}, index=list("abcd")
)
WEIGHTS = {"K": 2, "L": 1, "M": 1}


def test_the_index_by_hand() -> None:
    expected = pd.Series([0.35, NAN, NAN, 0.6], SCORES.index)
    pd.testing.assert_series_equal(combine(SCORES, WEIGHTS), expected)


def test_a_share_of_the_weight_may_be_missing_and_the_rest_is_scaled_up() -> None:
    expected = pd.Series([0.35, (0.25 + 0.15) / 0.75, NAN, 0.6], SCORES.index)
    pd.testing.assert_series_equal(combine(SCORES, WEIGHTS, allow_missing=0.25), expected)
    assert combine(SCORES, WEIGHTS, allow_missing=0.24).isna().tolist() == [False, True, True, False]


def test_the_geometric_index_by_hand() -> None:
    index = combine(SCORES, WEIGHTS, "geometric")
    by_hand = [1 - (0.8**2 * 0.6 * 0.4) ** 0.25, NAN, NAN, 1 - (0.1**2 * 0.9 * 0.5) ** 0.25]
    assert index.tolist() == pytest.approx(by_hand, nan_ok=True)
    allowed = combine(SCORES, WEIGHTS, "geometric", allow_missing=0.25)
    assert allowed["b"] == pytest.approx(1 - (0.5**2 * 0.4) ** (1 / 3))


@given(tables(missing=False), METHOD, st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_the_geometric_index_is_that_of_scipy_and_never_below_the_arithmetic_one(values, method, numbers) -> None:
    scores = unit_scores(standardise(values, up(values), method), method).dropna(axis="columns", how="all")
    assume(len(scores.columns))
    weights = dict(zip(scores.columns, numbers, strict=False))
    index = combine(scores, weights, "geometric")
    theirs = 1 - stats.gmean(1 - scores.to_numpy(), axis=1, weights=np.tile(list(weights.values()), (len(scores), 1)))
    assert index.to_numpy() == pytest.approx(theirs)
    assert (index >= combine(scores, weights) - 1e-12).all()


def test_a_good_value_offsets_a_bad_one_less_in_the_geometric_index() -> None:
    scores = pd.DataFrame({"K": [0.5, 0.95], "L": [0.5, 0.05]}, index=["even", "uneven"])
    assert combine(scores, equal(scores)).tolist() == pytest.approx([0.5, 0.5])
    index = combine(scores, equal(scores), "geometric")
    assert index["even"] == pytest.approx(0.5)
    assert index["uneven"] > 0.75


@given(tables(), METHOD)
def test_scores_for_the_geometric_mean_lie_within_0_and_1_in_the_same_order(values, method) -> None:
    scores = standardise(values, up(values), method)
    unit = unit_scores(scores, method)
    assert ((unit > 0) & (unit < 1) | scores.isna()).all(axis=None)
    pd.testing.assert_frame_equal(unit.rank(), scores.round(9).rank())


def test_scores_for_the_geometric_mean_by_hand() -> None:
    assert unit_scores(one(-1.96, 0, 1), "z")["K"].tolist() == pytest.approx([0.025, 0.5, 0.8413], abs=1e-4)
    assert unit_scores(one(0, 0.5, 1, 4.5), "minmax")["K"].tolist() == pytest.approx([0.01, 0.5, 0.99, 0.99])


def test_the_geometric_index_refuses_scores_outside_0_and_1() -> None:
    with pytest.raises(ValueError, match=r"geometrisches Mittel .* gefunden '-1, 1'. Abhilfe: vorher unit_scores"):
        combine(one(-1, 0, 1), {"K": 1}, "geometric")


@given(tables(), METHOD, HOW, st.integers(1, 500))
def test_only_the_ratio_of_the_weights_matters(values, method, how, factor) -> None:
    scores = unit_scores(standardise(values, up(values), method), method)
    weights = {name: place + 1.0 for place, name in enumerate(values.columns)}
    larger = {name: factor * weight / 7 for name, weight in weights.items()}
    pd.testing.assert_series_equal(combine(scores, weights, how), combine(scores, larger, how))


@given(tables(), HOW)
def test_an_index_of_one_member_is_its_score(values: pd.DataFrame, how) -> None:
    scores = standardise(values, up(values), "percentile")
    alone = {name: float(name == "K") for name in values.columns}
    pd.testing.assert_series_equal(combine(scores, alone, how), scores["K"], check_names=False)


def test_all_that_is_wrong_with_the_weights_is_said_at_once() -> None:
    with pytest.raises(ValueError, match=r"^Index: ") as caught:
        weight_shares({"K": -0.5, "L": NAN, "X": 1}, pd.Index(["K", "L", "M"]))
    text = str(caught.value)
    assert "Gewicht fehlt, gefunden 'M'" in text
    assert "Gewicht ohne Kennzahl, gefunden 'X'" in text
    assert "Gewicht ist keine Zahl ab 0, gefunden 'K: -0,5, L: nan'. Abhilfe: Zahl ab 0 angeben." in text


def test_weights_that_are_all_zero_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Kein Gewicht über 0.*Abhilfe"):
        combine(SCORES, {"K": 0, "L": 0, "M": 0})


@pytest.mark.parametrize("share", [-0.1, 1.0, NAN])
def test_a_share_that_may_be_missing_lies_from_0_to_below_1(share: float) -> None:
    with pytest.raises(ValueError, match="Anteil, der fehlen darf"):
        combine(SCORES, WEIGHTS, allow_missing=share)


def test_the_table_says_what_an_area_lacks_and_marks_an_index_without_it_as_estimated() -> None:
    table = index_table(SCORES, WEIGHTS, allow_missing=0.25)
    assert table["state"].tolist() == [State.MEASURED, State.ESTIMATED, State.MISSING, State.MEASURED]
    assert table["base"].tolist() == pytest.approx([1, 0.75, 0.25, 1])
    assert table["reason"].tolist() == [
        "",
        "Ohne L (keine Angabe) gerechnet: 25 % des Gewichts fehlen, die übrigen zählen mehr.",
        "Kein Index: K (keine Angabe), L (keine Angabe).",
        "",
    ]
    pd.testing.assert_series_equal(table["value"], combine(SCORES, WEIGHTS, allow_missing=0.25), check_names=False)


def test_an_index_is_no_firmer_than_its_weakest_member() -> None:
    scores = pd.DataFrame({"K": [0.1, 0.1, NAN, NAN, NAN, NAN], "L": [0.5] * 6}, index=list("abcdef"))
    states = pd.DataFrame({"K": "measured", "L": "measured"}, index=scores.index)
    states.loc[["a", "b"], "L"] = ["unreliable", "zero"]
    states.loc[list("cdef"), "K"] = ["suppressed_primary", "break", "measured", "missing"]
    table = index_table(scores, {"K": 1, "L": 1}, states=states)
    assert table["state"].tolist() == ["unreliable", "measured", "missing", "break", "not_applicable", "missing"]
    assert table["reason"]["c"] == "Kein Index: K (geheim)."
    assert table["reason"]["e"] == "Kein Index: K (nicht sinnvoll)."  # a figure, but no scale to put it on
    assert table["value"].isna().tolist() == [False, False, True, True, True, True]


def test_a_member_without_weight_may_be_missing() -> None:
    weights = {"K": 0, "L": 0, "M": 1}
    assert combine(SCORES, weights).tolist() == pytest.approx(SCORES["M"].tolist())
    assert index_table(SCORES, weights)["state"].tolist() == [State.MEASURED] * 4


def test_the_reference_is_weighted_and_never_a_sum_of_what_is_there() -> None:
    base = pd.Series([300.0, 100.0, 0.0])
    assert weighted_reference(pd.Series([2.0, 8.0, NAN]), base) == 3.5
    assert np.isnan(weighted_reference(pd.Series([2.0, NAN, NAN]), base))
    assert np.isnan(weighted_reference(pd.Series([2.0, 8.0, 1.0]), pd.Series([300.0, NAN, 10.0])))
    assert np.isnan(weighted_reference(pd.Series([2.0]), pd.Series([0.0])))


# --- spans of ranks ----------------------------------------------------------------------------------------


def test_the_span_by_hand() -> None:
    """Min-max scores a (1, 0), b (0, 0.8), c (0.4, 1): both c a b, without K c b a, without L a c b."""
    values = pd.DataFrame({"K": [10.0, 0, 4], "L": [0.0, 8, 10]}, index=list("abc"))
    span = rank_span(values, up(values), equal(values), Variation(methods=("minmax",), steps=()))
    assert span.loc["a"].to_dict() == {"rank": 2, "lowest": 1, "highest": 3, "median": 2}
    assert span.loc["b"].to_dict() == {"rank": 3, "lowest": 2, "highest": 3, "median": 3}
    assert span.loc["c"].to_dict() == {"rank": 1, "lowest": 1, "highest": 2, "median": 1}


def test_the_sets_of_weights_by_hand() -> None:
    sets = weight_variants(np.array([0.5, 0.5]), Variation(steps=(0.5,)))
    third = 1 / 3
    expected = [(0.5, 0.5), (0, 1), (1, 0), (0.6, 0.4), (0.4, 0.6), (third, 2 * third), (2 * third, third)]
    assert sets.T.tolist() == [pytest.approx(row) for row in expected]
    assert weight_variants(np.array([1.0])).tolist() == [[1.0] * 5]


def test_drawn_weights_lie_around_the_given_ones_and_are_the_same_for_a_seed() -> None:
    shares = np.array([0.5, 0.3, 0.2])
    drawn = weight_variants(shares, Variation(steps=(), draws=20_000))[:, 4:]
    assert drawn.sum(axis=0) == pytest.approx(1)
    assert drawn.mean(axis=1) == pytest.approx(shares, abs=0.003)
    assert drawn.var(axis=1) == pytest.approx(stats.dirichlet.var(50 * shares), rel=0.05)
    again, other = (weight_variants(shares, Variation(draws=5, seed=seed)) for seed in (0, 1))
    assert np.array_equal(again, weight_variants(shares, Variation(draws=5)))
    assert not np.array_equal(again, other)


def brute_force(values: pd.DataFrame, weights: dict[str, float], method, how) -> pd.DataFrame:
    """Return ranks per variant, each index made anew: as given, without each member, each weight raised and lowered."""
    complete = values.notna().all(axis=1)

    def ranks(names: list[str], given: dict[str, float]) -> pd.Series:
        scores = standardise(values[names], dict.fromkeys(names, 1), method)
        scores = unit_scores(scores, method) if how == "geometric" else scores
        index = combine(scores, {name: given[name] for name in names}, how)[complete]
        return index.round(9).rank(method="min", ascending=False)

    names = list(values.columns)
    rows = [ranks(names, weights)]
    rows += [ranks([other for other in names if other != name], weights) for name in names if len(names) > 1]
    for factor in (0.5, 0.75, 1.25, 1.5):
        rows += [ranks(names, weights | {name: factor * weights[name]}) for name in names]
    return pd.DataFrame(rows)


@given(tables(), METHOD, HOW)
def test_the_span_is_that_of_brute_force(values: pd.DataFrame, method, how) -> None:
    assume((scales(values, method)["reason"] == "").all())
    assume(values.notna().all(axis=1).any())
    weights = {name: place + 1.0 for place, name in enumerate(values.columns)}
    ranks = brute_force(values, weights, method, how)
    expected = {"rank": ranks.iloc[0], "lowest": ranks.min(), "highest": ranks.max(), "median": ranks.median()}
    span = rank_span(values, up(values), weights, Variation(methods=(method,), how=how))
    pd.testing.assert_frame_equal(span, pd.DataFrame(expected).reindex(values.index), check_dtype=False)


@given(tables(), st.lists(METHOD, min_size=1, max_size=4, unique=True), HOW)
def test_the_span_contains_the_rank_and_stays_within_the_areas_that_count(values, methods, how) -> None:
    span = rank_span(values, up(values), equal(values), Variation(methods=tuple(methods), how=how, draws=9)).dropna()
    assert span["lowest"].le(span["rank"]).all()
    assert span["rank"].le(span["highest"]).all()
    assert span["median"].between(span["lowest"], span["highest"]).all()
    assert span["lowest"].ge(1).all()
    assert span["highest"].le(values.notna().all(axis=1).sum()).all()


@given(tables(), METHOD, st.randoms(use_true_random=False))
def test_the_order_of_areas_and_members_does_not_matter_for_the_span(values, method, random) -> None:
    weights = {name: place + 1.0 for place, name in enumerate(values.columns)}
    rows, columns = (random.sample(list(axis), len(axis)) for axis in (values.index, values.columns))
    variation = Variation(methods=(method,), draws=9)
    span = rank_span(values.loc[rows, columns], up(values), weights, variation)
    pd.testing.assert_frame_equal(rank_span(values, up(values), weights, variation), span.loc[values.index])


def test_an_area_with_a_missing_member_has_no_rank_and_does_not_count() -> None:
    values = pd.DataFrame({"K": [9.0, 5, 1, 4], "L": [NAN, 5, 1, 4]}, index=list("abcd"))
    span = rank_span(values, up(values), equal(values), Variation(methods=("percentile",)))
    assert span.loc["a"].isna().all()
    assert span.loc[list("bcd"), "rank"].tolist() == [1, 3, 2]
    assert span["highest"].max() == 3


def test_equal_areas_share_the_lower_rank_in_every_variant() -> None:
    values = pd.DataFrame({"K": [1.0, 1, 3, 0], "L": [0.3, 0.3, 0.1, 0.7], "M": [0.7, 0.7, 0.2, 0.1]})
    span = rank_span(values, up(values), {"K": 1, "L": 2, "M": 3}, Variation(methods=tuple(METHODS), draws=50))
    assert span.loc[0].tolist() == span.loc[1].tolist()


@pytest.mark.parametrize("how", ["arithmetic", "geometric"])
def test_indices_that_differ_by_rounding_only_are_a_tie(how) -> None:
    """The order of the terms of a sum changes its last digits; the last two areas fix the scale to 0 to 1."""
    rows = [*permutations((0.15, 0.7, 0.33, 0.45)), (0, 0, 0, 0), (1, 1, 1, 1)]
    values = pd.DataFrame(rows, columns=list("KLMN"), dtype=float)
    span = rank_span(values, up(values), equal(values), Variation(methods=("minmax",), how=how))
    assert span["rank"].tolist() == [2] * 24 + [26, 1]


def test_a_member_without_weight_may_be_missing_in_a_span() -> None:
    values = pd.DataFrame({"K": [9.0, 5, 1], "L": [NAN, 5, 1]}, index=list("abc"))
    span = rank_span(values, up(values), {"K": 1, "L": 0}, Variation(methods=("percentile",), draws=3))
    assert span.to_numpy().tolist() == [[1] * 4, [2] * 4, [3] * 4]


def test_a_span_may_leave_an_area_out_of_location_and_scale() -> None:
    """With e the range of K is 100 and L decides between a and b; without e it is 1 and K decides."""
    values = pd.DataFrame({"K": [1.0, 0, 0.5, 0.5, 100], "L": [0.0, 0.5, 1, 0.2, 0.1]}, index=list("abcde"))
    weights = {"K": 0.6, "L": 0.4}
    ranks = [
        rank_span(values, up(values), weights, Variation(methods=("minmax",), frozen=frozen))["rank"].tolist()
        for frozen in (None, ("a", "b", "c", "d"))
    ]
    assert ranks == [[5, 3, 2, 4, 1], [3, 5, 2, 4, 1]]


def test_another_method_widens_the_span_and_one_that_does_not_apply_leaves_none() -> None:
    values = pd.DataFrame({"K": [0.0, 0, 0, 1, 9], "L": [1.0, 2, 3, 4, 0]}, index=list("abcde"))
    weights = equal(values)
    narrow = rank_span(values, up(values), weights, Variation(methods=("percentile",)))
    wide = rank_span(values, up(values), weights, Variation(methods=("percentile", "minmax")))
    assert (wide["lowest"] <= narrow["lowest"]).all()
    assert (wide["highest"] >= narrow["highest"]).all()
    broken = rank_span(values, up(values), weights, Variation(methods=("percentile", "robust")))
    assert broken["rank"].tolist() == narrow["rank"].tolist()
    assert broken[["lowest", "highest", "median"]].isna().all(axis=None)
    assert rank_span(values, up(values), weights, STANDARD).isna().all(axis=None)


def test_a_step_that_would_make_a_weight_negative_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Schritt der Gewichte .* gefunden '1,5'. Abhilfe"):
        weight_variants(np.array([0.5, 0.5]), Variation(steps=(0.25, 1.5)))


# --- the catalogue and published figures -------------------------------------------------------------------


@pytest.mark.parametrize("index", INDICES, ids=lambda index: index["id"])
def test_an_index_of_the_catalogue_names_indicators_with_their_direction_and_is_marked_as_our_own(index) -> None:
    indicators = catalog.indicators()
    members = {member["indicator"]: member for member in index["members"]}
    assert len(members) == len(index["members"])
    for key, member in members.items():
        assert member["load"] in (1, -1)
        assert indicators[key].direction in (0, -member["load"])
        assert member["note"].endswith(".")
        assert ("gedreht" in member["note"]) == (member["load"] == -1)
    assert sum(member["weight"] for member in members.values()) == pytest.approx(1)
    assert index["method"] in METHODS
    assert set(index["levels"]) <= {"gemeinde", "sozialraum"}
    assert index["proof"] == "E"
    assert index["limits"].startswith("Eigener Entwurf")
    for key in {word.strip(".,:;()") for text in index["traps"] for word in text.split()}:
        assert key in members or not (key[:3].isupper() and key[3:].isdigit()), key


def test_the_two_indices_keep_load_and_need_apart() -> None:
    members = {index["id"]: [member["indicator"] for member in index["members"]] for index in INDICES}
    assert members == {
        "lage": ["ARB02", "MIN01", "MIN02", "FAM03", "EIK02"],
        "bedarf": ["BEV06", "BEV09", "BEV03", "FAM02"],
    }


@pytest.mark.parametrize("index", INDICES, ids=lambda index: index["id"])
def test_an_index_of_the_catalogue_can_be_computed(index) -> None:
    rng = np.random.default_rng(5)
    load = {member["indicator"]: member["load"] for member in index["members"]}
    weights = {member["indicator"]: member["weight"] for member in index["members"]}
    values = pd.DataFrame(rng.gamma(3, size=(16, len(load))), columns=list(load))
    worst = values.copy()
    worst.loc[0] = [values[key].max() + 1 if sign == 1 else values[key].min() - 1 for key, sign in load.items()]
    assert combine(standardise(worst, load, index["method"]), weights, index["how"]).idxmax() == 0


@pytest.fixture(scope="module")
def unemployed() -> pd.DataFrame:
    """Unemployed, people of 15 to 64 and the share of 2021 by name of the Gemeinde (territory of 31.12.2022)."""
    if not UNEMPLOYED.exists():
        pytest.skip(f"{UNEMPLOYED.name} is not on this machine")
    rows = pd.read_csv(UNEMPLOYED, dtype={"id": str}).query("jahr == 2021")
    table = rows.pivot_table(index="name", columns="indikator", values="wert")
    table.index = table.index.str.removesuffix(", Stadt")
    return table.assign(ARB02=100 * table["arbeitslose_anzahl"] / table["bevoelkerung_15_65"])


def test_location_and_scale_of_the_unemployed_of_2021(unemployed: pd.DataFrame) -> None:
    values = unemployed[["ARB02"]]
    z, robust = (scales(values, method).loc["ARB02"] for method in ("z", "robust"))
    assert unemployed[["arbeitslose_anzahl", "bevoelkerung_15_65"]].sum().tolist() == [4545, 95727]
    assert z["count"] == 32
    assert z["location"] == pytest.approx(3.7254, abs=5e-5)
    assert z["scale"] == pytest.approx(1.4468, abs=5e-5)
    assert z["scale"] * (32 / 31) ** 0.5 == pytest.approx(1.4699, abs=5e-5)
    assert robust["location"] == pytest.approx(3.5274, abs=5e-5)
    assert robust["scale"] / 1.4826 == pytest.approx(0.7236, abs=5e-5)


def test_z_values_of_the_unemployed_of_2021(unemployed: pd.DataFrame) -> None:
    z = standardise(unemployed[["ARB02"]], {"ARB02": 1}, "z")["ARB02"]
    published = {
        "Hallungen": 2.50,
        "Eisenach": 1.87,
        "Seebach": 1.82,
        "Wutha-Farnroda": 1.67,
        "Ruhla": 1.48,
        "Bad Salzungen": 1.30,
        "Buttlar": -1.47,
        "Schleid": -1.39,
    }
    assert z[list(published)].round(2).to_dict() == published
    assert z.nlargest(6).index.tolist() == list(published)[:6]


def test_the_value_of_the_kreis_is_weighted_and_not_the_mean(unemployed: pd.DataFrame) -> None:
    reference = weighted_reference(unemployed["ARB02"], unemployed["bevoelkerung_15_65"])
    assert reference == pytest.approx(4.7479, abs=5e-5)
    assert reference == pytest.approx(100 * 4545 / 95727)


def test_the_smallest_gemeinde_stands_out_in_2021(unemployed: pd.DataFrame) -> None:
    assert unemployed["arbeitslose_anzahl"].lt(10).sum() == 5
    assert outliers(unemployed[["ARB02"]]).tolist() == ["Hallungen"]  # 8 people


def test_eisenach_stands_out_in_the_gisd_and_is_scored_all_the_same() -> None:
    if not GISD.exists():
        pytest.skip(f"{GISD.name} is not on this machine")
    now = pd.read_csv(GISD).query("year == 2021").set_index("gvb_name")
    values = now[["gisd_score"]]
    alone = outliers(values)
    assert [name.split(",")[0] for name in alone] == ["Eisenach"]
    scores = standardise(values, {"gisd_score": 1}, "z", frozen=values.index.difference(alone))["gisd_score"]
    assert scores.idxmax() == alone[0]
    assert scores[alone[0]] > 10
    assert scores.drop(alone).std(ddof=0) == pytest.approx(1)
