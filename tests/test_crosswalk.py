"""Changes of territory: what is proven of 2011 to 2024, and keys that lead from any day to any other."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import crosswalk, territory
from geodata.model import GeoDataError

SHARED = Path(__file__).parents[2] / "shared" / "data" / "indicators"
CHANGES = crosswalk.read_changes()
TODAY = pd.Index(territory.keys_to("2024").dropna().unique())
FIRST, LAST = crosswalk.SINCE, date(2024, 12, 31)
HEAD = ";".join(crosswalk.COLUMNS)
DAYS = st.dates(FIRST, date(2026, 12, 31))

# Gemeindeverzeichnis of 31.12.2011: the last three digits of every Gemeinde of 16063, beside 16056000 Eisenach
NUMBERS = """001 002 003 004 006 007 008 009 011 013 014 015 016 017 018 019 023 024 026 028 029 032 033 036 037 039 041
043 044 045 046 049 051 052 053 054 055 058 059 062 066 068 069 071 072 073 075 076 078 081 082 083 084 086 087 089 092
093 094 097 098"""
IN_2011 = NUMBERS.split()
# Bundestagswahl of 22.09.2013, results per Gemeinde: what had gone and what had come since
GONE_2013, COME_2013 = {"002", "041", "069", "073"}, {"099"}
# km² of 31.12.2011, and of the Gemeinde they were in on 31.12.2013 (Gemeindeverzeichnis)
AREAS_2011 = {
    "16063004": ({"004": 11.34, "041": 12.65}, 23.99),
    "16063099": ({"002": 17.35, "069": 16.40, "073": 15.06}, 48.81),
    "16063101": ({"018": 12.12, "054": 19.43}, 31.55),
    "16063102": ({"001": 1.54, "026": 7.02, "043": 9.73, "044": 15.61, "045": 6.51}, 40.41),
    "16063082": ({"053": 6.30, "082": 19.32, "083": 14.19, "087": 4.60}, 44.40),
}


def full(parts: object) -> set[str]:
    return {f"16063{part}" for part in parts}  # type: ignore[attr-defined]


def used(day: date) -> pd.Index:
    return crosswalk.keys_in_use(CHANGES, TODAY, day)


def official(name: str) -> pd.DataFrame:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} liegt nicht vor (amtliche Vergleichsdaten)")
    return pd.read_csv(path, dtype={"ags": str, "ags32": str})


def made(path: Path, *rows: str) -> pd.DataFrame:
    """Return changes written as 'day kind old>new share', in which 99000001 stands for A, 99000002 for B and so on."""
    lines = [HEAD]
    for row in rows:
        day, kind, pair, *share = row.split()
        old, new = pair.split(">")
        lines.append(f"{day};{kind};{key(old)};{old};{key(new)};{new};{''.join(share)};erfunden;")
    file = path / "changes.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return crosswalk.read_changes(file)


def key(letter: str) -> str:
    return f"990000{ord(letter) - 64:02}"


def led(changes: pd.DataFrame, start: date, end: date, today: str) -> dict[str, str | None]:
    keys = pd.Index([key(letter) for letter in today])
    there = crosswalk.keys_in_use(changes, keys, start)
    targets = crosswalk.keys_on(changes, start, end, there, today=keys)
    return {chr(int(old[-2:]) + 64): new and chr(int(new[-2:]) + 64) for old, new in targets.items()}


# what is proven


def test_gemeinden_of_2011_are_those_of_the_official_list() -> None:
    assert set(used(date(2011, 12, 31))) == full(IN_2011) | {"16056000"}
    assert list(used(FIRST)) == list(used(date(2012, 12, 30)))


def test_gemeinden_of_september_2013_are_those_that_voted() -> None:
    assert set(used(date(2013, 9, 22))) == full(set(IN_2011) - GONE_2013 | COME_2013) | {"16056000"}


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2012, 12, 30), 62),
        (date(2012, 12, 31), 59),
        (date(2013, 12, 31), 51),
        (date(2018, 7, 5), 51),
        (date(2018, 7, 6), 46),
        (date(2019, 1, 1), 35),
        (date(2019, 12, 31), 33),
        (date(2020, 12, 1), 32),
        (date(2021, 7, 1), 32),
        (date(2023, 12, 31), 32),
        (date(2024, 1, 1), 30),
    ],
)
def test_new_state_holds_from_its_day(day: date, number: int) -> None:
    assert len(used(day)) == number


def test_nothing_is_known_before_2011() -> None:
    assert used(date(2010, 12, 31)).empty
    assert crosswalk.keys_on(CHANGES, FIRST, date(2010, 12, 31), used(FIRST)).isna().all()


@pytest.mark.parametrize("new", sorted(AREAS_2011))
def test_areas_of_2011_sum_to_those_of_2013(new: str) -> None:
    parts, area = AREAS_2011[new]
    target = crosswalk.keys_on(CHANGES, date(2011, 12, 31), date(2013, 12, 31), used(date(2011, 12, 31)))
    assert set(target.index[target == new]) == full(parts)
    assert sum(parts.values()) == pytest.approx(area, abs=0.011)


def test_every_row_is_proven_and_moves_a_whole_gemeinde() -> None:
    assert not CHANGES["proof"].str.fullmatch("M").any()
    assert CHANGES["share"].eq(1).all()
    assert CHANGES["effective"].between(pd.Timestamp(FIRST), pd.Timestamp(LAST)).all()


def test_every_gemeinde_of_2011_ends_in_exactly_one_place() -> None:
    inside = crosswalk.keys_on(CHANGES, FIRST, LAST, used(FIRST))
    outside = crosswalk.keys_left(CHANGES, FIRST, LAST, used(FIRST))
    assert (inside.notna() ^ outside.notna()).all()
    assert set(inside.dropna()) == set(TODAY)
    left = {"001": "16066095", "026": "16066095", "043": "16066095", "044": "16066095", "045": "16066095"}
    assert outside.dropna().to_dict() == {f"16063{old}": new for old, new in {**left, "037": "16064074"}.items()}


@pytest.mark.parametrize(
    ("old", "start", "end", "new"),
    [
        ("16063013", date(2019, 12, 30), date(2019, 12, 31), "16063104"),  # Creuzburg
        ("16063013", date(2019, 12, 29), date(2019, 12, 30), "16063013"),
        ("16063028", date(2011, 1, 1), date(2023, 12, 31), "16063028"),  # Frankenroda
        ("16063028", date(2011, 1, 1), date(2024, 1, 1), "16063104"),
        ("16063094", date(2018, 7, 6), date(2020, 12, 1), "16063003"),  # Moorgrund
        ("16056000", date(2020, 12, 31), date(2021, 12, 31), "16063105"),  # Eisenach
        ("16063105", date(2022, 12, 31), date(2011, 12, 31), "16056000"),  # and back
        ("16063044", date(2012, 12, 31), date(2018, 12, 31), "16063102"),  # Kaltennordheim
        ("16063044", date(2012, 12, 31), date(2019, 1, 1), None),
        ("16063104", date(2022, 12, 31), date(2019, 12, 31), "16063104"),  # Amt Creuzburg, formed that day
        ("16063104", date(2022, 12, 31), date(2019, 12, 30), None),
        ("16063003", date(2022, 12, 31), date(2017, 12, 31), None),  # Bad Salzungen grew under its old key
        ("16063097", date(2017, 12, 31), date(2011, 12, 31), "16063097"),  # Gerstungen had not grown yet
        ("16063004", date(2016, 12, 31), date(2011, 12, 31), None),  # Barchfeld-Immelborn
        ("16063033", date(2024, 12, 31), date(2011, 1, 1), "16063033"),  # Gerstengrund
    ],
)
def test_key_leads_to(old: str, start: date, end: date, new: str | None) -> None:
    assert crosswalk.keys_on(CHANGES, start, end, pd.Index([old])).to_dict() == {old: new}


def test_agrees_with_the_keys_of_2016() -> None:
    table = territory.read_crosswalk()
    start = date(2016, 12, 31)
    assert set(used(start)) == set(table.index)
    for state, day in (("ags_2022", date(2022, 12, 31)), ("ags_2024", date(2024, 1, 1))):
        expected = {old: new if isinstance(new, str) else None for old, new in table[state].items()}
        assert crosswalk.keys_on(CHANGES, start, day, table.index).to_dict() == expected
    left = crosswalk.keys_left(CHANGES, start, LAST, table.index).dropna()
    assert left.str[:5].to_dict() == table["kreis_2024"][table["ags_2024"].isna()].to_dict()


def test_agrees_with_the_days_of_the_keys_of_2016() -> None:
    moved = CHANGES[(CHANGES["from_ags"] != CHANGES["to_ags"]) & (CHANGES["effective"] > "2016")].set_index("from_ags")
    table = territory.read_crosswalk()
    assert moved["effective"].dt.strftime("%Y-%m-%d").to_dict() == table["wirksam"][table["wirksam"] != ""].to_dict()


# against official figures, where they are at hand


YEARS = "gv_population_wartburgkreis_eisenach_2013_2017_2021_2023_2024.csv"
STATES = {2013: date(2013, 12, 31), 2017: date(2017, 12, 31), 2021: date(2021, 12, 31), 2023: date(2023, 12, 31)}
STATES |= {2024: date(2024, 1, 1)}


@pytest.mark.parametrize("year", sorted(STATES))
def test_keys_are_those_of_the_official_list(year: int) -> None:
    table = official(YEARS)
    assert sorted(table["ags"][table["year"] == year]) == list(used(STATES[year]))


@pytest.mark.parametrize("year", [2013, 2017, 2021])
def test_population_carried_to_32_gemeinden_is_the_harmonised_one(year: int) -> None:
    table, harmonised = official(YEARS), official("gv_population_harmonised_32gemeinden.csv")
    people = table[table["year"] == year].set_index("ags")["pop"]
    target = crosswalk.keys_on(CHANGES, STATES[year], date(2022, 12, 31), people.index)
    expected = harmonised.set_index("ags32").sort_index()[f"{year}"]
    pd.testing.assert_series_equal(
        territory.sum_to(people, target), expected, check_names=False, check_dtype=False, check_index_type=False
    )


def test_areas_of_2017_sum_to_those_of_2021() -> None:
    areas = official(YEARS).set_index("ags")
    old, new = (areas["area_km2"][areas["year"] == year] for year in (2017, 2021))
    target = crosswalk.keys_on(CHANGES, STATES[2017], STATES[2021], old.index)
    difference = (territory.sum_to(old, target) - new).round(2)
    # a strip without known day went from Krauthausen to what is Amt Creuzburg now
    assert difference[difference != 0].to_dict() == {"16063046": 0.05, "16063104": -0.05}


# chains by hand


CHAIN = ("2012-01-01 Neubildung A>C 1", "2012-01-01 Neubildung B>C 1", "2015-06-01 Eingemeindung C>D 1")
CHAIN += ("2015-06-01 Eingemeindung D>D 1", "2018-01-01 Einkreisung E>F 1", "2020-01-01 Kreiswechsel D>Z 1")


def test_chain_goes_through_every_change(tmp_path: Path) -> None:
    changes = made(tmp_path, *CHAIN)
    start = date(2011, 1, 1)
    assert led(changes, start, date(2019, 1, 1), "F") == {"A": "D", "B": "D", "D": "D", "E": "F"}
    assert led(changes, start, date(2020, 1, 1), "F") == {"A": None, "B": None, "D": None, "E": "F"}
    assert led(changes, date(2012, 1, 1), date(2015, 5, 31), "F") == {"C": "C", "D": "D", "E": "E"}


def test_where_a_chain_leaves_is_told(tmp_path: Path) -> None:
    changes, today = made(tmp_path, *CHAIN), pd.Index([key("F")])
    there = crosswalk.keys_in_use(changes, today, FIRST)
    left = crosswalk.keys_left(changes, FIRST, LAST, there, today=today)
    assert left.to_dict() == {key("A"): key("Z"), key("B"): key("Z"), key("D"): key("Z"), key("E"): None}
    assert crosswalk.keys_left(changes, FIRST, date(2019, 12, 31), there, today=today).isna().all()


def test_backward_only_an_unchanged_area_has_a_key(tmp_path: Path) -> None:
    changes = made(tmp_path, *CHAIN)
    assert led(changes, date(2019, 1, 1), date(2016, 1, 1), "F") == {"D": "D", "F": "E"}
    assert led(changes, date(2019, 1, 1), FIRST, "F") == {"D": None, "F": "E"}
    assert led(changes, date(2014, 1, 1), FIRST, "F") == {"C": None, "D": "D", "E": "E"}


def test_part_of_a_gemeinde_leaves_neither_side_comparable(tmp_path: Path) -> None:
    rows = ("2015-01-01 Eingemeindung A>B", "2015-01-01 Eingemeindung B>B 1", "2015-01-01 Eingemeindung A>A")
    changes = made(tmp_path, *rows)
    assert led(changes, date(2014, 1, 1), date(2016, 1, 1), "ABC") == {"A": None, "B": None, "C": "C"}
    assert led(changes, date(2016, 1, 1), date(2014, 1, 1), "ABC") == {"A": None, "B": None, "C": "C"}
    told = crosswalk.rule_text(changes, FIRST, LAST, key("B"), today=pd.Index([key("A"), key("B")]))
    assert told == "B: vor 01.01.2015 anderes Gebiet, daher kein Wert."


def test_gemeinde_divided_by_shares_has_no_key(tmp_path: Path) -> None:
    changes = made(tmp_path, "2015-01-01 Neubildung A>B 0,6", "2015-01-01 Neubildung A>C 0.4")
    assert changes["share"].to_list() == [0.6, 0.4]
    assert led(changes, FIRST, LAST, "BC") == {"A": None}


def test_key_is_named_once_and_in_the_given_order() -> None:
    keys = pd.Index(["16063033", "16063013", "16063033"])
    assert crosswalk.keys_on(CHANGES, FIRST, LAST, keys).index.to_list() == ["16063033", "16063013"]


# properties


@settings(deadline=None, max_examples=60)
@given(st.lists(DAYS, min_size=3, max_size=3), st.booleans())
def test_two_spans_lead_where_one_does(days: list[date], backward: bool) -> None:
    first, between, last = sorted(days, reverse=backward)
    straight = crosswalk.keys_on(CHANGES, first, last, used(first))
    half = crosswalk.keys_on(CHANGES, first, between, used(first))
    rest = crosswalk.keys_on(CHANGES, between, last, pd.Index(half.dropna().unique()))
    assert {old: rest[new] if new else None for old, new in half.items()} == straight.to_dict()


@settings(deadline=None, max_examples=60)
@given(DAYS, DAYS)
def test_keys_lead_to_keys_in_use(start: date, end: date) -> None:
    target = crosswalk.keys_on(CHANGES, start, end, used(start))
    assert set(target.dropna()) <= set(used(end))
    if start <= end:
        assert set(target.dropna()) == set(used(end))


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[date, dict[str, frozenset[str]], list[str]]]:
    """Draw days with the villages of every key on them, and the rows that lead to it: merging, growing, renaming."""
    letters = iter("FGHIJKLMNOPQRSTUVWXYZ")
    state = {letter: frozenset(letter) for letter in "ABCDE"}
    history: list[tuple[date, dict[str, frozenset[str]], list[str]]] = [(FIRST, dict(state), [])]
    for year in range(2012, 2012 + draw(st.integers(1, 4))):
        size = draw(st.integers(1, len(state)))
        old = draw(st.permutations(sorted(state)))[:size]
        grows = size > 1 and draw(st.booleans())
        new = old[0] if grows else next(letters)
        kind = "Eingemeindung" if grows else "Neubildung" if size > 1 else "Namensänderung"
        villages = frozenset[str]().union(*(state.pop(letter) for letter in old))
        state[new] = villages
        history.append((date(year, 3, 1), dict(state), [f"{year}-03-01 {kind} {letter}>{new} 1" for letter in old]))
    return history


@settings(deadline=None, max_examples=80)
@given(histories())
def test_keys_follow_their_villages(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[date, dict[str, frozenset[str]], list[str]]]
) -> None:
    changes = made(tmp_path_factory.mktemp("history"), *(row for _, _, rows in history for row in rows))
    today = "".join(history[-1][1])
    for start, before, _ in history:
        for end, after, _ in history:
            holds = frozenset.issuperset if start <= end else frozenset.__eq__
            expected = {
                old: next((new for new, there in after.items() if holds(there, villages)), None)
                for old, villages in before.items()
            }
            assert led(changes, start, end, today) == expected


# sentences


@pytest.mark.parametrize(
    ("ags", "start", "end", "text"),
    [
        (
            "16063104",
            FIRST,
            LAST,
            "Amt Creuzburg: vor 31.12.2019 Summe aus Creuzburg, Ebenshausen und Mihla; "
            "vor 01.01.2024 ohne Frankenroda, hier mitgezählt.",
        ),
        (
            "16063104",
            FIRST,
            date(2023, 12, 31),
            "Amt Creuzburg: vor 31.12.2019 Summe aus Creuzburg, Ebenshausen und Mihla.",
        ),
        ("16063104", date(2019, 12, 31), date(2023, 12, 31), ""),
        ("16063105", FIRST, LAST, "Eisenach: vor 01.07.2021 kreisfrei unter dem Schlüssel 16056000."),
        ("16063004", FIRST, LAST, "Barchfeld-Immelborn: vor 31.12.2012 Summe aus Barchfeld und Immelborn."),
        (
            "16063003",
            FIRST,
            LAST,
            "Bad Salzungen: vor 06.07.2018 ohne Ettenhausen a.d. Suhl, Frauensee und Tiefenort, hier mitgezählt; "
            "vor 01.12.2020 ohne Moorgrund, hier mitgezählt.",
        ),
        ("16063033", FIRST, LAST, ""),
        (
            "16063037",
            FIRST,
            LAST,
            "Hallungen: seit 01.01.2024 nicht mehr im Kreis, jetzt Südeichsfeld (16064074); "
            "auch davor nicht mitgezählt.",
        ),
        ("16063037", FIRST, date(2023, 12, 31), ""),
    ],
)
def test_sentence_says_how_a_series_is_made(ags: str, start: date, end: date, text: str) -> None:
    assert crosswalk.rule_text(CHANGES, start, end, ags) == text


def test_sentence_names_what_happened_to_the_parts(tmp_path: Path) -> None:
    changes, today = made(tmp_path, *CHAIN[:4]), pd.Index([key("D")])
    assert crosswalk.rule_text(changes, FIRST, LAST, key("D"), today=today) == (
        "D: C vor 01.01.2012 Summe aus A und B; vor 01.06.2015 ohne C, hier mitgezählt."
    )


def test_sentence_about_a_time_that_runs_backward_is_refused() -> None:
    with pytest.raises(GeoDataError, match=r"31\.12\.2024 bis 01\.01\.2011 läuft rückwärts\. Abhilfe: "):
        crosswalk.rule_text(CHANGES, LAST, FIRST, "16063104")


# borders


def test_keys_not_in_use_are_named_with_the_nearest_day_and_the_remedy() -> None:
    keys = pd.Index(["16063104", "16063041", "09162000", "16063033"])
    with pytest.raises(GeoDataError) as caught:
        crosswalk.keys_on(CHANGES, date(2016, 12, 31), LAST, keys)
    assert str(caught.value) == (
        "Schlüssel am 31.12.2016 nicht in Gebrauch: '16063104' (erst ab 31.12.2019), '16063041' (nur bis 30.12.2012), "
        "'09162000' (seit 01.01.2011 nie Teil des Kreises). "
        "Abhilfe: Gebietsstand der Datei prüfen und den Tag angeben, für den ihre Schlüssel gelten."
    )
    with pytest.raises(GeoDataError, match="'16063104'"):
        crosswalk.keys_left(CHANGES, date(2016, 12, 31), LAST, keys[:1])
    with pytest.raises(GeoDataError, match=r"'16063013' \(nur bis 30\.12\.2019\)"):
        crosswalk.rule_text(CHANGES, FIRST, LAST, "16063013")


def test_nearest_of_two_times_is_named(tmp_path: Path) -> None:
    rows = ("2013-01-01 Namensänderung A>B 1", "2020-01-01 Namensänderung B>A 1")
    changes, today = made(tmp_path, *rows), pd.Index([key("A")])
    for day, text in ((date(2014, 1, 1), "nur bis 31.12.2012"), (date(2019, 1, 1), "erst ab 01.01.2020")):
        with pytest.raises(GeoDataError, match=text):
            crosswalk.keys_on(changes, day, LAST, pd.Index([key("A")]), today=today)


def test_day_before_the_table_is_refused() -> None:
    with pytest.raises(GeoDataError, match=r"am 31\.12\.2010 nicht in Gebrauch: '16063033' \(erst ab 01\.01\.2011\)"):
        crosswalk.keys_on(CHANGES, FIRST - timedelta(days=1), LAST, pd.Index(["16063033"]))


def test_every_broken_rule_is_named_at_once(tmp_path: Path) -> None:
    rows = [
        "2012-12-31;Neubildung;16063002;Alt;16063099;Neu;1;erfunden;",
        "31.12.2012;Fusion;1606304;;16063004;Neu;1,5;;",
        "2010-12-31;Eingemeindung;16063041;Alt;16063004;Neu;1;erfunden;",
        "2013-12-31;Neubildung;16063002;Alt;16063101;Neu;1;erfunden;",
        "2014-12-31;Neubildung;16063003;Alt;16063101;Neu;1;erfunden;",
        "2014-12-31;Neubildung;16063003;Alt;16063102;Neu;;erfunden;",
    ]
    file = tmp_path / "changes.csv"
    file.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    with pytest.raises(GeoDataError) as caught:
        crosswalk.read_changes(file)
    lines = str(caught.value).splitlines()
    assert [line.split(" (")[0] for line in lines] == [
        "changes.csv: from_ags hat nicht 8 Ziffern: '1606304'",
        "changes.csv: effective ist kein Tag: '31.12.2012'",
        "changes.csv: effective liegt vor dem 01.01.2011: '2010-12-31'",
        "changes.csv: Art unbekannt: 'Fusion'",
        "changes.csv: from_name fehlt: ''",
        "changes.csv: proof fehlt: ''",
        "changes.csv: Anteil liegt nicht über 0 bis 1: '1,5'",
        "changes.csv: Gemeinde geht mehrfach ganz über: '16063003'",
        "changes.csv: aufnehmende Gemeinde hat keine Zeile: '16063004'",
        "changes.csv: Schlüssel schon erloschen: '16063002'",
    ]
    assert "(Zeile 3)" in lines[0]
    assert "(Zeile 5)" in lines[-1]
    assert all(". Abhilfe: " in line or ": Abhilfe" in line for line in lines)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "fehlt oder ist nicht lesbar"),
        (b"", "fehlt oder ist nicht lesbar"),
        (f"{HEAD}\n2012-12-31;Neubildung;Öd".encode("latin-1"), "fehlt oder ist nicht lesbar"),
        (b"effective;kind;from_ags;from_name;to_ags;to_name;share;note\n", "Spalte fehlt: proof"),
        (f"{HEAD}\n2012-12-31;Neubildung\n".encode(), "from_ags hat nicht 8 Ziffern: ''"),
    ],
)
def test_unreadable_table_is_refused_in_german(tmp_path: Path, content: bytes | None, text: str) -> None:
    file = tmp_path / "changes.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(GeoDataError, match=text):
        crosswalk.read_changes(file)


def test_table_without_changes_changes_nothing(tmp_path: Path) -> None:
    changes = made(tmp_path)
    assert led(changes, FIRST, LAST, "AB") == {"A": "A", "B": "B"}
