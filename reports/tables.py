"""What a map shows as files: the same rows, values and states, with where they come from."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geodata.model import State
from layers.atlas import Atlas
from layers.german import SIGNS, STATE_WORDS
from layers.mapview import MapView, class_labels
from layers.sentences import LEVEL_ONE, headline
from reports import words
from reports.export import Column, to_csv, to_gpkg, to_xlsx
from reports.facilities import facilities_csv, facilities_gpkg, facilities_xlsx
from reports.picture import Chosen, outlined
from reports.words import file_name, source_notes

MINUS = "−"  # a label that starts with a hyphen would be a formula to a spreadsheet
RANK_MEANING = "1 = größte Belastung, bei Kennzahlen ohne Richtung 1 = höchster Wert"
STATE_MEANINGS = {
    State.MEASURED: "steht so in der Quelle oder ist ohne weitere Annahme daraus gerechnet",
    State.ESTIMATED: "mit Annahmen gerechnet oder aus Ständen verschiedener Tage summiert",
    State.PROVISIONAL: "von der Quelle als vorläufig bezeichnet",
    State.REVISED: "von der Quelle nachträglich berichtigt",
    State.ZERO: "gezählt, und es sind genau null",
    State.SUPPRESSED_PRIMARY: "der Wert ist bekannt, aber geheim zu halten",
    State.SUPPRESSED_SECONDARY: "der Wert ist geheim, damit ein anderer nicht zurückgerechnet werden kann",
    State.MISSING: "unbekannt; das ist keine Null",
    State.NOT_APPLICABLE: "die Kennzahl ergibt hier keinen Sinn",
    State.UNRELIABLE: "Wert vorhanden, aber für sich allein nicht belastbar",
    State.BREAK: "frühere Werte gelten für ein anderes Gebiet oder eine andere Grundlage",
}


def map_columns(view: MapView) -> list[Column]:
    """Return the columns of a map export."""
    decimals = view.layer.text.decimals
    return [
        Column("schluessel", "Schlüssel"),
        Column("name", LEVEL_ONE[view.layer.level]),
        Column("wert", "Wert", decimals),
        Column("einheit", "Einheit"),
        Column("anzeige", "Anzeige"),
        Column("zeichen", "Zeichen"),
        Column("zustand", "Art des Werts"),
        Column("zustand_code", "Art (Code)"),
        Column("basis", "Basis", 0),
        Column("klasse", "Klasse"),
        Column("rang", "Rang", 0),
        Column("begruendung", "Begründung"),
        Column("kennzahl", "Kennzahl"),
        Column("kennung", "Kennung"),
        Column("ebene", "Ebene"),
        Column("naeherung", "Näherung"),
        Column("stand", "Datenstand"),
        Column("gebietsstand", "Gebietsstand"),
        Column("quelle", "Quellen"),
    ]


def map_table(atlas: Atlas, view: MapView) -> pd.DataFrame:
    """Return the rows of the map in its order, in the columns of ``map_columns``; unknown values are NaN."""
    rows, text, layer = view.rows, view.layer.text, view.layer
    labels = [label.replace("-", MINUS) for label in class_labels(view.classes)]
    table = pd.DataFrame({"schluessel": rows.index.astype(str), "name": rows["name"].to_numpy()})
    table["wert"], table["basis"] = rows["value"].to_numpy(float), rows["base"].to_numpy(float)
    table["einheit"], table["anzeige"] = text.unit, rows["shown"].to_numpy()
    states = [State(state) for state in rows["state"]]
    table["zeichen"] = [SIGNS.get(state, "") for state in states]
    table["zustand"] = [STATE_WORDS[state] for state in states]
    table["zustand_code"] = [state.value for state in states]
    table["klasse"] = [labels[number] if number >= 0 else "" for number in rows["class_"]]
    table["rang"], table["begruendung"] = rows["rank"].to_numpy(float), rows["reason"].to_numpy()
    table["kennzahl"], table["kennung"] = text.name, str(layer.key)
    table["ebene"], table["naeherung"] = LEVEL_ONE[layer.level], text.approximation
    table["stand"], table["gebietsstand"] = layer.period or text.stand, text.gebietsstand
    table["quelle"] = " | ".join(source.attribution for source in words.sources(atlas, view))
    return table


def map_csv(atlas: Atlas, view: MapView, selection: Chosen | None = None) -> bytes:
    """Return the map as CSV: ``;``, decimal comma, UTF-8 with byte order mark, one header row.

    All exports of a map are called alike; here the outlined areas of ``selection`` make no difference.
    """
    return to_csv(map_table(atlas, view), map_columns(view))


def map_xlsx(atlas: Atlas, view: MapView, selection: Chosen | None = None, *, created: date | None = None) -> bytes:
    """Return the map as a workbook with the sheets "Karte" and "Quellen und Hinweise"."""
    notes = {
        words.title(view): map_facts(atlas, view, selection, created=created),
        "Hinweise": [("", note) for note in words.notes(view)],
        "Art der Werte": state_lines(),
        **source_notes(words.sources(atlas, view)),
    }
    return to_xlsx("Karte", map_table(atlas, view), map_columns(view), notes)


def map_gpkg(atlas: Atlas, view: MapView, selection: Chosen | None = None) -> bytes:
    """Return the areas with their values as GeoPackage (EPSG:25832); ``farbe`` is the colour on the map."""
    table = map_table(atlas, view).assign(farbe=view.rows["colour"].to_numpy())
    shapes = atlas.areas(view.layer.level).geometry.reindex(view.rows.index)
    columns = [*map_columns(view), Column("farbe", "Farbe")]
    facts = [*map_facts(atlas, view, selection), *(("Hinweis", note) for note in words.notes(view))]
    lines = [("Quelle", words.source_line(source)) for source in words.sources(atlas, view)]
    return to_gpkg(shapes, table, columns, layer_name(view), [*facts, *lines])


def layer_name(view: MapView) -> str:
    """Return a name for the layer that says what it holds, for example ``haltestelle_600_gemeinde``."""
    parts = [str(view.layer.key), view.layer.level, view.layer.period or ""]
    return words.slug(" ".join(parts)).replace("-", "_")


def map_facts(
    atlas: Atlas, view: MapView, selection: Chosen | None, *, created: date | None = None
) -> list[tuple[str, str]]:
    """Return name and content of everything that has to stand beside the values."""
    text, kreis = view.layer.text, view.layer.kreis
    classes = "; ".join(f"{entry.label}: n = {entry.count}" for entry in view.legend)
    known = [
        ("Kennzahl", text.name),
        ("Gebiet und Stand", words.where_and_when(atlas, view)),
        ("Aussage", headline(view)),
        *words.facts(view, outlined(selection)),
        ("Einheit", text.unit or "Anzahl"),
        ("Legende", classes),
        ("Art des Kreiswerts", STATE_WORDS[State(kreis["state"])]),
        ("Näherung", words.APPROXIMATION if text.approximation else "nein"),
        ("Rang", RANK_MEANING),
        ("Bearbeitung", words.imprint(created, "")),
    ]
    return [(name, content) for name, content in known if content]


def state_lines() -> list[tuple[str, str, str]]:
    """Return word, meaning and sign of every kind of value."""
    return [(f"{STATE_WORDS[s]} ({s.value})", STATE_MEANINGS[s], SIGNS.get(s, "")) for s in STATE_MEANINGS]


__all__ = [
    "facilities_csv",
    "facilities_gpkg",
    "facilities_xlsx",
    "file_name",
    "map_csv",
    "map_gpkg",
    "map_xlsx",
]
