"""The open points as a file that can be mailed to an office, with empty columns for its answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from layers.german import day
from layers.quality_records import KINDS, SEVERITIES, SEVERITY_MEANINGS, Finding
from reports.export import Column, to_csv, to_xlsx
from views.components.quality import Words, area_text, link_of

COLUMNS = [
    Column("nr", "Nr.", 0),
    Column("was", "Worum es geht"),
    Column("befund", "Befund"),
    Column("schwere", "Schwere"),
    Column("gefunden", "Gefunden"),
    Column("abhilfe", "Was zu tun ist"),
    Column("gebiet", "Gebiet"),
    Column("jahr", "Jahr"),
    Column("regel", "Regel"),
    Column("kennung", "Kennung"),
    Column("schluessel", "Schlüssel des Gebiets"),
    Column("zustaendig", "Zuständig (Vorschlag)"),
    Column("ort_im_atlas", "Im Atlas"),
    Column("erledigt", "erledigt"),
    Column("neuer_wert", "neuer Wert"),
    Column("quelle", "Quelle"),
]
ANSWER = ("erledigt", "neuer_wert", "quelle")
HOW = "Je Zeile neuen Wert und Quelle eintragen, bei „erledigt“ ein x setzen, die Datei an die Sozialplanung senden."
PROPOSAL = "Wer zuständig ist, ist ein Vorschlag der Sozialplanung und nicht beschlossen."


def point_frame(found: Sequence[Finding], words: Words, address: str = "") -> pd.DataFrame:
    """Return open points in the columns of ``COLUMNS``; ``address``: where the atlas runs, without a slash."""
    rows = [
        {
            "nr": float(number),
            "was": point.what,
            "befund": KINDS[point.kind].title,
            "schwere": SEVERITIES[point.severity],
            "gefunden": point.found,
            "abhilfe": point.remedy,
            "gebiet": area_text(point, words),
            "jahr": point.year,
            "regel": point.rule,
            "kennung": point.facility or point.indicator or point.category,
            "schluessel": point.area,
            "zustaendig": words.offices[point.office],
            "ort_im_atlas": f"{address}{link_of(point)}",
        }
        for number, point in enumerate(found, start=1)
    ]
    table = pd.DataFrame(rows, columns=[column.name for column in COLUMNS]).astype(object)
    return table.assign(**dict.fromkeys(ANSWER, ""))


def points_csv(found: Sequence[Finding], words: Words, address: str = "") -> bytes:
    """Return open points as CSV: ``;``, decimal comma, UTF-8 with byte order mark."""
    return to_csv(point_frame(found, words, address), COLUMNS)


def points_xlsx(
    found: Sequence[Finding], words: Words, address: str = "", *, title: str, place: str, today: date
) -> bytes:
    """Return open points as a workbook; the second sheet says for whom it is, of which day and how to answer."""
    notes = {
        "Offene Punkte der Datenqualität": [
            ("Für", title),
            ("Gebiet", place),
            ("Stand", day(today)),
            ("Punkte", str(len(found))),
            ("So geht es", HOW),
            ("Zuständigkeit", PROPOSAL),
        ],
        "Schwere": [(SEVERITIES[key], text) for key, text in SEVERITY_MEANINGS.items()],
    }
    return to_xlsx("Offene Punkte", point_frame(found, words, address), COLUMNS, notes)
