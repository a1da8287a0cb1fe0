"""A quiet basemap from OpenStreetMap: roads, railways, water, woods, settlements and places of a pbf or XML file."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.catalog.basemap import GroundLayer, ground_layers
from geodata.catalog.selectors import Selector, matches
from geodata.model import METRIC_CRS, WEB_CRS, GeoDataError
from geodata.sources.osm_file import Box, extract_day, read_items
from geodata.sources.osm_shapes import DIMENSION, cut, merged_areas, merged_lines
from geodata.sources.registry import file_hash

BATCH = 50_000  # objects whose shapes are made and cut at once
COLUMNS = ["class", "wkb", "name", "population"]
Progress = Callable[[str], None]
Piece = tuple[str, bytes | str, str, float]  # see COLUMNS


@dataclass
class _Found:
    """What one pass collects: pieces that wait for the next batch, finished batches, and areas without an outline."""

    waiting: dict[str, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    done: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: defaultdict(list))
    named: set[tuple[str, int]] = field(default_factory=set)
    built: set[tuple[str, int]] = field(default_factory=set)


def read_osm_basemap(
    path: Path,
    *,
    box: Box | None = None,
    layers: Mapping[str, GroundLayer] | None = None,
    progress: Progress = lambda text: None,
) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a basemap by id (EPSG:25832), column ``class``; places also ``name``, ``population``.

    ``box`` (west, south, east, north in degrees): everything is cut to it. Lines of one class are joined, areas
    merged and simplified as the catalogue says. Places without a name are left out; the largest come first.
    """
    known = ground_layers() if layers is None else layers
    progress(f"{path.name}: lese Grundkarte")
    found = _collect(path, known, box, progress)
    made = {key: _layer(layer, found.done[key]) for key, layer in known.items()}
    if not any(len(frame) for frame in made.values()):
        where = f" im Ausschnitt {', '.join(f'{edge:g}' for edge in box)}" if box else ""
        raise GeoDataError(
            f"{path.name}: enthält{where} nichts, was die Grundkarte zeigt. "
            "Abhilfe: einen Auszug nehmen, der den Kreis mit Umland enthält."
        )
    progress(f"{path.name}: {', '.join(f'{known[key].name} {len(frame)}' for key, frame in made.items())}")
    return made


def basemap_note(path: Path, box: Box | None = None) -> dict[str, Any]:
    """Return where a basemap comes from, as its provenance says it."""
    return {
        "source": path.name,
        "sha256": file_hash(path),
        "date": extract_day(path),
        "box": list(box) if box else [],
        "licence": "ODbL 1.0",
    }


def _collect(path: Path, layers: Mapping[str, GroundLayer], box: Box | None, progress: Progress) -> _Found:
    found, frame = _Found(), None if box is None else shapely.box(*box)
    shapely.prepare(frame)
    for number, (key, piece) in enumerate(_pieces(path, layers, found), 1):
        found.waiting[key].append(piece)
        if len(found.waiting[key]) == BATCH:
            _finish(found, layers[key], frame)
        if number % (2 * BATCH) == 0:
            progress(f"{path.name}: {number} Linien, Flächen und Orte")
    for key in layers:
        _finish(found, layers[key], frame)
    if lost := sorted(found.named - found.built):
        names = ", ".join(f"{kind}/{number}" for kind, number in lost[:3])
        progress(f"{path.name}: {len(lost)} Flächen ohne geschlossenen Umriss übergangen: {names}")
    return found


def _pieces(path: Path, layers: Mapping[str, GroundLayer], found: _Found) -> Iterator[tuple[str, Piece]]:
    """Yield the layer and the piece of everything that the layers show; a long way may come in several pieces."""
    import osmium

    factory = osmium.geom.WKBFactory()
    rules = [(layer, one.id, one.selectors()) for layer in layers.values() for one in layer.classes]
    keys, first = _keys([selector for _, _, group in rules for selector in group])
    known: dict[tuple[tuple[str, str], ...], list[tuple[GroundLayer, str]]] = {}
    for item in read_items(path, *first, areas=True):
        tags = tuple((tag.k, tag.v) for tag in item.tags if tag.k in keys)
        if tags not in known:
            known[tags] = list(_classes(dict(tags), rules))
        for layer, kind in known[tags]:
            if layer.shape == "area":
                _remember(item, found)
            for shape in _shapes(item, layer.shape, factory):
                yield layer.id, (kind, shape, *_words(item, layer.shape))


def _keys(selectors: list[Selector]) -> tuple[set[str], list[str]]:
    """Return all keys that the selectors look at, and those of which an object must carry one."""
    required = {next(c for c in selector if not c.operator.startswith("!")).key for selector in selectors}
    return {condition.key for selector in selectors for condition in selector}, sorted(required)


def _classes(
    tags: Mapping[str, str], rules: list[tuple[GroundLayer, str, tuple[Selector, ...]]]
) -> Iterator[tuple[GroundLayer, str]]:
    """Yield each layer that shows such an object once, with the first class that fits."""
    seen: set[str] = set()
    for layer, kind, selectors in rules:
        if layer.id not in seen and matches(tags, selectors):
            seen.add(layer.id)
            yield layer, kind


def _remember(item: Any, found: _Found) -> None:
    if item.is_area():
        found.built.add(("way" if item.from_way() else "relation", item.orig_id()))
    elif not item.is_node():
        found.named.add(("way" if item.is_way() else "relation", item.id))


def _shapes(item: Any, wanted: str, factory: Any) -> list[bytes | str]:
    """Return an object's shapes of the kind that is wanted, as WKB; nothing for objects of another kind."""
    if item.is_node() and wanted == "point":
        return [factory.create_point(item)]
    if item.is_way() and wanted == "line":
        return _lines(item, factory)
    if item.is_area() and wanted == "area":
        try:
            return [factory.create_multipolygon(item)]
        except RuntimeError:  # no outer ring
            return []
    return []


def _lines(way: Any, factory: Any) -> list[bytes | str]:
    """Return a way's line; where nodes beyond the edge of the extract have no location, the lines between them."""
    import osmium

    try:
        return [factory.create_linestring(way)]
    except (RuntimeError, osmium.InvalidLocationError):
        runs = [list(run) for located, run in groupby(way.nodes, key=lambda node: node.location.valid()) if located]
        return [shapely.LineString([(n.lon, n.lat) for n in run]).wkb for run in runs if len(run) > 1]


def _words(item: Any, shape: str) -> tuple[str, float]:
    """Return name and population of a place; a population that is no plain number is unknown."""
    if shape != "point":
        return "", math.nan
    people = item.tags.get("population", "").strip()
    return item.tags.get("name", "").strip(), float(people) if people.isascii() and people.isdigit() else math.nan


def _finish(found: _Found, layer: GroundLayer, frame: Any) -> None:
    """Turn the waiting pieces of a layer into shapes inside the frame."""
    pieces = pd.DataFrame(found.waiting.pop(layer.id, []), columns=COLUMNS)
    shapes = shapely.from_wkb(pieces.pop("wkb").to_numpy(object))
    parts, place = cut(shapes, frame, DIMENSION[layer.shape])
    found.done[layer.id].append(pieces.iloc[place].assign(geometry=parts))


def _layer(layer: GroundLayer, batches: list[pd.DataFrame]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(pd.concat(batches, ignore_index=True), geometry="geometry", crs=WEB_CRS)
    frame = frame.to_crs(METRIC_CRS)
    if layer.shape == "point":
        named = frame[frame["name"] != ""].sort_values(["population", "name"], ascending=[False, True])
        return named.reset_index(drop=True)
    drawn = {one.id: _drawn(layer, frame.geometry[frame["class"] == one.id].to_numpy()) for one in layer.classes}
    kinds = np.repeat(list(drawn), [len(shapes) for shapes in drawn.values()])
    shapes = np.concatenate(list(drawn.values()))
    return gpd.GeoDataFrame({"class": kinds}, geometry=shapes, crs=METRIC_CRS)


def _drawn(layer: GroundLayer, shapes: Any) -> Any:
    if layer.shape == "line":
        return merged_lines(shapes, layer.tolerance_m)
    return merged_areas(shapes, layer.tolerance_m, layer.least_m2)
