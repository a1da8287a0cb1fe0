"""The page of data quality in a real browser: filter, go to the place, take the file, small windows, axe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layers import Atlas
from tests.browser.conftest import PHONE, WIDE, ZOOMED
from tests.browser.reader import Reader
from tests.browser.test_axe import violations
from views.components.quality_state import QualityState, chosen
from views.datenqualitaet import PAGE_ROWS, findings_of

TABLE = "#qualitaet-tabelle tbody tr"


def rows(reader: Reader) -> int:
    return reader.page.locator(TABLE).count()


def test_from_the_list_to_the_entry_that_lacks_something(reader: Reader, atlas: Atlas) -> None:
    reader.open("/qualitaet")
    assert rows(reader) == PAGE_ROWS
    reader.choose("#qualitaet-kind", "Ohne Träger")
    reader.choose("#qualitaet-ags", "Eisenach")
    wanted = chosen(findings_of(atlas), QualityState(kind="traeger", ags="16063105"))
    reader.wait_for(lambda: rows(reader) == len(wanted), "die Punkte der Auswahl")
    reader.wait_for(lambda: reader.query() == "kind=traeger&ags=16063105", "die Adresse")
    first = reader.page.locator(f"{TABLE} th a").first
    name = first.inner_text()
    first.click()
    reader.wait_for(lambda: "facility=" in reader.query(), "die Seite der Einrichtungen")
    reader.wait_for(lambda: reader.text("#bestand-eintrag h2") == name, "der Eintrag")
    reader.page.go_back()
    reader.wait_for(lambda: rows(reader) == len(wanted), "die Auswahl von vorher")


def test_counts_lead_to_their_points_and_back(reader: Reader) -> None:
    reader.open("/qualitaet?severity=hoch")
    reader.page.locator("#qualitaet-arten").get_by_role("link", name="Zu prüfen").click()
    reader.wait_for(lambda: reader.query() == "kind=pruefen&severity=hoch", "der Befund")
    kinds = f"{TABLE} td:nth-child(2)"
    reader.wait_for(lambda: set(reader.texts(kinds)) == {"Zu prüfen"}, "nur dieser Befund")
    reader.page.get_by_role("link", name="Alle Filter zurücksetzen").click()
    reader.wait_for(lambda: reader.query() == "", "alle Punkte")


def test_pages_are_turned(reader: Reader) -> None:
    reader.open("/qualitaet?kind=alter")
    before = reader.text(f"{TABLE}:first-child th")
    reader.page.locator("#qualitaet-page").get_by_role("button", name="2", exact=True).click()
    reader.wait_for(lambda: reader.query() == "kind=alter&page=2", "die zweite Seite")
    assert reader.text(f"{TABLE}:first-child th") != before


def test_an_office_gets_its_file(reader: Reader) -> None:
    reader.open("/qualitaet")
    with reader.page.expect_download() as waiting:
        reader.page.get_by_role("link", name="Jobcenter: offene Punkte als Excel").click()
    assert waiting.value.suggested_filename == "datenqualitaet-wartburgkreis-jobcenter.xlsx"
    assert Path(waiting.value.path()).stat().st_size > 5000


@pytest.mark.parametrize("width", [WIDE, 1024, ZOOMED, PHONE])
def test_it_fits_every_window(open_reader: Callable[..., Reader], width: int) -> None:
    reader = open_reader(width)
    reader.open("/qualitaet")
    assert reader.overflow() == 0


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("query", ["", "?kind=alter&page=2", "?kind=summe", "?office=nirgends"])
def test_axe_finds_nothing(open_reader: Callable[..., Reader], query: str, width: int) -> None:
    reader = open_reader(width)
    reader.open(f"/qualitaet{query}")
    reader.page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert violations(reader) == []
