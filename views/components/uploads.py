"""Files that a browser has sent: kept in a folder of their own until they are taken over, replaced or too many."""

from __future__ import annotations

import base64
import binascii
import re
import shutil
from functools import cache
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from geodata.model import GeoDataError

MOST_BYTES = 60_000_000
MOST_KEPT = 8
UNSAFE = re.compile(r"[^\w.,()+ -]")
AGAIN = "Abhilfe: noch einmal wählen."
_KEPT: dict[str, Path] = {}


@cache
def _folder() -> TemporaryDirectory[str]:
    """Return the folder of all uploads, gone when the program ends."""
    return TemporaryDirectory(prefix="einlesen-")


def keep(content: str, name: str) -> str:
    """Return the key of an uploaded file (a data URL), or raise GeoDataError where it did not arrive."""
    if len(content) > MOST_BYTES * 4 / 3 + 1000:
        raise GeoDataError(f"Die Datei ist größer als {MOST_BYTES // 10**6} MB. Abhilfe: in Teilen einlesen.")
    try:
        raw = base64.b64decode(content.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise GeoDataError(f"Die Datei ist nicht vollständig angekommen. {AGAIN}") from error
    key = token_hex(16)
    path = Path(_folder().name) / key / safe_name(name)
    path.parent.mkdir()
    path.write_bytes(raw)
    _KEPT[key] = path
    for old in list(_KEPT)[:-MOST_KEPT]:
        drop(old)
    return key


def safe_name(name: str) -> str:
    r"""Return the name of a file without folders and signs that have a meaning for a system; never empty.

    >>> safe_name("Zahlen 2023.xlsx"), safe_name("../../etc/passwd"), safe_name(".."), safe_name("C:\\a\0.csv")
    ('Zahlen 2023.xlsx', 'passwd', 'datei', 'C__a_.csv')
    """
    return UNSAFE.sub("_", Path(name).name)[-60:].strip(". ") or "datei"


def find(key: object) -> Path | None:
    """Return the uploaded file with a key; None where there is none (any more)."""
    return _KEPT.get(key) if isinstance(key, str) else None


def drop(key: object) -> None:
    """Remove an uploaded file and its folder."""
    path = _KEPT.pop(key, None) if isinstance(key, str) else None
    if path is not None:
        shutil.rmtree(path.parent, ignore_errors=True)
