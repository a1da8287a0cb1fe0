"""The atlas on a machine without WebGL: the picture of the server takes the place of the map."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Playwright

from layers import Atlas
from tests.browser.browsers import launch
from tests.browser.reader import Reader
from views.selection import Selection


@pytest.fixture(scope="module")
def plain_context(playwright: Playwright) -> Iterator[BrowserContext]:
    """A browser that cannot draw WebGL."""
    chromium = launch(playwright, webgl=False)
    yield chromium.new_context(viewport={"width": 1600, "height": 1000}, locale="de-DE")
    chromium.close()


@pytest.fixture(params=["Schalter", "Browser"])
def picture(
    request: pytest.FixtureRequest, open_reader: Callable[..., Reader], plain_context: BrowserContext
) -> Reader:
    """A window on the start page whose map is a picture: by ``?webgl=aus``, or for want of WebGL."""
    if request.param == "Schalter":
        reader = open_reader()
        reader.open("/?webgl=aus")
        return reader
    reader = open_reader(context=plain_context)
    reader.open("/")
    assert not reader.page.evaluate("() => !!document.createElement('canvas').getContext('webgl2')")
    return reader


def test_picture_shows_all_areas_and_says_so(picture: Reader, atlas: Atlas) -> None:
    assert picture.page.locator("#karte svg [data-id]").count() == 30
    assert "ohne WebGL" in picture.text("#karte")
    label = picture.page.locator("#karte [data-id='16063037'], #karte [data-id='16063076']").first
    assert label.get_attribute("aria-label")
    assert picture.overflow() <= 0


def test_click_and_enter_choose_an_area(picture: Reader, atlas: Atlas) -> None:
    picture.page.locator("#karte [data-id='16063076'] path").first.click()
    picture.expect(Selection(area="16063076"), atlas)
    name = atlas.areas("gemeinde").at["16063076", "name"]
    assert picture.text("#steckbrief h2") == name
    assert picture.page.locator("#karte [data-id='16063076']").get_attribute("aria-pressed") == "true"
    other = "16063078" if "16063078" in atlas.areas("gemeinde").index else str(atlas.areas("gemeinde").index[0])
    picture.page.locator(f"#karte [data-id='{other}']").focus()
    picture.page.keyboard.press("Enter")
    picture.expect(Selection(area=other), atlas)


def test_filters_change_the_picture(picture: Reader, atlas: Atlas) -> None:
    script = "() => document.querySelector(\"#karte [data-id='16063076'] title\").textContent"
    before = picture.page.evaluate(script)
    picture.choose("#wahl-level", picture.options("#wahl-level")[1])
    picture.expect(Selection(level="sozialraum"), atlas)
    assert picture.page.locator("#karte svg [data-id]").count() == 16
    picture.choose("#wahl-level", picture.options("#wahl-level")[0])
    picture.expect(Selection(), atlas)
    assert picture.page.evaluate(script) == before


def test_register_page_has_its_picture(picture: Reader) -> None:
    picture.page.get_by_role("link", name="Einrichtungen").click()
    picture.wait_for(lambda: (picture.drawn() or "").startswith("bestand"), "die Einrichtungen")
    assert picture.page.locator("#karte svg").count() == 1
