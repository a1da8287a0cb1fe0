"""What the page of comparisons shows, before it is drawn: indicators in a year, and findings as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from geodata import catalog
from geodata.catalog import Category, Measure, Source
from layers.atlas import Atlas, Layer
from layers.describe import LayerText
from layers.german import number
from layers.inputs import modes_of
from layers.keys import IndicatorKey, parse_key
from layers.statistics import Statistics, parts_of

QUIET = frozenset({"plaetze", "minuten_median"})  # further ways to count what other measures count


@dataclass(frozen=True, eq=False)
class Figure:
    """One indicator in one year on one level; ``year`` is empty where there is one state only."""

    key: str
    layer: Layer
    year: str

    @property
    def text(self) -> LayerText:
        """The words around it."""
        return self.layer.text

    @property
    def series(self) -> pd.Series:
        """The values per area."""
        return self.layer.table["value"]

    @property
    def states(self) -> pd.Series:
        """The states per area."""
        return self.layer.table["state"]

    @property
    def label(self) -> str:
        """Its name with its year."""
        return f"{self.text.name} ({self.year})" if self.year else self.text.name

    @property
    def title(self) -> str:
        """Its name with unit and year, for axes and columns."""
        unit = f" ({self.text.unit})" if self.text.unit else ""
        return f"{self.text.name}{unit}{f', {self.year}' if self.year else ''}"


@dataclass(frozen=True)
class Field:
    """One column of a finding: its ``name`` in the table, its ``title``; ``decimals`` where it holds numbers.

    ``state`` names the column that says what kind of value it is, ``by_row`` the one with the decimals of each row,
    ``upto`` the one with the upper end of a span. ``plus``: rising numbers carry a sign; ``least``: smaller numbers
    are written as below it. ``file`` is the title in files where ``title`` alone would not tell columns apart.
    """

    name: str
    title: str
    decimals: int | None = None
    state: str = ""
    plus: bool = False
    by_row: str = ""
    upto: str = ""
    least: float = 0.0
    file: str = ""


@dataclass(frozen=True, eq=False)
class Paint:
    """A map of a finding: ``of`` (class per area, -1 none), and colour and label of each class."""

    of: pd.Series
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    texts: pd.Series
    unit: str = ""
    hatched: pd.Series | None = None


@dataclass(frozen=True, eq=False)
class Finding:
    """What a section shows: a sentence, a table (an index of areas makes them choosable), warnings, a picture.

    ``empty`` says in words why there is nothing to show; ``rows`` what is counted where rows are no areas.
    """

    title: str
    sentences: tuple[str, ...] = ()
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    fields: tuple[Field, ...] = ()
    figures: tuple[Figure, ...] = ()
    warnings: tuple[str, ...] = ()
    empty: str = ""
    chart: dict[str, Any] | None = None
    matrix: pd.DataFrame | None = None
    paint: Paint | None = None
    rows: str = "Zeilen"


def offered(atlas: Atlas, level: str) -> tuple[str, ...]:
    """Return the keys of all indicators and measures with data on a level, in the order of the catalogue."""
    return _offered(atlas, atlas.current.statistics, level)


@lru_cache(maxsize=4)
def _offered(atlas: Atlas, statistics: Statistics, level: str) -> tuple[str, ...]:
    basic = [key for key in catalog.indicators() if key in atlas.filled and _has_values(atlas, level, key)]
    return (*basic, *(str(key) for key in _measures(atlas, level)))


def _has_values(atlas: Atlas, level: str, key: str) -> bool:
    if years_of(atlas, level, key):
        return True
    parsed = parse_key(key)
    return not atlas.periods(parsed) and bool(atlas.table(level, parsed)["value"].notna().any())


def canonical(atlas: Atlas, level: str, key: str) -> str:
    """Return the full key of an indicator that has data on a level, empty for any other text."""
    if key in offered(atlas, level):
        return key
    try:
        parsed = parse_key(key)
    except KeyError:
        return ""
    known = not parsed.mode or parsed.mode in modes_of(atlas.data)
    return str(parsed) if known and _has_values(atlas, level, str(parsed)) else ""


def _measures(atlas: Atlas, level: str) -> list[IndicatorKey]:
    """Return the keys of measures with data, each for its usual mode and threshold."""
    found = []
    for measure in catalog.measures().values():
        for category in atlas.categories.values() if measure.needs_category else (None,):
            key = parse_key(f"{measure.id}.{category.id}" if category else measure.id)
            if measure.id not in QUIET and _has_data(atlas, level, measure, category, key):
                found.append(key)
    return found


def _has_data(atlas: Atlas, level: str, measure: Measure, category: Category | None, key: IndicatorKey) -> bool:
    """Return whether a measure has values; ways are not computed to find out: they have where one can go there."""
    if category and (measure.needs_mode or measure.by_ways):
        usable = category.completeness.usable and category.id != "haltestelle"
        return usable and len(atlas.inputs.supply[category.id]) > 0
    return bool(atlas.table(level, key)["value"].notna().any())


def years_of(atlas: Atlas, level: str, key: str) -> tuple[str, ...]:
    """Return the years in which an indicator has a value for any area of a level, newest first."""
    kept = _years(atlas, atlas.current.statistics, level)
    if key not in kept:
        parsed = parse_key(key)
        tables = {year: atlas.table(level, parsed, year)["value"] for year in atlas.periods(parsed)}
        kept[key] = tuple(year for year, values in tables.items() if values.notna().any())
    return kept[key]


@lru_cache(maxsize=4)
def _years(atlas: Atlas, statistics: Statistics, level: str) -> dict[str, tuple[str, ...]]:
    """Return what ``years_of`` has found so far; it goes with the statistics once others are read in."""
    return {}


def figure_of(atlas: Atlas, level: str, key: str, period: str = "") -> Figure:
    """Return an indicator in ``period``, in its newest year on the level where it has none in that one."""
    years = years_of(atlas, level, key)
    year = period if period in years else next(iter(years), "")
    return Figure(key, atlas.layer(level, parse_key(key), year or None), year)


def other_years(figures: Iterable[Figure], period: str) -> list[str]:
    """Return a notice for every figure that is shown in another year than the one asked for."""
    return [
        f"Für „{figure.text.name}“ gibt es {period} keinen Wert; gezeigt wird {figure.year}."
        for figure in figures
        if period and figure.year and figure.year != period
    ]


def parts_behind(atlas: Atlas, key: str) -> frozenset[str]:
    """Return the counts that an indicator is made of, and the kind of facility that a measure looks at."""
    known = catalog.indicators()
    if key in known:
        return parts_of(known[key], known)
    parsed = parse_key(key)
    people = {"bev"} if parsed.id in ("dichte", "versorgung", "plaetze") else set()
    return frozenset(people | ({f"Bestand: {atlas.categories[parsed.category].plural}"} if parsed.category else set()))


def sources_of(atlas: Atlas, figures: Iterable[Figure]) -> list[Source]:
    """Return the sources of all figures and of the borders, each once."""
    found = [source for figure in figures for source in figure.text.sources]
    return list({source.id: source for source in (*found, *atlas.data.sources_of("boundaries"))}.values())


def signed(value: float, decimals: int) -> str:
    """Return a number with its sign.

    >>> signed(1.25, 1), signed(-3, 0), signed(0.04, 1)
    ('+1,3', '−3', '0,0')
    """
    text = number(abs(value), decimals)
    if not any(digit in text for digit in "123456789"):
        return text
    return f"+{text}" if value > 0 else f"−{text}"
