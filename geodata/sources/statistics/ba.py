"""Workbooks of the Statistik der Bundesagentur für Arbeit: figures by Gemeinde and Kreis.

Known from programs that read real files:
- "Gemeindedaten" of employment (gemband-dlk, 30.06.): sheets "Länder" and "Gemeindedaten", eight rows above the body;
  key, name, employed at home (total, sex, nationality, age), at work, both, Einpendler, Auspendler, Betriebe. The keys
  have 8 digits, those of kreisfreie Städte only 5. The one of 2022 is an XLSB.
- "Arbeitslose und Arbeitslosenquoten" (Heft): sheet "Übersicht_Kreise", "16063 Wartburgkreis" in one cell, months as
  dates over the columns; counts and rates in two workbooks with the same title.
- "Pendlerverflechtungen" (krpend): sheets "Auspendler Kreise" and "Einpendler Kreise"; the Kreis only in its first row,
  the other end beside it; the total under "Z", "Auspendler insgesamt".
- "Arbeitslose nach Gemeinden" (2011, XLS): key, name, Arbeitslose.

Only from descriptions: wording of the heads, labels of the title block, products of the Grundsicherung, the signs:
``*`` is kept secret, ``-`` is zero, ``x`` makes no sense, ``.`` means that there is no proof (kein Nachweis), which is
no secret here but missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from geodata.model import GeoDataError, State
from geodata.sources.statistics.reading import Reading, RowProblem, read_figure
from geodata.sources.statistics.sheet_rows import Figure, columns_of, figures_of, named_day, settled, title_period
from geodata.sources.statistics.sheet_tables import Table, find_table
from geodata.sources.statistics.sheets import Row, Sheet, holds, read_sheets, text_of, workbook_texts

FORM = "ba"
OURS = ("Statistik der Bundesagentur für Arbeit", "Statistik-Service")
OTHERS = ("© Statistische Ämter", "© Statistisches Bundesamt", "Landesamt für Statistik", "© BBSR", "GENESIS-Tabelle")
TOPICS = (  # what a title is about, the special before the general
    (r"arbeitslose\b.*quote", "Arbeitslose und Arbeitslosenquoten"),
    (r"arbeitslosenquote", "Arbeitslosenquoten"),
    (r"unterbeschäftig", "Unterbeschäftigung"),
    (r"hilfequote|elb-quote|sgb.ii-quote", "Hilfequoten"),
    (r"grundsicherung|bedarfsgemeinschaft|leistungsberechtigt", "Grundsicherung SGB II"),
    (r"arbeitslos", "Arbeitslose"),
    (r"geringfügig", "Geringfügig Beschäftigte"),
    (r"sozialversicherungspflichtig", "Sozialversicherungspflichtig Beschäftigte"),
    (r"pendler", "Pendler"),
)
OWN_TOPIC = re.compile(r"arbeitslose|sozialversicherungspflichtig|ausschließlich geringfügig", re.I)
KEY = re.compile(r"(\d{12}|\d{8}|\d{5}|\d{2})(?:\s+\D.*)?")
GERMANY = re.compile(r"(?:0{1,2}\s+|DG?\s+)?Deutschland|DG?")
TOTAL = re.compile(r"(Ein|Aus)pendler insgesamt", re.I)
NO_TABLE = (
    "kein Blatt hat eine Spalte mit Gemeinde- oder Kreisschlüsseln. Abhilfe: die Tabelle mit allen Gemeinden oder "
    "Kreisen in Zeilen wählen (nicht das Heft eines einzelnen Ortes) und unverändert angeben."
)


def recognises(path: Path) -> bool:
    """Return True for a workbook whose texts name the Statistik der Bundesagentur für Arbeit as publisher."""
    texts = workbook_texts(path)
    return holds(texts, OURS) and not holds(texts, OTHERS)


def read(path: Path) -> Reading:
    """Return the figures of every sheet that has a column of keys, or raise GeoDataError.

    An item is the topic of the table and the head of its column: ``Arbeitslose|Langzeitarbeitslose``. Of commuters
    between areas only the totals of each area are read. Sheets may have different periods.
    """
    sheets = read_sheets(path)
    found = [(sheet, topic, find_table(sheet, key_of)) for sheet, topic in map(_commuters, sheets)]
    tables = [(table, topic) for _, topic, table in found if table]
    if not tables:
        raise GeoDataError(f"{path.name}: {NO_TABLE}")
    cover = [text for sheet, _, table in found if not table for text in _outside(sheet)]
    problems: list[RowProblem] = []
    records = [row for table, topic in tables for row in _figures(table, topic, cover, problems)]
    rows = settled(records, problems)
    if rows.empty:
        raise GeoDataError(f"{path.name}: keine Angabe lesbar. {' '.join(one.text() for one in problems[:3])}")
    lines = [*cover, *(text for table, _ in tables for text in (*table.title, *table.notes))]
    number = re.search(r"^Tabelle:?\s+(\d[\w.]*)", "\n".join(lines), re.M)
    return Reading(
        rows=rows,
        form=FORM,
        title=next((line for line in lines if topic_of([line])), tables[0][0].sheet.name).split(" | ")[0],
        table=number[1] if number else "",
        stand=named_day("Erstellungsdatum|Erstellt am", lines, exact=True),
        gebietsstand=named_day("Gebietsstand", lines),
        problems=tuple(problems),
    )


def _figures(table: Table, topic: str, cover: list[str], problems: list[RowProblem]) -> Iterator[tuple[Any, ...]]:
    own = topic or topic_of(table.title) or topic_of([*cover, table.sheet.name])
    own = own or next(iter(table.title), table.sheet.name)
    period = title_period((*table.title, table.sheet.name)) or title_period(cover, only_named=True)
    columns = columns_of(table, lambda head: item_of(own, head), period, problems)
    return figures_of(table, columns, key_of, figure_of, problems)


def _outside(sheet: Sheet) -> Iterator[str]:
    """Yield the texts at the top and at the end of a sheet."""
    rows = [*sheet.rows[:60], *sheet.rows[60:][-60:]]
    return (text for row in rows for cell in row if isinstance(cell, str) and (text := text_of(cell)))


def key_of(cell: Any) -> str:
    """Return the key at the start of a cell, "" where there is none; a number gets its leading zero back.

    >>> key_of("16063003 Bad Salzungen, Stadt"), key_of(16063003.0), key_of(1001000.0), key_of(160635051003)
    ('16063003', '16063003', '01001000', '16063003')
    >>> key_of("Deutschland"), key_of("16"), key_of("99999"), key_of("091"), key_of("1606300X")
    ('DG', '16', '', '', '')
    """
    text = text_of(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and len(text) % 3 == 1:
        text = text.zfill(len(text) + 1)  # 1, 4 or 7 digits; a key has 2, 5, 8
    if GERMANY.fullmatch(text):
        return "DG"
    found = KEY.fullmatch(text)
    if not found or not "01" <= text[:2] <= "16":
        return ""
    return found[1] if len(found[1]) < 12 else found[1][:5] + found[1][9:]


def figure_of(cell: Any) -> Figure | None:
    """Return number and state of a cell; a dot is missing (kein Nachweis), not secret as in other tables.

    >>> figure_of("."), figure_of("*")
    ((nan, <State.MISSING: 'missing'>), (nan, <State.SUPPRESSED_PRIMARY: 'suppressed_primary'>))
    """
    return (float("nan"), State.MISSING) if cell in (".", "·") else read_figure(cell)


def topic_of(lines: Iterable[str]) -> str:
    """Return what texts are about, "" where none of the known topics.

    >>> topic_of(["Gemeindedaten der sozialversicherungspflichtig Beschäftigten nach Wohn- und Arbeitsort"])
    'Sozialversicherungspflichtig Beschäftigte'
    """
    text = "\n".join(lines)
    return next((topic for pattern, topic in TOPICS if re.search(pattern, text, re.I)), "")


def item_of(topic: str, head: tuple[str, ...]) -> str:
    """Return the item of a column: topic and head, the topic only where the head does not begin with one.

    >>> item_of("Arbeitslose", ("Langzeitarbeitslose",)), item_of("Arbeitslose", ("Arbeitslose insgesamt",))
    ('Arbeitslose|Langzeitarbeitslose', 'Arbeitslose|Insgesamt')
    """
    parts = head if head and OWN_TOPIC.match(head[0]) else (topic, *head)
    split = [re.sub(r",? insgesamt$", "|Insgesamt", part) for part in parts if part]
    return "|".join(split)


def _commuters(sheet: Sheet) -> tuple[Sheet, str]:
    """Return a sheet, of one with pairs of areas only the totals, and what these count ("" elsewhere).

    The area stands in the first two columns, in its first row only; the other end of the way follows.
    """
    start = next((n for n, row in enumerate(sheet.rows) if row and key_of(row[0])), len(sheet.rows))
    body = list(enumerate(sheet.rows))[start:]
    totals = {n: c for n, row in body for c, cell in enumerate(row[:6]) if TOTAL.fullmatch(text_of(cell))}
    if not totals:
        return sheet, ""
    first, other = min(totals), max(totals.values())
    kind = text_of(sheet.rows[first][totals[first]]).split()[0]
    area: list[Any] = ["", ""]
    rows: list[Row] = []
    for n, row in enumerate(sheet.rows):
        area = list(row[:2]) if key_of(row[0] if row else "") else area
        figures = [*[""] * (other - 1), *row[other + 1 :]]
        rows.append([*row[:2], *figures] if not area[0] else [*area, *figures] if n in totals else [])
    return Sheet(sheet.name, rows, sheet.merged), kind
