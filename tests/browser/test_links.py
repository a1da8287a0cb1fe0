"""The address holds what the reader chose: a link brings it back, a wrong link says what it could not use."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from geodata import catalog
from layers import Atlas
from layers.classify import SCHEMES
from tests.browser.reader import Reader
from views.selection import Selection, settle, to_query

EVERYTHING = Selection(
    handlungsfeld="SIC",
    indicator="abdeckung",
    category="krankenhaus",
    mode="rad",
    threshold=12,
    level="sozialraum",
    scheme="gleich",
    k=4,
    categories=("apotheke", "bibliothek"),
    area="bad-salzungen",
    compare="dermbach",
    table="ja",
)


def test_a_link_brings_back_the_whole_page(open_reader: Callable[..., Reader], atlas: Atlas) -> None:
    wanted = EVERYTHING
    assert settle(wanted, atlas) == (wanted, []), "the link of this test fits together"
    first = open_reader()
    first.open(f"/?{to_query(wanted)}")
    first.wait_for_map(to_query(wanted))
    value = {
        field: first.control(field).input_value() for field in ("handlungsfeld", "category", "level", "area", "compare")
    }
    assert value["handlungsfeld"] == catalog.handlungsfelder()[wanted.handlungsfeld].name
    assert value["category"] == catalog.categories()[wanted.category].name
    assert value["level"].startswith("Sozial")
    assert value["area"] == atlas.areas("sozialraum").at[wanted.area, "name"]
    assert value["compare"] == atlas.areas("sozialraum").at[wanted.compare, "name"]
    assert first.page.get_by_label(catalog.modes()["rad"].name, exact=True).is_checked()
    assert first.control("threshold").get_by_role("slider").get_attribute("aria-valuenow") == "12"
    assert first.page.get_by_label("Werte als Tabelle zeigen").is_checked()
    assert first.page.locator("#tabelle tbody tr").count() == 16
    first.page.get_by_text("Klasseneinteilung").click()
    assert first.control("scheme").input_value() == SCHEMES["gleich"]
    assert first.control("k").input_value() == "4"
    assert first.text("#hinweise") == ""

    second = open_reader()
    second.open(f"/?{first.query()}")
    second.wait_for_map(to_query(wanted))
    for part in ("#titel", "#legende", "#steckbrief", "#rang", "#tabelle", "#quelle"):
        assert second.text(part) == first.text(part), part


def test_the_address_of_the_start_page_stays_plain(reader: Reader, atlas: Atlas) -> None:
    reader.open("/")
    reader.expect(Selection(), atlas)
    assert reader.query() == ""


def test_copy_link_puts_the_address_into_the_clipboard(reader: Reader, atlas: Atlas) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=reader.address)
    reader.open("/?handlungsfeld=ALLE&indicator=BEV01")
    reader.page.locator("#link-kopieren").click()
    reader.wait_for(lambda: reader.text("#link-meldung") == "Link kopiert.", "die Meldung")
    copied = reader.page.evaluate("() => navigator.clipboard.readText()")
    assert copied == reader.page.url
    assert parse_qs(copied.split("?")[1])["indicator"] == ["BEV01"]


@pytest.mark.parametrize(
    ("query", "culprit"),
    [
        ("indicator=BEV01", "BEV01"),
        ("handlungsfeld=FAM&indicator=haltestelle", "haltestelle"),
        ("handlungsfeld=FAM&indicator=abdeckung&category=apotheke", "apotheke"),
    ],
)
def test_a_part_of_another_handlungsfeld_is_shown_or_explained(reader: Reader, query: str, culprit: str) -> None:
    reader.open(f"/?{query}")
    assert culprit in reader.query() or reader.text("#hinweise"), f"{reader.text('#titel')} is shown without a word"


@pytest.mark.parametrize(
    ("query", "culprit"),
    [
        ("indicator=GIBTSNICHT", "GIBTSNICHT"),
        ("level=planet", "planet"),
        ("k=99", "99"),
        ("threshold=-3", "-3"),
        ("area=16000000", "16000000"),
        ("handlungsfeld=XXX&scheme=<script>alert(1)</script>", "<script>"),
        ("handlungsfeld=ALLE&indicator=BEV01&period=1999", "1999"),
    ],
)
def test_a_wrong_part_gives_a_notice_and_the_default(reader: Reader, atlas: Atlas, query: str, culprit: str) -> None:
    reader.open(f"/?{query}")
    assert culprit in reader.text("#hinweise")
    expected = Selection("ALLE", "BEV01") if "BEV01" in query else Selection()
    reader.expect(expected, atlas)
    assert len(reader.texts("#rang tbody tr")) == 30


def test_notice_stays_when_the_page_corrects_a_choice(reader: Reader, atlas: Atlas) -> None:
    year = atlas.periods(Selection("ALLE", "BEV01").key)[-1]
    reader.open(f"/?handlungsfeld=ALLE&indicator=BEV01&period={year}&area=16063076")
    assert reader.text("#hinweise") == ""
    name = catalog.measures()["veraenderung"].name
    reader.choose("#wahl-indicator", name)
    reader.expect(Selection("ALLE", "veraenderung", area="16063076"), atlas)
    reader.page.wait_for_timeout(600)
    assert year in reader.text("#hinweise")


def test_back_and_forward_between_pages(reader: Reader, atlas: Atlas) -> None:
    reader.open("/?handlungsfeld=ALLE&indicator=BEV01")
    reader.page.get_by_role("link", name="Einrichtungen").click()
    reader.wait_for(lambda: (reader.drawn() or "").startswith("bestand"), "die Einrichtungen")
    reader.page.go_back()
    reader.expect(Selection("ALLE", "BEV01"), atlas)
    reader.page.go_forward()
    reader.wait_for(lambda: (reader.drawn() or "").startswith("bestand"), "die Einrichtungen")
    reader.page.reload()
    reader.wait_for(lambda: (reader.drawn() or "").startswith("bestand"), "die Einrichtungen nach dem Neuladen")
