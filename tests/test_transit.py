"""Ways by bus: by hand on a drawn day, against a fixpoint that knows no order, and there and back."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.sources.gtfs import read_feed
from geodata.sources.gtfs_day import Timetable, timetable
from layers.transit import (
    Network,
    departures_per_stop,
    earliest_arrivals,
    latest_departures,
    there_and_back,
    transit_network,
    travel_times,
)
from layers.transit_arrays import NEVER, Scan

FEED = Path(__file__).parents[2] / "shared" / "data" / "gtfs" / "ors_vrn_gtfs_cut.zip"
real = pytest.mark.skipif(not FEED.is_file(), reason="der Fahrplan liegt nicht bei")
HOUR = 3600
Trip = list[tuple[int, int]]  # stop and time of the calls


def day_of(trips: list[Trip], *, stops: int = 6, spread_m: float = 2000.0) -> Timetable:
    """Return a day with trips that call at stops (numbers) at times (seconds); stops lie far apart (invented)."""
    rows = [
        (number, i, a, b, start, end)
        for number, trip in enumerate(trips)
        for i, ((a, start), (b, end)) in enumerate(pairwise(trip))
    ]
    frame = pd.DataFrame(rows, columns=["trip", "i", "a", "b", "start", "end"]).sort_values(["start", "trip", "i"])
    n = len(frame)
    places = pd.DataFrame(
        {"name": "Halt", "x": np.arange(stops) * spread_m, "y": 0.0, "parent": ""},
        index=[f"s{i}" for i in range(stops)],
    )
    columns = [frame[name].to_numpy(np.int32) for name in ("a", "b", "start", "end", "trip")]
    walks = pd.DataFrame({"start": [], "dest": [], "seconds": []}, dtype=np.int32)
    return Timetable(date(2024, 5, 6), places, *columns, np.ones(n, bool), np.ones(n, bool), walks)


BUS = [(0, 8 * HOUR), (1, 8 * HOUR + 600), (2, 8 * HOUR + 1200)]
TRAIN = [(1, 8 * HOUR + 720), (3, 8 * HOUR + 1500)]
LATER = [(1, 9 * HOUR), (3, 9 * HOUR + 780)]
RETURN = [(3, 12 * HOUR), (1, 12 * HOUR + 900), (0, 12 * HOUR + 1500)]


def test_arrivals_by_hand() -> None:
    """The bus is at stop 1 at 8:10; the train at 8:12 is caught with a change of 2 minutes, not with 3."""
    trips = [BUS, TRAIN, LATER]
    home = pd.Series({"s0": 300})
    quick = earliest_arrivals(transit_network(day_of(trips), change_s=120), home, 8 * HOUR - 300)
    assert quick.dropna().to_dict() == {
        "s0": 8 * HOUR,
        "s1": 8 * HOUR + 600,
        "s2": 8 * HOUR + 1200,
        "s3": 8 * HOUR + 1500,
    }
    slow = earliest_arrivals(transit_network(day_of(trips), change_s=121), home, 8 * HOUR - 300)
    assert slow["s3"] == 9 * HOUR + 780
    late = earliest_arrivals(transit_network(day_of(trips)), home, 8 * HOUR - 299)
    assert late.dropna().to_dict() == {"s0": 8 * HOUR + 1}


def test_the_latest_departure_by_hand() -> None:
    network = transit_network(day_of([BUS, TRAIN, LATER]))
    office = pd.Series({"s3": 60})
    found = latest_departures(network, office, 9 * HOUR)
    assert found["s0"] == 8 * HOUR
    assert found["s1"] == 8 * HOUR + 720
    assert found["s3"] == 9 * HOUR - 60
    assert np.isnan(found["s2"])
    assert np.isnan(latest_departures(network, office, 8 * HOUR)["s0"])


def test_there_and_back_by_hand() -> None:
    network = transit_network(day_of([BUS, TRAIN, RETURN]))
    home, office = pd.Series({"s0": 300}), pd.Series({"s3": 60})
    trip = there_and_back(network, home, office, arrive=9 * HOUR, leave=11 * HOUR)
    assert trip == (8 * HOUR - 300, 12 * HOUR + 1800)
    assert trip.possible
    assert not there_and_back(network, home, office, arrive=9 * HOUR, leave=13 * HOUR).possible
    walked = there_and_back(network, home, office, arrive=9 * HOUR, leave=13 * HOUR, walk=1800)
    assert walked == (8 * HOUR + 1800, 13 * HOUR + 1800)


def test_between_two_rides_one_walks_once() -> None:
    """300 m apart: 300 x 1.3 / 1.333 = 293 seconds on foot; two walks in a row are none."""
    trips = [[(0, 0), (1, 600)], [(2, 893), (3, 1000)], [(2, 892), (4, 990)], [(3, 1500), (5, 1600)]]
    network = transit_network(day_of(trips, spread_m=300.0))
    found = earliest_arrivals(network, pd.Series({"s0": 0}), 0)
    assert found["s3"] == 1000
    assert found[["s2", "s4"]].isna().all()


def test_a_window_says_median_late_and_share() -> None:
    """Every departure waits for 8:00; after it there is nothing more: a third of the window fails."""
    network = transit_network(day_of([BUS]))
    departures = [8 * HOUR + minutes * 60 for minutes in (-20, -10, 1)]
    found = travel_times(network, pd.Series({"s0": 0}), departures)
    assert found.reached["s2"] == pytest.approx(2 / 3)
    assert found.median["s2"] == 1200 + 1200
    assert found.late["s2"] == np.inf


def test_departures_of_a_stop() -> None:
    found = departures_per_stop(day_of([BUS, TRAIN, LATER, [(1, 25 * HOUR), (2, 26 * HOUR)]]))
    assert found.loc["s1"].tolist() == [3, 8 * HOUR + 600, 9 * HOUR]
    assert found.loc["s5", "departures"] == 0
    assert found.loc["s5", ["first", "last"]].isna().all()


def test_an_unknown_stop_and_a_change_without_time_are_refused() -> None:
    network = transit_network(day_of([BUS]))
    with pytest.raises(KeyError, match="unknown stops"):
        earliest_arrivals(network, pd.Series({"nirgends": 0}), 0)
    with pytest.raises(ValueError, match="at least 1 second"):
        transit_network(day_of([BUS]), change_s=0)


# ---------------------------------------------------------------- an oracle that knows no order


def by_fixpoint(day: Scan, access: dict[int, int], departure: int, trips: list[list[int]]) -> np.ndarray:
    """Return the arrivals by riding every trip again and again until nothing gets better."""
    stops = len(day.walk_start) - 1
    ready, arrival = np.full(stops, NEVER), np.full(stops, NEVER)
    for stop, seconds in access.items():
        ready[stop] = arrival[stop] = departure + seconds
    better = True
    while better:
        better = False
        for calls in trips:
            aboard = False
            for c in calls:
                aboard = aboard or bool(day.boards[c] and ready[day.from_stop[c]] <= day.departure[c])
                if aboard and day.alights[c]:
                    better |= alight(day, ready, arrival, day.to_stop[c], day.arrival[c])
    return arrival


def alight(day: Scan, ready: np.ndarray, arrival: np.ndarray, stop: int, time: int) -> bool:
    """Get off at ``stop`` and walk on to other vehicles; tell whether that was better than before anywhere."""
    then = [(stop, time + day.change)]
    then += [
        (day.walk_dest[w], time + day.walk_seconds[w]) for w in range(day.walk_start[stop], day.walk_start[stop + 1])
    ]
    better = time < arrival[stop] or any(when < ready[place] for place, when in then)
    arrival[stop] = min(arrival[stop], time)
    for place, when in then:
        ready[place] = min(ready[place], when)
    return bool(better)


def trips_of(day: Scan) -> list[list[int]]:
    """Return the connections of every trip in their order."""
    return [list(group) for group in pd.Series(np.arange(len(day.trip))).groupby(day.trip).groups.values()]


@st.composite
def days(draw: st.DrawFn) -> Network:
    """Draw a day: trips with waiting, no riding time, the same time twice, and stops near enough to walk."""
    trips = []
    for _ in range(draw(st.integers(1, 8))):
        stops = draw(st.lists(st.integers(0, 5), min_size=2, max_size=5, unique=True))
        steps = draw(st.lists(st.integers(0, 400), min_size=len(stops), max_size=len(stops)))
        trips.append(list(zip(stops, np.cumsum(steps) + draw(st.integers(0, 3000)), strict=True)))
    return transit_network(
        day_of(trips, spread_m=draw(st.sampled_from([150.0, 390.0, 2000.0]))), change_s=draw(st.sampled_from([1, 120]))
    )


@given(days(), st.integers(0, 5), st.integers(0, 2000), st.integers(0, 300))
def test_the_scan_equals_the_fixpoint(network: Network, stop: int, departure: int, walk: int) -> None:
    found = earliest_arrivals(network, pd.Series({f"s{stop}": walk}), departure).fillna(NEVER)
    assert found.tolist() == by_fixpoint(network.there, {stop: walk}, departure, trips_of(network.there)).tolist()


@settings(max_examples=50)
@given(days(), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5000))
def test_who_leaves_at_the_latest_departure_arrives_in_time_and_a_second_later_does_not(
    network: Network, origin: int, dest: int, by: int
) -> None:
    last = latest_departures(network, pd.Series({f"s{dest}": 0}), by)[f"s{origin}"]
    home = pd.Series({f"s{origin}": 0})
    if np.isfinite(last):
        assert earliest_arrivals(network, home, int(last))[f"s{dest}"] <= by
        assert not earliest_arrivals(network, home, int(last) + 1)[f"s{dest}"] <= by
    else:
        assert not earliest_arrivals(network, home, -10_000)[f"s{dest}"] <= by


@real
@pytest.mark.parametrize("departure", [7 * HOUR, 13 * HOUR + 1234, 22 * HOUR])
def test_real_arrivals_equal_the_fixpoint_to_the_second(departure: int) -> None:
    table = timetable(read_feed(FEED), date(2022, 9, 20))
    network = transit_network(table)
    trips = trips_of(network.there)
    chosen = np.random.default_rng(departure).choice(len(table.stops), 50, replace=False)
    for stop in chosen[:: 1 if departure > 20 * HOUR else 3]:
        found = earliest_arrivals(network, pd.Series({table.stops.index[stop]: 90}), departure).fillna(NEVER)
        wanted = by_fixpoint(network.there, {int(stop): 90}, departure, trips)
        assert found.iloc[chosen].tolist() == wanted[chosen].tolist()
