"""The page of data quality as the callbacks of a browser see it, its address, its links and its files."""

from __future__ import annotations

import io
from dataclasses import fields
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from layers import Atlas
from layers.atlas import renew
from layers.quality import KREIS
from layers.quality_records import KINDS, SEVERITIES, Finding
from layers.statistics import NO_STATISTICS, Statistics
from tests.webapp import (
    assert_polite,
    call,
    callback_for,
    changed,
    get,
    no_failure,
    open_page,
    shared_atlas,
    words_in,
)
from views import einrichtungen, filter, selection
from views.components import quality, quality_files
from views.components.quality_state import PARSERS, QualityState, chosen, read_parts, read_query, settle
from views.components.query import to_query
from views.datenqualitaet import FIELDS, PAGE_ROWS, exported, findings_of, page_parts, words_of

EISENACH = "16063105"
TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=40)
STATES = st.builds(
    QualityState,
    kind=st.sampled_from(["", *KINDS]),
    severity=st.sampled_from(["", *SEVERITIES.values()]),
    office=st.one_of(st.sampled_from(["", "jugendamt", f"gemeinde.{EISENACH}"]), TEXTS),
    ags=st.one_of(st.sampled_from(["", KREIS, EISENACH]), TEXTS),
    handlungsfeld=st.sampled_from(["", *catalog.handlungsfelder()]),
    page=st.integers(1, 9999),
)


def update(triggered: str, **values: Any) -> dict[str, Any]:
    given = {f"qualitaet-{field}.value": "alle" for field in FIELDS} | {"qualitaet-page.value": 1}
    given |= {f"qualitaet-{name}.value": value for name, value in values.items()}
    return changed(call(callback_for("qualitaet-zahl.children"), given, f"qualitaet-{triggered}.value"))


def rows_in(node: Any) -> int:
    """Return how many rows a table has in its body."""
    body = next(part for part in node["props"]["children"] if part["type"] == "Tbody")
    return len(body["props"]["children"])


# ---------------------------------------------------------------- the state and its address


def test_every_part_has_a_parser_and_a_control() -> None:
    assert list(PARSERS) == [field.name for field in fields(QualityState)] == list(FIELDS)


@given(STATES)
def test_the_url_holds_all_of_a_state(state: QualityState) -> None:
    assert read_query(to_query(state)) == (state, [])


@given(STATES)
def test_any_state_gives_a_page(atlas: Atlas, state: QualityState) -> None:
    shown = page_parts(atlas, state, [])
    settled = shown["state"]
    assert settle(settled, words_of(atlas).offices, [KREIS, *atlas.areas("gemeinde").index]) == (settled, [])
    assert shown["adresse"] == to_query(settled)
    assert 1 <= shown["seite"] <= shown["seiten"]
    assert len(shown["hinweise"]) == sum(
        getattr(state, name) != getattr(settled, name) for name in ("office", "ags", "page")
    )


@given(st.dictionaries(st.sampled_from(list(PARSERS)), st.one_of(st.none(), st.integers(), st.text(max_size=20))))
def test_any_parts_give_a_page(atlas: Atlas, parts: dict[str, Any]) -> None:
    page_parts(atlas, *read_parts(parts))


def test_what_is_not_known_is_said(atlas: Atlas) -> None:
    shown = page_parts(atlas, *read_parts({"kind": "rakete", "office": "nirgends", "ags": "99", "page": "77"}))
    said = [notice.children for notice in shown["hinweise"]]
    assert len(said) == 4
    assert any("nirgends" in text for text in said)


# ---------------------------------------------------------------- the page


def test_the_page_shows_counts_offices_and_the_gravest_points_first() -> None:
    with no_failure():
        page = words_in(changed(open_page("/qualitaet"))["_pages_content.children"])
    found = findings_of(shared_atlas())
    for part in (
        "Datenqualität: was zu tun ist",
        f"davon {sum(point.severity == 1 for point in found)} mit hoher Schwere",
        found[0].what,
        "Jugendamt",
        "Kennzahlen ohne Daten",
        "Geheim gehaltene Zahlen sind kein Befund",
    ):
        assert part in page
    assert page.index("Welche Befunde es gibt") < page.index("Offene Punkte")


def test_a_filter_narrows_table_counts_and_address() -> None:
    after = update("kind", kind="traeger", ags=EISENACH)
    wanted = chosen(findings_of(shared_atlas()), QualityState(kind="traeger", ags=EISENACH))
    assert 0 < len(wanted) < PAGE_ROWS
    assert rows_in(after["qualitaet-tabelle.children"]) == len(wanted)
    assert after["adresse.data"] == f"kind=traeger&ags={EISENACH}"
    assert after["qualitaet-zahl.children"].startswith(f"{len(wanted)} von ")
    assert all(point.what in words_in(after["qualitaet-tabelle.children"]) for point in wanted)
    assert "office" not in str(after["qualitaet-ausgabe.children"])


def test_the_counts_of_kinds_do_not_depend_on_the_chosen_kind() -> None:
    one, every = update("kind", kind="traeger"), update("kind")
    said = words_in(every["qualitaet-arten.children"])
    assert KINDS["alter"].title in said
    assert KINDS["alter"].title in words_in(one["qualitaet-arten.children"])


def test_another_filter_goes_back_to_the_first_page_and_turning_does_not() -> None:
    assert update("page", kind="alter", page=2)["adresse.data"] == "kind=alter&page=2"
    assert update("severity", kind="alter", severity="niedrig", page=2)["qualitaet-page.value"] == 1


def test_indicators_without_data_are_one_folded_group_unless_asked_for(atlas: Atlas) -> None:
    shown = page_parts(atlas, QualityState(), [])
    empty = [point for point in findings_of(atlas) if point.kind == "leer"]
    (fold,) = shown["leer"]
    assert fold.children[0].children == f"Kennzahlen ohne Daten ({len(empty)})"
    assert getattr(fold, "open", None) is None
    asked = page_parts(atlas, QualityState(kind="leer"), [])
    assert asked["leer"] == []
    assert len(asked["tabelle"].children[2].children) == min(PAGE_ROWS, len(empty))


def test_where_nothing_is_open_it_says_so() -> None:
    after = update("kind", kind="summe")
    assert "Keine offenen Punkte zu dieser Auswahl" in words_in(after["qualitaet-tabelle.children"])
    assert after["qualitaet-leer.children"] == []


@pytest.mark.parametrize("value", [None, 7, ["a"], "x" * 300, "<script>", {"a": 1}])
def test_odd_values_are_survived(value: Any) -> None:
    with no_failure():
        assert "offenen Punkte" in update("office", office=value)["qualitaet-zahl.children"].replace(
            "offene P", "offenen P"
        )


def test_every_link_is_understood_by_the_page_it_leads_to(atlas: Atlas) -> None:
    found = findings_of(atlas)
    links = {quality.link_of(point) for point in found} | {
        quality.link_of(point) for point in _invented(atlas) if point.kind in KINDS
    }
    for link in links:
        path, _, query = link.partition("?")
        if path == "/einrichtungen":
            state, bad = filter.read_query(query)
            assert (bad, einrichtungen.known_parts(atlas, state)[1]) == ([], []), link
        else:
            assert path == "/"
            asked, bad = selection.read_query(query)
            assert bad == [], link
            assert selection.settle(asked, atlas)[1] == [], link


def _invented(atlas: Atlas) -> list[Finding]:
    """Return points of kinds that the embedded data do not have."""
    base = Finding("netz", 2, "Wohnorte", "etwa 3", "bauen", "sozialplanung", EISENACH, (EISENACH,))
    return [base, Finding("luecke", 2, "Einwohner", "2019", "lesen", "sozialplanung", indicator="BEV01")]


def test_new_statistics_give_a_new_list(atlas: Atlas) -> None:
    before = findings_of(atlas)
    assert findings_of(atlas) is before, "kept"
    renew(atlas, Statistics({}, {}, {}))
    assert findings_of(atlas) is not before
    renew(atlas, NO_STATISTICS)


# ---------------------------------------------------------------- files


def read_csv(answer: Any) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(answer.data), sep=";", decimal=",", dtype=str, keep_default_na=False)


def test_everybody_gets_a_file_of_their_points_with_room_for_the_answer() -> None:
    atlas = shared_atlas()
    for office in {point.office for point in findings_of(atlas)}:
        answer = get(f"/ausgabe/qualitaet.csv?office={office}")
        table = read_csv(answer)
        assert list(table) == [column.name for column in quality_files.COLUMNS]
        assert set(table["zustaendig"]) == {words_of(atlas).offices[office]}
        assert len(table) == sum(point.office == office for point in findings_of(atlas))
        assert (table[list(quality_files.ANSWER)] == "").all(axis=None)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_file_holds_the_filtered_points_and_where_to_see_them() -> None:
    table = read_csv(get(f"/ausgabe/qualitaet.csv?kind=pruefen&ags={EISENACH}"))
    wanted = chosen(findings_of(shared_atlas()), QualityState(kind="pruefen", ags=EISENACH))
    assert table["was"].tolist() == [point.what for point in wanted]
    assert table["ort_im_atlas"].str.match(r"http://[^/]+/einrichtungen\?facility=").all()
    assert table["nr"].tolist() == [str(number) for number in range(1, len(wanted) + 1)]


def test_the_workbook_says_the_same_and_for_whom_it_is() -> None:
    csv = read_csv(get("/ausgabe/qualitaet.csv?office=jobcenter"))
    answer = get("/ausgabe/qualitaet.xlsx?office=jobcenter")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = [
        ["" if cell is None else str(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)
    ]
    assert rows[0] == [column.title for column in quality_files.COLUMNS]
    assert rows[1:] == csv.to_numpy().tolist()
    notes = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert notes["Für"] == "Jobcenter"
    assert notes["Gebiet"].startswith("Wartburgkreis")
    assert "datenqualitaet-wartburgkreis-jobcenter.xlsx" in answer.headers["Content-Disposition"]


def test_a_name_that_looks_like_a_formula_stays_text(atlas: Atlas) -> None:
    evil = Finding("traeger", 3, "=HYPERLINK(1)", "+1", "@x", "jugendamt", EISENACH, (EISENACH,), facility="f")
    body = quality_files.points_csv([evil], words_of(atlas)).decode("utf-8-sig")
    assert ";'=HYPERLINK(1);" in body
    assert ";'@x;" in body


def test_a_file_without_points_has_its_columns() -> None:
    assert len(read_csv(get("/ausgabe/qualitaet.csv?kind=summe"))) == 0
    assert get("/ausgabe/qualitaet.xlsx?kind=summe").status_code == 200


@pytest.mark.parametrize("path", ["/ausgabe/qualitaet.pdf", "/ausgabe/qualitaet.csv?office=%00&page=-1&kind=x"])
def test_odd_addresses_are_answered_politely(path: str) -> None:
    assert_polite(get(path))


def test_the_same_list_gives_the_same_file(atlas: Atlas) -> None:
    state = QualityState(office="jugendamt")
    assert exported(atlas, state, "xlsx", "http://a") == exported(atlas, state, "xlsx", "http://a")
