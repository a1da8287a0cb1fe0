"""Isochrones: the area holds what the times say, and people are counted by their own time, not by the area."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import catalog
from geodata.network import Network, build_network
from layers.isochrone import FINEST_M, isochrones, minutes_at, people_within, reach

FOOT, CAR = catalog.modes()["fuss"], catalog.modes()["pkw"]
SIDE, BLOCK_M = 21, 200.0


def town() -> Network:
    """Return a grid of streets of 200 m, a minute and a half each; the middle row runs eastwards only (synthetic)."""
    nodes = np.arange(SIDE * SIDE)
    row, column = np.divmod(nodes, SIDE)
    east, north = nodes[column < SIDE - 1], nodes[row < SIDE - 1]
    west = east[row[east] != SIDE // 2]
    tail = np.concatenate([east, west + 1, north, north + SIDE])
    head = np.concatenate([east + 1, west, north + SIDE, north])
    cost = np.full(len(tail), 900)
    return build_network("fuss", column * BLOCK_M, row * BLOCK_M, tail, head, cost, cost * 0 + BLOCK_M, {})


TOWN = town()
MIDDLE = pd.DataFrame({"x": [SIDE // 2 * BLOCK_M], "y": [SIDE // 2 * BLOCK_M]})


def points(*rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["x", "y"])


def test_minutes_by_hand_there_and_back() -> None:
    """Two blocks to the east: 3 minutes there; back the one-way makes it a detour of two more blocks."""
    east = MIDDLE.assign(x=MIDDLE["x"] + 2 * BLOCK_M, y=MIDDLE["y"] + 40)
    away = reach(TOWN, FOOT, MIDDLE, 20, leaving=True)
    back = reach(TOWN, FOOT, MIDDLE, 20)
    assert minutes_at(away, east).tolist() == [3.5]
    assert minutes_at(back, east).tolist() == [6.5]


def test_access_to_the_vehicle_is_part_of_the_time() -> None:
    place = points((0, 0))
    assert minutes_at(reach(TOWN, CAR, place, 10), place).tolist() == [CAR.access_minutes]
    assert minutes_at(reach(TOWN, CAR, place, CAR.access_minutes - 0.1), place).isna().all()


@settings(max_examples=20)
@given(st.floats(0, (SIDE - 1) * BLOCK_M), st.floats(0, (SIDE - 1) * BLOCK_M), st.integers(4, 15), st.booleans())
def test_the_area_holds_every_crossing_within_the_limit_and_none_far_beyond(
    x: float, y: float, minutes: int, leaving: bool
) -> None:
    reached = reach(TOWN, FOOT, points((x, y)), minutes + 4, leaving=leaving)
    area = isochrones(reached, [minutes])[minutes]
    crossings = pd.DataFrame({"x": TOWN.x, "y": TOWN.y})
    times = minutes_at(reached, crossings)
    drawn = shapely.contains_xy(shapely.buffer(area, FINEST_M), TOWN.x, TOWN.y)
    assert drawn[times <= minutes].all()
    assert not drawn[~(times <= minutes + 1.5)].any()
    assert area.is_valid


def test_a_greater_limit_holds_the_smaller_area() -> None:
    areas = isochrones(reach(TOWN, FOOT, MIDDLE, 12), [6, 12])
    assert list(areas) == [12, 6]
    assert shapely.buffer(areas[12], 1).covers(areas[6])
    assert areas[6].area < areas[12].area


def test_a_block_that_cannot_be_reached_is_a_hole() -> None:
    """A ring road of 6 km around fields: what lies more than 200 m inside is not drawn."""
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    following = (np.arange(60) + 1) % 60
    tail, head = np.append(np.arange(60), following), np.append(following, np.arange(60))
    ring = build_network(
        "pkw", 3000 * np.cos(angle), 3000 * np.sin(angle), tail, head, np.full(120, 60), [314.0] * 120, {}
    )
    area = isochrones(reach(ring, CAR, points((3000, 0)), 30), [30])[30]
    assert len(area.geoms) == 1
    assert not area.covers(shapely.Point(0, 0))
    assert len(area.geoms[0].interiors) == 1
    assert shapely.Polygon(area.geoms[0].interiors[0]).area == pytest.approx(np.pi * 2800**2, rel=0.05)


def test_a_place_far_from_every_way_reaches_nothing() -> None:
    reached = reach(TOWN, FOOT, points((-501, 0)), 30)
    assert isochrones(reached, [30])[30].is_empty
    assert minutes_at(reached, MIDDLE).isna().all()


def test_people_are_those_whose_own_time_is_within_the_limit() -> None:
    reached = reach(TOWN, FOOT, MIDDLE, 30)
    random = np.random.default_rng(3)
    homes = pd.DataFrame(random.uniform(-700, SIDE * BLOCK_M + 700, (500, 2)), columns=["x", "y"])
    people = pd.DataFrame({"alle": random.integers(0, 50, 500), "ab 65": random.integers(0, 9, 500)})
    times = minutes_at(reached, homes)
    counted = people_within(times, people, [5, 10, 30])
    for limit in (5, 10, 30):
        inside = [t <= limit for t in times]
        assert counted.loc[limit].tolist() == people[inside].sum().tolist()
    assert times.isna().any()
