"""Many places to many by bus: by hand, against single scans, against a search by rounds, and there and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.sources.gtfs import read_feed
from geodata.sources.gtfs_day import timetable
from layers.transit import TransitNetwork, arrivals_at_place, ranks, there_and_back, transit_network, travel_times
from layers.transit_arrays import NEVER
from layers.transit_pairs import OnFoot, first_and_last, nearest_by_transit, transit_costs, transit_times
from layers.transit_return import round_trips
from layers.transit_walks import straight_legs
from tests.timetables import HOUR, by_rounds, day_of, days

FEED = Path(__file__).parents[2] / "shared" / "data" / "gtfs" / "ors_vrn_gtfs_cut.zip"
real = pytest.mark.skipif(not FEED.is_file(), reason="der Fahrplan liegt nicht bei")
H8 = 8 * HOUR
BUS = [(0, H8), (1, H8 + 600), (2, H8 + 1200)]
TRAIN = [(1, H8 + 720), (3, H8 + 1500)]
SLOW = [(0, H8), (3, H8 + 1500)]
LATER = [(0, 9 * HOUR), (3, 9 * HOUR + 1800)]
RETURN = [(3, 12 * HOUR), (1, 12 * HOUR + 900), (0, 12 * HOUR + 1500)]


def legs(rows: list[tuple[str, str, int]], end: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[end, "stop", "seconds"]).astype({"seconds": np.int32})


HOME = legs([("dorf", "s0", 300)], "origin")
CLINIC = legs([("klinik", "s3", 60)], "dest")


def walks(rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["origin", "dest", "seconds"])


def test_of_equally_fast_ways_the_one_with_fewer_rides_counts() -> None:
    """7:50 to 8:26: by bus and train or by the slow bus, both at 8:25 at the stop."""
    window = [H8 - 600]
    found = transit_times(transit_network(day_of([BUS, TRAIN])), OnFoot(HOME, CLINIC), window)
    assert found.to_dict("records") == [
        {"origin": "dorf", "dest": "klinik", "median": 2160.0, "late": 2160.0, "reached": 1.0, "rides": 2.0}
    ]
    assert transit_times(transit_network(day_of([BUS, TRAIN, SLOW])), OnFoot(HOME, CLINIC), window)[
        "rides"
    ].tolist() == [1.0]


def test_a_window_by_hand() -> None:
    """Leaving 7:50, 7:55, 8:00, 8:55, 8:55:01: at 8:26, 8:26, 9:31, 9:31, never; in 31 minutes only once."""
    window = [H8 - 600, H8 - 300, H8, H8 + 3300, H8 + 3301]
    found = transit_times(transit_network(day_of([BUS, TRAIN, LATER])), OnFoot(HOME, CLINIC), window)
    assert found.loc[0, ["median", "late", "reached"]].tolist() == [2160.0, np.inf, 0.8]
    capped = transit_times(transit_network(day_of([BUS, TRAIN, LATER])), OnFoot(HOME, CLINIC), window, limit_s=1860)
    assert capped.loc[0, ["median", "late", "reached"]].tolist() == [np.inf, np.inf, 0.2]
    assert np.isnan(capped.loc[0, "rides"])


def test_arriving_exactly_at_the_limit_is_within_it() -> None:
    network = transit_network(day_of([[(0, H8), (3, H8)]]))
    here = legs([("a", "s0", 0)], "origin"), legs([("b", "s3", 0)], "dest")
    assert transit_times(network, OnFoot(*here), [H8 - 600], limit_s=600)["median"].tolist() == [600.0]
    assert transit_times(network, OnFoot(*here), [H8 - 601], limit_s=600).empty


def test_walking_counts_where_it_is_faster_or_the_only_way() -> None:
    network = transit_network(day_of([BUS, TRAIN, LATER]))
    on_foot = walks([("dorf", "klinik", 2160), ("hof", "klinik", 900)])
    found = transit_times(network, OnFoot(HOME, CLINIC, on_foot), [H8 - 600, H8 - 300]).set_index("origin")
    assert found.loc["dorf", ["median", "late", "rides"]].tolist() == [1860.0, 2160.0, 2.0]
    assert found.loc["hof", ["median", "rides"]].tolist() == [900.0, 0.0]
    equal = transit_times(network, OnFoot(HOME, CLINIC, on_foot), [H8 - 600]).set_index("origin")
    assert equal.loc["dorf", "rides"] == 0.0


def test_a_pair_that_is_never_reached_has_no_row_and_the_nearest_is_missing() -> None:
    network = transit_network(day_of([BUS]))
    assert transit_times(network, OnFoot(HOME, CLINIC), [H8 - 600]).empty
    both = pd.concat([CLINIC, legs([("weit", "s5", 0)], "dest")])
    found = nearest_by_transit(network, OnFoot(HOME, both), [H8 - 600])
    assert nearest_by_transit(network, OnFoot(HOME, CLINIC.head(0)), [H8 - 600])["dest"].isna().all()
    assert found.loc["dorf", ["median", "late", "reached"]].tolist() == [np.inf, np.inf, 0.0]
    assert found.loc["dorf", ["dest", "rides"]].isna().all()
    assert transit_times(network, OnFoot(HOME.head(0), CLINIC.head(0)), [H8]).empty


def test_the_nearest_of_several_is_that_of_the_median_journey() -> None:
    """Both stops are reached at the same second; the first of the list wins."""
    network = transit_network(day_of([BUS, TRAIN, [(0, H8), (4, H8 + 1500)]]))
    places = legs([("a", "s3", 60), ("b", "s4", 60)], "dest")
    assert nearest_by_transit(network, OnFoot(HOME, places), [H8 - 600])["dest"].tolist() == ["b"]  # fewer rides
    places = legs([("a", "s2", 400), ("b", "s4", 100)], "dest")
    assert nearest_by_transit(network, OnFoot(HOME, places), [H8 - 600])["dest"].tolist() == ["a"]
    near = nearest_by_transit(network, OnFoot(HOME, places, walks([("dorf", "c", 60)])), [H8 - 600])
    assert near.loc["dorf", ["dest", "median", "rides"]].tolist() == ["c", 60.0, 0.0]


def test_numbers_as_names_stay_numbers() -> None:
    network = transit_network(day_of([BUS, TRAIN]))
    cells, places = legs([(7, "s0", 0)], "origin"), legs([(3, "s3", 0)], "dest")
    assert transit_times(network, OnFoot(cells, places), [H8])[["origin", "dest"]].to_numpy().tolist() == [[7, 3]]


def test_the_first_and_last_connection_of_a_day() -> None:
    network = transit_network(day_of([BUS, TRAIN, SLOW, LATER, [(0, 600), (3, 1200)]]))
    found = first_and_last(network, OnFoot(HOME, CLINIC)).loc["dorf"]
    assert found[["first_leave", "first_arrive"]].tolist() == [H8 - 300, H8 + 1560]
    assert found[["last_leave", "last_arrive"]].tolist() == [9 * HOUR - 300, 9 * HOUR + 1860]
    assert (found["connections"], found["first_dest"], found["last_dest"]) == (2, "klinik", "klinik")
    none = first_and_last(network, OnFoot(HOME, legs([("weit", "s5", 0)], "dest"))).loc["dorf"]
    assert none["connections"] == 0
    assert none[["first_leave", "last_arrive", "first_dest"]].isna().all()


def test_costs_leave_out_what_is_not_reached_half_of_the_time() -> None:
    network = transit_network(day_of([BUS, TRAIN]))
    both = pd.concat([CLINIC, legs([("bad", "s2", 0)], "dest")])
    pairs = transit_times(network, OnFoot(HOME, both), [H8 - 600])
    costs = transit_costs(pairs, pd.Index(["dorf"]), pd.Index(["bad", "klinik"]))
    assert (costs.start.tolist(), costs.dest.tolist(), costs.cost.tolist()) == ([0, 2], [0, 1], [18000, 21600])
    late = transit_times(network, OnFoot(HOME, both), [H8 - 600, H8, H8 + 1])
    assert transit_costs(late, pd.Index(["dorf"]), pd.Index(["bad", "klinik"])).dest.tolist() == []


def test_there_and_back_for_many_places() -> None:
    network = transit_network(day_of([BUS, TRAIN, RETURN]))
    homes = pd.concat([HOME, legs([("hof", "s2", 0)], "origin")])
    found = round_trips(network, OnFoot(homes, CLINIC), arrive=9 * HOUR, leave=11 * HOUR).set_index("origin")
    assert found.loc["dorf", ["start", "home", "away", "possible"]].tolist() == [
        H8 - 300,
        12 * HOUR + 1800,
        4 * HOUR + 2100,
        True,
    ]
    assert found.loc["hof", ["start", "home", "away"]].isna().all()
    assert not found.loc["hof", "possible"]
    on_foot = walks([("hof", "klinik", 600)])
    walked = round_trips(network, OnFoot(homes, CLINIC, on_foot), arrive=9 * HOUR, leave=11 * HOUR).set_index("origin")
    assert walked.loc["hof", ["start", "home"]].tolist() == [9 * HOUR - 600, 11 * HOUR + 600]


def test_straight_legs_end_at_the_limit() -> None:
    """15 minutes at 4.8 km/h are 1,200 m, by the detour 923.08 m in a straight line."""
    table = day_of([BUS], spread_m=5000.0)
    cells = pd.DataFrame({"x": [923.0, 924.0, 5000.0], "y": 0.0}, index=["a", "b", "c"])
    found = straight_legs(cells, table)
    assert found.to_dict("list") == {"place": ["a", "c"], "stop": ["s0", "s1"], "seconds": [900, 0]}
    assert straight_legs(cells.head(0), table).empty


def test_an_unknown_stop_is_refused() -> None:
    with pytest.raises(KeyError, match="nirgends"):
        transit_times(transit_network(day_of([BUS])), OnFoot(legs([("a", "nirgends", 0)], "origin"), CLINIC), [0])
    with pytest.raises(ValueError, match="at least one departure"):
        transit_times(transit_network(day_of([BUS])), OnFoot(HOME, CLINIC), [])


# ---------------------------------------------------------------- against single scans and rounds

ends = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 300)), min_size=1, max_size=3, unique_by=lambda leg: leg[0])


@given(days(), ends, ends, st.lists(st.integers(-300, 3000), min_size=1, max_size=4, unique=True))
def test_arrival_and_rides_equal_a_search_by_rounds(
    network: TransitNetwork, access: list[tuple[int, int]], egress: list[tuple[int, int]], window: list[int]
) -> None:
    home = legs([("a", f"s{stop}", seconds) for stop, seconds in access], "origin")
    place = legs([("b", f"s{stop}", seconds) for stop, seconds in egress], "dest")
    wanted = []
    for start in window:
        arrival, rides = by_rounds(network.there, dict(access), dict(egress), start)
        wanted.append((arrival - start if arrival < NEVER else np.inf, rides if arrival < NEVER else np.nan))
    found = nearest_by_transit(network, OnFoot(home, place), window).loc["a"]
    middle, late = ranks(len(window))
    assert found["reached"] == np.mean([np.isfinite(seconds) for seconds, _ in wanted])
    assert found["median"] == sorted(wanted)[middle][0]
    assert found["late"] == sorted(wanted)[late][0]
    if np.isfinite(found["median"]):
        assert found["rides"] == sorted(wanted)[middle][1]


@given(days(), ends, ends, st.integers(0, 3000), st.integers(0, 3000))
def test_many_there_and_back_equal_one(
    network: TransitNetwork, access: list[tuple[int, int]], egress: list[tuple[int, int]], arrive: int, leave: int
) -> None:
    home, place = (pd.Series({f"s{stop}": seconds for stop, seconds in end}) for end in (access, egress))
    one = there_and_back(network, home, place, arrive=arrive, leave=leave)
    many = round_trips(
        network,
        OnFoot(
            legs([("a", stop, seconds) for stop, seconds in home.items()], "origin"),
            legs([("b", stop, seconds) for stop, seconds in place.items()], "dest"),
        ),
        arrive=arrive,
        leave=leave,
    ).iloc[0]
    assert many["possible"] == one.possible
    assert np.nan_to_num(many["start"], nan=-np.inf) == one.leave
    assert np.nan_to_num(many["home"], nan=np.inf) == one.home


@real
def test_one_scan_for_a_window_equals_one_scan_per_departure_on_a_real_day() -> None:
    """Egress rides, so a stop that is reached on foot from home only is no destination: other stops are chosen."""
    table = timetable(read_feed(FEED), date(2022, 9, 20))
    network = transit_network(table)
    window = range(7 * HOUR, 9 * HOUR, 60)
    stops = np.random.default_rng(3).choice(table.stops.index, 24, replace=False)
    homes = legs([(f"h{stop}", stop, 120) for stop in stops[:12]], "origin")
    places = legs([(f"p{stop}", stop, 60) for stop in stops[12:]], "dest")
    pairs = transit_times(network, OnFoot(homes, places), window).set_index(["origin", "dest"])
    for home in stops[:12]:
        spread = travel_times(network, pd.Series({home: 120}), window)
        for place in stops[12:]:
            key = (f"h{home}", f"p{place}")
            if spread.reached[place]:
                assert pairs.loc[key, "reached"] == spread.reached[place]
                assert pairs.loc[key, "median"] == spread.median[place] + 60
                assert pairs.loc[key, "late"] == spread.late[place] + 60
            else:
                assert key not in pairs.index
    home, place = pd.Series({stops[0]: 120}), pd.Series({stops[12]: 60})
    single = arrivals_at_place(network, home, place, window) - np.asarray(window)
    pair = pairs.loc[(f"h{stops[0]}", f"p{stops[12]}")]
    assert np.sort(single)[ranks(len(window))[0]] == pair["median"]
