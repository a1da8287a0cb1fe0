"""Downloads against a server on this machine: resumed, checked, polite; what goes wrong is said, nothing is lost."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from geodata import build
from geodata.catalog.official import OfficialFile, official_files
from geodata.model import GeoDataError
from geodata.sources import download
from geodata.sources.download import TRIES, download_sources, fetch

BODY = bytes(range(256)) * 4000
OSM = official_files()["osm"]
NAME = "/europe/germany/thueringen-latest.osm.pbf"


@dataclass
class Served:
    """What the server has and how it behaves; ``seen`` are the requests."""

    files: dict[str, bytes] = field(default_factory=dict)
    etag: str = '"eins"'
    ranges: bool = True
    cut_after: int = 0
    cuts: int = 0
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    md5_answers: list[int] = field(default_factory=list)
    shift: int = 0
    lengths: bool = True
    kind: str = "application/octet-stream"
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    base: str = ""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server on the loopback address with the extract of Thüringen and its checksum."""
    state = Served(
        {NAME: BODY, f"{NAME}.md5": f"{hashlib.md5(BODY).hexdigest()}  thueringen-latest.osm.pbf\n".encode()}
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, state)

        def log_message(self, *parts: object) -> None:
            """Say nothing."""

    monkeypatch.setattr(download, "FIRST_WAIT_S", 0.01)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    state.base = f"http://127.0.0.1:{server.server_address[1]}"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def answer(request: BaseHTTPRequestHandler, state: Served) -> None:
    state.seen.append((request.path, dict(request.headers)))
    body = state.files.get(request.path)
    if state.md5_answers and request.path.endswith(".md5"):
        return send(request, state.md5_answers.pop(0), b"", {})
    if state.answers and not request.path.endswith(".md5"):
        code, headers = state.answers.pop(0)
        return send(request, code, b"", headers)
    if body is None:
        return send(request, 404, b"", {})
    begin, code = 0, 200
    asked = request.headers.get("Range", "")
    if asked and state.ranges and request.headers.get("If-Range") == state.etag:
        begin, code = int(asked.removeprefix("bytes=").rstrip("-")), 206
    if begin >= len(body):
        return send(request, 416, b"", {"Content-Range": f"bytes */{len(body)}"})
    begin = max(0, begin - state.shift)
    headers = {"ETag": state.etag, "Content-Type": state.kind, "Content-Length": str(len(body) - begin)}
    if code == 206:
        headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
    if not state.lengths:
        headers["Content-Length"] = ""
    part = body[begin:]
    if state.cuts and not request.path.endswith(".md5"):
        state.cuts -= 1
        part = part[: state.cut_after]
    return send(request, code, part, headers)


def send(request: BaseHTTPRequestHandler, code: int, body: bytes, headers: dict[str, str]) -> None:
    request.send_response(code)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        if value:
            request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


def get(served: Served, folder: Path, said: list[str] | None = None, entry: OfficialFile = OSM) -> Path:
    lines: list[str] = [] if said is None else said
    return fetch(entry, "thueringen", folder / "t.osm.pbf", base=served.base, progress=lines.append)


def test_a_file_arrives_whole_checked_and_with_progress(served: Served, tmp_path: Path) -> None:
    said: list[str] = []
    assert get(served, tmp_path, said).read_bytes() == BODY
    assert [path.name for path in tmp_path.iterdir()] == ["t.osm.pbf"]
    assert said[-1] == "t.osm.pbf: 100 % (1,0 von 1,0 MB)"
    assert served.seen[0][1]["User-Agent"].startswith("Sozialatlas/")


def test_a_broken_connection_is_resumed_where_it_broke(served: Served, tmp_path: Path) -> None:
    served.cuts, served.cut_after = 2, 300_000
    assert get(served, tmp_path).read_bytes() == BODY
    ranges = [headers.get("Range") for path, headers in served.seen if not path.endswith(".md5")]
    assert ranges == [None, "bytes=300000-", "bytes=600000-"]


def test_what_an_earlier_run_has_loaded_is_used(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TRIES", 1)
    served.cuts, served.cut_after = 1, 500_000
    with pytest.raises(GeoDataError, match=r"abgebrochen nach 500000 von 1024000 Bytes.*Geladenes bleibt"):
        get(served, tmp_path)
    assert (tmp_path / "t.osm.pbf.part").stat().st_size == 500_000
    assert get(served, tmp_path).read_bytes() == BODY
    assert served.seen[1][1]["Range"] == "bytes=500000-"


@pytest.mark.parametrize("how", ["another file by now", "no ranges"])
def test_where_it_cannot_be_resumed_it_begins_anew(served: Served, tmp_path: Path, how: str) -> None:
    (tmp_path / "t.osm.pbf.part").write_bytes(b"alt" * 1000)
    (tmp_path / "t.osm.pbf.part.json").write_text('"\\"eins\\""')
    if how == "no ranges":
        served.ranges = False
    else:
        served.etag = '"zwei"'
    assert get(served, tmp_path).read_bytes() == BODY


def test_a_part_longer_than_the_file_is_dropped(served: Served, tmp_path: Path) -> None:
    (tmp_path / "t.osm.pbf.part").write_bytes(BODY + b"zu lang")
    (tmp_path / "t.osm.pbf.part.json").write_text('"\\"eins\\""')
    assert get(served, tmp_path).read_bytes() == BODY
    assert [headers.get("Range") for _, headers in served.seen][:2] == [f"bytes={len(BODY) + 7}-", None]


def test_what_is_whole_is_not_loaded_again_where_only_its_checksum_did_not_come(served: Served, tmp_path: Path) -> None:
    served.md5_answers = [503]
    assert get(served, tmp_path).read_bytes() == BODY
    whole = [headers for path, headers in served.seen if path == NAME and "Range" not in headers]
    assert len(whole) == 1


def test_a_server_that_goes_on_elsewhere_is_not_believed(served: Served, tmp_path: Path) -> None:
    served.cuts, served.cut_after, served.shift = 1, 300_000, 10
    said: list[str] = []
    assert get(served, tmp_path, said).read_bytes() == BODY
    assert any("setzt an anderer Stelle fort" in line for line in said)


def test_a_zip_that_ends_too_early_is_noticed_without_a_length(served: Served, tmp_path: Path) -> None:
    entry, packed = official_files()["zensus2022_personen"], make_zip("Zensus")
    path = "/" + entry.url.split("/", 3)[3]
    served.files[path], served.lengths = packed, False
    served.cuts, served.cut_after = 1, len(packed) - 30
    said: list[str] = []
    target = fetch(entry, "", tmp_path / "z.zip", base=served.base, progress=said.append)
    assert target.read_bytes() == packed
    assert any("kein vollständiges ZIP" in line for line in said)


def test_a_broken_line_is_no_full_disk(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*parts: object) -> bytes:
        raise OSError(113, "No route to host")

    monkeypatch.setattr(download.HTTPResponse, "read", broken)
    with pytest.raises(GeoDataError, match=r"nicht laden \(Verbindung abgebrochen .*No route to host"):
        get(served, tmp_path)


def test_a_busy_server_is_asked_again_after_the_time_that_it_names(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(download.time, "sleep", waits.append)
    served.answers = [(503, {"Retry-After": "7"}), (429, {})]
    said: list[str] = []
    assert get(served, tmp_path, said).read_bytes() == BODY
    assert waits == [7.0, 0.02]
    assert said[0] == "t.osm.pbf: Server antwortet 503; neuer Versuch in 7 s"


def test_after_some_tries_it_gives_up_and_says_what_to_do(served: Served, tmp_path: Path) -> None:
    served.answers = [(503, {})] * 20
    with pytest.raises(GeoDataError, match=rf"nach {TRIES} Versuchen nicht laden \(Server antwortet 503;.*Abhilfe"):
        get(served, tmp_path)
    assert len(served.seen) == TRIES


def test_nobody_at_the_other_end_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "FIRST_WAIT_S", 0.0)
    with pytest.raises(GeoDataError, match="keine Verbindung"):
        fetch(OSM, "thueringen", tmp_path / "x.osm.pbf", base="http://127.0.0.1:9", progress=lambda text: None)


def test_a_wrong_checksum_leaves_the_old_file(served: Served, tmp_path: Path) -> None:
    served.files[f"{NAME}.md5"] = b"0" * 32 + b"  x"
    (tmp_path / "t.osm.pbf").write_bytes(b"alt")
    with pytest.raises(GeoDataError, match="Prüfsumme stimmt nicht"):
        get(served, tmp_path)
    assert (tmp_path / "t.osm.pbf").read_bytes() == b"alt"
    assert not (tmp_path / "t.osm.pbf.part").exists()


def test_a_page_instead_of_the_file_is_refused(served: Served, tmp_path: Path) -> None:
    served.kind = "text/html"
    with pytest.raises(GeoDataError, match=r"Webseite statt der Datei\. Abhilfe"):
        get(served, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_gone_is_named(served: Served, tmp_path: Path) -> None:
    served.files.clear()
    with pytest.raises(GeoDataError, match=r"thueringen-latest\.osm\.pbf antwortet 404\. Abhilfe"):
        get(served, tmp_path)


def test_a_full_disk_is_said_in_words(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*parts: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download, "_copy", full)
    with pytest.raises(GeoDataError, match=r"kann nicht gespeichert werden.*Platz auf dem Datenträger"):
        get(served, tmp_path)


def make_zip(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tabelle.csv", text)
    return file.getvalue()


def test_only_what_is_missing_is_fetched_one_after_the_other(served: Served, tmp_path: Path) -> None:
    for entry in official_files().values():
        if entry.url and entry.id != "osm":
            served.files["/" + entry.url.split("/", 3)[3]] = make_zip(entry.id)
    (tmp_path / "Zensus2022_Bevoelkerungszahl.zip").write_bytes(b"schon da")
    found = download_sources(tmp_path, "16063", base=served.base, progress=lambda text: None)
    assert {path.name for path in found} == {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "Zensus2022_Bevoelkerungszahl.zip").read_bytes() == b"schon da"
    assert (tmp_path / "thueringen-latest.osm.pbf").read_bytes() == BODY
    assert not any("Bevoelkerungszahl" in path for path, _ in served.seen)


def test_without_being_asked_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(*parts: object, **options: object) -> None:
        raise AssertionError("a request without --download")

    monkeypatch.setattr(download, "urlopen", never)
    assert build.main(["16063", "--download"]) == 1
    assert "--download braucht einen Ordner" in capsys.readouterr().err
    (tmp_path / "quellen").mkdir()
    assert build.read_given(build.parse_arguments(["16063", "--sources", str(tmp_path / "quellen")])).osm is None
