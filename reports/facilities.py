"""The register of facilities as files: every row with its source and with what it does not say."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata import catalog
from geodata.model import METRIC_CRS
from layers.atlas import Atlas
from layers.german import day
from layers.register import PRECISION_WORDS, WHEELCHAIR_WORDS, lacking
from reports import words
from reports.export import Column, to_csv, to_gpkg, to_xlsx

JUDGEMENTS = {
    "ausreichend": "ausreichend",
    "ungeprueft": "nicht geprüft",
    "unvollstaendig": "unvollständig",
    "keine": "nichts erfasst",
}
FACILITY_COLUMNS = [
    Column("kennung", "Kennung"),
    Column("name", "Name"),
    Column("kategorie", "Art"),
    Column("traeger", "Träger"),
    Column("strasse", "Straße"),
    Column("plz", "PLZ"),
    Column("ort", "Ort"),
    Column("ags", "Gemeindeschlüssel"),
    Column("gemeinde", "Gemeinde"),
    Column("im_kreis", "im Kreis"),
    Column("kapazitaet", "Kapazität", 0),
    Column("kapazitaet_einheit", "Einheit"),
    Column("stufenlos", "stufenlos"),
    Column("lagegenauigkeit", "Lage bekannt auf"),
    Column("ostwert", "Ostwert (EPSG:25832)", 0),
    Column("nordwert", "Nordwert (EPSG:25832)", 0),
    Column("jahr", "Jahr der Quelle"),
    Column("jahr_geschaetzt", "Jahr geschätzt"),
    Column("zu_pruefen", "zu prüfen"),
    Column("fehlt", "fehlende Angaben"),
    Column("hinweis", "Hinweis"),
    Column("quelle", "Quelle"),
]
COPIED = {
    "name": "name",
    "traeger": "operator",
    "strasse": "street",
    "plz": "plz",
    "ort": "place",
    "ags": "ags",
    "im_kreis": "inside",
    "kapazitaet": "capacity",
    "kapazitaet_einheit": "capacity_unit",
    "jahr": "seen",
    "jahr_geschaetzt": "seen_estimated",
    "zu_pruefen": "check",
    "hinweis": "note",
    "quelle": "source",
}
EXACT = ["strasse", "plz", "ostwert", "nordwert"]
WHEREABOUTS = [*EXACT, "ort", "ags", "gemeinde"]


def facility_table(atlas: Atlas, rows: pd.DataFrame) -> pd.DataFrame:
    """Return facilities in the columns of ``FACILITY_COLUMNS``; a protected place stays unknown."""
    table = pd.DataFrame({"kennung": rows.index.astype(str)})
    for name, column in COPIED.items():
        table[name] = rows[column].to_numpy()
    categories = rows["category"].map(catalog.categories()).to_numpy()
    table["kategorie"] = [category.name for category in categories]
    table["gemeinde"] = rows["ags"].map(atlas.data.gemeinden["name"]).to_numpy()
    table["stufenlos"] = rows["wheelchair"].map(WHEELCHAIR_WORDS).to_numpy()
    table["lagegenauigkeit"] = rows["precision"].map(PRECISION_WORDS).to_numpy()
    shapes = gpd.GeoSeries(rows["geometry"], crs=METRIC_CRS)
    table["ostwert"], table["nordwert"] = shapes.x.round().to_numpy(), shapes.y.round().to_numpy()
    table["fehlt"] = [", ".join(lacking(row)) for _, row in rows.iterrows()]
    protection = pd.Series([category.protection for category in categories], index=table.index, dtype=object)
    table.loc[protection != "", EXACT] = None
    table.loc[protection == "no_location", WHEREABOUTS] = None
    return table


def facilities_csv(atlas: Atlas, rows: pd.DataFrame) -> bytes:
    """Return the facilities as CSV, as ``map_csv``."""
    return to_csv(facility_table(atlas, rows), FACILITY_COLUMNS)


def facilities_xlsx(atlas: Atlas, rows: pd.DataFrame) -> bytes:
    """Return the facilities as a workbook; the second sheet says how complete each kind is."""
    notes = {
        "Bestand der Einrichtungen": facility_facts(atlas, rows),
        "Vollständigkeit": completeness_lines(atlas, rows),
        **words.source_notes(atlas.data.sources_of("register", "stops")),
    }
    return to_xlsx("Einrichtungen", facility_table(atlas, rows), FACILITY_COLUMNS, notes)


def facilities_gpkg(atlas: Atlas, rows: pd.DataFrame) -> bytes:
    """Return the facilities as GeoPackage (EPSG:25832); protected ones have no point."""
    table = facility_table(atlas, rows)
    shapes = gpd.GeoSeries(rows["geometry"].to_numpy(), crs=METRIC_CRS)
    shapes[table["ostwert"].isna()] = None
    sources = [("Quelle", words.source_line(source)) for source in atlas.data.sources_of("register", "stops")]
    return to_gpkg(shapes, table, FACILITY_COLUMNS, "einrichtungen", [*facility_facts(atlas, rows), *sources])


def facility_facts(atlas: Atlas, rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return what has to be known to read the list."""
    return [
        ("Gebiet", f"{atlas.data.name}, Gebietsstand {day(atlas.data.gebietsstand)}"),
        ("Zeilen", str(len(rows))),
        (
            "Lage",
            "Die Punkte sind so genau, wie die Spalte „Lage bekannt auf“ sagt; Koordinaten in EPSG:25832.",
        ),
        ("Leere Felder", "Unbekannt. Ein leeres Feld heißt nicht „nein“ und nicht null."),
    ]


def completeness_lines(atlas: Atlas, rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return per category in ``rows`` how complete it is and what would complete it."""
    lines = [("Art", "Urteil", "Was den Bestand vollständig macht")]
    for category in atlas.categories.values():
        if category.id in set(rows["category"]):
            done = category.completeness
            lines.append((category.plural, f"{JUDGEMENTS[done.judgement]}. {done.note}", done.missing_source))
    return lines
