"""A folder of official files: told apart by content, contradictions refused, and a whole district built from it."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import geodata
from geodata import build, dataset
from geodata.assemble.inputs import Files
from geodata.assemble.sources import given_files, official_areas
from geodata.catalog.official import land_of, official_files, read_laender, read_official_files
from geodata.model import GeoData, GeoDataError
from geodata.sources.official import find_files, kind_of
from geodata.sources.vg250 import read_official
from geodata.sources.zensus import header_of
from layers import build_atlas
from layers.keys import parse_key
from tests import officialfiles
from tests.data import kunstkreis
from tests.officialfiles import KREIS, SQUARES, write_osm, write_vg250, write_zensus

SHARED = Path(__file__).parents[2] / "shared" / "data"
ROADS, TIMETABLE = SHARED / "osm" / "ors_heidelberg.osm.pbf", SHARED / "gtfs" / "ors_vrn_gtfs_cut.zip"
CENSUS = SHARED / "zensus" / "zensus2011_1km_deutschland.parquet"
real = pytest.mark.skipif(not (ROADS.is_file() and CENSUS.is_file()), reason="die wirklichen Dateien liegen nicht bei")
RUFBUS = """
[[service]]
id = "rufbus"
name = "Rufbus"
areas = ["08999003"]
weekdays = ["mo", "di", "mi", "do", "fr"]
begins = "05:00"
ends = "22:00"
booking_minutes = 60
wait_minutes = 10.0
speed_kmh = 30.0
detour = 1.5
source = "erfunden"
status = "setzung"
"""
FEED = ("stops.txt", "stop_times.txt", "trips.txt")


def ignore(text: str) -> None:
    """Take a line of progress."""


def write_zip(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def cells() -> pd.DataFrame:
    rows = [(4_215_500, 2_925_500, 120, 20.0, 15.5), (4_216_500, 2_925_500, 3, -9.0, -9.0)]
    return pd.DataFrame(rows, columns=["x", "y", "Einwohner", "unter18_A", "ab65_A"])


# --- what a file is


def test_files_are_told_apart_by_what_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "land.osm.pbf").write_bytes(b"x")
    areas, people = write_vg250(tmp_path), write_zensus(tmp_path, cells())
    feed = write_zip(tmp_path / "irgendwas.zip", **dict.fromkeys(FEED, ""))
    (tmp_path / "facilities.csv").write_text("id,category,name,ags,lat,lon\n")
    (tmp_path / "brief.csv").write_text("a;b\n1;2\n")
    (tmp_path / "kaputt.zip").write_bytes(b"PK nichts")
    (tmp_path / "land.osm.pbf.part").write_bytes(b"x")
    found = find_files(tmp_path)
    assert found.osm == tmp_path / "land.osm.pbf"
    assert (found.areas, found.people, found.timetables) == (areas, people, (feed,))
    assert found.register == tmp_path / "facilities.csv"
    assert set(found.unknown) == {"brief.csv", "kaputt.zip"}
    assert "nicht lesbar" in found.unknown["kaputt.zip"]


def test_the_newer_census_and_then_the_finer_grid_counts(tmp_path: Path) -> None:
    old = write_zensus(tmp_path, cells())
    new = write_zip(
        tmp_path / "Zensus2022_Bevoelkerungszahl.zip",
        **{
            "Zensus2022_Bevoelkerungszahl_1km-Gitter.csv": "GITTER_ID_1km;x_mp_1km;y_mp_1km;Einwohner\n",
            "Zensus2022_Bevoelkerungszahl_100m-Gitter.csv": "GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n",
        },
    )
    ages = tmp_path / "Alter.csv"
    ages.write_text("GITTER_ID_100m;x_mp_100m;y_mp_100m;a10bis19\n")
    (tmp_path / "Alter_1km.csv").write_text("GITTER_ID_1km;x_mp_1km;y_mp_1km;a10bis19\n")
    assert header_of(new)[:2] == (2022, 100)
    assert header_of(old)[:2] == (2011, 1000)
    found = find_files(tmp_path)
    assert (found.people, found.ages) == (new, (ages,))


@pytest.mark.parametrize("names", [("a.osm.pbf", "b.osm"), ("a.gpkg", "b.gpkg")])
def test_two_of_one_kind_are_refused_by_name(tmp_path: Path, names: tuple[str, str]) -> None:
    source = write_vg250(tmp_path, packed=False)
    for name in names:
        shutil.copy(source, tmp_path / name) if name.endswith("gpkg") else (tmp_path / name).write_bytes(b"x")
    source.unlink()
    with pytest.raises(GeoDataError, match=rf"mehrere .*: {names[0]}, {names[1]}\. Abhilfe"):
        find_files(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GeoDataError, match="diesen Ordner gibt es nicht"):
        find_files(tmp_path / "fehlt")


def test_a_geopackage_of_something_else_is_unknown(tmp_path: Path) -> None:
    assert kind_of(geodata.dataset.EMBEDDED / "16063" / "sozialatlas.gpkg") == ""


@real
def test_the_real_files_are_recognised() -> None:
    assert kind_of(ROADS) == "osm"
    assert kind_of(TIMETABLE) == "gtfs"


# --- areas


def test_official_areas_by_hand(tmp_path: Path) -> None:
    layers = read_official(f"/vsizip/{write_vg250(tmp_path)}/vg250-ew/DE_VG250.gpkg", KREIS)
    gem = layers["gem"].set_index("ags")
    assert gem["population"].tolist() == [8000.0, 60_000.0, 40_000.0]
    assert gem["area_km2"].tolist() == [100.5] * 3
    assert len(layers["krs"]) == 2
    assert gem.loc["08999001"].geometry.area < 1.1e8  # without the water


def test_areas_of_a_folder_come_with_their_day_and_their_groups(tmp_path: Path) -> None:
    write_vg250(tmp_path)
    known = official_areas(KREIS, given_files(tmp_path, ignore), tmp_path, ignore)
    assert known.gebietsstand.isoformat() == "2022-07-01"
    assert known.counted_on == "2022-12-31"
    assert known.groups.to_dict() == {"089995001": "VG Doppeldorf"}
    with pytest.raises(GeoDataError, match="Kreis 01001"):
        official_areas("01001", given_files(tmp_path, ignore), tmp_path, ignore)


@pytest.mark.parametrize("column", ["AGS", "GF", "ARS"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    import pyogrio

    from geodata.sources.vg250 import dissolve_official

    frame = pyogrio.read_dataframe(write_vg250(tmp_path, packed=False), layer="vg250_gem").drop(columns=column)
    with pytest.raises(GeoDataError, match=f"Spalte fehlt: {column}"):
        dissolve_official(frame, "x.gpkg")


# --- catalogue


def test_every_land_has_its_extract() -> None:
    laender = read_laender()
    assert len(laender) == 16
    assert land_of("16063").slug == "thueringen"
    with pytest.raises(GeoDataError, match="gehört zu keinem Land"):
        land_of("99001")


def test_addresses_are_safe_and_files_have_names() -> None:
    for entry in official_files().values():
        assert not entry.url or (entry.url.startswith("https://") and entry.file)


def test_broken_blocks_come_in_one_error(tmp_path: Path) -> None:
    text = (Path(build.__file__).parent / "catalog" / "official.toml").read_text("utf-8")
    broken = text.replace("https://download.gtfs.de", "http://download.gtfs.de").replace('kind = "osm"', 'kind = "x"')
    (tmp_path / "official.toml").write_text(broken, "utf-8")
    with pytest.raises(GeoDataError) as error:
        read_official_files(tmp_path)
    assert "official.toml [osm]: kind must be one of" in str(error.value)


# --- the whole


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real roads, timetable and census, and invented areas."""
    made = tmp_path_factory.mktemp("quellen")
    write_vg250(made)
    for path in (ROADS, TIMETABLE):
        shutil.copy(path, made)
    (made / "on_demand.toml").write_text(RUFBUS, "utf-8")
    write_zensus(made, pd.read_parquet(CENSUS, filters=[("x", ">", 4.19e6), ("x", "<", 4.25e6), ("y", "<", 2.98e6)]))
    return made


@pytest.fixture(scope="module")
def built(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> GeoData:
    """The district built from that folder."""
    root = tmp_path_factory.mktemp("daten")
    build.build_district(KREIS, root, Files(root), given=given_files(folder, ignore), progress=ignore)
    return geodata.load(KREIS, root)


@real
def test_a_district_is_built_from_official_files_alone(built: GeoData) -> None:
    assert built.name == "Kunstkreis"
    assert built.gemeinden["population"].sum() == sum(count for *_, count in SQUARES.values())
    assert built.sozialraeume["name"].tolist() == ["VG Doppeldorf", "Waldstadt"]
    assert set(built.networks) == {"fuss", "rad", "pkw", "rollstuhl"}
    assert built.timetable is not None
    assert built.basemap is not None
    assert built.demand["population"].sum() == pytest.approx(built.gemeinden["population"].sum())
    assert {"age_0_17", "age_65_plus"} <= set(built.demand)
    assert [source.id for source in built.sources_of("boundaries", "homes", "ways", "timetable")] == [
        "vg250_ew",
        "zensus2011",
        "osm",
        "fahrplan",
    ]
    assert [service.areas for service in built.on_demand] == [("08999003",)]
    assert built.categories["kita"].completeness.judgement == "ungeprueft"
    assert built.categories["haltestelle"].completeness.judgement == "ausreichend"


@real
def test_the_atlas_of_it_has_minutes_of_the_network(built: GeoData) -> None:
    atlas = build_atlas(built)
    for key in (
        "minuten.kita.fuss",
        "minuten.kita.pkw",
        "minuten.kita.oev",
        "ohne_auto.kita.60",
        "minuten.kita.rollstuhl",
    ):
        layer = atlas.layer("gemeinde", parse_key(key))
        assert not layer.text.approximation, key
        assert layer.table["value"].notna().any(), key
    walk, drive = (atlas.table("gemeinde", parse_key(f"minuten.kita.{mode}"))["value"] for mode in ("fuss", "pkw"))
    assert (walk > drive).all()
    bus = atlas.layer("kreis", parse_key("minuten.kita.oev")).text
    assert bus.notes[0].startswith("Fahrplan ors_vrn_gtfs_cut.zip, gültig vom 12.06.2022 bis 10.12.2022; gerechnet für")
    counts = atlas.table("gemeinde", parse_key("anzahl.kita"))
    assert set(counts["state"]) <= {"unreliable", "missing"}


@real
def test_the_same_files_give_the_same_bytes_and_a_dry_run_says_so(folder: Path, built: GeoData, tmp_path: Path) -> None:
    files, given = Files(tmp_path), given_files(folder, ignore)
    lines = build.compare_district(KREIS, tmp_path, files, given=given, progress=ignore)
    assert lines[0].startswith(f"Neuer Datensatz {KREIS} Kunstkreis")
    assert not (tmp_path / KREIS).exists()
    again = build.build_district(KREIS, tmp_path, files, given=given, progress=ignore)
    assert build.compare_district(KREIS, tmp_path, files, given=given, progress=ignore) == [
        f"Keine Änderung an {again}."
    ]
    first = json.loads(json.dumps(built.provenance))
    assert json.loads((again / dataset.PROVENANCE).read_text("utf-8")) == first


@real
def test_a_dry_run_names_what_would_change(folder: Path, tmp_path: Path) -> None:
    files = Files(tmp_path)
    few = tmp_path / "quellen"
    shutil.copytree(folder, few)
    build.build_district(KREIS, tmp_path, files, given=given_files(few, ignore), progress=ignore)
    (few / TIMETABLE.name).unlink()
    lines = build.compare_district(KREIS, tmp_path, files, given=given_files(few, ignore), progress=ignore)
    assert any(line.startswith("  Fahrplan: 13.06.2022, 22") and line.endswith("→ keiner") for line in lines)
    assert any("fielen weg (haltestelle" in line for line in lines)


@real
@pytest.mark.parametrize("what", ["roads", "timetable", "census"])
def test_a_broken_file_leaves_the_old_dataset(folder: Path, tmp_path: Path, what: str) -> None:
    few = tmp_path / "quellen"
    shutil.copytree(folder, few)
    files = Files(tmp_path)
    made = build.build_district(KREIS, tmp_path, files, given=given_files(few, ignore), progress=ignore)
    before = (made / dataset.PROVENANCE).read_bytes()
    path = {"roads": few / ROADS.name, "timetable": few / TIMETABLE.name}.get(what)
    if path is None:
        (few / "Zensus_spitze_Werte_1km-Gitter.csv").write_text("Gitter_ID_1km;x_mp_1km;y_mp_1km;Einwohner\nx;1;2;3\n")
    elif what == "roads":
        path.write_bytes(path.read_bytes()[:200_000])
    else:
        write_zip(path, **dict.fromkeys(FEED, "stop_id\n"))
    with pytest.raises(GeoDataError, match="Abhilfe"):
        build.build_district(KREIS, tmp_path, files, given=given_files(few, ignore), progress=ignore)
    assert (made / dataset.PROVENANCE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [
        path.name for path in tmp_path.iterdir() if path.name[0] != "."
    ]


@real
def test_a_day_outside_the_timetable_is_refused_with_its_span(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--sources", str(folder), "--out", str(tmp_path), "--packages", str(tmp_path), "--day", "2026-05-05"]
    assert build.main([KREIS, *options]) == 1
    assert "gültig vom 12.06.2022 bis 10.12.2022. Abhilfe" in capsys.readouterr().err
    assert not (tmp_path / KREIS).exists()


@real
def test_the_wartburgkreis_takes_official_cells_into_its_tables(tmp_path: Path, data: GeoData) -> None:
    """Only the census lies in the folder: the people of each Gemeinde stay, they only live elsewhere."""
    from geodata.assemble.extras import read_cells, scale_cells

    write_zensus(
        tmp_path,
        pd.read_parquet(CENSUS, filters=[("x", ">", 4.3e6), ("x", "<", 4.45e6), ("y", "<", 3.15e6), ("y", ">", 3.0e6)]),
    )
    cells = read_cells(given_files(tmp_path, ignore), data.gemeinden, 20_000, ignore)
    scaled = scale_cells(cells, data.gemeinden["population"])
    summed = scaled["population"].groupby(scaled["ags"]).sum()
    np.testing.assert_allclose(summed, data.gemeinden["population"], rtol=1e-9)
    assert (scaled["ags"].isna() & (scaled["population"] > 0)).any()


def test_the_invented_files_are_called_so() -> None:
    assert "invented" in (officialfiles.__doc__ or "")


VILLAGES = (
    (8.60, 49.40, 8.62, 49.42),
    (8.69, 49.40, 8.70, 49.41),
    (8.70, 49.45, 8.71, 49.46),
    (8.76, 49.40, 8.77, 49.41),
)


def build_without_census(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settled: int) -> GeoData:
    """Return the district from areas with people and roads, the first ``settled`` villages being residential land."""
    invented = kunstkreis.write_packages(tmp_path / "pakete")
    monkeypatch.setattr("geodata.catalog.sources", lambda: invented)
    sources = tmp_path / "quellen"
    sources.mkdir()
    write_vg250(sources)
    write_osm(sources, VILLAGES[:settled])
    files = Files(tmp_path / "pakete")
    build.build_district(KREIS, tmp_path, files, given=given_files(sources, ignore), progress=ignore)
    return geodata.load(KREIS, tmp_path)


def test_without_a_census_people_live_on_residential_land(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two equal villages of Ostdorf share its 40,000 people."""
    data = build_without_census(tmp_path, monkeypatch, 4)
    people = data.demand["population"].groupby(data.demand["ags"]).agg(["size", "sum", "min"])
    assert people["size"].tolist() == [1, 2, 1]
    assert people["sum"].tolist() == pytest.approx([count for *_, count in SQUARES.values()])
    assert people.at["08999002", "min"] == pytest.approx(20_000, rel=0.01)
    assert [source.id for source in data.sources_of("homes")] == ["osm"]
    assert build_atlas(data).values("gemeinde", "BEV01")["value"].tolist() == people["sum"].round().tolist()


def test_a_gemeinde_without_residential_land_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GeoDataError, match=r"Gemeinden ohne Siedlungsfläche: 08999002 \(40000\), 08999003 \(8000\)"):
        build_without_census(tmp_path, monkeypatch, 1)
    assert not (tmp_path / KREIS).exists()


def test_people_without_any_homes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GeoDataError, match=r"keine Wohngebiete aus OpenStreetMap\. Abhilfe: die Gitterdatei"):
        build_without_census(tmp_path, monkeypatch, 0)
