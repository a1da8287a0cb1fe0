"""The plain table of a Fachamt: any CSV or Excel file, once it is said which column means what.

The template that needs nothing said has the columns of TEMPLATE. Every other table can be read as well: a column may
also hold one of the counts of parts.csv directly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import catalog
from geodata.catalog.formula import Node, parse
from geodata.model import GeoDataError, State
from geodata.sources.statistics.plain_table import listed, read_heads, read_table
from geodata.sources.statistics.reading import Reading, RowProblem, as_rows, read_figure
from geodata.sources.statistics.sheets import text_of

FORM = "vorlage"
TEMPLATE = ("ags", "zeitraum", "indikator", "zaehler", "nenner", "zustand", "quelle")
NEEDED = ("ags", "zeitraum")
ROLES = ("zaehler", "nenner")
SYNONYMS = {
    "ags": ("ags", "schlüssel", "gemeindeschlüssel", "amtlicher gemeindeschlüssel", "key", "regionalschlüssel"),
    "zeitraum": ("zeitraum", "period", "periode", "jahr", "stichtag", "zeit", "datum", "year"),
    "indikator": ("indikator", "kennzahl", "kennung", "indicator"),
    "zaehler": ("zähler", "zaehler", "numerator", "anzahl", "fälle"),
    "nenner": ("nenner", "denominator", "grundgesamtheit", "basis"),
    "zustand": ("zustand", "state", "status"),
    "quelle": ("quelle", "source"),
}
GERMAN_STATES = {
    "belegt": State.MEASURED,
    "gemessen": State.MEASURED,
    "geschätzt": State.ESTIMATED,
    "vorläufig": State.PROVISIONAL,
    "berichtigt": State.REVISED,
    "genau null": State.ZERO,
    "unsicher": State.UNRELIABLE,
    "geheim": State.SUPPRESSED_PRIMARY,
    "keine angabe": State.MISSING,
    "fehlt": State.MISSING,
    "nicht sinnvoll": State.NOT_APPLICABLE,
    "reihenbruch": State.BREAK,
}
STATE_WORDS = {**GERMAN_STATES, **{str(state): state for state in State}}
WITH_NUMBER = {State.MEASURED, State.ESTIMATED, State.PROVISIONAL, State.REVISED, State.ZERO}
WITHOUT_NUMBER = {State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY, State.MISSING, State.NOT_APPLICABLE}
YEAR = r"((?:19|20)\d\d)"
PERIODS = (
    (re.compile(YEAR), r"\1"),
    (re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})\.{YEAR}"), r"\3-\2-\1"),
    (re.compile(rf"(\d{{1,2}})[./]{YEAR}"), r"\2-\1"),
    (re.compile(rf"{YEAR}-(\d\d)"), r"\1-\2"),
    (re.compile(rf"{YEAR}-(\d\d)-(\d\d)(?:[ T]00:00:00)?"), r"\1-\2-\3"),
    (re.compile(rf"{YEAR}/\d\d(?:\d\d)?"), r"\1"),
)
KEY_RULE = "ags hat nicht 8 (Gemeinde) oder 5 (Kreis) Ziffern"
KEY_REMEDY = "amtlichen Schlüssel mit allen Ziffern eintragen, Spalte als Text speichern"
PERIOD_RULE = "Zeitraum ist kein Jahr, Monat oder Tag"
PERIOD_REMEDY = "Jahr als 2023, Monat als 06.2023, Tag als 31.12.2023 eintragen"
NUMBER_REMEDY = "eine Zahl in deutscher Schreibweise (1.234,5) oder ein Zeichen der Statistik eintragen"
STATE_REMEDY = f"eines von: {', '.join(GERMAN_STATES)}"


def recognises(path: Path) -> bool:
    """Return whether a file has the columns of the template, so that nothing has to be said about it."""
    try:
        heads = read_heads(path)
    except GeoDataError:
        return False
    return {*NEEDED, "indikator", "zaehler"} <= set(propose(heads).values())


def suffices(mapping: Mapping[str, str], indicator: str = "") -> bool:
    """Return whether a table with these meanings can be read; ``indicator`` as in `read`."""
    found = set(mapping.values())
    told = "zaehler" in found and ("indikator" in found or bool(indicator))
    return found.issuperset(NEEDED) and (told or not found.isdisjoint(catalog.parts()))


def propose(heads: list[str]) -> dict[str, str]:
    """Return what the columns probably mean: head -> meaning (TEMPLATE, or a part of parts.csv).

    >>> propose(["AGS", "Jahr", "Arbeitslose", "Bemerkung"])
    {'AGS': 'ags', 'Jahr': 'zeitraum', 'Arbeitslose': 'arbeitslose'}
    """
    names = {part.name.lower(): key for key, part in catalog.parts().items()} | {key: key for key in catalog.parts()}
    meanings = {word: meaning for meaning, words in SYNONYMS.items() for word in words} | names
    found: dict[str, str] = {}
    for head in heads:
        meaning = meanings.get(head.strip().lower())
        if meaning and meaning not in found.values():
            found[head] = meaning
    return found


def read(path: Path, mapping: Mapping[str, str] | None = None, indicator: str = "") -> Reading:
    """Return the figures of a table; ``mapping``: head -> meaning, by default what `propose` says.

    ``indicator``: the one that all rows are for, where there is no column for it. What is said of the state holds for
    the numerator and for counts, not for the denominator. An empty denominator is not given, so it changes nothing.
    """
    table = read_table(path)
    chosen = {head: said for head, said in (mapping or propose(list(table.columns))).items() if head in table}
    columns = {meaning: table[head] for head, meaning in chosen.items()}
    if wrong := _what_is_wrong(columns, list(chosen.values()), indicator):
        raise GeoDataError(
            f"{path.name}: {wrong}. Gefunden: {listed(list(table.columns))}. "
            "Abhilfe: beim Einlesen sagen, welche Spalte was bedeutet, oder die Vorlage verwenden."
        )
    problems: list[RowProblem] = []
    keys = _checked(columns["ags"], _key, (KEY_RULE, KEY_REMEDY), problems)
    periods = _checked(columns["zeitraum"], _period, (PERIOD_RULE, PERIOD_REMEDY), problems)
    names = _indicators(columns, indicator, problems)
    words = columns["zustand"].map(text_of).str.lower() if "zustand" in columns else None
    rows: list[tuple[Any, ...]] = []
    for meaning, cells in columns.items():
        if meaning in ROLES or meaning in catalog.parts():
            items = meaning + "|" + names if meaning in ROLES else pd.Series(meaning, cells.index)
            where = pd.DataFrame({"key": keys, "period": periods, "item": items})
            rows += _figures(cells, where, None if meaning == "nenner" else words, problems)
    return Reading(as_rows(rows), FORM, path.stem, problems=tuple(problems))


def _what_is_wrong(columns: Mapping[str, Any], meanings: Sequence[str], indicator: str) -> str:
    """Return in German why a table cannot be read as a whole, empty where it can."""
    if missing := [name for name in NEEDED if name not in columns]:
        return f"Spalte fehlt: {', '.join(missing)}"
    if double := sorted({one for one in meanings if meanings.count(one) > 1}):
        return f"mehrere Spalten bedeuten dasselbe: {', '.join(double)}"
    roles = [role for role in ROLES if role in columns]
    if not roles and not any(one in catalog.parts() for one in columns):
        return "keine Spalte mit Zahlen"
    if roles and "indikator" not in columns and indicator not in catalog.indicators():
        return f"Kennzahl „{indicator}“ ist unbekannt" if indicator else "zu Zähler und Nenner fehlt die Kennzahl"
    return ""


def _key(text: str) -> str | None:
    """Return a key of 8, 9 or 5 digits, of 12 the 8 in it; one that lost its leading zero is not repaired by guessing.

    >>> _key("16 0 63 003"), _key("160635003003"), _key("1001000")
    ('16063003', '16063003', None)
    """
    digits = text.replace(" ", "")
    if re.fullmatch(r"\d{12}", digits, re.ASCII):
        return digits[:5] + digits[9:]
    return digits if re.fullmatch(r"\d{8}|\d{5}|\d{9}|DG", digits, re.ASCII) else None


def _period(text: str) -> str | None:
    for pattern, order in PERIODS:
        if found := pattern.fullmatch(text):
            parts = found.expand(order).split("-")
            try:
                date(*[int(part) for part in (*parts, "1", "1")[:3]])
            except ValueError:
                return None
            return "-".join(part.zfill(2) for part in parts)
    return None


def _checked(
    column: pd.Series, read_one: Callable[[str], str | None], told: tuple[str, str], problems: list[RowProblem]
) -> pd.Series:
    """Return what ``read_one`` makes of each cell, None where nothing; ``told``: rule and remedy of these."""
    texts = column.map(text_of)
    found = texts.map({text: read_one(text) for text in texts.unique()}).astype(object)
    rule, remedy = told
    problems.extend(RowProblem(str(row), rule, text, remedy) for row, text in texts[found.isna()].items())
    return found


def _indicators(columns: Mapping[str, pd.Series], indicator: str, problems: list[RowProblem]) -> pd.Series:
    """Return the indicator of every row, None where there is none."""
    if "indikator" not in columns:
        return pd.Series(indicator, columns["ags"].index, dtype=object)
    known = {key.upper(): key for key in catalog.indicators()}
    told = ("Indikator ist unbekannt", "eine Kennung wie ARB02 eintragen (Liste: Daten und Methodik)")
    return _checked(columns["indikator"], lambda text: known.get(text.upper()), told, problems)


def _figures(
    cells: pd.Series, where: pd.DataFrame, words: pd.Series | None, problems: list[RowProblem]
) -> Iterator[tuple[Any, ...]]:
    """Yield the figures of a column in the order of READING_COLUMNS; ``words``: what is said of their state."""
    plain = cells.map(_plain)
    known = {cell: read_figure(cell) for cell in set(plain)}
    said = words if words is not None else [""] * len(plain)
    columns = (where["key"], where["period"], where["item"])
    for row, cell, word, key, period, item in zip(cells.index, plain, said, *columns, strict=True):
        if cell == "" and words is None and str(item).startswith("nenner|"):
            continue
        figure, place = known[cell], str(row)
        if figure is None:
            rule = f"Wert in Spalte „{cells.name}“ ist keine Zahl"
            problems.append(RowProblem(place, rule, text_of(cell), NUMBER_REMEDY))
        elif word and word not in STATE_WORDS:
            problems.append(RowProblem(place, "Zustand ist unbekannt", word, STATE_REMEDY))
        elif (settled := _settled(*figure, STATE_WORDS.get(word))) is None:
            remedy = "Wert oder Zustand berichtigen"
            problems.append(RowProblem(place, "Zustand passt nicht zum Wert", f"{text_of(cell)}, {word}", remedy))
        elif isinstance(key, str) and isinstance(period, str) and isinstance(item, str):
            yield place, key, "", period, item, settled[0], str(settled[1])


def _plain(cell: Any) -> Any:
    """Return a cell as `read_figure` takes it: a number, or a text with the spaces that group its digits."""
    return cell.strip() if isinstance(cell, str) else cell if type(cell) in (int, float) else text_of(cell)


def _settled(value: float, state: State, said: State | None) -> tuple[float, State] | None:
    """Return number and state of a figure of which something is said; None where both contradict each other.

    >>> _settled(0.0, State.ZERO, State.MEASURED), _settled(5.0, State.MEASURED, State.ZERO)
    ((0.0, <State.ZERO: 'zero'>), None)
    >>> _settled(5.0, State.MEASURED, State.SUPPRESSED_PRIMARY), _settled(float("nan"), State.MISSING, State.MEASURED)
    ((nan, <State.SUPPRESSED_PRIMARY: 'suppressed_primary'>), (nan, <State.MISSING: 'missing'>))
    """
    if said is None or (said in WITH_NUMBER and value != value):
        return value, state
    if said in WITHOUT_NUMBER:
        return float("nan"), said
    if said is State.ZERO and value != 0:
        return None
    return value, State.ZERO if said is State.MEASURED and value == 0 else said


def template_items() -> dict[str, str]:
    """Return what the items of the template are: counts above and below the line of every indicator, and all parts.

    Where a formula adds several counts there is none to take a number; of "this or that" it is the one that is a count.
    """
    items = {key: key for key in catalog.parts()}
    for key, indicator in catalog.indicators().items():
        for role, formula in zip(ROLES, (indicator.count, indicator.per), strict=True):
            if formula and (name := _single(parse(formula))):
                items[f"{role}|{key}"] = name
        if not indicator.count:
            items[f"zaehler|{key}"] = key
    return items


def _single(node: Node) -> str:
    if node.kind == "oder":
        return next((arg.name for arg in node.args if arg.kind == "name"), "")
    return node.name if node.kind == "name" else ""
