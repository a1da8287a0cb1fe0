"""Ways on a road network beside the straight line: same interface, times of the network, honest where it ends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata import catalog
from geodata.network import Network, build_network
from layers.routing.roads import nearest_on_roads, places_at
from layers.travel_time import OnRoads, StraightLine

FOOT, CAR = catalog.modes()["fuss"], catalog.modes()["pkw"]


def street() -> Network:
    """Return a street of 1 km with a node every 100 m: 30 s each eastwards, 60 s each westwards (synthetic)."""
    tail = np.arange(10)
    return build_network(
        "pkw",
        np.arange(11) * 100.0,
        np.zeros(11),
        np.concatenate([tail, tail + 1]),
        np.concatenate([tail + 1, tail]),
        np.repeat([300, 600], 10),
        np.full(20, 100.0),
        {},
    )


def points(*rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["x", "y"], index=[f"p{i}" for i in range(len(rows))])


def test_the_walk_to_the_network_is_a_straight_line_at_walking_speed() -> None:
    places = places_at(street(), points((0, 80), (0, 500), (0, 501)))
    assert places.walk.tolist() == [600, 3750, 0]
    assert (places.nodes >= 0).tolist() == [True, True, False]


def test_minutes_by_hand() -> None:
    """80 m to the street, 3 x 30 s eastwards, 40 m to the door, 3 minutes for the car; back it takes 3 x 60 s."""
    origins, dests = points((200, 80), (800, 0)), points((500, -40))
    found = nearest_on_roads(street(), origins, dests, CAR)
    assert found["dest"].tolist() == ["p0", "p0"]
    assert found["minutes"].tolist() == [1 + 1.5 + 0.5 + 3, 3 + 0.5 + 3]


def test_of_two_equally_near_the_first_is_taken() -> None:
    found = nearest_on_roads(street(), points((500, 0)), points((500, 80), (500, -80)), CAR)
    assert found["dest"].tolist() == ["p0"]


def test_a_point_far_from_every_road_reaches_nothing() -> None:
    found = nearest_on_roads(street(), points((0, 600), (0, 0)), points((100, 0)), FOOT)
    assert found["dest"].isna().tolist() == [True, False]
    assert found["minutes"].isna().tolist() == [True, False]
    assert found["metres"].isna().tolist() == [True, False]


@pytest.mark.parametrize("dests", [points(), points((0, 900))])
def test_without_a_facility_on_the_network_nothing_is_reached(dests: pd.DataFrame) -> None:
    found = nearest_on_roads(street(), points((0, 0)), dests, CAR)
    assert found["dest"].isna().all()
    assert found["minutes"].isna().all()


def test_a_mode_without_a_network_falls_back_to_the_marked_straight_line() -> None:
    model = OnRoads({"pkw": street()})
    origins, dests = points((0, 0)), points((1000, 0))
    assert model.is_approximation("fuss")
    assert not model.is_approximation("pkw")
    pd.testing.assert_frame_equal(model.nearest(origins, dests, FOOT), StraightLine().nearest(origins, dests, FOOT))
    assert model.nearest(origins, dests, CAR)["minutes"].tolist() == [5 + CAR.access_minutes]
