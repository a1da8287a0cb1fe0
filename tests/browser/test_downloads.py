"""What the reader downloads is what the page shows; opened with other programs' libraries."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pyogrio
import pytest
from PIL import Image

from layers import Atlas
from layers.keys import parse_key
from tests.browser.reader import Reader

CHOSEN = "/?handlungsfeld=ALLE&indicator=minuten&category=krankenhaus&mode=pkw&area=16063076"
KEY = "minuten.krankenhaus.pkw"


def download(reader: Reader, label: str, folder: Path) -> Path:
    """Follow a link of the list of downloads and return the file."""
    menu = reader.page.locator("details.menue")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    with reader.page.expect_download() as started:
        menu.get_by_role("link", name=label).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def assert_values(atlas: Atlas, keys: pd.Series, values: pd.Series, key: str = KEY) -> None:
    """The file holds every area once and the values of the Atlas, with gaps where it has gaps."""
    expected = atlas.values("gemeinde", key)["value"]
    found = pd.Series(values.to_numpy(float), index=keys.astype(str).to_numpy())
    pd.testing.assert_series_equal(
        found.sort_index(), expected.sort_index(), check_names=False, check_index_type=False, rtol=1e-6
    )


def test_tables_of_the_map(reader: Reader, atlas: Atlas, tmp_path: Path) -> None:
    reader.open(CHOSEN)
    path = download(reader, "CSV", tmp_path)
    assert path.suffix == ".csv"
    table = pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig", dtype={"schluessel": str})
    assert_values(atlas, table["schluessel"], table["wert"])
    assert table["name"].tolist() == reader.texts("#rang [data-area]")
    assert set(table["naeherung"]) == {"ja"}

    book = openpyxl.load_workbook(download(reader, "Excel", tmp_path))
    rows = pd.DataFrame(book["Karte"].iter_rows(values_only=True))
    rows = rows[1:].set_axis(rows.iloc[0], axis=1)
    assert_values(atlas, rows["Schlüssel"], rows["Wert"])
    notes = " ".join(
        str(cell) for row in book["Quellen und Hinweise"].iter_rows(values_only=True) for cell in row if cell
    )
    assert atlas.layer("gemeinde", parse_key(KEY)).text.name in notes
    assert "Näherung" in notes

    path = download(reader, "GeoPackage", tmp_path)
    layers = [name for name, kind in pyogrio.list_layers(path) if kind]
    areas = pyogrio.read_dataframe(path, layer=layers[0])
    assert areas.crs.to_epsg() == 25832
    assert_values(atlas, areas["schluessel"], areas["wert"])
    shapes = areas.set_index("schluessel").geometry
    assert shapes.area.sum() == pytest.approx(atlas.areas("gemeinde").area.sum())


def test_pictures_of_the_map(reader: Reader, atlas: Atlas, tmp_path: Path) -> None:
    reader.open(CHOSEN)
    with Image.open(download(reader, "Bild PNG", tmp_path)) as picture:
        assert min(picture.size) > 1000
        assert len(picture.convert("RGB").getcolors(maxcolors=1 << 24) or []) > 20
    svg = ET.fromstring(download(reader, "Bild SVG", tmp_path).read_text())
    keys = {element.get("data-id") for element in svg.iter() if element.get("data-id")}
    assert keys == set(atlas.areas("gemeinde").index)
    words = " ".join(text.strip() for text in svg.itertext())
    assert "Krankenh" in words
    assert download(reader, "PDF", tmp_path).read_bytes().startswith(b"%PDF-")


def test_empty_map_can_be_downloaded(reader: Reader, atlas: Atlas, tmp_path: Path) -> None:
    reader.open("/?handlungsfeld=ALLE&indicator=MIN01")
    table = pd.read_csv(download(reader, "CSV", tmp_path), sep=";", encoding="utf-8-sig", dtype={"schluessel": str})
    assert table["wert"].isna().all()
    assert (table["zustand_code"] == "missing").all()
    assert download(reader, "PDF", tmp_path).read_bytes().startswith(b"%PDF-")


def test_filtered_register(reader: Reader, atlas: Atlas, tmp_path: Path) -> None:
    reader.open("/einrichtungen?categories=krankenhaus,apotheke")
    shown = reader.page.locator("#bestand-tabelle tbody [data-facility]").evaluate_all(
        "b => b.map(x => x.dataset.facility)"
    )
    table = pd.read_csv(download(reader, "CSV", tmp_path), sep=";", encoding="utf-8-sig", dtype=str)
    assert table["kennung"].tolist()[: len(shown)] == shown
    wanted = atlas.data.facilities.query("inside and category in ('krankenhaus', 'apotheke')")
    assert sorted(table["kennung"]) == sorted(wanted.index)
    assert table["quelle"].notna().all()
    book = openpyxl.load_workbook(io.BytesIO(download(reader, "Excel", tmp_path).read_bytes()))
    assert book.worksheets[0].max_row == len(wanted) + 1
    points = pyogrio.read_dataframe(download(reader, "GeoPackage", tmp_path), layer="einrichtungen")
    assert sorted(points["kennung"]) == sorted(wanted.index)
    assert points.geometry.notna().sum() == wanted.geometry.notna().sum()
