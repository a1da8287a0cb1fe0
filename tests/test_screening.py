"""Screening: Kleene's tables complete, the text there and back, messages for bad text, sentences."""

from __future__ import annotations

from itertools import product
from typing import get_args
from urllib.parse import parse_qs, urlencode

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.model import GeoDataError
from layers.screening import (
    OPERATORS,
    Condition,
    Group,
    Hit,
    Join,
    Screen,
    Wording,
    conditions_of,
    describe_screen,
    parse_screen,
    screen,
)

NAN = float("nan")
YES, NO, UNKNOWN = Hit.YES, Hit.NO, Hit.UNKNOWN
VALUE = {YES: 1.0, NO: 0.0, UNKNOWN: NAN}  # of a condition "above 0"
TEXT_ABOVE = "BEV09>30~minuten.hausarzt.pkw>20"

NAMES = st.sampled_from(["BEV09", "minuten.hausarzt.pkw", "abdeckung.krankenhaus_geburt.oev.15", "haltestelle.600"])
VALUES = st.builds(lambda n, places: n / 10**places, st.integers(-(10**12) + 1, 10**12 - 1), st.integers(0, 12))
CONDITIONS = st.builds(Condition, NAMES, st.sampled_from(sorted(OPERATORS)), VALUES)
OTHER: dict[Join, Join] = {"und": "oder", "oder": "und"}


@st.composite
def screens(draw: st.DrawFn) -> Screen:
    """Screens as the reader of the text makes them: no brackets that change nothing."""
    if draw(st.integers(0, 4)) == 0:
        return Screen("und", (draw(CONDITIONS),))
    join: Join = draw(st.sampled_from(get_args(Join)))
    groups = st.lists(CONDITIONS, min_size=2, max_size=3).map(lambda found: Group(OTHER[join], tuple(found)))
    return Screen(join, tuple(draw(st.lists(st.one_of(CONDITIONS, groups), min_size=2, max_size=4))))


def above(name: str) -> Condition:
    return Condition(name, "gt", 0.0)


def truth(of: dict[str, Hit], expression: Screen) -> Hit:
    return screen(pd.DataFrame([{name: VALUE[hit] for name, hit in of.items()}]), expression).of.item()


# Kleene, as in his table of 1938: what is unknown decides nothing, but may be decided.
AND = {
    (YES, YES): YES,
    (YES, NO): NO,
    (YES, UNKNOWN): UNKNOWN,
    (NO, YES): NO,
    (NO, NO): NO,
    (NO, UNKNOWN): NO,
    (UNKNOWN, YES): UNKNOWN,
    (UNKNOWN, NO): NO,
    (UNKNOWN, UNKNOWN): UNKNOWN,
}
OR = {
    (YES, YES): YES,
    (YES, NO): YES,
    (YES, UNKNOWN): YES,
    (NO, YES): YES,
    (NO, NO): NO,
    (NO, UNKNOWN): UNKNOWN,
    (UNKNOWN, YES): YES,
    (UNKNOWN, NO): UNKNOWN,
    (UNKNOWN, UNKNOWN): UNKNOWN,
}


@pytest.mark.parametrize(("a", "b"), [*product(Hit, repeat=2)])
def test_two_conditions_follow_kleene(a: Hit, b: Hit) -> None:
    conditions = (above("a"), above("b"))
    assert truth({"a": a, "b": b}, Screen("und", conditions)) is AND[a, b]
    assert truth({"a": a, "b": b}, Screen("oder", conditions)) is OR[a, b]


@pytest.mark.parametrize(("a", "b", "c"), [*product(Hit, repeat=3)])
def test_a_group_counts_as_one_condition(a: Hit, b: Hit, c: Hit) -> None:
    of = {"a": a, "b": b, "c": c}
    assert truth(of, parse_screen("(a>0!b>0)~c>0")) is AND[OR[a, b], c]
    assert truth(of, parse_screen("(a>0~b>0)!c>0")) is OR[AND[a, b], c]


@pytest.mark.parametrize(
    ("text", "hits"),
    [("x<2", [1]), ("x<=2", [1, 2]), ("x>2", [3]), ("x>=2", [2, 3]), ("x≤2", [1, 2]), ("x≥2", [2, 3])],
)
def test_the_limit_itself_belongs_where_the_sign_says(text: str, hits: list[int]) -> None:
    found = screen(pd.DataFrame({"x": [1, 2, 3]}, index=[1, 2, 3]), parse_screen(text))
    assert found.of.index[found.of == YES].tolist() == hits
    assert (found.hits, found.misses, found.unknown, found.n) == (len(hits), 3 - len(hits), 0, 3)


def test_a_table_by_hand() -> None:
    values = pd.DataFrame(
        {"BEV09": [31, 31, 31, 29, NAN, NAN], "minuten.hausarzt.pkw": [21, 20, NAN, NAN, 21, 5]}, index=list("ABCDEF")
    )
    found = screen(values, parse_screen(TEXT_ABOVE))
    assert found.of.to_dict() == {"A": YES, "B": NO, "C": UNKNOWN, "D": NO, "E": UNKNOWN, "F": NO}
    assert found.sentence == (
        "BEV09 über 30 UND minuten.hausarzt.pkw über 20: Treffer in 1 von 6 Gebieten, kein Treffer in 3, "
        "unbekannt (Wert fehlt oder ist geheim) in 2."
    )
    assert (found.hits, found.misses, found.unknown, found.n) == (1, 3, 2, 6)


@given(screens(), st.lists(st.tuples(*[st.one_of(st.just(NAN), VALUES)] * 4), min_size=1, max_size=6))
def test_what_is_known_stays_when_more_becomes_known(expression: Screen, rows: list[tuple[float, ...]]) -> None:
    """Filling a gap never turns a hit into a miss or back: only unknown areas may change."""
    names = ["BEV09", "minuten.hausarzt.pkw", "abdeckung.krankenhaus_geburt.oev.15", "haltestelle.600"]
    values = pd.DataFrame(rows, columns=names, dtype=float)
    before = screen(values, expression)
    for filler in (-1e100, 0.0, 1e100):
        after = screen(values.fillna(filler), expression)
        assert after.unknown == 0
        assert (after.of == before.of)[before.of != UNKNOWN].all()
    assert before.hits + before.misses + before.unknown == before.n == len(values)


def test_values_are_compared_as_they_are_printed() -> None:
    values = pd.DataFrame({"x": [30.04, 30.05]})
    assert screen(values, parse_screen("x>30")).hits == 2
    assert screen(values, parse_screen("x>30"), wording={"x": Wording("X", decimals=1)}).of.tolist() == [NO, YES]


# The text


def test_the_text_of_the_specification_is_read_and_written_safe_for_a_url() -> None:
    expression = parse_screen(TEXT_ABOVE)
    assert expression == Screen("und", (Condition("BEV09", "gt", 30.0), Condition("minuten.hausarzt.pkw", "gt", 20.0)))
    assert str(expression) == "BEV09.gt.30~minuten.hausarzt.pkw.gt.20"
    assert urlencode({"f": str(expression)}) == f"f={expression}"


@given(screens())
def test_the_text_leads_back_to_the_same_conditions(expression: Screen) -> None:
    text = str(expression)
    assert parse_screen(text) == expression
    assert str(parse_screen(text)) == text
    assert parse_screen(parse_qs(urlencode({"f": text}))["f"][0]) == expression
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!()")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("BEV09 >= 30,5 ~ BEV03 < -5", "BEV09.ge.30.5~BEV03.lt.-5"),
        ("(a>1~b>2)~c>3", "a.gt.1~b.gt.2~c.gt.3"),
        ("(a>1)!c>3", "a.gt.1!c.gt.3"),
        ("(a>1!c>3)", "a.gt.1!c.gt.3"),
        ("(a>1)", "a.gt.1"),
        ("haltestelle.600.lt.0.50", "haltestelle.600.lt.0.5"),
        ("a<0.000010", "a.lt.0.00001"),
        ("a>-0", "a.gt.-0"),
        ("a>123456789012,5", "a.gt.123456789012.5"),
    ],
)
def test_other_spellings_mean_the_same(text: str, same: str) -> None:
    assert str(parse_screen(text)) == same


def test_conditions_come_in_the_order_of_the_text() -> None:
    found = conditions_of(parse_screen("a>1~(b>2!c>3)~d>4"))
    assert [condition.indicator for condition in found] == ["a", "b", "c", "d"]


ORDER = "Bedingungen und Zeichen passen nicht zusammen"
SHAPE = "Abhilfe: Kennzahl, Vergleich (gt, ge, lt, le) und Zahl angeben, zum Beispiel BEV09.gt.30."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["Text: ", ORDER, "gefunden ''", "Abhilfe: "]),
        ("a>1~", [ORDER, "'a>1~'"]),
        ("~a>1", [ORDER]),
        ("a>1~~b>2", [ORDER]),
        ("a>1~!b>2", [ORDER]),
        ("(a>1~b>2", [ORDER, "Klammern nur eine Ebene tief"]),
        ("a>1)~b>2", [ORDER]),
        ("((a>1~b>2)!c>3)~d>4", [ORDER]),
        ("()", [ORDER]),
        ("a>1(b>2)", [ORDER]),
        ("a>1~b>2!c>3", ["UND und ODER auf einer Ebene sind mehrdeutig", "in Klammern setzen"]),
        ("a>1~BEV09", ["Bedingung 2: nicht lesbar, gefunden 'BEV09'", SHAPE]),
        ("a>1~(b=2!c>3)~d>>4", ["Bedingung 2: nicht lesbar, gefunden 'b=2'", "Bedingung 4", "'d>>4'"]),
        ("a>", ["Bedingung 1"]),
        (">3", ["Bedingung 1"]),
        ("a>nan", ["Bedingung 1"]),
        ("a>inf", ["Bedingung 1"]),
        ("a>1e9", ["Bedingung 1"]),
        ("a>1234567890123", ["Bedingung 1"]),
        ("a>1.000,5", ["Bedingung 1"]),
        ("__import__('os')>1", [ORDER]),
        ("ä>1", ["Bedingung 1"]),
        ("a>１", ["Bedingung 1"]),
        ("a>1" * 1000, ["zu lang", "höchstens 2000 Zeichen"]),
    ],
)
def test_bad_text_gives_one_message_with_place_rule_and_remedy(text: str, parts: list[str]) -> None:
    with pytest.raises(GeoDataError) as error:
        parse_screen(text)
    assert [part for part in [*parts, "Abhilfe: "] if part not in str(error.value)] == []


def test_all_unknown_indicators_are_named() -> None:
    with pytest.raises(GeoDataError, match=r"gefunden 'y'\. .*gefunden 'z'\. ") as error:
        parse_screen("x>1~y>1~z>1~y<9", known={"x"})
    assert str(error.value).count("gefunden 'y'") == 1
    assert parse_screen("x>1", known={"x"}).parts == (Condition("x", "gt", 1.0),)
    with pytest.raises(GeoDataError, match="gefunden 'z'"):
        screen(pd.DataFrame({"x": [1]}), parse_screen("x>1~z>1"))
    with pytest.raises(GeoDataError, match="Keine Bedingung"):
        screen(pd.DataFrame({"x": [1]}), Screen("und", ()))


@given(st.text(alphabet="ab.><=~!()1-,gtl ", max_size=25))
def test_any_text_is_read_or_refused_with_a_message(text: str) -> None:
    try:
        expression = parse_screen(text)
    except GeoDataError as error:
        message = str(error)
    else:
        message = ""
        assert parse_screen(str(expression)) == expression
    assert not message or "Abhilfe" in message


# The sentence


def test_the_sentence_of_the_conditions() -> None:
    words = {
        "BEV09": Wording("Anteil ab 75", "%"),
        "minuten.hausarzt.pkw": Wording("Minuten zum Hausarzt"),
        "BEV03": Wording("Bevölkerungsentwicklung", "%"),
    }
    assert describe_screen(parse_screen(TEXT_ABOVE), words) == (
        "Anteil ab 75 über 30 % UND Minuten zum Hausarzt über 20"
    )
    mixed = parse_screen("(BEV09.ge.30.25!BEV03.lt.-5)~minuten.hausarzt.pkw.le.1200")
    assert describe_screen(mixed, words) == (
        "(Anteil ab 75 mindestens 30,25 % ODER Bevölkerungsentwicklung unter -5 %) UND "
        "Minuten zum Hausarzt höchstens 1.200"
    )


def test_many_areas_keep_their_order() -> None:
    values = pd.DataFrame({"x": np.arange(10_990.0)}, index=[f"{n:08d}" for n in range(10_990)])
    found = screen(values, parse_screen("x>=10000!x<5"))
    assert found.of.index.equals(values.index)
    assert found.hits == 995
