"""What a reader chose on the page of reach; the URL holds all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyproj

from geodata import catalog
from geodata.model import METRIC_CRS, WEB_CRS
from layers.atlas import Atlas
from layers.inputs import modes_of
from layers.reachable import Place
from layers.travel_time import BUS
from views.components import query
from views.components.mapconfig import place_of, spot_name

MOST_MINUTES = 60
POINT = "punkt:"
SPOT = re.compile(POINT + r"(-?\d{1,3}\.\d{1,5})_(-?\d{1,2}\.\d{1,5})")
TO_METRES = pyproj.Transformer.from_crs(WEB_CRS, METRIC_CRS, always_xy=True)


@dataclass(frozen=True)
class ReachState:
    """One state of the page; ``place``: "ort:id", "einr:id" or "punkt:lon_lat"; ``direction``: von or zu."""

    place: str = ""
    mode: str = ""
    minutes: int = 30
    direction: str = "von"
    handlungsfeld: str = ""


PARSERS: query.Parsers = {
    "place": query.short_text,
    "mode": query.one_of("", *catalog.modes()),
    "minutes": query.whole(1, MOST_MINUTES),
    "direction": query.one_of("von", "zu"),
    "handlungsfeld": query.one_of("", *catalog.handlungsfelder()),
}


@dataclass(frozen=True)
class Spot:
    """A place on the map: its name, degrees, and metres."""

    name: str
    lon: float
    lat: float
    place: Place


def read_parts(given: Mapping[str, object]) -> tuple[ReachState, list[str]]:
    """Return the state made of named parts and a notice for every bad one."""
    return query.read_parts(given, ReachState(), PARSERS)


def read_query(text: str) -> tuple[ReachState, list[str]]:
    """Return the state in a query string and a notice for every part that could not be used."""
    return query.read_query(text, ReachState(), PARSERS)


def settle(state: ReachState, atlas: Atlas) -> tuple[ReachState, list[str]]:
    """Return the state with parts that the data do not know replaced, and a notice for each."""
    notices, known = [], modes_of(atlas.data)
    if state.mode and state.mode not in known:
        notices.append(f"Für „{catalog.modes()[state.mode].name}“ fehlen im Datensatz die Daten.")
    if not state.mode or state.mode not in known:
        state = replace(state, mode=BUS if BUS in known else "fuss")
    if state.mode == BUS and state.direction == "zu":
        notices.append("Mit Bus und Bahn wird von der Stelle aus gerechnet.")
        state = replace(state, direction="von")
    if state.place and spot_of(state.place, atlas) is None:
        notices.append(f"Die Stelle „{state.place[:40]}“ gibt es nicht.")
        state = replace(state, place="")
    return state, notices


def spot_of(place: str, atlas: Atlas) -> Spot | None:
    """Return where a place lies; None for one that is not known or lies far off."""
    if found := SPOT.fullmatch(place):
        lon, lat = float(found[1]), float(found[2])
        name = spot_name(lon, lat)
    elif entry := place_of(atlas, place):
        lon, lat, name = entry["lon"], entry["lat"], str(entry["label"])
    else:
        return None
    x, y = TO_METRES.transform(lon, lat)
    west, south, east, north = atlas.data.kreis.total_bounds
    margin = 50_000  # metres: beyond it nothing is known
    inside = west - margin <= x <= east + margin and south - margin <= y <= north + margin
    return Spot(name, lon, lat, Place(x, y)) if inside else None
