"""The files of a GTFS feed as text tables, and what to say where one is broken."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from geodata.model import GeoDataError

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
MAY_HOLD = {
    "stops": ("location_type", "parent_station", "wheelchair_boarding"),
    "routes": ("agency_id", "route_short_name", "route_long_name"),
    "stop_times": ("pickup_type", "drop_off_type", "shape_dist_traveled"),
    "transfers": ("min_transfer_time", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id"),
}
REMEDY = "Abhilfe: den Fahrplan beim Verkehrsverbund neu herunterladen oder dort melden."


def read_tables(path: Path) -> dict[str, pd.DataFrame]:
    """Return the files by name without ``.txt``, as text; one that may be missing is empty then."""
    if not path.exists():
        raise GeoDataError(f"{path}: fehlt. Abhilfe: den Fahrplan (GTFS, zip) dort ablegen.")
    return {name: _read_table(path, name) for name in (*REQUIRED, *OPTIONAL)}


def refuse(feed: str, table: str, rule: str, values: pd.Series, broken: pd.Series) -> None:
    """Raise where a row is broken, with up to three examples."""
    if broken.any():
        examples = ", ".join(repr(value) for value in values[broken].drop_duplicates().head(3))
        raise GeoDataError(f"{feed}, {table}.txt: {rule}: {examples} ({int(broken.sum())} Zeilen). {REMEDY}")


def column(rows: pd.DataFrame, name: str, otherwise: str = "") -> pd.Series:
    """Return a column that a feed may leave out."""
    return rows[name] if name in rows else pd.Series(otherwise, rows.index, dtype=str)


def seconds_of(feed: str, table: str, texts: pd.Series) -> pd.Series:
    """Return seconds of the service day; hours may pass 24, blank is missing."""
    codes, known = pd.factorize(texts)  # a feed holds few times, many times over
    different = pd.Series(known, dtype=str).str.strip()
    parts = different.str.extract(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$").astype(float)
    seconds = (parts[0] * 3600 + parts[1] * 60 + parts[2]).to_numpy()
    refuse(feed, table, "keine Uhrzeit (HH:MM:SS)", different, pd.Series(np.isnan(seconds)) & (different != ""))
    return pd.Series(seconds[codes] if len(seconds) else np.empty(0), texts.index)


def _read_table(path: Path, name: str) -> pd.DataFrame:
    columns = REQUIRED.get(name) or OPTIONAL[name]
    try:
        with _opened(path, f"{name}.txt") as file:
            frame = _read_csv(file, (*columns, *MAY_HOLD.get(name, ())))
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
        zlib.error,
        EOFError,
        RuntimeError,  # encrypted, or packed in a way that zipfile does not know
    ) as error:
        raise GeoDataError(f"{path.name}, {name}.txt: ist nicht lesbar ({error}). {REMEDY}") from error
    if missing := [column for column in columns if column not in frame]:
        raise GeoDataError(f"{path.name}, {name}.txt: Spalte fehlt: {', '.join(missing)}. {REMEDY}")
    return frame


def _read_csv(file: IO[bytes], wanted: Sequence[str]) -> pd.DataFrame:
    """Return the columns that are wanted, whatever else the file holds."""
    frame = pd.read_csv(
        file,
        dtype=str,
        encoding="utf-8-sig",
        keep_default_na=False,
        skipinitialspace=True,
        usecols=lambda name: name.strip() in wanted,
    )
    return frame.rename(columns=str.strip)


def _opened(path: Path, name: str) -> IO[bytes]:
    if path.is_dir():
        return (path / name).open("rb")
    with zipfile.ZipFile(path) as packed:
        return packed.open(name)  # unpacked while it is read; stays open without the archive
