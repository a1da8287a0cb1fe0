"""Facilities of an area with their capacity, and how well people get to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from geodata import catalog
from geodata.catalog import Category
from layers.atlas import Atlas
from layers.german import number, signed_value
from layers.inputs import Inputs, ways_to
from layers.keys import IndicatorKey, complete_key
from layers.portrait import Value, attributions, value_at, value_of

STOPS = "haltestelle"
GAP = "Hier ist eine Einrichtung bekannt, die im Bestand fehlt."


@dataclass(frozen=True)
class Stock:
    """What the register holds of one category in an area.

    ``supply``: places per 1,000 people where they are known; ``site`` False: a department of another facility.
    """

    category: str
    name: str
    bereich: str
    count: Value
    compare: Value | None
    names: tuple[str, ...]
    capacity: str
    supply: str
    judgement: str
    site: bool
    note: str


@dataclass(frozen=True)
class Access:
    """How people of an area get to the nearest facility of a category.

    ``share``: % within the threshold; ``minutes``: mean; ``alone``: % who reach just one. ``threshold_from``: id of
    the threshold or "setzung". ``nearest``: the facility that is the nearest for most, and for how many of 100.
    """

    category: str
    name: str
    mode: str
    way: str
    threshold: int
    threshold_unit: str
    threshold_from: str
    share: Value
    share_compare: Value | None
    share_kreis: Value
    minutes: Value
    minutes_kreis: Value
    alone: Value
    nearest: str
    approximation: bool
    outside_known: bool
    stand: str
    sources: tuple[str, ...]


def stock_of(atlas: Atlas, level: str, area: str, compare: str = "") -> list[Stock]:
    """Return every category with what the register holds of it in an area, in catalogue order."""
    return [_stock(atlas, category, level, area, compare) for category in atlas.categories.values()]


def register_words(atlas: Atlas) -> tuple[str, tuple[str, ...]]:
    """Return date and sources of the register."""
    layer = atlas.layer("kreis", IndicatorKey("anzahl", next(iter(atlas.categories))))
    return layer.text.stand.split(",")[0], attributions(layer)


def _stock(atlas: Atlas, category: Category, level: str, area: str, compare: str) -> Stock:
    table = atlas.table(level, IndicatorKey("anzahl", category.id))
    rows = atlas.inputs.facilities
    here = pd.DataFrame(rows[(rows[level] == area) & (rows["category"] == category.id)])
    gaps = atlas.data.gemeinden.loc[atlas.data.gemeinden.index.isin(category.completeness.gap_ags)]
    hit = area in set(gaps.index if level == "gemeinde" else gaps["sozialraum"])
    listed = category.id != STOPS and category.protection != "no_location"
    return Stock(
        category=category.id,
        name=category.name,
        bereich=category.bereich,
        count=value_at(table, area),
        compare=value_at(table, compare) if compare else None,
        names=tuple(str(name) for name in here["name"]) if listed else (),
        capacity=capacity_words(here),
        supply=_supply(atlas, category, level, area),
        judgement=category.completeness.judgement,
        site=category.completeness.standort,
        note=GAP if hit else "",
    )


def capacity_words(rows: pd.DataFrame) -> str:
    """Return the known capacity of facilities per unit, and for how many of them it is known; empty without any."""
    known = rows[rows["capacity"].notna()]
    if known.empty:
        return ""
    sums = known.groupby("capacity_unit", sort=False)["capacity"].sum()
    words = ", ".join(f"{number(float(total))} {unit}".strip() for unit, total in sums.items())
    return words if len(known) == len(rows) else f"{words} (bekannt bei {len(known)} von {len(rows)})"


def _supply(atlas: Atlas, category: Category, level: str, area: str) -> str:
    layer = atlas.layer(level, IndicatorKey("plaetze", category.id))
    found = value_at(layer.table, area)
    if not found.known or found.value == 0:
        return ""
    return f"{signed_value(found.value, found.state, layer.text.decimals)} Plätze je 1.000 Einwohner"


def access_of(atlas: Atlas, level: str, area: str, compare: str = "") -> list[Access]:
    """Return how people get to every category whose register is complete enough, and to a stop."""
    usable = [c for c in atlas.categories.values() if c.completeness.usable and c.id != STOPS]
    rows = [_access(atlas, category, level, area, compare) for category in usable]
    return [_stops(atlas, level, area, compare), *rows]


def _access(atlas: Atlas, category: Category, level: str, area: str, compare: str) -> Access:
    key = complete_key(IndicatorKey("abdeckung", category.id))
    share = atlas.layer(level, key)
    minutes = atlas.layer(level, IndicatorKey("minuten", category.id, key.mode))
    alone = atlas.table(level, IndicatorKey("abhaengig", category.id, key.mode, key.threshold))
    return Access(
        category=category.id,
        name=category.name,
        mode=key.mode,
        way=catalog.modes()[key.mode].name_dative,
        threshold=key.threshold,
        threshold_unit="min",
        threshold_from=category.default_threshold_from,
        share=value_at(share.table, area),
        share_compare=value_at(share.table, compare) if compare else None,
        share_kreis=value_of(share.kreis),
        minutes=value_at(minutes.table, area),
        minutes_kreis=value_of(minutes.kreis),
        alone=value_at(alone, area),
        nearest=nearest_of(atlas.inputs, category.id, key.mode, level, area),
        approximation=share.text.approximation,
        outside_known=category.completeness.outside_known,
        stand=share.text.stand,
        sources=attributions(share, minutes),
    )


def _stops(atlas: Atlas, level: str, area: str, compare: str) -> Access:
    layer = atlas.layer(level, IndicatorKey(STOPS, threshold=600))
    return Access(
        category=STOPS,
        name="Haltestelle oder Bahnhof",
        mode="",
        way="Luftlinie",
        threshold=600,
        threshold_unit="m",
        threshold_from="T38",
        share=value_at(layer.table, area),
        share_compare=value_at(layer.table, compare) if compare else None,
        share_kreis=value_of(layer.kreis),
        minutes=Value(reason="Für Haltestellen werden keine Minuten gerechnet."),
        minutes_kreis=Value(),
        alone=Value(),
        nearest="",
        approximation=layer.text.approximation,
        outside_known=True,
        stand=layer.text.stand,
        sources=attributions(layer),
    )


@lru_cache(maxsize=4096)
def nearest_of(inputs: Inputs, category: str, mode: str, level: str, area: str) -> str:
    """Return the facility that is the nearest for most people of an area, and for how many of 100; empty for none."""
    points = inputs.points
    here = (points[level] == area).to_numpy()
    dest = ways_to(inputs, category, mode)["dest"][here]
    people = points["people"][here]
    by_facility = people.groupby(dest).sum()
    if by_facility.empty or not by_facility.sum() > 0:
        return ""
    best = str(by_facility.idxmax())
    name, place = str(inputs.facilities.at[best, "name"]), str(inputs.facilities.at[best, "place"] or "")
    where = name if not place or place in name else f"{name}, {place}"
    share = 100 * float(by_facility.max()) / float(people.sum())
    return where if round(share) >= 100 else f"{where} (für {number(share)} von 100 Menschen)"
