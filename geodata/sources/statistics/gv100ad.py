"""The Gemeindeverzeichnis as the fixed-width data set GV100AD, plain or in the ZIP of the Statistisches Bundesamt.

Proven on the real editions of 30.09. and 30.11.2021: every record is 220 characters long; with the positions of FIELDS
the 32 Gemeinden of 16063 sum to 159,937 people and 1,371.15 km², the official figures of 31.12.2020. Only records of
Satzart 60 hold figures. The ``Hinweise.txt`` beside the table says that people and area are of 31.12.2020 and that
the data are UTF-8. By description only (public readers): the yearly editions, those up to 31.12.2018 (``.ASC``) in ISO
8859-1. CP850 is not known of any, only told apart by its bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from geodata.model import GeoDataError, State
from geodata.sources.statistics.file_content import (
    LIMIT_BYTES,
    decoded,
    is_day,
    read_text,
    require_rows,
    sound_rows,
)
from geodata.sources.statistics.reading import Reading, RowProblem, as_rows, read_figure

FIELDS = {
    "satzart": slice(0, 2),
    "stand": slice(2, 10),
    "key": slice(10, 18),
    "name": slice(22, 72),
    "mark": slice(122, 124),  # Textkennzeichen, 60 to 67 for a Gemeinde
    "gap": slice(124, 128),
    "flaeche_ha": slice(128, 139),
    "bev": slice(139, 150),
    "bev_m": slice(150, 161),
}
ITEMS = ("flaeche_ha", "bev", "bev_m")
RECORD = re.compile(r"[1-6]0\d{8}\d{2}")
GEMEINDE = "60"
MEMBER = re.compile(r"(^|/)GV100AD[^/]*\.(txt|asc)$", re.IGNORECASE)
NOTES = re.compile(r"(^|/)Hinweis[^/]*\.txt$", re.IGNORECASE)
REFERENCE = r"angaben basieren[^.]*?Stichtag\s+(\d{2})\.(\d{2})\.(\d{4})"
WORDS = {"flaeche_ha": r"Fläche[^.]*?", "bev": "Bevölkerungs", "bev_m": "Bevölkerungs"}
CENSUS = re.compile(r"Zensus[\s-]*(?:vom 9\. Mai )?(2011|2022)", re.IGNORECASE)
START_BYTES = 4_000


def is_gv100ad(path: Path) -> bool:
    """Return whether a file, or the table in a ZIP, starts with a record of GV100AD."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return any(MEMBER.search(name) for name in archive.namelist())
    with path.open("rb") as file:
        start = decoded(file.read(START_BYTES)).splitlines()
    return bool(start) and bool(RECORD.match(start[0])) and len(start[0]) >= FIELDS["mark"].stop


def read_gv100ad(path: Path) -> Reading:
    """Return area (``flaeche_ha``), people (``bev``) and males (``bev_m``) of every Gemeinde.

    The record names the Gebietsstand only. The day of the figures is that of ``Hinweise.txt`` in the ZIP. Without it
    an edition of 31.12. is read as the yearly one, whose figures are of that day; any other edition is refused, as its
    figures are older than its areas.
    """
    text, notes = _texts(path)
    lines = [(n, line) for n, line in enumerate(re.split("\r?\n", text), 1) if line.strip()]
    stand = _stand(path.name, [line for _, line in lines])
    problems: list[RowProblem] = []
    days = _days(path.name, stand, notes)
    assumed = not _named_day(notes, "bev")
    rows = sound_rows(as_rows(_figures(lines, stand, days, problems)), problems)
    require_rows(path.name, rows, problems)
    return Reading(
        rows,
        "gemeindeverzeichnis",
        f"Gemeindeverzeichnis GV100AD, Gebietsstand {german_day(stand)}{', als Jahresausgabe gelesen' * assumed}",
        table="GV100AD",
        gebietsstand=stand,
        basis=_basis(days["bev"], stand, notes, assumed=assumed),
        problems=tuple(problems),
    )


def basis_of(day: str, *, yearly: bool) -> str:
    """Return on which census the people of a day rest where the day leaves no doubt, else nothing.

    - 31.12.2012 to 31.12.2021: Zensus 2011; figures on the Zensus 2022 begin with its own day, 15.05.2022.
    - 31.12.2022 and 31.12.2023 exist on both. A yearly edition (``yearly``: the areas are of the same day) was made
      before the figures on the Zensus 2022: 159,539 people in 16063 at the end of 2022 and 159,201 a year later,
      against 156,674 counted on 15.05.2022.
    - 31.12.2011 is left open: public notes on the edition differ. From 31.12.2024 on: Zensus 2022.

    >>> basis_of("2021-12-31", yearly=False), basis_of("2023-12-31", yearly=True), basis_of("2024-12-31", yearly=True)
    ('Zensus 2011', 'Zensus 2011', 'Zensus 2022')
    >>> basis_of("2023-12-31", yearly=False), basis_of("2011-12-31", yearly=True), basis_of("2021-06-30", yearly=True)
    ('', '', '')
    """
    if not re.fullmatch(r"\d{4}-12-31", day) or int(day[:4]) < 2012:
        return ""
    if int(day[:4]) >= 2024:
        return "Zensus 2022"
    return "Zensus 2011" if yearly or int(day[:4]) <= 2021 else ""


def german_day(iso: str) -> str:
    """Return a day as it is written in German.

    >>> german_day("2021-12-31")
    '31.12.2021'
    """
    return ".".join(reversed(iso.split("-")))


def _texts(path: Path) -> tuple[str, str]:
    """Return the table and the notes that lie beside it in the ZIP."""
    if not zipfile.is_zipfile(path):
        return read_text(path), ""
    with zipfile.ZipFile(path) as archive:
        table = [entry for entry in archive.infolist() if MEMBER.search(entry.filename)]
        notes = [entry for entry in archive.infolist() if NOTES.search(entry.filename)]
        if len(table) != 1 or any(entry.file_size > LIMIT_BYTES for entry in (*table, *notes)):
            raise GeoDataError(
                f"{path.name}: das ZIP muss genau eine Datei GV100AD_….txt enthalten. Abhilfe: das ZIP des "
                "Statistischen Bundesamts unverändert angeben."
            )
        return decoded(archive.read(table[0])), "\n".join(decoded(archive.read(entry)) for entry in notes)


def _stand(place: str, lines: list[str]) -> str:
    """Return the Gebietsstand of the records as an ISO day."""
    records = {line[FIELDS["stand"]] for line in lines if RECORD.match(line)}
    days = {day for day in (f"{stand[:4]}-{stand[4:6]}-{stand[6:]}" for stand in records) if is_day(day)}
    if len(days) != 1:
        found = ", ".join(sorted(days)) or (lines[0][:30] if lines else "leere Datei")
        raise GeoDataError(
            f"{place}: kein einheitlicher Gebietsstand an den Stellen 3 bis 10, gefunden '{found}'. Abhilfe: die Datei "
            "GV100AD unverändert angeben, mit allen Leerzeichen."
        )
    return days.pop()


def _named_day(notes: str, item: str) -> str:
    """Return the day that the notes name for an item, empty where they name none."""
    named = re.search(WORDS[item] + REFERENCE, notes)
    return "-".join(reversed(named.groups())) if named else ""


def _days(place: str, stand: str, notes: str) -> dict[str, str]:
    """Return the day of each item."""
    days = {item: _named_day(notes, item) for item in ITEMS}
    if not all(days.values()) and not stand.endswith("-12-31"):
        raise GeoDataError(
            f"{place}: der Stichtag der Einwohnerzahlen steht nicht dabei, er ist älter als der Gebietsstand "
            f"{german_day(stand)}. Abhilfe: das ZIP unverändert angeben (mit Hinweise.txt) oder die Jahresausgabe."
        )
    return {item: day or stand for item, day in days.items()}


def _basis(day: str, stand: str, notes: str, *, assumed: bool) -> str:
    """Return the census of the people; where their day is ``assumed``, only if the quarterly edition has the same."""
    named = set(CENSUS.findall(notes))
    if len(named) == 1:
        return f"Zensus {named.pop()}"
    basis = basis_of(day, yearly=day == stand)
    if not assumed or day[:4] in ("2022", "2023"):  # quarterly editions of these two were on the Zensus 2011 as well
        return basis
    return basis if basis_of(f"{int(day[:4]) - 1}-12-31", yearly=False) == basis else ""


def _figures(
    lines: list[tuple[int, str]], stand: str, days: dict[str, str], problems: list[RowProblem]
) -> Iterator[tuple[str, str, str, str, str, float, str]]:
    wanted = stand.replace("-", "")
    for number, line in lines:
        row = f"Zeile {number}"
        if not RECORD.match(line) or line[FIELDS["stand"]] != wanted:
            remedy = "die Zeile unverändert aus der amtlichen Datei übernehmen"
            problems.append(RowProblem(row, "kein Datensatz dieses GV100AD", line[:30].strip(), remedy))
        elif line.startswith(GEMEINDE):
            if broken := _broken(line):
                remedy = "die Zeile unverändert übernehmen, Leerzeichen zählen mit"
                problems.append(RowProblem(row, *broken, remedy))
                continue
            for item in ITEMS:
                value, state = read_figure(line[FIELDS[item]]) or (float("nan"), State.MISSING)
                yield row, line[FIELDS["key"]], line[FIELDS["name"]].strip(), days[item], item, value, state


def _broken(line: str) -> tuple[str, str] | None:
    """Return what is wrong with the record of a Gemeinde and what was found; None where it is sound."""
    field = {name: line[place] for name, place in FIELDS.items()}
    if not re.fullmatch(r"\d{8}", field["key"]):
        return "Gemeindeschlüssel an den Stellen 11 bis 18 hat nicht 8 Ziffern", field["key"]
    if not re.fullmatch(r"6\d {4}", field["mark"] + field["gap"]):
        return "Spalten verschoben: an den Stellen 123 und 124 steht kein Textkennzeichen 60 bis 69", line[118:132]
    for item in ITEMS:
        if not re.fullmatch(r"\d{11}| {11}", field[item]):
            place = f"{FIELDS[item].start + 1} bis {FIELDS[item].stop}"
            return f"an den Stellen {place} steht keine Zahl mit 11 Ziffern", field[item]
    if int(field["bev_m"].strip() or 0) > int(field["bev"].strip() or 0):
        return "mehr Männer als Einwohner, Spalten verschoben", f"{field['bev_m']} > {field['bev']}"
    return None
