"""A walk through the page of comparisons: sections, rows of conditions, keyboard, files; nothing for axe to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from geodata.model import WEB_CRS
from geodata.store import FIGURE_COLUMNS, Store
from tests.browser.conftest import PHONE, WIDE, ZOOMED, running, windows
from tests.browser.reader import Reader
from tests.browser.test_axe import violations
from tests.test_vergleich_page import DATA, EISENACH, GERSTENGRUND, figures
from views.components.vergleich_state import SECTIONS

Open = Callable[..., Reader]
FOCUSED = "() => document.activeElement.className"
WITH_MAP = ("suche", "muster", "veraenderung")
QUERIES = {name: f"ansicht={name}&indicator=ARB02&area={EISENACH}" for name in SECTIONS}
QUERIES["suche"] += "&screen=ARB02.gt.5!(WOH03.gt.6~BEV01.gt.900)"


@pytest.fixture(scope="module")
def address_of_figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an atlas with invented figures."""
    folder: Path = tmp_path_factory.mktemp("vergleich")
    about = dict.fromkeys(("file", "sha256", "title", "source"), "kunst.csv") | {"form": "inkar"}
    Store(f"sqlite:///{folder / '16063.sqlite'}").add_import(figures()[FIGURE_COLUMNS], about)
    with running(folder, SPEICHER=str(folder)) as open_at:
        yield open_at


@pytest.fixture
def compare(address_of_figures: str, contexts: Callable[[int], BrowserContext]) -> Iterator[Open]:
    """Return a function that opens windows on it."""
    with windows(address_of_figures, contexts) as open_window:
        yield open_window


def opened(reader: Reader, query: str) -> None:
    """Open a section and wait for its chart or map."""
    reader.open(f"/vergleich?{query}")
    if any(f"ansicht={name}" in query for name in WITH_MAP):
        reader.wait_for(lambda: (reader.drawn() or "").startswith("vergleich?"), "die Karte des Vergleichs")
    elif reader.page.locator("#vergleich-bild").count():
        reader.page.locator("#vergleich-bild svg.main-svg").first.wait_for()


def section(reader: Reader, name: str) -> None:
    reader.page.get_by_role("link", name=name, exact=True).click()
    reader.wait_for(lambda: reader.text(".vg-kopf h2") == name, name)


def test_an_indicator_an_area_and_a_level_are_chosen_and_go_along(compare: Open) -> None:
    reader = compare()
    opened(reader, "")
    reader.choose("#vergleich-indicator", "Leerstandsquote (WOH03)")
    reader.wait_for(lambda: reader.query() == "indicator=WOH03", "die Kennzahl in der Adresse")
    assert "Leerstandsquote (2022), 30 von 30 Gemeinden mit Wert" in reader.text("#vergleich-saetze")
    reader.page.get_by_role("button", name="Eisenach").click()
    reader.wait_for(lambda: f"area={EISENACH}" in reader.query(), "das Gebiet in der Adresse")
    assert reader.page.locator("tr.gewaehlt").inner_text().split("\t")[1] == "Eisenach"
    assert reader.page.evaluate("() => document.activeElement.textContent") == "Eisenach"
    section(reader, "Zusammenhang")
    assert "Weit von der Linie" in reader.text("#vergleich-saetze") or "Kein Gebiet" in reader.text("#vergleich-saetze")
    section(reader, "Räumliche Muster")
    reader.choose("#vergleich-level", "Sozialräume (16)")
    reader.wait_for(lambda: "area=eisenach" in reader.query(), "der Sozialraum")
    assert "Nur 16 Gebiete: kein belastbarer Test" in reader.text("#vergleich-saetze")
    link = reader.query()
    reader.open(f"/vergleich?{link}")
    assert reader.page.locator("#vergleich-area").input_value() == "Eisenach"
    assert reader.query() == link


def test_the_sections_are_walked_by_keyboard(compare: Open) -> None:
    reader = compare()
    opened(reader, "indicator=ARB02")
    for name in list(SECTIONS.values())[1:]:
        reader.page.get_by_role("link", name=name, exact=True).focus()
        reader.page.keyboard.press("Enter")
        reader.wait_for(lambda name=name: reader.text(".vg-kopf h2") == name, name)  # type: ignore[misc]
        reader.wait_for(lambda: reader.page.evaluate(FOCUSED) == "aktiv", "den Fokus auf der Ansicht")
        assert reader.page.locator(".vg-ansichten .aktiv").text_content() == f"{name} (gewählt)"


def test_conditions_are_added_mixed_and_taken_away(compare: Open) -> None:
    reader = compare()
    opened(reader, "ansicht=suche")
    assert "mindestens eine Bedingung" in reader.text("#vergleich-saetze")
    reader.choose("#vergleich-bedingung-0-indicator", "Arbeitslosenanteil (ARB02)")
    reader.page.locator("#vergleich-bedingung-0-value").fill("5,5")
    reader.wait_for(lambda: "screen=ARB02.gt.5.5" in reader.query(), "die erste Bedingung")
    reader.page.get_by_role("button", name="Bedingung hinzufügen").click()
    reader.choose("#vergleich-bedingung-1-indicator", "Leerstandsquote (WOH03)")
    reader.page.locator("#vergleich-bedingung-1-value").fill("6")
    reader.wait_for(lambda: "WOH03" in reader.query(), "die zweite Bedingung")
    assert "Arbeitslosenanteil (2021) über 5,5 % UND Leerstandsquote (2022) über 6 %" in reader.text(
        "#vergleich-saetze"
    )
    reader.page.get_by_role("button", name="Bedingung hinzufügen").click()
    reader.choose("#vergleich-bedingung-2-join", "ODER")
    reader.choose("#vergleich-bedingung-2-indicator", "Einwohner (BEV01)")
    reader.page.locator("#vergleich-bedingung-2-value").fill("900")
    reader.wait_for(lambda: "%28" in reader.query(), "die Klammern")
    reader.page.get_by_label("zuerst ODER").check()
    reader.wait_for(lambda: "UND (Leerstandsquote" in reader.text("#vergleich-saetze"), "andere Klammern")
    reader.page.get_by_role("button", name="Bedingung 1 entfernen").click()
    reader.wait_for(lambda: "ARB02" not in reader.query(), "die entfernte Bedingung")
    assert reader.page.locator("#vergleich-bedingung-0-indicator").input_value() == "Leerstandsquote (WOH03)"
    assert not reader.page.locator("#vergleich-bedingung-2-zeile").is_visible()
    reader.wait_for(lambda: reader.drawn() == f"vergleich?{reader.query()}", "die Karte dazu")


def test_the_map_stays_when_the_section_changes_and_hears_clicks(compare: Open) -> None:
    reader = compare()
    opened(reader, "ansicht=muster&indicator=ARB02")
    for name, key in (("Veränderung", "veraenderung"), ("Rangliste", ""), ("Räumliche Muster", "muster")):
        section(reader, name)
        if key:
            reader.wait_for(lambda key=key: f"ansicht={key}" in (reader.drawn() or ""), name)  # type: ignore[misc]
            assert reader.page.locator("canvas.maplibregl-canvas").count() == 1
    reader.page.locator("#karte").scroll_into_view_if_needed()
    inside = DATA.gemeinden.representative_point().to_crs(WEB_CRS)[EISENACH]
    reader.page.mouse.click(*reader.map_point(inside.x, inside.y))
    reader.wait_for(lambda: f"area={EISENACH}" in reader.query(), "das angeklickte Gebiet")


def test_the_file_and_the_picture_hide_what_the_page_hides(compare: Open) -> None:
    reader = compare()
    opened(reader, QUERIES["rangliste"])
    with reader.page.expect_download() as download:
        reader.page.get_by_role("link", name="Tabelle (CSV)").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert download.value.suggested_filename == "wartburgkreis_vergleich-rangliste_gemeinde.csv"
    (row,) = [line for line in text.splitlines() if line.startswith(GERSTENGRUND)]
    assert "geheim" in row
    assert "1,459854" not in text
    reader.page.get_by_role("button", name="Link kopieren").click()
    reader.wait_for(lambda: reader.text("#link-meldung") != "", "die Meldung")


def test_without_webgl_the_areas_of_the_picture_are_chosen(compare: Open) -> None:
    reader = compare()
    reader.open("/vergleich?ansicht=veraenderung&indicator=ARB02&webgl=aus")
    reader.wait_for(lambda: (reader.drawn() or "").startswith("vergleich?"), "das Bild")
    reader.page.locator(f"#karte [data-id='{EISENACH}']").first.focus()
    reader.page.keyboard.press("Enter")
    reader.wait_for(lambda: f"area={EISENACH}" in reader.query(), "das Gebiet")


@pytest.mark.parametrize("width", [ZOOMED, PHONE])
def test_every_section_fits_small_windows(compare: Open, width: int) -> None:
    reader = compare(width)
    for query in QUERIES.values():
        opened(reader, query)
        assert reader.overflow() == 0, query


@pytest.mark.parametrize(("name", "width"), [*((name, WIDE) for name in SECTIONS), ("profil", PHONE), ("suche", PHONE)])
def test_axe_finds_nothing_on_a_section(compare: Open, name: str, width: int) -> None:
    reader = compare(width)
    opened(reader, QUERIES[name])
    reader.page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert violations(reader) == []
