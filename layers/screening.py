"""Areas that meet conditions joined by UND and ODER: as data, as text for a URL, as a German sentence.

The text: conditions such as ``BEV09.gt.30`` (lt, le, gt, ge; ``<``, ``<=``, ``>``, ``>=`` are read too), joined by
``~`` (UND) or ``!`` (ODER), one level of brackets: ``(BEV09.gt.30!BEV03.lt.-5)~minuten.hausarzt.pkw.gt.20``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import count
from typing import Literal

import numpy as np
import pandas as pd

from geodata.model import GeoDataError
from layers.german import number, printed

Join = Literal["und", "oder"]
SIGNS: Mapping[Join, str] = {"und": "~", "oder": "!"}
OPERATORS = {"lt": "unter", "le": "höchstens", "gt": "über", "ge": "mindestens"}
WRITTEN = {"<=": "le", ">=": "ge", "≤": "le", "≥": "ge", "<": "lt", ">": "gt"}
COMPARE = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}
LONGEST = 2_000
TOKEN = re.compile(r"\([^()]*\)|[^()~!]+|[()~!]")
CONDITION = re.compile(
    r"(?P<indicator>[A-Za-z]\w*(?:\.\w+)*?)(?:\.(?P<word>lt|le|gt|ge)\.|(?P<sign>[<>]=?|[≤≥]))"
    r"(?P<value>-?\d{1,12}(?:[.,]\d{1,12})?)",
    re.ASCII,
)


class Hit(StrEnum):
    """Whether an area meets the conditions; unknown where a value that would decide is not there."""

    YES = "trifft zu"
    NO = "trifft nicht zu"
    UNKNOWN = "unbekannt"


HITS = np.array([Hit.NO, Hit.UNKNOWN, Hit.YES], dtype=object)


@dataclass(frozen=True)
class Condition:
    """``indicator`` compared with ``value``; ``op`` is a key of OPERATORS."""

    indicator: str
    op: str
    value: float


@dataclass(frozen=True)
class Group:
    """At least two conditions in brackets, joined the other way than the screen around them."""

    join: Join
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Screen:
    """Conditions and groups of them, all of which ("und") or any of which ("oder") an area has to meet."""

    join: Join
    parts: tuple[Condition | Group, ...]

    def __str__(self) -> str:
        return SIGNS[self.join].join(_written(part) for part in self.parts)


@dataclass(frozen=True)
class Wording:
    """What an indicator is called, its unit and the decimals it is shown with."""

    name: str
    unit: str = ""
    decimals: int = 1


@dataclass(frozen=True, eq=False)
class Screened:
    """``of``: Hit per area; the counts, ``n`` of all areas; ``sentence`` says conditions and counts in German."""

    of: pd.Series
    hits: int
    misses: int
    unknown: int
    n: int
    sentence: str


def conditions_of(screen: Screen) -> tuple[Condition, ...]:
    """Return all conditions in the order of the text."""
    groups = [part.conditions if isinstance(part, Group) else (part,) for part in screen.parts]
    return tuple(condition for group in groups for condition in group)


def parse_screen(text: str, known: Collection[str] | None = None) -> Screen:
    """Return the screen written in ``text``; raise GeoDataError that names all its problems in German.

    ``known``: the indicators that may be asked for.

    >>> str(parse_screen("BEV09>30~minuten.hausarzt.pkw>=20,5"))
    'BEV09.gt.30~minuten.hausarzt.pkw.ge.20.5'
    """
    if len(text) > LONGEST:
        raise GeoDataError(_problem("Text", "zu lang", f"{text[:20]} …", f"höchstens {LONGEST} Zeichen"))
    problems: list[str] = []
    join, items = _items(re.sub(r"\s", "", text), problems)
    places = count(1)
    groups = [_group(item, places, problems) for item in items]
    asked = {condition.indicator: None for _, conditions in groups for condition in conditions}
    if known is not None:
        problems += [_unknown(name) for name in asked if name not in known]
    if problems:
        raise GeoDataError(" ".join(problems))
    return _assembled(join, groups)


def _items(text: str, problems: list[str]) -> tuple[Join, list[str]]:
    """Return how the items of one level are joined, and the items."""
    tokens = TOKEN.findall(text)
    items, signs = tokens[::2], tokens[1::2]
    known = set(SIGNS.values())
    if not len(tokens) % 2 or known & {*items} or {*signs} - known or {"(", ")", "()"} & {*items}:
        remedy = "zwischen zwei Bedingungen genau ein ~ (UND) oder ! (ODER), Klammern nur eine Ebene tief"
        problems.append(_problem("Text", "Bedingungen und Zeichen passen nicht zusammen", text, remedy))
        return "und", []
    if len(set(signs)) > 1:
        remedy = "zusammengehörige Bedingungen in Klammern setzen"
        problems.append(_problem("Text", "UND und ODER auf einer Ebene sind mehrdeutig", text, remedy))
    return ("oder" if SIGNS["oder"] in signs else "und"), items


def _group(item: str, places: Iterator[int], problems: list[str]) -> tuple[Join, tuple[Condition, ...]]:
    join, items = _items(item[1:-1], problems) if item.startswith("(") else ("und", [item])
    read = [_condition(each, next(places), problems) for each in items]
    return join, tuple(condition for condition in read if condition)


def _condition(text: str, place: int, problems: list[str]) -> Condition | None:
    match = CONDITION.fullmatch(text)
    if match:
        value = float(match["value"].replace(",", "."))
        return Condition(match["indicator"], match["word"] or WRITTEN[match["sign"]], value)
    remedy = "Kennzahl, Vergleich (gt, ge, lt, le) und Zahl angeben, zum Beispiel BEV09.gt.30"
    problems.append(_problem(f"Bedingung {place}", "nicht lesbar", text, remedy))
    return None


def _problem(place: str, rule: str, found: str, remedy: str) -> str:
    return f"{place}: {rule}, gefunden '{found}'. Abhilfe: {remedy}."


def _unknown(name: str) -> str:
    return _problem("Kennzahl", "nicht bekannt", name, "eine der angebotenen Kennzahlen wählen")


def _assembled(join: Join, groups: list[tuple[Join, tuple[Condition, ...]]]) -> Screen:
    """Return the screen without brackets that change nothing."""
    if len(groups) == 1:
        return Screen(*groups[0])
    parts: list[Condition | Group] = []
    for inner, conditions in groups:
        parts += conditions if inner == join or len(conditions) == 1 else [Group(inner, conditions)]
    return Screen(join, tuple(parts))


def _written(part: Condition | Group) -> str:
    if isinstance(part, Group):
        return f"({SIGNS[part.join].join(_written(condition) for condition in part.conditions)})"
    return f"{part.indicator}.{part.op}.{np.format_float_positional(part.value, trim='-')}"


def screen(values: pd.DataFrame, expression: Screen, *, wording: Mapping[str, Wording] | None = None) -> Screened:
    """Return which areas meet ``expression``, in Kleene's three-valued logic.

    A missing or suppressed value (NaN) neither meets nor fails its condition; the area is unknown unless the other
    conditions decide. With ``wording`` values are compared as they are printed, so that no list contradicts itself.
    """
    asked = conditions_of(expression)
    absent = dict.fromkeys(condition.indicator for condition in asked if condition.indicator not in values)
    if absent or not asked:
        raise GeoDataError(" ".join(map(_unknown, absent)) or "Keine Bedingung. Abhilfe: eine Bedingung angeben.")
    truth = _joined(expression.join, [_truth(values, part, wording or {}) for part in expression.parts])
    of = pd.Series(HITS[(2 * truth).astype(int)], index=values.index, dtype=object)
    hits, misses = int((truth == 1).sum()), int((truth == 0).sum())
    unknown = len(of) - hits - misses
    sentence = (
        f"{describe_screen(expression, wording)}: Treffer in {number(hits)} von {number(len(of))} Gebieten, "
        f"kein Treffer in {number(misses)}, unbekannt (Wert fehlt oder ist geheim) in {number(unknown)}."
    )
    return Screened(of, hits, misses, unknown, len(of), sentence)


def _truth(values: pd.DataFrame, part: Condition | Group, wording: Mapping[str, Wording]) -> np.ndarray:
    """Return 1 where ``part`` is met, 0 where not, 0.5 where unknown."""
    if isinstance(part, Group):
        return _joined(part.join, [_truth(values, condition, wording) for condition in part.conditions])
    given = values[part.indicator].astype(float)
    shown = printed(given, wording[part.indicator].decimals) if part.indicator in wording else given
    return np.where(shown.isna(), 0.5, COMPARE[part.op](shown.to_numpy(), part.value))


def _joined(join: Join, truths: list[np.ndarray]) -> np.ndarray:
    """Return Kleene's AND (the least) or OR (the greatest) of truths in 0, 0.5, 1."""
    stack = np.vstack(truths)
    return np.asarray(stack.min(axis=0) if join == "und" else stack.max(axis=0))


def describe_screen(expression: Screen, wording: Mapping[str, Wording] | None = None) -> str:
    """Return the conditions in German.

    >>> words = {"BEV09": Wording("Anteil ab 75", "%"), "min": Wording("Minuten zum Hausarzt")}
    >>> describe_screen(parse_screen("BEV09.gt.30~min.gt.20"), words)
    'Anteil ab 75 über 30 % UND Minuten zum Hausarzt über 20'
    """
    return _worded(expression.join, expression.parts, wording or {})


def _worded(join: Join, parts: Iterable[Condition | Group], wording: Mapping[str, Wording]) -> str:
    said = []
    for part in parts:
        if isinstance(part, Group):
            said.append(f"({_worded(part.join, part.conditions, wording)})")
            continue
        words = wording.get(part.indicator, Wording(part.indicator))
        decimals = max(0, -int(Decimal(repr(float(part.value))).normalize().as_tuple().exponent))
        said.append(f"{words.name} {OPERATORS[part.op]} {number(part.value, decimals)} {words.unit}".strip())
    return f" {join.upper()} ".join(said)
