"""What a reader chose on the page of facilities; the URL holds all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geodata import catalog
from layers.register import PRECISION_WORDS, filter_facilities
from views.components import query

WHEELCHAIR = {
    "": "alle",
    "yes": "stufenlos",
    "limited": "teilweise",
    "no": "nicht stufenlos",
    "unknown": "unbekannt",
}


@dataclass(frozen=True)
class Filter:
    """One state of the page of facilities; the defaults show all facilities without stops."""

    handlungsfeld: str = ""
    categories: tuple[str, ...] = ()
    ags: str = ""
    operator: str = ""
    wheelchair: str = ""
    precision: str = ""
    search: str = ""
    facility: str = ""
    page: int = 1


def to_query(chosen: Filter) -> str:
    """Return the query string of a filter without the parts that are the default."""
    return query.to_query(chosen)


def read_query(text: str) -> tuple[Filter, list[str]]:
    """Return the filter in a query string and a notice for every part that could not be used."""
    return query.read_query(text, Filter(), PARSERS)


def read_parts(given: Mapping[str, object]) -> tuple[Filter, list[str]]:
    """Return the filter made of named parts and a notice for every bad one."""
    return query.read_parts(given, Filter(), PARSERS)


PARSERS: query.Parsers = {
    "handlungsfeld": query.one_of("", *catalog.handlungsfelder()),
    "categories": query.categories,
    "ags": query.short_text,
    "operator": query.short_text,
    "wheelchair": query.one_of("", *WHEELCHAIR),
    "precision": query.one_of("", *PRECISION_WORDS),
    "search": query.short_text,
    "facility": query.short_text,
    "page": query.whole(1, 9999),
}


def chosen_rows(facilities: pd.DataFrame, chosen: Filter) -> pd.DataFrame:
    """Return the facilities that fit the filter."""
    wheelchair = None if not chosen.wheelchair else chosen.wheelchair.replace("unknown", "")
    return filter_facilities(
        facilities,
        handlungsfeld=chosen.handlungsfeld,
        categories=chosen.categories,
        ags=chosen.ags,
        operator=chosen.operator,
        wheelchair=wheelchair,
        precision=chosen.precision,
        search=chosen.search,
    )
