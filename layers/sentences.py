"""Plain German sentences made from the numbers of a map; they say the same as the map, nothing more."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from geodata import catalog
from geodata.model import State
from layers.atlas import Atlas
from layers.german import number, signed_value
from layers.inputs import Inputs
from layers.mapview import MapView

LEVEL_ONE = {"gemeinde": "Gemeinde", "sozialraum": "Sozialraum", "kreis": "Landkreis"}
LEVEL_MANY = {"gemeinde": "Gemeinden", "sozialraum": "Sozialräume", "kreis": "Landkreis"}
LEVEL_DATIVE = {"gemeinde": "Gemeinden", "sozialraum": "Sozialräumen", "kreis": "Landkreisen"}
SAME_SHARE = 0.05


def headline(view: MapView) -> str:
    """Return one sentence for the projector: the Kreis value and the two ends."""
    layer, known = view.layer, view.rows.dropna(subset="value")
    if known.empty:
        return f"{layer.text.name}: noch keine Werte."
    kreis = _kreis_text(view)
    first, last = known.iloc[0], known.iloc[-1]
    if layer.level == "kreis" or first["shown"] == last["shown"]:
        lead = "Landkreis " if kreis and layer.level != "kreis" else ""
        return f"{layer.text.name}: {lead}{kreis or first['shown']}."
    ends = f"{first['name']} {first['shown']}, {last['name']} {last['shown']}"
    lead = f"Landkreis {kreis}; " if kreis else ""
    return f"{layer.text.name}: {lead}Spanne: {ends}."


def map_text(view: MapView) -> str:
    """Return the text that stands for the map: what it shows, its classes with counts, its gaps."""
    text = view.layer.text
    parts = [headline(view)]
    if view.classes.bins:
        classes = [f"{e.label} {text.unit}".strip() + f": {e.count}" for e in view.legend if e.kind == "class"]
        parts.append(f"{LEVEL_MANY[view.layer.level]} je Klasse: {'; '.join(classes)}.")
    for entry in view.legend:
        if entry.kind != "class":
            parts.append(f"{entry.label}: {entry.count}.")
    if text.approximation:
        parts.append("Alle Werte sind Näherungen.")
    return " ".join(parts)


def three_sentences(atlas: Atlas, view: MapView, area: str) -> list[str]:
    """Return three sentences on ``area``: its value, its place among the others, the facilities behind it."""
    return [_value_sentence(view, area), _rank_sentence(view, area), _facility_sentence(atlas, view, area)]


def _kreis_text(view: MapView) -> str:
    kreis, text = view.layer.kreis, view.layer.text
    if pd.isna(kreis["value"]):
        return ""
    return signed_value(kreis["value"], kreis["state"], text.decimals, text.unit)


def _value_sentence(view: MapView, area: str) -> str:
    row, text = view.rows.loc[area], view.layer.text
    if pd.isna(row["value"]):
        return f"{row['name']}: Für „{text.name}“ gibt es keinen Wert. {_ended(row['reason'])}".strip()
    about = " (Näherung)" if text.approximation else ""
    unsure = f" Der Wert ist unsicher: {_ended(row['reason'])}" if row["state"] == State.UNRELIABLE else ""
    return f"{row['name']}, {text.name}: {row['shown']}{about}.{unsure}"


def _ended(text: str) -> str:
    """Return ``text`` as a sentence."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _rank_sentence(view: MapView, area: str) -> str:
    row, kreis = view.rows.loc[area], view.layer.kreis["value"]
    known = view.rows.dropna(subset="value")
    if pd.isna(row["value"]) or view.layer.level == "kreis":
        return f"Der Wert des Landkreises ist {_kreis_text(view) or 'nicht bekannt'}."
    rank = f"Rang {row['rank']:.0f} von {len(known)} {LEVEL_DATIVE[view.layer.level]} mit Wert"
    order = {-1: "1 = größte Belastung", 1: "1 = niedrigster Wert", 0: "1 = höchster Wert"}
    rank = f"{rank} ({order[view.layer.text.direction]})"
    if view.layer.text.additive and kreis > 0:
        return f"Das sind {number(100 * row['value'] / kreis, 1)} % des Landkreises; {rank}."
    if pd.isna(kreis):
        return f"{rank}; ein Kreiswert ist nicht bekannt."
    return f"Das ist {_compare(row['value'], kreis)} im Landkreis: {_kreis_text(view)}; {rank}."


def _compare(value: float, kreis: float) -> str:
    if abs(value - kreis) <= SAME_SHARE * abs(kreis):
        return "etwa so viel wie"
    return "mehr als" if value > kreis else "weniger als"


def _facility_sentence(atlas: Atlas, view: MapView, area: str) -> str:
    key, level = view.layer.key, view.layer.level
    category_id = "haltestelle" if key.id == "haltestelle" else key.category
    if not category_id:
        return f"Gebietsstand ist der {view.layer.text.gebietsstand}, Datenstand: {view.layer.text.stand}."
    category = atlas.data.categories[category_id]
    rows = atlas.inputs.facilities
    count = int(((rows["category"] == category_id) & (rows[level] == area)).sum())
    recorded = _counted(count, category.name, category.plural)
    for other in category.also_by:
        also = int(((rows["category"] == other) & (rows[level] == area)).sum())
        recorded += f", dazu {_counted(also, *_names(other))}" if also else ""
    if not category.completeness.usable:
        return f"Erfasst: {recorded}; der Bestand ist unvollständig, es kann mehr geben."
    nearest = nearest_outside(atlas.inputs, category_id, area, level)
    return f"Erfasst im Gebiet: {recorded}.{nearest}"


def _names(category_id: str) -> tuple[str, str]:
    category = catalog.categories()[category_id]
    return category.name, category.plural


def _counted(count: int, one: str, many: str) -> str:
    if not count:
        return f"keine Einrichtung der Art „{one}“"
    return f"{number(count)} {one if count == 1 else many}"


@lru_cache(maxsize=8192)
def nearest_outside(inputs: Inputs, category: str, area: str, level: str) -> str:
    """Return a sentence on the facility outside ``area`` that is nearest to where its people live."""
    points, rows = inputs.points, inputs.facilities
    here = points[points[level] == area]
    kinds = [category, *catalog.categories()[category].also_by]
    there = rows[rows["category"].isin(kinds) & (rows[level] != area) & rows["x"].notna()]
    if here.empty or there.empty:
        return ""
    weight = here["people"] / here["people"].sum()
    x, y = float((here["x"] * weight).sum()), float((here["y"] * weight).sum())
    metres = ((there["x"] - x) ** 2 + (there["y"] - y) ** 2) ** 0.5
    best = there.loc[metres.idxmin()]
    name, place = str(best["name"]), str(best["place"] or "")
    where = name if not place or place in name else f"{name}, {place}"
    return (
        f" Nächste außerhalb: {where} (Luftlinie {number(metres.min() / 1000, 1)} km vom Schwerpunkt der Bevölkerung)."
    )
