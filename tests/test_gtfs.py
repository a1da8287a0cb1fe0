"""Timetables: a drawn feed by hand, real feeds, days, midnight, headways, and feeds that contradict themselves."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from geodata.model import GeoDataError
from geodata.sources.gtfs import Feed, read_feed
from geodata.sources.gtfs_day import Timetable, services_on, timetable

SHARED = Path(__file__).parents[2] / "shared" / "data" / "gtfs"
real = pytest.mark.skipif(not SHARED.is_dir(), reason="die Fahrpläne liegen nicht bei")
MONDAY, SATURDAY = date(2024, 5, 6), date(2024, 5, 11)
FILES = {
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nA,Markt,50.90,10.30\nB,Bahnhof,50.90,10.31\nC,Klinik,50.90,10.32\n",
    "routes": "route_id,route_type\nr1,3\n",
    "trips": "route_id,service_id,trip_id\nr1,werktags,t1\nr1,nachts,t2\nr1,takt,t3\n",
    "stop_times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,08:00:00,08:00:00,A,1\nt1,,,B,2\nt1,08:20:00,08:20:00,C,3\n"
        "t2,23:50:00,23:50:00,A,1\nt2,24:10:00,24:12:00,B,2\nt2,24:30:00,24:30:00,C,3\n"
        "t3,06:00:00,06:00:00,A,1\nt3,06:05:00,06:05:00,B,2\n"
    ),
    "calendar": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "werktags,1,1,1,1,1,0,0,20240501,20240531\nnachts,0,0,0,0,1,1,0,20240501,20240531\n"
    ),
    "calendar_dates": "service_id,date,exception_type\nwerktags,20240509,2\nwerktags,20240602,1\ntakt,20240507,1\n",
    "frequencies": "trip_id,start_time,end_time,headway_secs\nt3,10:00:00,11:00:00,1800\n",
    "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,B,2,240\nB,B,2,60\nA,C,3,\n",
}


def feed_of(folder: Path, **changes: str | None) -> Path:
    """Write a feed as a zip file; a file that is None is left out."""
    path = folder / "fahrplan.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in (FILES | changes).items():
            if text is not None:
                packed.writestr(f"{name}.txt", text)
    return path


def rows(table: Timetable) -> list[tuple[str, str, str, str]]:
    """Return the connections as readable rows."""
    clock = [f"{t // 3600:02}:{t % 3600 // 60:02}" for t in [*table.departure, *table.arrival]]
    names = table.stops.index
    n = len(table.departure)
    return [(names[table.from_stop[i]], clock[i], names[table.to_stop[i]], clock[n + i]) for i in range(n)]


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return read_feed(feed_of(tmp_path))


def test_a_day_by_hand_with_a_blank_time_between(feed: Feed) -> None:
    """08:00 to 08:20 with one stop between: 08:10. The night bus of the day before does not run on Sundays."""
    assert rows(timetable(feed, MONDAY)) == [("A", "08:00", "B", "08:10"), ("B", "08:10", "C", "08:20")]
    assert feed.counts["times_interpolated"] == 1


def test_trips_past_midnight_belong_to_both_days(feed: Feed) -> None:
    """Friday's night bus still runs at 00:12 on Saturday; Saturday's own leaves at 23:50."""
    found = rows(timetable(feed, SATURDAY))
    assert found == [("B", "00:12", "C", "00:30"), ("A", "23:50", "B", "24:10"), ("B", "24:12", "C", "24:30")]


def test_exceptions_add_and_remove(feed: Feed) -> None:
    assert services_on(feed, date(2024, 5, 9)) == set()
    assert services_on(feed, date(2024, 5, 7)) == {"werktags", "takt"}
    assert services_on(feed, date(2024, 6, 2)) == {"werktags"}


def test_a_headway_becomes_departures_until_its_end(feed: Feed) -> None:
    """Every half hour from 10:00 and before 11:00; the time of the pattern itself, 06:00, is not one of them."""
    found = [row for row in rows(timetable(feed, date(2024, 5, 7))) if row[1] >= "09"]
    assert found == [("A", "10:00", "B", "10:05"), ("A", "10:30", "B", "10:35")]


def test_changes_on_foot_are_those_with_a_time(feed: Feed) -> None:
    walks = timetable(feed, MONDAY).walks
    assert walks.to_numpy().tolist() == [[0, 1, 240]]


def test_the_order_of_the_file_does_not_matter(tmp_path: Path) -> None:
    head, *lines = FILES["stop_times"].strip().split("\n")
    turned = read_feed(feed_of(tmp_path, stop_times="\n".join([head, *reversed(lines)]) + "\n"))
    assert rows(timetable(turned, MONDAY)) == [("A", "08:00", "B", "08:10"), ("B", "08:10", "C", "08:20")]


def test_who_may_get_on_and_off(tmp_path: Path) -> None:
    lines = FILES["stop_times"].strip().split("\n")
    text = "\n".join([lines[0] + ",pickup_type,drop_off_type", *(line + ",0,0" for line in lines[1:])])
    text = text.replace("B,2,0,0", "B,2,1,1", 1)
    table = timetable(read_feed(feed_of(tmp_path, stop_times=text)), MONDAY)
    assert table.boards.tolist() == [True, False]
    assert table.alights.tolist() == [False, True]


@pytest.mark.parametrize("day", [date(2024, 4, 30), date(2024, 6, 3)])
def test_a_day_outside_the_calendar_is_refused_with_its_span(feed: Feed, day: date) -> None:
    with pytest.raises(GeoDataError, match=r"gültig vom 01\.05\.2024 bis 02\.06\.2024"):
        timetable(feed, day)


def test_a_day_without_service_says_so(feed: Feed) -> None:
    with pytest.raises(GeoDataError, match=r"am 09\.05\.2024 fährt nichts"):
        timetable(feed, date(2024, 5, 9))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stops": None}, "stops.txt fehlt"),
        ({"calendar": None, "calendar_dates": None}, "weder calendar.txt noch calendar_dates.txt"),
        ({"stops": "stop_id,stop_name,stop_lat,stop_lon\n"}, "enthält keine Haltestelle"),
        ({"stops": FILES["stops"] + "A,Noch einmal,50,10\n"}, "stop_id ist doppelt: 'A'"),
        ({"stops": FILES["stops"].replace("50.90,10.30", "nord,ost")}, "keine gültige Lage: 'A'"),
        ({"trips": "route_id,service_id\nr1,werktags\n"}, "Spalte fehlt: trip_id"),
        ({"routes": "route_id,route_type\nr9,3\n"}, "route_id gibt es nicht: 'r1'"),
        ({"stop_times": FILES["stop_times"] + "t9,09:00:00,09:00:00,A,1\n"}, "trip_id gibt es nicht: 't9'"),
        ({"stop_times": FILES["stop_times"].replace("08:20:00", "acht Uhr")}, "keine Uhrzeit .* 'acht Uhr'"),
        ({"stop_times": FILES["stop_times"].replace("08:20:00,08:20:00", ",")}, "erste oder letzte Zeit"),
        ({"stop_times": FILES["stop_times"].replace("08:20:00", "07:20:00")}, "eine Zeit liegt vor der davor: 't1'"),
        ({"stop_times": FILES["stop_times"].replace("C,3", "C,2", 1)}, "stop_sequence ist doppelt"),
        ({"calendar": FILES["calendar"].replace("20240501", "1. Mai")}, "kein Datum"),
        ({"trips": "\x00\x01"}, "trips.txt"),
    ],
)
def test_a_feed_that_contradicts_itself_is_refused(tmp_path: Path, changes: dict, words: str) -> None:
    with pytest.raises(GeoDataError, match=words) as error:
        read_feed(feed_of(tmp_path, **changes))
    assert "fahrplan.zip" in str(error.value)
    assert "Abhilfe:" in str(error.value)


def test_a_file_that_is_no_feed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fahrplan.zip"
    path.write_bytes(b"kein zip")
    with pytest.raises(GeoDataError, match="nicht lesbar"):
        read_feed(path)
    with pytest.raises(GeoDataError, match="fehlt"):
        read_feed(tmp_path / "nirgends.zip")


def test_a_folder_is_as_good_as_a_zip_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(feed_of(tmp_path)) as packed:
        packed.extractall(tmp_path / "fahrplan")
    assert rows(timetable(read_feed(tmp_path / "fahrplan"), MONDAY))[0] == ("A", "08:00", "B", "08:10")


@real
def test_real_feeds_are_read_whole() -> None:
    vrn = read_feed(SHARED / "ors_vrn_gtfs_cut.zip")
    assert (len(vrn.stops), vrn.first, vrn.last) == (392, date(2022, 6, 12), date(2022, 12, 10))
    bus = read_feed(SHARED / "otp_vvs-bus-751-only.gtfs.zip")
    assert (len(bus.stops), bus.first, bus.last) == (47, date(2020, 2, 2), date(2020, 12, 12))
    for feed, day in ((vrn, date(2022, 9, 20)), (bus, date(2020, 9, 22))):
        table = timetable(feed, day)
        ridden = pd.Series(table.trip).value_counts()
        times = feed.stop_times[
            feed.stop_times["trip_id"].isin(feed.trips.index[feed.trips["service_id"].isin(services_on(feed, day))])
        ]
        today = int((times.groupby("trip_id").size() - 1).sum())
        assert len(table.departure) >= today
        assert ridden.max() < 100
        assert (table.arrival >= table.departure).all()
        assert (table.departure[1:] >= table.departure[:-1]).all()
