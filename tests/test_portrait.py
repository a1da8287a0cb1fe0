"""What a portrait says: figures with their standing and trend, ages, facilities, ways, rules, what planners change."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog, dataset, imports
from geodata.catalog import Source
from geodata.catalog.leading import FILE as LEADING
from geodata.catalog.leading import leading, read_leading
from geodata.model import GeoDataError
from geodata.observations import judge, territory_of
from geodata.portraits import MOST_CHARACTERS, Sentence, read_sentences, save_sentences
from geodata.store import Store
from layers.atlas import Atlas, build_atlas
from layers.german import number
from layers.inputs import ways_to
from layers.portrait import Figure, Value, figures, leading_figures, other_figures
from layers.portrait_ages import GROUPS, ages_of_area, ages_sentence, partition
from layers.portrait_build import build_portrait
from layers.portrait_check import HiddenNumber, hidden_numbers, told
from layers.portrait_head import head_of
from layers.portrait_places import Access, access_of, capacity_words, nearest_of, stock_of
from layers.portrait_rules import ALONE_SHARE, Statement, merged, statements, summary
from layers.statistics import Statistics, build_statistics
from reports.locator import draw_locator, locator_text

INDICATORS = Path(__file__).parents[2] / "shared" / "data" / "indicators"
DATA = dataset.load("16063")
TERRITORY = territory_of(DATA)
KEYS = sorted(DATA.gemeinden.index)
EISENACH, GERSTENGRUND, SALZUNGEN = "16063105", "16063033", "16063003"


def source(number: int) -> Source:
    return Source(f"inkar-{number}", "INKAR", "BBSR", "dl-de/by-2-0", f"© Datei {number}", "2024-05-01", "inkar.csv",
                  "0" * 64, "Statistik")  # fmt: skip


def counted(part: str, year: int, values: object, basis: str = "", number: int = 1) -> pd.DataFrame:
    frame = pd.DataFrame({"key": KEYS, "value": values, "state": "measured"})
    return frame.assign(
        part=part, year=year, stand=str(year), gebietsstand="2024-01-01", basis=basis, row="Zeile 2", import_id=number
    )


def land(part: str, year: int, value: float) -> pd.DataFrame:
    return counted(part, year, value).head(1).assign(key="16", value=value)


def statistics(*frames: pd.DataFrame, audience: str = "oeffentlich") -> Statistics:
    rows = pd.concat(frames, ignore_index=True)
    return build_statistics(DATA, rows, TERRITORY, {1: source(1), 2: source(2)}, audience)  # type: ignore[arg-type]


def unemployed(secret: float = 2.0) -> list[pd.DataFrame]:
    """Return ten years in which Gerstengrund has ``secret`` unemployed of 137, the others more and more of 4,000."""
    frames = []
    for year in range(2012, 2022):
        cases = [secret if key == GERSTENGRUND else 100.0 + 5 * place + (year - 2012) * 10 for place, key in
                 enumerate(KEYS)]  # fmt: skip
        people = [137.0 if key == GERSTENGRUND else 4000.0 for key in KEYS]
        frames += [counted("arbeitslose", year, cases), counted("bev_15_64", year, people, number=2)]
    return frames


ATLAS = build_atlas(DATA)
READ = build_atlas(
    DATA, statistics(*unemployed(), land("arbeitslose", 2021, 60_000), land("bev_15_64", 2021, 1_200_000))
)


def figure(atlas: Atlas, key: str, area: str, level: str = "gemeinde", compare: str = "") -> Figure:
    return figures(atlas, level, area, [key], compare=compare)[0]


# Which indicators lead


def test_eight_to_ten_indicators_lead_on_both_levels_and_say_why_and_plainly() -> None:
    assert set(leading()) == {"gemeinde", "sozialraum"}
    for level in leading().values():
        assert 8 <= len(level.members) <= 10
        for lead in level.members:
            assert lead.indicator in catalog.indicators()
            assert "5,4" in lead.plain.format(wert="5,4")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('indicator = "BEV03"', 'indicator = "GIBTSNICHT"', "'GIBTSNICHT' is unknown"),
        ('indicator = "BEV03"', 'indicator = "BEV06"', "'BEV06' must not lead twice"),
        ("stehen {wert} leer", "stehen viele leer", "plain of 'WOH03' must hold {wert} once"),
        ("stehen {wert} leer", "stehen {wert} leer {x}", "no other braces"),
        ('level = "sozialraum"', 'level = "kreis"', "level must be one of"),
        ('reason = "Wie viele Kinder in Armut aufwachsen."', "", "key 'reason' is missing"),
    ],
)
def test_a_broken_list_of_leading_indicators_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = LEADING.read_text("utf-8")
    assert before in text
    path = tmp_path / "leading.toml"
    path.write_text(text.replace(before, after).replace(" ,", ""), "utf-8")
    with pytest.raises(GeoDataError, match=r"broken rules") as error:
        read_leading(path, frozenset(catalog.indicators()))
    assert said in str(error.value)


def test_too_few_leading_indicators_are_refused_with_all_other_problems(tmp_path: Path) -> None:
    path = tmp_path / "leading.toml"
    member = '{ indicator = "X", reason = "r", plain = "ohne Zahl" }'
    path.write_text(f'[[leading]]\nlevel = "gemeinde"\nmembers = [{member}]\n', "utf-8")
    with pytest.raises(GeoDataError) as error:
        read_leading(path, frozenset({"ARB02"}))
    assert str(error.value).startswith("3 broken rules")
    assert "found 1" in str(error.value)


# Figures


def test_a_share_stands_beside_kreis_and_land_with_its_cases_and_its_course() -> None:
    found = figure(READ, "ARB02", EISENACH)
    cases = 100 + 5 * 29 + 90
    assert found.own.value == pytest.approx(100 * cases / 4000)
    assert found.count == f"{cases} von 4.000"
    assert found.land.value == pytest.approx(5.0)
    total = sum(2 if key == GERSTENGRUND else 190 + 5 * place for place, key in enumerate(KEYS))
    assert found.kreis.value == pytest.approx(100 * total / (29 * 4000 + 137))
    assert (found.word, found.n) == ("ungünstiger", 29 - 1), "one more is hidden so that the small one stays secret"
    assert found.trend == "gestiegen von 6,1 % (2012) auf 8,4 % (2021)"
    assert found.sources == ("© Datei 1", "© Datei 2")


def test_z_is_the_distance_to_the_kreis_in_robust_standard_deviations() -> None:
    found = figure(READ, "ARB02", EISENACH)
    values = READ.values("gemeinde", "ARB02")["value"].dropna()
    mad = 1.4826 * (values - values.median()).abs().median()
    assert found.z == pytest.approx((found.own.value - found.kreis.value) / mad)


def test_a_secret_figure_has_no_number_no_cases_no_word_and_no_course() -> None:
    found = figure(READ, "ARB02", GERSTENGRUND)
    assert not found.own.known
    assert found.own.state == "suppressed_primary"
    assert (found.count, found.word, found.trend) == ("", "", "geheim")
    assert np.isnan(found.z)
    open_ = figure(build_atlas(DATA, statistics(*unemployed(), audience="intern")), "ARB02", GERSTENGRUND)
    assert open_.count == "2 von 137"


def test_a_share_published_as_such_has_no_invented_cases() -> None:
    """25 % of 28 flats that only the share was published of are not said to be 7."""
    read = statistics(counted("WOH03", 2022, 25.0), counted("wohnungen_zensus", 2022, 28.0))
    found = figure(build_atlas(DATA, read), "WOH03", EISENACH)
    assert found.own.value == 25.0
    assert found.count == ""


def test_no_trend_crosses_from_one_census_to_the_next() -> None:
    years = [(2020, "Zensus 2011"), (2021, "Zensus 2011"), (2022, "Zensus 2022"), (2023, "Zensus 2022")]
    frames = [counted("bev_15_64", year, 4000.0, basis) for year, basis in years]
    cases = [counted("arbeitslose", year, 400.0 if year < 2022 else 100.0 + year - 2020) for year, _ in years]
    found = figure(build_atlas(DATA, statistics(*frames, *cases)), "ARB02", EISENACH)
    assert "Reihenbruch 2022" in found.trend
    assert "10,0 %" not in found.trend


def test_an_index_made_for_each_year_alone_has_no_course() -> None:
    frames = [counted("gisd", year, 0.3 + 0.05 * (year - 2018)) for year in range(2018, 2022)]
    assert "jedes Jahr für sich" in figure(build_atlas(DATA, statistics(*frames)), "GIS01", EISENACH).trend


def test_leading_indicators_without_data_are_named_with_what_would_fill_them() -> None:
    found, lacking = leading_figures(READ, "gemeinde", EISENACH)
    assert [each.key for each in found] == ["ARB02"]
    assert {each.key for each in lacking} == {lead.indicator for lead in leading()["gemeinde"].members} - {"ARB02"}
    assert all(each.needs for each in lacking)
    nothing, all_lacking = leading_figures(ATLAS, "gemeinde", EISENACH)
    assert not nothing
    assert len(all_lacking) == len(leading()["gemeinde"].members)


def test_the_compared_area_is_on_the_same_year() -> None:
    found = figure(READ, "ARB02", EISENACH, compare=SALZUNGEN)
    assert found.compare
    assert found.compare.value == pytest.approx(100 * (100 + 90) / 4000)


def test_further_figures_leave_out_what_leads_and_what_stands_in_the_head() -> None:
    keys = {each.key for each in other_figures(READ, "gemeinde", EISENACH)}
    assert not keys & ({"BEV01", "BEV02"} | {lead.indicator for lead in leading()["gemeinde"].members})


@pytest.mark.skipif(not INDICATORS.is_dir(), reason="the files of INKAR are not on this machine")
def test_the_known_figure_of_eisenach_2021() -> None:
    """6.4 % = 1,631 of 25,341; Kreis 4.7 % (fachgrundlage 5.3)."""
    reading = imports.reader("inkar").read(INDICATORS / "inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv")
    found = judge(reading, imports.items("inkar"), TERRITORY, gebietsstand="2022-12-31").observations
    real = build_atlas(DATA, build_statistics(DATA, found.assign(import_id=1), TERRITORY, {1: source(1)}))
    portrait = build_portrait(real, "gemeinde", EISENACH)
    (row,) = portrait.leading
    assert (row.stand, round(row.own.value, 1), row.count) == ("2021", 6.4, "1.631 von 25.341")
    assert round(row.kreis.value, 1) == 4.7
    assert row.word == "ungünstiger"
    assert any("6,4 % (1.631 von 25.341)" in line.text for line in portrait.lines)
    assert any("sind 6,4 arbeitslos gemeldet (2021), im Landkreis 4,7" in text for text in portrait.summary)
    small = build_portrait(real, "gemeinde", GERSTENGRUND)
    assert not small.leading[0].own.known
    assert any("Geheim ist hier: Arbeitslosenanteil" in text for text in small.summary)


# Head


def test_the_head_says_function_and_place_in_words() -> None:
    head = head_of(ATLAS, "gemeinde", EISENACH)
    assert (head.name, head.key, head.kind, head.place) == ("Eisenach", EISENACH, "Stadt", "Sozialraum Eisenach")
    assert head.central.startswith("Oberzentrum (seit 07/2024")
    assert (head.people.value, head.people_stand) == (42817, "31.12.2023")
    assert head.area_km2 == pytest.approx(104.17)
    assert head.density.value == pytest.approx(42817 / 104.17)


def test_the_head_of_a_sozialraum_names_its_gemeinden_and_their_functions() -> None:
    head = head_of(ATLAS, "sozialraum", "hainich-werratal")
    assert head.place.startswith("Gemeinden: Amt Creuzburg, Berka v. d. Hainich")
    assert head.central == "Amt Creuzburg: Grundzentrum (Mihla)"
    assert head.key == ""


def test_an_area_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        head_of(ATLAS, "gemeinde", "hainich-werratal")


# Ages


def aged(young: float) -> list[pd.DataFrame]:
    return [counted(part, 2023, young if part == "bev_0_2" else 100.0) for part in GROUPS]


def test_the_seventeen_official_groups_are_shares_beside_the_kreis() -> None:
    frames = aged(100.0)
    frames[0] = frames[0].assign(value=[400.0 if key == EISENACH else 100.0 for key in KEYS])
    ages = ages_of_area(build_atlas(DATA, statistics(*frames)), "gemeinde", EISENACH)
    assert ages
    assert [group.label for group in ages.groups][:2] == ["unter 3", "3 bis 5"]
    assert len(ages.groups) == 17
    assert ages.stand == "2023"
    assert ages.groups[0].share == pytest.approx(100 * 400 / 2000)
    assert ages.groups[0].kreis == pytest.approx(100 * 3300 / (30 * 1700 + 300))
    assert sum(group.share for group in ages.groups) == pytest.approx(100)
    assert "mehr Menschen im Alter „unter 3“ als im Landkreis: 20,0 % gegenüber 6,4 %" in ages_sentence(
        ages, "gemeinde"
    )


def test_one_age_group_that_is_missing_leaves_no_pyramid() -> None:
    frames = aged(100.0)[:-1]
    assert ages_of_area(build_atlas(DATA, statistics(*frames)), "gemeinde", EISENACH) is None
    assert ages_of_area(ATLAS, "gemeinde", EISENACH) is None


def test_census_cells_stand_in_and_a_hidden_cell_leaves_its_group_without_a_value() -> None:
    demand = DATA.demand.assign(age_0_17=10.0, age_18_64=30.0, age_65_plus=10.0, age_0_9=5.0)
    first = demand.index[demand["ags"] == EISENACH][0]
    demand.loc[first, "age_65_plus"] = np.nan
    ages = ages_of_area(build_atlas(replace(DATA, demand=demand)), "gemeinde", EISENACH)
    assert ages
    assert [group.label for group in ages.groups] == ["unter 18", "18 bis 64", "65 und älter"]
    cells = int((demand["ags"] == EISENACH).sum())
    assert (ages.groups[0].people.value, ages.groups[0].people.state) == (10.0 * cells, "estimated")
    assert not ages.groups[2].people.known
    assert np.isnan(ages.groups[0].share), "no share of a sum that nobody knows"
    other = ages_of_area(build_atlas(replace(DATA, demand=demand)), "gemeinde", SALZUNGEN)
    assert other
    assert other.groups[1].share == pytest.approx(60.0)


@given(st.lists(st.integers(1, 79), max_size=6, unique=True))
def test_age_groups_that_lie_side_by_side_are_found_among_others(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts)]
    names = [f"age_{a}_{b - 1}" for a, b in pairwise(edges)] + [f"age_{edges[-1]}_plus"]
    assert partition([*names, "age_3_plus"] if edges[-1] != 3 else names)[0].startswith("age_0_")
    assert partition(names) == names
    assert partition(names[1:]) == []


# Facilities and ways


def test_facilities_are_those_of_the_register_with_what_is_known_of_their_capacity() -> None:
    stock = {entry.category: entry for entry in stock_of(ATLAS, "gemeinde", EISENACH)}
    rows = DATA.facilities[(DATA.facilities["ags"] == EISENACH) & (DATA.facilities["category"] == "kita")]
    assert stock["kita"].count.value == len(rows)
    assert stock["kita"].names == tuple(rows["name"])
    assert stock["kita"].note, "a Kita is known here that the register lacks"
    assert stock["kita"].judgement == "unvollstaendig"
    assert not stock["spielplatz"].count.known, "nothing recorded is no zero"
    assert stock["frauenhaus"].names == ()
    assert not stock["krankenhaus_geburt"].site


def test_capacities_of_different_units_are_never_added() -> None:
    rows = pd.DataFrame({"capacity": [10.0, 5.0, 7.0, np.nan], "capacity_unit": ["Plätze", "Plätze", "Betten", ""]})
    assert capacity_words(rows) == "15 Plätze, 7 Betten (bekannt bei 3 von 4)"
    assert capacity_words(rows.head(2)) == "15 Plätze"
    assert capacity_words(rows.tail(1)) == ""


def test_only_categories_with_a_usable_register_have_ways() -> None:
    ways = access_of(ATLAS, "gemeinde", EISENACH)
    usable = {key for key, category in ATLAS.categories.items() if category.completeness.usable}
    assert {way.category for way in ways} == usable
    hospital = next(way for way in ways if way.category == "krankenhaus")
    assert (hospital.threshold, hospital.mode, hospital.threshold_from) == (30, "pkw", "T12")
    assert hospital.approximation
    assert hospital.share.value == ATLAS.values("gemeinde", "abdeckung.krankenhaus.pkw.30").at[EISENACH, "value"]


def test_the_nearest_facility_is_the_one_of_most_people() -> None:
    inputs = ATLAS.inputs
    dest = ways_to(inputs, "krankenhaus", "pkw")["dest"]
    here = inputs.points["gemeinde"] == SALZUNGEN
    people = inputs.points["people"][here].groupby(dest[here]).sum()
    name = inputs.facilities.at[people.idxmax(), "name"]
    assert nearest_of(inputs, "krankenhaus", "pkw", "gemeinde", SALZUNGEN).startswith(name)


# Rules


def way(**changes: object) -> Access:
    plain = access_of(ATLAS, "gemeinde", EISENACH)[1]
    values = {"share": Value(90.0, "estimated"), "alone": Value(0.0, "estimated"), "minutes": Value(7.5, "estimated")}
    return replace(plain, name="Prüfart", **{**values, **changes})


def test_an_indicator_far_from_the_kreis_is_a_strength_or_a_gap_and_names_its_number_rule_and_source() -> None:
    found = figure(READ, "ARB02", EISENACH)
    (gap,) = statements([found], [], "gemeinde")
    assert gap.kind == "luecke"
    assert gap.text == "Arbeitslosenanteil 2021: 8,4 % (335 von 4.000), ungünstiger als im Landkreis (6,6 %)."
    assert f"der {found.n} Gemeinden mit Wert (z = {number(found.z, 1)})" in gap.rule
    assert gap.sources == found.sources
    (strength,) = statements([replace(found, word="günstiger")], [], "gemeinde")
    assert strength.kind == "staerke"


@pytest.mark.parametrize(
    "changes",
    [
        {"z": 1.0},
        {"z": float("nan")},
        {"own": Value(8.0, "unreliable")},
        {"own": Value(float("nan"), "suppressed_primary")},
        {"kreis": Value()},
        {"word": "ähnlich"},
        {"word": ""},
    ],
)
def test_what_is_near_unsure_secret_or_not_judged_is_no_statement(changes: dict[str, object]) -> None:
    assert statements([replace(figure(READ, "ARB02", EISENACH), **changes)], [], "gemeinde") == []


@pytest.mark.parametrize(("share", "found"), [(80.0, []), (79.9, ["weg.x"]), (95.0, ["nah"]), (94.9, [])])
def test_people_beyond_or_within_the_threshold_decide_at_the_limit(share: float, found: list[str]) -> None:
    made = statements([], [way(category="x", share=Value(share, "estimated"))], "gemeinde")
    assert [each.id for each in made] == found


def test_the_sentence_on_a_far_facility_names_share_threshold_and_minutes() -> None:
    (gap,) = statements([], [way(category="x", share=Value(60.0, "estimated"))], "gemeinde")
    assert gap.text.startswith(
        "Prüfart: 40 % der Menschen wohnen weiter weg als 15 Minuten mit dem Auto; im Mittel sind"
    )
    assert "Näherung." in gap.text
    assert "außerhalb des Landkreises sind nicht erfasst" in gap.text


def test_most_people_with_a_single_provider_are_a_gap() -> None:
    assert statements([], [way(alone=Value(ALONE_SHARE, "estimated"))], "gemeinde") == []
    (gap,) = statements([], [way(alone=Value(ALONE_SHARE + 1, "estimated"))], "gemeinde")
    assert (gap.id, gap.kind) == ("allein", "luecke")
    assert "Prüfart (51 % in 15 Minuten mit dem Auto)" in gap.text
    assert statements([], [way(alone=Value(99.0, "unreliable"))], "gemeinde") == []


@pytest.mark.parametrize("level", ["gemeinde", "sozialraum"])
def test_every_area_has_a_summary_of_three_to_five_sentences(level: str) -> None:
    for atlas in (ATLAS, READ):
        for area in atlas.areas(level).index:
            portrait = build_portrait(atlas, level, area)
            assert 3 <= len(portrait.summary) <= 5, area
            assert portrait.summary[0].startswith(portrait.head.name)
            assert not any("nan" in text.casefold().split() for text in portrait.summary)
            assert all(
                set(each.statement.sources) <= set(portrait.sources) for each in portrait.lines if each.statement
            )


def test_the_summary_says_secrecy_and_no_number() -> None:
    portrait = build_portrait(READ, "gemeinde", GERSTENGRUND)
    text = " ".join(portrait.summary)
    assert "Geheim ist hier: Arbeitslosenanteil" in text
    assert "1,5" not in text
    head = replace(portrait.head, people=Value())
    assert "eine Einwohnerzahl liegt nicht vor" in summary(head, [], [], [])[0]


# What planners change


RULED = Statement("z.ARB02", "luecke", "Alt: 8,4 %.", "Regel.", "2021", ("© Datei 1",), "ARB02")


def sentence(**changes: object) -> Sentence:
    plain = Sentence("z.ARB02", "luecke", "Unser Satz.", "Alt: 8,4 %.", "text", "2026-03-01T10:00:00")
    return replace(plain, **changes)


def test_a_changed_sentence_takes_the_place_of_the_rule_with_its_day() -> None:
    (line,) = merged([RULED], {"z.ARB02": sentence(kind="staerke")})
    assert (line.text, line.kind, line.at, line.now, line.removed) == (
        "Unser Satz.",
        "staerke",
        "2026-03-01",
        "",
        False,
    )
    assert line.statement == RULED


def test_planners_learn_that_the_rule_says_something_else_by_now() -> None:
    (line,) = merged([replace(RULED, text="Neu: 9,9 %.")], {"z.ARB02": sentence()})
    assert line.now == "Neu: 9,9 %."


def test_a_rule_that_no_longer_holds_leaves_the_sentence_of_the_planners() -> None:
    (line,) = merged([], {"z.ARB02": sentence()})
    assert line.outdated
    assert merged([], {"z.ARB02": sentence(status="removed")}) == []
    assert merged([], {"z.ARB02": sentence(status="rule")}) == []


def test_left_out_and_given_back_to_the_rule() -> None:
    (gone,) = merged([RULED], {"z.ARB02": sentence(status="removed")})
    assert gone.removed
    (back,) = merged([RULED], {"z.ARB02": sentence(status="rule")})
    assert (back.text, back.at) == (RULED.text, "")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'x.sqlite'}")


def test_the_newest_record_of_a_sentence_holds_and_older_ones_stay(store: Store) -> None:
    assert read_sentences(store, "gemeinde", EISENACH) == {}
    save_sentences(store, "gemeinde", EISENACH, [sentence(), sentence(id="eigen-1", draft="", text="  Zweiter.  ")])
    save_sentences(store, "gemeinde", EISENACH, [sentence(text="Neuer.")])
    found = read_sentences(store, "gemeinde", EISENACH)
    assert [(key, each.text) for key, each in found.items()] == [("z.ARB02", "Neuer."), ("eigen-1", "Zweiter.")]
    assert found["z.ARB02"].at > "2026"
    with store.connected() as connection:
        assert connection.exec_driver_sql("select count(*) from portraits").scalar_one() == 3
    assert read_sentences(store, "sozialraum", EISENACH) == {}
    assert read_sentences(store, "gemeinde", SALZUNGEN) == {}


def test_bad_sentences_are_refused_all_together_and_nothing_is_kept(store: Store) -> None:
    bad = [
        sentence(),
        sentence(text=" "),
        sentence(text="x" * (MOST_CHARACTERS + 1)),
        sentence(text="a\x00b"),
        sentence(kind="meinung"),
    ]
    with pytest.raises(GeoDataError) as error:
        save_sentences(store, "gemeinde", EISENACH, bad)
    lines = str(error.value).split("\n")
    assert [line.split(":")[0] for line in lines] == ["Satz 2", "Satz 3", "Satz 4", "Satz 5"]
    assert all("Abhilfe:" in line for line in lines)
    assert read_sentences(store, "gemeinde", EISENACH) == {}


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60))
def test_any_readable_text_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    kept = Store(f"sqlite:///{tmp_path_factory.mktemp('s') / 'x.sqlite'}")
    if not text.strip() or not text.isprintable():
        return
    save_sentences(kept, "gemeinde", "a", [sentence(text=text)])
    assert read_sentences(kept, "gemeinde", "a")["z.ARB02"].text == text.strip()


# What must not be published


def test_numbers_that_only_planners_see_are_known_before_publishing() -> None:
    public, intern = statistics(*unemployed()), statistics(*unemployed(), audience="intern")
    found = hidden_numbers(intern, public, "gemeinde", GERSTENGRUND)
    assert {(each.indicator, each.shown, each.cases) for each in found} == {("ARB02", "1,5", "2")}
    assert len(found) == 10
    assert hidden_numbers(intern, public, "gemeinde", EISENACH) == []
    assert hidden_numbers(public, public, "gemeinde", GERSTENGRUND) == []


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("Der Arbeitslosenanteil liegt bei 1,5 %.", True),
        ("Es gibt 2 Arbeitslose.", True),
        ("ARB02 liegt bei 1,5 %.", True),
        ("Es gibt 2 Spielplätze.", False),
        ("Der Bus fährt 1,5 Stunden.", False),
        ("Die Arbeitslosigkeit ist gering.", False),
        ("Der Arbeitslosenanteil liegt bei 11,5 %.", False),
    ],
)
def test_a_text_that_tells_a_secret_number_is_found(text: str, leaks: bool) -> None:
    secret = HiddenNumber("ARB02", "Arbeitslosenanteil", "2021", "1,5", "2", frozenset({"arbeit"}))
    assert bool(told(text, [secret])) == leaks


# Where it lies


def test_the_locator_is_one_picture_that_marks_the_area_and_says_so() -> None:
    picture = draw_locator(ATLAS, "gemeinde", GERSTENGRUND, EISENACH).decode()
    assert picture.startswith("<?xml")
    assert 'role="img"' in picture
    assert "#003a82" in picture
    assert "#c9a227" in picture
    text = locator_text(ATLAS, "gemeinde", GERSTENGRUND, EISENACH)
    assert text in picture
    assert "Gerstengrund ist blau hervorgehoben, in Gelb Eisenach" in text
    assert "im Süden und Westen" in text
    with pytest.raises(KeyError):
        draw_locator(ATLAS, "gemeinde", "gibt-es-nicht")
