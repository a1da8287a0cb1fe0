"""Timetables: a GTFS feed, read and checked once."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj

from geodata.model import METRIC_CRS, WEB_CRS, GeoDataError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
REQUIRED = {
    "stops": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "routes": ("route_id", "route_type"),
    "trips": ("trip_id", "route_id", "service_id"),
    "stop_times": ("trip_id", "stop_id", "arrival_time", "departure_time", "stop_sequence"),
}
OPTIONAL = {
    "calendar": ("service_id", *WEEKDAYS, "start_date", "end_date"),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
    "transfers": ("from_stop_id", "to_stop_id", "transfer_type"),
}
REMEDY = "Abhilfe: den Fahrplan beim Verkehrsverbund neu herunterladen oder dort melden."


@dataclass(frozen=True, eq=False)
class Feed:
    """One feed. ``stops`` by stop_id: name, x, y (EPSG:25832), parent; ``stop_times`` in order of trip and sequence.

    Times are seconds of the service day and may pass 24:00. ``first`` and ``last`` are the days the calendar spans.
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


def read_feed(path: Path) -> Feed:
    """Return the feed of a zip file or folder; raise one GeoDataError for whatever is missing or contradicts itself."""
    tables = {name: _read_table(path, name) for name in (*REQUIRED, *OPTIONAL)}
    name = path.name
    if tables["stops"].empty:
        raise GeoDataError(f"{name}, stops.txt: enthält keine Haltestelle. {REMEDY}")
    if tables["calendar"].empty and tables["calendar_dates"].empty:
        raise GeoDataError(f"{name}: weder calendar.txt noch calendar_dates.txt nennt einen Tag. {REMEDY}")
    for table, key in (("stops", "stop_id"), ("routes", "route_id"), ("trips", "trip_id")):
        _refuse(name, table, f"{key} ist doppelt", tables[table][key], tables[table][key].duplicated())
    times, blank = _stop_times(name, tables["stop_times"])
    _check_references(name, tables, times)
    first, last = _span(name, tables["calendar"], tables["calendar_dates"])
    return Feed(
        name,
        _stops(name, tables["stops"]),
        tables["routes"].set_index("route_id"),
        tables["trips"].set_index("trip_id"),
        times,
        tables["calendar"].set_index("service_id"),
        tables["calendar_dates"],
        tables["frequencies"],
        tables["transfers"],
        first,
        last,
        {"trips": len(tables["trips"]), "stop_times": len(times), "times_interpolated": blank},
    )


def _read_table(path: Path, name: str) -> pd.DataFrame:
    """Return one file as text; a file that may be missing is empty then."""
    columns = REQUIRED.get(name) or OPTIONAL[name]
    try:
        with _opened(path, f"{name}.txt") as file:
            frame = pd.read_csv(file, dtype=str, encoding="utf-8-sig", keep_default_na=False, skipinitialspace=True)
    except (KeyError, FileNotFoundError):
        if name in REQUIRED:
            raise GeoDataError(f"{path.name}: {name}.txt fehlt. {REMEDY}") from None
        return pd.DataFrame(columns=list(columns), dtype=str)
    except (
        zipfile.BadZipFile,
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        UnicodeDecodeError,
        csv.Error,
    ) as error:
        raise GeoDataError(f"{path.name}, {name}.txt: ist nicht lesbar ({error}). {REMEDY}") from error
    if missing := [column for column in columns if column not in frame and name in REQUIRED]:
        raise GeoDataError(f"{path.name}, {name}.txt: Spalte fehlt: {', '.join(missing)}. {REMEDY}")
    return frame


def _opened(path: Path, name: str) -> Any:
    if path.is_dir():
        return (path / name).open("rb")
    if not path.is_file():
        raise GeoDataError(f"{path}: fehlt. Abhilfe: den Fahrplan (GTFS, zip) dort ablegen.")
    with zipfile.ZipFile(path) as packed:
        return io.BytesIO(packed.read(name))


def _refuse(feed: str, table: str, rule: str, values: pd.Series, broken: pd.Series) -> None:
    """Raise where a row is broken, with up to three examples."""
    if broken.any():
        examples = ", ".join(repr(value) for value in values[broken].head(3))
        raise GeoDataError(f"{feed}, {table}.txt: {rule}: {examples} ({int(broken.sum())} Zeilen). {REMEDY}")


def _stops(feed: str, rows: pd.DataFrame) -> pd.DataFrame:
    lon, lat = (pd.to_numeric(rows[name], errors="coerce") for name in ("stop_lon", "stop_lat"))
    _refuse(feed, "stops", "keine gültige Lage", rows["stop_id"], ~(lon.between(-180, 180) & lat.between(-90, 90)))
    x, y = pyproj.Transformer.from_crs(WEB_CRS, METRIC_CRS, always_xy=True).transform(lon, lat)
    parent = rows.get("parent_station", pd.Series("", rows.index))
    table = pd.DataFrame({"name": rows["stop_name"], "x": x, "y": y, "parent": parent})
    return table.set_index(pd.Index(rows["stop_id"], name="stop_id"))


def _stop_times(feed: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the stop times in order, blank ones interpolated by position, and how many were blank."""
    sequence = pd.to_numeric(rows["stop_sequence"], errors="coerce")
    _refuse(feed, "stop_times", "stop_sequence ist keine Zahl", rows["stop_sequence"], sequence.isna())
    arrival, departure = (seconds_of(feed, rows[name]) for name in ("arrival_time", "departure_time"))
    table = pd.DataFrame(
        {
            "trip_id": rows["trip_id"],
            "stop_id": rows["stop_id"],
            "sequence": sequence,
            "arrival": arrival.fillna(departure),
            "departure": departure.fillna(arrival),
            "boards": rows.get("pickup_type", pd.Series("0", rows.index)) != "1",
            "alights": rows.get("drop_off_type", pd.Series("0", rows.index)) != "1",
        }
    ).sort_values(["trip_id", "sequence"], ignore_index=True)
    _refuse(
        feed, "stop_times", "stop_sequence ist doppelt", table["trip_id"], table.duplicated(["trip_id", "sequence"])
    )
    blank = table["arrival"].isna()
    trips = table.groupby("trip_id")
    ends = ~trips["trip_id"].shift(1).notna() | ~trips["trip_id"].shift(-1).notna()
    _refuse(feed, "stop_times", "erste oder letzte Zeit einer Fahrt fehlt", table["trip_id"], blank & ends)
    for name in ("arrival", "departure"):  # between known ends, so no trip reaches into another
        table[name] = table[name].interpolate().round().astype(np.int32)
    late = (table["departure"] < table["arrival"]) | (trips["departure"].shift(1) > table["arrival"])
    _refuse(feed, "stop_times", "eine Zeit liegt vor der davor", table["trip_id"], late)
    return table, int(blank.sum())


def seconds_of(feed: str, texts: pd.Series) -> pd.Series:
    """Return seconds of the service day; hours may pass 24, blank is missing."""
    parts = texts.str.strip().str.extract(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$").astype(float)
    _refuse(feed, "stop_times", "keine Uhrzeit (HH:MM:SS)", texts, parts[0].isna() & (texts.str.strip() != ""))
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def _check_references(feed: str, tables: dict[str, pd.DataFrame], times: pd.DataFrame) -> None:
    for table, column, target in (
        ("stop_times", "trip_id", tables["trips"]["trip_id"]),
        ("stop_times", "stop_id", tables["stops"]["stop_id"]),
        ("trips", "route_id", tables["routes"]["route_id"]),
    ):
        values = times[column] if table == "stop_times" else tables[table][column]
        _refuse(feed, table, f"{column} gibt es nicht", values, ~values.isin(target))


def _span(feed: str, calendar: pd.DataFrame, exceptions: pd.DataFrame) -> tuple[date, date]:
    added = exceptions.loc[exceptions["exception_type"] == "1", "date"]
    days = pd.concat([calendar["start_date"], calendar["end_date"], added])
    known = pd.to_datetime(days, format="%Y%m%d", errors="coerce")
    _refuse(feed, "calendar", "kein Datum (JJJJMMTT)", days, known.isna())
    return known.min().date(), known.max().date()
