"""Choosing what the map shows: Handlungsfeld, indicator, mode, threshold, level, period, classes."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata import catalog
from layers import Atlas
from layers.classify import SCHEMES
from layers.german import number, signed_value
from layers.keys import parse_key
from tests.browser.reader import Reader
from views.selection import ALL_FIELDS, Selection, categories_of, first_complete, indicators_of, narrow, settle

HOSPITAL = Selection(handlungsfeld=ALL_FIELDS, indicator="minuten", category="krankenhaus")


def shown_values(reader: Reader, cells: str = "#rang tbody tr") -> pd.Series:
    """Return the values of the ranking as they are printed, by area key."""
    script = "rows => rows.map(row => [row.querySelector('button').dataset.area, row.lastElementChild.innerText])"
    return pd.Series(dict(reader.page.locator(cells).evaluate_all(script)))


def expected_values(atlas: Atlas, level: str, indicator: str, period: str | None = None) -> pd.Series:
    """Return the values of the Atlas as the ranking prints them, by area key."""
    values, text = atlas.values(level, indicator, period), atlas.layer(level, parse_key(indicator)).text
    percent = "%" if text.unit == "%" else ""
    shown = [signed_value(v, s, text.decimals, percent) for v, s in zip(values["value"], values["state"], strict=True)]
    return pd.Series(shown, index=values.index)


def assert_same(shown: pd.Series, expected: pd.Series) -> None:
    pd.testing.assert_series_equal(shown.sort_index(), expected.sort_index(), check_names=False)


def legend_counts(reader: Reader) -> int:
    """Return the areas that the legend counts; unsure ones stand in their class and once more below."""
    lines = [text.split("\n") for text in reader.texts("#legende li")[1:]]
    return sum(int(line[-1]) for line in lines if not line[0].startswith("unsicher"))


def test_start_page_shows_every_gemeinde_with_its_value(reader: Reader, atlas: Atlas) -> None:
    reader.open("/")
    reader.expect(Selection(), atlas)
    assert_same(shown_values(reader), expected_values(atlas, "gemeinde", "haltestelle"))
    assert len(shown_values(reader)) == 30
    kreis = atlas.values("kreis", "haltestelle")["value"].iloc[0]
    assert number(kreis, 1) in reader.text("#kennzahlen")
    assert "Näherung" in reader.text("#kopfzeile")
    for part in ("Quellen", "Stand", "Gebietsstand: 01.01.2024"):
        assert part in reader.text("#quelle")
    assert legend_counts(reader) == 30


def test_handlungsfeld_narrows_indicators_and_categories(reader: Reader, atlas: Atlas) -> None:
    reader.open("/")
    everything, wanted = {}, Selection()
    for code in ("FAM", "EIN", ALL_FIELDS):
        name = "Alle Handlungsfelder" if code == ALL_FIELDS else catalog.handlungsfelder()[code].name
        reader.choose("#wahl-handlungsfeld", name)
        wanted = settle(narrow(replace(wanted, handlungsfeld=code)), atlas)[0]
        reader.expect(wanted, atlas)
        shown = reader.options("#wahl-indicator")
        assert len(shown) == len(indicators_of(code))
        kinds = reader.options("#wahl-category")
        assert sorted(kinds) == sorted(catalog.categories()[c].name for c in categories_of(code))
        assert sorted(reader.options("#wahl-categories")) == sorted(kinds)
        everything[code] = set(shown), set(kinds)
    for code in ("FAM", "EIN"):
        assert everything[code][0] < everything[ALL_FIELDS][0]
        assert everything[code][1] < everything[ALL_FIELDS][1]


def test_minutes_to_the_hospital_by_each_mode(reader: Reader, atlas: Atlas) -> None:
    reader.open("/?handlungsfeld=ALLE")
    reader.choose("#wahl-indicator", catalog.measures()["minuten"].name)
    first = first_complete(categories_of(ALL_FIELDS), catalog.categories())
    reader.expect(Selection(handlungsfeld=ALL_FIELDS, indicator="minuten", category=first), atlas)
    reader.choose("#wahl-category", catalog.categories()["krankenhaus"].name)
    reader.expect(HOSPITAL, atlas)
    assert "Krankenh" in reader.text("#titel")
    for mode in ("rad", "pkw"):
        reader.page.get_by_label(catalog.modes()[mode].name, exact=True).check()
        reader.expect(Selection(ALL_FIELDS, "minuten", "krankenhaus", mode), atlas)
        assert_same(shown_values(reader), expected_values(atlas, "gemeinde", f"minuten.krankenhaus.{mode}"))
    hospitals = atlas.data.facilities.query("category == 'krankenhaus' and inside")
    assert len(hospitals)


def test_threshold_by_keyboard(reader: Reader, atlas: Atlas) -> None:
    reader.open("/?handlungsfeld=ALLE&indicator=abdeckung&category=krankenhaus&mode=pkw&threshold=30")
    thumb = reader.control("threshold").get_by_role("slider")
    thumb.focus()
    before = atlas.values("kreis", "abdeckung.krankenhaus.pkw.30")["value"].iloc[0]
    assert number(before, 1) in reader.text("#kennzahlen")
    for _ in range(10):
        thumb.press("ArrowLeft")
    reader.expect(Selection(ALL_FIELDS, "abdeckung", "krankenhaus", "pkw", 20), atlas)
    assert "T16" in reader.text("#schwelle-text"), "the limit of a threshold names it"
    thumb.press("ArrowLeft")
    reader.expect(Selection(ALL_FIELDS, "abdeckung", "krankenhaus", "pkw", 19), atlas)
    after = atlas.values("kreis", "abdeckung.krankenhaus.pkw.19")["value"].iloc[0]
    assert number(after, 1) in reader.text("#kennzahlen")
    assert "eigene Setzung" in reader.text("#schwelle-text")
    assert thumb.get_attribute("aria-valuenow") == "19"
    assert_same(shown_values(reader), expected_values(atlas, "gemeinde", "abdeckung.krankenhaus.pkw.19"))


def test_stop_distance_by_keyboard(reader: Reader, atlas: Atlas) -> None:
    reader.open("/")
    thumb = reader.control("threshold").get_by_role("slider")
    thumb.focus()
    thumb.press("ArrowRight")
    reader.expect(Selection(threshold=1200), atlas)
    thumb.press("Home")
    reader.expect(Selection(threshold=300), atlas)
    assert_same(shown_values(reader), expected_values(atlas, "gemeinde", "haltestelle.300"))


def test_level_takes_the_chosen_area_along(reader: Reader, atlas: Atlas) -> None:
    gemeinden, own_room = atlas.areas("gemeinde"), atlas.data.gemeinden["sozialraum"]
    area = str(gemeinden.index[gemeinden["name"] == "Dermbach"][0])
    reader.open(f"/?area={area}")
    assert reader.control("area").input_value() == "Dermbach"
    levels = reader.options("#wahl-level")
    assert [text.split("(")[-1] for text in levels] == ["30)", "16)", "1)"]
    reader.choose("#wahl-level", levels[1])
    reader.expect(Selection(level="sozialraum", area=str(own_room[area])), atlas)
    assert len(shown_values(reader)) == 16
    assert legend_counts(reader) == 16
    assert reader.control("area").input_value() == atlas.areas("sozialraum").at[own_room[area], "name"]
    assert_same(shown_values(reader), expected_values(atlas, "sozialraum", "haltestelle"))
    reader.choose("#wahl-level", levels[2])
    reader.expect(Selection(level="kreis"), atlas)
    assert_same(shown_values(reader), expected_values(atlas, "kreis", "haltestelle"))
    reader.choose("#wahl-level", levels[0])
    reader.expect(Selection(), atlas)


def test_period_shows_the_values_of_that_year(reader: Reader, atlas: Atlas) -> None:
    reader.open("/?handlungsfeld=ALLE&indicator=BEV01")
    years = reader.options("#wahl-period")
    assert years == ["neuester Stand", *atlas.periods(parse_key("BEV01"))]
    reader.choose("#wahl-period", years[-1])
    reader.expect(Selection(ALL_FIELDS, "BEV01", period=years[-1]), atlas)
    assert_same(shown_values(reader), expected_values(atlas, "gemeinde", "BEV01", years[-1]))
    assert years[-1] in reader.text("#kopfzeile")
    reader.choose("#wahl-period", years[0])
    reader.expect(Selection(ALL_FIELDS, "BEV01"), atlas)


@pytest.mark.parametrize("indicator", ["haltestelle", "BEV02"])
def test_every_classification_counts_all_areas(reader: Reader, atlas: Atlas, indicator: str) -> None:
    reader.open(f"/?handlungsfeld=ALLE&indicator={indicator}")
    reader.page.get_by_text("Klasseneinteilung").click()
    wanted = Selection(ALL_FIELDS, indicator, scheme="quantile")
    for scheme, name in list(SCHEMES.items())[1:]:
        reader.choose("#wahl-scheme", name)
        wanted = Selection(ALL_FIELDS, indicator, scheme=scheme)
        reader.expect(wanted, atlas)
        assert legend_counts(reader) == 30, scheme
    reader.choose("#wahl-scheme", SCHEMES["gleich"])
    for k in (3, 7):
        reader.choose("#wahl-k", str(k))
        reader.expect(Selection(ALL_FIELDS, indicator, scheme="gleich", k=k), atlas)
        assert legend_counts(reader) == 30, k
        classes = [text for text in reader.texts("#legende li")[1:] if not text.startswith(("unsicher", "keine"))]
        assert len(classes) <= k


def test_absolute_numbers_are_circles_with_a_legend_of_sizes(reader: Reader) -> None:
    reader.open("/?handlungsfeld=ALLE&indicator=BEV01")
    radii = reader.page.evaluate(
        "() => window.atlasKarte.querySourceFeatures('kreise').map((f) => f.properties.radius)"
    )
    assert len(radii) >= 30
    assert max(radii) == 26
    assert len(reader.texts("#legende .kreis-legende li")) == 3


def test_indicator_without_data_says_what_would_fill_it(reader: Reader, atlas: Atlas) -> None:
    reader.open("/?handlungsfeld=ALLE&indicator=MIN01")
    reader.expect(Selection(ALL_FIELDS, "MIN01"), atlas)
    reason = atlas.table("gemeinde", parse_key("MIN01"))["reason"].iloc[0]
    assert reason
    assert reason in reader.text("#hinweise")
    assert set(shown_values(reader)) == {"k. A."}
    assert legend_counts(reader) == 30
    assert not any(value in reader.text("#kennzahlen") for value in ("0,0", "NaN", "nan"))


def test_incomplete_register_gives_no_minutes(reader: Reader, atlas: Atlas) -> None:
    poor = next(c for c in catalog.categories().values() if c.completeness.judgement == "unvollstaendig")
    reader.open(f"/?handlungsfeld=ALLE&indicator=minuten&category={poor.id}&mode=pkw")
    assert "unvollständig" in reader.text("#hinweise")
    values = atlas.values("gemeinde", f"minuten.{poor.id}.pkw")["value"]
    assert values.isna().all()
    assert not any(text[:1].isdigit() for text in shown_values(reader))
