"""The page on data and methods names everything that the catalogues know."""

from __future__ import annotations

from geodata import catalog
from layers.german import number
from tests.browser.reader import Reader


def page_text(reader: Reader) -> str:
    """Return all text of the page, folded parts too, with single spaces."""
    text = reader.page.locator("main").evaluate("main => main.textContent")
    return " ".join(str(text).split())


def plain(text: str) -> str:
    return " ".join(text.split())


def test_every_entry_of_the_catalogues_is_there(reader: Reader) -> None:
    reader.open("/daten")
    text = page_text(reader)
    missing = [f"{i.id} {i.name}" for i in catalog.indicators().values() if f"{plain(i.name)} ({i.id})" not in text]
    missing += [c.id for c in catalog.categories().values() if plain(c.name) not in text]
    missing += [t.id for t in catalog.thresholds().values() if plain(f"{t.id} {t.name}") not in text]
    missing += [s.id for s in catalog.sources().values() if plain(s.title) not in text or plain(s.licence) not in text]
    missing += [m.id for m in catalog.measures().values() if plain(m.name) not in text or plain(m.formula) not in text]
    missing += [f.code for f in catalog.handlungsfelder().values() if plain(f.question) not in text]
    missing += [m.id for m in catalog.modes().values() if number(m.speed_kmh, 1) not in text]
    assert not missing


def test_what_has_no_data_says_what_would_fill_it(reader: Reader) -> None:
    reader.open("/daten")
    text = page_text(reader)
    poor = [c for c in catalog.categories().values() if c.completeness.judgement != "ausreichend"]
    assert all(plain(c.completeness.missing_source) in text for c in poor)
    assert "noch keine Daten" in text
    assert "keine amtliche Statistik" in reader.text("body")


def test_links_of_the_contents_lead_to_their_sections(reader: Reader) -> None:
    reader.open("/daten")
    for link in reader.page.locator("nav.inhaltsliste a").all():
        target = str(link.get_attribute("href"))
        link.click()
        reader.page.wait_for_url(f"**{target}")
        assert reader.page.locator(target).is_visible(), target
        top = reader.page.locator(target).evaluate("node => node.getBoundingClientRect().top")
        assert -5 < top < 1000, target


def at_the_top(reader: Reader, section: str) -> bool:
    """Return whether a section starts in the upper part of the window."""
    return -5 < reader.page.locator(section).evaluate("node => node.getBoundingClientRect().top") < 300


def test_footer_leads_to_the_statements_from_any_page(reader: Reader) -> None:
    reader.open("/")
    reader.page.get_by_role("link", name="Quellen und Lizenzen").click()
    reader.page.locator("#quellen").wait_for()
    reader.wait_for(lambda: at_the_top(reader, "#quellen"), "der Abschnitt oben im Fenster")


def test_a_link_to_a_section_leads_there(reader: Reader) -> None:
    reader.open("/daten#schwellenwerte")
    reader.wait_for(lambda: at_the_top(reader, "#schwellenwerte"), "der Abschnitt oben im Fenster")
