"""What a reader chose on the page of facilities; the URL holds all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qs, urlencode

import pandas as pd

from geodata import catalog
from layers.register import PRECISION_WORDS, filter_facilities

MAX_TEXT = 100
MAX_QUERY = 4000
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
    default = Filter()
    parts = {}
    for field in fields(Filter):
        value = getattr(chosen, field.name)
        if value != getattr(default, field.name):
            parts[field.name] = ",".join(value) if isinstance(value, tuple) else str(value)
    return urlencode(parts)


def read_query(query: str) -> tuple[Filter, list[str]]:
    """Return the filter in ``query`` and a notice for every part that could not be used."""
    if len(query) > MAX_QUERY:
        return Filter(), ["Die Adresse ist zu lang und wurde nicht ausgewertet."]
    return read_parts({name: texts[-1] for name, texts in parse_qs(query.lstrip("?")).items()})


def read_parts(given: Mapping[str, object]) -> tuple[Filter, list[str]]:
    """Return the filter made of named parts and a notice for every bad one."""
    chosen: dict[str, object] = {}
    notices = []
    for name, parse in PARSERS.items():
        value = given.get(name)
        if value is None:
            continue
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        try:
            chosen[name] = parse(text)
        except ValueError:
            notices.append(f"Die Angabe „{name}={text[:40]}“ ist unbekannt und wurde weggelassen.")
    return replace(Filter(), **chosen), notices  # type: ignore[arg-type]


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and text not in allowed:
            raise ValueError(text)
        return text

    return parse


def _categories(text: str) -> tuple[str, ...]:
    names = [name for name in text.split(",") if name]
    if any(name not in catalog.categories() for name in names):
        raise ValueError(text)
    return tuple(dict.fromkeys(names))


def _text(text: str) -> str:
    if len(text) > MAX_TEXT or not text.isprintable():
        raise ValueError(text)
    return text


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text)):
        raise ValueError(text)
    return int(text)


PARSERS: dict[str, Callable[[str], object]] = {
    "handlungsfeld": _one_of(*catalog.handlungsfelder()),
    "categories": _categories,
    "ags": _text,
    "operator": _text,
    "wheelchair": _one_of(*WHEELCHAIR),
    "precision": _one_of(*PRECISION_WORDS),
    "search": _text,
    "facility": _text,
    "page": _page,
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
