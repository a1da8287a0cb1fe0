"""One district of a run: all its figures as one table, written once or not at all."""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import catalog, dataset
from geodata.catalog import Measure
from geodata.model import GeoData, GeoDataError
from layers.atlas import Atlas, build_atlas
from layers.inputs import LEVELS, modes_of
from layers.keys import IndicatorKey, complete_key

VERSION = 1  # of what is computed: another number makes every result stale
COLUMNS = ["area", "level", "indicator", "value", "state", "base", "reason"]


@dataclass(frozen=True)
class Done:
    """What became of one district; ``kept``: it was there already. ``peak_mb`` is that of the process so far."""

    ags: str
    name: str = ""
    people: float = 0.0
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
    begin = time.perf_counter()
    try:
        data = dataset.read_dataset.__wrapped__(folder)
        atlas = build_atlas(data)
        table = pd.concat(_tables(atlas), ignore_index=True)
    except (GeoDataError, KeyError, ValueError, OSError) as error:
        return Done(folder.name, error=f"{type(error).__name__}: {error}")
    done = Done(
        ags=folder.name,
        name=data.name,
        people=float(data.demand["population"].sum()),
        points=len(atlas.inputs.points),
        facilities=len(data.facilities),
        rows=len(table),
        seconds=round(time.perf_counter() - begin, 3),
        peak_mb=round(_peak_mb(), 1),
        digest=digest_of(folder),
    )
    _write(table, done, out)
    _forget()
    return done


def _forget() -> None:
    """Drop what the layers keep for the next question: the next district asks nothing of this one."""
    for name, module in list(sys.modules.items()):
        if name.startswith("layers."):
            for kept in vars(module).values():
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()


def _tables(atlas: Atlas) -> Iterator[pd.DataFrame]:
    for key in keys_of(atlas.data):
        for level in LEVELS:
            table = atlas.table(level, key).rename_axis("area").reset_index()
            yield table.assign(level=level, indicator=str(key))[COLUMNS]


def keys_of(data: GeoData) -> Iterator[IndicatorKey]:
    """Yield everything that can be computed for a district: measures by category and mode, filled indicators."""
    usable = [key for key, category in data.categories.items() if category.completeness.usable]
    for measure in catalog.measures().values():
        if not measure.needs_category:
            yield complete_key(IndicatorKey(measure.id))
            continue
        for category in usable:
            for mode in _modes(measure, data, category):
                yield complete_key(IndicatorKey(measure.id, category, mode, _threshold(measure, data, category)))
    yield from (IndicatorKey(key) for key in ("BEV01", "BEV02"))


def _modes(measure: Measure, data: GeoData, category: str) -> Iterable[str]:
    """Return the modes to compute; nobody drives or rides to a stop."""
    if category == "haltestelle":
        return ["fuss"] if measure.id in ("minuten", "minuten_median") else []
    return modes_of(data) if measure.needs_mode else [""]


def _threshold(measure: Measure, data: GeoData, category: str) -> int:
    return data.categories[category].default_threshold if measure.needs_threshold else 0


def _write(table: pd.DataFrame, done: Done, out: Path) -> None:
    """Write the table, then the note that says it is whole; a run that ends in between computes it again."""
    for name, write in (
        (f"{done.ags}.parquet", lambda path: table.to_parquet(path, index=False)),
        (f"{done.ags}.json", lambda path: path.write_text(json.dumps(asdict(done), ensure_ascii=False), "utf-8")),
    ):
        part = out / f".{name}.part"
        write(part)
        part.replace(out / name)


def is_done(folder: Path, out: Path) -> Done | None:
    """Return what is known of a district whose result fits its dataset; None where it has to be computed."""
    try:
        known = Done(**json.loads((out / f"{folder.name}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    fits = known.digest == digest_of(folder) and (out / f"{folder.name}.parquet").is_file()
    return Done(**{**asdict(known), "kept": True}) if fits else None


def digest_of(folder: Path) -> str:
    """Return a checksum of a dataset by its provenance (it holds those of the layers) and the sizes of its files."""
    digest = hashlib.sha256(str(VERSION).encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)} {path.stat().st_size}".encode())
        if path.suffix == ".json":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _peak_mb() -> float:
    """Return the most memory that this process held; ``ru_maxrss`` of Linux would begin with what its parent held."""
    status = Path("/proc/self/status")
    if status.is_file():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
