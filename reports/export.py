"""Files from tables: CSV, XLSX and GeoPackage that say the same, with the same bytes for the same table."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

ENCODING = "utf-8-sig"  # with byte order mark: Excel then reads umlauts
FORMULA = re.compile(r"^[=+\-@\t\r]")
PLAIN_NUMBER = re.compile(r"^-[\d.,]+( [\w%²]+)*$")
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MAX_CELL = 32_767
STAMP = "2000-01-01T00:00:00Z"  # in the place of the clock, so that the same table gives the same file
LONGEST, SHORTEST, HEADER_FILL = 60, 8, "FFE8EDF5"
_gdal_lock = Lock()


@dataclass(frozen=True)
class Column:
    """One column: ``name`` in files for machines, ``title`` in the workbook, decimals if it is a number."""

    name: str
    title: str
    decimals: int | None = None


def guard(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula (OWASP CSV injection); numbers stay.

    >>> guard("=1+1"), guard("-3,2 %"), guard("-1+1|cmd"), guard("AWO")
    ("'=1+1", '-3,2 %', "'-1+1|cmd", 'AWO')
    """
    clean = ILLEGAL.sub("", text)
    return f"'{clean}" if FORMULA.match(clean) and not PLAIN_NUMBER.match(clean) else clean


def to_csv(table: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    """Return the table with ``;`` and decimal comma; what is missing stays empty."""
    shown = pd.DataFrame({column.name: table[column.name].map(_csv_cell) for column in columns})
    text = shown.to_csv(sep=";", index=False, lineterminator="\r\n")
    return text.encode(ENCODING)


def _csv_cell(value: object) -> str:
    if _is_missing(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "ja" if value else "nein"
    if isinstance(value, float | np.floating):
        return f"{round(float(value), 6):f}".rstrip("0").rstrip(".").replace(".", ",")
    return guard(str(value))


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float | np.floating) and bool(np.isnan(value)))


def to_gpkg(
    shapes: gpd.GeoSeries,
    table: pd.DataFrame,
    columns: Sequence[Column],
    layer: str,
    facts: Sequence[tuple[str, str]],
) -> bytes:
    """Return a GeoPackage with the table on its shapes and a second table "hinweise" with the facts."""
    frame = gpd.GeoDataFrame(table[[column.name for column in columns]], geometry=shapes.to_numpy(), crs=shapes.crs)
    notes = pd.DataFrame(facts, columns=["angabe", "inhalt"])
    with _gdal_lock, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ausgabe.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
        try:
            pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG")
            pyogrio.write_dataframe(notes, path, layer="hinweise", driver="GPKG", append=True)
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return path.read_bytes()


def to_xlsx(
    title: str, table: pd.DataFrame, columns: Sequence[Column], notes: Mapping[str, Sequence[Sequence[str]]]
) -> bytes:
    """Return a workbook: the table on a sheet ``title``, the notes (heading to rows) on a second one."""
    from openpyxl import Workbook

    book = Workbook()
    _fill_table(book.active, title, table, columns)
    _fill_notes(book.create_sheet("Quellen und Hinweise"), notes)
    target = io.BytesIO()
    book.save(target)
    return _without_clock(target.getvalue())


def _fill_table(sheet: Worksheet, title: str, table: pd.DataFrame, columns: Sequence[Column]) -> None:
    from openpyxl.utils import get_column_letter

    sheet.title = title
    for place, column in enumerate(columns, start=1):
        values = [_sheet_value(value) for value in table[column.name]]
        _write(sheet.cell(1, place), column.title)
        for row, value in enumerate(values, start=2):
            cell = _write(sheet.cell(row, place), value)
            if column.decimals is not None:
                cell.number_format = f"#,##0.{'0' * column.decimals}".rstrip(".")
        longest = max(len(str(value)) for value in (column.title, *values))
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, SHORTEST), LONGEST)
    _style_header(sheet, len(columns))
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions


def _style_header(sheet: Worksheet, count: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for place in range(1, count + 1):
        cell = sheet.cell(1, place)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=HEADER_FILL)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _fill_notes(sheet: Worksheet, notes: Mapping[str, Sequence[Sequence[str]]]) -> None:
    from openpyxl.styles import Alignment, Font

    for letter, size in zip("ABCDEF", (30, 70, 40, 40, 40, 14), strict=True):
        sheet.column_dimensions[letter].width = size
    row = 1
    for heading, lines in notes.items():
        _write(sheet.cell(row, 1), heading).font = Font(bold=True, size=13)
        row += 1
        for line in lines:
            for place, text in enumerate(line, start=1):
                cell = _write(sheet.cell(row, place), _sheet_value(text))
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            row += 1
        row += 1


def _write(cell: Cell, value: object) -> Cell:
    """Put a value into a cell; text is always text, never a formula or an error value."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _sheet_value(value: object) -> object:
    if _is_missing(value) or value == "":
        return None
    if isinstance(value, bool | np.bool_):
        return "ja" if value else "nein"
    if isinstance(value, float | np.floating | int | np.integer):
        return int(value) if float(value).is_integer() else float(value)
    return guard(str(value))[:MAX_CELL]


def _without_clock(workbook: bytes) -> bytes:
    """Return the workbook with fixed dates in its properties and its archive."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            body = old.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^<]*", STAMP.encode(), body)
            new.writestr(zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return target.getvalue()
