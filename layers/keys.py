"""The key of an indicator: ``BEV01`` or ``measure.category.mode.threshold``, as in URLs and in ``Atlas.values``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from geodata import catalog

STOP_THRESHOLDS = (300, 600, 1200)


@dataclass(frozen=True)
class IndicatorKey:
    """What a map shows: a catalogue indicator, or a measure with the parts it needs (others are empty)."""

    id: str
    category: str = ""
    mode: str = ""
    threshold: int = 0

    def __str__(self) -> str:
        parts = [self.id, self.category, self.mode, str(self.threshold) if self.threshold else ""]
        return ".".join(part for part in parts if part)


def parse_key(text: str) -> IndicatorKey:
    """Return the key written in ``text`` with defaults filled in; raise KeyError where it names nothing known.

    >>> str(parse_key("minuten.krankenhaus"))
    'minuten.krankenhaus.pkw'
    >>> str(parse_key("haltestelle"))
    'haltestelle.600'
    """
    head, *parts = text.split(".")
    if head in catalog.indicators():
        if parts:
            raise KeyError(text)
        return IndicatorKey(head)
    if head not in catalog.measures():
        raise KeyError(text)
    return complete_key(_read_parts(IndicatorKey(head), parts, text))


def _read_parts(key: IndicatorKey, parts: list[str], text: str) -> IndicatorKey:
    for part in parts:
        if part in catalog.categories() and not key.category:
            key = replace(key, category=part)
        elif part in catalog.modes() and not key.mode:
            key = replace(key, mode=part)
        elif part.isascii() and part.isdigit() and len(part) <= 4 and int(part) and not key.threshold:
            key = replace(key, threshold=int(part))
        else:
            raise KeyError(text)
    return key


def complete_key(key: IndicatorKey) -> IndicatorKey:
    """Return ``key`` with the parts that its measure needs, from the catalogue, and without those it does not."""
    if key.id in catalog.indicators():
        return IndicatorKey(key.id)
    measure = catalog.measures()[key.id]
    if key.id == "haltestelle":
        return IndicatorKey("haltestelle", threshold=key.threshold or 600)
    if not measure.needs_category:
        return IndicatorKey(key.id)
    category = catalog.categories().get(key.category)
    if category is None:
        raise KeyError(f"{key.id} braucht eine Kategorie")
    mode = (key.mode or category.default_mode) if measure.needs_mode else ""
    threshold = (key.threshold or category.default_threshold) if measure.needs_threshold else 0
    return IndicatorKey(key.id, category.id, mode, threshold)
