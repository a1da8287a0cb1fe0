"""Tables of the Thüringer Landesamt für Statistik: figures by Gemeinde and Kreis, CSV or workbook.

Known from real pages and from programs that read real files:
- Web tables: title, notes on the census they rest on, "Gebietsstand: 31.12.2020", rows like "Landkreis Eichsfeld",
  "Altenburg, Stadt", "VG: Leinetal", "EG: Gößnitz, Stadt"; blanks group thousands and follow a minus ("- 12 530").
- CSV export: key, name, figures, parted by ";". Keys leave out Land and Regierungsbezirk: 63003 is 16063003, 63 is
  16063.
- Gemeindebevölkerungsvorausberechnung (GG001131): years 2020 to 2040 over the columns, then the development.
- Elections (LRInfoG2024.xlsx and the like): one sheet for each Kreis, head of three lines with broken words, columns
  Satzart (K Kreis, G Gemeinde), Kreis-Nr, Gemeinde-Nr, Name, Wahlberechtigte, Wähler. The day of the election is not in
  the file, only its year; the day in it is the one of the report.

Only from descriptions: where the key stands in the exports, exports of ThOnSA (Kreise in rows, years over the columns).
Signs: ``-`` exactly zero, ``.`` unknown or secret, ``...`` later, ``x`` makes no sense, ``/`` not sure, ``()`` limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from geodata.model import GeoDataError, State
from geodata.sources.statistics.reading import Reading, RowProblem, read_figure
from geodata.sources.statistics.sheet_rows import (
    Column,
    Figure,
    columns_of,
    figures_of,
    named_day,
    settled,
    title_period,
)
from geodata.sources.statistics.sheet_tables import Table, find_table
from geodata.sources.statistics.sheets import (
    OLE,
    ZIP,
    Row,
    Sheet,
    holds,
    read_any,
    text_of,
    workbook_texts,
)

FORM = "tls"
OURS = (
    "Thüringer Landesamt für Statistik",
    "statistik.thueringen.de",
    "wahlen.thueringen.de",
    "Thüringer Landeswahlleit",
)
OTHERS = ("© Statistische Ämter", "© Statistisches Bundesamt", "© BBSR", "GENESIS-Tabelle")
ELECTIONS = ("Kreistag", "Landratswahl", "Wahl der", "Landtagswahl", "Gemeinderatswahl", "Bundestagswahl", "Europawahl")
CITIES = ("Erfurt", "Gera", "Jena", "Suhl", "Weimar")  # kreisfrei, 51 to 55; Eisenach (56) until 30.06.2021
DISTRICTS = re.split(  # Landkreise, 61 to 77
    ";",
    "Eichsfeld;Nordhausen;Wartburgkreis;Unstrut-Hainich-Kreis;Kyffhäuserkreis;Schmalkalden-Meiningen;Gotha;Sömmerda;"
    "Hildburghausen;Ilm-Kreis;Weimarer Land;Sonneberg;Saalfeld-Rudolstadt;Saale-Holzland-Kreis;Saale-Orla-Kreis;Greiz;"
    "Altenburger Land",
)
KEYS = {f"{name}, Stadt": f"160{n}" for n, name in enumerate(CITIES, 51)}
KEYS |= {f"Stadt {name}": f"160{n}" for n, name in enumerate(CITIES, 51)}
KEYS |= {name: f"160{n}" for n, name in enumerate(CITIES, 51)}
KEYS |= {name: f"160{n}" for n, name in enumerate(DISTRICTS, 61)}
KEYS |= {f"Landkreis {name}": key for name, key in KEYS.items() if key >= "16061"}
KEYS |= {"Thüringen": "16", "Freistaat Thüringen": "16", "Land Thüringen": "16", "Thüringen insgesamt": "16"}
TOPICS = (
    (r"vorausberechn|voraussichtliche bevölkerung", "Vorausberechnung"),
    (r"kreistag", "Kreistagswahl"),
    (r"gemeinderat|stadtrat", "Gemeinderatswahl"),
    (r"landrät|landrat|bürgermeister", "Wahl der Landräte und Bürgermeister"),
    (r"landtag", "Landtagswahl"),
    (r"bundestag", "Bundestagswahl"),
    (r"europa", "Europawahl"),
    (r"wander|zuzüge|fortzüge|zu- und fort", "Wanderungen"),
    (r"lebendgeborene|geborene|gestorbene|natürliche bevölkerung", "Natürliche Bevölkerungsbewegung"),
    (r"bevölkerung|einwohner", "Bevölkerung"),
)
OWN_TOPIC = re.compile(r"lebendgeborene|gestorbene|zuzüge|fortzüge|zugezogene|fortgezogene|bevölkerung|einwohner", re.I)
BASIS = (
    re.compile(r"ab dem (?:Jahr|Berichtsjahr) (?P<start>\d{4}) die Datenbasis des Zensus (?P<census>\d{4})"),
    re.compile(r"Zensus (?P<census>\d{4}) mit Stichtag [\d.]+ bildete für die Jahre (?P<start>\d{4})"),
)
KEY = re.compile(r"(\d{8}|\d{5}|\d{2,3})(?:\s+\D.*)?")
EISENACH = ("Eisenach, Stadt", "Stadt Eisenach", "Eisenach")
UNIONS = re.compile(r"(?:VG|EG)\b|Verwaltungsgemeinschaft|erfüllende Gemeinde", re.I)
NO_TABLE = (
    "keine Tabelle mit Gemeinden oder Kreisen in Zeilen und Schlüsselnummern davor. Abhilfe: beim Landesamt die "
    "Tabelle für alle Gemeinden mit Schlüsselnummer ausgeben und den CSV- oder XLS-Export unverändert angeben."
)


def recognises(path: Path) -> bool:
    """Return True for a file that names the Landesamt or its pages, or looks like one of its tables; never raises."""
    texts = workbook_texts(path) or _text_bytes(path)
    if holds(texts, OTHERS):
        return False
    ours = holds(texts, ["Thüringen"]) and holds(texts, ["Gebietsstand:"]) and not holds(texts, ["Bundesagentur"])
    election = holds(texts, ["Freistaat Thüringen"]) and holds(texts, ELECTIONS)
    return holds(texts, OURS) or ours or election


def _text_bytes(path: Path) -> bytes:
    """Return start and end of a text file, empty for a web page and for what cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(100_000)
            file.seek(max(file.tell(), file.seek(0, 2) - 20_000))
            return b"" if start[:4] in (OLE, ZIP) or start.lstrip()[:1] == b"<" else start + file.read()
    except (OSError, ValueError):
        return b""


def read(path: Path) -> Reading:
    """Return the figures of every table that has keys or the names of Kreise, or raise GeoDataError.

    An item is the topic of the table and the head of its column: ``Bevölkerung|Insgesamt``. Of a Vorausberechnung the
    figure of each later year is ``Vorausberechnung|Zieljahr``, and the one of the first year stands beside it, with the
    same period, as ``Vorausberechnung|Basisjahr``. Verwaltungsgemeinschaften are passed over.
    """
    tables = [table for sheet in map(_election, read_any(path)) if (table := find_table(sheet, key_of))]
    if not tables:
        raise GeoDataError(f"{path.name}: {NO_TABLE}")
    problems: list[RowProblem] = []
    rows = settled([row for table in tables for row in _figures(table, problems)], problems)
    if rows.empty:
        raise GeoDataError(f"{path.name}: keine Angabe lesbar. {' '.join(one.text() for one in problems[:3])}")
    lines = [text for table in tables for text in (*table.title, *table.notes)]
    number = re.search(r"\b[A-Z]{2}\d{6}\b", "\n".join(lines))
    return Reading(
        rows=rows,
        form=FORM,
        title=next((line for line in lines if topic_of([line])), lines[0] if lines else "").split(" | ")[0],
        table=number[0] if number else "",
        stand=named_day(r"erstellt am|\bStand", lines, exact=True),
        gebietsstand=named_day("Gebietsstand", lines),
        basis=_basis(lines, rows["period"].unique()),
        problems=tuple(problems),
    )


def _figures(table: Table, problems: list[RowProblem]) -> Iterator[tuple[Any, ...]]:
    topic = topic_of((*table.title, table.sheet.name)) or next(iter(table.title), table.sheet.name)
    named = title_period((*table.title, table.sheet.name))
    general = tuple({period[:4]: None for period in named}) if "wahl" in topic.lower() else named
    columns = columns_of(table, lambda head: item_of(topic, head), general, problems)
    ahead = topic == "Vorausberechnung"
    columns = _ahead(columns) if ahead else columns
    old = all(column.period < "2021-07" for column in columns)
    strange: list[RowProblem] = []
    rows = figures_of(table, columns, lambda cell: key_of(cell, old=old), _estimate_of if ahead else figure_of, strange)
    yield from (row for row in rows if not UNIONS.match(row[2]))
    problems.extend(_grouped(strange) if table.label < 0 else strange)


def _ahead(columns: list[Column]) -> list[Column]:
    """Return the columns of a projection: every later year, and the first one beside each of them."""
    first = min((column.period for column in columns), default="")
    later = [column for column in columns if column.period > first]
    starts = {column.item: column.index for column in columns if column.period == first}
    bases = [Column(starts[one.item], f"{one.item}|Basisjahr", one.period) for one in later if one.item in starts]
    return [replace(one, item=f"{one.item}|Zieljahr") for one in later] + bases


def _grouped(strange: list[RowProblem]) -> list[RowProblem]:
    """Return one problem for all rows that have a name only."""
    nameless = [one for one in strange if one.rule.startswith("Schlüssel")]
    rest = [one for one in strange if one not in nameless]
    if not nameless:
        return rest
    rule = f"Zeilen nur mit Namen, ohne Schlüsselnummer ({len(nameless)})"
    return [RowProblem(nameless[0].row, rule, nameless[0].found, "die Tabelle mit Schlüsselnummern ausgeben"), *rest]


def key_of(cell: Any, *, old: bool = False) -> str:
    """Return the key that a cell holds or names, "" where there is none.

    Names are known of the Land and its Kreise only. ``old``: from before Eisenach came to the Wartburgkreis.

    >>> key_of("63003"), key_of("16063003 Bad Salzungen"), key_of(63.0), key_of("16063"), key_of("51000")
    ('16063003', '16063003', '16063', '16063', '16051000')
    >>> key_of("Landkreis Gotha"), key_of("Gotha, Stadt"), key_of("Eisenach, Stadt", old=True), key_of("63000")
    ('16067', '', '16056', '16063')
    """
    text = text_of(cell)
    if text in KEYS or (old and text in EISENACH):
        return KEYS.get(text, "16056")
    found = KEY.fullmatch(re.sub(r"(?<=\d) (?=\d{3}\b)", "", text))
    digits = found[1] if found else ""
    if digits == "16" or (len(digits) == 8 and digits.startswith("160")):
        return digits
    short = digits.removeprefix("160") if len(digits) == 5 else digits[-2:] if len(digits) < 4 else digits
    if not "51" <= short[:2] <= "77" or (len(digits) == 3 and digits[0] != "0"):
        return ""
    return f"160{short[:2]}" if (short[2:] in ("", "000") and short[:2] > "56") or len(short) == 2 else f"160{short}"


def figure_of(cell: Any) -> Figure | None:
    """Return number and state of a cell; blanks may group thousands and follow a minus.

    >>> figure_of("- 12 530"), figure_of("1 887 517"), figure_of("-")
    ((-12530.0, <State.MEASURED: 'measured'>), (1887517.0, <State.MEASURED: 'measured'>), (0.0, <State.ZERO: 'zero'>))
    """
    if not isinstance(cell, str):
        return read_figure(cell)
    text = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", cell.strip())
    return read_figure(re.sub(r"^[-–−]\s*(?=\d)", "-", text))


def _estimate_of(cell: Any) -> Figure | None:
    figure = figure_of(cell)
    return (figure[0], State.ESTIMATED) if figure and figure[1] in (State.MEASURED, State.ZERO) else figure


def topic_of(lines: Iterable[str]) -> str:
    """Return what texts are about, "" where none of the known topics.

    >>> topic_of(["Voraussichtliche Bevölkerungsentwicklung der kreisangehörigen Gemeinden"])
    'Vorausberechnung'
    """
    text = "\n".join(lines)
    return next((topic for pattern, topic in TOPICS if re.search(pattern, text, re.I)), "")


def item_of(topic: str, head: tuple[str, ...]) -> str:
    """Return the item of a column: topic and head, the topic only where the head does not begin with one.

    >>> item_of("Bevölkerung", ("Insgesamt",)), item_of("Bevölkerung", ("Lebendgeborene insgesamt",))
    ('Bevölkerung|Insgesamt', 'Lebendgeborene|Insgesamt')
    """
    parts = head if head and OWN_TOPIC.match(head[0]) else (topic, *head)
    return "|".join(re.sub(r",? insgesamt$", "|Insgesamt", part) for part in parts if part)


def _basis(lines: Sequence[str], periods: Iterable[str]) -> str:
    """Return the census that all figures rest on as the notes say, "" where they do not or where it changes."""
    text = "\n".join(lines)
    starts = sorted({(one["start"], one["census"]) for pattern in BASIS for one in pattern.finditer(text)})
    used = {next((census for start, census in reversed(starts) if start <= period), "") for period in periods}
    return f"Zensus {used.pop()}" if len(used) == 1 and "" not in used else ""


def _election(sheet: Sheet) -> Sheet:
    """Return the sheet of an election with key and name in front; other sheets as they are.

    Only the rows of a Kreis (K) and of a Gemeinde (G) stay; what stands before the name is left out.
    """
    found = next((place for n, row in enumerate(sheet.rows[:60]) if (place := _satzart(n, row))), None)
    if found is None:
        return sheet
    first, kind, name = found
    filled = [n for n in range(first) if sum(bool(text_of(cell)) for cell in sheet.rows[n]) > 1]
    rows: list[Row] = []
    for n, row in enumerate(sheet.rows):
        if n < first:
            key = "Schlüssel" if n == max(filled, default=-1) else ""
            rows.append([key, "", *row[name + 1 :]] if n in filled else row)
        else:
            rows.append([_election_key(row, kind), row[name], *row[name + 1 :]] if _satzart(n, row) else [])
    shift = name - 1
    moved = [((a, b - shift), (c, d - shift)) for (a, b), (c, d) in sheet.merged if b > name]
    return Sheet(sheet.name, rows, moved)


def _satzart(n: int, row: Row) -> tuple[int, int, int] | None:
    """Return row, column of the Satzart and column of the name, for a row of a Kreis or a Gemeinde."""
    texts = [text_of(cell) for cell in row[:10]]
    for c, text in enumerate(texts[:4]):
        if text in ("K", "G") and all(re.fullmatch(r"\d{1,3}", other) for other in texts[c + 1 : c + 3]):
            name = next((i for i in range(c + 3, len(texts)) if re.search(r"[A-Za-zÄÖÜäöü]{2}", texts[i])), 0)
            return (n, c, name) if name else None
    return None


def _election_key(row: Row, kind: int) -> str:
    satzart, kreis, gemeinde = (text_of(cell) for cell in row[kind : kind + 3])
    return f"160{kreis[-2:]}" if satzart == "K" else f"160{kreis[-2:]}{gemeinde.zfill(3)}"
