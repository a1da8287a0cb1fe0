"""The build: the Kunstkreis by hand, all or nothing, twice the same; facts of the embedded dataset."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

import geodata
from geodata import build, catalog, dataset, rules, territory
from geodata.assemble.inputs import Files
from geodata.catalog import Source
from geodata.folders import replace_folder
from geodata.model import (
    AREA_COLUMNS,
    DEMAND_COLUMNS,
    FACILITY_COLUMNS,
    GEMEINDE_COLUMNS,
    PLACE_COLUMNS,
    POPULATION_COLUMNS,
    GeoData,
    GeoDataError,
    State,
)
from geodata.sources import registry, vg250
from tests.data import kunstkreis

SHARED = Path("../shared/data/indicators")


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Source]]:
    """A folder with the packages, the tables and the built dataset of the Kunstkreis, and its sources."""
    folder = tmp_path_factory.mktemp("kunst")
    sources = kunstkreis.write_packages(folder / "packages")
    kunstkreis.write_quellen(folder / "quellen")
    with pytest.MonkeyPatch.context() as patch:
        use_kunstkreis(patch, sources)
        build.build_district(kunstkreis.AGS, folder / "data", files_in(folder), progress=ignore)
    return folder, sources


@pytest.fixture
def files(workshop: tuple[Path, dict[str, Source]], monkeypatch: pytest.MonkeyPatch) -> Files:
    """The packages and tables of the Kunstkreis, with the catalogue that names them."""
    folder, sources = workshop
    use_kunstkreis(monkeypatch, sources)
    return files_in(folder)


@pytest.fixture
def kunst(workshop: tuple[Path, dict[str, Source]], tmp_path: Path) -> GeoData:
    """The built Kunstkreis, in a folder of its own."""
    shutil.copytree(workshop[0] / "data", tmp_path / "data")
    return geodata.load(kunstkreis.AGS, tmp_path / "data")


def files_in(folder: Path) -> Files:
    return Files(folder / "packages", folder / "quellen")


def use_kunstkreis(patch: pytest.MonkeyPatch, sources: dict[str, Source]) -> None:
    patch.setattr(catalog, "sources", lambda: sources)
    patch.setattr(catalog, "districts", lambda: {kunstkreis.AGS: kunstkreis.DISTRICT})


def ignore(text: str) -> None:
    """Take a line of progress."""


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# the Kunstkreis, by hand


def test_gemeinden_of_the_kunstkreis(kunst: GeoData) -> None:
    columns = ["name", "bez", "sozialraum", "population", "zensus2011", "area_km2", "central_place"]
    assert kunst.gemeinden[columns].to_dict("index") == {
        "99063001": dict(zip(columns, ["Adorf", "Gemeinde", "gross-adorf", 180, 200.0, 12.0, ""], strict=True)),
        "99063105": dict(zip(columns, ["Estadt", "Stadt", "estadt", 1100, 1000.0, 12.0, "MZ"], strict=True)),
    }
    assert kunst.gemeinden.area.div(1e6).round(6).to_list() == [12.0, 12.0]


def test_older_states_of_the_kunstkreis(kunst: GeoData) -> None:
    older = kunst.gemeinden_2022["zensus2011"].to_dict()
    assert older == {"99063001": 160.0, "99063003": 40.0, "99063004": 30.0, "99063105": 1000.0}
    assert kunst.altgemeinden["ags_2024"].isna().to_dict()["99063005"]
    assert len(kunst.altgemeinden) == 6


def test_kreis_of_the_kunstkreis_is_summed_over_two_dates(kunst: GeoData) -> None:
    row = kunst.kreis.loc[kunstkreis.AGS]
    assert (row["name"], row["population"], row["area_km2"]) == ("Kunstkreis", 1280, 24.0)
    assert (row["population_date"], row["population_state"]) == ("2022-12-31", "estimated")
    assert row["population_reason"] == "Summe aus Ständen vom 31.12.2022 bis 31.12.2023"


def test_people_are_scaled_to_the_newest_figure_and_uncounted_ones_stay_missing(kunst: GeoData) -> None:
    assert kunst.demand["population"].round(6).to_dict() == {"1": 90.0, "2": 54.0, "3": 36.0, "6": 1100.0}
    assert list(kunst.settlements.index) == ["1", "2", "3", "4", "6", "10"]
    assert kunst.settlements["population"].isna()[["4", "10"]].all()
    assert kunst.settlements["ags"].isna().to_dict()["4"]
    assert kunst.settlements.loc["10", "ags"] == "99063001"


def test_neighbour_receives_the_gemeinden_that_left(kunst: GeoData) -> None:
    assert list(kunst.context.index) == ["99064"]
    assert kunst.context.area["99064"] == pytest.approx(24e6)
    text = "01.01.2016, ergänzt um Dedorf (seit 01.01.2024), ergänzt um Fadorf (seit 01.01.2019)"
    assert kunst.context.loc["99064", "gebietsstand"] == text


def test_stops_are_kept_once_and_only_where_something_runs(kunst: GeoData) -> None:
    stops = kunst.facilities[kunst.facilities["category"] == "haltestelle"]
    assert list(stops.index) == ["bahnhof-8000001", "haltestelle-501", "haltestelle-502", "haltestelle-503"]
    assert stops["inside"].to_list() == [True, True, True, False]
    assert stops["ags"].isna().to_list() == [False, False, False, True]
    assert kunst.provenance["left_out"]["stops_station"] == {"inside": 2, "around": 0}
    assert kunst.provenance["left_out"]["stops_unserved"] == {"inside": 2, "around": 0}


def test_station_of_the_kunstkreis(kunst: GeoData) -> None:
    row = kunst.facilities.loc["bahnhof-8000001"].drop("geometry").to_dict()
    assert np.isnan(row.pop("capacity"))
    assert row == dict.fromkeys(FACILITY_COLUMNS.keys() - {"capacity"}, "") | {
        "category": "haltestelle",
        "kind": "bahnhof",
        "name": "Estadt Hbf",
        "operator": "KVG (Aufgabenträger)",
        "street": "Bahnhofstr. 1",
        "plz": "99001",
        "place": "Estadt",
        "ags": "99063105",
        "inside": True,
        "wheelchair": "limited",
        "source": "bahnhoefe",
        "seen": "2024-05-01",
        "seen_estimated": False,
        "precision": "stop",
        "check": False,
    }


def test_register_row_keeps_doubt_and_estimated_year(kunst: GeoData) -> None:
    columns = ["seen", "seen_estimated", "check", "capacity"]
    assert kunst.facilities.loc["kita-1", columns].to_list() == ["2019", True, True, 20.0]
    assert kunst.facilities.loc["kita-2", columns[:3]].to_list() == ["", False, False]
    assert np.isnan(kunst.facilities.loc["kita-2", "capacity"])


def test_place_astray_is_left_out_and_a_nameless_gemeinde_is_added(kunst: GeoData) -> None:
    assert kunst.places["name"].to_dict() == {
        "11": "Adorf",
        "13": "Nachbarort",
        "gemeinde-99063105": "Estadt",
    }
    assert kunst.places["source"].to_list() == ["orte", "orte", "siedlungen"]
    assert kunst.provenance["left_out"]["places"] == ["Dedorf"]


# all or nothing, twice the same


def test_second_build_gives_the_same_bytes(kunst: GeoData, files: Files, tmp_path: Path) -> None:
    build.build_district(kunstkreis.AGS, tmp_path / "again", files, progress=ignore)
    assert snapshot(tmp_path / "again") == snapshot(tmp_path / "data")


def test_progress_says_what_happens(files: Files, tmp_path: Path) -> None:
    said: list[str] = []
    build.build_district(kunstkreis.AGS, tmp_path / "data", files, progress=said.append)
    assert said[0] == "Lese Kunst vg250"
    assert {"Prüfe die Quellen", "Baue die Ebenen", "  gemeinden: 2", "  einrichtungen: 6"} <= set(said)


BROKEN = {
    "ags is no key": (kunstkreis.facility("a", 0.5, 0.5, ags="1"), "ags hat nicht 8 Ziffern: '1' (a)"),
    "unknown category": (kunstkreis.facility("a", 0.5, 0.5, category="kiosk"), "Kategorie unbekannt"),
    "swapped": (kunstkreis.facility("a", 0.5, 0.5, lat="10.2", lon="50.9"), "Koordinaten vertauscht"),
    "no place": (kunstkreis.facility("a", 0.5, 0.5, lat=""), "Geometrie fehlt"),
    "elsewhere": (kunstkreis.facility("a", 1.5, 1.5), "Punkt liegt nicht in seiner Gemeinde"),
    "hidden": (kunstkreis.facility("a", 0.5, 0.5, category="frauenhaus"), "geschützte Einrichtung mit Lage"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_register_leaves_the_old_dataset(name: str, kunst: GeoData, files: Files, tmp_path: Path) -> None:
    row, words = BROKEN[name]
    before = snapshot(tmp_path / "data")
    (tmp_path / "eigene.csv").write_text(kunstkreis.register(row), "utf-8")
    broken = Files(files.packages, files.quellen, register=tmp_path / "eigene.csv")
    with pytest.raises(GeoDataError) as caught:
        build.build_district(kunstkreis.AGS, tmp_path / "data", broken, progress=ignore)
    assert words in str(caught.value)
    assert "eigene.csv" in str(caught.value)
    assert snapshot(tmp_path / "data") == before
    assert [path.name for path in (tmp_path / "data").iterdir()] == [kunstkreis.AGS]


def boundary_file(path: Path, **change: object) -> Path:
    """Write the Gemeinden of 2016 as a GeoPackage, one of them changed."""
    parts = gpd.GeoDataFrame.from_features(list(vg250.flatten(kunstkreis.gemeinden())), crs=4326).to_crs(25832)
    frame = parts[parts["GF"] == 4].dissolve("AGS", as_index=False)
    frame = frame[frame["AGS"] != "99064001"].reset_index(drop=True)
    crs = change.pop("crs", 25832)
    for column, value in change.items():
        frame.loc[1, column] = value
    frame.set_crs(crs, allow_override=True).to_file(path)
    return path


def test_own_boundaries_give_the_same_dataset(kunst: GeoData, files: Files, tmp_path: Path) -> None:
    own = Files(files.packages, files.quellen, boundaries=boundary_file(tmp_path / "g.gpkg"))
    build.build_district(kunstkreis.AGS, tmp_path / "own", own, progress=ignore)
    again = geodata.load(kunstkreis.AGS, tmp_path / "own")
    pd.testing.assert_frame_equal(
        pd.DataFrame(again.gemeinden.drop(columns="geometry")),
        pd.DataFrame(kunst.gemeinden.drop(columns="geometry")),
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"AGS": "99063002"}, "ags mehrfach vergeben: '99063002'"),
        ({"AGS": "9906300"}, "ags hat nicht 8 Ziffern"),
        ({"geometry": None}, "Geometrie fehlt"),
        ({"geometry": kunstkreis.square(0, 0, width=1.2)}, "Flächen überlappen"),
        ({"geometry": kunstkreis.square(0, 0, width=0.8)}, "Lücke"),
        ({"crs": 3857}, "Koordinatensystem fehlt oder ist nicht zugelassen: 'EPSG:3857'"),
        ({"crs": 4326}, "Koordinaten liegen nicht in Deutschland"),
    ],
)
def test_broken_boundaries_leave_the_old_dataset(
    change: dict[str, object], words: str, kunst: GeoData, files: Files, tmp_path: Path
) -> None:
    before = snapshot(tmp_path / "data")
    own = Files(files.packages, files.quellen, boundaries=boundary_file(tmp_path / "g.gpkg", **change))
    with pytest.raises(GeoDataError) as caught:
        build.build_district(kunstkreis.AGS, tmp_path / "data", own, progress=ignore)
    assert words in str(caught.value)
    assert "g.gpkg" in str(caught.value)
    assert snapshot(tmp_path / "data") == before


def test_failure_while_writing_leaves_the_old_dataset(
    kunst: GeoData, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(tmp_path / "data")

    def write_half(folder: Path, *_: object) -> None:
        folder.mkdir()
        (folder / "sozialatlas.gpkg").write_bytes(b"halb")
        raise OSError("Datenträger voll")

    monkeypatch.setattr(dataset, "write_dataset", write_half)
    with pytest.raises(OSError, match="voll"):
        build.build_district(kunstkreis.AGS, tmp_path / "data", files, progress=ignore)
    assert snapshot(tmp_path / "data") == before


def test_failure_while_swapping_brings_the_old_folder_back(tmp_path: Path) -> None:
    target = tmp_path / "99063"
    target.mkdir()
    (target / "alt").write_text("alt")
    with pytest.raises(OSError, match="fresh"):
        replace_folder(target, ignore)  # type: ignore[arg-type]
    assert snapshot(target) == {"alt": b"alt"}


def test_unknown_district_is_refused(files: Files, tmp_path: Path) -> None:
    with pytest.raises(GeoDataError, match=r"Kreis 99999: steht nicht in den Verwaltungsgebieten .* Abhilfe"):
        build.build_district("99999", tmp_path, files, progress=ignore)


def test_missing_source_in_the_catalogue_is_named(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "sources", dict)
    with pytest.raises(GeoDataError, match="Quelle vg250 fehlt"):
        build.build_district(kunstkreis.AGS, tmp_path / "data", files, progress=ignore)


def test_command_line_builds_and_reports(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--packages", str(files.packages), "--tables", str(files.quellen), "--out", str(tmp_path / "datasets")]
    assert build.main([kunstkreis.AGS, *options]) == 0
    assert "Fertig: " in capsys.readouterr().out
    assert (tmp_path / "datasets" / kunstkreis.AGS / "sozialatlas.gpkg").is_file()
    assert build.main(["12345", *options]) == 1
    assert "Abhilfe" in capsys.readouterr().err


# a dataset that is not whole


def test_missing_dataset_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(GeoDataError, match=r"dataset\.json: fehlt oder ist nicht lesbar.*`make data`"):
        geodata.load("99063", tmp_path)


@pytest.mark.parametrize("content", [b"", b"kein GeoPackage", None])
def test_broken_geopackage_names_the_remedy(kunst: GeoData, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "data" / kunstkreis.AGS / "sozialatlas.gpkg"
    path.unlink() if content is None else path.write_bytes(content)
    dataset.read_dataset.cache_clear()
    with pytest.raises(GeoDataError, match=r"sozialatlas\.gpkg: fehlt oder ist kein GeoPackage.*`make data`"):
        geodata.load(kunstkreis.AGS, tmp_path / "data")


def test_missing_layer_and_column_are_named(kunst: GeoData, tmp_path: Path) -> None:
    path = tmp_path / "half.gpkg"
    pyogrio.write_dataframe(kunst.gemeinden.reset_index().drop(columns="bez"), path, layer="gemeinden_2024")
    with pytest.raises(GeoDataError, match="Ebene fehlt: sozialraeume_2024, kreis_2024, kontext_kreise"):
        dataset.read_layers(path, "2024-01-01")
    with pytest.raises(GeoDataError, match="Ebene gemeinden_2024: Spalte fehlt: bez"):
        dataset.read_layer(path, "gemeinden_2024", *dataset.LAYERS["gemeinden"])


def test_layer_in_degrees_is_refused(kunst: GeoData, tmp_path: Path) -> None:
    path = tmp_path / "grad.gpkg"
    pyogrio.write_dataframe(kunst.gemeinden.reset_index().to_crs(4326), path, layer="gemeinden_2024")
    with pytest.raises(GeoDataError, match="Koordinatensystem ist nicht EPSG:25832"):
        dataset.read_layer(path, "gemeinden_2024", *dataset.LAYERS["gemeinden"])


def test_provenance_without_entry_is_refused(tmp_path: Path) -> None:
    (tmp_path / "99063").mkdir()
    (tmp_path / "99063" / "dataset.json").write_text('{"ags": "99063"}')
    with pytest.raises(GeoDataError, match="Angabe fehlt: name, gebietsstand, sources, layers"):
        geodata.load("99063", tmp_path)


# the embedded dataset


@pytest.fixture(scope="module")
def data() -> GeoData:
    """The Wartburgkreis as it ships."""
    return geodata.load("16063")


def test_embedded_dataset_has_the_areas_of_every_state(data: GeoData) -> None:
    frames = (data.gemeinden, data.gemeinden_2022, data.altgemeinden, data.sozialraeume, data.kreis)
    assert [len(frame) for frame in frames] == [30, 32, 51, 16, 1]
    assert (data.name, str(data.gebietsstand)) == ("Wartburgkreis", "2024-01-01")


def test_embedded_columns_follow_the_contract(data: GeoData) -> None:
    assert set(GEMEINDE_COLUMNS) <= set(data.gemeinden)
    assert set(AREA_COLUMNS) <= set(data.sozialraeume)
    assert set(AREA_COLUMNS) <= set(data.kreis)
    assert [*FACILITY_COLUMNS, "geometry"] == list(data.facilities)
    assert [*DEMAND_COLUMNS, "geometry"] == list(data.demand)
    assert set(PLACE_COLUMNS) <= set(data.places)
    assert list(POPULATION_COLUMNS) == list(data.population)
    assert [frame.index.name for frame in (data.gemeinden, data.kreis, data.facilities)] == [
        "ags",
        "ags",
        "id",
    ]


def test_embedded_names_and_keys_are_the_official_ones(data: GeoData) -> None:
    official = territory.gemeinden_of("2024")
    assert data.gemeinden["name"].to_dict() == official["name"].to_dict()
    assert data.gemeinden.loc["16063006", "name"] == "Berka v. d. Hainich"
    assert set(data.sozialraeume["name"]) == set(official["sozialraum_name"])


def test_embedded_areas_leave_no_gap_and_do_not_overlap(data: GeoData) -> None:
    old = data.altgemeinden
    for frame, column in ((data.gemeinden, "ags_2024"), (data.gemeinden_2022, "ags_2022")):
        outline = old[old[column].notna()].union_all()
        assert not [p for p in rules.overlap_problems(frame.geometry) if len(p.found)]
        assert not [p for p in rules.gap_problems(frame.geometry, outline) if len(p.found)]
    kreis = data.kreis.geometry.iloc[0]
    assert not [p for p in rules.gap_problems(data.sozialraeume.geometry, kreis) if len(p.found)]
    assert not [p for p in rules.gap_problems(data.gemeinden.geometry, kreis) if len(p.found)]


def test_embedded_neighbours_close_up_with_the_kreis(data: GeoData) -> None:
    together = pd.concat([data.kreis.geometry, data.context.geometry])
    assert not [p for p in rules.overlap_problems(together) if len(p.found)]
    around = data.kreis.geometry.iloc[0].buffer(500) - together.union_all()
    assert around.area < rules.SLIVER_M2
    assert {"16064", "16066", "06632"} <= set(data.context.index)
    assert "Hallungen (seit 01.01.2024)" in data.context.loc["16064", "gebietsstand"]
    assert "Kaltennordheim (seit 01.01.2019)" in data.context.loc["16066", "gebietsstand"]


def test_embedded_areas_are_within_one_and_a_half_percent(data: GeoData) -> None:
    deviation = rules.area_deviation(data.gemeinden.geometry, data.gemeinden["area_km2"])
    assert len(deviation) == 30
    assert deviation.abs().max() <= 0.015
    assert data.kreis["area_km2"].to_list() == [1367.17]


def test_embedded_population_is_the_newest_of_one_base(data: GeoData) -> None:
    assert data.gemeinden["population"].sum() == 159_351
    used = data.population[data.population["used"]]
    assert set(used["basis"]) == {"Zensus 2011"}
    assert used.set_index("ags")["population"].to_dict() == data.gemeinden["population"].to_dict()
    same_base = data.population[data.population["basis"] == "Zensus 2011"]
    assert used.set_index("ags")["date"].to_dict() == same_base.groupby("ags")["date"].max().to_dict()
    assert data.sozialraeume["population"].sum() == data.kreis["population"].iloc[0] == 159_351


def test_embedded_population_too_old_to_stand_alone_is_unreliable(data: GeoData) -> None:
    old = data.gemeinden[data.gemeinden["population_state"] == State.UNRELIABLE]
    assert old["population_reason"].to_dict() == {"16063086": "Stand 31.12.2013, für eine eigene Aussage zu alt"}
    assert data.kreis["population_state"].to_list() == ["estimated"]
    assert data.sozialraeume.loc["dermbach", "population_state"] == "estimated"
    assert data.sozialraeume.loc["hainich-werratal", "population_state"] == "measured"


def test_embedded_zensus_sum_is_doubted_where_settlements_cross_the_border(data: GeoData) -> None:
    doubtful = data.gemeinden[data.gemeinden["zensus_state"] == State.UNRELIABLE]
    assert doubtful["name"].to_list() == ["Empfertshausen", "Gerstungen"]
    assert data.kreis["zensus_reason"].str.endswith("Empfertshausen, Gerstungen").all()


def test_embedded_people_in_settlements_sum_to_the_population(data: GeoData) -> None:
    assert len(data.settlements) == 412
    assert data.settlements["zensus2011"].sum() == 170_018
    assert data.demand[["population", "zensus2011"]].notna().all(axis=None)
    sums = data.demand["population"].groupby(data.demand["ags"]).sum()
    pd.testing.assert_series_equal(sums, data.gemeinden["population"], check_dtype=False, check_names=False, atol=1e-6)
    counted = data.demand["zensus2011"].groupby(data.demand["ags"]).sum()
    pd.testing.assert_series_equal(counted, data.gemeinden["zensus2011"], check_names=False)


def test_embedded_settlements_lie_in_their_gemeinde(data: GeoData) -> None:
    home = data.gemeinden.geometry.reindex(data.demand["ags"]).set_axis(data.demand.index)
    assert home.covers(data.demand.geometry, align=False).all()
    assert data.provenance["checks"]["settlements_outside_their_gemeinde"] == []


def test_embedded_register_is_complete(data: GeoData) -> None:
    register = pd.read_csv(territory.QUELLEN / "facilities.csv", dtype=str, keep_default_na=False)
    rows = data.facilities[data.facilities["category"] != "haltestelle"]
    assert set(rows.index) == set(register["id"])
    assert len(rows) == 365
    assert rows["check"].sum() == 38
    assert rows["seen_estimated"].sum() == 30
    assert rows["capacity"].notna().sum() == 70
    assert (rows["source"] != "").all()
    assert set(rows["category"]) <= set(catalog.categories())


def test_embedded_stops_reach_every_gemeinde(data: GeoData) -> None:
    stops = data.facilities[data.facilities["category"] == "haltestelle"]
    counts = stops.groupby(["kind", "inside"]).size().to_dict()
    assert counts == {
        ("bahnhof", False): 57,
        ("bahnhof", True): 14,
        ("haltestelle", False): 2247,
        ("haltestelle", True): 584,
    }
    assert set(stops["ags"].dropna()) == set(data.gemeinden.index)
    assert set(stops.loc[stops["kind"] == "bahnhof", "wheelchair"]) == {"yes", "limited", "no"}


def test_embedded_points_inside_lie_in_their_gemeinde_and_the_others_outside(data: GeoData) -> None:
    inside = data.facilities[data.facilities["inside"]]
    home = data.gemeinden.geometry.reindex(inside["ags"]).set_axis(inside.index)
    assert home.covers(inside.geometry, align=False).all()
    outside = data.facilities[~data.facilities["inside"]]
    assert outside["ags"].isna().all()
    distance = outside.distance(data.kreis.geometry.iloc[0])
    assert (distance.min() > 0, distance.max() <= 20_000) == (True, True)


def test_embedded_protected_facilities_show_no_location(data: GeoData) -> None:
    protection = data.facilities["category"].map({k: c.protection for k, c in catalog.categories().items()})
    assert data.facilities.geometry[protection == "no_location"].isna().all()
    assert (data.facilities["precision"][protection == "municipality"] == "municipality").all()


def test_embedded_places_name_every_gemeinde_once(data: GeoData) -> None:
    names = data.places.loc[data.places["inside"], "name"]
    assert set(data.gemeinden["name"]) <= set(names)
    assert not names.duplicated().any()
    assert data.places["population"].min() > 0


def test_embedded_place_of_a_nameless_gemeinde_is_its_largest_settlement(data: GeoData) -> None:
    added = data.places[data.places["source"] == "siedlungen"].set_index("ags")
    largest = data.demand.loc[data.demand.groupby("ags")["zensus2011"].idxmax()].set_index("ags")
    assert len(added) == 8
    assert added.geometry.geom_equals(largest.geometry.reindex(added.index), align=False).all()


def test_embedded_geopackage_lists_its_layers(data: GeoData) -> None:
    path = dataset.EMBEDDED / "16063" / dataset.GEOPACKAGE
    kinds = dict(pyogrio.list_layers(path).tolist())
    assert set(kinds) == {dataset.layer_name(role, "2024-01-01") for role in dataset.LAYERS} - {"zellen"}
    assert kinds["gemeinden_2024"] == "MultiPolygon"
    assert kinds["einrichtungen"] == "Point"
    assert kinds["bevoelkerung"] is None
    assert pyogrio.read_info(path, layer="kreis_2024")["crs"] == "EPSG:25832"


def test_embedded_data_is_small() -> None:
    size = sum(path.stat().st_size for path in dataset.EMBEDDED.rglob("*") if path.is_file())
    assert size < 5_000_000


def test_embedded_dataset_loads_fast_and_once(data: GeoData) -> None:
    assert geodata.load("16063") is data
    seconds = []
    for _ in range(3):
        start = time.process_time()
        dataset.read_dataset.__wrapped__(dataset.EMBEDDED / "16063")
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.6


def test_embedded_dataset_was_built_from_these_tables_and_packages(data: GeoData) -> None:
    tables = {path.name: registry.file_hash(path) for path in territory.QUELLEN.glob("*.csv")}
    assert data.provenance["quellen"] == tables
    packages = {source.package: source.sha256 for source in catalog.sources().values() if source.package}
    assert {source["package"]: source["sha256"] for source in data.provenance["sources"]} == packages


def test_carried_over_tables_are_those_of_the_catalogue() -> None:
    for source in catalog.sources().values():
        if not source.package:
            assert registry.file_hash(territory.QUELLEN / source.file) == source.sha256


def test_embedded_layers_have_the_content_that_the_provenance_says(data: GeoData) -> None:
    path = dataset.EMBEDDED / "16063" / dataset.GEOPACKAGE
    rows = {name: pyogrio.read_info(path, layer=name)["features"] for name in pyogrio.list_layers(path)[:, 0]}
    assert {name: entry["rows"] for name, entry in data.provenance["layers"].items()} == rows


@pytest.mark.slow
def test_build_from_the_packages_gives_the_embedded_bytes(tmp_path: Path) -> None:
    sources = [source for source in catalog.sources().values() if source.package]
    lacking = [
        s.package for s in sources if not registry.find_archives(registry.parse_package(s.package), build.PACKAGES)
    ]
    if lacking:
        pytest.skip(f"Paketarchive fehlen in {build.PACKAGES}: {', '.join(lacking)} (`make data` lädt sie)")
    build.build_district("16063", tmp_path, Files(build.PACKAGES), progress=ignore)
    fresh, shipped = tmp_path / "16063", dataset.EMBEDDED / "16063"
    hashes = [json.loads((folder / "dataset.json").read_text("utf-8")) for folder in (fresh, shipped)]
    assert hashes[0] == hashes[1]


def test_embedded_areas_agree_with_the_official_attributes(data: GeoData) -> None:
    path = SHARED / "vg250ew_20221231_gemeinden_thueringen_attribute_ewz_kfl.csv"
    if not path.exists():
        pytest.skip(f"{path} liegt nicht vor (amtliche Vergleichsdaten)")
    table = pd.read_csv(path, dtype={"AGS": str}).drop_duplicates("AGS").set_index("AGS")
    deviation = rules.area_deviation(data.gemeinden_2022.geometry, table["KFL"])
    assert len(deviation) == 32
    assert deviation.abs().max() <= 0.015
