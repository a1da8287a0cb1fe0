"""Choosing areas: on the map, in the ranking, in the list; what the panel and the table then say."""

from __future__ import annotations

import re

import pytest

from geodata.model import WEB_CRS
from layers import Atlas
from layers.german import number, signed_value
from layers.keys import parse_key
from layers.mapview import build_map_view
from layers.palette import NO_DATA
from tests.browser.reader import Reader
from views.selection import ALL_FIELDS, Selection


def key_of(atlas: Atlas, name: str, level: str = "gemeinde") -> str:
    """Return the key of the area called ``name``."""
    names = atlas.areas(level)["name"]
    return str(names.index[names == name][0])


def inner_point(atlas: Atlas, area: str, level: str = "gemeinde") -> tuple[float, float]:
    """Return longitude and latitude of a point well inside ``area``."""
    point = atlas.areas(level).geometry.representative_point().to_crs(WEB_CRS)[area]
    return point.x, point.y


def click_map(reader: Reader, atlas: Atlas, area: str, level: str = "gemeinde") -> None:
    """Click into ``area`` on the map."""
    reader.page.mouse.click(*reader.map_point(*inner_point(atlas, area, level)))


@pytest.mark.parametrize("level", ["gemeinde", "sozialraum"])
def test_a_click_on_the_map_chooses_the_area_and_a_second_leaves_it(reader: Reader, atlas: Atlas, level: str) -> None:
    area = key_of(atlas, "Hörselberg-Hainich" if level == "gemeinde" else "Dermbach", level)
    reader.open(f"/?level={level}")
    click_map(reader, atlas, area, level)
    reader.expect(Selection(level=level, area=area), atlas)
    name = atlas.areas(level).at[area, "name"]
    assert reader.text("#steckbrief h2") == name
    assert reader.control("area").input_value() == name
    assert reader.text("#rang tr.gewaehlt th") == name
    reader.page.mouse.move(5, 5)
    click_map(reader, atlas, area, level)
    reader.expect(Selection(level=level), atlas)
    assert reader.text("#steckbrief h2") == "Gebiet"


@pytest.mark.parametrize("indicator", ["BEV02", "veraenderung"])
def test_every_area_on_the_map_has_the_colour_of_its_value(reader: Reader, atlas: Atlas, indicator: str) -> None:
    reader.open("/?handlungsfeld=ALLE")
    reader.open(f"/?handlungsfeld=ALLE&indicator={indicator}")
    state = "id => window.atlasKarte.getFeatureState({source: 'gebiete-gemeinde', id})"
    rows = build_map_view(atlas, "gemeinde", parse_key(indicator)).rows
    for area, colour, hatched in zip(rows.index, rows["colour"], rows["hatched"], strict=True):
        drawn = reader.page.evaluate(state, area)
        assert (drawn["colour"] or NO_DATA, drawn["hatched"]) == (colour, hatched), area


def test_panel_says_three_sentences_with_the_values_of_the_atlas(reader: Reader, atlas: Atlas) -> None:
    area = key_of(atlas, "Gerstungen")
    reader.open("/?handlungsfeld=ALLE&indicator=minuten&category=krankenhaus&mode=pkw")
    click_map(reader, atlas, area)
    reader.expect(Selection(ALL_FIELDS, "minuten", "krankenhaus", "pkw", area=area), atlas)
    own = atlas.values("gemeinde", "minuten.krankenhaus.pkw")["value"]
    kreis = atlas.values("kreis", "minuten.krankenhaus.pkw")["value"].iloc[0]
    sentences = reader.texts("#steckbrief .saetze p")
    assert len(sentences) == 3
    assert number(own[area], 1) in sentences[0]
    assert "Gerstungen" in sentences[0]
    assert "Näherung" in sentences[0]
    assert number(kreis, 1) in sentences[1]
    place = int(own.round(1).rank(method="min", ascending=False)[area])
    assert f"Rang {place} von {own.notna().sum()}" in sentences[1]
    assert "Krankenh" in sentences[2]
    first = reader.texts("#steckbrief table tbody:first-of-type td")
    assert first == [number(own[area], 1), number(kreis, 1)]
    names = atlas.data.facilities.query("ags == @area and category != 'haltestelle'")["name"]
    listed = reader.text("#steckbrief .einrichtungen")
    assert all(name in listed for name in names)


def test_two_areas_side_by_side(reader: Reader, atlas: Atlas) -> None:
    one, other = key_of(atlas, "Treffurt"), key_of(atlas, "Geisa")
    reader.open("/?handlungsfeld=ALLE&indicator=BEV01")
    reader.choose("#wahl-area", "Treffurt")
    reader.expect(Selection(ALL_FIELDS, "BEV01", area=one), atlas)
    reader.choose("#wahl-compare", "Geisa")
    reader.expect(Selection(ALL_FIELDS, "BEV01", area=one, compare=other), atlas)
    assert reader.texts("#steckbrief .vergleich thead th") == ["Treffurt", "Geisa", "Landkreis"]
    values, kreis = atlas.values("gemeinde", "BEV01"), atlas.values("kreis", "BEV01").iloc[0]
    rows = [values.loc[one], values.loc[other], kreis]
    expected = [signed_value(row["value"], row["state"]) for row in rows]
    assert reader.texts("#steckbrief .vergleich tbody:first-of-type td") == expected
    assert "Treffurt" in reader.text("#steckbrief h2")
    reader.page.keyboard.press("Escape")


def test_ranking_is_in_order_and_its_buttons_choose(reader: Reader, atlas: Atlas) -> None:
    area = key_of(atlas, "Ruhla")
    reader.open("/?handlungsfeld=ALLE&indicator=minuten&category=krankenhaus&mode=pkw")
    values = atlas.values("gemeinde", "minuten.krankenhaus.pkw")["value"].round(1)
    script = "buttons => buttons.map(button => button.dataset.area)"
    order = reader.page.locator("#rang [data-area]").evaluate_all(script)
    ranked = values[order].dropna()
    assert ranked.is_monotonic_decreasing, "more minutes are more load: first comes the greatest"
    assert values[order[len(ranked) :]].isna().all(), "areas without a value come last"
    reader.page.locator(f"#rang [data-area='{area}']").click()
    reader.expect(Selection(ALL_FIELDS, "minuten", "krankenhaus", "pkw", area=area), atlas)
    assert reader.text("#steckbrief h2") == "Ruhla"


@pytest.mark.parametrize("indicator", ["haltestelle.600", "BEV01", "minuten.krankenhaus.pkw", "MIN01"])
def test_table_says_the_same_as_the_atlas(reader: Reader, atlas: Atlas, indicator: str) -> None:
    key = parse_key(indicator)
    query = f"handlungsfeld=ALLE&indicator={key.id}&category={key.category}&mode={key.mode}"
    reader.open(f"/?{query}")
    reader.page.get_by_label("Werte als Tabelle zeigen").click()
    selection = Selection(ALL_FIELDS, key.id, key.category, key.mode, table="ja")
    reader.expect(selection, atlas)
    layer = atlas.layer("gemeinde", key)
    script = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    rows = {row[0]: row[1:] for row in reader.page.locator("#tabelle tbody tr").evaluate_all(script)}
    names = atlas.areas("gemeinde")["name"]
    assert sorted(rows) == sorted(names)
    for area, value in layer.table.iterrows():
        shown, _class, base, _state, reason = rows[names[area]]
        assert shown == signed_value(value["value"], value["state"], layer.text.decimals)
        assert base == ("" if value["base"] != value["base"] else number(value["base"]))
        assert reason == value["reason"]
    reader.page.get_by_label("Werte als Tabelle zeigen").click()
    reader.expect(Selection(ALL_FIELDS, key.id, key.category, key.mode), atlas)
    assert reader.page.locator("#tabelle table").count() == 0


def test_hover_tells_name_and_value(reader: Reader, atlas: Atlas) -> None:
    area = key_of(atlas, "Hörselberg-Hainich")
    reader.open("/")
    x, y = reader.map_point(*inner_point(atlas, area))
    reader.page.mouse.move(x - 5, y)
    reader.page.mouse.move(x, y)
    popup = reader.page.locator(".karte-tipp")
    popup.wait_for()
    value = atlas.values("gemeinde", "haltestelle")["value"][area]
    assert popup.inner_text().split("\n")[0] == "Hörselberg-Hainich"
    assert number(value, 1) in popup.inner_text()


@pytest.mark.parametrize("kind", ["Orte", "Einrichtungen"])
def test_search_flies_to_what_was_found(reader: Reader, atlas: Atlas, kind: str) -> None:
    if kind == "Orte":
        rows = atlas.data.places.query("inside")
        row = rows[rows["name"] == "Vacha"].iloc[[0]]
    else:
        row = atlas.data.facilities.query("category == 'krankenhaus' and inside").iloc[[0]]
    point = row.to_crs(WEB_CRS).geometry.iloc[0]
    name = str(row["name"].iloc[0])
    reader.open("/")
    reader.page.locator("#suche").fill(name)
    reader.page.get_by_role("option", name=re.compile(f"^{re.escape(name)}")).first.click()

    def is_there() -> bool:
        lon, lat, zoom = reader.map_centre()
        return abs(lon - point.x) < 0.002 and abs(lat - point.y) < 0.002 and zoom > 11

    reader.wait_for(is_there, f"die Karte bei {name}")
    reader.expect(Selection(), atlas)
    assert name in reader.text(".maplibregl-popup")


def test_points_of_a_category_show_and_can_be_clicked(reader: Reader, atlas: Atlas) -> None:
    reader.open("/?handlungsfeld=ALLE&indicator=minuten&category=krankenhaus&mode=pkw")
    hospitals = atlas.data.facilities.query("category == 'krankenhaus' and inside")
    script = "() => window.atlasKarte.querySourceFeatures('punkte').length"
    reader.wait_for(lambda: reader.page.evaluate(script), "Krankenhäuser auf der Karte")
    row = hospitals.iloc[[0]].to_crs(WEB_CRS).geometry.iloc[0]
    jump = "([lon, lat]) => window.atlasKarte.jumpTo({center: [lon, lat], zoom: 14})"
    reader.page.evaluate(jump, [row.x, row.y])
    shown = "() => window.atlasKarte.queryRenderedFeatures({layers: ['punkte', 'punkte-gruppen']}).length"
    reader.wait_for(lambda: reader.page.evaluate(shown), "das Krankenhaus")
    reader.page.mouse.click(*reader.map_point(row.x, row.y))
    popup = reader.page.locator(".karte-tipp")
    popup.first.wait_for()
    assert "Krankenh" in popup.first.inner_text() or str(hospitals["name"].iloc[0]) in popup.first.inner_text()
