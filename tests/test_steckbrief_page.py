"""The page of profiles: its state in the URL, what it shows to whom, what planners save, and what never leaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash import Dash, html
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

import geodata
from geodata.observations import territory_of
from geodata.portraits import read_sentences
from geodata.store import FIGURE_COLUMNS, Store
from layers import Atlas, build_atlas
from layers.portrait import LEVELS
from layers.portrait_ages import GROUPS
from layers.statistics import build_statistics
from tests.webapp import UPDATE, no_failure, words_in
from views import steckbrief
from views.components.query import to_query
from views.components.steckbrief_saetze import NEW, form_values
from views.components.steckbrief_state import PARSERS, PortraitState, on_level, read_parts, read_query, settle

EISENACH, GERSTENGRUND = "16063105", "16063033"
SECRET = ("1,5 %", "1.4598", "2 von 137", "1,46", "(1,5)")
DATA = geodata.load("16063")
KEYS = sorted(DATA.gemeinden.index)
AREAS = st.one_of(
    st.sampled_from(["", EISENACH, GERSTENGRUND, "geisa", "hainich-werratal", "16063", "gibt-es-nicht"]),
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=40),
)
STATES = st.builds(PortraitState, st.sampled_from(LEVELS), AREAS, AREAS)


def figures() -> pd.DataFrame:
    """Return ten years of invented unemployed; Gerstengrund has 2 of 137, which is secret."""
    frames = []
    for year in range(2012, 2022):
        for part in ("arbeitslose", "bev_15_64"):
            small, large = (2.0, 0.0) if part == "arbeitslose" else (137.0, 4000.0)
            values = [small if key == GERSTENGRUND else large or 100.0 + 5 * place for place, key in enumerate(KEYS)]
            frames.append(pd.DataFrame({"key": KEYS, "value": values, "part": part, "year": year}))
    rows = pd.concat(frames, ignore_index=True)
    return rows.assign(stand=rows["year"].astype(str), gebietsstand="2024-01-01", basis="", state="measured", row="2")


@cache
def atlas_for(audience: str) -> Atlas:
    """Return the atlas of an audience on the invented figures."""
    statistics = build_statistics(DATA, figures().assign(import_id=1), territory_of(DATA), {}, audience)  # type: ignore[arg-type]
    return build_atlas(DATA, statistics)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    kept = Store(f"sqlite:///{tmp_path / '16063.sqlite'}")
    about = dict.fromkeys(("file", "sha256", "title", "source"), "kunst.csv") | {"form": "inkar"}
    kept.add_import(figures()[FIGURE_COLUMNS], about)
    return kept


def server_of(atlas: Atlas, audience: str, store: Store | None) -> Flask:
    """Return a server that has this page only, for an audience."""
    app = Dash("steckbrief", assets_folder=str(Path(steckbrief.__file__).parents[1] / "assets"))
    app.server.config.update({"SPEICHER": store, "ZIELGRUPPE": audience})
    app.layout = html.Div(id="leer")
    app.validation_layout = html.Div([app.layout, steckbrief.layout(atlas, {"area": EISENACH})])
    steckbrief.register(app, atlas)
    steckbrief.register_routes(app.server, atlas)
    return app.server


@pytest.fixture
def serve(store: Store) -> Callable[..., tuple[Flask, Atlas]]:
    """Return a builder of a server and its atlas for an audience."""

    def build(audience: str, *, with_store: bool = True) -> tuple[Flask, Atlas]:
        atlas = atlas_for(audience)
        return server_of(atlas, audience, store if with_store else None), atlas

    return build


def page(server: Flask, atlas: Atlas, **parts: str) -> str:
    """Return the page as it travels to the browser."""
    with server.app_context():
        return json.dumps(steckbrief.layout(atlas, parts).to_plotly_json(), cls=_Plain, ensure_ascii=False)


class _Plain(json.JSONEncoder):
    def default(self, part: Any) -> Any:
        return part.to_plotly_json()


def words(server: Flask, atlas: Atlas, **parts: str) -> str:
    return words_in(json.loads(page(server, atlas, **parts)))


def choose(client: FlaskClient, triggered: str, **values: Any) -> dict[str, Any]:
    """Return what the callback of the three controls answers, by "id.property"."""
    output = "..".join(["", "steckbrief-titel.children"])
    (callback,) = [c for c in client.get("/_dash-dependencies").get_json() if output[2:] in c["output"]]
    given = {f"steckbrief-{name}.value": value for name, value in values.items()}
    inputs = [part | {"value": given.get(f"{part['id']}.{part['property']}")} for part in callback["inputs"]]
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in
               callback["output"].strip(".").split("...")]  # fmt: skip
    body = {"output": callback["output"], "outputs": outputs, "inputs": inputs, "changedPropIds": [triggered]}
    answer = client.post(UPDATE, data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    parts = answer.get_json()["response"]
    return {f"{name}.{prop}": value for name, props in parts.items() for prop, value in props.items()}


# State and address


def test_every_part_has_a_parser() -> None:
    assert list(PARSERS) == [field.name for field in fields(PortraitState)]


@given(STATES)
def test_the_url_holds_all_of_a_state(state: PortraitState) -> None:
    assert read_query(to_query(state)) == (state, [])


@given(STATES)
def test_any_state_settles_to_areas_that_exist_and_stays(atlas: Atlas, state: PortraitState) -> None:
    settled, notices = settle(state, atlas)
    assert settle(settled, atlas) == (settled, [])
    assert not settled.area or settled.area in atlas.areas(settled.level).index
    assert not settled.compare or settled.compare in atlas.areas(settled.level).index
    assert settled.compare == "" or settled.compare != settled.area
    pairs = ((state.area, settled.area), (state.compare, settled.compare))
    assert bool(notices) == any(wanted and not kept for wanted, kept in pairs)


@given(st.dictionaries(st.sampled_from(list(PARSERS)), st.one_of(st.none(), st.integers(), st.text(max_size=120))))
def test_any_parts_give_a_state(atlas: Atlas, parts: dict[str, Any]) -> None:
    state, _ = read_parts(parts)
    settle(state, atlas)


def test_the_level_follows_the_area_of_a_link(atlas: Atlas) -> None:
    assert settle(PortraitState("gemeinde", "geisa"), atlas) == (PortraitState("sozialraum", "geisa"), [])


@pytest.mark.parametrize(
    ("area", "level", "found"),
    [
        (GERSTENGRUND, "sozialraum", "geisa"),
        ("geisa", "gemeinde", "16063032"),
        ("", "sozialraum", ""),
        (EISENACH, "gemeinde", EISENACH),
        ("nichts", "gemeinde", ""),
    ],
)
def test_another_level_shows_the_area_around_or_its_largest_member(
    atlas: Atlas, area: str, level: str, found: str
) -> None:
    assert on_level(PortraitState(area=area), level, atlas) == PortraitState(level, found)


def test_what_cannot_be_shown_is_said(atlas: Atlas) -> None:
    assert settle(PortraitState(area="nirgendwo"), atlas)[1] == ["Das Gebiet „nirgendwo“ gibt es nicht."]
    assert settle(PortraitState(compare=EISENACH), atlas)[1] == ["Zum Vergleichen zuerst ein Gebiet wählen."]
    assert "nicht mit sich selbst" in settle(PortraitState(area=EISENACH, compare=EISENACH), atlas)[1][0]
    assert "auf dieser Ebene nicht" in settle(PortraitState(area=EISENACH, compare="geisa"), atlas)[1][0]


# What the page shows


def test_without_a_choice_all_areas_are_links(serve: Callable[..., tuple[Flask, Atlas]]) -> None:
    sent = page(*serve("oeffentlich"))
    assert sent.count("/steckbrief?") == len(DATA.gemeinden) + len(DATA.sozialraeume)


def test_a_profile_has_all_its_parts_and_says_what_is_missing(serve: Callable[..., tuple[Flask, Atlas]]) -> None:
    said = words(*serve("oeffentlich"), area=EISENACH)
    for title in ("Kurz gesagt", "Auf einen Blick", "Leitindikatoren", "Altersaufbau", "Einrichtungen",
                  "Erreichbarkeit", "Stärken und Lücken", "Maßnahmen", "Quellen, Stand und Zeichen"):  # fmt: skip
        assert title in said, title
    assert "245 von 4.000" in said
    assert "noch keine Handlungsempfehlungen oder Maßnahmen erfasst" in said
    assert "Tabelle 12411-02-03-5" in said
    assert "Noch ohne Daten (9 Leitindikatoren)" in said
    assert "Gebietsstand 01.01.2024" in said
    assert "Sätze bearbeiten" not in said
    assert "nan" not in said.casefold().split()


def test_the_compared_area_stands_in_every_table(serve: Callable[..., tuple[Flask, Atlas]]) -> None:
    sent = page(*serve("oeffentlich"), area=EISENACH, compare="16063003")
    assert sent.count('"data-label": "Bad Salzungen"') > 30
    assert "in Gelb Bad Salzungen" in sent


def test_ages_are_bars_beside_their_numbers() -> None:
    rows = pd.concat([figures().head(len(KEYS)).assign(part=part, value=100.0) for part in GROUPS])
    read = build_statistics(DATA, rows.assign(import_id=1), territory_of(DATA), {})
    atlas = build_atlas(DATA, read)
    sent = page(server_of(atlas, "oeffentlich", None), atlas, area=EISENACH)
    assert sent.count("sb-balken") == sent.count("sb-strich") == 17
    assert sent.count('"width": "100.0%"') == 17
    assert sent.count('"5,9 %"') == 34


def test_every_reference_leads_to_a_source(serve: Callable[..., tuple[Flask, Atlas]]) -> None:
    sent = page(*serve("oeffentlich"), area=EISENACH)
    targets = {part.split('"')[0] for part in sent.split('"#quelle-')[1:]}
    assert targets
    assert all(f'"id": "quelle-{target}"' in sent for target in targets)


def test_the_controls_answer_with_page_address_and_options(serve: Callable[..., tuple[Flask, Atlas]]) -> None:
    client = serve("oeffentlich")[0].test_client()
    with no_failure():
        found = choose(client, "steckbrief-area.value", level="gemeinde", area=EISENACH, compare=None)
        assert found["steckbrief-titel.children"] == "Steckbrief: Eisenach"
        assert found["adresse.data"] == f"area={EISENACH}"
        found = choose(client, "steckbrief-level.value", level="sozialraum", area=GERSTENGRUND, compare=EISENACH)
        assert found["steckbrief-area.value"] == "geisa"
        assert found["steckbrief-compare.value"] is None
        assert len(found["steckbrief-area.data"]) == len(DATA.sozialraeume)
        assert found["adresse.data"] == "level=sozialraum&area=geisa"


@pytest.mark.parametrize("area", [None, 7, "x" * 300, "<script>", ["a", "b"], {"a": 1}])
def test_a_wrong_area_is_survived(serve: Callable[..., tuple[Flask, Atlas]], area: Any) -> None:
    client = serve("oeffentlich")[0].test_client()
    with no_failure():
        found = choose(client, "steckbrief-area.value", level="gemeinde", area=area, compare=area)
    assert found["steckbrief-titel.children"] == "Steckbrief"


def test_the_picture_of_the_location_is_there_for_areas_only(serve: Callable[..., tuple[Flask, Atlas]]) -> None:
    client = serve("oeffentlich")[0].test_client()
    answer = client.get(f"/steckbrief/lage.svg?area={EISENACH}&level=gemeinde&compare=")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    again = client.get(f"/steckbrief/lage.svg?area={EISENACH}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    for query in ("", "area=nirgendwo", "area=%00", "level=kreis&area=16063"):
        assert client.get(f"/steckbrief/lage.svg?{query}").status_code == 404, query


# Confidentiality


@pytest.mark.parametrize("audience", ["oeffentlich", "gremium"])
def test_a_hidden_figure_is_in_no_answer(serve: Callable[..., tuple[Flask, Atlas]], audience: str) -> None:
    server, atlas = serve(audience)
    client = server.test_client()
    answers = [
        page(server, atlas, area=GERSTENGRUND),
        page(server, atlas, area="16063032", compare=GERSTENGRUND),
        page(server, atlas, area="geisa"),
        json.dumps(choose(client, "steckbrief-area.value", level="gemeinde", area=GERSTENGRUND), ensure_ascii=False),
        client.get(f"/steckbrief/lage.svg?area={GERSTENGRUND}").get_data(as_text=True),
    ]
    for answer in answers:
        assert not [secret for secret in SECRET if secret in answer]
    assert "Geheim ist hier: Arbeitslosenanteil" in answers[0]


def test_planners_see_it_with_a_warning(serve: Callable[..., tuple[Flask, Atlas]]) -> None:
    said = words(*serve("intern"), area=GERSTENGRUND)
    assert "2 von 137" in said
    assert "Interne Ansicht" in said
    assert "Interne Ansicht" not in words(*serve("intern"), area=EISENACH)


# Saving


@pytest.fixture
def office(serve: Callable[..., tuple[Flask, Atlas]]) -> Iterator[Atlas]:
    """The atlas of the planning office, inside its running server."""
    server, atlas = serve("intern")
    with server.app_context():
        yield atlas


def save(atlas: Atlas, area: str, **sentences: dict[str, Any]) -> tuple[str, str]:
    """Return the new list and the message after saving."""
    shown, said = steckbrief.saved(atlas, f"area={area}", {key.replace("__", "."): v for key, v in sentences.items()})
    text = "" if not isinstance(shown, list) else words_in(json.loads(json.dumps(shown, cls=_Plain)))
    return text, words_in(json.loads(json.dumps(said, cls=_Plain)))


def test_planners_change_add_and_remove_and_everybody_reads_it(
    office: Atlas, store: Store, serve: Callable[..., tuple[Flask, Atlas]]
) -> None:
    portrait = steckbrief.portrait_here(office, PortraitState(area=EISENACH))
    rule = next(line for line in portrait.lines if line.id == "z.ARB02")
    changed = {"text": "Das Jobcenter berät jetzt auch dienstags.", "kind": "luecke"}
    shown, said = save(office, EISENACH, z__ARB02=changed, **{NEW: {"text": "Ein neuer Treff.", "kind": "staerke"}})
    assert said == "Gespeichert: 2 Sätze."
    assert "Sätze bearbeiten" in shown
    public = words(*serve("oeffentlich"), area=EISENACH)
    assert "Das Jobcenter berät jetzt auch dienstags." in public
    assert public.count("Von der Sozialplanung ergänzt, ") == 2
    assert rule.text not in public
    own = next(key for key in read_sentences(store, "gemeinde", EISENACH) if key.startswith("eigen-"))
    assert save(office, EISENACH, **{own: {"text": "Ein neuer Treff.", "kind": "staerke", "gone": True}})[1]
    assert "Ein neuer Treff." not in words(*serve("oeffentlich"), area=EISENACH)
    save(office, EISENACH, z__ARB02={**changed, "rule": True})
    assert rule.text in words(*serve("oeffentlich"), area=EISENACH)


def test_a_sentence_left_out_is_still_seen_by_planners_and_comes_back(
    office: Atlas, serve: Callable[..., tuple[Flask, Atlas]]
) -> None:
    line = steckbrief.portrait_here(office, PortraitState(area=EISENACH)).lines[0]
    given = {"text": line.text, "kind": line.kind}
    save(office, EISENACH, **{line.id: {**given, "gone": True}})
    assert line.text not in words(*serve("oeffentlich"), area=EISENACH)
    assert "ausgeblendet" in words(*serve("intern"), area=EISENACH)
    save(office, EISENACH, **{line.id: {**given, "gone": False}})
    assert line.text in words(*serve("oeffentlich"), area=EISENACH)


def test_nothing_changed_is_nothing_saved(office: Atlas, store: Store) -> None:
    lines = steckbrief.portrait_here(office, PortraitState(area=EISENACH)).lines
    form = {line.id: {"text": line.text, "kind": line.kind, "gone": False} for line in lines}
    assert save(office, EISENACH, **form)[1] == "Nichts geändert."
    assert read_sentences(store, "gemeinde", EISENACH) == {}


@pytest.mark.parametrize("text", ["Der Arbeitslosenanteil ist nur 1,5 %.", "Nur 2 Arbeitslose leben hier."])
def test_a_secret_number_cannot_be_published(office: Atlas, store: Store, text: str) -> None:
    shown, said = save(office, GERSTENGRUND, **{NEW: {"text": text, "kind": "staerke"}})
    assert shown == "", "what was typed stays"
    assert "öffentlich geheim" in said
    assert "1,5" not in said
    assert read_sentences(store, "gemeinde", GERSTENGRUND) == {}


def test_a_rule_on_a_secret_number_is_locked(office: Atlas, store: Store) -> None:
    """1.5 % is far below the Kreis, so that a rule speaks; but the number must not leave the house."""
    state = PortraitState(area=GERSTENGRUND)
    lines = steckbrief.portrait_here(office, state).lines
    assert "z.ARB02" in {line.id for line in lines}
    hidden = steckbrief.steckbrief_speichern.hidden_here(office, state)
    assert steckbrief.steckbrief_speichern.locked_lines(lines, hidden) == {"z.ARB02"}
    said = save(office, GERSTENGRUND, z__ARB02={"text": "Anders.", "kind": "luecke", "gone": True})[1]
    assert said == "Nichts geändert."


@pytest.mark.parametrize("audience", ["oeffentlich", "gremium"])
def test_nobody_else_can_save(serve: Callable[..., tuple[Flask, Atlas]], store: Store, audience: str) -> None:
    server, atlas = serve(audience)
    with server.app_context():
        _, said = save(atlas, EISENACH, **{NEW: {"text": "Von außen.", "kind": "staerke"}})
    assert "kann nur die Sozialplanung" in said
    assert read_sentences(store, "gemeinde", EISENACH) == {}


def test_without_a_store_planners_are_told_so(serve: Callable[..., tuple[Flask, Atlas]]) -> None:
    said = words(*serve("intern", with_store=False), area=EISENACH)
    assert "fehlt ein Speicher" in said
    assert "Sätze speichern" not in said


def test_a_forged_form_is_survived(office: Atlas, store: Store) -> None:
    with no_failure():
        assert save(office, EISENACH, fremd={"text": "Von nirgends.", "kind": "meinung"})[1] == "Nichts geändert."
        assert save(office, EISENACH, z__ARB02={"text": None, "kind": 7})[1].startswith("Satz 1: Der Text ist leer.")
        assert save(office, "nirgendwo", **{NEW: {"text": 5, "kind": None}}) == ("", "Es ist kein Gebiet gewählt.")
    assert "fremd" not in read_sentences(store, "gemeinde", EISENACH)


def test_the_form_is_read_by_the_ids_of_its_controls() -> None:
    ids = [{"typ": "satz-text", "id": "a"}, {"typ": "satz-text", "id": "b"}]
    found = form_values((["x", "y"], ids), (["staerke", "luecke"], ids), ([True], ids[1:]), (None, None))
    assert found == {"a": {"text": "x", "kind": "staerke"}, "b": {"text": "y", "kind": "luecke", "gone": True}}
