"""Stop times of a GTFS feed: in order, checked, blank ones interpolated."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.sources.gtfs_files import column, refuse, seconds_of

Floats = NDArray[np.float64]


def stop_times(feed: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the stop times by trip and sequence, blank ones interpolated, and how many were blank.

    Columns: trip_id, stop_id, sequence, arrival, departure (seconds), boards, alights. Between two known times a blank
    one lies by ``shape_dist_traveled`` where the whole trip has it, else evenly by stops.
    """
    table = _ordered(feed, rows)
    first, last = _ends(table["trip_id"])
    blank = table["arrival"].isna()
    refuse(feed, "stop_times", "erste oder letzte Zeit einer Fahrt fehlt", table["trip_id"], blank & (first | last))
    distance = table.pop("distance").to_numpy(float)
    if blank.any():
        between = _interpolated(table, blank.to_numpy(), _positions(distance, first.to_numpy()))
        table = table.assign(arrival=table["arrival"].fillna(between), departure=table["departure"].fillna(between))
    table = table.assign(**{name: table[name].astype(np.int32) for name in ("arrival", "departure")})
    before = table["departure"].shift(1, fill_value=0).where(~first, 0)
    late = (table["departure"] < table["arrival"]) | (before > table["arrival"])
    refuse(feed, "stop_times", "eine Zeit liegt vor der davor", table["trip_id"], late)
    return table, int(blank.sum())


def _ordered(feed: str, rows: pd.DataFrame) -> pd.DataFrame:
    sequence = pd.to_numeric(rows["stop_sequence"], errors="coerce")
    refuse(feed, "stop_times", "stop_sequence ist keine Zahl", rows["stop_sequence"], sequence.isna())
    arrival, departure = (seconds_of(feed, "stop_times", rows[name]) for name in ("arrival_time", "departure_time"))
    trip = pd.factorize(rows["trip_id"])[0]
    order = np.lexsort((sequence, trip))
    table = pd.DataFrame(
        {
            "trip_id": rows["trip_id"],
            "stop_id": rows["stop_id"],
            "sequence": sequence,
            "arrival": arrival.fillna(departure),
            "departure": departure.fillna(arrival),
            "boards": column(rows, "pickup_type", "0") != "1",
            "alights": column(rows, "drop_off_type", "0") != "1",
            "distance": pd.to_numeric(column(rows, "shape_dist_traveled"), errors="coerce"),
        }
    )
    table, numbers = table.iloc[order].reset_index(drop=True), pd.Series(trip[order])
    twice = (numbers == numbers.shift(1)) & (table["sequence"] == table["sequence"].shift(1))
    refuse(feed, "stop_times", "stop_sequence ist doppelt", table["trip_id"], twice)
    return table


def _ends(trip: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return where a trip begins and where one ends."""
    return trip != trip.shift(1), trip != trip.shift(-1)


def _positions(distance: Floats, first: NDArray[np.bool_]) -> Floats:
    """Return how far along its trip every stop lies: by distance where the trip says it throughout, else by stops."""
    begins = np.flatnonzero(first)
    stops = np.arange(len(distance), dtype=float)
    rising = np.append(True, np.diff(distance) > 0) | first
    known = np.logical_and.reduceat(rising & ~np.isnan(distance), begins)
    return np.where(np.repeat(known, np.diff(np.append(begins, len(distance)))), distance, stops)


def _interpolated(table: pd.DataFrame, blank: NDArray[np.bool_], position: Floats) -> pd.Series:
    """Return the time at every stop, from the departure before it to the arrival after it, in whole seconds."""
    known, rows = np.flatnonzero(~blank), np.arange(len(blank))
    before = known[np.searchsorted(known, rows, "right") - 1]
    after = known[np.minimum(np.searchsorted(known, rows), len(known) - 1)]
    begin, end = table["departure"].to_numpy()[before], table["arrival"].to_numpy()[after]
    length = position[after] - position[before]
    share = np.divide(position - position[before], length, out=np.zeros(len(rows)), where=length > 0)
    return pd.Series(np.round(begin + share * (end - begin)), table.index)
