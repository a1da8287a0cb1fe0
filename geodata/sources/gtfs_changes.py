"""What a GTFS feed says about changing: seconds between two stops, at one stop, and where one cannot."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from geodata.sources.gtfs import Feed
from geodata.sources.gtfs_files import column, refuse

TIMED, BARRED = "2", "3"
PARTICULAR = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")


class Changes(NamedTuple):
    """``walks``: start, dest (positions of stops), seconds; ``same``: stop, seconds; ``barred``: start, dest."""

    walks: pd.DataFrame
    same: pd.DataFrame
    barred: pd.DataFrame


def changes_of(feed: Feed) -> Changes:
    """Return the changes with a time of their own (type 2) and those that are not possible (type 3).

    A station stands for all of its stops. Passed over: rows for single routes or trips, types without a time, and a ban
    at one and the same stop.
    """
    rows = feed.transfers
    general = np.logical_and.reduce([column(rows, name) == "" for name in PARTICULAR])
    rows = rows[general & rows["transfer_type"].isin([TIMED, BARRED])]
    seconds = pd.to_numeric(column(rows, "min_transfer_time"), errors="coerce")
    timed = rows["transfer_type"] == TIMED
    refuse(feed.name, "transfers", "min_transfer_time fehlt", rows["from_stop_id"], timed & ~(seconds >= 0))
    known = _expanded(feed, rows.assign(seconds=seconds.where(timed)))
    barred, same = known["seconds"].isna(), known["start"] == known["dest"]
    timed_rows = known[~barred].astype(np.int32).groupby(["start", "dest"], as_index=False)[["seconds"]].max()
    at_one = timed_rows["start"] == timed_rows["dest"]
    return Changes(
        timed_rows[~at_one].reset_index(drop=True),
        timed_rows[at_one][["start", "seconds"]].rename(columns={"start": "stop"}).reset_index(drop=True),
        known.loc[barred & ~same, ["start", "dest"]].drop_duplicates().reset_index(drop=True),
    )


def _expanded(feed: Feed, rows: pd.DataFrame) -> pd.DataFrame:
    """Return start, dest and seconds by position, with the stops of a station in its place."""
    position = pd.Series(np.arange(len(feed.stops)), feed.stops.index)
    own = pd.DataFrame({"id": feed.stops.index, "stop": position.to_numpy()})
    children = pd.DataFrame({"id": feed.stops["parent"].to_numpy(), "stop": position.to_numpy()})
    stops = pd.concat([own[~feed.stops["station"].to_numpy()], children[children["id"] != ""]], ignore_index=True)
    joined = rows[["from_stop_id", "to_stop_id", "seconds"]].merge(stops, left_on="from_stop_id", right_on="id")
    joined = joined.merge(stops, left_on="to_stop_id", right_on="id", suffixes=("_from", "_to"))
    return joined[["stop_from", "stop_to", "seconds"]].set_axis(["start", "dest", "seconds"], axis=1)
