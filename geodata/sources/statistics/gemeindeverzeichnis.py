"""People and area of the Gemeindeverzeichnis (GV-ISys): fixed width, workbook, and simple tables made from them.

Proven on real files: the fixed width (see gv100ad) and the simple tables (two made from the Gemeindeverzeichnis, and
the attributes of VG250-EW). Only by description (public readers of the editions of 2010 to 2026): the workbook
"Gemeinden in Deutschland nach Fläche, Bevölkerung und Postleitzahl" with its sheet ``Onlineprodukt_Gemeinden…`` (before
2014 ``Gemeindedaten``) and a head of several rows: Satzart, Textkennzeichen, Land, RB, Kreis, VB, Gem, Gemeindename,
Fläche km², Bevölkerung insgesamt, männlich, weiblich.

In quarterly editions people are older than the areas. The head of the workbook names their day, and since 2024 their
census; a simple table does not. So a year that repeats the people of the year before it is refused (a real table has
the 31.12.2023 as 2024: 29 of 29 unchanged Gemeinden of 16063 alike; between 2021 and 2023 it is 1 of 32).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from geodata.model import GeoDataError
from geodata.sources.statistics.file_content import (
    UNREADABLE,
    decimal_sign,
    decoded,
    head_of,
    is_day,
    read_text,
    require_rows,
    separator,
    sheet_names,
    sheet_rows,
    sound_rows,
    table_records,
    unreadable,
)
from geodata.sources.statistics.gv100ad import CENSUS, MEMBER, basis_of, german_day, is_gv100ad, read_gv100ad
from geodata.sources.statistics.reading import Reading, RowProblem, as_rows, read_figure

FORM = "gemeindeverzeichnis"
SHEET = re.compile(r"Onlineprodukt_Gemeinden|Gemeindedaten$")
HEAD_ROWS = 12
WORDS = {"flaeche": "fläche", "bev": "insgesamt", "bev_m": "männlich", "bev_w": "weiblich"}
WIDTHS = {"Land": 2, "RB": 1, "Kreis": 2, "VB": 4, "Gem": 3}
PARTS = tuple(WIDTHS)
KEYS = {"10": PARTS[:1], "40": PARTS[:3], "50": PARTS[:4], "60": (*PARTS[:3], "Gem")}
NO_KEY = ("20", "30")  # Regierungsbezirk and Region
DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
YEARLY = {"pop": "bev", "pop_m": "bev_m", "pop_w": "bev_w", "area_km2": "flaeche"}
TABLES = {  # simple tables: key, name, what else their head must have, items of their columns
    "yearly": ("ags", "name", {"year", "pop", "area_km2"}, YEARLY),
    "based": ("ags", "name", {"year", "population", "basis"}, {"population": "bev"}),
    "vg250-ew": ("AGS", "GEN", {"GF", "EWZ"}, {"EWZ": "bev", "KFL": "flaeche"}),
}
LAND = "4"  # GF of VG250: land with structure; the rest is water, where nobody lives
KEY = re.compile(r"\d{2}|\d{5}|\d{8}|\d{9}")
NAMED_DAY = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)")
SAME_AREAS, SAME_SHARE = 5, 0.9  # of how many areas how many alike make a year a repetition
START_BYTES = 4_000
NO_FIGURE = "Zahl oder ein Zeichen der Statistik eintragen (– . / ...)"
Figures = list[tuple[str, str, str, str, str, float, str]]


def recognises(path: Path) -> bool:
    """Return whether a file is one of the forms that `read` reads; never raises."""
    try:
        if zipfile.is_zipfile(path):
            return any(SHEET.match(name) for name in sheet_names(path)) or is_gv100ad(path)
        with path.open("rb") as file:
            start = decoded(file.read(START_BYTES))
        return _kind(head_of(start)) != "" or is_gv100ad(path)
    except UNREADABLE:
        return False


def read(path: Path) -> Reading:
    """Return people (``bev``, ``bev_m``, ``bev_w``) and area (``flaeche`` in km², ``flaeche_ha`` in hectares).

    Where the people of a table rest on several censuses, ``basis`` is empty and the item names it: ``bev|Zensus 2011``.
    """
    try:
        if names := sheet_names(path):
            return _read_workbook(path, names)
        if zipfile.is_zipfile(path) or MEMBER.search(path.name) or (path.is_file() and is_gv100ad(path)):
            return read_gv100ad(path)
        return _read_table(path, read_text(path))
    except GeoDataError:
        raise
    except UNREADABLE as error:
        raise unreadable(path.name, str(error)) from error


def _kind(head: Sequence[str]) -> str:
    """Return which simple table has this head, empty where none has."""
    found = (kind for kind, (key, name, needed, _) in TABLES.items() if needed | {key, name} <= set(head))
    return next(found, "")


def _read_table(path: Path, text: str) -> Reading:
    """Return the figures of a simple table; only its own columns, only land of VG250-EW."""
    kind = _kind(head_of(text))
    if not kind:
        what = "eine Webseite (HTML)" if text.lstrip()[:1] == "<" else f"'{text[:60].strip()}'"
        raise GeoDataError(
            f"{path.name}: nicht das Gemeindeverzeichnis, am Anfang steht {what if text else 'nichts'}. Abhilfe: "
            "GV100AD, die Arbeitsmappe „Auszug GV“ oder eine Tabelle mit ags, name, year, pop und area_km2 angeben."
        )
    problems: list[RowProblem] = []
    records = table_records(text, problems)
    day = _day_of_name(path) if kind == "vg250-ew" else ""
    if day:
        records = [(row, cells) for row, cells in records if cells["GF"].strip() == LAND]
    if kind == "yearly":
        records = _without_stale_years(records, problems)
    figures, bases = _table_figures(kind, records, day, separator(text), problems)
    rows = sound_rows(as_rows(figures), problems)
    require_rows(path.name, rows, problems)
    if len(bases) == 1:
        rows["item"] = rows["item"].str.split("|").str[0]
    days = set(rows["period"])
    return Reading(
        rows,
        FORM,
        "Verwaltungsgebiete mit Einwohnerzahlen (VG250-EW)" if day else "Einwohnerzahlen aus dem Gemeindeverzeichnis",
        gebietsstand=days.pop() if len(days) == 1 and kind != "based" else "",
        basis=bases.pop() if len(bases) == 1 else "",
        problems=tuple(problems),
    )


def _day_of_name(path: Path) -> str:
    """Return the day that the name of a file gives; the attributes of VG250-EW do not hold it."""
    found = NAMED_DAY.search(path.name)
    if not found or not is_day("-".join(found.groups())):
        raise GeoDataError(
            f"{path.name}: der Stichtag steht nicht in der Tabelle. Abhilfe: ihn in den Dateinamen schreiben, zum "
            "Beispiel vg250ew_20221231_gemeinden.csv."
        )
    return "-".join(found.groups())


def _without_stale_years(
    records: list[tuple[str, dict[str, str]]], problems: list[RowProblem]
) -> list[tuple[str, dict[str, str]]]:
    """Return the rows without years whose people are those of the year before, of areas that both have alike."""
    years: dict[str, dict[tuple[str, str], str]] = {}
    for _, cells in records:
        years.setdefault(cells["year"], {})[cells["ags"], cells["area_km2"]] = cells["pop"]
    stale = set()
    for before, year in pairwise(sorted(years)):
        common = years[before].keys() & years[year].keys()
        same = sum(years[before][area] == years[year][area] for area in common)
        if len(common) >= SAME_AREAS and same >= SAME_SHARE * len(common):
            stale.add(year)
            rule = f"Einwohnerzahlen wiederholen die von {before}, das ist eine Quartalsausgabe"
            remedy = f"{before} als Jahr der Einwohner führen oder die Jahresausgabe {year} verwenden"
            problems.append(RowProblem(f"Zeilen des Jahres {year}", rule, f"{same} von {len(common)} gleich", remedy))
    return [(row, cells) for row, cells in records if cells["year"] not in stale]


def _table_figures(
    kind: str, records: list[tuple[str, dict[str, str]]], day: str, sep: str, problems: list[RowProblem]
) -> tuple[Figures, set[str]]:
    """Return the figures, people with their census in the item, and all these censuses."""
    key, name, _, items = TABLES[kind]
    known = [column for column in items if records and column in records[0][1]]
    signs = {column: decimal_sign([cells[column] for _, cells in records], sep) for column in known}
    figures: Figures = []
    bases = set()
    for row, cells in records:
        year = day or cells["year"].strip()
        period = f"{year}-12-31" if re.fullmatch(r"\d{4}", year) else year
        if broken := _broken_area(cells[key].strip(), period):
            problems.append(RowProblem(row, *broken))
            continue
        basis = _table_basis(cells, kind, period)
        bases.add(basis)
        for column in known:
            item = items[column] + (f"|{basis}" if basis and items[column].startswith("bev") else "")
            if figure := read_figure(cells[column], decimal=signs[column]):
                figures.append((row, cells[key].strip(), cells[name].strip(), period, item, *figure))
            else:
                problems.append(RowProblem(row, f"{column} ist keine Zahl", cells[column], NO_FIGURE))
    return figures, bases


def _table_basis(cells: dict[str, str], kind: str, period: str) -> str:
    if kind != "based":
        return basis_of(period, yearly=True)
    found = CENSUS.search(cells["basis"])
    return f"Zensus {found[1]}" if found else ""


def _broken_area(key: str, period: str) -> tuple[str, str, str] | None:
    """Return rule, found and remedy where key or period are none."""
    if not KEY.fullmatch(key):
        return "Schlüssel hat nicht 2, 5, 8 oder 9 Ziffern", key, "als Text speichern, die führende Null gehört dazu"
    if not is_day(period):
        return "Jahr oder Tag nicht lesbar", period, "als JJJJ oder JJJJ-MM-TT schreiben"
    return None


def _read_workbook(path: Path, names: list[str]) -> Reading:
    """Return the figures of the workbook; rows below the table (notes) are passed over."""
    sheet = next((name for name in names if SHEET.match(name)), "")
    if not sheet:
        raise GeoDataError(
            f"{path.name}: kein Blatt „Onlineprodukt_Gemeinden…“, gefunden: {', '.join(names)}. Abhilfe: die "
            "Arbeitsmappe „Auszug GV“ des Statistischen Bundesamts unverändert angeben."
        )
    lines = list(sheet_rows(path, sheet))
    first = next((n for n, line in enumerate(lines) if _text(line[:1]) in (*KEYS, *NO_KEY)), len(lines))
    head = lines[max(0, first - HEAD_ROWS) : first]
    columns = _columns(path.name, head)
    stand, days = _workbook_days(path.name, head, columns, sheet)
    problems: list[RowProblem] = []
    filler = (None,) * (max(columns.values()) + 1)
    body = [(f"Blatt {sheet}, Zeile {n}", line + filler) for n, line in enumerate(lines[first:], first + 1)]
    rows = sound_rows(as_rows(_sheet_figures(body, columns, days, problems)), problems)
    require_rows(path.name, rows, problems)
    named = set(CENSUS.findall(" ".join(_text(line[columns["name"] :]) for line in head)))
    basis = f"Zensus {named.pop()}" if len(named) == 1 else basis_of(days["bev"], yearly=days["bev"] == stand)
    title = f"Gemeindeverzeichnis, Auszug, Gebietsstand {german_day(stand)}"
    return Reading(rows, FORM, title, gebietsstand=stand, basis=basis, problems=tuple(problems))


def _text(cells: Sequence[object]) -> str:
    """Return cells as one text, words joined that are parted at the end of a line."""
    joined = " ".join(str(cell) for cell in cells if cell is not None)
    return re.sub(r"\s+", " ", re.sub(r"-\s*\n\s*", "", joined)).strip()


def _columns(place: str, head: list[tuple[Any, ...]]) -> dict[str, int]:
    """Return where the parts of the key, the name and the items stand."""
    found: dict[str, int] = {}
    for column in range(max((len(line) for line in head), default=0)):
        cells = [_text(line[column : column + 1]) for line in head]
        found |= {part: column for part in WIDTHS if part in cells}
        found |= {"name": column} if any(cell.startswith("Gemeindename") for cell in cells) else {}
        text = " ".join(cells).lower()
        items = (item for item, word in WORDS.items() if word in text and item not in found and "name" in found)
        found |= {item: column for item in items if column > found["name"]}
    missing = [name for name in (*WIDTHS, "name", "flaeche", "bev") if name not in found]
    if missing:
        raise GeoDataError(
            f"{place}: im Kopf fehlen {', '.join(missing)}. Abhilfe: die Arbeitsmappe unverändert angeben, mit allen "
            "Zeilen des Kopfes."
        )
    return found


def _workbook_days(
    place: str, head: list[tuple[Any, ...]], columns: dict[str, int], sheet: str
) -> tuple[str, dict[str, str]]:
    """Return the Gebietsstand and the day of each item: as in its column, or left of it where cells are merged."""
    area = columns["flaeche"]
    title = " ".join(_text(line[:area]) for line in head)
    found = DAY.search(title) or re.search(r"(\d\d)(\d\d)((?:20)?\d\d)$", sheet)
    stand = f"{found[3] if len(found[3]) == 4 else '20' + found[3]}-{found[2]}-{found[1]}" if found else ""
    if not is_day(stand):
        raise GeoDataError(f"{place}: kein Gebietsstand im Kopf. Abhilfe: die Arbeitsmappe unverändert angeben.")
    days = {}
    for item in (item for item in WORDS if item in columns):
        dated = [DAY.search(_text(line[n : n + 1])) for n in range(columns[item], area - 1, -1) for line in head]
        day = next((f"{day[3]}-{day[2]}-{day[1]}" for day in dated if day), "")
        days[item] = day or (stand if stand.endswith("-12-31") and "Quartal" not in title else "")
    days["flaeche"] = days["flaeche"] or days["bev"]
    if not all(days.values()):
        raise GeoDataError(
            f"{place}: der Stichtag der Einwohnerzahlen fehlt im Kopf. Abhilfe: die Arbeitsmappe unverändert angeben."
        )
    return stand, days


def _sheet_figures(
    body: list[tuple[str, tuple[Any, ...]]], columns: dict[str, int], days: dict[str, str], problems: list[RowProblem]
) -> Figures:
    figures: Figures = []
    for row, line in body:
        kind, cells = _text(line[:1]), {item: line[columns[item]] for item in days}
        filled = any(cell is not None for cell in cells.values())
        if kind in NO_KEY or not (filled or kind == "60"):
            continue
        parts = [_text((line[columns[part]],)) for part in KEYS.get(kind, ())]
        if kind not in KEYS or [len(p) for p in parts if p.isdigit()] != [WIDTHS[part] for part in KEYS[kind]]:
            remedy = "Satzart und Schlüssel als Text speichern, die führende Null gehört dazu"
            problems.append(RowProblem(row, "Satzart oder Schlüssel nicht lesbar", " ".join([kind, *parts]), remedy))
            continue
        for item, cell in cells.items():
            if figure := read_figure(cell):
                figures.append((row, "".join(parts), _text((line[columns["name"]],)), days[item], item, *figure))
            else:
                problems.append(RowProblem(row, f"{item} ist keine Zahl", str(cell), NO_FIGURE))
    return figures
