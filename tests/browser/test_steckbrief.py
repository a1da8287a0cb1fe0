"""A walk through the page of profiles: choosing, comparing, changing a sentence, printing; no violation of WCAG."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from geodata.store import FIGURE_COLUMNS, Store
from tests.browser.conftest import PHONE, WIDE, ZOOMED, running, windows
from tests.browser.reader import Reader
from tests.browser.test_axe import violations
from tests.test_steckbrief_page import EISENACH, GERSTENGRUND, SECRET, figures

Open = Callable[..., Reader]
PROFILE = f"/steckbrief?area={EISENACH}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with invented unemployed, read by two atlases at once."""
    kept = tmp_path_factory.mktemp("steckbrief")
    about = dict.fromkeys(("file", "sha256", "title", "source"), "kunst.csv") | {"form": "inkar"}
    Store(f"sqlite:///{kept / '16063.sqlite'}").add_import(figures()[FIGURE_COLUMNS], about)
    return kept


def atlas_of(folder: Path, audience: str) -> Iterator[str]:
    log = folder / audience
    log.mkdir()
    with running(log, SPEICHER=str(folder), ZIELGRUPPE=audience) as open_at:
        yield open_at


@pytest.fixture(scope="module")
def public_address(folder: Path) -> Iterator[str]:
    yield from atlas_of(folder, "oeffentlich")


@pytest.fixture(scope="module")
def office_address(folder: Path) -> Iterator[str]:
    yield from atlas_of(folder, "intern")


@pytest.fixture
def public(public_address: str, contexts: Callable[[int], BrowserContext]) -> Iterator[Open]:
    """Return a function that opens windows of residents."""
    with windows(public_address, contexts) as open_window:
        yield open_window


@pytest.fixture
def office(office_address: str, contexts: Callable[[int], BrowserContext]) -> Iterator[Open]:
    """Return a function that opens windows of the planning office."""
    with windows(office_address, contexts) as open_window:
        yield open_window


def test_a_resident_chooses_compares_and_changes_the_level(public: Open) -> None:
    reader = public()
    reader.open("/steckbrief")
    reader.choose("#steckbrief-area", "Gerstengrund")
    reader.wait_for(lambda: reader.query() == f"area={GERSTENGRUND}", "das Gebiet in der Adresse")
    assert reader.text("h1") == "Steckbrief: Gerstengrund"
    assert "Geheim ist hier: Arbeitslosenanteil" in reader.text("#steckbrief-inhalt")
    reader.choose("#steckbrief-compare", "Schleid")
    reader.wait_for(lambda: "compare=16063068" in reader.query(), "der Vergleich in der Adresse")
    assert "Schleid" in reader.text(".sb-tab thead >> nth=0")
    reader.page.get_by_label("Sozialräume").check()
    reader.wait_for(lambda: reader.text("h1") == "Steckbrief: Geisa", "der Sozialraum")
    assert reader.query() == "level=sozialraum&area=geisa"
    picture = reader.page.locator(".sb-lage")
    loaded = "image => image.complete && image.naturalWidth > 0"
    reader.wait_for(lambda: picture.evaluate(loaded), "das Bild der Lage")
    assert "Geisa ist blau hervorgehoben" in (picture.get_attribute("alt") or "")
    assert not [secret for secret in SECRET if secret in reader.page.content()]


def test_a_link_opens_a_profile_and_its_references_lead_to_the_sources(public: Open) -> None:
    reader = public()
    reader.open(PROFILE)
    assert "245 von 4.000" in reader.text(".sb-tab >> nth=0")
    reader.page.locator(".sb-ref").first.click()
    reader.wait_for(lambda: "#quelle-" in reader.page.url, "die Quelle")
    assert reader.text("h1") == "Steckbrief: Eisenach"
    reader.page.get_by_role("link", name="Arbeitslosenanteil").click()
    reader.wait_for(lambda: reader.drawn() is not None, "die Karte der Kennzahl")
    assert "Arbeitslosenanteil" in reader.text("#titel")


def test_planners_write_a_sentence_that_residents_read(office: Open, public: Open) -> None:
    reader = office()
    reader.open(PROFILE)
    reader.page.get_by_text("Sätze bearbeiten (nur intern)").click()
    reader.page.get_by_label("Text des neuen Satzes").fill("Der neue Treff am Markt ist gut besucht.")
    reader.page.get_by_role("button", name="Sätze speichern").click()
    reader.page.get_by_text("Gespeichert: 1 Satz.").wait_for()
    assert "Der neue Treff am Markt ist gut besucht." in reader.text(".sb-saetze >> nth=0")
    resident = public()
    resident.open(PROFILE)
    said = resident.text("#steckbrief-inhalt")
    assert "Der neue Treff am Markt ist gut besucht." in said
    assert "Von der Sozialplanung ergänzt" in said
    assert resident.page.get_by_text("Sätze bearbeiten").count() == 0


def test_a_secret_number_stays_in_the_form_and_is_not_published(office: Open) -> None:
    reader = office()
    reader.open(f"/steckbrief?area={GERSTENGRUND}")
    assert "Interne Ansicht" in reader.text("#steckbrief-hinweise")
    reader.page.get_by_text("Sätze bearbeiten (nur intern)").click()
    text = "Der Arbeitslosenanteil liegt bei nur 1,5 %."
    reader.page.get_by_label("Text des neuen Satzes").fill(text)
    reader.page.get_by_role("button", name="Sätze speichern").click()
    reader.page.get_by_text("öffentlich geheim ist. Abhilfe").wait_for()
    assert reader.page.get_by_label("Text des neuen Satzes").input_value() == text


def test_the_printed_page_is_the_profile_alone(public: Open) -> None:
    reader = public()
    reader.open(PROFILE)
    reader.page.emulate_media(media="print")
    assert not reader.page.locator("#steckbrief-area").is_visible()
    assert not reader.page.locator(".top nav").is_visible()
    assert reader.page.locator(".sb-tab").first.is_visible()
    reader.page.emulate_media(media="screen")


@pytest.mark.parametrize("width", [WIDE, 1024, ZOOMED, PHONE])
def test_no_window_scrolls_sideways(public: Open, width: int) -> None:
    reader = public(width)
    for path in ("/steckbrief", PROFILE, f"{PROFILE}&compare=16063003"):
        reader.open(path)
        reader.page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        assert reader.overflow() <= 0, path


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("path", ["/steckbrief", f"{PROFILE}&compare={GERSTENGRUND}"])
def test_axe_finds_nothing(office: Open, path: str, width: int) -> None:
    reader = office(width)
    reader.open(path)
    reader.page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert violations(reader) == []
