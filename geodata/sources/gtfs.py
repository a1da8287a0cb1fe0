"""Timetables: a GTFS feed, read and checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj

from geodata.model import METRIC_CRS, WEB_CRS, GeoDataError
from geodata.sources.gtfs_files import REMEDY, WEEKDAYS, column, read_tables, refuse, seconds_of
from geodata.sources.gtfs_times import stop_times
from geodata.sources.registry import file_hash

STATION, SITES = "1", ("", "0", "1")
UNKNOWN_KIND = "unbekannt"
KINDS = {0: "tram", 1: "ubahn", 2: "bahn", 3: "bus", 4: "schiff", 5: "tram", 6: "seilbahn", 7: "standseilbahn"}
KINDS |= {11: "bus", 12: "bahn", 715: "rufbus"}
HUNDREDS = {1: "bahn", 2: "bus", 3: "bahn", 4: "ubahn", 5: "ubahn", 6: "ubahn", 7: "bus", 8: "bus", 9: "tram"}
HUNDREDS |= {10: "schiff", 11: "flugzeug", 12: "schiff", 13: "seilbahn", 14: "standseilbahn", 15: "rufbus"}


@dataclass(frozen=True, eq=False)
class Feed:
    """One feed. Times are seconds of the service day and may pass 24:00; ``first`` and ``last`` span the calendar.

    ``stops`` by stop_id: name, x, y (EPSG:25832), parent, station (a group of stops), wheelchair ("yes", "no", "").
    ``routes`` by route_id: kind (see ``kind_of``), name. ``stop_times`` in order of trip and sequence.
    """

    name: str
    stops: pd.DataFrame
    routes: pd.DataFrame
    trips: pd.DataFrame
    stop_times: pd.DataFrame
    calendar: pd.DataFrame
    exceptions: pd.DataFrame
    frequencies: pd.DataFrame
    transfers: pd.DataFrame
    first: date
    last: date
    counts: dict[str, int] = field(default_factory=dict)
    sha256: str = ""


def read_feed(path: Path) -> Feed:
    """Return the feed of a zip file or folder; raise one GeoDataError for whatever is missing or contradicts itself.

    Entrances, boarding areas and generic nodes are left out. Routes of an unknown type stay and are counted.
    """
    name, tables = path.name, read_tables(path)
    _check_present(name, tables)
    stops, routes = _stops(name, tables["stops"]), _routes(tables["routes"])
    times, blank = stop_times(name, tables["stop_times"])
    _check_references(name, tables, times, stops)
    _check_calendar(name, tables["calendar"], tables["calendar_dates"])
    first, last = _span(name, tables["calendar"], tables["calendar_dates"])
    counts = {
        "trips": len(tables["trips"]),
        "stop_times": len(times),
        "times_interpolated": blank,
        "routes_of_unknown_type": int((routes["kind"] == UNKNOWN_KIND).sum()),
        "nodes_left_out": len(tables["stops"]) - len(stops),
    }
    return Feed(
        name,
        stops,
        routes,
        tables["trips"].set_index("trip_id"),
        times,
        tables["calendar"].set_index("service_id"),
        tables["calendar_dates"],
        _frequencies(name, tables["frequencies"], tables["trips"]["trip_id"]),
        tables["transfers"],
        first,
        last,
        counts,
        file_hash(path) if path.is_file() else "",
    )


def kind_of(route_type: str) -> str:
    """Return what runs on a route, from the basic and the extended types of GTFS.

    >>> kind_of("3"), kind_of("109"), kind_of("715"), kind_of("1700"), kind_of("Bus")
    ('bus', 'bahn', 'rufbus', 'unbekannt', 'unbekannt')
    """
    if not route_type.strip().isdecimal():
        return UNKNOWN_KIND
    number = int(route_type)
    return KINDS.get(number) or (HUNDREDS.get(number // 100, UNKNOWN_KIND) if number >= 100 else UNKNOWN_KIND)


def _check_present(feed: str, tables: dict[str, pd.DataFrame]) -> None:
    if tables["stops"].empty:
        raise GeoDataError(f"{feed}, stops.txt: enthält keine Haltestelle. {REMEDY}")
    if tables["calendar"].empty and tables["calendar_dates"].empty:
        raise GeoDataError(f"{feed}: weder calendar.txt noch calendar_dates.txt nennt einen Tag. {REMEDY}")
    for table, key in (("stops", "stop_id"), ("routes", "route_id"), ("trips", "trip_id"), ("calendar", "service_id")):
        refuse(feed, table, f"{key} ist doppelt", tables[table][key], tables[table][key].duplicated())


def _stops(feed: str, rows: pd.DataFrame) -> pd.DataFrame:
    kind = column(rows, "location_type").str.strip()
    rows, kind = rows[kind.isin(SITES)], kind[kind.isin(SITES)]
    lon, lat = (pd.to_numeric(rows[name], errors="coerce") for name in ("stop_lon", "stop_lat"))
    placed = lon.between(-180, 180) & lat.between(-90, 90) & ~((lon == 0) & (lat == 0))
    refuse(feed, "stops", "keine gültige Lage", rows["stop_id"], ~placed)
    parent = column(rows, "parent_station")
    refuse(feed, "stops", "parent_station gibt es nicht", parent, (parent != "") & ~parent.isin(rows["stop_id"]))
    x, y = pyproj.Transformer.from_crs(WEB_CRS, METRIC_CRS, always_xy=True).transform(lon, lat)
    wheelchair = column(rows, "wheelchair_boarding").map({"1": "yes", "2": "no"}).fillna("")
    table = pd.DataFrame({"name": rows["stop_name"], "x": x, "y": y, "parent": parent})
    table = table.assign(station=kind == STATION, wheelchair=wheelchair)
    return table.set_index(pd.Index(rows["stop_id"], name="stop_id"))


def _routes(rows: pd.DataFrame) -> pd.DataFrame:
    short, long = column(rows, "route_short_name"), column(rows, "route_long_name")
    table = pd.DataFrame({"kind": rows["route_type"].map(kind_of), "name": short.where(short != "", long)})
    return table.set_index(pd.Index(rows["route_id"], name="route_id"))


def _frequencies(feed: str, rows: pd.DataFrame, trips: pd.Series) -> pd.DataFrame:
    """Return trip_id, begin, end, headway in seconds."""
    refuse(feed, "frequencies", "trip_id gibt es nicht", rows["trip_id"], ~rows["trip_id"].isin(trips))
    begin, end = (seconds_of(feed, "frequencies", rows[name]) for name in ("start_time", "end_time"))
    headway = pd.to_numeric(rows["headway_secs"], errors="coerce")
    refuse(feed, "frequencies", "headway_secs ist keine Zahl über 0", rows["headway_secs"], ~(headway >= 1))
    refuse(feed, "frequencies", "start_time muss vor end_time liegen", rows["trip_id"], ~(begin < end))
    table = pd.DataFrame({"begin": begin, "end": end, "headway": headway}).astype(np.int32)
    return table.assign(trip_id=rows["trip_id"])


def _check_references(feed: str, tables: dict[str, pd.DataFrame], times: pd.DataFrame, stops: pd.DataFrame) -> None:
    trips, services = (
        tables["trips"],
        pd.concat([tables[name]["service_id"] for name in ("calendar", "calendar_dates")]),
    )
    for table, values, known in (
        ("stop_times", times["trip_id"], trips["trip_id"]),
        ("stop_times", times["stop_id"], stops.index),
        ("trips", trips["route_id"], tables["routes"]["route_id"]),
        ("trips", trips["service_id"], services),
        ("transfers", tables["transfers"]["from_stop_id"], tables["stops"]["stop_id"]),
        ("transfers", tables["transfers"]["to_stop_id"], tables["stops"]["stop_id"]),
    ):
        refuse(feed, table, f"{values.name} gibt es nicht", values, ~(values.isin(known) | (values == "")))


def _check_calendar(feed: str, calendar: pd.DataFrame, exceptions: pd.DataFrame) -> None:
    for day in WEEKDAYS:
        refuse(feed, "calendar", f"{day} ist weder 0 noch 1", calendar[day], ~calendar[day].isin(["0", "1"]))
    kind = exceptions["exception_type"]
    refuse(feed, "calendar_dates", "exception_type ist weder 1 noch 2", kind, ~kind.isin(["1", "2"]))
    twice = exceptions.duplicated(["service_id", "date"])
    refuse(feed, "calendar_dates", "Tag ist für service_id doppelt", exceptions["service_id"], twice)


def _span(feed: str, calendar: pd.DataFrame, exceptions: pd.DataFrame) -> tuple[date, date]:
    for table, days in (
        ("calendar", pd.concat([calendar["start_date"], calendar["end_date"]])),
        ("calendar_dates", exceptions["date"]),
    ):
        known = pd.to_datetime(days, format="%Y%m%d", errors="coerce")
        refuse(feed, table, "kein Datum (JJJJMMTT)", days, known.isna())
    turned = calendar["start_date"] > calendar["end_date"]
    refuse(feed, "calendar", "start_date liegt nach end_date", calendar["service_id"], turned)
    added = exceptions.loc[exceptions["exception_type"] == "1", "date"]
    days = pd.to_datetime(pd.concat([calendar["start_date"], calendar["end_date"], added]), format="%Y%m%d")
    if days.empty:
        raise GeoDataError(f"{feed}: weder calendar.txt noch calendar_dates.txt nennt einen Tag. {REMEDY}")
    return days.min().date(), days.max().date()
