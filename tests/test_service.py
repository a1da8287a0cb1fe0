"""Departures per stop, categories of stops and classes of places: by hand, and on a real day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.catalog.service import ServiceScheme, read_service_schemes, service_schemes
from geodata.model import GeoDataError
from geodata.sources.gtfs import read_feed
from geodata.sources.gtfs_day import Timetable, timetable
from layers.service import departures_per_stop, service_classes, stop_categories, stop_groups
from tests.timetables import HOUR, Trip, day_of

FEED = Path(__file__).parents[2] / "shared" / "data" / "gtfs" / "ors_vrn_gtfs_cut.zip"
real = pytest.mark.skipif(not FEED.is_file(), reason="der Fahrplan liegt nicht bei")
CATALOGUE = Path(__file__).parents[1] / "geodata" / "catalog" / "service_classes.toml"
BUS = [(0, 8 * HOUR), (1, 8 * HOUR + 600), (2, 8 * HOUR + 1200)]
GERMANY, SWISS = service_schemes()["deutschland"], service_schemes()["are"]


def line(start: int, dest: int, times: range) -> list[Trip]:
    return [[(start, time), (dest, time + 300)] for time in times]


def every(minutes: int) -> range:
    return range(6 * HOUR, 20 * HOUR, minutes * 60)


def both_ways(minutes: int, kind: str) -> Timetable:
    """Return a line between the stops 0 and 1, with a third stop further on, so that 1 has both directions."""
    trips = [[(0, t), (1, t + 60), (2, t + 120)] for t in every(minutes)]
    trips += [[(2, t), (1, t + 60), (0, t + 120)] for t in every(minutes)]
    return day_of(trips, kinds=[kind] * len(trips))


def test_departures_of_a_stop() -> None:
    trips = [
        BUS,
        [(1, 8 * HOUR + 720), (3, 9 * HOUR)],
        [(1, 9 * HOUR), (3, 9 * HOUR + 9)],
        [(1, 25 * HOUR), (2, 90001)],
    ]
    found = departures_per_stop(day_of(trips))
    assert found.loc["s1"].tolist() == [3, 8 * HOUR + 600, 9 * HOUR]
    assert found.loc["s5", "departures"] == 0
    assert found.loc["s5", ["first", "last"]].isna().all()


def test_platforms_of_one_stop_belong_together() -> None:
    table = day_of([BUS], parents=["Hbf", "Hbf", "", "", "", ""])
    table.stops.index = pd.Index(["a", "b", "de:16063:12:1:2", "de:16063:12:0:1", "de:16063:13", "x"], name="stop_id")
    assert stop_groups(table).tolist() == ["Hbf", "Hbf", "de:16063:12", "de:16063:12", "de:16063:13", "x"]


@pytest.mark.parametrize(
    ("kind", "minutes", "german", "swiss"),
    [
        ("bahn", 60, "V", "V"),
        ("bahn", 30, "III", "IV"),
        ("tram", 10, "III", "IV"),
        ("bus", 30, "V", "V"),
        ("bus", 60, "VII", ""),
        ("bus", 120, "VII", ""),
        ("bus", 140, "", ""),
        ("flugzeug", 10, None, None),
    ],
)
def test_the_category_of_a_stop_by_hand(kind: str, minutes: int, german: str | None, swiss: str | None) -> None:
    """Both directions together, halved: a bus every 30 minutes each way. A limit itself falls into the next row."""
    for scheme, wanted in ((GERMANY, german), (SWISS, swiss)):
        found = stop_categories(both_ways(minutes, kind), scheme)
        if wanted is None:
            assert found.empty
        else:
            assert found.loc["s1", ["minutes", "category"]].tolist() == [minutes, wanted]


def test_the_better_group_of_vehicles_counts() -> None:
    """A bus every 6 minutes (III) beats a train every hour (V); of equals the higher group is named."""
    trips = line(1, 2, every(3)) + line(1, 3, every(30)) + line(4, 5, every(60))
    kinds = ["bus"] * len(line(1, 2, every(3))) + ["bahn"] * (len(trips) - len(line(1, 2, every(3))))
    found = stop_categories(day_of(trips, kinds=kinds), GERMANY)
    assert found.loc["s1", ["vehicles", "category", "departures"]].tolist() == ["bus", "III", 280]
    assert found.loc["s4", ["minutes", "category"]].tolist() == [120.0, "V"]


def test_a_station_with_six_directions_is_a_node_in_the_swiss_scheme() -> None:
    trips = [piece for dest in range(1, 7) for piece in line(0, dest, every(60))]
    five = [trip for trip in trips if trip[1][0] != 6]
    assert stop_categories(day_of(trips, stops=7, kinds=["bahn"] * len(trips)), SWISS).loc["s0", "vehicles"] == "knoten"
    assert stop_categories(day_of(five, stops=7, kinds=["bahn"] * len(five)), SWISS).loc["s0", "vehicles"] == "bahn"


def test_classes_by_rings_inclusive_and_the_best_of_several() -> None:
    stops = pd.DataFrame({"x": [0.0, 2000.0], "y": 0.0, "category": ["II", "VII"]}, index=["a", "b"])
    xs = [0.0, 300.0, 300.1, 500.0, 1000.0, 1000.1, 1700.0, 1699.0]
    places = pd.DataFrame({"x": xs, "y": 0.0})
    assert service_classes(places, stops, GERMANY).tolist() == ["A", "A", "B", "B", "D", "", "F", ""]
    assert service_classes(places, stops.head(0), GERMANY).tolist() == [""] * 8
    assert service_classes(places.head(0), stops, GERMANY).empty


def test_a_weekend_is_refused() -> None:
    with pytest.raises(GeoDataError, match=r"11\.05\.2024: Güteklassen gelten für Montag bis Freitag.*Abhilfe"):
        stop_categories(day_of([BUS], day=date(2024, 5, 11)), GERMANY)


def test_the_schemes_say_where_they_are_from() -> None:
    assert {key: scheme.status for key, scheme in service_schemes().items()} == {
        "are": "pruefen",
        "deutschland": "belegt",
    }
    for scheme in service_schemes().values():
        better = [scheme.metres(ring.category) for ring in scheme.rings]
        assert all(letters == sorted(letters) for letters in ([letter for _, letter in rings] for rings in better))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("minutes = 10.0", "minutes = 4.0", "minutes of the intervals must rise"),
        ('bus = "nah"', 'bus = "fern"', "unknown group 'fern'"),
        ('knoten = "IV"', 'knoten = "IX"', "category without ring 'IX'"),
        ('500 = "D"', 'halb = "D"', "rings are named by whole metres, found 'halb'"),
        ("end_hour = 20", "end_hour = 6", "hours must rise"),
        ("node_directions = 6", "node_directions = 0", "stand together"),
        ('status = "pruefen"', 'status = "ja"', "status must be one of"),
    ],
)
def test_a_wrong_scheme_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = CATALOGUE.read_text("utf-8")
    assert old in text
    (tmp_path / "service_classes.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(GeoDataError, match=words):
        read_service_schemes(tmp_path)


@real
def test_real_stops_have_categories() -> None:
    table = timetable(read_feed(FEED), date(2022, 9, 20))
    found = stop_categories(table, GERMANY)
    rank = {ring.category: i for i, ring in enumerate(GERMANY.rings)}
    assert found["category"].isin([*rank, ""]).all()
    assert np.isclose(found["minutes"], 840 / (found["departures"] / 2)).all()
    near = service_classes(found[["x", "y"]], found, GERMANY)
    assert (near[found["category"] == "I"] == "A").all()
    counted = table.boards & (table.departure >= 6 * HOUR) & (table.departure < 20 * HOUR)
    assert found["departures"].sum() <= counted.sum()


def test_the_reader_gives_frozen_records() -> None:
    assert isinstance(SWISS, ServiceScheme)
    assert SWISS.metres("I") == [(300.0, "A"), (500.0, "A"), (750.0, "B"), (1000.0, "C")]
    assert SWISS.metres("X") == []
