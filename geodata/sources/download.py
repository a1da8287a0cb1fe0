"""Official files from their addresses: resumable, checked, one at a time, and only when the operator asks for it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from geodata.catalog.official import OfficialFile, land_of, official_files
from geodata.model import GeoDataError

Progress = Callable[[str], None]
AGENT = "Sozialatlas/0.1 (Datensatzbau)"
TRIES, FIRST_WAIT_S, LONGEST_WAIT_S, SILENCE_S = 5, 2.0, 120.0, 60.0
CHUNK = 1 << 18
SAY_EVERY_S = 0.5
BUSY = {429, 500, 502, 503, 504}
PACKED = (".zip", ".pbf")


class _Again(Exception):
    """Worth another try, after ``wait`` seconds where the server says so, ``anew`` without what is there."""

    def __init__(self, reason: str, wait: float | None = None, *, anew: bool = False) -> None:
        super().__init__(reason)
        self.wait, self.anew = wait, anew


def download_sources(folder: Path, ags: str, *, base: str = "", progress: Progress = print) -> list[Path]:
    """Return the files of a district after fetching those that are not there; what is there stays as it is.

    ``base`` replaces scheme and host of all addresses (a mirror).
    """
    folder.mkdir(parents=True, exist_ok=True)
    slug = land_of(ags).slug
    fetched = []
    for entry in official_files().values():
        if entry.url:
            target = folder / entry.file.format(land=slug)
            fetched.append(target if target.exists() else fetch(entry, slug, target, base=base, progress=progress))
    return fetched


def fetch(entry: OfficialFile, slug: str, target: Path, *, base: str = "", progress: Progress = print) -> Path:
    """Return ``target`` after fetching it; a broken download leaves what was there and can be resumed."""
    url = entry.url.format(land=slug)
    if base:
        url = base.rstrip("/") + "/" + url.split("/", 3)[3]
    part, tries = target.with_name(target.name + ".part"), 0
    while True:
        tries += 1
        try:
            _load(url, part, target.name, progress)
            _check(url, entry, part, target.name)
            part.replace(target)
            _mark(part).unlink(missing_ok=True)
            return target
        except _Again as again:
            if again.anew:
                part.unlink(missing_ok=True)
            if tries == TRIES:
                raise GeoDataError(
                    f"{target.name}: ließ sich nach {TRIES} Versuchen nicht laden ({again}; {url}). Abhilfe: Netz "
                    "prüfen und den Aufruf wiederholen (Geladenes bleibt), oder die Datei selbst in den Ordner legen."
                ) from again
            wait = min(again.wait if again.wait is not None else FIRST_WAIT_S * 2 ** (tries - 1), LONGEST_WAIT_S)
            progress(f"{target.name}: {again}; neuer Versuch in {wait:.0f} s")
            time.sleep(wait)
        except OSError as error:
            raise GeoDataError(
                f"{target.name}: kann nicht gespeichert werden ({error}). Abhilfe: Platz auf dem Datenträger schaffen."
            ) from error


def _load(url: str, part: Path, name: str, progress: Progress) -> None:
    """Append to ``part`` what is missing of it; begin anew where the file at ``url`` is another one by now."""
    known = _read_mark(part)
    begin = part.stat().st_size if part.exists() and known else 0
    headers = {"User-Agent": AGENT}
    if begin:
        headers |= {"Range": f"bytes={begin}-", "If-Range": known}
    with _open(Request(url, headers=headers), name, there=begin) as answer:
        if answer is None:
            return
        _refuse_page(answer, name, url)
        begin = _where_it_goes_on(answer, begin)
        _mark(part).write_text(json.dumps(answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""))
        length = answer.headers.get("Content-Length")
        total = begin + int(length) if length else 0
        _copy(answer, part, begin, total, lambda text: progress(f"{name}: {text}"))
    if total and part.stat().st_size < total:
        raise _Again(f"Verbindung abgebrochen nach {part.stat().st_size} von {total} Bytes")


@contextlib.contextmanager
def _open(request: Request, name: str, *, there: int = 0) -> Iterator[HTTPResponse | None]:
    """Yield the answer, or None where the ``there`` bytes that are loaded are already the whole file."""
    try:
        with urlopen(request, timeout=SILENCE_S) as answer:
            yield answer
    except HTTPError as error:
        if error.code in BUSY:
            raise _Again(f"Server antwortet {error.code}", _seconds(error.headers.get("Retry-After"))) from error
        if error.code == 416 and error.headers.get("Content-Range") == f"bytes */{there}":
            yield None
            return
        if error.code == 416:  # the part is longer than the file: begin anew
            raise _Again("der Rest passt nicht zur Datei", anew=True) from error
        raise GeoDataError(
            f"{name}: {request.full_url} antwortet {error.code}. Abhilfe: Adresse in official.toml prüfen oder die "
            "Datei selbst in den Ordner legen."
        ) from error
    except (URLError, TimeoutError, HTTPException, ConnectionError) as error:
        raise _Again(f"keine Verbindung ({getattr(error, 'reason', error)})") from error


def _copy(answer: HTTPResponse, part: Path, begin: int, total: int, say: Progress) -> None:
    said = 0.0
    with part.open("ab" if begin else "wb") as file:
        while chunk := _next_chunk(answer):
            file.write(chunk)
            if time.monotonic() - said >= SAY_EVERY_S:
                said = time.monotonic()
                say(_amount(file.tell(), total))
    say(_amount(part.stat().st_size, total))


def _next_chunk(answer: HTTPResponse) -> bytes:
    """Return what comes next; what goes wrong here is the connection, not the disk."""
    try:
        return answer.read(CHUNK)
    except OSError as error:
        raise _Again(f"Verbindung abgebrochen ({error})") from error


def _where_it_goes_on(answer: HTTPResponse, begin: int) -> int:
    """Return at which byte the answer begins: where it was asked to, or 0 where the server sends the whole file."""
    if answer.status != 206:
        return 0
    named = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range") or "")
    if not named or int(named[1]) != begin:
        raise _Again("der Server setzt an anderer Stelle fort", anew=True)
    return begin


def _amount(done: int, total: int) -> str:
    """Return how much is there.

    >>> _amount(52_400_000, 104_800_000)
    '50 % (52,4 von 104,8 MB)'
    """
    size, whole = (f"{value / 1e6:.1f}".replace(".", ",") for value in (done, total))
    return f"{100 * done // total} % ({size} von {whole} MB)" if total else f"{size} MB"


def _refuse_page(answer: HTTPResponse, name: str, url: str) -> None:
    if name.endswith(PACKED) and answer.headers.get_content_type() == "text/html":
        raise GeoDataError(
            f"{name}: {url} liefert eine Webseite statt der Datei. Abhilfe: Adresse in official.toml berichtigen oder "
            "die Datei selbst in den Ordner legen."
        )


def _check(url: str, entry: OfficialFile, part: Path, name: str) -> None:
    """Compare with the checksum that the publisher puts beside the file, open a ZIP; drop what does not fit."""
    if name.endswith(".zip") and not zipfile.is_zipfile(part):
        raise _Again("kein vollständiges ZIP", anew=True)
    if entry.checksum != "md5":
        return
    with _open(Request(f"{url}.md5", headers={"User-Agent": AGENT}), f"{name}.md5") as answer:
        wanted = answer.read(4096).decode("ascii", "replace").split()[:1] if answer else []
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "md5").hexdigest()
    if wanted != [found]:
        raise _Again(f"Prüfsumme stimmt nicht (erwartet {' '.join(wanted)}, gefunden {found})", anew=True)


def _mark(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _read_mark(part: Path) -> str:
    """Return which version of the file the part belongs to, empty where that is not known."""
    try:
        known: Any = json.loads(_mark(part).read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return known if isinstance(known, str) else ""


def _seconds(text: str | None) -> float | None:
    """Return what a Retry-After asks for: seconds, or until a date.

    >>> _seconds("7"), _seconds("bald"), _seconds(None)
    (7.0, None, None)
    """
    if text is None:
        return None
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None
