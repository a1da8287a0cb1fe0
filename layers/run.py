"""`python -m layers.run --all DIR`: all figures of any number of districts on Dask distributed, one task each."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from geodata.model import GeoDataError
from layers.run_task import Done, compute_district, is_done

RETRIES = 2  # of a task whose worker is lost


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
    if not waiting:
        return
    yield from (
        (compute_district(folder, out) for folder in waiting)
        if not (workers or scheduler)
        else _on_dask(waiting, out, workers, scheduler)
    )


def _on_dask(folders: Sequence[Path], out: Path, workers: int, scheduler: str) -> Iterator[Done]:
    """Yield results as they come: each a task of its own, no data between them but the paths."""
    import dask  # only here: the atlas starts without it
    from distributed import Client, LocalCluster, as_completed

    with tempfile.TemporaryDirectory(prefix="dask-") as scratch:
        dask.config.set({"temporary-directory": scratch, "distributed.worker.daemon": False})
        if scheduler:
            cluster: Any = None
            client = Client(scheduler)
        else:  # one thread a worker: the kernels and pandas hold the interpreter
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
            )
            client = Client(cluster)
        try:
            by_key = {}
            for folder in sorted(folders, key=_weight, reverse=True):  # the largest first: none is left for the end
                future = client.submit(
                    compute_district, folder.resolve(), out.resolve(), key=f"kreis-{folder.name}", retries=RETRIES
                )
                by_key[future.key] = (folder, future)
            for future in as_completed([future for _, future in by_key.values()]):
                folder, _ = by_key.pop(future.key)
                yield (
                    future.result() if future.status == "finished" else Done(folder.name, error=str(future.exception()))
                )
                future.release()
        finally:
            client.close()
            if cluster is not None:
                cluster.close()


def _weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def write_summary(done: Iterable[Done], path: Path) -> None:
    """Write one line per district: people, points, facilities, rows, seconds, peak memory, error."""
    import pandas as pd

    rows = [item.as_row() for item in sorted(done, key=lambda item: item.ags)]
    pd.DataFrame(rows).to_csv(path, sep=";", index=False, decimal=",")


def progress_line(item: Done, number: int, count: int, since: float) -> str:
    """Return one line of progress with the rest time as far as it can be told.

    >>> progress_line(Done("16063", name="Wartburgkreis", seconds=2.5), 1, 2, 60.0)
    '1/2 16063 Wartburgkreis: 2,5 s; noch etwa 1 min'
    """
    what = f"FEHLER {item.error}" if item.error else "schon gerechnet" if item.kept else f"{item.seconds:.1f} s"
    rest = since / number * (count - number)
    left = f"; noch etwa {rest / 60:.0f} min" if rest >= 30 else ""
    return f"{number}/{count} {item.ags} {item.name}: {what.replace('.', ',')}{left}"


def main(arguments: list[str] | None = None) -> int:
    """Compute all districts of a folder from the command line; return 0, or 1 when one failed."""
    options = parse_arguments(arguments)
    folders = district_folders(options.all, options.only)
    if not folders:
        print(f"{options.all}: kein Datensatz. Abhilfe: mit `python -m geodata.build` bauen.", file=sys.stderr)
        return 1
    begin, done = time.monotonic(), []
    try:
        for item in run_all(
            folders, options.out, workers=options.workers, scheduler=options.scheduler, fresh=options.fresh
        ):
            done.append(item)
            print(progress_line(item, len(done), len(folders), time.monotonic() - begin), flush=True)
    except (OSError, GeoDataError) as error:
        print(f"Rechnung abgebrochen: {error}. Abhilfe: Adresse des Schedulers prüfen.", file=sys.stderr)
        return 1
    write_summary(done, options.out / "uebersicht.csv")
    failed = [item for item in done if item.error]
    people = sum(item.people for item in done)
    print(
        f"{len(done) - len(failed)} von {len(folders)} Kreisen, {people:.0f} Menschen, {time.monotonic() - begin:.1f} s"
    )
    for item in failed:
        print(f"{item.ags}: {item.error}", file=sys.stderr)
    return 1 if failed else 0


def district_folders(root: Path, only: str = "") -> list[Path]:
    """Return the folders of datasets in ``root`` by key; ``only`` names some, separated by commas."""
    wanted = set(only.split(",")) - {""}
    found = sorted(path.parent for path in root.glob("*/dataset.json") if not path.parent.name.startswith("."))
    return [path for path in found if not wanted or path.name in wanted]


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
