"""Ways by bus: by hand on a drawn day, against a search over events, and there and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.sources.gtfs import read_feed
from geodata.sources.gtfs_day import timetable
from layers.transit import (
    TransitNetwork,
    arrivals_at_place,
    arrivals_in_window,
    distinct_departures,
    earliest_arrivals,
    latest_departures,
    there_and_back,
    transit_network,
    travel_times,
)
from layers.transit_arrays import NEVER
from tests.timetables import HOUR, Expanded, day_of, days, no_changes

FEED = Path(__file__).parents[2] / "shared" / "data" / "gtfs" / "ors_vrn_gtfs_cut.zip"
real = pytest.mark.skipif(not FEED.is_file(), reason="der Fahrplan liegt nicht bei")
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


def test_an_unknown_stop_and_a_change_without_time_are_refused() -> None:
    network = transit_network(day_of([BUS]))
    with pytest.raises(KeyError, match="unknown stops"):
        earliest_arrivals(network, pd.Series({"nirgends": 0}), 0)
    with pytest.raises(ValueError, match="at least 1 second"):
        transit_network(day_of([BUS]), change_s=0)


@given(days(), st.integers(0, 5), st.integers(0, 2000), st.integers(0, 300))
def test_the_scan_equals_a_search_over_events(network: TransitNetwork, stop: int, departure: int, walk: int) -> None:
    found = earliest_arrivals(network, pd.Series({f"s{stop}": walk}), departure).fillna(NEVER)
    assert found.tolist() == Expanded(network.there).arrivals({stop: walk}, departure).tolist()


@given(days(), st.dictionaries(st.integers(0, 5), st.integers(0, 300), min_size=1), st.data())
def test_departures_that_share_a_scan_arrive_as_if_each_had_its_own(
    network: TransitNetwork, walk: dict[int, int], data: st.DataObject
) -> None:
    """One after the other or in any order; with a limit everything that arrives within it is there."""
    first, step = data.draw(st.integers(-300, 3000)), data.draw(st.sampled_from([1, 17, 60]))
    late = int(network.table.departure.min()) if data.draw(st.booleans()) else 0
    departures = list(range(first + late - 300, first + late + 40 * step - 300, step))
    if data.draw(st.booleans()):
        departures = data.draw(st.permutations(departures))[:10]
    access = pd.Series({f"s{stop}": seconds for stop, seconds in walk.items()})
    wanted = np.array([Expanded(network.there).arrivals(walk, departure) for departure in departures])
    np.testing.assert_array_equal(arrivals_in_window(network, access, departures), wanted)
    limit = data.draw(st.integers(0, 2000))
    some = arrivals_in_window(network, access, departures, within_s=limit)
    inside = wanted - np.array(departures)[:, None] <= limit
    np.testing.assert_array_equal(some[inside], wanted[inside])
    assert (some >= wanted).all()


@settings(max_examples=50)
@given(days(), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5000))
def test_who_leaves_at_the_latest_departure_arrives_in_time_and_a_second_later_does_not(
    network: TransitNetwork, origin: int, dest: int, by: int
) -> None:
    last = latest_departures(network, pd.Series({f"s{dest}": 0}), by)[f"s{origin}"]
    home = pd.Series({f"s{origin}": 0})
    if np.isfinite(last):
        assert earliest_arrivals(network, home, int(last))[f"s{dest}"] <= by
        assert not earliest_arrivals(network, home, int(last) + 1)[f"s{dest}"] <= by
    else:
        assert not earliest_arrivals(network, home, -10_000)[f"s{dest}"] <= by


@given(days(), st.integers(0, 5), st.integers(0, 5), st.integers(-600, 2000), st.integers(0, 300))
def test_the_end_of_the_scan_at_a_place_loses_nothing(
    network: TransitNetwork, stop: int, dest: int, departure: int, walk: int
) -> None:
    home, place = pd.Series({f"s{stop}": walk}), pd.Series({f"s{dest}": 60})
    whole = earliest_arrivals(network, home, departure)[f"s{dest}"] + 60
    assert arrivals_at_place(network, home, place, [departure]).tolist() == [NEVER if np.isnan(whole) else whole]


@real
@pytest.mark.parametrize("departure", [0, 7 * HOUR, 13 * HOUR + 1234, 22 * HOUR, 24 * HOUR + 300])
def test_real_arrivals_equal_a_search_over_events_to_the_second(departure: int) -> None:
    """50 stops to 50 stops on a real day."""
    table = timetable(read_feed(FEED), date(2022, 9, 20))
    network = transit_network(table)
    events = Expanded(network.there)
    chosen = np.random.default_rng(departure).choice(len(table.stops), 50, replace=False)
    for stop in chosen:
        found = earliest_arrivals(network, pd.Series({table.stops.index[stop]: 90}), departure).fillna(NEVER)
        wanted = events.arrivals({int(stop): 90}, departure)
        assert found.iloc[chosen].tolist() == wanted[chosen].tolist()


@real
def test_there_and_back_in_time_are_the_same_way_on_a_real_day() -> None:
    table = timetable(read_feed(FEED), date(2022, 9, 20))
    network = transit_network(table)
    rng = np.random.default_rng(1)
    for dest in rng.choice(np.unique(table.to_stop), 10, replace=False):
        place = table.stops.index[dest]
        last = latest_departures(network, pd.Series({place: 30}), 18 * HOUR).dropna()
        for stop, leave in last.sample(10, random_state=1).items():
            home = pd.Series({stop: 0})
            if stop != place:
                assert earliest_arrivals(network, home, int(leave))[place] + 30 <= 18 * HOUR
                assert not earliest_arrivals(network, home, int(leave) + 1)[place] + 30 <= 18 * HOUR


def test_changes_take_what_the_feed_says() -> None:
    """At stop 1 the feed wants 13 minutes, then the 8:12 is gone; it forbids the walk from 2 to 3."""
    none = no_changes()
    slow = none._replace(same=pd.DataFrame({"stop": [1], "seconds": [780]}))
    found = earliest_arrivals(
        transit_network(day_of([BUS, TRAIN, LATER], changes=slow)), pd.Series({"s0": 0}), 8 * HOUR
    )
    assert found["s3"] == 9 * HOUR + 780
    trips = [[(0, 0), (2, 600)], [(3, 3000), (4, 3600)]]
    near = transit_network(day_of(trips, spread_m=300.0))
    assert earliest_arrivals(near, pd.Series({"s0": 0}), 0)["s4"] == 3600
    barred = none._replace(barred=pd.DataFrame({"start": [2], "dest": [3]}))
    network = transit_network(day_of(trips, spread_m=300.0, changes=barred))
    assert np.isnan(earliest_arrivals(network, pd.Series({"s0": 0}), 0)["s4"])
    timed = none._replace(walks=pd.DataFrame({"start": [2], "dest": [3], "seconds": [2401]}))
    network = transit_network(day_of(trips, spread_m=300.0, changes=timed))
    assert np.isnan(earliest_arrivals(network, pd.Series({"s0": 0}), 0)["s4"])


def test_the_stops_of_a_station_are_joined_however_far_apart() -> None:
    trips = [[(0, 0), (2, 600)], [(3, 3000), (4, 3600)]]
    parents = ["", "", "Hbf", "Hbf", "", ""]
    found = earliest_arrivals(transit_network(day_of(trips, parents=parents)), pd.Series({"s0": 0}), 0)
    assert found["s4"] == 3600
    assert np.isnan(earliest_arrivals(transit_network(day_of(trips)), pd.Series({"s0": 0}), 0)["s4"])


def test_distinct_departures() -> None:
    assert distinct_departures(day_of([BUS, BUS, TRAIN]), 8 * HOUR, 8 * HOUR + 720).tolist() == [
        8 * HOUR,
        8 * HOUR + 600,
    ]
