"""What a statistical file holds, as text or as rows of cells, and the rules that all its figures follow."""

from __future__ import annotations

import csv
import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from geodata.model import GeoDataError
from geodata.sources.statistics.reading import RowProblem

LIMIT_BYTES = 200_000_000  # of a table in a ZIP, unpacked; those of Germany have 6 million
IDENTITY = ["key", "period", "item"]
UNREADABLE = (  # what a broken file makes zipfile, csv and the decoders raise
    OSError,
    ValueError,
    RuntimeError,
    KeyError,
    EOFError,
    struct.error,
    csv.Error,
    zipfile.BadZipFile,
    zlib.error,
)


def decoded(data: bytes) -> str:
    """Return bytes as text: UTF-8, else Latin, or CP850 where bytes stand that only it uses for umlauts.

    >>> [decoded("Vögel".encode(name)) for name in ("utf-8-sig", "cp1252", "cp850")]
    ['Vögel', 'Vögel', 'Vögel']
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.end == len(data):  # cut off within a character
            return data[: error.start].decode("utf-8-sig")
    dos = sum(data.count(sign.encode("cp850")) for sign in "äöüÄÖÜ")
    latin = sum(data.count(sign.encode("latin-1")) for sign in "äöüÄÖÜß")
    return data.decode("cp850" if dos > latin else "latin-1")


def read_text(path: Path) -> str:
    """Return the text of a file, or raise for one that is none: cut off, of another program, in UTF-16."""
    data = path.read_bytes() if path.is_file() else None
    if data is None:
        raise GeoDataError(f"{path}: fehlt. Abhilfe: die Datei dort ablegen.")
    if data.startswith(b"PK"):
        raise unreadable(path.name, "das ZIP oder die Arbeitsmappe ist unvollständig")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise unreadable(path.name, "Arbeitsmappe im alten Format, in Excel als .xlsx speichern")
    if b"\0" in data:
        raise unreadable(path.name, "kein Text in UTF-8 oder Latin-1")
    return decoded(data)


def unreadable(place: str, why: str) -> GeoDataError:
    """Return the error for a file that is no table at all."""
    return GeoDataError(f"{place}: nicht lesbar, {why}. Abhilfe: die amtliche Datei neu laden, unverändert.")


def sheet_names(path: Path) -> list[str]:
    """Return the names of the sheets of a workbook, nothing for any other file."""
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return []
        with archive.open("xl/workbook.xml") as file:
            start = file.read(1_000_000).decode("utf-8", "replace")
    return [html.unescape(name) for name in re.findall(r'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"', start)]


def sheet_rows(path: Path, sheet: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a sheet as tuples of values, each as long as it is filled; raise ValueError if it is broken."""
    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
            cells = book[sheet]
            cells.reset_dimensions()  # some programs write a wrong size, then rows would be cut
            for row in cells.iter_rows(values_only=True):
                yield tuple(row)
    except (AttributeError, LookupError, SyntaxError, TypeError) as error:
        raise ValueError(f"die Arbeitsmappe ist beschädigt ({error})") from error


def head_of(text: str) -> list[str]:
    """Return the column names of a delimited table.

    >>> head_of('ags;"name"\\n1;a,b,c'), head_of("ags,name")
    (['ags', 'name'], ['ags', 'name'])
    """
    first = text.split("\n", 1)[0].strip("\r")
    return [name.strip() for name in next(csv.reader([first], delimiter=separator(text)), [])]


def separator(text: str) -> str:
    """Return which of ; , and tab parts the first line."""
    return max(";,\t", key=text.split("\n", 1)[0].count)


def table_records(text: str, problems: list[RowProblem]) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of a delimited table by column name; ``problems`` grows by rows with too many or few fields."""
    head, sep = head_of(text), separator(text)
    reader = csv.reader(io.StringIO(text), delimiter=sep)
    next(reader, None)
    records = []
    for cells in reader:
        if len(cells) == len(head):
            records.append((f"Zeile {reader.line_num}", dict(zip(head, cells, strict=True))))
        elif any(cell.strip() for cell in cells):
            rule = f"{len(cells)} statt {len(head)} Felder"
            problems.append(RowProblem(f"Zeile {reader.line_num}", rule, cells[0][:30], f"Trennzeichen „{sep}“ prüfen"))
    return records


def decimal_sign(cells: Sequence[str], sep: str) -> str:
    """Return the decimal sign of a column: a comma where one stands, a point where it can be nothing else.

    >>> decimal_sign(["1,5", "2"], ";"), decimal_sign(["1.5"], ";"), decimal_sign(["1.234"], ";")
    (',', '.', ',')
    >>> decimal_sign(["1.234"], ","), decimal_sign(["1,5"], ",")
    ('.', ',')
    """
    if any(re.search(r",\d{1,2}$", cell.strip()) for cell in cells):
        return ","
    pointed = any(re.search(r"\.(\d{1,2}|\d{4,})$", cell.strip()) for cell in cells)
    return "." if pointed or sep == "," else ","


def is_day(text: str) -> bool:
    """Return whether a text is an ISO day.

    >>> is_day("2022-12-31"), is_day("2022-02-30"), is_day("20221231")
    (True, False, False)
    """
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def sound_rows(rows: pd.DataFrame, problems: list[RowProblem]) -> pd.DataFrame:
    """Return the rows of a Reading without negative and repeated figures; ``problems`` grows by them.

    Of figures that repeat the same value the first one stays; of those that contradict each other, none.
    """
    negative = rows["value"] < 0
    for row, item, value in rows.loc[negative, ["row", "item", "value"]].itertuples(index=False):
        problems.append(
            RowProblem(row, f"{item} ist negativ", f"{value:g}", "Zahl ab 0 oder ein Zeichen der Statistik")
        )
    rows = rows[~negative].reset_index(drop=True)
    again = rows.duplicated(IDENTITY)
    if not again.any():
        return rows
    every = rows.duplicated(IDENTITY, keep=False)
    values = rows[every].groupby(IDENTITY)["value"].transform("nunique", dropna=False)
    clash = (values > 1).reindex(rows.index, fill_value=False)
    for row, key, name, contradicts in _repeats(rows, again | clash, clash):
        rule = "Schlüssel mehrfach" + (" mit verschiedenen Werten" if contradicts else "")
        problems.append(RowProblem(row, rule, f"{key} {name}", "die Zeile behalten, die gilt, die andere löschen"))
    return rows[~(again | clash)].reset_index(drop=True)


def _repeats(rows: pd.DataFrame, bad: pd.Series, clash: pd.Series) -> Iterator[tuple[str, str, str, bool]]:
    """Yield row, key, name and whether it contradicts another one, once for each row of the file."""
    first = rows[bad].drop_duplicates("row")
    yield from zip(first["row"], first["key"], first["name"], clash[first.index], strict=True)


def require_rows(place: str, rows: pd.DataFrame, problems: list[RowProblem]) -> None:
    """Raise where a file has no readable figure; the message tells the first problem."""
    if rows.empty:
        first = problems[0].text() if problems else "Abhilfe: die amtliche Datei unverändert angeben."
        more = f" (und {len(problems) - 1} weitere Zeilen)" if len(problems) > 1 else ""
        raise GeoDataError(f"{place}: keine Zahl lesbar. {first}{more}")
