"""The head of a portrait: name, place, function as a central place, people, area, density, each with its date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from layers.atlas import Atlas
from layers.german import day
from layers.keys import IndicatorKey
from layers.portrait import Value, attributions, value_at
from layers.sentences import LEVEL_ONE

FUNCTIONS = {"OZ": "Oberzentrum", "MZ": "Mittelzentrum", "GZ": "Grundzentrum", "Teilfkt.": "Teilfunktion"}


@dataclass(frozen=True)
class Head:
    """Who the portrait is of; ``people`` and ``density`` with their dates and sources."""

    key: str
    level: str
    name: str
    kind: str
    place: str
    central: str
    area_km2: float
    people: Value
    people_stand: str
    density: Value
    density_stand: str
    gebietsstand: str
    sources: tuple[str, ...]


def head_of(atlas: Atlas, level: str, area: str) -> Head:
    """Return the head of a portrait; KeyError for an area that the level does not have."""
    row = atlas.areas(level).loc[area]
    people, density = (atlas.layer(level, IndicatorKey(key)) for key in ("BEV01", "BEV02"))
    kind, place, central = _place(atlas, level, area)
    own_day = day(str(row["population_date"]))
    return Head(
        key=area if level == "gemeinde" else "",
        level=level,
        name=str(row["name"]),
        kind=kind,
        place=place,
        central=central,
        area_km2=float(row["area_km2"]),
        people=value_at(people.table, area),
        people_stand=people.text.stand if people.period else own_day,
        density=value_at(density.table, area),
        density_stand=density.text.stand if density.period else own_day,
        gebietsstand=people.text.gebietsstand,
        sources=attributions(people, density),
    )


def _place(atlas: Atlas, level: str, area: str) -> tuple[str, str, str]:
    """Return what kind of area it is, what it belongs to or consists of, and its function as a central place."""
    gemeinden = atlas.data.gemeinden
    if level == "gemeinde":
        row = gemeinden.loc[area]
        around = str(atlas.areas("sozialraum").loc[row["sozialraum"], "name"])
        return str(row["bez"]), f"Sozialraum {around}", function_words(str(row["central_place"] or ""))
    members = gemeinden[gemeinden["sozialraum"] == area].sort_values("name")
    names = ", ".join(members["name"])
    proven = members[members["central_place"].fillna("") != ""]
    functions = [f"{row['name']}: {function_words(row['central_place'])}" for _, row in proven.iterrows()]
    return LEVEL_ONE[level], f"Gemeinden: {names}", "; ".join(functions)


def function_words(code: str) -> str:
    """Return the function as a central place in words.

    >>> function_words("OZ (seit 07/2024)"), function_words("")
    ('Oberzentrum (seit 07/2024)', '')
    """
    return re.sub(r"\b(?:OZ|MZ|GZ)\b|Teilfkt\.", lambda found: FUNCTIONS[found[0]], code)
