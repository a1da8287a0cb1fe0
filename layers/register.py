"""The register of facilities: which rows fit a filter, and what each row lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geodata import catalog
from layers.inputs import COARSE

WHEELCHAIR_WORDS = {"yes": "stufenlos", "limited": "teilweise", "no": "nicht stufenlos", "": "unbekannt"}
PRECISION_WORDS = {
    "address": "Anschrift",
    "stop": "Haltestelle oder Straße",
    "place": "nur Ort",
    "municipality": "nur Gemeinde",
}
FILTERED = ["category", "name", "place", "street", "operator", "ags", "wheelchair", "precision"]
LACKING = {
    "operator": "Träger",
    "street": "Anschrift",
    "capacity": "Kapazität",
    "wheelchair": "Stufenlosigkeit",
    "seen": "Jahr der Quelle",
}


def filter_facilities(
    facilities: pd.DataFrame,
    *,
    handlungsfeld: str = "",
    categories: tuple[str, ...] = (),
    ags: str = "",
    operator: str = "",
    wheelchair: str | None = None,
    precision: str = "",
    search: str = "",
) -> pd.DataFrame:
    """Return the facilities inside the Kreis that fit every given part, by category and name.

    Stops are listed only when their category is asked for. ``wheelchair`` "" asks for unknown ones, None for all.
    ``search`` looks for all its words in name, place, street, operator and category.
    """
    rows = pd.DataFrame(facilities.loc[facilities["inside"], FILTERED])
    keep = rows["category"].isin(categories) if categories else rows["category"] != "haltestelle"
    if handlungsfeld:
        in_field = [c.id for c in catalog.categories().values() if handlungsfeld in c.handlungsfelder]
        keep &= rows["category"].isin(in_field)
    for column, wanted in (("ags", ags), ("operator", operator), ("precision", precision)):
        if wanted:
            keep &= rows[column] == wanted
    if wheelchair is not None:
        keep &= rows["wheelchair"] == wheelchair
    if words := search.casefold().split():
        text = _searched_text(rows)
        for word in words:
            keep &= text.str.contains(word, regex=False)
    order = {category: i for i, category in enumerate(catalog.categories())}
    kept = rows[keep].sort_values(["category", "name"], key=lambda s: s.map(order) if s.name == "category" else s)
    return facilities.loc[kept.index]


def _searched_text(rows: pd.DataFrame) -> pd.Series:
    kinds = rows["category"].map({c.id: c.name for c in catalog.categories().values()})
    text = rows["name"] + " " + rows["place"] + " " + rows["street"] + " " + rows["operator"] + " " + kinds
    return text.str.casefold()


def lacking(row: Mapping[str, Any]) -> list[str]:
    """Return what a row does not say, in German; a stop has neither capacity nor operator nor street to give."""
    if row["category"] == "haltestelle":
        unknown = [] if row.get("source") == "fahrplan" else ["Abfahrten"]
        return ["Stufenlosigkeit", *unknown] if row["wheelchair"] == "" else unknown
    found = [word for column, word in LACKING.items() if pd.isna(row[column]) or row[column] == ""]
    return found + (["genaue Lage"] if row["precision"] in COARSE else [])
