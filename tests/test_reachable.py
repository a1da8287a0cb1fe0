"""Reach of a place: people by their own minutes, facilities listed, circles only where there is no network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import shapely

from geodata.network import build_network
from layers import Atlas
from layers.inputs import ways_to
from layers.reachable import EVERYONE, Place, limits_of, reachable
from tests.synthetic import KLINIK, ORIGIN, A, facility
from tests.test_measures import road

Build = Callable[..., Atlas]


def at(x: float, y: float) -> Place:
    return Place(ORIGIN[0] + x, ORIGIN[1] + y)


def test_circles_by_hand_where_there_is_no_network(synthetic: Build) -> None:
    """On foot at 6 km/h without detour 30 minutes are 3,000 m: s1 at the place, s2 exactly at the limit."""
    atlas = synthetic(KLINIK, facility("laden", 0, 1000, A))
    found = reachable(atlas.inputs, at(0, 0), "fuss", 30.0, leaving=True)
    assert found.approximation
    assert limits_of(30.0) == [10.0, 20.0, 30.0]
    assert found.people[EVERYONE].tolist() == [600.0, 600.0, 1000.0]
    assert found.facilities["minutes"].tolist() == [10.0]
    assert list(found.areas) == [30.0, 20.0, 10.0]
    assert found.areas[30.0].area == pytest.approx(np.pi * 3000**2, rel=2e-3)


def test_time_for_access_makes_the_circle_smaller(synthetic: Build) -> None:
    """By car 2 minutes are lost, 1,000 m a minute, detour 1.5: 10 minutes reach 5,333 m, 2 minutes nothing."""
    atlas = synthetic(KLINIK)
    areas = reachable(atlas.inputs, at(0, 0), "pkw", 30.0, leaving=True).areas
    assert np.sqrt(areas[10.0].area / np.pi) == pytest.approx(8 * 1000 / 1.5, rel=2e-3)
    assert reachable(atlas.inputs, at(0, 0), "pkw", 6.0, leaving=True).areas[2.0].is_empty


def test_people_on_a_network_are_those_whose_minutes_are_within_the_limit(synthetic: Build) -> None:
    """s2 - s1 - clinic, 10 minutes a piece and 2 for access: the clinic is reached in 12 and 22 minutes."""
    atlas = synthetic(KLINIK, networks={"pkw": road((3000, 0), (0, 0), (0, 4000))})
    found = reachable(atlas.inputs, at(0, 4000), "pkw", 36.0, leaving=False)
    assert not found.approximation
    assert found.people[EVERYONE].to_dict() == {12.0: 600.0, 24.0: 1000.0, 36.0: 1000.0}
    ways = ways_to(atlas.inputs, "klinik", "pkw")["minutes"]
    for limit, count in found.people[EVERYONE].items():
        assert count == atlas.inputs.points["people"][ways <= limit].sum()
    assert found.facilities["minutes"].tolist() == [2.0]


def test_ways_there_and_ways_from_there_differ_on_a_one_way_road(synthetic: Build) -> None:
    """A loop s1 - clinic - s2 - s1 of 10, 10 and 20 minutes, one way only; 2 minutes for access."""
    x, y = (np.array(values) for values in ((0.0, 0.0, 3000.0), (0.0, 4000.0, 0.0)))
    cost = np.array([6000, 6000, 12_000])
    net = build_network("pkw", x + ORIGIN[0], y + ORIGIN[1], [0, 1, 2], [1, 2, 0], cost, cost * 1.0, {})
    inputs = synthetic(KLINIK, networks={"pkw": net}).inputs
    there, back = (reachable(inputs, at(0, 4000), "pkw", 33.0, leaving=leaving) for leaving in (False, True))
    assert there.people[EVERYONE].to_dict() == {11.0: 0.0, 22.0: 600.0, 33.0: 1000.0}
    assert back.people[EVERYONE].to_dict() == {11.0: 0.0, 22.0: 400.0, 33.0: 1000.0}


def test_a_place_off_every_way_reaches_nothing_and_says_so(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, networks={"pkw": road((3000, 0), (0, 0), (0, 4000))})
    found = reachable(atlas.inputs, at(50_000, 50_000), "pkw", 30.0, leaving=True)
    assert found.off_network
    assert found.people[EVERYONE].tolist() == [0.0, 0.0, 0.0]
    assert all(area.is_empty for area in found.areas.values())
    assert found.facilities.empty


def test_an_age_group_that_the_census_hides_is_missing_and_not_zero(synthetic: Build) -> None:
    atlas = synthetic(KLINIK)
    points = atlas.inputs.points.assign(age_0_17=[60.0, np.nan, 300.0, 30.0, 20.0])
    object.__setattr__(atlas.inputs, "points", points)
    found = reachable(atlas.inputs, at(0, 0), "fuss", 30.0, leaving=True)
    assert found.people["age_0_17"].tolist() == [60.0, 60.0, 60.0]
    assert found.hidden == {"age_0_17": pytest.approx(400 / 1000)}
    alone = reachable(atlas.inputs, at(3000, 0), "fuss", 3.0, leaving=True)
    assert alone.people[EVERYONE].tolist() == [400.0, 400.0, 400.0]
    assert alone.people["age_0_17"].isna().all()


def test_the_drawn_areas_lie_in_each_other(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, networks={"pkw": road((3000, 0), (0, 0), (0, 4000))})
    areas = list(reachable(atlas.inputs, at(0, 0), "pkw", 30.0, leaving=True).areas.values())
    for larger, smaller in pairwise(areas):
        assert shapely.difference(smaller, larger).area < 1.0
