"""Going from page to page, the page for a wrong address, and every page on every screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layers import Atlas
from tests.browser.reader import Reader
from views.selection import Selection

PATHS = ["/", "/einrichtungen", "/daten", "/gibt-es-nicht"]


def test_unknown_address_shows_the_way_back(reader: Reader, atlas: Atlas) -> None:
    reader.open("/gibt-es-nicht")
    assert reader.text("main h1") == "Seite nicht gefunden"
    reader.page.get_by_role("link", name="Zur Karte").click()
    reader.expect(Selection(), atlas)


def test_leaving_and_coming_back_builds_one_map(reader: Reader, atlas: Atlas) -> None:
    reader.open("/")
    for _ in range(3):
        reader.page.evaluate("() => { window.vorher = window.atlasKarte; }")
        reader.page.get_by_role("link", name="Daten und Methodik").click()
        reader.page.get_by_role("heading", name="Daten und Methodik").wait_for()
        reader.wait_for(lambda: reader.page.evaluate("() => !window.atlasKarte"), "die entfernte Karte")
        assert reader.page.evaluate("() => window.vorher._removed"), "MapLibre has let go of the canvas"
        reader.page.get_by_role("link", name="Karte", exact=True).click()
        reader.expect(Selection(), atlas)
        assert reader.page.locator("canvas.maplibregl-canvas").count() == 1
    reader.page.get_by_role("link", name="Einrichtungen").click()
    reader.wait_for(lambda: (reader.drawn() or "").startswith("bestand"), "die Einrichtungen")
    assert reader.page.locator("canvas.maplibregl-canvas").count() == 1
    assert "Einrichtungen" in reader.page.title()
    assert reader.page.locator(".top nav a[aria-current=page]").inner_text() == "Einrichtungen"


@pytest.mark.parametrize("width", [1600, 1024, 800, 390])
def test_no_page_is_wider_than_its_window(open_reader: Callable[..., Reader], width: int) -> None:
    reader = open_reader(width)
    for path in [
        *PATHS,
        "/?area=16063076&compare=16063008&table=ja",
        "/einrichtungen?categories=krankenhaus",
    ]:
        reader.open(path)
        assert reader.overflow() <= 0, path


def test_filters_are_folded_on_a_phone_and_open_on_a_desk(open_reader: Callable[..., Reader]) -> None:
    for path in ("/", "/einrichtungen"):
        phone, desk = open_reader(390), open_reader(1600)
        for reader, is_open in ((phone, False), (desk, True)):
            reader.open(path)
            fold = reader.page.locator(".karte-filter details.klappe").first
            assert (fold.get_attribute("open") is not None) == is_open
        fold = phone.page.locator(".karte-filter details.klappe")
        fold.locator("summary").first.click()
        assert phone.page.locator("#wahl-handlungsfeld, #filter-handlungsfeld").first.is_visible()
        assert phone.overflow() <= 0


def test_map_is_visible_first_on_a_phone(open_reader: Callable[..., Reader]) -> None:
    reader = open_reader(390)
    reader.open("/")
    box = reader.page.locator("#karte").bounding_box()
    assert box
    assert box["width"] > 300
    assert box["height"] > 250
