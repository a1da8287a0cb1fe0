"""One district of a run: all its figures as one table, written once or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import catalog, dataset
from geodata.catalog import Measure
from geodata.model import GeoData, GeoDataError
from geodata.sources.registry import file_hash
from layers.atlas import Atlas, build_atlas
from layers.inputs import LEVELS, modes_of
from layers.keys import STOP_THRESHOLDS, IndicatorKey, complete_key
from layers.measures import NEEDS_COMPLETE

VERSION = 2  # of what is computed: another number makes every result stale
COLUMNS = ["area", "level", "indicator", "value", "state", "base", "reason"]
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Done:
    """What became of one district; ``points`` are its ``cells`` after spreading, ``kept``: it was done before."""

    ags: str
    name: str = ""
    people: float = 0.0
    cells: int = 0
    points: int = 0
    facilities: int = 0
    rows: int = 0
    seconds: float = 0.0
    peak_mb: float = 0.0
    digest: str = ""
    error: str = ""
    kept: bool = False

    def as_row(self) -> dict[str, Any]:
        """Return the fields as a line of the summary."""
        return asdict(self)


def compute_district(folder: Path, out: Path) -> Done:
    """Return what became of the dataset in ``folder`` after writing its figures to ``out/<ags>.parquet``.

    Whatever is wrong with this one district is in ``error``: the others go on.
    """
    try:
        return _computed(folder, out)
    except Exception as error:
        return Done(folder.name, error=error_text(error))
    finally:
        _forget()


def error_text(error: BaseException) -> str:
    """Return our own messages as they are, others after their kind.

    >>> error_text(GeoDataError("Datei: fehlt.")), error_text(KeyError("x"))
    ('Datei: fehlt.', "KeyError: 'x'")
    """
    return str(error) if isinstance(error, GeoDataError) else f"{type(error).__name__}: {error}"


def _computed(folder: Path, out: Path) -> Done:
    begin = time.perf_counter()
    _begin_peak()
    digest = digest_of(folder)  # first: a dataset that is replaced meanwhile is computed again
    data = dataset.read_dataset.__wrapped__(folder)
    atlas = build_atlas(data)
    table = pd.concat(_tables(atlas), ignore_index=True)
    done = Done(
        ags=folder.name,
        name=data.name,
        people=float(data.demand["population"].sum()),
        cells=len(data.demand),
        points=len(atlas.inputs.points),
        facilities=len(data.facilities),
        rows=len(table),
        seconds=round(time.perf_counter() - begin, 3),
        peak_mb=round(peak_mb(), 1),
        digest=digest,
    )
    _write(table, done, out)
    return done


def _forget() -> None:
    """Drop what the layers keep for the next question: the next district asks nothing of this one."""
    for name, module in list(sys.modules.items()):
        if name.startswith("layers."):
            for kept in vars(module).values():
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()


def _tables(atlas: Atlas) -> Iterator[pd.DataFrame]:
    for key in keys_of(atlas):
        for level in LEVELS:
            table = atlas.table(level, key).rename_axis("area").reset_index()
            yield table.assign(level=level, indicator=str(key))[COLUMNS]


def keys_of(atlas: Atlas) -> Iterator[IndicatorKey]:
    """Yield everything that can be computed for a district: measures by category and mode, filled indicators."""
    for measure in catalog.measures().values():
        if measure.id == "haltestelle":
            yield from (IndicatorKey(measure.id, threshold=metres) for metres in STOP_THRESHOLDS)
        elif not measure.needs_category:
            yield complete_key(IndicatorKey(measure.id))
        else:
            yield from _keys_by_category(measure, atlas.data)
    yield from (IndicatorKey(key) for key in sorted(atlas.filled))


def _keys_by_category(measure: Measure, data: GeoData) -> Iterator[IndicatorKey]:
    for category, about in data.categories.items():
        judged = about.completeness
        if judged.usable or (measure.id not in NEEDS_COMPLETE and judged.judgement != "keine"):
            threshold = about.default_threshold if measure.needs_threshold else 0
            for mode in _modes(measure, data, category):
                yield complete_key(IndicatorKey(measure.id, category, mode, threshold))


def _modes(measure: Measure, data: GeoData, category: str) -> Iterable[str]:
    """Return the modes to compute; nobody drives or rides to a stop."""
    if category == "haltestelle":
        return {"ohne_auto": []}.get(measure.id, ["fuss"] if measure.needs_mode else [""])
    return modes_of(data) if measure.needs_mode else [""]


def _write(table: pd.DataFrame, done: Done, out: Path) -> None:
    """Write the table, then the note that says it is whole; a run that ends in between computes it again."""
    with tempfile.TemporaryDirectory(prefix=f".{done.ags}-", dir=out) as scratch:
        figures, note = Path(scratch) / f"{done.ags}.parquet", Path(scratch) / f"{done.ags}.json"
        table.to_parquet(figures, index=False)
        note.write_text(json.dumps(asdict(done), ensure_ascii=False), "utf-8")
        for path in (figures, note):
            path.replace(out / path.name)


def is_done(folder: Path, out: Path) -> Done | None:
    """Return what is known of a district whose result fits its dataset; None where it has to be computed."""
    try:
        known = Done(**json.loads((out / f"{folder.name}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    fits = (out / f"{folder.name}.parquet").is_file() and known.digest == digest_of(folder)
    return replace(known, kept=True) if fits else None


def digest_of(folder: Path) -> str:
    """Return a checksum of all that a result follows from: version, catalogues, and every file of the dataset.

    Contents, not sizes: a network with other speeds has files of the same size.
    """
    digest = hashlib.sha256(str(VERSION).encode())
    for root in (catalog.FOLDER, folder):
        pattern = "*.toml" if root == catalog.FOLDER else "*"
        for path in sorted(path for path in root.rglob(pattern) if path.is_file()):
            digest.update(f"{path.relative_to(root).as_posix()} {file_hash(path)}\n".encode())
    return digest.hexdigest()


def _begin_peak() -> None:
    with contextlib.suppress(OSError):
        CLEAR.write_text("5", "ascii")  # Linux: the peak of this process starts anew


def peak_mb() -> float:
    """Return the peak memory of this process; on Linux of this district (getrusage may tell that of the parent)."""
    if STATUS.is_file() and (found := re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text("ascii", "replace"))):
        return int(found[1]) * 1024 / 1e6
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
