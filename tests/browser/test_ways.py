"""Walks on a dataset with (invented) ways: reach of a click, without a car, what if; and the same without a network."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE, ZOOMED
from tests.browser.reader import Reader

Walker = Callable[..., Reader]
SPOT = "punkt:10.32000_50.97000"


def band_minutes(reader: Reader) -> set[float]:
    script = "() => window.atlasKarte.querySourceFeatures('reichweite').map((f) => f.properties.minutes)"
    return set(reader.page.evaluate(script))


def test_a_click_on_the_map_shows_what_is_reached_from_there(walker: Walker) -> None:
    reader = walker()
    reader.open("/reichweite?mode=pkw&minutes=30")
    reader.page.mouse.click(*reader.map_point(10.32, 50.97))
    reader.wait_for(lambda: "place=punkt" in reader.query(), "die Stelle in der Adresse")
    reader.wait_for(lambda: band_minutes(reader) == {10, 20, 30}, "drei Zonen")
    assert reader.text("#reichweite-menschen h2").startswith("Punkt 50,97")
    said = reader.text("#reichweite-menschen .saetze")
    assert "In 30 Minuten mit dem Auto liegen von hier aus etwa" in said
    assert "Näherung" not in said
    assert reader.page.locator("#reichweite-tabelle tbody tr").count() > 20
    assert said.split("\n")[0] in reader.page.locator("#reichweite-text").text_content()


def test_minutes_mode_and_direction_change_the_reach(walker: Walker) -> None:
    reader = walker()
    reader.open(f"/reichweite?place={SPOT}&mode=pkw&minutes=30")
    far = reader.text("#reichweite-menschen tbody tr:first-child td:last-child")
    reader.page.get_by_role("slider", name="Minuten").press("ArrowLeft")
    reader.wait_for(lambda: "minutes=25" in reader.query(), "25 Minuten")
    near = reader.text("#reichweite-menschen tbody tr:first-child td:last-child")
    assert int(near.replace(".", "")) < int(far.replace(".", ""))
    reader.page.get_by_label("Bus und Bahn").check()
    reader.wait_for(lambda: "mode=oev" in reader.query(), "Bus und Bahn")
    reader.page.get_by_label("zur Stelle hin").check()
    reader.wait_for(lambda: "von der Stelle aus gerechnet" in reader.text("#reichweite-hinweise"), "der Hinweis")
    assert reader.page.get_by_label("von der Stelle aus").is_checked()


def test_a_place_can_be_chosen_by_keyboard_alone(walker: Walker) -> None:
    reader = walker()
    reader.open("/reichweite")
    box = reader.page.locator("#reichweite-place")
    box.focus()
    box.press_sequentially("Geisa")
    reader.page.get_by_role("option").first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    reader.wait_for(lambda: "place=ort" in reader.query(), "der Ort in der Adresse")
    assert "Geisa" in reader.text("#reichweite-menschen h2")


def test_without_a_car_is_the_first_question(walker: Walker) -> None:
    reader = walker()
    reader.open("/")
    assert "ohne Auto hin und zurück" in reader.text("#titel")
    reader.page.locator("#rang [data-area]").first.click()
    reader.wait_for(lambda: "area=" in reader.query(), "das Gebiet")
    panel = reader.text("#steckbrief")
    assert "Ohne Auto hin und zurück" in panel
    assert "Apotheke" in panel


def test_what_if_is_chosen_shown_linked_and_taken_back(walker: Walker) -> None:
    reader = walker()
    reader.open("/?handlungsfeld=SIC&indicator=minuten&category=krankenhaus&mode=pkw")
    before = reader.text("#rang")
    reader.page.get_by_text("Was wäre, wenn …").click()
    reader.page.locator("#wahl-closed").click()
    listbox = reader.page.locator(f"#{reader.page.locator('#wahl-closed').get_attribute('aria-controls')}")
    listbox.get_by_role("option").first.click()
    reader.wait_for(lambda: "closed=krankenhaus" in reader.query(), "das Szenario in der Adresse")
    reader.wait_for(lambda: "(Szenario: 1 geschlossen)" in reader.text("#titel"), "das Szenario in der Überschrift")
    assert "wird der Weg mit dem Auto länger" in reader.text("#hinweise")
    assert reader.text("#rang") != before
    signs = reader.page.locator("#karte [aria-label$='im Szenario geschlossen']")
    assert signs.count() == 1
    link = reader.query()
    reader.page.get_by_role("link", name="Szenario verwerfen").click()
    reader.wait_for(lambda: reader.text("#rang") == before, "die Rangliste ohne Szenario")
    reader.wait_for(lambda: signs.count() == 0, "die Karte ohne Szenario")
    reader.open(f"/?{link}")
    assert "(Szenario: 1 geschlossen)" in reader.text("#titel")


def test_from_the_register_to_reach_and_closing(walker: Walker) -> None:
    reader = walker()
    reader.open("/einrichtungen?facility=krankenhaus-16063003-01")
    reader.page.get_by_role("link", name="Was wäre, wenn sie schließt?").click()
    reader.wait_for(lambda: "(Szenario: 1 geschlossen)" in reader.text("#titel"), "das Szenario")
    reader.page.go_back()
    reader.page.get_by_role("link", name="Wer erreicht sie?").click()
    reader.wait_for(lambda: "liegen hierher" in reader.text("#reichweite-menschen"), "wer sie erreicht")


@pytest.mark.parametrize("width", [ZOOMED, PHONE])
def test_reach_fits_small_windows(walker: Walker, width: int) -> None:
    reader = walker(width)
    reader.open(f"/reichweite?place={SPOT}&mode=pkw")
    assert reader.overflow() == 0


def test_without_a_network_reach_is_circles_and_says_so(reader: Reader) -> None:
    reader.open(f"/reichweite?place={SPOT}&mode=pkw")
    reader.wait_for(lambda: band_minutes(reader) == {10, 20, 30}, "drei Kreise")
    assert "Kreise nach Luftlinie" in reader.text("#reichweite-hinweise")
    assert "(Näherung)" in reader.text("#reichweite-menschen")
    assert reader.page.get_by_label("Bus und Bahn").count() == 0


def test_without_webgl_the_zones_are_in_the_picture(walker: Walker) -> None:
    reader = walker()
    reader.open(f"/reichweite?place={SPOT}&mode=pkw&webgl=aus")
    assert reader.page.locator("#karte svg path").count() > 10
    assert "Menschen in Reichweite" in reader.text("#reichweite-menschen")


def test_a_click_on_a_facility_starts_from_it(walker: Walker) -> None:
    reader = walker()
    script = """async (id) => (await (await fetch("/geo/einrichtungen.geojson")).json()).features
        .find((feature) => feature.properties.id === id).geometry.coordinates"""
    reader.open("/reichweite")
    lon, lat = reader.page.evaluate(script, "krankenhaus-16063105-01")
    reader.open(f"/reichweite?place=punkt:{lon + 0.01:.5f}_{lat:.5f}&mode=pkw&minutes=15&handlungsfeld=SIC")
    reader.page.evaluate("([lon, lat]) => window.atlasKarte.jumpTo({ center: [lon, lat], zoom: 16.5 })", [lon, lat])
    reader.page.wait_for_timeout(800)
    reader.page.mouse.click(*reader.map_point(lon, lat))
    if "place=einr" not in reader.query() and reader.page.locator(".karte-liste").count():
        reader.page.locator(".karte-liste button").first.click()  # several facilities on one spot
    reader.wait_for(lambda: "place=einr" in reader.query(), "die Einrichtung als Stelle")
