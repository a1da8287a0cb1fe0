"""Classes: limits by hand, by brute force and by mapclassify; every value in one class, ties together."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import mapclassify
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layers.classify import K_RANGE, MOST_CLASSES, OPEN_BELOW, SCHEMES, Classes, Ground, classify
from layers.german import number
from layers.mapview import class_labels

INKAR = "../shared/data/indicators/inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv"
DECIMALS = st.integers(0, 2)
K = st.integers(*K_RANGE)
# Few different values give ties, hundredths and halves give values that rounding has to decide on.
VALUE = st.one_of(st.just(float("nan")), st.integers(0, 6).map(float), st.integers(-500, 99_999).map(lambda n: n / 100))
VALUES = st.lists(VALUE, min_size=1, max_size=30).map(pd.Series)
SCHEME = st.sampled_from(sorted(SCHEMES))
GROUND = Ground(20.0, (5.0, 20.0, 100.0), pd.Series([1.0, 7.0, 7.0, 30.0, 400.0]))


def german(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def bounds(label: str) -> tuple[float, float, bool]:
    """Return lower and upper bound as a reader understands them, and whether the lower one belongs to it."""
    words = label.split(" ")
    if words[0] == "bis":
        return -np.inf, german(words[1]), True
    if words[0] == "über":
        return german(words[1]), german(words[3]) if len(words) > 3 else np.inf, False
    return german(words[0]), german(words[-1]), True


def squared_deviation(groups: list[np.ndarray]) -> float:
    return sum(float(((group - group.mean()) ** 2).sum()) for group in groups)


@given(VALUES, SCHEME, K, DECIMALS)
def test_every_value_has_exactly_one_class_and_the_counts_add_up(
    values: pd.Series, scheme: str, k: int, decimals: int
) -> None:
    classes = classify(values, scheme, k, decimals=decimals, ground=GROUND)
    assert classes.of.index.tolist() == values.index.tolist()
    assert (classes.of >= 0).tolist() == values.notna().tolist()
    assert sum(classes.counts) == values.notna().sum()
    assert [int((classes.of == c).sum()) for c in range(len(classes.bins))] == list(classes.counts)
    assert classes.of.max() < max(len(classes.bins), 1)


@given(VALUES, SCHEME, K, DECIMALS)
@example(pd.Series([32.0, 45.0, 78.0, 81.0]), "rund", 3, 0)
@example(pd.Series([2.0, 34.0, 36.0, 39.0, 52.0]), "rund", 5, 0)
def test_limits_rise_and_are_at_most_k(values: pd.Series, scheme: str, k: int, decimals: int) -> None:
    classes = classify(values, scheme, k, decimals=decimals, ground=GROUND)
    assert list(classes.bins) == sorted(set(classes.bins))
    own_number = OPEN_BELOW | {"std", "kopf", "kasten"}
    assert len(classes.bins) <= (MOST_CLASSES if scheme in own_number else k)
    if values.notna().any() and scheme not in OPEN_BELOW | {"jahre"}:
        assert all(classes.counts[i] for i in (0, -1))


@given(VALUES, VALUES)
def test_classes_over_all_years_are_the_same_for_every_year(first: pd.Series, second: pd.Series) -> None:
    pool = Ground(pool=pd.concat([first, second], ignore_index=True))
    one, two = (classify(values, "jahre", 5, decimals=1, ground=pool) for values in (first, second))
    if one.bins and two.bins:
        assert one.bins == two.bins


def test_fixed_limits_hold_for_every_value_and_are_open_at_both_ends() -> None:
    classes = classify(pd.Series([0.5, 2.0, 2.1, 99.0]), "fest", 5, ground=Ground(fixed=(2.0, 4.0)))
    assert classes.bins == (2.0, 4.0, float("inf"))
    assert classes.of.tolist() == [0, 0, 1, 2]
    assert class_labels(classes) == ["bis 2,0", "über 2,0 bis 4,0", "über 4,0"]


@pytest.mark.parametrize("scheme", ["fest", "jahre", "bezug", "land"])
def test_a_scheme_without_its_ground_gives_quantiles_and_says_so(scheme: str) -> None:
    assert classify(pd.Series([1.0, 2.0, 3.0]), scheme, 3).scheme == "quantile"


@pytest.mark.parametrize(
    ("scheme", "made"),
    [("std", mapclassify.StdMean), ("kopf", mapclassify.HeadTailBreaks), ("kasten", mapclassify.BoxPlot)],
)
def test_further_schemes_are_those_of_mapclassify(scheme: str, made: type) -> None:
    values = pd.Series(np.random.default_rng(7).lognormal(2, 0.8, 40).round(1))
    limits = [limit for limit in np.round(made(values).bins, 1) if values.min() <= limit < values.max()]
    assert classify(values, scheme, 5).bins[:-1] == pytest.approx(tuple(limits))


@given(VALUES, SCHEME, K, DECIMALS)
@example(pd.Series([4.3, 4.3, 4.3, 4.35, 5.0, 6.0]), "quantile", 3, 1)  # 4.35 in binary is a little less
@example(pd.Series([2.0, 2.0, 2.5, 3.0, 3.5, 9.0]), "quantile", 3, 0)
def test_values_printed_alike_share_a_class_and_its_label_holds_them(
    values: pd.Series, scheme: str, k: int, decimals: int
) -> None:
    classes = classify(values, scheme, k, decimals=decimals, ground=GROUND)
    labels = class_labels(classes)
    printed = values.dropna().map(lambda value: number(value, decimals))
    pairs = pd.DataFrame({"text": printed, "class": classes.of[printed.index]}).drop_duplicates()
    assert not pairs["text"].duplicated().any(), pairs
    for area, text in printed.items():
        low, high, closed = bounds(labels[classes.of[area]])
        assert low < german(text) <= high or (closed and german(text) == low), (
            text,
            labels[classes.of[area]],
        )


@given(VALUES, SCHEME, K, DECIMALS)
def test_a_greater_value_is_never_in_a_lower_class(values: pd.Series, scheme: str, k: int, decimals: int) -> None:
    classes = classify(values, scheme, k, decimals=decimals, ground=GROUND)
    order = values.dropna().sort_values().index
    assert classes.of[order].is_monotonic_increasing


@given(VALUES, SCHEME, K, DECIMALS, st.randoms(use_true_random=False))
def test_classes_do_not_depend_on_the_order_of_the_areas(values, scheme, k, decimals, random) -> None:
    shuffled = values.sample(frac=1, random_state=random.randrange(2**32))
    one, other = (classify(v, scheme, k, decimals=decimals, ground=GROUND) for v in (values, shuffled))
    assert one.bins == other.bins
    assert one.of.to_dict() == other.of.to_dict()


@given(st.lists(st.integers(0, 30).map(float), min_size=2, max_size=9).map(pd.Series), st.integers(3, 5))
def test_natural_breaks_are_the_best_of_all_partitions(values: pd.Series, k: int) -> None:
    classes = classify(values, "jenks", k, decimals=0)
    ours = squared_deviation([part.to_numpy() for _, part in values.groupby(classes.of)])
    ordered, distinct = np.sort(values), values.nunique()
    cuts = combinations(range(1, len(ordered)), min(k, distinct) - 1)
    best = min(squared_deviation(np.split(ordered, list(cut))) for cut in cuts)
    assert ours <= best + 1e-9


@given(st.lists(st.integers(0, 99_999), min_size=10, max_size=40, unique=True).map(pd.Series), K)
def test_quantiles_have_the_limits_of_mapclassify(values: pd.Series, k: int) -> None:
    theirs = mapclassify.Quantiles(values.to_numpy(float), k=k)
    assert classify(values.astype(float), "quantile", k, decimals=6).bins == pytest.approx(theirs.bins, abs=1e-6)


def test_limits_by_hand() -> None:
    values = pd.Series([0.0, 1.0, 2.0, 3.0, 4.0, 10.0])
    assert classify(values, "gleich", 5).bins == (2.0, 4.0, 6.0, 8.0, 10.0)
    assert classify(values, "gleich", 5).counts == (3, 2, 0, 0, 1)
    assert classify(values, "quantile", 5).bins == (1.0, 2.0, 3.0, 4.0, 10.0)
    assert classify(values, "quantile", 5).counts == (2, 1, 1, 1, 1)
    assert classify(pd.Series([30.0, 1.0, 11.0, 2.0, 10.0, 3.0]), "jenks", 3).bins == (3.0, 11.0, 30.0)


def test_around_a_reference_of_20() -> None:
    values = pd.Series([16.0, 16.1, 19.0, 20.0, 21.0, 24.0, 24.1, np.nan])
    classes = classify(values, "bezug", 3, ground=GROUND)
    assert classes.bins == (16.0, 19.0, 21.0, 24.0, float("inf"))
    assert classes.counts == (1, 2, 2, 1, 1)
    assert classes.of.tolist() == [0, 1, 1, 2, 2, 3, 4, -1]
    assert class_labels(classes) == [
        "bis 16,0",
        "über 16,0 bis 19,0",
        "über 19,0 bis 21,0",
        "über 21,0 bis 24,0",
        "über 24,0",
    ]


@pytest.mark.parametrize("reference", [None, 0.0, -3.0])
def test_around_nothing_the_classes_are_quantiles_and_call_themselves_so(reference: float | None) -> None:
    values = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    classes, quantiles = classify(values, "bezug", 5, ground=Ground(reference)), classify(values, "quantile", 5)
    assert classes.bins == quantiles.bins
    assert class_labels(classes) == class_labels(quantiles)
    assert classes.scheme == "quantile"


@pytest.mark.parametrize("reference", [0.01, 0.1, 0.3])
def test_around_a_reference_too_small_for_the_decimals_no_two_limits_are_alike(reference: float) -> None:
    classes = classify(pd.Series([0.0, 0.1, 0.2, 0.5]), "bezug", 5, decimals=1, ground=Ground(reference))
    assert list(classes.bins) == sorted(set(classes.bins))
    assert len(set(class_labels(classes))) == len(classes.bins)


def test_without_values_there_are_no_classes() -> None:
    classes = classify(pd.Series([np.nan, np.nan], index=["a", "b"]), "jenks", 5)
    assert (classes.bins, classes.counts, classes.of.to_dict()) == ((), (), {"a": -1, "b": -1})
    assert class_labels(classes) == []


def test_one_value_is_one_class() -> None:
    for scheme in SCHEMES:
        classes: Classes = classify(pd.Series([7.04, 7.0, np.nan]), scheme, 5, decimals=1)
        assert classes.bins == (7.0,)
        assert classes.counts == (2,)
        assert class_labels(classes) == ["7,0"]


def test_quintiles_of_unemployment_are_those_of_the_professional_groundwork() -> None:
    """Golden numbers: Arbeitslosenanteil 2021 of 32 Gemeinden (INKAR), quintile limits to three decimals."""
    path = Path(__file__).parents[1] / INKAR
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the repository, nothing to compare with")
    rows = pd.read_csv(path, dtype={"id": str}).query("jahr == 2021")
    wide = rows.pivot_table(index="id", columns="indikator", values="wert")
    share = 100 * wide["arbeitslose_anzahl"] / wide["bevoelkerung_15_65"]
    assert len(share) == 32
    classes = classify(share, "quantile", 5, decimals=6)
    assert [round(limit, 3) for limit in classes.bins[:4]] == [2.412, 3.254, 3.714, 4.519]
    assert sum(classes.counts) == 32
