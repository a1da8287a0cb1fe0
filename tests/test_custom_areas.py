"""Areas of one's own in place of the Sozialräume: from tables and polygons, on every layer of the atlas."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata import dataset
from geodata.custom_areas import with_areas
from geodata.model import GeoDataError
from geodata.observations import territory_of
from layers.atlas import build_atlas
from layers.statistics import build_statistics
from layers.webgeo import simplified_areas
from views.components import controls

DATA = dataset.load("16063")
KEYS = list(DATA.gemeinden.index)
NORTH = DATA.gemeinden.geometry.centroid.y > DATA.gemeinden.geometry.centroid.y.median()
HALVES = pd.Series(np.where(NORTH, "Nord", "Süd"), KEYS)


def written(folder: Path, rows: list[tuple[str, str]], name: str = "Planungsregionen.csv") -> Path:
    path = folder / name
    path.write_text("ags;name\n" + "".join(f"{ags};{area}\n" for ags, area in rows), "utf-8")
    return path


def halves(folder: Path) -> Path:
    return written(folder, list(HALVES.items()))


def test_a_table_makes_the_middle_level_and_its_sums(tmp_path: Path) -> None:
    data = with_areas(DATA, halves(tmp_path))
    assert data.sozialraeume["name"].to_dict() == {"nord": "Nord", "sued": "Süd"}
    north = DATA.gemeinden.loc[HALVES == "Nord"]
    assert data.sozialraeume.at["nord", "population"] == north["population"].sum()
    assert data.sozialraeume.area.sum() == pytest.approx(DATA.kreis.area.sum())
    assert data.gemeinden["verband"].equals(DATA.gemeinden["sozialraum"].rename("verband"))


def test_the_atlas_shows_the_areas_everywhere(tmp_path: Path) -> None:
    data = with_areas(DATA, halves(tmp_path))
    atlas = build_atlas(data)
    assert atlas.values("sozialraum", "BEV01").index.tolist() == ["nord", "sued"]
    assert atlas.values("sozialraum", "minuten.krankenhaus.pkw")["value"].notna().all()
    assert len(simplified_areas(data, "sozialraum")) == 2
    labels = [option["label"] for option in controls._levels(atlas)]
    assert "Planungsregionen (2)" in labels


def test_polygons_of_whole_gemeinden_are_taken_and_cutting_ones_are_refused(tmp_path: Path) -> None:
    shapes = gpd.GeoDataFrame(
        {"name": ["Nord", "Süd"]},
        geometry=[
            DATA.gemeinden.geometry[(half == HALVES).to_numpy()].union_all().buffer(5) for half in ("Nord", "Süd")
        ],
        crs=25832,
    )
    whole = tmp_path / "Schulbezirke.gpkg"
    shapes.to_crs(4326).to_file(whole)
    assert (
        with_areas(DATA, whole)
        .gemeinden["sozialraum"]
        .map({"nord": "Nord", "sued": "Süd"})
        .equals(HALVES.rename("sozialraum").rename_axis("ags"))
    )
    west, south, east, north = DATA.kreis.total_bounds
    middle = DATA.gemeinden.geometry["16063105"].centroid.x
    cut = gpd.GeoDataFrame(
        {"name": ["West", "Ost"]},
        geometry=[shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)],
        crs=25832,
    )
    broken = tmp_path / "quer.geojson"
    cut.to_file(broken)
    with pytest.raises(GeoDataError, match=r"zerschneiden Gemeinden: .*% in West.*Abhilfe"):
        with_areas(DATA, broken)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*HALVES.items()][:-1], "nicht zugeordnet: Eisenach"),
        ([*HALVES.items(), ("16063003", "Süd")], "Zeile 32: Gemeinde mehrfach zugeordnet"),
        ([*HALVES.items(), ("16063037", "Nord")], "diesen Schlüssel gibt es am Gebietsstand"),
    ],
)
def test_a_table_that_does_not_fit_says_where_and_what_to_do(
    tmp_path: Path, rows: list[tuple[str, str]], expected: str
) -> None:
    with pytest.raises(GeoDataError, match=expected):
        with_areas(DATA, written(tmp_path, rows))


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "regionen.txt"
    path.write_text("ags;name")
    with pytest.raises(GeoDataError, match="unbekannte Art von Datei"):
        with_areas(DATA, path)


def test_nothing_hidden_follows_from_verbaende_that_are_not_shown(tmp_path: Path) -> None:
    """The regions alone would allow to hide any second Gemeinde; the Verband's published sum asks for one inside it."""
    data = with_areas(DATA, halves(tmp_path))
    frame = pd.DataFrame({"key": KEYS, "value": [2.0 if key == "16063033" else 500.0 for key in KEYS]})
    frame = frame.assign(
        part="arbeitslose",
        year=2023,
        stand="2023",
        gebietsstand="2024-01-01",
        basis="",
        state="measured",
        row="Zeile 2",
        import_id=1,
    )
    statistics = build_statistics(data, frame, territory_of(data), {})
    hidden = np.isnan(statistics.levels["gemeinde"].cube.cells("arbeitslose").value[0])
    geisa = (data.gemeinden["verband"] == "geisa").to_numpy()
    assert hidden[geisa].sum() >= 2
