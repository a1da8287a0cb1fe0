"""An OpenStreetMap file as a stream of objects: pbf or XML, refused where it is missing, empty, cut off or none."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geodata.model import GeoDataError

ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
DAY = len("2024-01-31")
Box = tuple[float, float, float, float]  # west, south, east, north in degrees


def read_items(path: Path, *keys: str, areas: bool = False) -> Iterator[Any]:
    """Yield the objects that carry one of the keys, ways with their locations; raise where the file cannot be read.

    ``areas``: closed ways and multipolygons come once more, as areas.
    """
    import osmium  # a build needs it, the app does not

    check_file(path)
    wanted = osmium.filter.KeyFilter(*keys)
    try:
        items = osmium.FileProcessor(str(path)).with_locations()
        yield from (items.with_areas(wanted) if areas else items).with_filter(wanted)
    except (RuntimeError, ValueError) as error:
        raise _damaged(path, error) from error


def extract_day(path: Path) -> str:
    """Return the day of the data (ISO) as the file's header names it, empty where it names none."""
    import osmium

    check_file(path)
    try:
        with osmium.io.Reader(str(path), osmium.osm.osm_entity_bits.NOTHING) as reader:
            header = reader.header()
    except (RuntimeError, ValueError) as error:
        raise _damaged(path, error) from error
    return (header.get("osmosis_replication_timestamp", "") or header.get("timestamp", ""))[:DAY]


def in_box(lon: float, lat: float, box: Box | None) -> bool:
    """Return whether a point lies in the box; without a box every point does."""
    return box is None or (box[0] <= lon <= box[2] and box[1] <= lat <= box[3])


def check_file(path: Path) -> None:
    """Raise where the file is missing, of another kind or empty; the reader would say that less clearly, or not."""
    if not path.name.endswith(ENDINGS):
        raise GeoDataError(
            f"{path.name}: keine OpenStreetMap-Datei. Abhilfe: eine Datei auf {', '.join(ENDINGS)} angeben."
        )
    if not path.is_file():
        raise GeoDataError(f"{path}: fehlt. Abhilfe: den Auszug dort ablegen.")
    if path.stat().st_size == 0 or (path.name.endswith(".gz") and _is_empty(path)):
        raise GeoDataError(f"{path.name}: ist leer. Abhilfe: die Datei neu herunterladen.")


def _is_empty(path: Path) -> bool:
    try:
        with gzip.open(path) as packed:
            return not packed.read(1)
    except (OSError, EOFError) as error:
        raise GeoDataError(f"{path.name}: ist nicht gepackt oder beschädigt ({error}). Abhilfe: neu laden.") from error


def _damaged(path: Path, error: Exception) -> GeoDataError:
    return GeoDataError(
        f"{path.name}: ist beschädigt oder unvollständig ({error}). Abhilfe: die Datei neu herunterladen."
    )
