"""Many districts at once: the same to the last digit in one process and on Dask, restartable, one failing alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geodata
from geodata import dataset
from geodata.model import GeoDataError, State
from layers import Atlas, build_atlas
from layers.inputs import LEVELS
from layers.keys import parse_key
from layers.run import LOST, district_folders, main, progress_line, run_all
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


def kill_when_busy(cluster: Any, killed: list[int], times: int, over: threading.Event) -> None:
    """End the worker process of a cluster while it computes, up to ``times`` times; the cluster starts another one."""
    while len(killed) < times and not over.wait(0.05):
        busy = [known for known in cluster.scheduler.workers.values() if known.processing]
        pids = {nanny.pid for nanny in cluster.workers.values() if nanny.pid} - set(killed)
        if busy and pids:
            killed.append(pids.pop())
            os.kill(killed[-1], signal.SIGKILL)


def run_while_workers_die(folders: list[Path], out: Path, times: int) -> tuple[list[Done], int]:
    """Return what became of a run, and how many workers it lost."""
    from distributed import LocalCluster

    options: dict[str, Any] = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
    killed: list[int] = []
    over = threading.Event()
    with LocalCluster(n_workers=1, silence_logs=50, **options) as cluster:
        helper = threading.Thread(target=kill_when_busy, args=(cluster, killed, times, over))
        helper.start()
        try:
            done = list(run_all(folders, out, scheduler=cluster.scheduler_address))
        finally:
            over.set()
            helper.join()
    return done, len(killed)


@pytest.mark.slow
def test_the_task_of_a_lost_worker_is_repeated(folders: list[Path], alone: Path, tmp_path: Path) -> None:
    done, lost = run_while_workers_die(folders[:1], tmp_path, 1)
    assert ([item.error for item in done], lost) == ([""], 1)
    assert contents(tmp_path)["16063.parquet"] == contents(alone)["16063.parquet"]


@pytest.mark.slow
def test_a_task_that_ends_every_worker_is_told_with_a_remedy(folders: list[Path], tmp_path: Path) -> None:
    done, lost = run_while_workers_die(folders[:1], tmp_path, 99)
    assert [item.error for item in done] == [LOST]
    assert lost > 3  # as many are allowed
    assert contents(tmp_path) == {}


def test_the_table_holds_what_the_atlas_says(alone: Path, atlas: Atlas) -> None:
    table = pd.read_parquet(alone / "16063.parquet")
    assert table.columns.tolist() == COLUMNS
    keys = [str(key) for key in keys_of(atlas)]
    assert table["indicator"].drop_duplicates().tolist() == keys
    assert len(keys) == len(set(keys))
    for key in ("BEV01", "minuten.krankenhaus.pkw", "haltestelle.600"):
        for level in LEVELS:
            wanted = atlas.table(level, parse_key(key))
            found = table[(table["indicator"] == key) & (table["level"] == level)].set_index("area")
            pd.testing.assert_series_equal(found["value"], wanted["value"], check_names=False)
            assert found["state"].tolist() == wanted["state"].tolist()
    assert set(table["state"]) <= set(State)


def test_all_that_the_atlas_fills_is_among_the_figures(alone: Path, atlas: Atlas) -> None:
    table = pd.read_parquet(alone / "16063.parquet")
    found = table.loc[table["value"].notna(), "indicator"]
    filled = {key for key in atlas.indicators if atlas.values("kreis", key)["value"].notna().any()}
    assert {"INK04", "anzahl.kita", "anzahl.haltestelle", "minuten.krankenhaus"} <= filled
    shown = set(found) | {key.partition(".")[0] + "." + key.split(".")[1] for key in found if "." in key}
    assert filled - shown == {"haltestelle", "ohne_auto.haltestelle"}
    assert {f"haltestelle.{metres}" for metres in (300, 600, 1200)} <= set(found)


def test_modes_of_the_networks_are_among_the_figures(folders: list[Path], alone: Path) -> None:
    keys = set(pd.read_parquet(alone / "16999.parquet")["indicator"])
    assert {"minuten.krankenhaus.oev", "minuten.krankenhaus.fuss", "ohne_auto.krankenhaus.30"} <= keys
    data = geodata.dataset.read_dataset.__wrapped__(folders[1])
    assert build_atlas(data).inputs.model.is_approximation("rad")


def test_what_is_done_is_kept_until_the_dataset_changes(folders: list[Path], alone: Path, tmp_path: Path) -> None:
    out, folder = tmp_path / "out", tmp_path / "16063"
    shutil.copytree(alone, out)
    shutil.copytree(folders[0], folder)
    (again,) = run_all([folder], out)
    assert again.kept
    assert contents(out) == contents(alone)
    provenance = folder / dataset.PROVENANCE
    provenance.write_text(provenance.read_text("utf-8") + " ", "utf-8")
    assert is_done(folder, out) is None
    assert digest_of(folder) != again.digest


def test_other_speeds_in_files_of_the_same_size_are_noticed(folders: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "16999"
    shutil.copytree(folders[1], folder)
    before = digest_of(folder)
    assert before == digest_of(folders[1])
    path = folder / dataset.NETWORKS / "pkw" / "cost.npy"
    size = path.stat().st_size
    np.save(path, np.load(path) + np.int32(1))
    assert path.stat().st_size == size
    assert digest_of(folder) != before


def test_another_setting_in_the_catalogues_makes_results_stale(
    folders: list[Path], alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_done(folders[0], alone)
    shutil.copytree(geodata.catalog.FOLDER, tmp_path / "catalog")
    with (tmp_path / "catalog" / "modes.toml").open("a", encoding="utf-8") as file:
        file.write("# other\n")
    monkeypatch.setattr(geodata.catalog, "FOLDER", tmp_path / "catalog")
    assert is_done(folders[0], alone) is None


def test_only_what_is_missing_is_computed_after_a_restart(folders: list[Path], alone: Path, tmp_path: Path) -> None:
    shutil.copytree(alone, tmp_path / "out")
    (tmp_path / "out" / "16063.json").unlink()
    done = {item.ags: item.kept for item in run_all(folders, tmp_path / "out")}
    assert done == {"16063": False, "16999": True}
    assert contents(tmp_path / "out") == contents(alone)


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
    assert "2/2 16000: FEHLER" in said.out
    assert "1 von 2 Kreisen" in said.out
    assert "kein GeoPackage" in said.err
    summary = pd.read_csv(out / "uebersicht.csv", sep=";", dtype=str)
    assert summary["ags"].tolist() == ["16000", "16063"]
    assert summary["error"].notna().tolist() == [True, False]
    assert {"people", "cells", "facilities", "seconds", "peak_mb"} <= set(summary)
    assert not (out / "16000.parquet").exists()


def test_an_empty_folder_names_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--all", str(tmp_path)]) == 1
    assert "Abhilfe: mit `python -m geodata.build` bauen" in capsys.readouterr().err


def test_only_some_can_be_asked_for(folders: list[Path]) -> None:
    root = folders[0].parent
    assert [path.name for path in district_folders(root, "16999")] == ["16999"]
    assert [path.name for path in district_folders(root)] == ["16063", "16999"]
    with pytest.raises(GeoDataError, match=r"16064 nicht vorhanden\. Abhilfe"):
        district_folders(root, "16063, 16064")


def test_progress_tells_errors_what_was_there_and_the_rest_time() -> None:
    full, none = "#" * 20, "." * 20
    assert progress_line(Done("1", name="A", kept=True), 1, 1, 0.0, kept=1) == f"[{full}] 1/1 1 A: schon gerechnet"
    assert progress_line(Done("1", error="x"), 1, 99, 0.0) == f"[{none}] 1/99 1: FEHLER x"
    line = progress_line(Done("1", name="A", seconds=60.0), 11, 20, 60.0, kept=10)
    assert line.endswith("1 A: 60,0 s; noch etwa 9 min")


def test_a_scheduler_that_nobody_runs_names_the_remedy(
    folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--all", str(folders[0].parent), "--out", str(tmp_path), "--scheduler", "unsinn://nirgends:1"]
    assert main(options) == 1
    assert "Scheduler" in capsys.readouterr().err


def test_a_disk_that_is_full_is_told_and_nothing_half_written_is_left(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*parts: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fails)
    assert "No space" in compute_district(folders[0], tmp_path).error
    assert list(tmp_path.iterdir()) == []


def test_any_error_of_one_district_stays_its_own(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(folder: Path) -> str:
        raise IndexError(folder.name)

    monkeypatch.setattr("layers.run_task.digest_of", fails)
    assert [item.error for item in run_all(folders, tmp_path, fresh=True)] == ["IndexError: 16063", "IndexError: 16999"]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="nur Linux sagt es je Prozess")
def test_peak_memory_is_not_that_of_the_process_that_started_it() -> None:
    ballast = np.ones(50_000_000)
    script = "from layers.run_task import peak_mb; print(peak_mb())"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert 20 < float(said) < ballast.nbytes / 1e6


def test_the_note_of_a_district_is_plain_json(alone: Path) -> None:
    known = json.loads((alone / "16063.json").read_text("utf-8"))
    assert known["people"] == pytest.approx(159_351)
    assert (known["cells"], known["error"]) == (342, "")
