"""Ways by bus for people: by hand, against the plain search over events, on the foot network and beside it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from geodata.catalog.on_demand import OnDemand
from geodata.network import Network, build_network
from layers.bus import (
    ARRIVE,
    LEAVE,
    WINDOW,
    Bus,
    bus_of,
    nearest_by_bus,
    reach_by_bus,
    stop_legs,
    there_and_back_by_bus,
    walks,
)
from layers.transit import arrivals_in_window, transit_network
from layers.transit_arrays import NEVER
from layers.transit_pairs import OnFoot
from layers.transit_return import round_trips
from layers.travel_time import OnRoads
from tests.timetables import HOUR, day_of

FOOT = catalog.modes()["fuss"]
# Every half hour from s0 to s3 (20 km away) in 30 minutes, and back.
THERE = [[(0, h * HOUR // 2), (3, h * HOUR // 2 + 1800)] for h in range(12, 40)]
BACK = [[(3, h * HOUR // 2 + 600), (0, h * HOUR // 2 + 2400)] for h in range(12, 40)]
DAY = day_of(THERE + BACK, spread_m=20_000 / 3)


def street(length_m: float = 20_000.0) -> Network:
    """Return a street through all stops with a node every 100 m; on foot 75 s each (4.8 km/h)."""
    n = int(length_m // 100) + 1
    tail = np.arange(n - 1)
    both = np.append(tail, tail + 1), np.append(tail + 1, tail)
    return build_network(
        "fuss", np.arange(n) * 100.0, np.zeros(n), *both, np.full(2 * n - 2, 750), np.full(2 * n - 2, 100.0), {}
    )


def people(*x: float, y: float = 0.0) -> pd.DataFrame:
    return pd.DataFrame({"x": x, "y": y}, index=[f"p{i}" for i in range(len(x))], dtype=float)


CLINIC = pd.DataFrame({"x": [20_000.0], "y": [0.0]}, index=["klinik"])


def test_legs_on_the_street_are_rounded_up_and_end_at_a_quarter_of_an_hour() -> None:
    """1,200 m take exactly 15 minutes; 1,300 m are too far."""
    legs = stop_legs(Bus(transit_network(DAY), street()), people(0, 300, 1200, 1300))
    near = legs[legs["stop"] == "s0"]
    assert dict(zip(near["place"], near["seconds"], strict=True)) == {"p0": 0, "p1": 225, "p2": 900}


def test_the_nearest_by_hand() -> None:
    """Leaving every 5 minutes one waits 0 to 25 minutes at the stop; the median of 24 is 10 (nearest rank)."""
    found = nearest_by_bus(Bus(transit_network(DAY), street()), people(0), CLINIC)
    waits = sorted(-(-leave // 1800) * 1800 - leave for leave in WINDOW)
    median = waits[len(waits) // 2 - 1]
    assert found["minutes"].tolist() == [(median + 1800) / 60]
    assert found["dest"].tolist() == ["klinik"]
    assert found["metres"].isna().all()


def test_where_walking_is_faster_one_walks() -> None:
    found = nearest_by_bus(Bus(transit_network(DAY), street()), people(19_600), CLINIC)
    assert found["minutes"].tolist() == [5.0]


def test_who_has_no_bus_and_lives_far_has_no_minutes() -> None:
    found = nearest_by_bus(Bus(transit_network(DAY), street()), people(10_000), CLINIC)
    assert found["minutes"].isna().all()
    assert found["dest"].isna().all()


def test_the_second_nearest_is_another_one() -> None:
    """One clinic at the far stop, one 400 m farther: five minutes more."""
    two = pd.DataFrame({"x": [20_000.0, 19_600.0], "y": 0.0}, index=["klinik", "praxis"])
    bus = Bus(transit_network(DAY), street())
    first, second = (nearest_by_bus(bus, people(0), two, rank) for rank in (1, 2))
    assert (first["dest"].iloc[0], second["dest"].iloc[0]) == ("klinik", "praxis")
    assert second["minutes"].iloc[0] - first["minutes"].iloc[0] == 5.0
    assert nearest_by_bus(bus, people(0), two, 3)["dest"].isna().all()


def test_there_and_back_by_hand() -> None:
    """There by 10:00: the bus of 9:30 (9:00 would be early). Back from 11:30: the next leaves at 11:40."""
    found = there_and_back_by_bus(Bus(transit_network(DAY), street()), people(0, 19_600), CLINIC)
    assert found["there"].tolist() == [30.0, 5.0]
    assert found["back"].tolist() == [40.0, 5.0]


def test_without_a_way_back_there_is_none() -> None:
    bus = Bus(transit_network(day_of(THERE, spread_m=20_000 / 3)), street())
    assert there_and_back_by_bus(bus, people(0), CLINIC)[["there", "back"]].isna().all(axis=None)


@given(st.lists(st.integers(0, 199), min_size=1, max_size=5), st.lists(st.integers(0, 199), min_size=1, max_size=4))
def test_there_and_back_is_the_best_of_all_round_trips(homes: list[int], places: list[int]) -> None:
    bus = Bus(transit_network(DAY), street())
    origins = people(*(100.0 * n for n in homes))
    dests = people(*(100.0 * n for n in places)).rename("z{}".format)
    found = there_and_back_by_bus(bus, origins, dests)
    on_foot = OnFoot(
        stop_legs(bus, origins).rename(columns={"place": "origin"}),
        stop_legs(bus, dests).rename(columns={"place": "dest"}),
        walks(street(), origins, dests, 60.0),
    )
    trips = round_trips(bus.network, on_foot, arrive=ARRIVE, leave=LEAVE)
    ways = trips.assign(longer=np.maximum(ARRIVE - trips["start"], trips["home"] - LEAVE) / 60)
    best = ways.groupby("origin")["longer"].min().reindex(origins.index)
    np.testing.assert_allclose(found[["there", "back"]].max(axis=1, skipna=False), best)


def test_the_reach_by_bus_is_the_median_of_its_departures() -> None:
    """Every node by hand: to the stops by the scan of each departure, on from there or all the way on foot."""
    bus, limit = Bus(transit_network(DAY), street()), 60.0
    found = reach_by_bus(bus, people(300), limit)
    access = stop_legs(bus, people(300)).groupby("stop")["seconds"].min()
    x = np.asarray(street().x)
    arrivals = arrivals_in_window(bus.network, access, WINDOW)
    every = []
    for n, leave in enumerate(WINDOW):
        ways = [np.abs(x - 300) * 0.75]
        for stop, at in enumerate(DAY.stops["x"]):
            if arrivals[n, stop] < NEVER:
                ways.append(
                    arrivals[n, stop] - leave + np.abs(x - round(at, -2)) * 0.75 + abs(at - round(at, -2)) * 0.75
                )
        seconds = np.min(ways, axis=0)
        every.append(np.where(seconds <= limit * 60, seconds, np.inf))
    median = np.sort(every, axis=0)[(len(WINDOW) + 1) // 2 - 1]
    reached = np.isfinite(median)
    assert reached.any()
    assert ((found < 1 << 30) == reached).all()
    np.testing.assert_allclose(found[reached] / 10, median[reached], atol=1.0)


def test_without_a_foot_network_walks_are_straight_lines_with_a_detour() -> None:
    bus = Bus(transit_network(DAY), None)
    seconds = np.ceil(300 * FOOT.detour / (FOOT.speed_kmh / 3.6))
    assert stop_legs(bus, people(300))["seconds"].tolist() == [seconds]
    near = nearest_by_bus(bus, people(19_700), CLINIC)["minutes"]
    assert near.tolist() == [round(seconds * 10) / 600]


def test_the_model_offers_the_bus_where_there_is_a_timetable() -> None:
    model = OnRoads({"fuss": street()}, DAY)
    by_bus = model.nearest(people(0), CLINIC, catalog.modes()["oev"])
    pd.testing.assert_frame_equal(by_bus, nearest_by_bus(bus_of(DAY, model.networks["fuss"]), people(0), CLINIC))
    assert not model.is_approximation("oev")
    assert OnRoads({}, DAY).is_approximation("oev")
    with pytest.raises(ValueError, match="no timetable"):
        OnRoads({}).nearest(people(0), CLINIC, catalog.modes()["oev"])
    on_foot = OnRoads({"fuss": street()}).without_car(people(19_600), CLINIC, FOOT)
    assert on_foot[["there", "back"]].to_numpy().tolist() == [[5.0, 5.0]]


RUFBUS = OnDemand(
    id="rufbus",
    name="Rufbus",
    weekdays=("mo",),
    begins="06:00",
    ends="20:00",
    booking_minutes=60.0,
    wait_minutes=10.0,
    speed_kmh=30.0,
    detour=1.5,
    source="erfunden",
    status="setzung",
    areas=("99001001",),
    boarding_minutes=2.0,
)


def test_a_bus_on_demand_by_hand_within_its_area_only() -> None:
    """10 km straight, 15 km by road at 30 km/h: 30 minutes, 10 of waiting and 2 for getting on and off."""
    origins = people(10_000, 10_000).assign(ags=["99001001", "99001002"])
    clinic = CLINIC.assign(ags="99001001")
    bus = Bus(transit_network(DAY), street(), (RUFBUS,))
    assert nearest_by_bus(bus, origins, clinic)["minutes"].fillna(-1).tolist() == [42.0, -1.0]
    found = there_and_back_by_bus(bus, origins, clinic)
    assert found[["there", "back"]].fillna(-1).to_numpy().tolist() == [[42.0, 42.0], [-1.0, -1.0]]
    far = dataclasses.replace(RUFBUS, areas=("99001009",))
    assert nearest_by_bus(Bus(transit_network(DAY), street(), (far,)), origins, clinic)["minutes"].isna().all()


@pytest.mark.parametrize("changes", [{"weekdays": ("di",)}, {"ends": "11:00"}, {"begins": "09:00"}])
def test_a_bus_on_demand_that_does_not_run_all_morning_is_none(changes: dict) -> None:
    bus = Bus(transit_network(DAY), street(), (dataclasses.replace(RUFBUS, **changes),))
    found = nearest_by_bus(bus, people(10_000).assign(ags="99001001"), CLINIC.assign(ags="99001001"))
    assert found["minutes"].isna().all()


def test_where_the_bus_on_demand_is_slower_the_other_way_counts() -> None:
    bus = Bus(transit_network(DAY), street(), (RUFBUS,))
    found = there_and_back_by_bus(bus, people(19_600).assign(ags="99001001"), CLINIC.assign(ags="99001001"))
    assert found[["there", "back"]].to_numpy().tolist() == [[5.0, 5.0]]
