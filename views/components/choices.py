"""What can be chosen beside the question of the map: facilities and places of a scenario, a second indicator."""

from __future__ import annotations

from typing import Any

from geodata import catalog
from layers.atlas import Atlas
from layers.keys import parse_key
from views.components.mapconfig import spot_name, spots_of_places

Options = list[dict[str, Any]]


def closable_options(atlas: Atlas, category: str) -> Options:
    """Return the located facilities that offer what a category asks for, by name."""
    rows = atlas.inputs.supply.get(category)
    if rows is None or category == "haltestelle" or not atlas.categories[category].completeness.usable:
        return []
    shown = rows[rows["inside"]].sort_values("name")
    return [
        {"value": key, "label": name if not place or place in name else f"{name}, {place}"}
        for key, name, place in zip(shown.index, shown["name"], shown["place"], strict=True)
    ]


def opening_options(atlas: Atlas, opened: tuple[str, ...]) -> Options:
    """Return the places at which one may open, and the points that the address names."""
    known = spots_of_places(atlas)
    points = [spot for spot in opened if spot not in known]
    return [{"value": spot, "label": name} for spot, name in known.items()] + [
        {"value": spot, "label": spot_name(*map(float, spot.split("_")))} for spot in points
    ]


def second_options(atlas: Atlas) -> Options:
    """Return what can be shown beside another indicator: indicators with data, and minutes to what is on record."""
    known = catalog.indicators()
    basic = [{"value": key, "label": f"{known[key].name} ({key})"} for key in known if key in atlas.filled]
    minutes = [
        {"value": str(parse_key(f"minuten.{key}")), "label": f"Minuten: {category.plural}"}
        for key, category in atlas.categories.items()
        if category.completeness.usable and key != "haltestelle"
    ]
    groups = (("Basisindikatoren", basic), ("Minuten zur nächsten Einrichtung", minutes))
    return [{"group": name, "items": items} for name, items in groups if items]
