"""Tables that somebody made: CSV or Excel, with one head and one row per area and time, as a frame."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from geodata.model import GeoDataError
from geodata.sources.statistics.sheets import BROKEN_ZIP, OLE, ZIP, Row, Sheet, read_sheets, text_of

NAMES_SHOWN = 12
COMPUTED = re.compile(rb'<(?:\w+:)?f[ >/]|<(?:\w+:)?c [^>]*t="e"')  # a formula, a cell that holds an error


def read_table(path: Path) -> pd.DataFrame:
    """Return a CSV or Excel table with the places of its rows as index, else raise GeoDataError.

    The head is the first row with two names. Sheets with the same head are read one below the other, others are not.
    """
    tables = [table for sheet in _sheets(path) if (table := _table(sheet, path.name)) is not None]
    if not tables or tables[0].empty:
        raise GeoDataError(f"{path.name}: keine Tabelle mit Kopfzeile und Daten gefunden. Abhilfe: Vorlage verwenden.")
    return pd.concat([table for table in tables if list(table.columns) == list(tables[0].columns)])


def read_heads(path: Path) -> list[str]:
    """Return the names of the columns of a table."""
    return [str(name) for name in read_table(path).columns]


def listed(names: Sequence[str]) -> str:
    """Return names one after the other, not too many of them.

    >>> listed(["ags", "jahr"]), listed([str(n) for n in range(200)])[-9:]
    ('ags, jahr', '10, 11, …')
    """
    return ", ".join([*names[:NAMES_SHOWN], *(["…"] if len(names) > NAMES_SHOWN else [])])


def is_filled(cell: Any) -> bool:
    """Return whether something stands in a cell."""
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())


def _sheets(path: Path) -> list[Sheet]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise GeoDataError(f"{path.name}: kann nicht gelesen werden. Abhilfe: Pfad prüfen.") from error
    if raw[:4] not in (OLE, ZIP):
        return [_text_sheet(raw, path.name)]
    sheets = read_sheets(path)
    if places := list(_without_result(path, sheets)):
        raise GeoDataError(
            f"{path.name}: Formel ohne Ergebnis oder mit Fehler: {listed(places)} ({len(places)} Zellen). "
            "Abhilfe: in Excel öffnen, berechnen lassen und speichern oder die Formeln durch ihre Werte ersetzen."
        )
    return sheets


def _without_result(path: Path, sheets: Sequence[Sheet]) -> Iterator[str]:
    """Yield the places of formulas and errors that have no value, so that nobody takes them for empty cells."""
    if not _computes(path):
        return
    try:
        with closing(openpyxl.load_workbook(path, read_only=True)) as book:
            for sheet in sheets:
                for n, cells in enumerate(book[sheet.name].iter_rows()):
                    row = sheet.rows[n] if n < len(sheet.rows) else []
                    yield from (f"{sheet.place(n)}, Spalte {c + 1}" for c in _open_cells(cells, row))
    except Exception as error:  # whatever that library raises, the formulas remain unknown
        raise GeoDataError(
            f"{path.name}: enthält Formeln, die sich nicht prüfen lassen. Abhilfe: durch ihre Werte ersetzen."
        ) from error


def _open_cells(cells: Iterable[Any], row: Row) -> Iterator[int]:
    """Yield the columns in which a formula or an error stands, but no value."""
    for c, cell in enumerate(cells):
        if cell.data_type in ("f", "e") and not is_filled(row[c] if c < len(row) else None):
            yield c


def _computes(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if re.search(r"worksheets/[^/]+\.xml$", name)]
            return any(COMPUTED.search(archive.read(name)) for name in names)
    except BROKEN_ZIP:
        return False


def _text_sheet(raw: bytes, name: str) -> Sheet:
    """Return a CSV file as a sheet: a row for every line, empty where a line only goes on with a quoted cell."""
    if b"\0" in raw or raw.lstrip()[:1] == b"<":
        raise GeoDataError(f"{name}: ist weder CSV-Datei noch Arbeitsmappe. Abhilfe: als .xlsx oder CSV speichern.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    sign = max(";\t,", key="\n".join(text.split("\n", 10)[:10]).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    rows: list[Row] = []
    try:
        for cells in reader:
            rows += [cells, *([[]] * (reader.line_num - len(rows) - 1))]
    except csv.Error as error:
        raise GeoDataError(
            f"{name}, Zeile {len(rows) + 1}: Anführungszeichen stimmen nicht oder die Zelle endet nicht. "
            "Abhilfe: in der Zeile berichtigen oder aus dem Tabellenprogramm neu als CSV speichern."
        ) from error
    return Sheet("", rows)


def _table(sheet: Sheet, name: str) -> pd.DataFrame | None:
    """Return head and rows of a sheet, None where it has no head; raise GeoDataError where they do not fit."""
    top = next((n for n, row in enumerate(sheet.rows) if sum(map(is_filled, row)) > 1), None)
    if top is None:
        return None
    heads = _heads(sheet.rows[top])
    if double := sorted({head for head in heads if heads.count(head) > 1}):
        raise GeoDataError(
            f"{name}, {sheet.place(top)}: mehrere Spalten heißen gleich: {listed(double)}. "
            "Abhilfe: jeder Spalte einen eigenen Namen geben."
        )
    width = len(heads)
    rows = {n: row for n, row in enumerate(sheet.rows) if n > top and any(map(is_filled, row))}
    if long := [n for n, row in rows.items() if any(map(is_filled, row[width:]))]:
        raise GeoDataError(
            f"{name}, {sheet.place(long[0])}: mehr Zellen als Spalten im Kopf ({len(rows[long[0]])} statt {width}), "
            f"so in {len(long)} Zeilen. Abhilfe: Trennzeichen prüfen (bei Zahlen mit Komma: Semikolon), Kopf ergänzen."
        )
    body = [[*row[:width], *[""] * (width - len(row))] for row in rows.values()]
    return pd.DataFrame(body, columns=heads, index=[sheet.place(n) for n in rows], dtype=object)


def _heads(row: Row) -> list[str]:
    texts = [text_of(cell) for cell in row]
    while not texts[-1]:
        texts.pop()
    return [text or f"Spalte {n}" for n, text in enumerate(texts, 1)]
