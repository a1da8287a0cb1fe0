"""A drawn country as OSM XML: a wood with a hole, a river, roads, a railway, places, what is broken.."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

LON, LAT, STEP = 10.3, 50.9, 0.01  # node n lies n % 10 steps east and n // 10 steps north of here
BOX = (LON - STEP / 2, LAT - STEP / 2, LON + 5.5 * STEP, LAT + 5.5 * STEP)
Tags = Mapping[str, str]

WAYS = [
    (1, [0, 5, 55, 50, 0], {}),  # the outer ring of the wood
    (2, [11, 14, 44, 41, 11], {"landuse": "residential"}),  # its hole, where people live
    (3, [20, 23, 29], {"waterway": "river"}),
    (4, [22, 24], {"waterway": "river", "tunnel": "culvert"}),
    (5, [1, 2, 12], {"highway": "primary"}),
    (6, [12, 13], {"highway": "secondary_link"}),
    (7, [12, 32], {"highway": "residential"}),
    (8, [32, 33], {"highway": "track"}),
    (9, [40, 41], {"railway": "rail"}),
    (10, [41, 42], {"railway": "rail", "service": "siding"}),
    (11, [81, 82, 92, 91, 81], {"natural": "water"}),  # beyond the box
]
RELATIONS = [
    (1, [(1, "outer"), (2, "inner")], {"type": "multipolygon", "landuse": "forest"}),
    (2, [(999, "outer")], {"type": "multipolygon", "natural": "water"}),
]
PLACES = {
    33: {"place": "village", "name": "Musterdorf", "population": "1234"},
    34: {"place": "town", "name": "Musterstadt", "population": "ca. 9000"},
    35: {"place": "hamlet"},
    99: {"place": "village", "name": "Weitweg", "population": "7"},
}


def drawn(
    folder: Path,
    *,
    ways: list[tuple[int, list[int], Tags]] = WAYS,
    relations: list[tuple[int, list[tuple[int, str]], Tags]] = RELATIONS,
    lost: tuple[int, ...] = (),
) -> Path:
    """Write the country as OSM XML; the nodes in ``lost`` are named by ways but not in the file."""
    nodes = "".join(
        f'<node id="{n + 1}" lon="{LON + n % 10 * STEP}" lat="{LAT + n // 10 * STEP}">{tags(PLACES.get(n, {}))}</node>'
        for n in range(100)
        if n not in lost
    )
    lines = "".join(f'<way id="{i}">{refs_of(refs)}{tags(words)}</way>' for i, refs, words in ways)
    rings = "".join(
        f'<relation id="{i}">{members_of(members)}{tags(words)}</relation>' for i, members, words in relations
    )
    path = folder / "land.osm"
    path.write_text(f'<osm version="0.6">{nodes}{lines}{rings}</osm>', "utf-8")
    return path


def refs_of(nodes: list[int]) -> str:
    return "".join(f'<nd ref="{n + 1}"/>' for n in nodes)


def members_of(members: list[tuple[int, str]]) -> str:
    return "".join(f'<member type="way" ref="{way}" role="{role}"/>' for way, role in members)


def tags(words: Tags) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in words.items())
