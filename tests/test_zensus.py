"""Census grids: the official forms as small files, the sums of the real ones, and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geodata.model import GeoDataError
from geodata.sources.zensus import box_around, join_cells, read_zensus
from geodata.sources.zensus_grid import age_columns, cell_keys, corners, grid_cells

REAL = Path(__file__).parents[2] / "shared" / "data" / "zensus"
needs_files = pytest.mark.skipif(not REAL.is_dir(), reason="die Gitterdateien liegen nicht neben dem Projekt")

PEOPLE_2011 = """Gitter_ID_100m;x_mp_100m;y_mp_100m;Einwohner
100mN30850E43700;4370050;3085050;12
100mN30850E43701;4370150;3085050;-1
100mN30851E43700;4370050;3085150;3
"""
LONG_2011 = """Gitter_ID_100m;Gitter_ID_100m_neu;Merkmal;Auspraegung_Code;Auspraegung_Text;Anzahl;Anzahl_q
100mN30850E43700;CRS3035RES100mN3085000E4370000;INSGESAMT;0;Einheiten insgesamt;12;0
100mN30850E43700;CRS3035RES100mN3085000E4370000;ALTER_10JG;1;Unter 10;3;0
100mN30850E43700;CRS3035RES100mN3085000E4370000;ALTER_10JG;2;10 - 19;5;2
100mN30850E43700;CRS3035RES100mN3085000E4370000;GESCHLECHT;1;Männlich;6;0
100mN30851E43700;CRS3035RES100mN3085100E4370000;ALTER_10JG;9;80 und älter;3;1
100mN30851E43700;CRS3035RES100mN3085100E4370000;ALTER_KURZ;5;65 und älter;3;0
"""
AGES_2022 = """GITTER_ID_100m;x_mp_100m;y_mp_100m;Insgesamt_Bevoelkerung;Unter18;a18bis29;a65undaelter
CRS3035RES100mN3085000E4370000;4370050;3085050;12;4;–;0
CRS3035RES100mN3085100E4370000;4370050;3085150;3;–;;3
"""
KM_2011 = """Gitter_ID_1km;x_mp_1km;y_mp_1km;Einwohner;Alter_D;unter18_A;ab65_A
1kmN3085E4370;4370500;3085500;200;41,5;12,5;-9
1kmN3085E4371;4371500;3085500;-1;-1;-1;-1
1kmN3086E4370;4370500;3086500;8;-9;0;25,0
"""


def written(folder: Path, text: str, name: str = "gitter.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding, errors="replace"))
    return path


def rows(cells: gpd.GeoDataFrame, *names: str) -> list[list[object]]:
    return cells[list(names)].astype(object).where(cells[list(names)].notna(), None).to_numpy().tolist()


def test_people_of_2011(tmp_path: Path) -> None:
    cells = read_zensus(written(tmp_path, PEOPLE_2011))
    assert rows(cells, "people", "people_state", "metres") == [
        [12.0, "measured", 100],
        [None, "suppressed_primary", 100],
        [3.0, "measured", 100],
    ]
    assert cells.index[0] == "CRS3035RES100mN3085000E4370000"
    assert cells.crs.to_epsg() == 25832
    wanted = Transformer.from_crs(3035, 25832, always_xy=True).transform(4370050, 3085050)
    assert (cells.geometry.iloc[0].x, cells.geometry.iloc[0].y) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_long_form_of_2011(tmp_path: Path, encoding: str) -> None:
    """What is not listed is suppressed, never 0; a raised Anzahl_q makes estimated; other Merkmale are passed over."""
    cells = read_zensus(written(tmp_path, LONG_2011, encoding=encoding))
    assert age_columns(cells) == ["age_10_19", "age_65_plus", "age_80_plus", "age_0_9"]
    names = ("people", "people_state", "age_0_9", "age_0_9_state", "age_10_19", "age_10_19_state")
    assert rows(cells, *names) == [
        [12.0, "measured", 3.0, "measured", 5.0, "estimated"],
        [None, "suppressed_primary", None, "suppressed_primary", None, "suppressed_primary"],
    ]
    assert rows(cells, "age_80_plus", "age_80_plus_state", "age_65_plus_state")[1] == [3.0, "estimated", "measured"]
    assert cells["x"].tolist() == [4370050, 4370050]
    assert cells["y"].tolist() == [3085050, 3085150]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_ages_of_2022_are_estimated_by_the_cell_key_method(tmp_path: Path, encoding: str) -> None:
    cells = read_zensus(written(tmp_path, AGES_2022, encoding=encoding))
    assert rows(cells, "age_0_17", "age_0_17_state", "age_18_29", "age_18_29_state") == [
        [4.0, "estimated", None, "suppressed_primary"],
        [None, "suppressed_primary", None, "missing"],
    ]
    assert rows(cells, "people", "age_65_plus", "age_65_plus_state") == [
        [12.0, 0.0, "estimated"],
        [3.0, 3.0, "estimated"],
    ]


def test_a_figure_in_brackets_is_unreliable(tmp_path: Path) -> None:
    text = "GITTER_ID_1km;x_mp_1km;y_mp_1km;Einwohner;werterlaeuternde_Zeichen\n"
    text += "CRS3035RES1000mN3085000E4370000;4370500;3085500;7;KLAMMERN\n"
    assert rows(read_zensus(written(tmp_path, text)), "people", "people_state") == [[7.0, "unreliable"]]


def test_shares_of_the_kilometre_grid_become_estimated_counts(tmp_path: Path) -> None:
    """12,5 % of 200 are 25; a share of nobody is not applicable, a hidden share hides the count."""
    cells = read_zensus(written(tmp_path, KM_2011))
    assert rows(cells, "age_0_17", "age_0_17_state", "age_65_plus", "age_65_plus_state") == [
        [25.0, "estimated", None, "suppressed_primary"],
        [None, "not_applicable", None, "not_applicable"],
        [0.0, "estimated", 2.0, "estimated"],
    ]
    assert rows(cells, "share_0_17_state") == [["measured"], ["not_applicable"], ["zero"]]
    assert "Alter_D" not in cells


def test_a_zip_may_hold_one_table_or_the_one_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "Zensus.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Zensus2011_1km-Gitter.csv", KM_2011)
        archive.writestr("Zensus2011_100m-Gitter.csv", PEOPLE_2011)
        archive.writestr("Datensatzbeschreibung.xlsx", b"")
    assert read_zensus(path, metres=100)["people"].sum() == 15
    assert read_zensus(path, metres=1000)["people"].sum() == 208
    with pytest.raises(GeoDataError, match="mehrere Tabellen im ZIP"):
        read_zensus(path)


def test_a_box_keeps_the_cells_with_their_centre_inside(tmp_path: Path) -> None:
    path = written(tmp_path, PEOPLE_2011)
    assert len(read_zensus(path, box=(4370000, 3085000, 4370100, 3085100))) == 1
    with pytest.raises(GeoDataError, match="keine Zelle im Ausschnitt"):
        read_zensus(path, box=(0, 0, 1, 1))


def test_a_box_around_areas_holds_every_point_of_them() -> None:
    area = gpd.GeoDataFrame(geometry=[shapely.box(570000, 5620000, 620000, 5660000)], crs=25832)
    west, south, east, north = box_around(area, 1_000)
    points = area.boundary.iloc[0].segmentize(500).coords
    x, y = Transformer.from_crs(25832, 3035, always_xy=True).transform(*np.transpose(points))
    assert west <= min(x) - 990
    assert east >= max(x) + 990
    assert south <= min(y) - 990
    assert north >= max(y) + 990


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ist leer oder keine Tabelle"),
        ("Gitter_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n", "keine Zelle in der Datei"),
        ("a;b\n1;2\n", "unbekannter Tabellenkopf: a; b"),
        (PEOPLE_2011.replace(";", ","), "unbekannter Tabellenkopf"),
        (PEOPLE_2011.replace("Einwohner", "Leerstand"), "keine Spalte mit Einwohnern oder Altersgruppen"),
        (PEOPLE_2011 + "100mN30850E43700;4370050;3085050;12\n", "Gitterzelle mehrfach vergeben"),
        (PEOPLE_2011.replace("4370050;3085050", "10.3;50.9"), r"nicht im Gitter von Deutschland.*EPSG:3035"),
        (PEOPLE_2011.replace("4370050;3085050", "580050;5640050"), "nicht im Gitter von Deutschland"),
        (PEOPLE_2011.replace("4370050;3085050", "3085050;4370050"), "Ost vor Nord"),
        (PEOPLE_2011.replace("4370050;3085050", ";3085050"), "nicht im Gitter von Deutschland"),
        (PEOPLE_2011.replace("4370050;3085050", "4370040;3085050"), "kein Mittelpunkt einer Zelle von 100 m"),
        (PEOPLE_2011.replace("4370050;3085050", "4370950;3085050"), "Kennung und Koordinate widersprechen sich"),
        (PEOPLE_2011.replace(";12", ";zwölf"), r"people ist keine Anzahl: 'zwölf' \(CRS3035"),
        (PEOPLE_2011.replace(";12", ";-3"), "people ist keine Anzahl"),
        (LONG_2011.replace("10 - 19", "Teenager"), "Ausprägung unbekannt: 'Teenager'"),
        (LONG_2011.replace("10 - 19", "Unter 10"), "Ausprägung mehrfach in einer Zelle"),
        (LONG_2011.replace("100mN30850E43700", "N1E1"), "Kennung ist keine Gitterzelle"),
        (LONG_2011.replace(";Anzahl;", ";Menge;"), "Pflichtspalte fehlt: Anzahl"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(GeoDataError, match=words) as caught:
        read_zensus(written(tmp_path, text), box=None)
    assert "gitter.csv" in str(caught.value)
    assert "Abhilfe" in str(caught.value)


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    broken = written(tmp_path, "kein ZIP", "x.zip")
    with pytest.raises(GeoDataError, match="beschädigt"):
        read_zensus(broken)
    with pytest.raises(GeoDataError, match="fehlt"):
        read_zensus(tmp_path / "nirgends.csv")
    with pytest.raises(GeoDataError, match="erwartet: Gitter mit 1000 m"):
        read_zensus(written(tmp_path, PEOPLE_2011), metres=1000)


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    text = PEOPLE_2011.replace("4370050;3085050", "1;2").replace(";-1", ";x")
    with pytest.raises(GeoDataError) as caught:
        read_zensus(written(tmp_path, text))
    assert len(str(caught.value).splitlines()) == 2


def test_ages_join_people_and_what_they_do_not_list_is_suppressed(tmp_path: Path) -> None:
    people = read_zensus(written(tmp_path, PEOPLE_2011))
    ages = read_zensus(written(tmp_path, LONG_2011))
    cells = join_cells(people, ages)
    assert cells["people"].equals(people["people"])
    assert rows(cells, "age_0_9", "age_0_9_state") == [
        [3.0, "measured"],
        [None, "suppressed_primary"],
        [None, "suppressed_primary"],
    ]
    with pytest.raises(GeoDataError, match="Zelle fehlt in der Tabelle der Einwohner"):
        join_cells(people.iloc[1:], ages)
    later = read_zensus(written(tmp_path, AGES_2022))
    with pytest.raises(GeoDataError, match="anderer Zensus als der der Einwohner: '2022'"):
        join_cells(people, later)


@given(st.integers(40_200, 46_899), st.integers(26_700, 35_599), st.sampled_from([100, 1_000, 10_000]))
def test_keys_and_coordinates_are_each_others_inverse(east: int, north: int, metres: int) -> None:
    x, y = (value * 100 // metres * metres + metres / 2 for value in (east, north))
    key = cell_keys(pd.Series([x]), pd.Series([y]), metres)
    assert (corners(key.to_series()) + metres / 2).to_numpy().tolist() == [[x, y]]


@needs_files
def test_germany_has_the_cells_and_people_of_its_source() -> None:
    table = pd.read_parquet(REAL / "zensus2011_1km_deutschland.parquet")
    cells = grid_cells(table, metres=1_000, census=2011, place="Zensus 2011")
    assert len(cells) == 214_633
    assert cells["people"].sum() == 80_212_528
    assert (cells["people_state"] == "measured").all()
    hidden = (table["unter18_A"] == -9).to_numpy()
    assert (cells["age_0_17_state"] == "suppressed_primary").to_numpy().tolist() == hidden.tolist()
    assert cells.loc[hidden, "age_0_17"].isna().all()
    known = cells["age_0_17"].notna()
    assert cells.loc[known, "age_0_17"].sum() / cells.loc[known, "people"].sum() == pytest.approx(0.163, abs=0.004)


@needs_files
@pytest.mark.parametrize(
    ("file", "name", "count"), [("unter10", "Unter10", 88_041), ("80plus", "a80undaelter", 62_044)]
)
def test_cells_of_thuringia(file: str, name: str, count: int) -> None:
    table = pd.read_parquet(REAL / f"zensus2011_100m_thueringen_{file}.parquet").rename(columns={"value": name})
    cells = grid_cells(table, metres=100, census=2011, place=file)
    (age,) = age_columns(cells)
    assert len(cells) == count
    assert cells[age].sum() == table[name].sum()
    assert cells[age].min() == 3
