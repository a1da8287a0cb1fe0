"""The state of a page as a query string and back; wrong parts fall back to the default with a notice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode

from geodata import catalog

MAX_QUERY = 4000
MAX_TEXT = 100
TOO_LONG = "Die Adresse ist zu lang und wurde nicht ausgewertet."
State = TypeVar("State")
Parsers = Mapping[str, Callable[[str], object]]


def to_query(state: Any) -> str:
    """Return the query string of a frozen dataclass without the parts that are the default."""
    default = type(state)()
    parts = {}
    for field in fields(state):
        value = getattr(state, field.name)
        if value != getattr(default, field.name):
            parts[field.name] = ",".join(value) if isinstance(value, tuple) else str(value)
    return urlencode(parts)


def read_query(query: str, default: State, parsers: Parsers) -> tuple[State, list[str]]:
    """Return the state in ``query`` and one German notice for every part that could not be used."""
    if len(query) > MAX_QUERY:
        return default, [TOO_LONG]
    return read_parts({name: texts[-1] for name, texts in parse_qs(query.lstrip("?")).items()}, default, parsers)


def read_parts(given: Mapping[str, object], default: State, parsers: Parsers) -> tuple[State, list[str]]:
    """Return the state made of named parts (from the URL or from controls) and the notices on bad ones."""
    chosen: dict[str, object] = {}
    notices = []
    for name, parse in parsers.items():
        value = given.get(name)
        if value is None:
            continue
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        try:
            chosen[name] = parse(text)
        except ValueError:
            notices.append(f"Die Angabe „{name}={text[:40]}“ ist unbekannt; gezeigt wird die Voreinstellung.")
    return replace(default, **chosen), notices  # type: ignore[type-var]


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return a parser for one of ``allowed``."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return parse


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a parser for a whole number from ``low`` to ``high``."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high):
            raise ValueError(text)
        return int(text)

    return parse


def matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    """Return a parser for a text that is empty or matches ``pattern``."""

    def parse(text: str) -> str:
        if text and not pattern.fullmatch(text):
            raise ValueError(text)
        return text

    return parse


def categories(text: str) -> tuple[str, ...]:
    """Return the facility categories named in ``text``, separated by commas."""
    names = [name for name in text.split(",") if name]
    if any(name not in catalog.categories() for name in names):
        raise ValueError(text)
    return tuple(dict.fromkeys(names))


def names(pattern: re.Pattern[str], most: int) -> Callable[[str], tuple[str, ...]]:
    """Return a parser for at most ``most`` different names that match ``pattern``, separated by commas."""

    def parse(text: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(name for name in text.split(",") if name))
        if len(found) > most or not all(pattern.fullmatch(name) for name in found):
            raise ValueError(text)
        return found

    return parse


def short_text(text: str) -> str:
    """Return a printable text of at most 100 characters."""
    if len(text) > MAX_TEXT or not text.isprintable():
        raise ValueError(text)
    return text
