"""Facilities from OpenStreetMap by the selectors of their categories: a first stock that every register beats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata import catalog
from geodata.catalog.selectors import Selector, matches, parse_selector
from geodata.model import FACILITY_COLUMNS, METRIC_CRS, WEB_CRS
from geodata.sources.osm_file import Box, extract_day, in_box, read_items

Tags = dict[str, str]
Progress = Callable[[str], None]
SOURCE = "osm"
STEP_FREE = {"yes": "yes", "designated": "yes", "limited": "limited", "no": "no"}
GONE = ("disused", "abandoned", "demolished")
# Places whose whereabouts nobody may learn from the atlas, whichever category their other tags would fit.
SHELTERED = tuple(
    parse_selector(text)
    for text in (
        "social_facility=shelter/group_home",
        "social_facility:for=abused/victim/violence",
        "name~frauenhaus/frauenschutz/schutzwohnung/zufluchtswohnung/mädchenhaus",
        "operator~frauenhaus",
        "name~tagesmutter/tagesvater/tagesmütter/kindertagespflege/großtagespflege",
    )
)


@dataclass
class _Found:
    """Matching objects by type and number: their tags, and where they are."""

    tags: dict[tuple[str, int], Tags] = field(default_factory=dict)
    shape: dict[tuple[str, int], Any] = field(default_factory=dict)


def read_osm_facilities(
    path: Path,
    *,
    categories: Mapping[str, catalog.Category] | None = None,
    box: Box | None = None,
    progress: Progress = lambda text: None,
) -> gpd.GeoDataFrame:
    """Return the facilities of a file in the columns of the dataset, indexed by id, EPSG:25832.

    The id is category, source, type and number (``kita-osm-way-123``): one object may serve two categories. Ways
    and multipolygons become their centroid. ``ags`` is None and ``inside`` False until the points are located.
    Protected categories and sheltered places are left out. Without a name the category stands in its place.
    """
    known = catalog.categories() if categories is None else categories
    selectors = {
        key: [parse_selector(text) for text in item.osm]
        for key, item in known.items()
        if item.osm and not item.protection
    }
    found = _collect(path, selectors, progress)
    day = extract_day(path)
    points = _centroids(found, box)
    rows = [
        _row(key, item, known[category], day) | {"geometry": points[key]}
        for key, item in found.tags.items()
        if key in points
        for category in selectors
        if matches(item, selectors[category])
    ]
    columns = ["id", *FACILITY_COLUMNS, "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=METRIC_CRS)
    progress(f"{path.name}: {len(frame)} Einrichtungen")
    return frame.set_index("id").sort_index()


def _collect(path: Path, selectors: Mapping[str, list[Selector]], progress: Progress) -> _Found:
    """Return what matches; a way is kept with its nodes until its area replaces them."""
    import osmium

    progress(f"{path.name}: lese Einrichtungen")
    found, factory = _Found(), osmium.geom.WKBFactory()
    by_key = _by_key(selectors)
    for item in read_items(path, *by_key, areas=True):
        tags = {tag.k: tag.v for tag in item.tags}
        asked = [selector for key, group in by_key.items() if key in tags for selector in group]
        if not matches(tags, asked) or _left_out(tags):
            continue
        key = _key(item)
        found.tags[key] = tags
        shape = _shape(item, factory)
        if shape is not None and (item.is_area() or key not in found.shape):
            found.shape[key] = shape
    if lost := [f"{kind}/{number}" for kind, number in found.tags if (kind, number) not in found.shape]:
        progress(f"{path.name}: {len(lost)} Flächen ohne geschlossenen Umriss übergangen: {', '.join(lost[:3])}")
    return found


def _by_key(selectors: Mapping[str, list[Selector]]) -> dict[str, list[Selector]]:
    """Return all selectors by the key of their first positive condition, so that most objects are asked little."""
    by_key: dict[str, list[Selector]] = {}
    for selector in (selector for group in selectors.values() for selector in group):
        first = next(condition for condition in selector if not condition.operator.startswith("!"))
        by_key.setdefault(first.key, []).append(selector)
    return by_key


def _left_out(tags: Tags) -> bool:
    return matches(tags, SHELTERED) or any(tags.get(key) == "yes" for key in GONE)


def _key(item: Any) -> tuple[str, int]:
    if item.is_area():
        return ("way" if item.from_way() else "relation"), item.orig_id()
    return ("node" if item.is_node() else "way" if item.is_way() else "relation"), item.id


def _shape(item: Any, factory: Any) -> Any:
    """Return a geometry in degrees; None for a relation, which only its area can locate, and for what is broken."""
    if item.is_node():
        return shapely.Point(item.lon, item.lat)
    if item.is_way():
        places = [(node.lon, node.lat) for node in item.nodes if node.location.valid()]
        return shapely.MultiPoint(places) if places else None
    if item.is_area():
        try:
            return shapely.from_wkb(factory.create_multipolygon(item))
        except RuntimeError:  # no outer ring: the way's nodes stay, a relation is told of
            return None
    return None


def _centroids(found: _Found, box: Box | None) -> dict[tuple[str, int], shapely.Point]:
    """Return the centroid (EPSG:25832) of every located object in the box, in a settled order."""
    keys = sorted(found.shape)
    shapes = gpd.GeoSeries([found.shape[key] for key in keys], crs=WEB_CRS)
    points = shapes.to_crs(METRIC_CRS).centroid
    degrees = points.to_crs(WEB_CRS)
    inside = [in_box(point.x, point.y, box) for point in degrees]
    return {key: point for key, point, kept in zip(keys, points, inside, strict=True) if kept}


def _row(key: tuple[str, int], tags: Tags, category: catalog.Category, day: str) -> dict[str, Any]:
    kind, number = key
    capacity, unit = _capacity(tags)
    checked = tags.get("check_date", "")
    return {
        "id": f"{category.id}-{SOURCE}-{kind}-{number}",
        "category": category.id,
        "kind": "",
        "name": tags.get("name") or tags.get("official_name") or category.name,
        "operator": tags.get("operator", ""),
        "street": " ".join(_texts(tags, "addr:street", "addr:housenumber")) if "addr:street" in tags else "",
        "plz": tags.get("addr:postcode", ""),
        "place": tags.get("addr:city", ""),
        "ags": None,
        "inside": False,
        "capacity": capacity,
        "capacity_unit": unit,
        "wheelchair": STEP_FREE.get(tags.get("wheelchair", ""), ""),
        "source": SOURCE,
        "seen": day,
        "seen_estimated": False,
        "precision": "address",
        "check": False,
        "note": f"In OpenStreetMap zuletzt vor Ort geprüft: {checked}" if checked else "",
    }


def _texts(tags: Tags, *keys: str) -> Iterator[str]:
    yield from (tags[key] for key in keys if tags.get(key))


def _capacity(tags: Tags) -> tuple[float, str]:
    """Return how many and of what; NaN and empty where nothing or no plain number is tagged."""
    for key, unit in (("capacity", "Plätze"), ("beds", "Betten"), ("capacity:beds", "Betten")):
        text = tags.get(key, "").strip()
        if text.isascii() and text.isdigit():
            return float(np.int64(text)), unit
    return math.nan, ""
