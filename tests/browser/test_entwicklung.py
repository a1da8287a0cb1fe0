"""A walk through the page of time: series, playing the years, small maps; keyboard, no motion, no violation of WCAG."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from geodata.store import FIGURE_COLUMNS, Store
from tests.browser.conftest import PHONE, WIDE, ZOOMED, running, windows
from tests.browser.reader import Reader
from tests.browser.test_axe import violations
from tests.test_timeline import EISENACH, GERSTENGRUND, invented

Open = Callable[..., Reader]
SERIES = f"/entwicklung?indicator=ARB02&areas={EISENACH},{GERSTENGRUND}"
MAP = "/entwicklung?indicator=ARB02&view=karte"
PLAY, PAUSE = "▶ Abspielen", "❚❚ Anhalten"
SMALL = "/entwicklung?indicator=ARB02&view=bilder"


@pytest.fixture(scope="module")
def time_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an atlas with invented unemployed and people of several years."""
    folder = tmp_path_factory.mktemp("entwicklung")
    about = dict.fromkeys(("file", "sha256", "title", "source"), "kunst.csv") | {"form": "inkar"}
    Store(f"sqlite:///{folder / '16063.sqlite'}").add_import(invented()[FIGURE_COLUMNS], about)
    log = folder / "log"
    log.mkdir()
    with running(log, SPEICHER=str(folder)) as open_at:
        yield open_at


@pytest.fixture
def open_time(time_address: str, contexts: Callable[[int], BrowserContext]) -> Iterator[Open]:
    """Return a function that opens windows on it."""
    with windows(time_address, contexts) as open_window:
        yield open_window


def open_map(reader: Reader, path: str = MAP) -> None:
    reader.open(path)
    reader.wait_for(lambda: reader.drawn() is not None, "die erste Karte")


def year(reader: Reader) -> str:
    return reader.text("#zeit-gross")


def callbacks(reader: Reader) -> int:
    return sum("_dash-update-component" in url for url in reader.requests)


def test_the_series_stop_at_gaps_and_a_hidden_one_is_a_word(open_time: Open) -> None:
    reader = open_time()
    reader.open(SERIES)
    reader.wait_for(lambda: reader.page.locator("#zeit-diagramm path.js-line").count() == 2, "zwei Linienstücke")
    assert "geheim" in reader.text("#zeit-tabelle")
    assert "Eisenach: gestiegen" in reader.text("#zeit-saetze")
    labels = reader.page.locator("#zeit-diagramm .annotation").all_text_contents()
    assert any("Eisenach" in label for label in labels)


def test_choosing_changes_chart_table_and_address(open_time: Open) -> None:
    reader = open_time()
    reader.open("/entwicklung")
    reader.choose("#zeit-wahl-indicator", "Einwohner (BEV01)")
    reader.wait_for(lambda: "indicator=BEV01" in reader.query(), "die Kennzahl in der Adresse")
    assert reader.text("#zeit-titel") == "Entwicklung: Einwohner"
    assert "Zensus 2022" in reader.text("#zeit-tabelle")
    names = reader.page.locator("#zeit-diagramm .annotation")
    reader.wait_for(lambda: "Zensus 2022" in " ".join(names.all_text_contents()), "der benannte Bruch")
    reader.choose("#zeit-wahl-level", "Sozialräume (16)")
    reader.wait_for(lambda: "level=sozialraum" in reader.query(), "die Ebene in der Adresse")
    link = reader.query()
    reader.open(f"/entwicklung?{link}")
    assert reader.text("#zeit-titel") == "Entwicklung: Einwohner"
    assert reader.page.locator("#zeit-wahl-level").input_value() == "Sozialräume (16)"


def test_the_years_play_in_the_browser_without_asking_the_server(open_time: Open) -> None:
    reader = open_time()
    open_map(reader, f"{MAP}&year=2016")
    asked, heard = callbacks(reader), reader.text("#zeit-ansage")
    play = reader.page.locator("#zeit-spielen")
    play.click()
    reader.wait_for(lambda: play.inner_text() == PAUSE, "das Abspielen")
    reader.wait_for(lambda: year(reader) == "2018", "das Jahr 2018")
    assert reader.text("#zeit-ansage") == heard, "nothing is announced while it plays"
    assert "year=2016" in reader.query()
    play.click()
    stopped = year(reader)
    reader.wait_for(lambda: reader.text("#zeit-ansage").startswith(stopped), "die Ansage")
    reader.wait_for(lambda: f"year={stopped}" in reader.query(), "das Jahr in der Adresse")
    reader.wait_for(lambda: f"year={stopped}" in (reader.drawn() or ""), "die Karte des Jahres")
    assert callbacks(reader) == asked


def test_it_stops_at_the_last_year_and_begins_again(open_time: Open) -> None:
    reader = open_time()
    open_map(reader, f"{MAP}&year=2020")
    play = reader.page.locator("#zeit-spielen")
    play.click()
    reader.wait_for(lambda: year(reader) == "2021" and play.inner_text() == PLAY, "das Ende")
    play.click()
    reader.wait_for(lambda: year(reader) == "2016", "der Anfang")
    play.click()


def test_steps_by_button_and_key_change_map_legend_and_gap(open_time: Open) -> None:
    reader = open_time()
    open_map(reader, f"{MAP}&year=2018")
    counts = reader.texts("#zeit-legende .n")
    reader.page.locator("#zeit-vor").press("Enter")
    reader.wait_for(lambda: year(reader) == "2019", "das Jahr ohne Werte")
    assert reader.text("#zeit-ansage") == "2019: keine Werte."
    assert reader.texts("#zeit-legende .n") != counts
    assert reader.texts("#zeit-legende .n")[-1] == "30"
    reader.page.get_by_role("slider", name="Jahr").press("ArrowLeft")
    reader.wait_for(lambda: year(reader) == "2018", "das Jahr davor")
    assert reader.texts("#zeit-legende .n") == counts
    reader.page.locator("#zeit-zurueck").click()
    reader.wait_for(lambda: "year=2017" in reader.query(), "das Jahr in der Adresse")


def test_where_no_motion_is_wanted_nothing_plays(browser: Browser, time_address: str) -> None:
    context = browser.new_context(reduced_motion="reduce", locale="de-DE", viewport={"width": WIDE, "height": 1000})
    with windows(time_address, lambda _: context) as open_window:
        reader = open_window()
        open_map(reader, f"{MAP}&year=2016")
        assert "Bewegung abgeschaltet" in reader.text(".zeit-steuerung")
        reader.page.locator("#zeit-spielen").click()
        reader.wait_for(lambda: year(reader) == "2017", "ein Schritt")
        reader.page.wait_for_timeout(2000)
        assert year(reader) == "2017"
        assert reader.text("#zeit-spielen") == PLAY
    context.close()


def test_from_the_chart_to_the_map_and_to_the_map_page_maps_stay_maps(open_time: Open) -> None:
    reader = open_time()
    reader.open("/entwicklung")
    reader.page.locator("#zeit-diagramm .main-svg").first.wait_for()
    reader.page.get_by_role("radio", name="Karte durch die Jahre").check()
    reader.wait_for(lambda: reader.drawn() is not None, "die Karte")
    size = """() => {
        const canvas = document.querySelector("#karte canvas");
        return [canvas.clientHeight, document.querySelector("#karte").clientHeight];
    }"""
    canvas, frame = reader.page.evaluate(size)
    assert canvas == frame > 200, "the chart library must not undo the style of the map"
    reader.page.get_by_role("link", name="Karte", exact=True).click()
    reader.wait_for(
        lambda: (reader.drawn() or "").startswith(("start", "indicator", "hand")), "die Karte der Startseite"
    )
    canvas, frame = reader.page.evaluate(size)
    assert canvas == frame > 200


def test_small_maps_are_all_there_and_can_be_printed(open_time: Open) -> None:
    reader = open_time()
    reader.open(SMALL)
    loaded = (
        "() => [...document.querySelectorAll('.zeit-karten img')].filter((i) => i.complete && i.naturalWidth).length"
    )
    reader.wait_for(lambda: reader.page.evaluate(loaded) == 5, "fünf kleine Karten")
    with reader.page.expect_download() as download:
        reader.page.get_by_role("link", name="PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_without_webgl_every_year_is_a_picture(open_time: Open) -> None:
    reader = open_time()
    open_map(reader, f"{MAP}&year=2018&webgl=aus")
    title = "() => document.querySelector(\"#karte [data-id='16063105'] title\").textContent"
    before = reader.page.evaluate(title)
    reader.page.locator("#zeit-zurueck").click()
    reader.wait_for(lambda: reader.page.evaluate(title) != before, "das Bild des anderen Jahres")


@pytest.mark.parametrize("width", [WIDE, 1024, ZOOMED, PHONE])
@pytest.mark.parametrize("path", [SERIES, MAP, SMALL, "/entwicklung?indicator=MIN01"])
def test_the_page_fits_and_axe_finds_nothing(open_time: Open, path: str, width: int) -> None:
    reader = open_time(width)
    reader.open(path)
    reader.page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    reader.page.wait_for_timeout(800)
    assert reader.overflow() <= 0
    if width in (WIDE, PHONE):
        assert violations(reader) == []
