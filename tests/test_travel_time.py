"""The straight line: nearest as brute force finds it, times in whole deciseconds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from layers.travel_time import DECISECONDS, StraightLine, nearest_straight, straight_minutes

MODEL = StraightLine()
MODES = sorted(catalog.modes())
POINT = st.tuples(st.integers(-20, 20), st.integers(-20, 20))
POINTS = st.lists(POINT, min_size=1, max_size=25)


def frame(points: list[tuple[int, int]], prefix: str) -> pd.DataFrame:
    index = [f"{prefix}{n}" for n in range(len(points))]
    return pd.DataFrame(points, columns=["x", "y"], index=index, dtype=float) * 100


def distances(origins: pd.DataFrame, dests: pd.DataFrame) -> np.ndarray:
    dx = origins["x"].to_numpy()[:, None] - dests["x"].to_numpy()[None, :]
    dy = origins["y"].to_numpy()[:, None] - dests["y"].to_numpy()[None, :]
    return np.hypot(dx, dy)


@given(POINTS, POINTS)
def test_nearest_is_what_brute_force_finds(origins: list, dests: list) -> None:
    here, there = frame(origins, "o"), frame(dests, "d")
    found, every = nearest_straight(here, there), distances(here, there)
    assert found.index.tolist() == here.index.tolist()
    np.testing.assert_allclose(found["metres"], every.min(axis=1))
    chosen = every[np.arange(len(here)), there.index.get_indexer(found["dest"])]
    np.testing.assert_allclose(chosen, every.min(axis=1))


def test_of_several_at_the_same_place_the_first_is_taken() -> None:
    """Locations known to the place only share one point; which of them is named must not depend on chance."""
    there = frame([(5, 5)] * 3 + [(0, 0)] * 40 + [(9, 9)] * 3, "d")
    found = nearest_straight(frame([(0, 0), (5, 5), (9, 9)], "o"), there)
    assert found["dest"].tolist() == ["d3", "d0", "d43"]


@given(POINTS, POINTS, POINT, st.sampled_from(MODES))
def test_one_more_facility_never_makes_a_way_longer(origins: list, dests: list, more: tuple, mode: str) -> None:
    here = frame(origins, "o")
    speed = catalog.modes()[mode]
    before = MODEL.nearest(here, frame(dests, "d"), speed)["minutes"]
    after = MODEL.nearest(here, frame([*dests, more], "d"), speed)["minutes"]
    assert (after <= before).all()


def test_without_destinations_nothing_is_known() -> None:
    found = MODEL.nearest(frame([(0, 0), (1, 1)], "o"), frame([(0, 0)], "d").iloc[:0], catalog.modes()["pkw"])
    assert found.columns.tolist() == ["dest", "metres", "minutes"]
    assert found.isna().all(axis=None)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("limit", [5, 10, 13, 15, 20, 35, 60])
def test_a_way_of_exactly_the_limit_takes_exactly_the_limit(mode: str, limit: int) -> None:
    speed = catalog.modes()[mode]
    metres = (limit - speed.access_minutes) * speed.speed_kmh * 1000 / 60 / speed.detour
    assert straight_minutes(pd.Series([metres]), speed).tolist() == [float(limit)]


@given(st.lists(st.floats(0, 200_000), min_size=2, max_size=20), st.sampled_from(MODES))
def test_minutes_are_whole_deciseconds_and_rise_with_the_way(metres: list[float], mode: str) -> None:
    minutes = straight_minutes(pd.Series(sorted(metres)), catalog.modes()[mode])
    deciseconds = minutes * DECISECONDS
    np.testing.assert_allclose(deciseconds, deciseconds.round(), atol=1e-6)
    assert minutes.is_monotonic_increasing
    assert minutes.min() >= catalog.modes()[mode].access_minutes


@pytest.mark.parametrize(
    ("mode", "metres", "minutes"), [("fuss", 800, 13.0), ("rad", 2500, 14.0), ("pkw", 10_000, 19.2)]
)
def test_minutes_by_hand(mode: str, metres: float, minutes: float) -> None:
    """800 m x 1.3 / 80 m a minute; 2500 m x 1.3 / 250 + 1; 10000 m x 1.35 / 833.3 + 3."""
    assert straight_minutes(pd.Series([metres]), catalog.modes()[mode]).tolist() == [minutes]


def test_the_straight_line_says_that_it_is_an_approximation() -> None:
    assert all(MODEL.is_approximation(mode) for mode in MODES)


def test_the_way_is_longer_than_the_straight_line_by_the_detour() -> None:
    found = MODEL.nearest(frame([(0, 0)], "o"), frame([(6, 8)], "d"), catalog.modes()["fuss"])
    assert found["metres"].tolist() == [1300.0]
