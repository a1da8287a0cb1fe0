"""Many districts at once: the same to the last digit in one process and on Dask, restartable, one failing alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import geodata
from geodata import dataset
from geodata.model import State
from layers import Atlas, build_atlas
from layers.inputs import LEVELS
from layers.keys import parse_key
from layers.run import district_folders, main, progress_line, run_all
from layers.run_task import COLUMNS, Done, compute_district, digest_of, is_done, keys_of
from tests import kunstwege


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The embedded dataset, and the same with invented ways, as if they were two districts."""
    root = tmp_path_factory.mktemp("kreise")
    kunstwege.build(root)
    (root / "16063").rename(root / "16999")
    shutil.copytree(dataset.EMBEDDED / "16063", root / "16063")
    return district_folders(root)


@pytest.fixture(scope="module")
def alone(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of one process."""
    out = tmp_path_factory.mktemp("allein")
    assert [item.error for item in run_all(folders, out)] == ["", ""]
    return out


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.parquet"))}


@pytest.mark.slow
def test_two_workers_of_dask_give_the_same_bytes(folders: list[Path], alone: Path, tmp_path: Path) -> None:
    done = list(run_all(folders, tmp_path, workers=2))
    assert {item.ags: item.error for item in done} == {"16063": "", "16999": ""}
    assert contents(tmp_path) == contents(alone)
    assert len(contents(alone)) == 2


@pytest.mark.slow
def test_a_running_scheduler_is_used(folders: list[Path], alone: Path, tmp_path: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        done = list(run_all(folders[:1], tmp_path, scheduler=cluster.scheduler_address))
    assert [item.error for item in done] == [""]
    assert contents(tmp_path)["16063.parquet"] == contents(alone)["16063.parquet"]


def test_the_table_holds_what_the_atlas_says(alone: Path, atlas: Atlas) -> None:
    table = pd.read_parquet(alone / "16063.parquet")
    assert table.columns.tolist() == COLUMNS
    keys = [str(key) for key in keys_of(atlas.data)]
    assert table["indicator"].drop_duplicates().tolist() == keys
    for key in ("BEV01", "minuten.krankenhaus.pkw", "haltestelle.600"):
        for level in LEVELS:
            wanted = atlas.table(level, parse_key(key))
            found = table[(table["indicator"] == key) & (table["level"] == level)].set_index("area")
            pd.testing.assert_series_equal(found["value"], wanted["value"], check_names=False)
            assert found["state"].tolist() == wanted["state"].tolist()
    assert set(table["state"]) <= set(State)


def test_modes_of_the_networks_are_among_the_figures(folders: list[Path], alone: Path) -> None:
    keys = set(pd.read_parquet(alone / "16999.parquet")["indicator"])
    assert {"minuten.krankenhaus.oev", "minuten.krankenhaus.fuss", "ohne_auto.krankenhaus.30"} & keys
    data = geodata.dataset.read_dataset.__wrapped__(folders[1])
    assert build_atlas(data).inputs.model.is_approximation("rad")


def test_what_is_done_is_kept_until_the_dataset_changes(folders: list[Path], alone: Path, tmp_path: Path) -> None:
    out, folder = tmp_path / "out", tmp_path / "16063"
    shutil.copytree(alone, out)
    shutil.copytree(folders[0], folder)
    (again,) = run_all([folder], out)
    assert again.kept
    provenance = folder / dataset.PROVENANCE
    provenance.write_text(provenance.read_text("utf-8") + " ", "utf-8")
    assert is_done(folder, out) is None
    assert digest_of(folder) != again.digest


@pytest.mark.parametrize("what", ["16063.json", "16063.parquet"])
def test_a_run_that_ended_in_between_computes_again(
    folders: list[Path], alone: Path, tmp_path: Path, what: str
) -> None:
    shutil.copytree(alone, tmp_path / "out")
    (tmp_path / "out" / what).unlink()
    assert is_done(folders[0], tmp_path / "out") is None


def test_a_broken_district_is_told_and_the_others_go_on(
    folders: list[Path], alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, out = tmp_path / "kreise", tmp_path / "out"
    shutil.copytree(folders[0], root / "16063")
    shutil.copytree(folders[0], root / "16000")
    (root / "16000" / dataset.GEOPACKAGE).write_bytes(b"kaputt")
    shutil.copytree(alone, out)
    assert main(["--all", str(root), "--out", str(out), "--workers", "0"]) == 1
    said = capsys.readouterr()
    assert "16000  : FEHLER" in said.out or "16000 : FEHLER" in said.out
    assert "1 von 2 Kreisen" in said.out
    assert "kein GeoPackage" in said.err
    summary = pd.read_csv(out / "uebersicht.csv", sep=";", dtype=str)
    assert summary["ags"].tolist() == ["16000", "16063"]
    assert not (out / "16000.parquet").exists()


def test_an_empty_folder_names_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--all", str(tmp_path)]) == 1
    assert "Abhilfe: mit `python -m geodata.build` bauen" in capsys.readouterr().err


def test_only_some_can_be_asked_for(folders: list[Path]) -> None:
    root = folders[0].parent
    assert [path.name for path in district_folders(root, "16999")] == ["16999"]
    assert [path.name for path in district_folders(root)] == ["16063", "16999"]


def test_progress_tells_errors_and_what_was_there() -> None:
    assert progress_line(Done("1", name="A", kept=True), 1, 1, 0.0) == "1/1 1 A: schon gerechnet"
    assert progress_line(Done("1", error="x"), 1, 1, 0.0) == "1/1 1 : FEHLER x"


def test_nothing_half_written_is_left(folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*parts: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fails)
    with pytest.raises(OSError, match="No space"):
        compute_district(folders[0], tmp_path)
    assert [path.name for path in _finished(tmp_path)] == []


def _finished(out: Path) -> Iterator[Path]:
    return (path for path in out.iterdir() if not path.name.startswith("."))


def test_the_note_of_a_district_is_plain_json(alone: Path) -> None:
    known = json.loads((alone / "16063.json").read_text("utf-8"))
    assert known["people"] == pytest.approx(159_351)
    assert known["error"] == ""
