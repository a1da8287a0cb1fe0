"""What the map around the areas shows: layers, their classes by OpenStreetMap's tags, how finely they are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from geodata.catalog.reader import read_blocks
from geodata.catalog.selectors import Selector, parse_selector
from geodata.model import GeoDataError

FOLDER = Path(__file__).parent
FILE = "basemap.toml"
WORD = re.compile(r"[a-z]+")  # an id is a file name and part of an address


@dataclass(frozen=True, slots=True)
class GroundClass:
    """One kind of line, area or place within a layer."""

    id: str
    osm: tuple[str, ...]

    def selectors(self) -> tuple[Selector, ...]:
        """Return the conditions, one of which an object must meet."""
        return tuple(parse_selector(text) for text in self.osm)


@dataclass(frozen=True, slots=True)
class GroundLayer:
    """One layer: the first class that fits an object is its class; areas and holes below ``least_m2`` are dropped."""

    id: str
    name: str
    shape: Literal["line", "area", "point"]
    classes: tuple[GroundClass, ...]
    tolerance_m: float = 0.0
    least_m2: float = 0.0


def read_ground_layers(folder: Path = FOLDER) -> Mapping[str, GroundLayer]:
    """Return the layers of ``folder`` by id; raise one GeoDataError that lists everything that is wrong."""
    problems: list[str] = []
    layers = read_blocks(folder / FILE, "layer", GroundLayer, "id", problems)
    problems += [f"{FILE} [{key}]: {text}" for key, layer in layers.items() for text in _broken(layer)]
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules of the basemap:\n" + "\n".join(problems))
    return layers


def _broken(layer: GroundLayer) -> Iterator[str]:
    ids = [one.id for one in layer.classes]
    if wrong := [word for word in (layer.id, *ids) if not WORD.fullmatch(word)]:
        yield f"ids must be small letters a to z, found '{wrong[0]}'"
    if not ids or len(set(ids)) < len(ids):
        yield f"classes must be named and unique, found {ids}"
    if layer.tolerance_m < 0 or layer.least_m2 < 0:
        yield f"tolerance_m and least_m2 must not be negative, found {layer.tolerance_m} and {layer.least_m2}"
    if layer.least_m2 and layer.shape != "area":
        yield f"least_m2 is for areas only, found {layer.least_m2} on a {layer.shape}"
    for one in layer.classes:
        yield from _unreadable(one)


def _unreadable(one: GroundClass) -> Iterator[str]:
    if not one.osm:
        yield f"osm of class '{one.id}' must name at least one selector"
    try:
        one.selectors()
    except ValueError as error:
        yield f"osm of class '{one.id}': {error}"


@cache
def ground_layers() -> Mapping[str, GroundLayer]:
    """Return the layers that ship with the project."""
    return read_ground_layers()
