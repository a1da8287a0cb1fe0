"""`python -m layers.run --all DIR`: all figures of any number of districts on Dask distributed, one task each."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.model import GeoDataError
from layers.run_task import Done, compute_district, error_text, is_done

BAR = 20  # signs of the progress bar
LOST = "Rechenprozess mehrmals verloren (Speicher?). Abhilfe: weniger Prozesse (--workers) und den Lauf wiederholen."
CUT_OFF = "Verbindung zum Scheduler verloren. Abhilfe: Scheduler prüfen und den Lauf wiederholen (Fertiges bleibt)."


def run_all(
    folders: Sequence[Path], out: Path, *, workers: int = 0, scheduler: str = "", fresh: bool = False
) -> Iterator[Done]:
    """Yield what became of every district, those that are done already first; a failing one does not stop the others.

    ``workers`` 0: no Dask, one after the other in this process. ``scheduler``: the address of a running one.
    """
    out.mkdir(parents=True, exist_ok=True)
    waiting = []
    for folder in folders:
        if not fresh and (known := is_done(folder, out)):
            yield known
        else:
            waiting.append(folder)
    if waiting and (workers or scheduler):
        yield from _on_dask(waiting, out, workers, scheduler)
    else:
        yield from (compute_district(folder, out) for folder in waiting)


def _on_dask(folders: Sequence[Path], out: Path, workers: int, scheduler: str) -> Iterator[Done]:
    """Yield results as they come: each a task of its own, no data between them but the paths."""
    from distributed import as_completed

    largest_first = sorted(folders, key=_weight, reverse=True)  # so that none is left for the end
    with _client(workers, scheduler) as client:
        waiting = {
            client.submit(compute_district, folder.resolve(), out.resolve(), pure=False): folder.name
            for folder in largest_first
        }
        for future in as_completed(list(waiting)):
            yield _outcome(future, waiting.pop(future))
            future.release()


@contextlib.contextmanager
def _client(workers: int, scheduler: str) -> Iterator[Any]:
    """Give a client of the running scheduler, or of a cluster on this machine that ends with the block.

    A worker has one thread: the kernels and pandas hold the interpreter. A lost one is started again by the cluster.
    """
    import dask  # only in this module: the atlas starts without it
    from distributed import Client, LocalCluster

    if scheduler:
        with Client(scheduler) as client:
            yield client
        return
    options = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None, "silence_logs": 50}
    with tempfile.TemporaryDirectory(prefix="dask-") as scratch:
        settings = {"temporary-directory": scratch, "distributed.worker.daemon": False}
        with (
            dask.config.set(settings),
            LocalCluster(n_workers=workers, **options) as cluster,
            Client(cluster) as client,
        ):
            yield client


def _outcome(future: Any, ags: str) -> Done:
    """Return what became of a task, also of one that never came to its end."""
    from distributed import KilledWorker

    if future.status == "finished":
        done: Done = future.result()
        return done
    if future.status == "cancelled":
        return Done(ags, error=CUT_OFF)
    error = future.exception()
    return Done(ags, error=LOST if isinstance(error, KilledWorker) else error_text(error))


def _weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def write_summary(done: Iterable[Done], path: Path) -> None:
    """Write one line per district: people, cells, points, facilities, rows, seconds, peak memory, error."""
    rows = [item.as_row() for item in sorted(done, key=lambda item: item.ags)]
    pd.DataFrame(rows).to_csv(path, sep=";", index=False, decimal=",")


def progress_line(item: Done, number: int, count: int, since: float, *, kept: int = 0) -> str:
    """Return one line of progress; the rest time follows from those computed now, without the ``kept`` ones.

    >>> progress_line(Done("16063", name="Wartburgkreis", seconds=2.5), 1, 2, 60.0)
    '[##########..........] 1/2 16063 Wartburgkreis: 2,5 s; noch etwa 1 min'
    """
    taken = f"{item.seconds:.1f} s".replace(".", ",")
    what = f"FEHLER {item.error}" if item.error else "schon gerechnet" if item.kept else taken
    rest = since / max(1, number - kept) * (count - number)
    left = f"; noch etwa {max(1.0, rest / 60):.0f} min" if rest >= 30 and number > kept else ""
    bar = ("#" * (BAR * number // count)).ljust(BAR, ".")
    return f"[{bar}] {number}/{count} {' '.join([item.ags, item.name]).strip()}: {what}{left}"


def follow(items: Iterable[Done], count: int) -> list[Done]:
    """Return all items after printing the progress of each."""
    begin, done = time.monotonic(), list[Done]()
    for item in items:
        done.append(item)
        kept = sum(known.kept for known in done)
        print(progress_line(item, len(done), count, time.monotonic() - begin, kept=kept), flush=True)
    return done


def main(arguments: list[str] | None = None) -> int:
    """Compute all districts of a folder from the command line; return 0, or 1 when one failed."""
    options = parse_arguments(arguments)
    begin = time.monotonic()
    chosen = {"workers": options.workers, "scheduler": options.scheduler, "fresh": options.fresh}
    try:
        folders = district_folders(options.all, options.only)
        done = follow(run_all(folders, options.out, **chosen), len(folders))
        write_summary(done, options.out / "uebersicht.csv")
    except GeoDataError as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        remedy = "Abhilfe: Ordner der Ergebnisse (--out) und Adresse des Schedulers (--scheduler) prüfen."
        print(f"Rechnung abgebrochen: {error}. {remedy}", file=sys.stderr)
        return 1
    failed = [item for item in done if item.error]
    people, seconds = sum(item.people for item in done), time.monotonic() - begin
    print(f"{len(done) - len(failed)} von {len(folders)} Kreisen, {people:.0f} Menschen, {seconds:.1f} s")
    for item in failed:
        print(f"{item.ags}: {item.error}", file=sys.stderr)
    return 1 if failed else 0


def district_folders(root: Path, only: str = "") -> list[Path]:
    """Return the folders of datasets in ``root`` by key; ``only`` names some, separated by commas.

    Raise where there is none, or not one that is named.
    """
    found = {path.parent.name: path.parent for path in sorted(root.glob("[!.]*/dataset.json"))}
    wanted = [key for part in only.split(",") if (key := part.strip())] or list(found)
    if missing := [key for key in wanted if key not in found] or (["Datensatz"] if not found else []):
        raise GeoDataError(
            f"{root}: {', '.join(missing[:3])} nicht vorhanden. Abhilfe: mit `python -m geodata.build` bauen."
        )
    return [found[key] for key in sorted(set(wanted))]


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m layers.run", description="Kennzahlen vieler Kreise rechnen")
    parser.add_argument("--all", type=Path, required=True, metavar="DIR", help="Ordner der Datensätze")
    parser.add_argument("--out", type=Path, default=Path("build/ergebnisse"), help="Ordner der Ergebnisse")
    parser.add_argument("--scheduler", default="", help="Adresse eines laufenden Schedulers von Dask")
    parser.add_argument("--workers", type=int, default=2, help="Prozesse auf diesem Rechner (0: ohne Dask)")
    parser.add_argument("--only", default="", help="nur diese Kreise, mit Komma getrennt")
    parser.add_argument("--fresh", action="store_true", help="auch rechnen, was schon gerechnet ist")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
