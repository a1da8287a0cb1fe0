"""The page of facilities: filter, search, pages, one entry, what is missing in it."""

from __future__ import annotations

from geodata import catalog
from layers import Atlas
from layers.german import number
from layers.register import filter_facilities
from tests.browser.reader import Reader
from views.filter import Filter, chosen_rows, to_query

TABLE = "#bestand-tabelle"


def expect(reader: Reader, chosen: Filter) -> None:
    """Wait until the map and the address show ``chosen``."""
    reader.wait_for_map(f"bestand?{to_query(chosen)}")


def shown_ids(reader: Reader) -> list[str]:
    script = "buttons => buttons.map(button => button.dataset.facility)"
    return list(reader.page.locator(f"{TABLE} [data-facility]").evaluate_all(script))


def assert_shows(reader: Reader, atlas: Atlas, chosen: Filter) -> None:
    """The page lists the rows of ``chosen``, tells their number, and marks them on the map."""
    expect(reader, chosen)
    rows = chosen_rows(atlas.data.facilities, chosen)
    start = (chosen.page - 1) * 50
    assert shown_ids(reader) == rows.index[start : start + 50].tolist()
    assert reader.text("#bestand-zahl").startswith(f"{number(len(rows))} ")


def test_start_lists_the_whole_register_without_stops(reader: Reader, atlas: Atlas) -> None:
    reader.open("/einrichtungen")
    assert_shows(reader, atlas, Filter())
    rows = filter_facilities(atlas.data.facilities)
    assert len(rows) > 300
    first = reader.page.locator(f"{TABLE} tbody tr").first.inner_text()
    assert rows["name"].iloc[0] in first
    cells = reader.page.locator(f"{TABLE} tbody tr td:nth-of-type(7)").all_inner_texts()
    assert all(text.strip() for text in cells), "every row names its source"


def test_filters_narrow_table_count_and_map(reader: Reader, atlas: Atlas) -> None:
    reader.open("/einrichtungen")
    reader.choose("#filter-handlungsfeld", catalog.handlungsfelder()["SIC"].name)
    assert_shows(reader, atlas, Filter(handlungsfeld="SIC"))
    names = atlas.areas("gemeinde")["name"]
    ags = str(names.index[names == "Bad Salzungen"][0])
    reader.choose("#filter-ags", "Bad Salzungen")
    assert_shows(reader, atlas, Filter(handlungsfeld="SIC", ags=ags))
    reader.choose("#filter-precision", "Anschrift")
    assert_shows(reader, atlas, Filter(handlungsfeld="SIC", ags=ags, precision="address"))
    reader.choose("#filter-handlungsfeld", "alle")
    reader.choose("#filter-precision", "alle")
    reader.choose("#filter-ags", "alle")
    assert_shows(reader, atlas, Filter())
    box = reader.page.locator("#filter-categories")
    reader.choose("#filter-categories", catalog.categories()["krankenhaus"].name)
    box.press("Escape")
    assert_shows(reader, atlas, Filter(categories=("krankenhaus",)))
    script = "async () => (await window.atlasKarte.getSource('punkte').getData()).features.map(f => f.properties.id)"
    drawn = reader.page.evaluate(script)
    wanted = chosen_rows(atlas.data.facilities, Filter(categories=("krankenhaus",)))
    assert sorted(drawn) == sorted(wanted.index[wanted.geometry.notna()])


def test_search_finds_by_word_and_says_when_nothing_fits(reader: Reader, atlas: Atlas) -> None:
    reader.open("/einrichtungen")
    reader.page.locator("#filter-search").fill("mihla apotheke")
    assert_shows(reader, atlas, Filter(search="mihla apotheke"))
    assert shown_ids(reader)
    reader.page.locator("#filter-search").fill("gibtesnirgends")
    expect(reader, Filter(search="gibtesnirgends"))
    assert "Keine Einrichtung passt" in reader.text(TABLE)
    assert reader.text("#bestand-zahl").startswith("0 ")
    reader.page.locator("#filter-search").fill("")
    assert_shows(reader, atlas, Filter())


def test_pages_of_the_table(reader: Reader, atlas: Atlas) -> None:
    reader.open("/einrichtungen")
    reader.page.locator("#filter-page").get_by_role("button", name="2", exact=True).click()
    assert_shows(reader, atlas, Filter(page=2))
    assert "Seite 2 von" in reader.text(f"{TABLE} caption")
    reader.choose("#filter-handlungsfeld", catalog.handlungsfelder()["SIC"].name)
    assert_shows(reader, atlas, Filter(handlungsfeld="SIC"))


def test_an_entry_shows_source_and_gaps(reader: Reader, atlas: Atlas) -> None:
    reader.open("/einrichtungen?categories=krankenhaus")
    first = shown_ids(reader)[0]
    row = atlas.data.facilities.loc[first]
    reader.page.locator(f"{TABLE} [data-facility='{first}']").click()
    expect(reader, Filter(categories=("krankenhaus",), facility=first))
    entry = reader.text("#bestand-eintrag")
    assert row["name"] in entry
    assert "Quelle" in entry
    assert "Es fehlt" in entry
    reader.page.reload()
    reader.wait_for(lambda: reader.drawn() is not None, "die Karte")
    assert reader.text("#bestand-eintrag") == entry
    reader.choose("#filter-wheelchair", "unbekannt")
    expect(reader, Filter(categories=("krankenhaus",), wheelchair="unknown", facility=first))


def test_wrong_parts_of_a_link_are_told(reader: Reader, atlas: Atlas) -> None:
    reader.open("/einrichtungen?categories=raumschiff&ags=16000000&page=999&facility=gibtsnicht")
    assert "raumschiff" in reader.text("#bestand-hinweise")
    for culprit in ("16000000", "gibtsnicht"):
        assert culprit in reader.text("#bestand-hinweise"), culprit


def test_stops_are_listed_when_asked_for(reader: Reader, atlas: Atlas) -> None:
    reader.open("/einrichtungen?categories=haltestelle")
    assert_shows(reader, atlas, Filter(categories=("haltestelle",)))
