"""The sentences say what the table says, in plain German, for every indicator, level and state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from geodata import catalog
from layers import Atlas
from layers.german import number
from layers.inputs import LEVELS
from layers.keys import IndicatorKey, parse_key
from layers.mapview import MapView, build_map_view
from layers.sentences import LEVEL_MANY, headline, map_text, nearest_outside, three_sentences
from tests.synthetic import KLINIK, KLINIK_OUTSIDE, A, B, C, D, facility

Build = Callable[..., Atlas]
NO_WORD = re.compile(r"\b(nan|none|nat|inf|true|false)\b", re.IGNORECASE)
DECIMAL_POINT = re.compile(r"(?<![\d.,])\d+\.\d{1,2}(?![\d.])")
KREIS_ONLY = re.compile(r"^Der Wert des Landkreises ist ")


def areas_of_every_state(view: MapView) -> list[str]:
    """Return one area of each state, and those with the first and the last value."""
    rows = view.rows
    known = rows["value"].notna()
    ends = [*rows.index[known][:1], *rows.index[known][-1:]]
    return list(dict.fromkeys([*ends, *rows.index[~rows["state"].duplicated()]]))


def views(atlas: Atlas, level: str) -> Iterator[MapView]:
    """Yield the map of every indicator with values, of some without, of every year; fewer above Gemeinden."""
    keys = [parse_key(indicator) for indicator in atlas.indicators]
    filled = [key for key in keys if atlas.table(level, key)["value"].notna().any()]
    step = 1 if level == "gemeinde" else 4
    for key in [*filled[::step], *[key for key in keys if key not in filled][::25]]:
        yield build_map_view(atlas, level, key)
    for year in atlas.periods(IndicatorKey("BEV01")):
        for indicator in ("BEV01", "BEV02"):
            yield build_map_view(atlas, level, IndicatorKey(indicator), period=year)


def assert_plain_german(text: str) -> None:
    assert text == text.strip(), text
    assert text.endswith("."), text
    assert not re.search(r"  |\.\.(?!\.)|\s[.,;:](?!\w)|\(\)|[{}]", text), text
    assert not NO_WORD.search(text), text
    assert not DECIMAL_POINT.search(text), text


@pytest.mark.parametrize("level", LEVELS)
def test_every_text_is_plain_german_without_a_missing_number(atlas: Atlas, level: str) -> None:
    for view in views(atlas, level):
        assert_plain_german(headline(view))
        assert_plain_german(map_text(view))
        for area in areas_of_every_state(view):
            sentences = three_sentences(atlas, view, area)
            assert len(sentences) == 3
            for sentence in sentences:
                assert_plain_german(sentence)


@pytest.mark.parametrize("indicator", ["BEV02", "minuten.krankenhaus.pkw", "anzahl.grundschule", "haltestelle.600"])
def test_the_sentences_hold_the_numbers_of_the_table(atlas: Atlas, indicator: str) -> None:
    view = build_map_view(atlas, "gemeinde", parse_key(indicator))
    kreis = number(view.layer.kreis["value"], view.layer.text.decimals)
    known = view.rows["value"].notna().sum()
    for area in view.rows.index:
        row = view.rows.loc[area]
        value, rank, _ = three_sentences(atlas, view, area)
        assert value.startswith(f"{row['name']}, {view.layer.text.name}: {row['shown']}")
        assert ("(Näherung)" in value) == view.layer.text.approximation
        assert f"Rang {row['rank']:.0f} von {known} Gemeinden mit Wert" in rank
        share = number(100 * row["value"] / view.layer.kreis["value"], 1)
        assert (f"{share} % des Landkreises" if view.layer.text.additive else kreis) in rank


def test_the_sentence_on_facilities_counts_those_of_the_area(atlas: Atlas) -> None:
    rows = atlas.data.facilities.query("inside and category == 'krankenhaus'")
    view = build_map_view(atlas, "gemeinde", parse_key("minuten.krankenhaus.pkw"))
    for area in [*view.rows.index[::5].tolist(), "16063003", "16063105"]:
        sentence = three_sentences(atlas, view, area)[2]
        count = int((rows["ags"] == area).sum())
        assert (f"Erfasst im Gebiet: {count} " in sentence) == bool(count)
        assert ("keine Einrichtung der Art" in sentence) == (not count)


@pytest.mark.parametrize(("area", "level"), [("16063105", "gemeinde"), ("geisa", "sozialraum")])
@pytest.mark.parametrize("category", ["krankenhaus", "grundschule", "haltestelle"])
def test_the_nearest_outside_is_what_brute_force_finds(atlas: Atlas, category: str, area: str, level: str) -> None:
    points, rows = atlas.inputs.points, atlas.inputs.facilities
    here = points[points[level] == area]
    x, y = (np.average(here[axis], weights=here["people"]) for axis in ("x", "y"))
    kinds = [category, *catalog.categories()[category].also_by]
    there = rows[rows["category"].isin(kinds) & (rows[level] != area)]
    metres = np.hypot(there["x"] - x, there["y"] - y)
    sentence = nearest_outside(atlas.inputs, category, area, level)
    assert there.loc[metres.idxmin(), "name"] in sentence
    assert f"Luftlinie {number(metres.min() / 1000, 1)} km" in sentence


def test_the_three_sentences_by_hand(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, KLINIK_OUTSIDE)
    view = build_map_view(atlas, "gemeinde", parse_key("minuten.klinik.pkw"))
    name = "Kliniken: Minuten zur nächsten Einrichtung mit dem Auto"
    assert three_sentences(atlas, view, A) == [
        f"Gemeinde A, {name}: 8,6 Minuten (Näherung).",
        "Das ist weniger als im Landkreis: 11,1 Minuten; Rang 3 von 3 Gemeinden mit Wert (1 = größte Belastung).",
        # the people of A have their centre at 1200 m, 0 m; the other Klinik is at 13000 m, 16000 m
        "Erfasst im Gebiet: 1 Klinik. Nächste außerhalb: Klinik Auswärts, Nachbarstadt "
        f"(Luftlinie {number(np.hypot(11.8, 16.0), 1)} km vom Schwerpunkt der Bevölkerung).",
    ]
    assert three_sentences(atlas, view, B)[1].startswith("Das ist etwa so viel wie im Landkreis: 11,1 Minuten")
    assert three_sentences(atlas, view, C)[1].startswith("Das ist mehr als im Landkreis: 11,1 Minuten; Rang 1 von 3")
    assert headline(view) == f"{name}: Landkreis 11,1 Minuten; Spanne: Gemeinde C 16,9 Minuten, Gemeinde A 8,6 Minuten."


def test_an_area_without_a_value_says_why(synthetic: Build) -> None:
    atlas = synthetic(facility("laden", 0, 0, A))
    view = build_map_view(atlas, "gemeinde", parse_key("minuten.laden.fuss"))
    value, rank, facilities = three_sentences(atlas, view, A)
    assert "gibt es keinen Wert" in value
    assert "die Musterliste laden" in value
    assert KREIS_ONLY.match(rank)
    assert facilities == "Erfasst: 1 Laden; der Bestand ist unvollständig, es kann mehr geben."
    assert headline(view).endswith("noch keine Werte.")


def test_an_unsure_value_stands_in_brackets_with_its_reason(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, states={A: ("unreliable", "Stand 2013, zu alt")})
    view = build_map_view(atlas, "gemeinde", parse_key("BEV01"))
    sentence = three_sentences(atlas, view, A)[0]
    assert sentence == "Gemeinde A, Einwohner: (1.000). Der Wert ist unsicher: Stand 2013, zu alt."


def test_a_share_of_an_unknown_kreis_is_not_computed(atlas: Atlas) -> None:
    """In 2023 only 24 of 30 Gemeinden have a figure, so the Kreis has none."""
    view = build_map_view(atlas, "gemeinde", IndicatorKey("BEV01"), period="2023")
    assert np.isnan(view.layer.kreis["value"])
    rank = three_sentences(atlas, view, "16063105")[1]
    assert "%" not in rank
    assert "Rang 1 von 24 Gemeinden" in rank


def test_where_one_area_has_a_value_the_headline_does_not_pass_off_the_kreis_as_it(atlas: Atlas) -> None:
    """Step-free facilities: Eisenach 87.5 %, the Kreis 75.0 %, nobody else has a value."""
    view = build_map_view(atlas, "gemeinde", parse_key("INK04"))
    known = view.rows.dropna(subset="value")
    if len(known) != 1 or known["shown"].iloc[0] == "(75,0) %":
        pytest.skip("the register was surveyed further, this case is gone")
    assert "Landkreis (75,0) %" in headline(view)


@pytest.mark.parametrize("level", LEVELS)
def test_the_text_of_the_map_holds_its_legend(atlas: Atlas, level: str) -> None:
    view = build_map_view(atlas, level, parse_key("anzahl.kita"))
    text = map_text(view)
    assert text.startswith(headline(view))
    assert f"{LEVEL_MANY[level]} je Klasse" in text
    for entry in view.legend:
        assert f"{entry.label}: {entry.count}" in text


def test_a_gemeinde_without_people_has_three_sentences(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, KLINIK_OUTSIDE)
    for indicator in (
        "minuten.klinik.pkw",
        "dichte.klinik",
        "anzahl.klinik",
        "BEV01",
        "BEV02",
        "haltestelle",
    ):
        view = build_map_view(atlas, "gemeinde", parse_key(indicator))
        for sentence in three_sentences(atlas, view, D):
            assert_plain_german(sentence)
