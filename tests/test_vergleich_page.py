"""The page of comparisons: its state, what every section finds (by hand and by other libraries), callbacks, files."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from dash import Dash, html
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import geodata
from geodata.catalog import Source
from geodata.observations import territory_of
from layers import Atlas, build_atlas
from layers.atlas import renew
from layers.screening import Screen, parse_screen
from layers.statistics import NO_STATISTICS, build_statistics
from tests.test_screening import screens
from tests.webapp import UPDATE, words_in
from views import vergleich
from views.components.query import to_query
from views.components.vergleich_change import change_finding
from views.components.vergleich_charts import wrapped
from views.components.vergleich_data import Figure, figure_of, offered, parts_behind, signed, years_of
from views.components.vergleich_map import legend
from views.components.vergleich_pattern import pattern_finding
from views.components.vergleich_profile import alike_finding, profile_finding
from views.components.vergleich_rank import rank_finding
from views.components.vergleich_relation import correlation_finding, p_text, relation_finding
from views.components.vergleich_screen import Row, row_of, rows_of, screen_finding, screen_text
from views.components.vergleich_state import (
    MOST_CONDITIONS,
    PARSERS,
    SECTIONS,
    TOLERANCES,
    Comparison,
    read_parts,
    read_query,
    settle,
)

DATA = geodata.load("16063")
KEYS = sorted(DATA.gemeinden.index)
EISENACH, GERSTENGRUND, BAD_SALZUNGEN = "16063105", "16063033", "16063003"
FILE = Source("kunst-1", "Kunst", "Amt", "dl-de/by-2-0", "© Kunstamt", "2024-05-01", "kunst.csv", "0" * 64, "Statistik")
PARTNER = "16063011"  # hidden for the sake of Gerstengrund
SECRET = ("1,4598", "1.4598", "2 von 137")  # 2 unemployed among 137 people in Gerstengrund
PEOPLE = 4000.0


def counted(part: str, year: int, values: list[float], basis: str = "") -> pd.DataFrame:
    rows = pd.DataFrame({"key": KEYS, "value": values, "part": part, "year": year, "basis": basis, "import_id": 1})
    return rows.assign(stand=str(year), gebietsstand="2024-01-01", state="measured", row="Zeile 2")


def unemployed(extra: float) -> list[float]:
    return [2.0 if key == GERSTENGRUND else 100.0 + extra + 5 * place for place, key in enumerate(KEYS)]


def people() -> list[float]:
    return [137.0 if key == GERSTENGRUND else PEOPLE for key in KEYS]


def empty_flats(extra: float) -> list[float]:
    """Return empty flats that grow from south to north."""
    north = DATA.gemeinden.geometry.centroid.y[KEYS].rank()
    return [30.0 + extra + 2 * float(place) for place in north]


def figures() -> pd.DataFrame:
    """Return unemployed of two years and empty flats of two censuses."""
    frames = [counted("arbeitslose", 2015, unemployed(0)), counted("bev_15_64", 2015, people())]
    frames += [counted("arbeitslose", 2021, unemployed(60)), counted("bev_15_64", 2021, people())]
    for year in (2011, 2022):
        basis = f"Zensus {year}"
        frames += [counted("wohnungen_leer", year, empty_flats(year - 2011), basis)]
        frames += [counted("wohnungen_zensus", year, [1000.0] * len(KEYS), basis)]
    return pd.concat(frames, ignore_index=True)


@cache
def invented(audience: str = "oeffentlich") -> Atlas:
    """Return the atlas of an audience on the invented figures."""
    statistics = build_statistics(DATA, figures(), territory_of(DATA), {1: FILE}, audience)  # type: ignore[arg-type]
    return build_atlas(DATA, statistics)


def settled(**parts: Any) -> Comparison:
    state, notices = settle(Comparison(**parts), invented())
    assert notices == []
    return state


def series(figure: Figure) -> pd.Series:
    return figure.series.dropna()


# State and address

NAMES = [
    "",
    "ARB02",
    "WOH03",
    "BEV01",
    "minuten.krankenhaus.pkw",
    "minuten.krankenhaus",
    "MIN01",
    "gibt.es.nicht",
    "x1",
]
YEARS = st.sampled_from(["", "2015", "2021", "2022", "1999"])
AREAS = st.sampled_from(["", EISENACH, GERSTENGRUND, "geisa", "gibt-es-nicht"])
SCREENS = [
    "",
    "ARB02.gt.3",
    "ARB02.gt.3~WOH03.le.4,5",
    "(ARB02.gt.3!WOH03.lt.9)~BEV01.ge.500",
    "MIN01.gt.3",
    "quatsch~",
]
STATES = st.builds(
    Comparison,
    ansicht=st.sampled_from(list(SECTIONS)),
    level=st.sampled_from(["gemeinde", "sozialraum"]),
    indicator=st.sampled_from(NAMES),
    second=st.sampled_from(NAMES),
    indicators=st.lists(st.sampled_from(NAMES[1:]), unique=True, max_size=6).map(tuple),
    period=YEARS,
    then=YEARS,
    area=AREAS,
    compare=AREAS,
    method=st.sampled_from(["pearson", "spearman"]),
    scale=st.sampled_from(["z", "prozent"]),
    kind=st.sampled_from(["absolut", "relativ"]),
    tolerance=st.sampled_from(list(TOLERANCES)),
    screen=st.sampled_from(SCREENS),
)


def test_every_part_has_a_parser() -> None:
    assert list(PARSERS) == [field.name for field in fields(Comparison)]


@given(STATES)
def test_the_url_holds_all_of_a_state(state: Comparison) -> None:
    assert read_query(to_query(state)) == (state, [])


@given(STATES)
def test_any_state_gives_a_page_whose_address_gives_the_same_page(state: Comparison) -> None:
    first, notices = settle(state, invented())
    assert settle(first, invented()) == (first, [])
    shown = vergleich.page_parts(invented(), first, notices)
    assert read_query(shown["adresse"]) == (first, [])
    assert shown["saetze"], "there is a sentence, or a word on why there is none"
    assert len(shown["hinweise"]) >= len(notices)


@given(st.dictionaries(st.sampled_from(list(PARSERS)), st.one_of(st.none(), st.integers(), st.text(max_size=20))))
def test_any_parts_of_an_address_are_survived(parts: dict[str, Any]) -> None:
    state, _ = read_parts(parts)
    settle(state, invented())


def test_what_is_not_known_is_said_and_replaced() -> None:
    asked = Comparison(indicator="MIN01", area="gibt-es-nicht", period="1999")
    state, notices = settle(asked, invented())
    assert (state.indicator, state.area, state.period) == ("ARB02", "", "")
    assert notices == [
        "Das Gebiet „gibt-es-nicht“ gibt es auf dieser Ebene nicht.",
        "Für „MIN01“ gibt es auf dieser Ebene keine Werte; die Angabe wurde weggelassen.",
        "Für 1999 gibt es keine eigenen Werte; gezeigt wird der neueste Stand.",
    ]


def test_a_bad_search_names_its_fault_and_the_remedy() -> None:
    for text, said in (("MIN01.gt.3", "nicht bekannt"), ("ARB02.gt.drei", "nicht lesbar"), ("ARB02.gt.3~", "Zeichen")):
        state, (notice,) = settle(Comparison(ansicht="suche", screen=text), invented())
        assert state.screen == ""
        assert said in notice
        assert "Abhilfe" in notice
    many = "~".join(f"ARB02.gt.{n}" for n in range(MOST_CONDITIONS + 1))
    assert "höchstens 6" in settle(Comparison(ansicht="suche", screen=many), invented())[1][0]


def test_only_what_has_data_on_the_level_is_offered_own_measures_too() -> None:
    known = offered(invented(), "gemeinde")
    assert {"ARB02", "WOH03", "BEV01", "minuten.krankenhaus.pkw", "haltestelle.600"} <= set(known)
    assert "MIN01" not in known
    assert years_of(invented(), "gemeinde", "ARB02") == ("2021", "2015")
    assert all(invented().values("gemeinde", key)["value"].notna().any() for key in known)


def test_an_import_changes_what_is_offered_in_a_running_atlas() -> None:
    atlas = build_atlas(DATA)
    assert "ARB02" not in offered(atlas, "gemeinde")
    assert "noch nicht eingelesen" in str(vergleich.page_parts(atlas, settle(Comparison(), atlas)[0], [])["hinweise"])
    renew(atlas, invented().current.statistics)
    assert "ARB02" in offered(atlas, "gemeinde")
    renew(atlas, NO_STATISTICS)
    assert "ARB02" not in offered(atlas, "gemeinde")


def test_a_year_that_one_indicator_lacks_is_said() -> None:
    state = settled(ansicht="zusammenhang", indicator="ARB02", second="WOH03", period="2015")
    said = words_in(json.loads(json.dumps(vergleich.page_parts(invented(), state, [])["hinweise"], cls=Plain)))
    assert said == "Für „Leerstandsquote“ gibt es 2015 keinen Wert; gezeigt wird 2022."


# Ranking


def test_ranks_and_spans_are_those_of_the_shares() -> None:
    """Wilson's interval by scipy; the last Gemeinde of the list has the most unemployed."""
    found = rank_finding(invented(), settled(indicator="ARB02"))
    assert found.table.index[0] == KEYS[-1]
    assert found.table["rank"].tolist()[:28] == list(range(1, 29))
    for place in (0, 7, 27):
        row = found.table.iloc[place]
        hits = round(row["value"] * PEOPLE / 100)
        span = stats.binomtest(hits, int(PEOPLE)).proportion_ci(0.95, method="wilson")
        assert (row["low"], row["high"]) == (pytest.approx(100 * span.low), pytest.approx(100 * span.high))
        assert row["first_rank"] <= row["rank"] <= row["last_rank"]
    assert f"Größte Belastung: {DATA.gemeinden['name'][KEYS[-1]]}" in found.sentences[0]
    assert "28 von 30 Gemeinden mit Wert" in found.sentences[0]


def test_a_hidden_share_stands_last_without_rank_or_span() -> None:
    last = rank_finding(invented(), settled(indicator="ARB02")).table.iloc[-2:]
    assert set(last.index) == {GERSTENGRUND, PARTNER}
    assert last["state"].str.startswith("suppressed").all()
    assert last[["value", "rank", "low", "high", "first_rank", "last_rank"]].isna().all(axis=None)


@pytest.mark.parametrize("key", ["BEV02", "minuten.krankenhaus.pkw", "abdeckung.krankenhaus.pkw.30"])
def test_what_is_no_share_of_counted_cases_has_no_span(key: str) -> None:
    found = rank_finding(invented(), settled(indicator=key))
    assert "low" not in found.table
    assert "Zufallsspanne" in found.warnings[0]
    assert found.table["rank"].iloc[0] == 1


def test_the_chart_shows_what_the_table_shows() -> None:
    found = rank_finding(invented(), settled(indicator="ARB02", area=EISENACH))
    assert found.chart is not None
    (points,) = found.chart["data"]
    known = found.table[found.table["value"].notna()]
    assert points["x"] == known["value"].tolist()
    assert found.chart["layout"]["yaxis"]["ticktext"] == known["name"].tolist()
    marked = [place for place, symbol in enumerate(points["marker"]["symbol"]) if symbol == "diamond"]
    assert known.index[marked].tolist() == [EISENACH]
    ends = np.array(points["x"]) + np.array(points["error_x"]["array"])
    assert ends == pytest.approx(known["high"].to_numpy())


# Relation


def test_the_line_is_the_one_of_numpy_and_the_farthest_area_comes_first() -> None:
    state = settled(ansicht="zusammenhang", indicator="ARB02", second="WOH03")
    found = relation_finding(invented(), state)
    both = found.table.dropna(subset=["x", "y"])
    slope, intercept = np.polyfit(both["x"], both["y"], 1)
    residual = both["y"] - intercept - slope * both["x"]
    assert both["residual"].to_numpy() == pytest.approx(residual.to_numpy())
    assert both["residual"].abs().is_monotonic_decreasing
    assert both["z"].to_numpy() == pytest.approx((residual / np.sqrt((residual**2).sum() / 26)).to_numpy())
    assert f"r = {signed(np.corrcoef(both['x'], both['y'])[0, 1], 2)}" in found.sentences[0]
    assert found.sentences[0].startswith("28 Gemeinden mit beiden Werten: ")
    assert any("ökologischer Fehlschluss" in warning for warning in found.warnings)


def test_two_figures_on_the_same_counts_are_warned_of() -> None:
    state = settled(ansicht="zusammenhang", indicator="dichte.krankenhaus", second="versorgung.krankenhaus")
    found = relation_finding(invented(), state)
    assert any(
        "Bestand: Krankenhäuser" in w and "Ein Teil des Zusammenhangs ist rechnerisch" in w for w in found.warnings
    )
    assert parts_behind(invented(), "ARB02") >= {"arbeitslose", "bev_15_64"}


def test_a_matrix_of_correlations_has_every_pair_once() -> None:
    keys = ("ARB02", "WOH03", "BEV02", "minuten.krankenhaus.pkw")
    found = correlation_finding(invented(), settled(ansicht="korrelationen", indicators=keys))
    assert len(found.table) == 6
    assert found.table["r"].abs().is_monotonic_decreasing
    figures = {key: figure_of(invented(), "gemeinde", key) for key in keys}
    for row in found.table.to_dict("records"):
        pair = [figure for figure in figures.values() if figure.label in (row["first"], row["second"])]
        both = pd.DataFrame({figure.key: figure.series for figure in pair}).dropna()
        assert row["n"] == len(both)
        assert row["r"] == pytest.approx(np.corrcoef(both.T)[0, 1])
    assert "von 6 Paaren" in found.sentences[0]


def test_fewer_than_three_indicators_are_no_matrix() -> None:
    found = correlation_finding(invented(), settled(ansicht="korrelationen", indicators=("ARB02", "WOH03")))
    assert "mindestens 3" in found.empty
    assert found.matrix is None


@pytest.mark.parametrize(("p", "text"), [(0.00049, "p < 0,001"), (0.0005, "p = 0,001"), (0.05, "p = 0,050")])
def test_small_p_is_not_written_as_nought(p: float, text: str) -> None:
    assert p_text(p) == text


# Profile and likeness


def test_a_profile_stands_against_the_kreis_by_percent_and_spread() -> None:
    keys = ("ARB02", "BEV02", "BEV01")
    found = profile_finding(invented(), settled(ansicht="profil", indicators=keys, area=KEYS[-1], compare=KEYS[0]))
    row = found.table.iloc[0]
    own, kreis = figure_of(invented(), "gemeinde", "ARB02").series, row["kreis"]
    assert row["percent_kreis_1"] == pytest.approx(100 * (own[KEYS[-1]] - kreis) / kreis)
    known = own.dropna()
    spread = 1.4826 * (known - known.median()).abs().median()
    assert row["z_kreis_1"] == pytest.approx((own[KEYS[-1]] - kreis) / spread)
    assert (row["word_kreis_1"], row["word_kreis_2"]) == ("ungünstiger", "günstiger")
    assert found.table["word_kreis_1"].iloc[1] == "", "density is not judged"
    assert len(found.table) == 2
    assert found.warnings[0] == "Nicht verglichen, weil die Zahl mit der Größe des Gebiets wächst: Einwohner."
    assert found.sentences[0].endswith(
        "günstiger 0, ähnlich 0, ungünstiger 1; ohne Wertung 1 (neutrale Kennzahl oder kein Wert)."
    )


def test_neighbours_in_the_list_are_the_most_alike_and_tolerances_are_kept() -> None:
    state = settled(ansicht="aehnlich", indicators=("ARB02",), area=KEYS[20], tolerance="5p")
    found = alike_finding(invented(), state)
    known = found.table.dropna(subset="distance")
    assert set(known.index[:2]) == {KEYS[19], KEYS[21]}
    own = figure_of(invented(), "gemeinde", "ARB02").series
    inside = {key for key in known.index if abs(own[key] - own[KEYS[20]]) <= 0.05 * own[KEYS[20]] + 1e-12}
    assert set(known.index[known["within"] == "ja"]) == inside
    assert set(found.table.index[-2:]) == {GERSTENGRUND, PARTNER}
    assert "kein Wert" in found.table["note"].iloc[-1]
    wide = alike_finding(invented(), replace(state, tolerance="keine")).fields
    assert "within" not in [field.name for field in wide]


# Screening


@given(screens())
def test_rows_of_a_form_are_the_screen_and_back(wanted: Screen) -> None:
    rows, first = rows_of(wanted)
    assert parse_screen(screen_text(rows, first)) == parse_screen(str(wanted))


def test_rows_not_filled_in_do_not_count() -> None:
    rows = [Row("ARB02", "gt", None), Row("", "gt", 3.0), Row("WOH03", "le", 4.5, "oder"), Row()]
    assert screen_text(rows, "und") == "WOH03.le.4.5"
    assert screen_text([], "und") == ""


@pytest.mark.parametrize("value", [None, "", "drei", float("nan"), float("inf"), True, [], {}, 1e15])
def test_what_is_no_number_is_no_value(value: Any) -> None:
    assert row_of("ARB02", "gt", value, "und").value is None
    assert row_of(["x"], 7, 3, None) == Row("", "gt", 3.0, "und")
    assert row_of("A", "lt", "-4,5", "oder") == Row("A", "lt", -4.5, "oder")


def test_a_search_finds_what_a_loop_finds_and_leaves_the_secret_open() -> None:
    state = settled(ansicht="suche", screen="ARB02.gt.5~WOH03.ge.5.4")
    found = screen_finding(invented(), state)
    arb, woh = (figure_of(invented(), "gemeinde", key).series.round(1) for key in ("ARB02", "WOH03"))
    wanted = {key for key in KEYS if arb[key] > 5 and woh[key] >= 5.4}
    assert set(found.table.index[found.table["hit"] == "trifft zu"]) == wanted
    unknown = set(found.table.index[found.table["hit"] == "unbekannt"])
    assert unknown == {key for key in (GERSTENGRUND, PARTNER) if woh[key] >= 5.4} != set()
    assert f"Treffer in {len(wanted)} von 30 Gebieten" in found.sentences[0]
    assert "Arbeitslosenanteil (2021) über 5 % UND Leerstandsquote (2022) mindestens 5,4 %" in found.sentences[0]
    assert found.paint is not None
    assert (found.paint.of == 0).sum() == len(wanted)


def test_own_measures_can_be_searched_for() -> None:
    found = screen_finding(invented(), settled(ansicht="suche", screen="minuten.krankenhaus.pkw.gt.20"))
    minutes = invented().values("gemeinde", "minuten.krankenhaus.pkw")["value"].round(1)
    assert (found.table["hit"] == "trifft zu").sum() == (minutes > 20).sum() > 0


# Pattern


def test_sixteen_areas_are_refused_thirty_are_tested() -> None:
    few = pattern_finding(invented(), settled(ansicht="muster", level="sozialraum", indicator="WOH03"))
    assert few.empty == "Nur 16 Gebiete: kein belastbarer Test auf räumliche Muster."
    assert few.table.empty
    many = pattern_finding(invented(), settled(ansicht="muster", indicator="WOH03"))
    assert many.empty == ""
    assert "30 Gebiete" in many.sentences[0]
    assert many.paint is not None
    assert len(many.table) == 30


def test_the_map_of_patterns_colours_only_what_stands_out() -> None:
    found = pattern_finding(invented(), settled(ansicht="muster", indicator="WOH03"))
    assert found.paint is not None
    assert found.sentences[0].startswith("Leerstandsquote (2022): Ähnliche Werte liegen häufiger nebeneinander")
    sure = set(found.table.index[found.table["sure"] == "ja"])
    assert sure, "they grow from south to north"
    assert set(found.paint.of.index[found.paint.of.between(0, 3)]) == sure


def test_a_secret_area_is_hatched_and_counted_as_such() -> None:
    found = pattern_finding(invented(), settled(ansicht="muster", indicator="ARB02"))
    said = words_in(json.loads(json.dumps(legend(found), cls=Plain)))
    assert "geheim 2" in said
    payload = vergleich.page_parts(invented(), settled(ansicht="muster", indicator="ARB02"), [])["inhalt"]
    assert payload["hatch"] == [list(invented().areas("gemeinde").index).index(key) for key in (PARTNER, GERSTENGRUND)]


# Change


def test_a_share_changes_by_points_and_never_in_percent_of_itself() -> None:
    state = settled(ansicht="veraenderung", indicator="ARB02", kind="relativ")
    assert (state.then, state.period) == ("2015", "2021")
    found = change_finding(invented(), state)
    assert found.table["absolute"].dropna().to_numpy() == pytest.approx([1.5] * 28)
    assert "relative" not in [field.name for field in found.fields]
    assert "in 28 von 28 Gemeinden gestiegen" in found.sentences[0]
    assert found.table.at[GERSTENGRUND, "reason"] == "früherer Wert: geheim"


def test_a_change_is_more_than_chance_where_the_intervals_part() -> None:
    """100 -> 160 of 4,000: [2.06, 3.03] and [3.44, 4.65] %; 245 -> 305: [5.42, 6.91] and [6.84, 8.47] %."""
    table = change_finding(invented(), settled(ansicht="veraenderung", indicator="ARB02")).table
    assert table.at[KEYS[0], "beyond"] == "ja"
    assert table.at[KEYS[-1], "beyond"] == "nein"
    assert table.at[GERSTENGRUND, "beyond"] == ""


def test_two_censuses_are_not_compared() -> None:
    found = change_finding(invented(), settled(ansicht="veraenderung", indicator="WOH03"))
    assert set(found.table["reason"]) == {"nicht vergleichbar: Zensus 2011 und Zensus 2022"}
    assert found.table["absolute"].isna().all()
    assert found.empty == "Kein Gebiet hat in beiden Jahren vergleichbare Werte."


def test_a_break_between_two_years_parts_them() -> None:
    years = {year: unemployed(year - 2015) for year in range(2015, 2019)}
    rows = [counted("arbeitslose", year, values) for year, values in years.items()]
    rows += [counted("bev_15_64", year, people()) for year in years]
    broken = pd.concat(rows, ignore_index=True)
    broken.loc[(broken["year"] == 2017) & (broken["key"] == EISENACH) & (broken["part"] == "arbeitslose"), "state"] = (
        "break"
    )
    atlas = build_atlas(DATA, build_statistics(DATA, broken, territory_of(DATA), {1: FILE}))
    wanted = {("2015", "2018"): "nicht vergleichbar: Reihenbruch", ("2015", "2016"): ""}
    for (then, now), reason in wanted.items():
        state = settle(Comparison(ansicht="veraenderung", indicator="ARB02", then=then, period=now), atlas)[0]
        table = change_finding(atlas, state).table
        assert table.at[EISENACH, "reason"] == reason, (then, now)
        assert table.at[KEYS[0], "comparable"]


def test_people_change_by_number_and_percent() -> None:
    state = settled(ansicht="veraenderung", indicator="BEV01", kind="relativ")
    found = change_finding(invented(), state)
    row = found.table[found.table["comparable"]].iloc[0]
    assert row["relative"] == pytest.approx(100 * (row["now"] - row["then"]) / row["then"])
    assert found.table["relative"].dropna().is_monotonic_decreasing


def test_years_are_put_in_order_and_one_year_has_no_change() -> None:
    state, _ = settle(Comparison(ansicht="veraenderung", indicator="ARB02", then="2021", period="2015"), invented())
    assert (state.then, state.period) == ("2015", "2021")
    same, (notice,) = settle(
        Comparison(ansicht="veraenderung", indicator="ARB02", then="2021", period="2021"), invented()
    )
    assert (same.then, same.period) == ("2015", "2021")
    assert "zwei verschiedene Jahre" in notice
    one = change_finding(invented(), settled(ansicht="veraenderung", indicator="minuten.krankenhaus.pkw"))
    assert "nur einen Stand" in one.empty


@pytest.mark.parametrize(("value", "text"), [(1.25, "+1,3"), (-0.04, "0,0"), (-2, "−2,0")])
def test_numbers_with_a_sign(value: float, text: str) -> None:
    assert signed(value, 1) == text
    assert wrapped("ein langes Wort", 5) == "ein<br>langes<br>Wort"


# Callbacks and files, as a browser asks for them


class Plain(json.JSONEncoder):
    """Components as they travel."""

    def default(self, part: Any) -> Any:
        return part.to_plotly_json() if hasattr(part, "to_plotly_json") else part.item()


def client_of(atlas: Atlas) -> FlaskClient:
    app = Dash("vergleich", assets_folder=str(Path(vergleich.__file__).parents[1] / "assets"))
    app.layout = html.Div(id="leer")
    app.validation_layout = html.Div([app.layout, vergleich.layout(atlas, {})])
    vergleich.register(app, atlas)
    return app.server.test_client()


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_of(invented())


def moved(client: FlaskClient, triggered: str, address: str = "", **values: Any) -> dict[str, Any]:
    """Return what the page answers by "id.property"; ``values`` by id with _ for -."""
    (callback,) = client.get("/_dash-dependencies").get_json()
    given = {"adresse.data": address} | {name.replace("_", "-"): value for name, value in values.items()}
    parts = {
        kind: [
            part | {"value": given.get(f"{part['id']}.{part['property']}", given.get(part["id"]))}
            for part in callback[kind]
        ]
        for kind in ("inputs", "state")
    }
    outputs = [
        dict(zip(("id", "property"), o.rsplit(".", 1), strict=True)) for o in callback["output"].strip(".").split("...")
    ]
    body = {"output": callback["output"], "outputs": outputs, **parts, "changedPropIds": [triggered]}
    answer = client.post(UPDATE, data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    found = answer.get_json()["response"]
    return {f"{name}.{prop}": value for name, props in found.items() for prop, value in props.items()}


CONDITIONS = {
    "vergleich_bedingung_0_indicator": "ARB02",
    "vergleich_bedingung_0_op": "gt",
    "vergleich_bedingung_0_value": 5,
    "vergleich_bedingung_1_indicator": "WOH03",
    "vergleich_bedingung_1_op": "lt",
    "vergleich_bedingung_1_value": "5,5",
    "vergleich_bedingung_1_join": "oder",
    "vergleich_level": "gemeinde",
    "vergleich_zeilen": 2,
}


def test_another_indicator_changes_sentence_table_links_and_address(client: FlaskClient) -> None:
    after = moved(
        client, "vergleich-indicator.value", "indicator=ARB02", vergleich_level="gemeinde", vergleich_indicator="WOH03"
    )
    assert after["adresse.data"] == "indicator=WOH03"
    assert "Leerstandsquote (2022), 30 von 30 Gemeinden" in words_in(after["vergleich-saetze.children"])
    assert "ansicht=muster&indicator=WOH03" in json.dumps(after["vergleich-ansichten.children"])
    assert after["vergleich-period.data"][1:] == [{"value": y, "label": y} for y in ("2022", "2011")]
    assert after["vergleich-period.value"] == "aktuell"
    assert after["karte-inhalt.data"] is None


def test_a_new_level_takes_the_area_along_and_offers_its_areas(client: FlaskClient) -> None:
    after = moved(client, "vergleich-level.value", f"indicator=ARB02&area={EISENACH}", vergleich_level="sozialraum",
                  vergleich_indicator="ARB02", vergleich_area=EISENACH)  # fmt: skip
    assert after["vergleich-area.value"] == "eisenach"
    assert len(after["vergleich-area.data"]) == 16
    assert "area=eisenach" in after["adresse.data"]


def test_a_click_chooses_an_area_and_a_second_one_leaves_it(client: FlaskClient) -> None:
    once = moved(client, "vergleich-klick.data", vergleich_level="gemeinde", vergleich_indicator="ARB02",
                 vergleich_klick={"id": EISENACH, "n": 1})  # fmt: skip
    assert once["vergleich-area.value"] == EISENACH
    twice = moved(client, "vergleich-klick.data", once["adresse.data"], vergleich_level="gemeinde",
                  vergleich_area=EISENACH, vergleich_indicator="ARB02",
                  vergleich_klick={"id": EISENACH, "n": 2})  # fmt: skip
    assert twice["vergleich-area.value"] is None


@pytest.mark.parametrize("click", [{"id": "<script>"}, {"id": 7}, {}, [], "x", None])
def test_a_click_on_nowhere_is_survived(client: FlaskClient, click: Any) -> None:
    after = moved(client, "vergleich-klick.data", vergleich_level="gemeinde", vergleich_klick=click)
    assert "area" not in after["adresse.data"]


def test_rows_become_the_search_of_the_address(client: FlaskClient) -> None:
    after = moved(client, "vergleich-bedingung-1-value.value", "ansicht=suche", **CONDITIONS)
    assert read_query(after["adresse.data"])[0].screen == "ARB02.gt.5!WOH03.lt.5.5"
    assert "ODER" in words_in(after["vergleich-saetze.children"])
    assert after["vergleich-zuerst-feld.style"] == {"display": "none"}
    assert len(after["karte-inhalt.data"]["classes"]) == 30


def test_mixed_joins_ask_what_belongs_together(client: FlaskClient) -> None:
    third = {"vergleich_bedingung_2_indicator": "BEV01", "vergleich_bedingung_2_value": 900, "vergleich_zeilen": 3}
    given = CONDITIONS | third | {"vergleich_bedingung_2_join": "und", "vergleich_zuerst": "oder"}
    after = moved(client, "vergleich-zuerst.value", "ansicht=suche", **given)
    assert read_query(after["adresse.data"])[0].screen == "(ARB02.gt.5!WOH03.lt.5.5)~BEV01.gt.900"
    assert after["vergleich-zuerst-feld.style"] == {"display": "block"}


def test_a_row_is_added_with_its_list_and_one_is_taken_away(client: FlaskClient) -> None:
    more = moved(client, "vergleich-dazu.n_clicks", "ansicht=suche", **CONDITIONS)
    assert more["vergleich-zeilen.data"] == 3
    assert more["vergleich-bedingung-2-zeile.style"] == {"display": "flex"}
    assert more["vergleich-bedingung-3-zeile.style"] == {"display": "none"}
    assert "Arbeitslosenanteil (ARB02)" in json.dumps(more["vergleich-bedingung-2-indicator.data"], ensure_ascii=False)
    less = moved(client, "vergleich-bedingung-0-weg.n_clicks", "ansicht=suche", **CONDITIONS)
    assert less["vergleich-zeilen.data"] == 1
    assert less["vergleich-bedingung-0-indicator.value"] == "WOH03"
    assert less["vergleich-bedingung-0-join.value"] == "und"
    assert less["vergleich-bedingung-1-value.value"] == ""
    assert read_query(less["adresse.data"])[0].screen == "WOH03.lt.5.5"


def test_an_unfinished_row_is_said(client: FlaskClient) -> None:
    after = moved(
        client, "vergleich-bedingung-0-value.value", "ansicht=suche", **CONDITIONS | {"vergleich_bedingung_0_value": ""}
    )
    assert "Bedingung 1 ist noch unvollständig" in words_in(after["vergleich-hinweise.children"])


@pytest.mark.parametrize("ansicht", SECTIONS)
def test_the_file_of_a_section_says_what_its_table_says(client: FlaskClient, ansicht: str) -> None:
    answer = client.get(f"/ausgabe/vergleich.csv?ansicht={ansicht}&indicator=ARB02&screen=ARB02.gt.5")
    assert f'filename="wartburgkreis_vergleich-{ansicht}_gemeinde.csv"' in answer.headers["Content-Disposition"]
    table = pd.read_csv(io.BytesIO(answer.data), sep=";", decimal=",", dtype={"Schlüssel": str})
    finding = vergleich.found_in(
        invented(), settle(Comparison(ansicht=ansicht, indicator="ARB02", screen="ARB02.gt.5"), invented())[0]
    )
    assert len(table) == len(finding.table) > 0
    assert table["Quellen"].str.contains("© Kunstamt").all()
    assert (table["Gebietsstand"] == "01.01.2024").all()
    assert table["Aussage"].iloc[0] == " ".join(text for text in finding.sentences if text)
    states = [name for name in table if name.endswith("Art des Werts")]
    assert states or ansicht == "korrelationen"
    if "Schlüssel" in table and states:
        assert "geheim" in table[states].astype(str).to_numpy()


@pytest.mark.parametrize("ansicht", ["suche", "muster", "veraenderung"])
def test_without_webgl_the_map_is_a_picture_of_buttons(client: FlaskClient, ansicht: str) -> None:
    answer = client.get(f"/vergleich.svg?ansicht={ansicht}&indicator=BEV01&screen=BEV01.gt.5000")
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "image/svg+xml"
    assert text.count("data-id=") >= 30
    assert client.get("/vergleich.svg?ansicht=%00&indicator=<x>").status_code == 200


@pytest.mark.parametrize("ansicht", SECTIONS)
@pytest.mark.parametrize("level", ["gemeinde", "sozialraum"])
def test_a_hidden_figure_is_nowhere_on_the_page_nor_in_its_files(client: FlaskClient, ansicht: str, level: str) -> None:
    parts = {"ansicht": ansicht, "level": level, "indicator": "ARB02", "screen": "ARB02.gt.1"}
    parts["area"] = GERSTENGRUND if level == "gemeinde" else "gerstengrund"
    layout = json.dumps(vergleich.layout(invented(), parts), cls=Plain, ensure_ascii=False)
    query = "&".join(f"{name}={value}" for name, value in parts.items())
    files = [
        client.get(f"{path}?{query}").get_data(as_text=True) for path in ("/ausgabe/vergleich.csv", "/vergleich.svg")
    ]
    for text in (layout, files[0]):
        assert not [secret for secret in SECRET if secret in text]
    assert "1,5 %" not in files[1]


def test_those_who_may_see_a_small_figure_see_it_as_unsure() -> None:
    found = rank_finding(invented("intern"), settle(Comparison(indicator="ARB02"), invented("intern"))[0])
    assert found.table.at[GERSTENGRUND, "value"] == pytest.approx(100 * 2 / 137)
