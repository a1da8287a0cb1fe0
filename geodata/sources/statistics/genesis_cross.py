"""Cross tables of GENESIS: their cells one per row, heads of several lines joined to one item.

A cross table is laid out for people: the number of the table, lines of title, the statistic, where there is only one
value its name and unit ("Bevölkerungsstand (Anzahl)"), where all columns have one period that period alone in a line,
heads over the value columns, rows, a line of underscores, notes, copyright, "Stand:". Cells of a head that spans
columns are repeated, an empty one says that the column is not divided further.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import pandas as pd

from geodata.model import GeoDataError
from geodata.sources.statistics.reading import RowProblem

Line = tuple[int, list[str]]

CELL_COLUMNS = {
    "line": "line of the file, from 1",
    "key": "area as in the file",
    "name": "name of the area",
    "period": "period as in the file",
    "item": "what is counted",
    "cell": "figure as in the file",
    "quality": "quality sign beside the figure, else empty",
}
TABLE = re.compile(r"(?:GENESIS-)?Tabelle:\s*(\S+)")
STAND = re.compile(r"Stand:\s*(\d{1,2}\.\d{1,2}\.\d{4})")
CENSUS = re.compile(r"(?:Basis|Grundlage):?(?: des)? Zensus (20\d\d)")
VALUE = re.compile(r"(.+?)\s*\(([^()]+)\)")
BEFORE_PERIOD = re.compile(r"(?:Stichtag|Jahr|Schuljahr|Monat|Berichtsjahr)\s*:?\s*(?=\d)")
DAY, YEAR_MONTH, YEAR = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})"), re.compile(r"(\d{4})-(\d\d)"), re.compile(r"\d{4}")
SCHOOL_YEAR = re.compile(r"(\d{4})/(\d{4}|\d\d)")
MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni"]
MONTHS += ["Juli", "August", "September", "Oktober", "November", "Dezember"]
TIME_WORDS = {"Stichtag", "Jahr", "Jahre", "Monat", "Monate", "Schuljahr", "Berichtsjahr"}
UNITS = {"Anzahl", "Prozent", "%", "EUR", "Tsd. EUR", "Jahre", "qkm", "ha", "qm", "100 qm", "1000 qm", "Ew/qkm"}
FLAGS = {"", "e", "p", "r", "s"}
CUT_OFF = "die Tabelle noch einmal herunterladen und unverändert einlesen"


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one file before they are read: ``frame`` follows CELL_COLUMNS."""

    frame: pd.DataFrame
    table: str
    title: str
    stand: str = ""
    gebietsstand: str = ""
    basis: str = ""
    problems: tuple[RowProblem, ...] = field(default=())


@dataclass(frozen=True)
class _Layout:
    """Where things stand: ``lead`` columns of period and key, labels up to ``first``, then the value columns."""

    lead: int
    first: int
    width: int
    items: list[str]
    periods: list[str]
    quality: dict[int, int] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def read_period(text: str) -> str | None:
    """Return a period as ISO year, month or day, None where the text is none.

    >>> [read_period(t) for t in ("31.12.2021", "Jahr: 2016", "2021/22", "Dezember 2021", "2023-12-31", "1051")]
    ['2021-12-31', '2016', '2021', '2021-12', '2023-12-31', None]
    """
    text = BEFORE_PERIOD.sub("", " ".join(text.split()), count=1)
    if match := DAY.fullmatch(text):
        day, month, year = match.groups()
        return _day(f"{year}-{int(month):02}-{int(day):02}")
    if SCHOOL_YEAR.fullmatch(text):
        text = text[:4]
    if YEAR.fullmatch(text):
        return text if "1900" <= text <= "2100" else None
    if match := YEAR_MONTH.fullmatch(text):
        return text if 1 <= int(match[2]) <= 12 else None
    words = text.split(" ")
    if len(words) == 2 and (month_of := [word for word in words if word in MONTHS]):
        words.remove(month_of[0])
        return f"{words[0]}-{MONTHS.index(month_of[0]) + 1:02}" if YEAR.fullmatch(words[0]) else None
    return _day(text)


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None


def read_region(key: str) -> str | None:
    """Return a key as the project writes it, "" for an area that is passed over, None where it is none.

    >>> [read_region(key) for key in ("DG", "01051", "0723106006", "031", "0723106", "1051001")]
    ['DG', '01051', '07231006', '', '', None]
    """
    if key == "DG":
        return key
    if not (key.isdecimal() and "01" <= key[:2] <= "16"):
        return None
    if len(key) == 3 or (len(key) == 7 and key[0] == "0"):
        return ""
    if len(key) in (10, 12):
        return key[:5] + key[-3:]
    return key if len(key) in (2, 5, 8, 9) else None


def columns_differ(cells: list[str], width: int) -> str:
    """Return in German that a row does not have the columns of the head."""
    return f"die Zeile hat {len(cells)} statt {width} Spalten"


def read_cross(lines: list[Line]) -> Cells:
    """Return the cells of a cross table; raise GeoDataError where it has no table number, rows or heads."""
    end = next((at for at, (_, cells) in enumerate(lines) if cells[0].startswith("____")), None)
    body, footer = lines[:end], [] if end is None else lines[end:]
    start, lead = _first_row(body)
    before = [cells[0] for _, cells in body[:start] if cells[0] and not any(cells[1:])]
    table = TABLE.match(before[0]) if before else None
    if table is None:
        raise GeoDataError("die erste Zeile nennt keine Tabelle. Abhilfe: Kopfzeilen der Tabelle nicht löschen")
    page = read_period(before[-1]) or ""
    told = before[1:-1] if page else before[1:]
    heads = [cells for _, cells in body[:start] if any(cells[1:])]
    layout = _layout(table[1].removesuffix("-B"), told, heads, lead)
    rows, problems = _rows(body[start:], layout, page, heads)
    layout = _with_quality(layout, rows)
    if end is None:
        found = "die Zeile aus Unterstrichen und 'Stand:' fehlen am Ende, die Datei kann abgeschnitten sein"
        problems.append(RowProblem(f"Zeile {body[-1][0]}", found, "", CUT_OFF))
    notes = " ".join(" ".join(" ".join(cells) for _, cells in footer).split())
    stand = STAND.search(notes)
    named = told[:-1] if _value_line(told, heads) else told
    return Cells(
        frame=_frame(rows, layout),
        table=table[1],
        title=" ".join(named[:-1] or named).strip(" -"),
        stand=(read_period(stand[1]) or "") if stand else "",
        basis=census_basis(" ".join([*before, notes])),
        problems=(*problems, *_same_heads(layout)),
    )


def census_basis(text: str) -> str:
    """Return the census on which a text says its figures rest, empty where it names none or two.

    >>> census_basis("Berichtsjahr ab 2011: Ergebnisse auf Grundlage des Zensus 2011"), census_basis("Zensus")
    ('Zensus 2011', '')
    """
    years = sorted(set(CENSUS.findall(text)) & {"2011", "2022"})
    return f"Zensus {years[0]}" if len(years) == 1 else ""


def _first_row(body: list[Line]) -> tuple[int, int]:
    """Return the first row of figures and the number of columns before its key."""
    for at, (_, cells) in enumerate(body):
        if len(cells) > 2 and read_period(cells[0]) and _like_a_key(cells[1]):
            return at, 1
        if _like_a_key(cells[0]) and any(cells[1:]):
            return at, 0
    raise GeoDataError(
        "keine Zeile mit einem Gebietsschlüssel gefunden. Abhilfe: in der Regionaldatenbank eine Tabelle mit Gemeinden "
        "oder Kreisen abrufen und als CSV (Semikolon als Trennzeichen) speichern"
    )


def _like_a_key(text: str) -> bool:
    return text == "DG" or (text.isdecimal() and len(text) <= 12)


def _value_line(told: list[str], heads: list[list[str]]) -> re.Match[str] | None:
    """Return name and unit of the only value of a table, None where the columns have values of their own."""
    match = VALUE.fullmatch(told[-1]) if len(told) > 1 else None
    filled = [cell for cell in heads[-1] if cell] if heads else []
    return None if match and filled and set(filled) <= UNITS else match


def _layout(table: str, told: list[str], heads: list[list[str]], lead: int) -> _Layout:
    starts = [at for cells in heads for at in range(lead + 1, len(cells)) if cells[at]]
    if not starts:
        raise GeoDataError("über den Zahlen stehen keine Spaltenköpfe. Abhilfe: Kopfzeilen der Tabelle nicht löschen")
    first, width = min(starts), max(len(cells) for cells in heads)
    times: list[list[str]] = []
    texts: list[list[str]] = []
    for cells in heads:
        row = (cells + [""] * width)[first:width]
        filled = {cell for cell in row if cell}
        if all(read_period(cell) or cell in MONTHS for cell in filled):
            times.append(row)
        elif filled and not filled <= TIME_WORDS:
            texts.append(row)
    value = _value_line(told, heads)
    units = [""] * (width - first)
    if len(texts) > 1 and ({cell for cell in texts[-1] if cell} <= UNITS or (all(texts[-1]) and not value)):
        units = texts.pop()
    names = [[value[1]] if value else [] for _ in units]
    if value:
        units = [value[2]] * len(names)
    columns = [names[at] + [row[at] for row in texts if row[at]] for at in range(len(names))]
    items = [_item(table, parts, unit) for parts, unit in zip(columns, units, strict=True)]
    items = [item if not texts or any(row[at] for row in texts) else "" for at, item in enumerate(items)]
    periods = [" ".join(row[at] for row in times).strip() for at in range(len(names))]
    return _Layout(lead, first, width, items, periods)


def _item(table: str, parts: list[str], unit: str) -> str:
    """Return the item of a column; a unit other than a plain count stands behind the value."""
    parts = [part.replace("|", "/") for part in parts] or [""]
    if unit and unit != "Anzahl":
        parts[0] = f"{parts[0]} [{unit}]"
    return "|".join([table, *parts])


def _rows(
    body: list[Line], layout: _Layout, page: str, heads: list[list[str]]
) -> tuple[list[tuple[int, str, list[str]]], list[RowProblem]]:
    """Return the rows with their line and period, and those that do not have the columns of the head."""
    rows: list[tuple[int, str, list[str]]] = []
    problems: list[RowProblem] = []
    for line, cells in body:
        if not any(cells) or cells in heads:
            continue
        if not any(cells[1:]) and read_period(cells[0]):
            page = cells[0]
            continue
        while len(cells) > layout.width and not cells[-1]:
            cells = cells[:-1]
        if len(cells) != layout.width:
            rule = columns_differ(cells, layout.width)
            problems.append(RowProblem(f"Zeile {line}", rule, ";".join(cells)[:40], CUT_OFF))
            continue
        rows.append((line, cells[0] if layout.lead else page, cells))
    return rows, problems


def _with_quality(layout: _Layout, rows: list[tuple[int, str, list[str]]]) -> _Layout:
    """Return the layout with its quality columns: under the head of the column before, or none, stand only signs."""
    quality = {}
    for at in range(1, len(layout.items)):
        if at - 1 not in quality and layout.items[at] in ("", layout.items[at - 1]):
            signs = {cells[layout.first + at] for _, _, cells in rows}
            if signs <= FLAGS:
                quality[at] = at - 1
    return _Layout(layout.lead, layout.first, layout.width, layout.items, layout.periods, quality)


def _values(layout: _Layout) -> Iterator[tuple[int, int | None]]:
    """Yield the value columns whose head is their own, each with its quality column."""
    beside = {value: sign for sign, value in layout.quality.items()}
    kept = [at for at in range(len(layout.items)) if at not in layout.quality]
    named = Counter((layout.items[at], layout.periods[at]) for at in kept)
    for at in kept:
        if layout.items[at] and named[layout.items[at], layout.periods[at]] == 1:
            yield at, beside.get(at)


def _same_heads(layout: _Layout) -> list[RowProblem]:
    read = {at for at, _ in _values(layout)} | set(layout.quality)
    rule, remedy = "die Spalte hat keinen eigenen Kopf", "verbundene Kopfzellen nicht auflösen oder leeren"
    return [
        RowProblem(f"Spalte {layout.first + at + 1}", rule, layout.items[at], remedy)
        for at in range(len(layout.items))
        if at not in read
    ]


def _frame(rows: list[tuple[int, str, list[str]]], layout: _Layout) -> pd.DataFrame:
    columns = list(_values(layout))
    records: list[tuple[object, ...]] = []
    for line, period, cells in rows:
        key, labels = cells[layout.lead], cells[layout.lead + 1 : layout.first]
        more = "".join(f"|{label}" for label in labels[1:] if label)
        name = labels[0] if labels else ""
        for at, sign in columns:
            quality = "" if sign is None else cells[layout.first + sign]
            when = layout.periods[at] or period
            records.append((line, key, name, when, layout.items[at] + more, cells[layout.first + at], quality))
    return pd.DataFrame(records, columns=list(CELL_COLUMNS))
