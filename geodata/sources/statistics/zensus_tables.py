"""Tables of the Zensus 2022 and 2011 per area: Regionaltabellen, flat CSV of the Zensusdatenbank, simple totals.

Proven on real files: the simple totals, and the head and rows of flat CSV 1000A-0001 and 1000A-1018 of the
Zensusdatenbank (UTF-8 with mark, ``;``, decimal comma, ISO day, ARS of 12 digits, shares under the same code as counts,
``value_q`` e for final). Only by description (public readers of the files of 2024 to 2026): the Regionaltabellen with
their sheets ``CSV-Einwohnerzahl``, ``CSV-Demografie``, ``CSV-Haushalte``, ``CSV-Wohnungen``, ...; first row
Berichtszeitpunkt (20220515), _RS (2, 3, 5, 9 or 12 digits), Name, Regionalebene (in Haushalte: Reg_Ebene), then codes;
and the older flat head (Statistik_Code, 1_Merkmal_Code, ``PRS018__Personen__Anzahl``).

Items: ``Wohnungen|LEQ`` (sheet and code), ``1000A|Personen (Anzahl)|GESCH1=GESM`` (statistic, value, what it is parted
by) or the column of the simple totals.

Counts of 2022 were altered one by one (cell key method): estimated, a zero too, as it may have been altered to zero.
Exact are the official population, rates as published, and the counts of 2011, which altered records before counting.
"/" has no number, "." is secret, brackets are of limited use.
"""

from __future__ import annotations

import re
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from geodata.model import GeoDataError, State
from geodata.sources.statistics.file_content import (
    LIMIT_BYTES,
    UNREADABLE,
    decimal_sign,
    decoded,
    head_of,
    read_text,
    require_rows,
    separator,
    sheet_names,
    sheet_rows,
    sound_rows,
    table_records,
    unreadable,
)
from geodata.sources.statistics.reading import Reading, RowProblem, as_rows, read_figure

FORM = "zensus"
CENSUS = {"2022-05-15": "Zensus 2022", "2011-05-09": "Zensus 2011"}
ALTERED = "2022-05-15"
SHEET = "CSV-"
KEY_HEAD = ["Berichtszeitpunkt", "_RS", "Name"]
LEVELS = {"Bund": 0, "Land": 2, "Stadtkreis": 5, "Landkreis": 5, "Kreis": 5, "Gemeindeverband": 9, "Gemeinde": 12}
VARIABLES = {"GEODL": 0, "GEOBL": 2, "GEOLK": 5, "GEOVB": 9, "GEOGM": 12, "ags5": 5, "ags8": 8}
NO_KEY = ("Regierungsbezirk", "Statistische Region", "Bezirk", "GEORB", "GEOBZ")
EXACT = {"EWZ", "population_census22"}
RATES = {"QMMIETE", "LEQ", "ETQ", "FLAECHE"}
TOTALS = {  # columns of the simple totals and whether they count; the shares by age beside them are mislabelled
    "population_census22": True,
    "total_dwellings_census22": True,
    "vacancy_rate_census22": False,
    "share_owner_occupied_census22": False,
    "avg_rent_per_m2_census22": False,
}
STATISTIC = re.compile(r"\d{4}[A-Z]")
TABLE = re.compile(r"\d{4}[A-Z]-\d{4}")
OLD_HEAD = (("Statistik_", "statistics_"), ("Merkmal_", "variable_"), ("Auspraegung_", "variable_attribute_"))
START_BYTES = 8_000
NO_FIGURE = "Zahl oder ein Zeichen der Statistik eintragen (– . / ...)"
Figures = list[tuple[str, str, str, str, str, float, str]]


def recognises(path: Path) -> bool:
    """Return whether a file is one of the forms that `read` reads; never raises."""
    try:
        if zipfile.is_zipfile(path):
            return any(name.startswith(SHEET) for name in sheet_names(path)) or _member(path) is not None
        with path.open("rb") as file:
            start = decoded(file.read(START_BYTES))
        return _is_flat(start) or _is_totals(start)
    except UNREADABLE:
        return False


def read(path: Path) -> Reading:
    """Return the figures of Bund, Länder, Kreise, Gemeindeverbände and Gemeinden; others have no key of ours."""
    try:
        if names := sheet_names(path):
            return _read_workbook(path, names)
        text = _flat_text(path)
    except GeoDataError:
        raise
    except UNREADABLE as error:
        raise unreadable(path.name, str(error)) from error
    if _is_flat(text):
        return _read_flat(path, text)
    if _is_totals(text):
        return _read_totals(path, text)
    what = "eine Webseite (HTML)" if text.lstrip()[:1] == "<" else f"'{text[:60].strip()}'"
    raise GeoDataError(
        f"{path.name}: keine Tabelle des Zensus, am Anfang steht {what if text else 'nichts'}. Abhilfe: eine "
        "Regionaltabelle (XLSX) oder aus der Zensusdatenbank „CSV (flach)“ angeben."
    )


def _is_flat(start: str) -> bool:
    lines = _modern(start).splitlines()[:2]
    code = lines[1].split(";")[0].strip('" ') if len(lines) == 2 else ""
    return lines[0].lstrip('"').startswith("statistics_") and bool(STATISTIC.fullmatch(code)) if lines else False


def _is_totals(start: str) -> bool:
    return "ags" in (head := head_of(start)) and any(column in head for column in TOTALS)


def _member(path: Path) -> zipfile.ZipInfo | None:
    """Return the one flat table in a ZIP of the Zensusdatenbank."""
    with zipfile.ZipFile(path) as archive:
        found = [e for e in archive.infolist() if TABLE.search(e.filename) and e.filename.lower().endswith(".csv")]
    return found[0] if len(found) == 1 and found[0].file_size <= LIMIT_BYTES else None


def _flat_text(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return read_text(path)
    if (member := _member(path)) is None:
        raise unreadable(path.name, "das ZIP enthält nicht genau eine Tabelle der Zensusdatenbank (…_flat.csv)")
    with zipfile.ZipFile(path) as archive:
        return decoded(archive.read(member))


def _modern(text: str) -> str:
    """Return a flat table with the head of today."""
    head, *rest = text.split("\n", 1)
    for old, new in OLD_HEAD:
        head = head.replace(old, new)
    return "\n".join([re.sub(r"\bZeit\b", "time", head.replace("_Code", "_code").replace("_Label", "_label")), *rest])


@lru_cache(maxsize=100_000, typed=True)
def _figure(cell: Any, altered: bool, decimal: str = ",") -> tuple[float, State] | None:
    """Return number and state; a measured count that was altered is an estimate."""
    if isinstance(cell, str) and re.fullmatch(r"\(\s*\)", cell.strip()):
        return float("nan"), State.UNRELIABLE
    figure = read_figure(cell, decimal=decimal)
    if figure and altered and figure[1] in (State.MEASURED, State.ZERO):
        return figure[0], State.ESTIMATED
    return figure


def area_key(code: object, width: int) -> str:
    """Return our key of an official one of ``width`` digits (0: Germany), empty where it has not so many.

    >>> area_key("160635051003", 12), area_key(16063, 5), area_key("00", 0), area_key(10010000000, 12)
    ('16063003', '16063', 'DG', '')
    """
    whole = isinstance(code, float) and code.is_integer()
    text = str(int(code)) if whole and isinstance(code, float) else str(code).strip()
    if width == 0:
        return "DG"
    if not re.fullmatch(rf"\d{{{width}}}", text):
        return ""
    return text[:5] + text[9:] if width == 12 else text


def _period(cell: object) -> str:
    """Return the day of a census, empty for any other."""
    text = re.sub(r"^(\d{4})-?(\d\d)-?(\d\d).*$", r"\1-\2-\3", str(cell).strip())
    text = re.sub(r"^(\d\d)\.(\d\d)\.(\d{4})$", r"\3-\2-\1", text)
    return text if text in CENSUS else ""


def _area(row: str, level: str, code: object, day: object, problems: list[RowProblem]) -> tuple[str, str]:
    """Return key and period of a row, both empty where it has none; ``problems`` grows by what is wrong."""
    if level.startswith(NO_KEY):
        return "", ""
    width = (LEVELS | VARIABLES).get(level[:5] if level.startswith("GEO") else level.split("/")[0], -1)
    period, key = _period(day), area_key(code, width) if width >= 0 else ""
    if width < 0:
        problems.append(RowProblem(row, "Regionalebene unbekannt", level, "die amtliche Bezeichnung stehen lassen"))
    elif not key:
        rule = f"Regionalschlüssel hat nicht {width} Ziffern"
        problems.append(RowProblem(row, rule, str(code), "als Text speichern, die führende Null gehört dazu"))
    elif not period:
        problems.append(RowProblem(row, "kein Stichtag eines Zensus", str(day), "15.05.2022 oder 09.05.2011 angeben"))
    return (key, period) if key and period else ("", "")


def _reading(path: Path, figures: Figures, problems: list[RowProblem], *, title: str, table: str = "") -> Reading:
    """Return the reading of all figures; basis and Gebietsstand where they are of one census."""
    rows = sound_rows(as_rows(figures), problems)
    require_rows(path.name, rows, problems)
    days = set(rows["period"])
    day = days.pop() if len(days) == 1 else ""
    census = CENSUS.get(day, "Zensus")
    return Reading(
        rows,
        FORM,
        f"{census}, {title}",
        table=table,
        gebietsstand=day,
        basis=CENSUS.get(day, ""),
        problems=tuple(problems),
    )


def _read_workbook(path: Path, names: list[str]) -> Reading:
    sheets = [name for name in names if name.startswith(SHEET)]
    if not sheets:
        raise GeoDataError(
            f"{path.name}: kein Blatt „CSV-…“, gefunden: {', '.join(names)}. Abhilfe: die Regionaltabelle unverändert "
            "angeben, mit allen Blättern."
        )
    figures: Figures = []
    problems: list[RowProblem] = []
    for sheet in sheets:
        _read_sheet(path, sheet, figures, problems)
    topics = ", ".join(sheet.removeprefix(SHEET) for sheet in sheets)
    return _reading(path, figures, problems, title=f"Regionaltabelle {topics}")


def _read_sheet(path: Path, sheet: str, figures: Figures, problems: list[RowProblem]) -> None:
    """Append the figures of a sheet."""
    rows = sheet_rows(path, sheet)
    head = [str(cell or "").strip() for cell in next(rows, ())]
    if head[:3] != KEY_HEAD:
        remedy = f"die erste Zeile muss mit {', '.join(KEY_HEAD)} beginnen"
        problems.append(RowProblem(f"Blatt {sheet}, Zeile 1", "Kopf unbekannt", " ".join(head[:4]), remedy))
        return
    codes = [(n, code, f"{sheet.removeprefix(SHEET)}|{code}") for n, code in enumerate(head[4:], 4) if code]
    for number, line in enumerate(rows, 2):
        row, line = f"Blatt {sheet}, Zeile {number}", line + (None,) * len(head)
        if all(cell is None for cell in line[:4]):
            continue
        key, period = _area(row, str(line[3]).strip(), line[1], line[0], problems)
        name = str(line[2] or "").strip()
        for n, code, item in codes if key else ():
            altered = period == ALTERED and code not in EXACT | RATES
            if figure := _figure(line[n], altered, "." if code in RATES and "," not in str(line[n]) else ","):
                figures.append((row, key, name, period, item, *figure))
            else:
                problems.append(RowProblem(row, f"{code} ist keine Zahl", str(line[n]), NO_FIGURE))


def _read_flat(path: Path, text: str) -> Reading:
    """Return the figures of a flat table; a row whose Merkmal is empty is the total over it."""
    text = _modern(text)
    problems: list[RowProblem] = []
    records = table_records(text, problems)
    numbers = [found[1] for name in head_of(text) if (found := re.fullmatch(r"(\d+)_variable_code", name))]
    figures: Figures = []
    for row, cells in records:
        area = next((n for n in numbers if cells[f"{n}_variable_code"].startswith("GEO")), "")
        place = f"{area}_variable_attribute_"
        code = cells.get(f"{place}code", "")
        key, period = _area(row, cells.get(f"{area}_variable_code", ""), code, cells["time"], problems)
        parted = [
            f"|{cells[f'{n}_variable_code']}={value}"
            for n in numbers
            if n != area and (value := cells[f"{n}_variable_attribute_code"].strip())
        ]
        for label, unit, cell, quality in _values(cells) if key else ():
            item = f"{cells['statistics_code']}|{label} ({unit}){''.join(parted)}"
            exact = item == "1000A|Personen (Anzahl)" and len(numbers) == 1
            figure = _figure(cell, unit == "Anzahl" and not exact and period == ALTERED)
            if figure is None:
                problems.append(RowProblem(row, f"{label} ist keine Zahl", cell, NO_FIGURE))
                continue
            state = State.UNRELIABLE if "(" in quality else figure[1]
            figures.append((row, key, cells.get(f"{place}label", "").strip(), period, item, figure[0], state))
    named = TABLE.search(path.name)
    title = records[0][1].get("statistics_label", "Zensusdatenbank") if records else "Zensusdatenbank"
    return _reading(path, figures, problems, title=title, table=named[0] if named else "")


def _values(cells: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Return what a row counts: label, unit, cell and sign of quality; one value, or all columns of the older head."""
    if "value" in cells:
        return [(cells["value_variable_label"], cells["value_unit"], cells["value"], cells.get("value_q", ""))]
    wide = [name.split("__") for name in cells if name.count("__") == 2]
    return [(p[1], p[2], cells["__".join(p)], cells.get("__".join([*p, "q"]), "")) for p in wide]


def _read_totals(path: Path, text: str) -> Reading:
    """Return the official columns of the simple totals of the Zensus 2022; its other columns are not read."""
    problems: list[RowProblem] = []
    records = table_records(text, problems)
    columns = [column for column in TOTALS if column in head_of(text)]
    signs = {column: decimal_sign([cells[column] for _, cells in records], separator(text)) for column in columns}
    figures: Figures = []
    for row, cells in records:
        level = "ags5" if len(cells["ags"].strip()) == 5 else "ags8"
        key, period = _area(row, level, cells["ags"], ALTERED, problems)
        for column in columns if key else ():
            cell = cells[column].strip()
            if figure := _figure(cell, TOTALS[column] and column not in EXACT, signs[column]):
                figures.append((row, key, cells.get("municipality_name", "").strip(), period, column, *figure))
            else:
                problems.append(RowProblem(row, f"{column} ist keine Zahl", cell, NO_FIGURE))
    return _reading(path, figures, problems, title="Gemeinden")
