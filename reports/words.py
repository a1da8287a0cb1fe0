"""What stands around a printed map, as plain text: title, facts, notes, sources, file name. German."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from geodata.catalog import Source
from geodata.model import State
from layers.atlas import Atlas
from layers.classify import NAMES
from layers.german import STATE_WORDS, day
from layers.mapview import MapView
from layers.sentences import LEVEL_MANY, headline

PROJECTION = "ETRS89 / UTM Zone 32N (EPSG:25832)"
OWN_WORK = "Eigene Berechnung und Darstellung"
APPROXIMATION = "Näherung: Luftlinie statt Straßennetz"
BY_LEVEL = {"gemeinde": " nach Gemeinden", "sozialraum": " nach Sozialräumen", "kreis": ""}
TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def title(view: MapView) -> str:
    """Return what the map shows."""
    return view.layer.text.name


def where_and_when(atlas: Atlas, view: MapView) -> str:
    """Return where and when: the second line of the title."""
    layer = view.layer
    return f"{atlas.data.name}{BY_LEVEL[layer.level]} · Stand: {layer.period or layer.text.stand}"


def subtitle(view: MapView) -> str:
    """Return the headline sentence without the name that the title already says."""
    sentence = headline(view).removeprefix(f"{title(view)}: ")
    if view.rows["value"].round(view.layer.text.decimals).nunique() == 1:
        who = "Landkreis" if view.layer.level == "kreis" else "Überall, wo es einen Wert gibt"
        return f"{who}: {sentence}"
    return sentence[:1].upper() + sentence[1:]


def facts(view: MapView, chosen: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return what has to be known to read the map: level, dates, classes, calculation, outlined areas."""
    text, level = view.layer.text, view.layer.level
    count = f"{len(view.rows)} " if len(view.rows) > 1 else ""
    known = [
        ("Ebene", f"{count}{LEVEL_MANY[level]}"),
        ("Datenstand", view.layer.period or text.stand),
        ("Gebietsstand", text.gebietsstand),
    ]
    if view.classes.bins and len(view.rows) > 1:
        known.append(("Klassen", f"{NAMES[view.classes.scheme]}; n = Zahl der Gebiete je Klasse"))
    if names := [view.rows.loc[key, "name"] for key in chosen if key in view.rows.index]:
        known.append(("Umrandet", " und ".join(names)))
    return [*known, ("Berechnung", text.method)]


def notes(view: MapView) -> list[str]:
    """Return why values are missing or unsure, then the limits of the measure."""
    return [*state_reasons(view), *view.layer.text.notes]


def state_reasons(view: MapView) -> list[str]:
    """Return one sentence per state that needs a reason: how many areas, and the most frequent reason."""
    weak = view.rows[(view.rows["reason"] != "") & (view.rows["value"].isna() | view.rows["hatched"])]
    sentences = []
    for state, rows in weak.groupby("state", sort=False):
        reasons = rows["reason"].value_counts()
        more = "" if len(reasons) == 1 else " (häufigster Grund)"
        word = STATE_WORDS[State(state)]
        sentences.append(f"{word[0].upper()}{word[1:]} in {len(rows)} von {len(view.rows)}{more}: {reasons.index[0]}")
    return [re.sub(r"\.{2,}$", ".", sentence) for sentence in sentences]


def sources(atlas: Atlas, view: MapView, categories: Iterable[str] = ()) -> list[Source]:
    """Return the sources of the values, of the facilities on the map and of the geometry, each once."""
    shown = set(categories)
    roles = ["stops"] if "haltestelle" in shown else []
    roles += ["register"] if shown - {"haltestelle"} else []
    found = [*view.layer.text.sources, *atlas.data.sources_of(*roles, "boundaries")]
    return list({source.id: source for source in found}.values())


def source_line(source: Source) -> str:
    """Return a source in one line, with the words its licence asks for."""
    terms = source.licence.partition("; Paket")[0]  # the licence of the data, not of the package around it
    licence = "" if terms in source.attribution else f" Lizenz: {terms}."
    return f"{source.title}: {source.attribution.rstrip('.')}.{licence}"


def source_notes(sources: Iterable[Source]) -> dict[str, list[tuple[str, ...]]]:
    """Return the sources with address, licence, attribution and date, below a line of headings."""
    heads = ("Titel", "Herausgeber und Adresse", "Lizenz", "Namensnennung", "Verwendung", "Stand")
    lines: list[tuple[str, ...]] = [heads]
    for source in sources:
        publisher = f"{source.publisher}, {source.url}"
        licence = f"{source.licence} {source.licence_url}".strip()
        lines.append((source.title, publisher, licence, source.attribution, source.used_for, day(source.date)))
    return {"Quellen": lines}


def imprint(created: date | None, office: str) -> str:
    """Return who made the map and when."""
    parts = [OWN_WORK]
    if office:
        parts.append(f"Bearbeitung: {office}")
    if created:
        parts.append(f"erstellt am {day(created)}")
    return ", ".join(parts)


def slug(text: str) -> str:
    """Return ``text`` as a plain ASCII name for files.

    >>> slug("Plätze je 1.000 Einwohner")
    'plaetze-je-1-000-einwohner'
    """
    plain = text.lower().translate(TRANSLITERATION)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def file_name(view: MapView, ending: str, *, district: str = "wartburgkreis") -> str:
    """Return the file name of an export, for example ``wartburgkreis_haltestelle-600_gemeinde.csv``."""
    layer = view.layer
    scenario = "szenario" if "(Szenario:" in layer.text.name else ""
    parts = [slug(district), slug(str(layer.key)), layer.level, layer.period or "", scenario]
    return "_".join(part for part in parts if part) + f".{slug(ending)}"
