"""The router ferrobus (Rust, RAPTOR) on the same timetable, as an independent answer to compare with.

It walks on OpenStreetMap and changes at a stop in no time. So that only the timetable counts, its streets are spokes:
every stop is a corner of its own, joined to a hub more than a day's walk away. Ours is the day without walks between
stops, and `without_change` takes the least second of a change off every arrival.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ferrobus
import numpy as np
import osmium
import pandas as pd
from numpy.typing import NDArray
from osmium.osm.mutable import Node, Way

from geodata.sources.gtfs_day import Timetable
from layers.transit import TransitNetwork, transit_network

RIDES = 20  # changes, more than any way has
AT_STOP_S, STOPS = 5, 1  # a place is its stop
HUB = (8.6, 55.0)


@dataclass(frozen=True, eq=False)
class Peer:
    """The model of ferrobus and its places, in the order of the stops of our timetable."""

    model: Any
    points: list[Any]

    def arrivals(self, start: int, departure: int) -> NDArray[np.float64]:
        """Return the arrivals at all stops, NaN where there is none.

        It counts a second or two from the place to its stop, so in a timetable of whole minutes the minute is right.
        """
        found = ferrobus.find_routes_one_to_many(self.model, self.points[start], self.points, departure, RIDES)
        rides = [way["travel_time_seconds"] if way and way["used_transit"] else np.nan for way in found]
        return (np.array(rides) + departure) // 60 * 60


def peer(feed: Path, table: Timetable, folder: Path) -> Peer:
    """Return ferrobus on the day of ``table``, with files of its own in ``folder``."""
    with zipfile.ZipFile(feed) as archive:
        archive.extractall(folder / "gtfs")
    stops = pd.read_csv(folder / "gtfs" / "stops.txt", dtype={"stop_id": str}).set_index("stop_id")
    places = stops.loc[table.stops.index, ["stop_lat", "stop_lon"]].to_numpy().tolist()
    streets = folder / "speichen.osm.pbf"
    write_spokes(streets, places)
    model = ferrobus.create_transit_model(str(streets), [str(folder / "gtfs")], table.day, AT_STOP_S)
    points = [ferrobus.create_transit_point(lat, lon, model, AT_STOP_S, STOPS) for lat, lon in places]
    return Peer(model, points)


def write_spokes(path: Path, places: list[list[float]]) -> None:
    """Write a street from every place (lat, lon) to one far hub."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, (lat, lon) in enumerate(places, 1):
            writer.add_node(Node(id=number, location=(lon, lat)))
        writer.add_node(Node(id=len(places) + 1, location=HUB))
        for number in range(1, len(places) + 1):
            writer.add_way(Way(id=number, nodes=[number, len(places) + 1], tags={"highway": "residential"}))


def without_walks(table: Timetable) -> TransitNetwork:
    """Return the day with changes at the same stop only, from one second on."""
    return transit_network(replace(table, stops=table.stops.assign(parent="")), change_s=1, walk_m=0.0)


def without_change(table: Timetable) -> TransitNetwork:
    """Return the day with changes in no time: every arrival is a second early, the change takes that second."""
    return without_walks(replace(table, arrival=table.arrival - 1))
