"""Sheets of official workbooks and CSV files: opened, looked through for a publisher, cells as text."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from geodata.model import GeoDataError

OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SCANNED = 4_000_000  # bytes of texts that are searched for the publisher
FAR = re.compile(
    rb' r="(?:[A-Z]{3}|[A-Z]{1,2}\d{6}|[A-Z]{2}[5-9]\d{4}")'
)  # cells that would make a sheet of 35 million
MAX_BYTES = 500_000_000  # of a sheet, unpacked
BROKEN_ZIP = (OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)

Row = Sequence[Any]


@dataclass(frozen=True, eq=False)
class Sheet:
    """The cells of a sheet as they stand; ``merged``: (first row, first column), (last row, last column)."""

    name: str
    rows: Sequence[Row]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def place(self, row: int) -> str:
        """Return where a row (from 0) stands, for messages."""
        return f"Blatt {self.name}, Zeile {row + 1}" if self.name else f"Zeile {row + 1}"


def workbook_texts(path: Path) -> bytes:
    """Return the raw texts of a workbook, empty for anything else; never raises."""
    try:
        with path.open("rb") as file:
            start = file.read(SCANNED)
        if start[:4] != ZIP:
            return start if start[:4] == OLE else b""
        with zipfile.ZipFile(path) as archive:
            return b"".join(_members(archive))
    except BROKEN_ZIP:
        return b""


def _members(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the shared texts of a workbook, or its first sheets where the texts stand in the cells."""
    names = [name for name in archive.namelist() if re.search(r"sharedStrings\.(xml|bin)$", name)]
    sheets = sorted(name for name in archive.namelist() if re.search(r"worksheets/sheet\d+\.xml$", name))
    for name in names or sheets[:3]:
        with archive.open(name) as file:
            yield file.read(SCANNED)


def holds(texts: bytes, marks: Sequence[str]) -> bool:
    """Return True where raw texts hold one of the marks, in any encoding that workbooks use."""
    return any(mark.encode(encoding) in texts for mark in marks for encoding in ("utf-8", "cp1252", "utf-16-le"))


def read_any(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook, or a CSV file as the only one; raise GeoDataError for anything else."""
    start = _start(path)
    is_text = start[:4] not in (OLE, ZIP) and start.lstrip()[:1] != b"<"
    return [read_text_sheet(path)] if is_text else read_sheets(path)


def read_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook (XLSX, XLSB, XLS), hidden rows and sheets too, or raise GeoDataError."""
    start = _start(path)
    if start.lstrip()[:1] == b"<":
        raise GeoDataError(
            f"{path.name}: ist eine Webseite und keine Arbeitsmappe. Abhilfe: in Excel öffnen und als "
            "Arbeitsmappe (.xlsx) speichern."
        )
    if start[:4] not in (OLE, ZIP):
        raise GeoDataError(f"{path.name}: ist keine Excel-Arbeitsmappe. Abhilfe: die Datei als .xlsx angeben.")
    if start[:4] == OLE and ENCRYPTED in path.read_bytes():
        raise GeoDataError(
            f"{path.name}: ist mit einem Kennwort geschützt. Abhilfe: in Excel öffnen und ohne Kennwort speichern."
        )
    if start[:4] == ZIP and _is_huge(path):
        raise GeoDataError(
            f"{path.name}: ein Blatt ist zu groß, oder eine Zelle steht weit außerhalb der Tabelle. Abhilfe: in Excel "
            "alles rechts und unterhalb der Tabelle löschen und speichern."
        )
    try:
        return list(_sheets_of(path))
    except BaseException as error:
        if isinstance(error, (CalamineError, OSError)) or type(error).__name__ == "PanicException":
            raise GeoDataError(
                f"{path.name}: die Arbeitsmappe ist beschädigt oder unvollständig ({str(error)[:80]}). Abhilfe: neu "
                "herunterladen oder in Excel öffnen und als .xlsx speichern."
            ) from error
        raise


def _is_huge(path: Path) -> bool:
    """Return True where a sheet reaches so far that its empty cells alone would fill the memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = [name for name in archive.namelist() if re.search(r"worksheets/[^/]+\.xml$", name)]
            return any(_reaches_far(archive, name) for name in sheets)
    except BROKEN_ZIP:
        return False


def _reaches_far(archive: zipfile.ZipFile, name: str) -> bool:
    before, size = b"", 0
    with archive.open(name) as file:
        while chunk := file.read(1 << 20):
            size += len(chunk)
            if FAR.search(before + chunk) or size > MAX_BYTES:
                return True
            before = chunk[-20:]
    return False


def _sheets_of(path: Path) -> Iterator[Sheet]:
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        yield Sheet(name, sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or ())


def read_text_sheet(path: Path) -> Sheet:
    """Return a CSV file as a sheet without a name: UTF-8 or Latin-1, parted by ; or tab, else comma."""
    data = _start(path, -1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    lines = text.count("\n") + 1
    separator = next((sign for sign in ";\t" if len(re.findall(rf"^.*{sign}", text, re.M)) * 4 > lines), ",")
    try:
        return Sheet("", list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)))
    except csv.Error as error:
        raise GeoDataError(f"{path.name}: ist keine Tabelle ({error}). Abhilfe: neu herunterladen.") from error


def _start(path: Path, size: int = 512) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise GeoDataError(
            f"{path.name}: kann nicht gelesen werden ({error.strerror}). Abhilfe: Pfad prüfen."
        ) from error


def text_of(cell: object) -> str:
    """Return a cell as one line: broken words joined, a whole number without decimals, a day as ISO.

    >>> text_of("Wahl-\\nberechtigte  "), text_of(2023.0), text_of(None)
    ('Wahlberechtigte', '2023', '')
    """
    if isinstance(cell, str):
        joined = re.sub(r"-\s*\n\s*(?=[a-zäöüß])(?!und |oder |bzw)", "", cell) if "\n" in cell else cell
        return " ".join(joined.split())
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else cell.isoformat()[:10] if isinstance(cell, date) else str(cell)
