"""Clusters: Moran's I by hand, by all permutations and by esda; neighbours by libpysal; refusals and islands."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from esda.moran import Moran, Moran_Local
from hypothesis import given
from hypothesis import strategies as st
from libpysal.graph import Graph
from scipy import stats
from shapely.geometry import MultiPolygon, Point, box

from layers.clusters import FEWEST, _draws, clusters, contiguity, local_moran, moran, row_weights

NAN = float("nan")


def grid(rows: int, columns: int) -> gpd.GeoSeries:
    """Squares of 1 km, row by row."""
    squares = {f"{r}{c}": box(c, r, c + 1, r + 1) for r in range(rows) for c in range(columns)}
    return gpd.GeoSeries(squares, crs=25832).scale(1000, 1000, origin=(0, 0))


def halves(areas: gpd.GeoSeries) -> pd.Series:
    """10 in the west, 20 in the east, with a slight slope so that not all are equal."""
    x = areas.centroid.x
    return (x > x.median()) * 10.0 + 10 + x / 1e5


def pysal_weights(areas: gpd.GeoSeries) -> Graph:
    return Graph.build_contiguity(areas, rook=False)


def weights_of(areas: gpd.GeoSeries):
    return row_weights(areas.index, contiguity(areas))[0]


# Neighbours


def test_queen_neighbours_of_a_grid_by_hand() -> None:
    pairs = contiguity(grid(3, 3))
    around = pairs.groupby("area")["neighbour"].agg(sorted)
    assert around["11"] == ["00", "01", "02", "10", "12", "20", "21", "22"]
    assert around["00"] == ["01", "10", "11"]
    assert len(pairs) == 40
    assert not (pairs["area"] == pairs["neighbour"]).any()


def test_neighbours_are_those_of_libpysal() -> None:
    rng = np.random.default_rng(3)
    centres = gpd.GeoSeries([Point(x, y) for x, y in rng.random((60, 2)) * 50_000], crs=25832)
    cells = centres.voronoi_polygons().reset_index(drop=True)
    cells = gpd.GeoSeries(list(cells), index=[f"k{n}" for n in range(len(cells))], crs=25832)
    oracle = pysal_weights(cells).adjacency
    found = contiguity(cells)
    assert {*zip(found["area"], found["neighbour"], strict=True)} == {*oracle[oracle > 0].index}


def test_an_exclave_makes_neighbours_and_an_island_has_none() -> None:
    areas = grid(1, 3)
    areas["exclave"] = MultiPolygon([box(9000, 9000, 9500, 9500), box(3000, 0, 4000, 1000)])
    areas["island"] = box(20_000, 20_000, 21_000, 21_000)
    pairs = contiguity(areas)
    assert pairs.loc[pairs["area"] == "exclave", "neighbour"].tolist() == ["02"]
    assert "island" not in {*pairs["area"], *pairs["neighbour"]}
    _, tested = row_weights(areas.index, pairs)
    assert tested.tolist() == ["00", "01", "02", "exclave"]


def test_weights_sum_to_one_and_go_both_ways() -> None:
    pairs = pd.DataFrame({"area": ["a", "a", "b", "d", "x"], "neighbour": ["b", "c", "a", "d", "a"]})
    weights, tested = row_weights(pd.Index(["a", "b", "c", "d"]), pairs)
    assert tested.tolist() == ["a", "b", "c"]
    assert weights.toarray().tolist() == [[0, 0.5, 0.5], [1, 0, 0], [1, 0, 0]]


# Moran's I


def test_moran_by_hand() -> None:
    """Four in a row, 1 2 3 4: z -1.5 -0.5 0.5 1.5, lags -0.5 -0.5 0.5 0.5, I = (0.75 + 0.25 + 0.25 + 0.75) / 5."""
    rng = np.random.default_rng(0)
    i, p = moran(np.array([-1.5, -0.5, 0.5, 1.5]), weights_of(grid(1, 4)), 99, rng)
    assert i == pytest.approx(0.4)
    assert 0 < p <= 1


def test_without_pattern_all_orders_have_the_expected_mean_and_p_is_their_share() -> None:
    """All 720 orders of six values: the mean of I is -1 / (n - 1); p is twice the share at least as high."""
    weights = weights_of(grid(2, 3))
    z = np.array([-3.0, -2, -1, 0, 1, 5])
    every = np.array([np.array(order) @ (weights @ np.array(order)) for order in permutations(z)]) / (z @ z)
    assert every.mean() == pytest.approx(-1 / 5)
    i, p = moran(z, weights, 20_000, np.random.default_rng(5))
    exact = 2 * min((every >= i - 1e-9).mean(), (every <= i + 1e-9).mean())
    assert p == pytest.approx(min(1, exact), abs=0.02)


@pytest.mark.parametrize("kind", ["pattern", "noise", "counts"])
def test_global_moran_is_that_of_esda(kind: str) -> None:
    areas = grid(6, 6)
    rng = np.random.default_rng(11)
    noise = pd.Series(rng.normal(size=36), index=areas.index)
    counts = pd.Series(rng.integers(0, 3, 36), index=areas.index)
    values = {"pattern": halves(areas) + noise, "noise": noise, "counts": counts}[kind]
    found = clusters(values, areas)
    oracle = Moran(values.to_numpy(float), pysal_weights(areas), permutations=0)
    assert found.i == pytest.approx(oracle.I)
    assert found.expected == pytest.approx(oracle.EI)
    assert found.n == 36
    # The p by permutation agrees with the one of the normal approximation as far as 999 draws can tell.
    assert found.p == pytest.approx(max(oracle.p_rand, 0.002), abs=0.05)


def test_local_moran_is_that_of_esda() -> None:
    areas = grid(6, 6)
    values = halves(areas) + np.random.default_rng(2).normal(size=36)
    found = clusters(values, areas)
    oracle = Moran_Local(values.to_numpy(), pysal_weights(areas), permutations=0)
    np.testing.assert_allclose(found.table["local_i"], oracle.Is)
    words = {1: "hoch-hoch", 2: "niedrig-hoch", 3: "niedrig-niedrig", 4: "hoch-niedrig"}
    assert found.table["quadrant"].tolist() == [words[quadrant] for quadrant in oracle.q]
    np.testing.assert_allclose(found.table["p_fdr"], stats.false_discovery_control(found.table["p"]))


@pytest.mark.slow
def test_local_p_is_twice_the_smaller_tail_that_esda_gives() -> None:
    """Slow: esda compiles its permutations. It warns that its p is the smaller tail only."""
    areas = grid(6, 6)
    values = halves(areas) + np.random.default_rng(2).normal(size=36)
    with pytest.warns(DeprecationWarning, match="alternative hypothesis"):
        oracle = Moran_Local(values.to_numpy(), pysal_weights(areas), permutations=9_999, seed=1)
    found = clusters(values, areas)
    np.testing.assert_allclose(found.table["p"], np.minimum(1, 2 * oracle.p_sim), atol=0.03)


def test_draws_are_different_numbers_and_all_equally_likely() -> None:
    draws = _draws(5, 3, 30_000, np.random.default_rng(6))
    assert draws.shape == (3, 30_000)
    assert (np.diff(np.sort(draws, axis=0), axis=0) > 0).all()
    triples = np.bincount(draws[0] * 25 + draws[1] * 5 + draws[2])
    assert np.count_nonzero(triples) == 5 * 4 * 3
    assert stats.chisquare(triples[triples > 0]).pvalue > 0.001


def test_local_p_is_exact_where_all_draws_can_be_listed() -> None:
    """The ends of a row of seven have one neighbour, drawn from the other six; inside, two of six."""
    z = np.array([3.0, 1, -2, 0, -1, -3, 2])
    found = local_moran(z, weights_of(grid(1, 7)), 20_000, np.random.default_rng(4))
    assert found.at[0, "p"] == pytest.approx(2 * 2 / 6, abs=0.02)  # has 1; as high: 1 and 2 of 1 -2 0 -1 -3 2
    assert found.at[6, "p"] == pytest.approx(2 * 1 / 6, abs=0.02)  # has -3; as low: -3 of 3 1 -2 0 -1 -3
    assert found.at[1, "p"] == pytest.approx(2 * 6 / 15, abs=0.02)  # has 3 - 2; as high: 6 pairs of 3 -2 0 -1 -3 2
    assert found.at[3, "p"] == 1
    sides = ["hoch-hoch", "hoch-hoch", "niedrig-hoch", "niedrig-niedrig", "niedrig-niedrig", "niedrig-hoch"]
    assert found["quadrant"].tolist() == [*sides, "hoch-niedrig"]


@given(st.integers(1, 9), st.integers(-50, 50), st.integers(0, 99))
def test_clusters_do_not_depend_on_the_unit(factor: int, shift: int, seed: int) -> None:
    areas = grid(5, 5)
    values = pd.Series(np.random.default_rng(seed).integers(0, 9, 25), index=areas.index, dtype=float)
    pairs = contiguity(areas)
    one, other = (clusters(each, pairs, permutations=99) for each in (values, factor * values + shift))
    assert other.i == pytest.approx(one.i)
    assert other.p == one.p
    np.testing.assert_allclose(other.table["p"], one.table["p"])


# What is said


def test_a_pattern_is_found_and_said_the_same_each_time() -> None:
    areas = grid(8, 8)
    found, again = clusters(halves(areas), areas), clusters(halves(areas), contiguity(areas))
    assert found.i > 0.7
    assert found.p == 0.002
    assert found.sentence.startswith("Ähnliche Werte liegen häufiger nebeneinander, als der Zufall erwarten lässt (")
    assert "64 Gebiete, p = 0,002). Mit ihren Nachbarn heben sich gesichert ab" in found.sentence
    assert "hoch-hoch 2" in found.sentence
    middle = found.table.loc[["70", "77"]]
    assert middle["quadrant"].tolist() == ["niedrig-niedrig", "hoch-hoch"]
    assert found.table.at["36", "significant"]
    assert found.table["significant"].dtype == bool
    pd.testing.assert_frame_equal(found.table, again.table)
    assert found.sentence == again.sentence


def test_a_chessboard_of_stripes_is_unlike_its_neighbours() -> None:
    row = grid(1, 30)
    found = clusters(pd.Series([1.0, 2.0] * 15, index=row.index), row)
    assert found.i < -0.9
    assert found.sentence.startswith("Nachbargebiete unterscheiden sich stärker, als der Zufall erwarten lässt")


def test_noise_has_no_pattern() -> None:
    areas = grid(6, 6)
    values = pd.Series(np.random.default_rng(8).normal(size=36), index=areas.index)
    found = clusters(values, areas)
    assert found.p > 0.05
    assert found.sentence.startswith("Ein räumliches Muster ist nicht nachweisbar (Moran-I ")
    assert found.sentence.endswith("Kein einzelnes Gebiet hebt sich mit seinen Nachbarn gesichert ab.")
    assert not found.table["significant"].any()


def test_noise_is_rarely_significant() -> None:
    """No pattern at all: of 100 maps at most some 5 % may show one, and hardly any a local cluster."""
    areas = grid(6, 6)
    pairs = contiguity(areas)
    rng = np.random.default_rng(21)
    draws = [pd.Series(rng.normal(size=36), index=areas.index) for _ in range(100)]
    found = [clusters(values, pairs, permutations=199) for values in draws]
    assert sum(each.p <= 0.05 for each in found) <= 11
    assert sum(each.table["significant"].any() for each in found) <= 11


def test_fewer_than_twenty_areas_are_refused() -> None:
    areas = grid(4, 4)
    found = clusters(halves(areas), areas)
    assert found.refusal == found.sentence == "Nur 16 Gebiete: kein belastbarer Test auf räumliche Muster."
    assert found.n == 16
    assert np.isnan([found.i, found.p, found.expected]).all()
    assert (found.table["quadrant"] == "").all()
    assert not found.table["significant"].any()
    assert (found.table["reason"] == found.refusal).all()
    assert clusters(halves(grid(4, 5)), grid(4, 5)).refusal == ""
    assert FEWEST == 20


def test_what_has_no_value_or_no_neighbour_with_one_takes_no_part() -> None:
    areas = grid(5, 5)
    areas["island"] = box(50_000, 50_000, 51_000, 51_000)
    values = halves(areas)
    values[["01", "10", "11"]] = NAN  # all neighbours of 00
    found = clusters(values, areas)
    assert found.n == 22 - 1
    assert found.table.index.equals(values.index)
    assert found.table.loc[["island", "00"], "reason"].unique().tolist() == ["kein Nachbargebiet mit Wert"]
    assert found.table.loc[["01", "10", "11"], "reason"].unique().tolist() == ["kein Wert"]
    out = found.table.loc[["island", "00", "01", "10", "11"]]
    assert out[["local_i", "p", "p_fdr"]].isna().all(axis=None)
    assert (out["quadrant"] == "").all()
    rest = values.drop(out.index)
    assert clusters(rest, areas[rest.index]).i == pytest.approx(found.i)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.3])
def test_equal_values_are_refused(value: float) -> None:
    areas = grid(5, 5)
    found = clusters(pd.Series(value, index=areas.index), areas)
    assert found.refusal == "Alle 25 Gebiete haben denselben Wert: kein räumliches Muster zu prüfen."


def test_no_values_at_all_are_refused() -> None:
    areas = grid(5, 5)
    found = clusters(pd.Series(NAN, index=areas.index), areas)
    assert found.n == 0
    assert found.refusal.startswith("Nur 0 Gebiete")
    assert (found.table["reason"] == "kein Wert").all()
