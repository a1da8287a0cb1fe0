"""Exports hold what the map and the register show; what is missing stays empty; no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from geodata import catalog
from geodata.model import State
from layers import Atlas
from layers.german import STATE_WORDS
from layers.keys import parse_key
from layers.mapview import MapView, build_map_view
from layers.register import lacking
from reports import tables
from reports.export import FORMULA, PLAIN_NUMBER, Column, guard, to_csv
from reports.facilities import FACILITY_COLUMNS
from tests.synthetic import KLINIK, KLINIK_OUTSIDE, A, B, C, D, facility
from views.selection import Selection

LAYERS = (
    ("minuten.krankenhaus.pkw", "gemeinde"),
    ("haltestelle.300", "sozialraum"),
    ("BEV01", "kreis"),
    ("MIN01", "gemeinde"),
    ("anzahl.kita", "gemeinde"),
    ("veraenderung", "gemeinde"),
)


def view_of(atlas: Atlas, key: str, level: str = "gemeinde") -> MapView:
    return build_map_view(atlas, level, parse_key(key))


def read_csv(body: bytes) -> pd.DataFrame:
    """Return a CSV as text, the way a spreadsheet meets it."""
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    return pd.DataFrame(rows[1:], columns=rows[0], dtype=str)


def german(text: str) -> float:
    return float(text.replace(",", ".")) if text else np.nan


def read_xlsx(body: bytes, sheet: str) -> pd.DataFrame:
    rows = list(load_workbook(io.BytesIO(body))[sheet].values)
    return pd.DataFrame(rows[1:], columns=rows[0], dtype=object)


def read_gpkg(body: bytes, folder: Path, layer: str) -> Any:
    path = folder / "ausgabe.gpkg"
    path.write_bytes(body)
    return pyogrio.read_dataframe(path, layer=layer)


def same_numbers(found: list[float], expected: pd.Series, tolerance: float = 1e-6) -> None:
    np.testing.assert_allclose(np.array(found, float), expected.to_numpy(float), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("key", "level"), LAYERS)
def test_csv_is_the_map(atlas: Atlas, key: str, level: str) -> None:
    view = view_of(atlas, key, level)
    body = tables.map_csv(atlas, view, Selection())
    assert body.startswith(b"\xef\xbb\xbfschluessel;name;wert;einheit;anzeige;")
    table = read_csv(body)
    assert table["schluessel"].tolist() == view.rows.index.tolist()
    assert table["name"].tolist() == view.rows["name"].tolist()
    assert table["anzeige"].tolist() == view.rows["shown"].tolist()
    assert table["begruendung"].tolist() == view.rows["reason"].tolist()
    assert table["zustand_code"].tolist() == view.rows["state"].tolist()
    assert table["zustand"].tolist() == [STATE_WORDS[State(state)] for state in view.rows["state"]]
    for name, column in (("wert", "value"), ("basis", "base"), ("rang", "rank")):
        same_numbers([german(text) for text in table[name]], view.rows[column])
    counts = table["klasse"].value_counts()
    for entry in view.legend:
        if entry.kind == "class":
            assert counts[entry.label.replace("-", "−")] == entry.count
    assert set(table["gebietsstand"]) == {view.layer.text.gebietsstand}
    assert set(table["kennung"]) == {str(view.layer.key)}
    assert table["quelle"].str.contains("GeoBasis-DE").all()


@pytest.mark.parametrize(("key", "level"), LAYERS)
def test_workbook_is_the_map(atlas: Atlas, key: str, level: str) -> None:
    view = view_of(atlas, key, level)
    body = tables.map_xlsx(atlas, view, Selection(), created=date(2025, 1, 31))
    table = read_xlsx(body, "Karte")
    assert table["Schlüssel"].tolist() == view.rows.index.tolist()
    assert table["Anzeige"].tolist() == view.rows["shown"].tolist()
    assert [value is None for value in table["Wert"]] == view.rows["value"].isna().tolist()
    same_numbers([np.nan if value is None else value for value in table["Wert"]], view.rows["value"])
    book = load_workbook(io.BytesIO(body))
    assert book.sheetnames == ["Karte", "Quellen und Hinweise"]
    assert book["Karte"].freeze_panes == "C2"
    assert book["Karte"].auto_filter.ref.startswith("A1:")
    notes = " ".join(
        str(value) for row in book["Quellen und Hinweise"].iter_rows(values_only=True) for value in row if value
    )
    assert view.layer.text.name in notes
    assert "31.01.2025" in notes
    assert "Art der Werte" in notes
    assert all(word in notes for word in STATE_WORDS.values())
    for source in view.layer.text.sources:
        assert source.licence in notes


def test_workbook_shows_the_decimals_of_the_map(atlas: Atlas) -> None:
    view = view_of(atlas, "minuten.krankenhaus.pkw")
    sheet = load_workbook(io.BytesIO(tables.map_xlsx(atlas, view)))["Karte"]
    assert sheet["C2"].number_format == "#,##0.0"
    assert sheet["I2"].number_format == "#,##0"


@pytest.mark.parametrize(("key", "level"), LAYERS)
def test_geopackage_is_the_map(atlas: Atlas, tmp_path: Path, key: str, level: str) -> None:
    view = view_of(atlas, key, level)
    layer = tables.layer_name(view)
    frame = read_gpkg(tables.map_gpkg(atlas, view), tmp_path, layer)
    assert frame.crs.to_epsg() == 25832
    assert frame["schluessel"].tolist() == view.rows.index.tolist()
    same_numbers(frame["wert"], view.rows["value"])
    assert frame["farbe"].tolist() == view.rows["colour"].tolist()
    assert frame["zustand_code"].tolist() == view.rows["state"].tolist()
    expected = atlas.areas(level).geometry.reindex(view.rows.index)
    assert frame.geometry.geom_equals(gpd.GeoSeries(expected.to_numpy(), crs=25832)).all()
    notes = read_gpkg(tables.map_gpkg(atlas, view), tmp_path, "hinweise")
    assert {"Gebietsstand", "Kennzahl", "Quelle"} <= set(notes["angabe"])


def test_missing_zero_secret_and_unsure_stay_apart(synthetic: Callable[..., Atlas]) -> None:
    marked = {
        A: ("unreliable", "Zahl zu alt"),
        B: ("suppressed_primary", "Geheim"),
        C: ("missing", "Unbekannt"),
        D: ("zero", ""),
    }
    atlas = synthetic(KLINIK, KLINIK_OUTSIDE, states=marked)
    table = read_csv(tables.map_csv(atlas, view_of(atlas, "BEV01"))).set_index("schluessel")
    assert table["wert"].to_dict() == {A: "1000", B: "", C: "", D: "0"}
    assert table["zustand_code"].to_dict() == {key: state for key, (state, _) in marked.items()}
    assert table["zeichen"].to_dict() == {A: "( )", B: ".", C: "...", D: "–"}
    assert table["begruendung"][B] == "Geheim"
    book = read_xlsx(tables.map_xlsx(atlas, view_of(atlas, "BEV01")), "Karte").set_index("Schlüssel")
    assert book["Wert"].to_dict() == {A: 1000, B: None, C: None, D: 0}


@pytest.mark.parametrize("make", [tables.map_csv, tables.map_xlsx, tables.map_gpkg])
def test_same_map_gives_the_same_file(atlas: Atlas, make: Callable[..., bytes]) -> None:
    view = view_of(atlas, "anzahl.kita")
    assert make(atlas, view, Selection()) == make(atlas, view, Selection())


# The register


@pytest.fixture(scope="module")
def rows(atlas: Atlas) -> pd.DataFrame:
    return atlas.data.facilities[atlas.data.facilities["inside"]]


def test_facilities_are_all_there_with_their_source(atlas: Atlas, rows: pd.DataFrame) -> None:
    table = read_csv(tables.facilities_csv(atlas, rows))
    assert table["kennung"].tolist() == rows.index.tolist()
    assert table["ags"].tolist() == rows["ags"].tolist()
    assert (table["quelle"] != "").all()
    assert table["fehlt"].tolist() == [", ".join(lacking(row)) for _, row in rows.iterrows()]
    same_numbers([german(text) for text in table["kapazitaet"]], rows["capacity"])
    same_numbers([german(text) for text in table["ostwert"]], rows.geometry.x.round())
    assert table["gemeinde"].tolist() == atlas.data.gemeinden["name"].reindex(rows["ags"]).tolist()


def test_facilities_as_workbook_and_geopackage_say_the_same(atlas: Atlas, rows: pd.DataFrame, tmp_path: Path) -> None:
    few = rows[rows["category"] != "haltestelle"]
    plain = read_csv(tables.facilities_csv(atlas, few))
    book = read_xlsx(tables.facilities_xlsx(atlas, few), "Einrichtungen")
    assert book["Kennung"].tolist() == plain["kennung"].tolist()
    assert book["fehlende Angaben"].fillna("").tolist() == plain["fehlt"].tolist()
    frame = read_gpkg(tables.facilities_gpkg(atlas, few), tmp_path, "einrichtungen")
    assert frame["kennung"].tolist() == plain["kennung"].tolist()
    assert frame.geometry.distance(gpd.GeoSeries(few.geometry.to_numpy(), crs=25832)).max() == 0
    assert [column.name for column in FACILITY_COLUMNS] == [*frame.columns.drop("geometry")]


def test_an_empty_selection_gives_empty_files(atlas: Atlas, rows: pd.DataFrame, tmp_path: Path) -> None:
    none = rows.iloc[:0]
    assert len(read_csv(tables.facilities_csv(atlas, none))) == 0
    assert len(read_xlsx(tables.facilities_xlsx(atlas, none), "Einrichtungen")) == 0
    assert len(read_gpkg(tables.facilities_gpkg(atlas, none), tmp_path, "einrichtungen")) == 0


@pytest.mark.parametrize("protection", ["municipality", "no_location"])
def test_a_protected_place_stays_unknown(
    synthetic: Callable[..., Atlas], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, protection: Any
) -> None:
    secret = facility("amt", 10, 10, A, street="Geheimweg 1", plz="99999", place="Geheimort", precision="municipality")
    atlas = synthetic(KLINIK, secret)
    known = catalog.categories() | {"amt": replace(catalog.categories()["amt"], protection=protection)}
    monkeypatch.setattr(catalog, "categories", lambda: known)
    files = [make(atlas, atlas.data.facilities) for make in (tables.facilities_csv, tables.facilities_gpkg)]
    assert b"Geheimweg" not in b"".join(files)
    row = read_csv(files[0]).set_index("kategorie").loc["Amt"]
    assert (row[["strasse", "plz", "ostwert", "nordwert"]] == "").all()
    assert (row["ags"] == "") == (protection == "no_location")
    assert (row["ort"] == "") == (protection == "no_location")
    frame = read_gpkg(files[1], tmp_path, "einrichtungen")
    assert frame.geometry.isna().tolist() == [False, True]


# Spreadsheets are no programs


@given(st.text(min_size=1))
def test_no_text_is_a_formula(text: str) -> None:
    body = to_csv(pd.DataFrame({"a": [text]}), [Column("a", "A")])
    (cell,) = read_csv(body)["a"] if len(read_csv(body)) else [""]
    assert not FORMULA.match(cell) or PLAIN_NUMBER.match(cell)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_free_text_never_becomes_a_formula(synthetic: Callable[..., Atlas], start: str) -> None:
    evil = f'{start}HYPERLINK("https://example.org";"x")'
    atlas = synthetic(facility("klinik", 0, 4000, A, name=evil, operator=evil, note=evil))
    table = read_csv(tables.facilities_csv(atlas, atlas.data.facilities))
    assert table["name"][0] == f"'{evil}"
    book = load_workbook(io.BytesIO(tables.facilities_xlsx(atlas, atlas.data.facilities)))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(isinstance(cell.value, str) and FORMULA.match(cell.value) for cell in cells)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("-3,2 %", True), ("-12", True), ("–", True), ("-3,2|cmd", False), ("-1+1", False), ("-1 (x)", False)],
)
def test_negative_numbers_stay_numbers(text: str, kept: bool) -> None:
    assert (guard(text) == text) is kept


def test_control_characters_do_not_break_a_workbook(synthetic: Callable[..., Atlas]) -> None:
    atlas = synthetic(facility("klinik", 0, 4000, A, name="Kli\x00nik\x0b", note="#N/A"))
    book = read_xlsx(tables.facilities_xlsx(atlas, atlas.data.facilities), "Einrichtungen")
    assert book["Name"][0] == "Klinik"
    assert book["Hinweis"][0] == "#N/A"
