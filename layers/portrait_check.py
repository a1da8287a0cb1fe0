"""Before planners publish a sentence: does it say a number that the public must not see?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from geodata import catalog
from layers.german import number
from layers.portrait import value_at
from layers.statistics import Statistics

NUMBER = re.compile(r"\d+(?:\.\d{3})*(?:,\d+)?")
WORD = re.compile(r"[^\W\d]{6,}")
KEY = re.compile(r"\b[A-Z]{3}\d\d\b")
STEM = 6
COMMON = frozenset({"anteil", "einwoh", "mensch", "bevölk", "person", "quote", "wohnun", "kinder", "famili"})


@dataclass(frozen=True)
class HiddenNumber:
    """A number of an area that only planners see: as printed and as cases, with words that name what is counted."""

    indicator: str
    name: str
    year: str
    shown: str
    cases: str
    stems: frozenset[str]


def hidden_numbers(intern: Statistics, public: Statistics, level: str, area: str) -> list[HiddenNumber]:
    """Return the numbers of an area that ``intern`` has and ``public`` has not, of all indicators and years."""
    found = []
    for key in catalog.indicators():
        for year in intern.periods(key):
            known, seen = (each.table(level, key, year) for each in (intern, public))
            if known is None or not value_at(known, area).known:
                continue
            if seen is None or not value_at(seen, area).known:
                found.append(_hidden(key, year, pd.Series(known.loc[area])))
    return found


def _hidden(key: str, year: str, row: pd.Series) -> HiddenNumber:
    indicator = catalog.indicators()[key]
    cases = float(row["value"]) * float(row["base"]) / (indicator.factor or 1.0)
    shown = number(float(row["value"]), indicator.decimals)
    return HiddenNumber(
        key,
        indicator.name,
        year,
        shown,
        "" if pd.isna(cases) else number(cases),
        stems(indicator.name, indicator.numerator),
    )


def stems(*texts: str) -> frozenset[str]:
    """Return the beginnings of the telling words in some texts.

    >>> sorted(stems("Arbeitslosenanteil", "Arbeitslose von 15 bis 24 Jahren"))
    ['arbeit', 'jahren']
    """
    return frozenset(word[:STEM].casefold() for text in texts for word in WORD.findall(text)) - COMMON


def told(text: str, numbers: Iterable[HiddenNumber]) -> list[HiddenNumber]:
    """Return which hidden numbers a text tells: the figure as printed, or its cases beside a word for them.

    A help and no proof: what is written out in words or rounded differently is not found.
    """
    said, words = set(NUMBER.findall(text)), stems(text)
    keys = set(KEY.findall(text))
    return [
        hidden
        for hidden in numbers
        if (hidden.stems & words or hidden.indicator in keys) and {hidden.shown, hidden.cases} & said
    ]
