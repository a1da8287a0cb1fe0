"""The atlas without a mouse."""

from __future__ import annotations

from layers import Atlas
from tests.browser.reader import Reader
from views.selection import Selection

FOCUSED = """() => {
    const at = document.activeElement;
    const name = at.id || at.dataset.area || at.getAttribute("aria-label");
    return name || at.innerText.trim().slice(0, 40) || at.tagName;
}"""
OUTLINE = """() => {
    const at = document.activeElement, style = getComputedStyle(at);
    const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
    return marked || at.matches(".skip, [class*=mantine], #inhalt");
}"""


def walk(reader: Reader, steps: int) -> list[str]:
    """Press the tab key and return what has had the focus."""
    seen = []
    for _ in range(steps):
        reader.page.keyboard.press("Tab")
        seen.append(reader.page.evaluate(FOCUSED))
    return seen


def test_tab_reaches_skip_link_navigation_filters_map_and_ranking_in_order(reader: Reader, atlas: Atlas) -> None:
    reader.open("/?handlungsfeld=ALLE&indicator=minuten&category=krankenhaus&mode=pkw")
    seen = walk(reader, 45)
    wanted = [
        "Zum Inhalt springen",
        "Karte",
        "Einrichtungen",
        "Daten und Methodik",
        "wahl-handlungsfeld",
        "wahl-indicator",
        "wahl-category",
        "wahl-level",
        "wahl-area",
        "wahl-compare",
        "wahl-categories",
        "Klasseneinteilung",
        "suche",
        "Herunterladen",
        "link-kopieren",
        "Karte überspringen, weiter zur Rangliste",
    ]
    places = [seen.index(name) if name in seen else -1 for name in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)
    first = reader.page.locator("#rang [data-area]").first.get_attribute("data-area")
    assert first in seen, seen


def test_focus_can_be_seen_everywhere(reader: Reader) -> None:
    reader.open("/")
    unseen = []
    for _ in range(40):
        reader.page.keyboard.press("Tab")
        if not reader.page.evaluate(OUTLINE):
            unseen.append(reader.page.evaluate(FOCUSED))
    assert not unseen


def test_skip_links_lead_past_navigation_and_map(reader: Reader) -> None:
    reader.open("/")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("() => document.activeElement.id") == "inhalt"
    reader.page.locator("a.skip", has_text="Rangliste").focus()
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("() => document.activeElement.id") == "rangliste"
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("() => document.activeElement.dataset.area")


def test_enter_in_the_ranking_chooses_and_keeps_the_place(reader: Reader, atlas: Atlas) -> None:
    reader.open("/")
    area = "16063037" if "16063037" in atlas.areas("gemeinde").index else str(atlas.areas("gemeinde").index[3])
    reader.page.locator(f"#rang [data-area='{area}']").focus()
    reader.page.keyboard.press("Enter")
    reader.expect(Selection(area=area), atlas)
    assert reader.text("#steckbrief h2") == atlas.areas("gemeinde").at[area, "name"]
    assert reader.page.evaluate("() => document.activeElement.dataset.area") == area


def test_filters_work_with_keys_only(reader: Reader, atlas: Atlas) -> None:
    reader.open("/")
    reader.page.locator("#wahl-area").focus()
    reader.page.keyboard.type("Treff")
    reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("Enter")
    names = atlas.areas("gemeinde")["name"]
    area = str(names.index[names == "Treffurt"][0])
    reader.expect(Selection(area=area), atlas)
    reader.page.get_by_label("Werte als Tabelle zeigen").focus()
    reader.page.keyboard.press("Space")
    reader.expect(Selection(area=area, table="ja"), atlas)
    reader.page.locator("details.menue summary").focus()
    reader.page.keyboard.press("Enter")
    assert reader.page.locator("#ausgabe a").first.is_visible()


def test_enter_on_the_map_chooses_what_lies_in_its_middle(reader: Reader, atlas: Atlas) -> None:
    reader.open("/")
    point = atlas.areas("gemeinde").geometry.representative_point().to_crs(4326)["16063076"]
    reader.page.evaluate("([lon, lat]) => window.atlasKarte.jumpTo({center: [lon, lat]})", [point.x, point.y])
    reader.wait_for(lambda: reader.map_centre()[2] > 0, "die stehende Karte")
    reader.page.wait_for_timeout(300)
    reader.page.locator("canvas.maplibregl-canvas").focus()
    reader.page.keyboard.press("Enter")
    reader.expect(Selection(area="16063076"), atlas)
