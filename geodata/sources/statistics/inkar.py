"""INKAR (BBSR): the online export, the complete package and lists made from them, as figures of a Reading.

Proven by public files and programs: the online export as CSV (`;`, a head of Kennziffer, Raumeinheit, Aggregat and one
column per indicator and year, the years in the line below, values like "34,8" and "1.560"); as a workbook with the same
two lines on the sheet "Daten"; the package, whose head has no Kuerzel in 2021 and one since 2024, whose keys of Kreise
lost their zero in 2021 and end in 000 since 2024, and which lists one indicator under several Bereiche. Comma-separated
lists with a decimal point are not official. Not proven: how the export names Länder and Germany, and that a file says
its Gebietsstand. The Excel export of 2021 to 2023 lies in public as .xls, which is refused with advice.

A key is padded with a lost zero only because its Aggregat says how long it is. Other Aggregate (Raumordnungsregionen,
Kreistypen) are left out. A zero is a zero here: in single years INKAR writes 0 where data are missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from geodata.model import GeoDataError, State
from geodata.sources.statistics.gisd import (
    HEAD_LINES,
    OLD_EXCEL,
    YEAR,
    Line,
    association_key,
    begins_with,
    digits_of,
    fitted,
    in_a_land,
    merge_problems,
    parts_of,
    readable,
    settle,
)
from geodata.sources.statistics.reading import Reading, RowProblem, as_rows, read_figure

FORM = "inkar"
MAX_BYTES = 300_000_000  # a larger file is read for one Kreis only
LEVELS: Mapping[str, str] = {
    "gemeinden": "gemeinde",
    "gemeinde": "gemeinde",
    "verbandsfreie gemeinde": "gemeinde",
    "gemeindeverbände (verwaltungsgemeinschaft)": "verband",
    "gemeindeverbände": "verband",
    "gemeindeverband": "verband",
    "kreise": "kreis",
    "kreis": "kreis",
    "landkreis": "kreis",
    "krsfr. stadt": "kreis",
    "kreisfreie stadt": "kreis",
    "bundesländer": "land",
    "bundesland": "land",
    "land": "land",
    "bund": "bund",
    "deutschland": "bund",
}
WIDTHS = {"gemeinde": 8, "kreis": 5, "land": 2}
IDS = (  # heads of key, name, level and, where a column says it, the year
    ("kennziffer", "raumeinheit", "aggregat"),
    ("kennziffer", "name", "raumbezug", "zeitbezug"),
    ("schluessel", "name", "aggregat", "jahr"),
    ("id", "name", "agg", "jahr"),
)
STAND = re.compile(r"Gebietsstand\D{0,40}(\d{2})\.(\d{2})\.(\d{4})")
NOTHING = ("", "-", ",", "NA", "NaN")
ADVICE = "Abhilfe: in INKAR eine Tabelle als CSV oder XLSX exportieren und sie unverändert angeben."


@dataclass(frozen=True)
class Columns:
    """Where in a line what stands; ``period`` and ``item`` are None where the head of a column says it."""

    key: int
    name: int
    level: int
    period: int | None
    item: int | None
    values: tuple[int, ...]


@dataclass
class Table:
    """What a sheet says, as it is collected: lines below the head, years by column, Aggregate that are left out."""

    columns: Columns
    head: list[str]
    sheet: str
    decimal: str
    years: dict[int, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    other: Counter[str] = field(default_factory=Counter)
    problems: list[RowProblem] = field(default_factory=list)

    def complain(self, number: int, rule: str, found: str, remedy: str) -> None:
        """Add a problem of a line."""
        self.problems.append(RowProblem(f"{self.place}Zeile {number}", rule, found, remedy))

    @property
    def place(self) -> str:
        """What stands before the number of a line in messages and rows."""
        return f"Blatt {self.sheet}, " if self.sheet else ""


def recognises(path: Path) -> bool:
    """Return True where the head of a file is one of INKAR's; never raises."""
    try:
        with path.open("rb") as file:
            start = file.read(1_000_000)
    except OSError:
        return False
    if start.startswith(OLD_EXCEL):
        return all(word in start for word in (b"Kennziffer", b"Raumeinheit", b"Aggregat"))
    return begins_with(path, columns_of, ";,")


def read(path: Path, *, kreis: str = "") -> Reading:
    """Return the figures of an INKAR file, years as periods, or raise GeoDataError where it cannot be read at all.

    ``kreis``: five digits, keeps that Kreis, the Länder and Germany; only so the complete package can be read.
    """
    with readable(path, ADVICE):
        if path.stat().st_size > MAX_BYTES and not kreis:
            raise GeoDataError(f"über {MAX_BYTES // 10**6} MB; nur für den eigenen Kreis einlesen")
        table = _table(path, kreis)
        frame = settle(as_rows(_figures(table)), table.problems)
        frame = frame[frame["key"].str.startswith(kreis) | (frame["key"].str.len() == 2)]
        if frame.empty and not table.problems:
            found = ", ".join(f"'{name}'" for name, _ in table.other.most_common(3)) or "keine Zeile"
            raise GeoDataError(f"nichts zu Gemeinden, Kreisen, Ländern oder Bund, gefunden {found}")
    items = frame["item"].unique()
    title = f"INKAR: {items[0]}" if len(items) == 1 else f"INKAR: {len(items)} Indikatoren"
    stand = next((f"{match[3]}-{match[2]}-{match[1]}" for match in map(STAND.search, table.notes) if match), "")
    rows = frame.reset_index(drop=True)
    return Reading(rows, FORM, title, gebietsstand=stand, problems=merge_problems(table.problems))


def columns_of(head: Sequence[Any]) -> Columns | None:
    """Return where in a head what stands, None where it is no head of INKAR."""
    words = [digits_of(cell).casefold() for cell in head]
    ids = next((ids for ids in IDS if all(words.count(word) == 1 for word in ids)), None)
    if ids is None:
        return None
    key, name, level, *period = (words.index(word) for word in ids)
    item = next((words.index(word) for word in ("kuerzel", "indikator") if word in words), None)
    if period and item is not None and "wert" in words:
        return Columns(key, name, level, period[0], item, (words.index("wert"),))
    values = tuple(at for at in range(len(words)) if at not in (key, name, level, *period))
    if not values or item is not None or "wert" in words:
        return None
    return Columns(key, name, level, period[0] if period else None, None, values)


def key_of(level: str, key: str) -> str | None:
    """Return the digits of an area of a level of LEVELS, None where the key cannot be one.

    >>> key_of("kreis", "1051"), key_of("kreis", "08435000"), key_of("gemeinde", "16063"), key_of("bund", "D")
    ('01051', '08435', None, 'DG')
    """
    if level == "bund":
        return "DG"
    if level == "verband":
        return association_key(key)
    width = WIDTHS[level]
    if len(key) in (7, 8) and not key.zfill(8)[width:].strip("0"):
        return in_a_land(key.zfill(8)[:width])
    return in_a_land(key.zfill(width)) if len(key) in (width - 1, width) else None


def _table(path: Path, kreis: str) -> Table:
    """Return the sheet "Daten", else the first one with a head, else the text file; remarks of all sheets with it."""
    separator, parts = parts_of(path, columns_of, ";,")
    tables: list[Table] = []
    notes: list[str] = []
    for sheet, lines in parts:
        for _, cells in islice(lines, HEAD_LINES):
            if columns_of(cells) is not None:
                below = list(islice(lines, 1))
                tables.append(_empty(cells, below if sheet else [], sheet, "." if separator == "," else ","))
                _collect(tables[-1], chain(below, lines), kreis)
                break
            notes.extend(map(digits_of, cells))
        notes.extend(digits_of(cell) for _, cells in islice(lines, 500) for cell in cells)
    if not tables:
        raise GeoDataError("kein Blatt beginnt mit Kennziffer, Raumeinheit, Aggregat")
    table = next((table for table in tables if table.sheet == "Daten"), tables[0])
    table.notes.extend(notes)
    return table


def _empty(cells: Sequence[Any], below: list[Line], sheet: str, decimal: str) -> Table:
    """Return a table with its head, as wide as the line ``below``: a sheet ends a line with its last full cell."""
    width = max([len(cells), *(len(line) for _, line in below)])
    head = [*map(digits_of, cells), *[""] * (width - len(cells))]
    columns = columns_of(head)
    assert columns is not None
    return Table(columns, head, sheet, decimal)


def _collect(table: Table, lines: Iterator[Line], kreis: str) -> None:
    """Fill a table with the lines below its head that are of a known level (and of a Kreis, unless it is empty)."""
    columns, width, short = table.columns, len(table.head), kreis.lstrip("0")
    for number, cells in lines:
        row = fitted(cells, width, padded=bool(table.sheet))
        aggregate = digits_of(row[columns.level]) if row is not None else ""
        level = LEVELS.get(aggregate.casefold())
        if row is None or not aggregate:
            _note(table, number, cells, row)
        elif level is None:
            table.other[aggregate] += 1
        elif level in ("land", "bund") or digits_of(row[columns.key]).startswith((kreis, short)):
            table.lines.append((number, row))


def _note(table: Table, number: int, cells: Sequence[Any], row: Sequence[Any] | None) -> None:
    """Keep what a line without an Aggregat says: nothing, a remark, years or units below the head, or a problem."""
    texts = [text for text in map(digits_of, cells) if text]
    columns = table.columns
    if columns.period is None and row is not None and not digits_of(row[columns.key]) and not table.lines:
        for at in columns.values:
            if not YEAR.fullmatch(table.years.get(at, "")):
                table.years[at] = digits_of(row[at]) or table.years.get(at, "")
    elif len(texts) == 1 and not texts[0].isdigit():
        table.notes.extend(texts)
    elif texts:
        rule = "Aggregat fehlt" if row is not None else f"{len(cells)} statt {len(table.head)} Felder"
        table.complain(number, rule, "; ".join(texts)[:60], "die Zeile wie in INKAR herstellen")


def _items(table: Table) -> dict[int, str]:
    """Return the indicator of each column of values; in an export only of those with a year below.

    In a workbook the name may stand once above several years: an empty head repeats the one before it.
    """
    items, item = {}, ""
    for at in table.columns.values:
        item = table.head[at] or item
        year = table.years.get(at, "")
        if table.columns.period is not None or YEAR.fullmatch(year):
            items[at] = item
        elif table.head[at] or year:
            place = f"{table.place}Spalte {at + 1}"
            table.problems.append(RowProblem(place, f"'{item}' ohne Jahr", year, "vierstelliges Jahr unter den Kopf"))
    if not items:
        raise GeoDataError("unter den Indikatoren steht kein Jahr")
    return items


def _figures(table: Table) -> Iterator[tuple[Any, ...]]:
    """Yield records in the order of READING_COLUMNS; cell by cell, because each may have a problem of its own."""
    columns, items = table.columns, _items(table)
    area_of = cache(lambda aggregate, key: key_of(LEVELS[aggregate.casefold()], key))
    figure_of = cache(lambda _, cell: _figure(cell, table))
    for number, row in table.lines:
        aggregate, raw = digits_of(row[columns.level]), digits_of(row[columns.key])
        area = area_of(aggregate, raw)
        if area is None:
            remedy = "Kennziffer als Text mit allen Ziffern speichern"
            table.complain(number, "Kennziffer passt nicht zum Aggregat", f"{raw} ({aggregate})", remedy)
            continue
        for at, head in items.items():
            period = table.years[at] if columns.period is None else digits_of(row[columns.period])
            item = head if columns.item is None else digits_of(row[columns.item])
            figure = figure_of(type(row[at]).__name__, row[at])
            if not YEAR.fullmatch(period) or not item:
                table.complain(number, "Jahr oder Indikator fehlt", f"{item} {period}".strip(), "beides eintragen")
            elif figure is None:
                sign = "Dezimalkomma" if table.decimal == "," else "Dezimalpunkt"
                table.complain(number, f"{item} ist keine Zahl mit {sign}", digits_of(row[at]), "Wert berichtigen")
            else:
                yield f"{table.place}Zeile {number}", area, digits_of(row[columns.name]), period, item, *figure


def _figure(cell: Any, table: Table) -> tuple[float, State] | None:
    """Return number and state of a cell; only the online export groups thousands."""
    if isinstance(cell, str) and cell.strip() in NOTHING:
        return float("nan"), State.MISSING
    other = "." if table.decimal == "," else ","
    grouped = table.columns.period is None and table.decimal == ","
    if isinstance(cell, str) and other in cell and not grouped and any(map(str.isdigit, cell)):
        return None
    return read_figure(cell, decimal=table.decimal)
