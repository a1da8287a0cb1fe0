"""Statistics in a real browser: reading in and taking back, two indicators on one map, and what nobody may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from geodata import dataset, imports
from geodata.observations import territory_of
from tests.browser.conftest import running, windows
from tests.browser.reader import Reader

DATA = dataset.load("16063")
KEYS = sorted(DATA.gemeinden.index)
GERSTENGRUND = "16063033"
MAP = "/?handlungsfeld=SIC&indicator=MIN01"
Office = Callable[..., Reader]


def table(folder: Path, *, broken: bool = False) -> Path:
    """Write invented figures in the form of the template: 9 of 60 in Gerstengrund, 531 of 4,000 elsewhere."""
    lines = ["ags;zeitraum;indikator;zaehler;nenner;zustand;quelle"]
    for key in KEYS:
        count, base = ("9", "60") if key == GERSTENGRUND else ("531", "4000")
        lines.append(f"{key};2023;MIN01;{'viele' if broken and key == KEYS[3] else count};{base};;erfunden")
    path = folder / ("kaputt.csv" if broken else "sozialamt.csv")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def office(tmp_path: Path, contexts: Callable[[int], BrowserContext]) -> Iterator[Office]:
    """An atlas of the planning office, without any figures yet."""
    with running(tmp_path, ZIELGRUPPE="intern") as address, windows(address, contexts) as open_window:
        yield open_window


@pytest.fixture
def public(tmp_path: Path, contexts: Callable[[int], BrowserContext]) -> Iterator[Office]:
    """The public atlas on a store with a small count."""
    store = imports.open_store(str(tmp_path / "speicher"), "16063")
    imports.apply(imports.plan(table(tmp_path), store, territory_of(DATA)), store)
    with running(tmp_path) as address, windows(address, contexts) as open_window:
        yield open_window


def choose(reader: Reader, path: Path, sign: str) -> None:
    reader.page.set_input_files("#einlesen-upload input", path)
    reader.wait_for(lambda: sign in reader.text("#einlesen-bericht"), sign)


def test_a_broken_file_is_refused_a_good_one_taken_over_and_taken_back(office: Office, tmp_path: Path) -> None:
    reader = office()
    reader.open("/einlesen")
    (tmp_path / "defekt.xlsx").write_bytes(b"PK\x03\x04 das ist keine Mappe")
    choose(reader, tmp_path / "defekt.xlsx", "Abhilfe")
    assert reader.page.locator("#einlesen-los").is_disabled()
    choose(reader, table(tmp_path, broken=True), "1 Fehler")
    assert "viele" in reader.text("#einlesen-bericht")
    reader.page.locator("#einlesen-los").click()
    reader.wait_for(lambda: "nichts übernommen" in reader.text("#einlesen-meldung"), "die Ablehnung")
    choose(reader, table(tmp_path), "Keine Fehler gefunden")
    assert reader.page.locator("img.vorschau").count() == 1
    reader.page.locator("#einlesen-los").click()
    reader.wait_for(lambda: "Übernommen: sozialamt.csv" in reader.text("#einlesen-meldung"), "die Übernahme")
    reader.open(MAP)
    assert "(15,0) %" in reader.text("#rang"), "the office sees it, as unsure: 60 people are few"
    assert "k. A." not in reader.text("#rang"), "the table is on today's Gemeinden, although its year ended before"
    reader.open("/einlesen")
    reader.page.get_by_role("button", name="Letzten Import zurücknehmen").click()
    reader.wait_for(lambda: "Zurückgenommen: sozialamt.csv" in reader.text("#einlesen-meldung"), "die Rücknahme")
    reader.open(MAP)
    assert "%" not in reader.text("#rang")


def test_the_public_never_receives_a_hidden_figure(public: Office) -> None:
    reader = public()
    bodies: dict[str, str] = {}

    def keep(answer: object) -> None:
        kind = answer.headers.get("content-type", "")  # type: ignore[attr-defined]
        if any(part in kind for part in ("json", "html", "text/plain", "csv", "svg")):
            bodies[answer.url] = answer.text()  # type: ignore[attr-defined]

    reader.page.on("requestfinished", lambda request: keep(request.response()))
    reader.open(f"{MAP}&area={GERSTENGRUND}&table=ja")
    assert "geheim" in reader.text("#steckbrief")
    assert "13,3 %" in reader.text("#rang")
    for level in ("sozialraum", "gemeinde"):
        reader.page.evaluate("(level) => window.dash_clientside.set_props('wahl-level', { value: level })", level)
        reader.wait_for(lambda level=level: ("level=sozialraum" in reader.query()) == (level == "sozialraum"), level)
    for path in ("/karte.svg", "/ausgabe/karte.csv", "/ausgabe/karte.svg"):
        answer = reader.page.request.get(f"{reader.address}{path}{MAP[1:]}")
        bodies[path] = answer.text()
    bodies["page"] = reader.page.content()
    assert len(bodies) > 6
    words = re.compile(r"(?<![\d.,])15[,.]0+(?![\d])")
    assert [url for url, body in bodies.items() if "geojson" not in url and words.search(body)] == []


def test_the_public_has_no_page_to_read_in(public: Office) -> None:
    reader = public()
    reader.open("/")
    assert reader.page.get_by_role("link", name="Einlesen").count() == 0
    assert reader.page.request.get(f"{reader.address}/einlesen/vorschau.svg?auftrag=x&indicator=MIN01").status == 404


def test_two_indicators_on_one_map_by_keyboard(public: Office) -> None:
    reader = public()
    reader.open(MAP)
    reader.page.get_by_text("Zweite Kennzahl auf derselben Karte").click()
    box = reader.page.locator("#wahl-second")
    box.focus()
    box.press_sequentially("Minuten: Grundschulen")
    reader.page.get_by_role("option").first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    reader.wait_for(lambda: "second=minuten.grundschule" in reader.query(), "die zweite Kennzahl in der Adresse")
    reader.wait_for(lambda: " und " in reader.text("#titel"), "beide in der Überschrift")
    assert reader.page.locator("#legende .quadrat td").count() == 10
    assert (
        len(reader.page.evaluate("() => [...new Set(window.atlasKarte.queryRenderedFeatures().map((f) => f.id))]")) > 5
    )
