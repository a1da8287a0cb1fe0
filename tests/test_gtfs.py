"""Timetables: a drawn feed by hand, real feeds, days, midnight, headways, and feeds that contradict themselves."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.model import GeoDataError
from geodata.sources.gtfs import Feed, read_feed
from geodata.sources.gtfs_day import Timetable, services_on, timetable, typical_working_day
from geodata.sources.gtfs_times import stop_times

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
    changes = timetable(feed, MONDAY).changes
    assert changes.walks.to_numpy().tolist() == [[0, 1, 240]]
    assert changes.same.to_numpy().tolist() == [[1, 60]]
    assert changes.barred.to_numpy().tolist() == [[0, 2]]


def test_a_station_stands_for_its_stops_when_changing(tmp_path: Path) -> None:
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nA,Markt,50.90,10.30,0,\n"
        "H,Bahnhof,50.90,10.31,1,\nB,Gleis 1,50.90,10.31,,H\nC,Gleis 2,50.90,10.32,0,H\nE,Eingang,50.9,10.3,2,H\n"
    )
    transfers = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id\nA,H,2,300,\nH,H,3,,\nB,C,2,9,r1\n"
    )
    feed = read_feed(feed_of(tmp_path, stops=stops, transfers=transfers))
    assert feed.stops.index.tolist() == ["A", "H", "B", "C"]
    assert feed.counts["nodes_left_out"] == 1
    changes = timetable(feed, MONDAY).changes
    assert changes.walks.to_numpy().tolist() == [[0, 2, 300], [0, 3, 300]]
    assert changes.barred.to_numpy().tolist() == [[2, 3], [3, 2]]


def test_blank_times_follow_the_distance_where_the_trip_has_it(tmp_path: Path) -> None:
    """20 minutes, a quarter of the way: 08:05; the dwell before counts, waiting is at the known stop."""
    text = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
        "t1,07:55:00,08:00:00,A,1,0\nt1,,,B,2,1.5\nt1,08:20:00,,C,3,6\n"
    )
    found = rows(timetable(read_feed(feed_of(tmp_path, stop_times=text, frequencies=None)), MONDAY))
    assert found == [("A", "08:00", "B", "08:05"), ("B", "08:05", "C", "08:20")]
    evenly = read_feed(feed_of(tmp_path, stop_times=text.replace("1.5", "9"), frequencies=None))
    assert rows(timetable(evenly, MONDAY))[0] == ("A", "08:00", "B", "08:10")


def test_kinds_of_vehicles_and_unknown_ones_stay(tmp_path: Path) -> None:
    routes = "route_id,route_type,route_short_name,route_long_name\nr1,1700,,Seilweg\nr2,106,RB 5,\n"
    feed = read_feed(feed_of(tmp_path, routes=routes))
    assert feed.routes["kind"].tolist() == ["unbekannt", "bahn"]
    assert feed.routes["name"].tolist() == ["Seilweg", "RB 5"]
    assert feed.counts["routes_of_unknown_type"] == 1
    table = timetable(feed, MONDAY)
    assert table.routes["kind"].iloc[table.trip_route[table.trip]].unique().tolist() == ["unbekannt"]


def test_a_trip_of_more_than_two_days_still_runs(tmp_path: Path) -> None:
    text = FILES["stop_times"].replace("24:30:00,24:30:00", "49:00:00,49:00:00").replace("24:12:00", "48:30:00")
    feed = read_feed(feed_of(tmp_path, stop_times=text))
    found = rows(timetable(feed, date(2024, 5, 12)))  # Friday's and Saturday's
    assert found == [("B", "00:30", "C", "01:00"), ("B", "24:30", "C", "25:00")]


def test_the_typical_working_day_is_one_of_those_with_the_median_of_trips(feed: Feed) -> None:
    """Mondays to Thursdays 1 trip, Fridays 2, 7 May 2 with the extra one, 9 May none: the first with one is 1 May."""
    assert typical_working_day(feed) == date(2024, 5, 1)


def test_a_feed_says_where_it_is_from(feed: Feed) -> None:
    known = timetable(feed, MONDAY).provenance
    assert (known["file"], len(known["sha256"]), known["last"]) == ("fahrplan.zip", 64, date(2024, 6, 2))


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 300), st.booleans()), min_size=2, max_size=12),
    st.integers(0, 30 * 3600),
)
def test_interpolated_times_never_run_backwards(steps: list[tuple[int, int, bool]], begin: int) -> None:
    """Known times stay as they are; blank ones lie between their neighbours."""
    lines, time = [], begin
    for number, (ride, dwell, known) in enumerate(steps):
        at, on = time + ride, time + ride + dwell
        shown = known or number in (0, len(steps) - 1)
        lines.append(("t", "s", clock(at) if shown else "", clock(on) if shown else "", str(number)))
        time = on
    names = ["trip_id", "stop_id", "arrival_time", "departure_time", "stop_sequence"]
    table, blank = stop_times("f", pd.DataFrame(lines, columns=names, dtype=str))
    times = table[["arrival", "departure"]].to_numpy().ravel()
    assert (times[1:] >= times[:-1]).all()
    assert blank == sum(line[2] == "" for line in lines)
    for line, (arrival, departure) in zip(lines, table[["arrival", "departure"]].to_numpy(), strict=True):
        assert line[2] in ("", clock(arrival))
        assert line[3] in ("", clock(departure))


def clock(time: int) -> str:
    return f"{time // 3600:02}:{time % 3600 // 60:02}:{time % 60:02}"


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
        ({"calendar": FILES["calendar"].replace("20240501", "20250501")}, "start_date liegt nach end_date: 'werktags'"),
        ({"calendar": FILES["calendar"].replace("werktags,1", "werktags,ja")}, "monday ist weder 0 noch 1: 'ja'"),
        ({"calendar": FILES["calendar"].replace("nachts", "werktags")}, "service_id ist doppelt: 'werktags'"),
        ({"calendar": "service_id,monday\nwerktags,1\n"}, "calendar.txt: Spalte fehlt: tuesday, wednesday"),
        ({"calendar_dates": FILES["calendar_dates"].replace("0509,2", "0509,3")}, "weder 1 noch 2: '3'"),
        ({"calendar_dates": FILES["calendar_dates"] + "werktags,20240509,1\n"}, "Tag ist für service_id doppelt"),
        ({"trips": FILES["trips"].replace("werktags", "feiertags")}, "service_id gibt es nicht: 'feiertags'"),
        ({"stop_times": FILES["stop_times"].replace("A,1", "Z,1")}, "stop_id gibt es nicht: 'Z'"),
        ({"stop_times": FILES["stop_times"].replace("A,1", "A,erster")}, "stop_sequence ist keine Zahl: 'erster'"),
        ({"transfers": FILES["transfers"].replace("A,B,2", "Z,B,2")}, "from_stop_id gibt es nicht: 'Z'"),
        ({"frequencies": FILES["frequencies"].replace("1800", "0")}, "headway_secs ist keine Zahl über 0: '0'"),
        ({"frequencies": FILES["frequencies"].replace("11:00", "09:00")}, "start_time muss vor end_time liegen: 't3'"),
        ({"frequencies": FILES["frequencies"].replace("t3", "t9")}, "frequencies.txt: trip_id gibt es nicht: 't9'"),
        ({"stops": FILES["stops"].replace("50.90,10.30", "0,0")}, "keine gültige Lage: 'A'"),
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


def test_a_damaged_zip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fahrplan.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in FILES.items():
            packed.writestr(f"{name}.txt", text * 50)
    content = bytearray(path.read_bytes())
    content[45:80] = bytes(35)
    path.write_bytes(content)
    with pytest.raises(GeoDataError, match="ist nicht lesbar"):
        read_feed(path)


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
