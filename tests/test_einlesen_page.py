"""The page that reads in statistics, as the callbacks of a browser see it; and that only those inside have it."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dash
import numpy as np
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

import geodata
from app import create_app
from geodata.model import GeoDataError
from geodata.observations import territory_of
from geodata.store import Store
from layers.atlas import Atlas, build_atlas
from tests.webapp import UPDATE, assert_polite, changed, get, no_failure, open_page, shared_client, words_in
from views import einlesen, live, security
from views.components import jobs, preview, uploads
from views.settings import Settings

KEYS = sorted(geodata.load("16063").gemeinden.index)
HEAD = "ags;zeitraum;indikator;zaehler;nenner;zustand"
GOOD = [HEAD, *(f"{key};2024;MIN01;{100 + n};2.000;" for n, key in enumerate(KEYS))]
BAD = [*GOOD, "16063999;2024;MIN01;5;6;"]
OWN = ["Ort;Wann;Leute im Bezug", *(f"{key};2024;{100 + n}" for n, key in enumerate(KEYS))]
SAID = {"Ort": "ags", "Wann": "zeitraum", "Leute im Bezug": "leistungsberechtigte"}
BUTTON = {"typ": "spalten-los", "n": 0}


@contextmanager
def pages(entries: dict[str, Any]) -> Iterator[None]:
    """Let Dash know these pages only: its registry is one for the process, and there are two apps here."""
    before = dict(dash.page_registry)
    dash.page_registry.clear()
    dash.page_registry.update(entries)
    try:
        yield
    finally:
        dash.page_registry.clear()
        dash.page_registry.update(before)


@pytest.fixture(scope="module")
def inside() -> tuple[FlaskClient, Atlas, dict[str, Any]]:
    """The app for those inside, its atlas and its pages; the one for the public is there before."""
    shared_client()
    atlas = build_atlas(geodata.load("16063"))
    with pages({}):
        client: FlaskClient = create_app(atlas, Settings(audience="intern")).server.test_client()
        client.get("/", buffered=True)
        return client, atlas, dict(dash.page_registry)


class Page:
    """The page with a store of its own: what a browser keeps, and what it sends."""

    def __init__(self, client: FlaskClient, atlas: Atlas, store: Store) -> None:
        self.client, self.atlas, self.store = client, atlas, store
        known = client.get("/_dash-dependencies").get_json()
        self.callbacks = [callback for callback in known if not callback["clientside_function"]]
        self.kept: dict[str, Any] = {"einlesen-stand.value": einlesen.UNSAID}
        self.form: dict[str, str | None] = {}

    def send(self, output: str, triggered: str, values: dict[str, Any] | None = None) -> TestResponse:
        """Return the answer to the callback with an output, ``values`` beside what is kept."""
        callback = next(c for c in self.callbacks if f"..{output}.." in c["output"])
        body = body_of(callback, self.kept | (values or {}), triggered, self.form)
        return self.client.post(UPDATE, data=json.dumps(body), content_type="application/json")

    def do(self, output: str, triggered: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what a callback changes, and keep it."""
        answer = self.send(output, triggered, values)
        found = {} if answer.status_code == 204 else changed(answer)
        self.kept |= found
        return found

    def begin(self, triggered: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.do("einlesen-auftrag.data", triggered, values)

    def upload(self, content: bytes | list[str], name: str = "zahlen.csv") -> dict[str, Any]:
        """Choose a file, wait until it is checked and return what the page shows then."""
        raw = content if isinstance(content, bytes) else "\n".join(content).encode()
        url = f"data:text/csv;base64,{base64.b64encode(raw).decode()}"
        self.begin("einlesen-upload.contents", {"einlesen-upload.contents": url, "einlesen-upload.filename": name})
        return self.wait()

    def click_columns(self, **told: str | None) -> dict[str, Any]:
        """Say what the columns mean, click and wait."""
        self.form = told
        self.begin(json.dumps(BUTTON, separators=(",", ":"), sort_keys=True) + ".n_clicks", {"clicks": 1})
        return self.wait()

    def wait(self) -> dict[str, Any]:
        for _ in range(600):
            found = self.do("einlesen-fortschritt.children", "einlesen-takt.n_intervals")
            if found["einlesen-takt.disabled"]:
                return found
            assert "%" in words_in(found["einlesen-fortschritt.children"])
            time.sleep(0.05)
        raise AssertionError("the work does not end")

    def take_over(self, *, without_bad: bool = False) -> str:
        values = {"einlesen-los.n_clicks": 1, "einlesen-trotzdem.checked": without_bad}
        return words_in(
            self.do("einlesen-verlauf.children", "einlesen-los.n_clicks", values)["einlesen-meldung.children"]
        )

    def take_back(self) -> str:
        found = self.do("einlesen-verlauf.children", "einlesen-zurueck.n_clicks", {"einlesen-zurueck.n_clicks": 1})
        return words_in(found["einlesen-meldung.children"])

    def shown(self) -> np.ndarray:
        """The values of the indicator on the map."""
        return self.atlas.values("gemeinde", "MIN01")["value"].to_numpy(float)

    @property
    def plan(self) -> Any:
        return jobs.find(self.kept["einlesen-auftrag.data"]).result.plan  # type: ignore[union-attr]


def body_of(callback: Any, values: dict[str, Any], triggered: str, form: dict[str, str | None]) -> dict[str, Any]:
    """Return what the browser sends, with the columns of the form for the parts that match many."""

    def part(one: dict[str, str]) -> Any:
        if not one["id"].startswith("{"):
            return one | {"value": values.get(f"{one['id']}.{one['property']}")}
        if "spalten-los" in one["id"]:
            return [{"id": BUTTON, "property": "n_clicks", "value": values.get("clicks")}] if form else []
        ids = [{"typ": "spalte", "kopf": head} for head in form]
        shown = [key if one["property"] == "id" else form[key["kopf"]] for key in ids]
        return [{"id": key, "property": one["property"], "value": value} for key, value in zip(ids, shown, strict=True)]

    names = callback["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    return {
        "output": callback["output"],
        "outputs": outputs,
        "inputs": [part(one) for one in callback["inputs"]],
        "state": [part(one) for one in callback["state"]],
        "changedPropIds": [triggered],
    }


@pytest.fixture
def page(inside: tuple[FlaskClient, Atlas, dict[str, Any]], tmp_path: Path) -> Iterator[Page]:
    client, atlas, entries = inside
    store = Store(f"sqlite:///{tmp_path / '16063.sqlite'}")
    config = client.application.config
    before = config[einlesen.STORE]
    config[einlesen.STORE] = store
    with pages(entries), no_failure():
        yield Page(client, atlas, store)
    config[einlesen.STORE] = before
    live.refresh(atlas, Store(f"sqlite:///{tmp_path / 'leer.sqlite'}"), "intern")


def workbook(rows: list[list[Any]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def uploaded_files() -> list[Path]:
    return [path for path in Path(uploads._folder().name).rglob("*") if path.is_file()]


# the way of a good file


def test_a_good_file_is_reported_taken_over_shown_and_taken_back(page: Page) -> None:
    before = page.shown()
    assert np.isnan(before).all()
    found = page.upload(GOOD)
    words = words_in(found["einlesen-bericht.children"])
    for text in ("zahlen.csv", "Tabelle eines Fachamts (Vorlage)", "Keine Fehler gefunden.", "Leistungsberechtigte"):
        assert text in words
    assert f"{2 * len(KEYS)} (Jahre: 2024 bis 2024)" in words
    assert found["einlesen-los.disabled"] is False
    assert page.store.imports() == [], "nothing happens before the click"
    np.testing.assert_array_equal(page.shown(), before)
    assert page.take_over() == f"Übernommen: zahlen.csv, {2 * len(KEYS)} Werte (Import 1)."
    expected = [100 * (100 + n) / 2000 for n in range(len(KEYS))]
    np.testing.assert_allclose(page.atlas.values("gemeinde", "MIN01").loc[KEYS, "value"], expected)
    assert page.kept["einlesen-los.disabled"] is True
    assert "zahlen.csv" in words_in(page.kept["einlesen-verlauf.children"])
    assert page.take_back() == f"Zurückgenommen: zahlen.csv, {2 * len(KEYS)} Werte. Was davor galt, gilt wieder."
    np.testing.assert_array_equal(page.shown(), before)
    assert "zurückgenommen" in words_in(page.kept["einlesen-verlauf.children"])
    assert page.take_back() == "Es gibt keinen Import, der zurückgenommen werden kann."


def test_a_workbook_is_read_like_a_csv(page: Page) -> None:
    rows = [HEAD.split(";"), *[[key, 2024, "MIN01", 100 + n, 2000, None] for n, key in enumerate(KEYS)]]
    page.upload(workbook(rows), "Zahlen Jobcenter.xlsx")
    assert page.take_over().startswith("Übernommen: Zahlen Jobcenter.xlsx")
    assert page.atlas.values("gemeinde", "MIN01").at[KEYS[0], "value"] == pytest.approx(5.0)


def test_the_page_shows_what_was_read_in_before(page: Page) -> None:
    page.upload(GOOD)
    page.take_over()
    callback = next(c for c in page.callbacks if "_pages_content.children" in c["output"])
    body = body_of(callback, {"_pages_location.pathname": "/einlesen", "_pages_location.search": ""}, "", {})
    answer = page.client.post(UPDATE, data=json.dumps(body), content_type="application/json")
    words = words_in(changed(answer)["_pages_content.children"])
    assert "Bisher eingelesen" in words
    assert "zahlen.csv" in words


def test_the_picture_shows_the_figures_as_they_would_be(page: Page) -> None:
    page.upload(GOOD)
    address = f"/einlesen/vorschau.svg?auftrag={page.kept['einlesen-auftrag.data']}&indicator="
    assert address + "MIN01" in json.dumps(page.kept["einlesen-bericht.children"])
    answer = page.client.get(address + "MIN01")
    assert answer.mimetype == "image/svg+xml"
    text = answer.get_data(as_text=True)
    name = page.atlas.data.gemeinden["name"]
    for n in (0, 10, 20):
        assert f"{name[KEYS[n]]}: {5 + n / 20:.1f}".replace(".", ",") in text
    for indicator in ("BEV01", "TRA01", "WOH05"):
        assert page.client.get(address + indicator).status_code == 200, "also where there is nothing to show"
    for indicator in ("", "XYZ", "MIN01%00", "../MIN01"):
        assert page.client.get(address + indicator).status_code == 404
    assert page.store.imports() == []


def test_the_day_of_the_territory_is_said_on_the_page(page: Page) -> None:
    old = [HEAD, "16063013;2024;MIN01;5;6;"]
    assert "Die Gemeinde gab es am 31.12.2024" in words_in(page.upload(old)["einlesen-bericht.children"])
    page.begin("einlesen-stand.value", {"einlesen-stand.value": "2018-12-31"})
    assert "31.12.2018" in words_in(page.wait()["einlesen-bericht.children"])
    page.begin("einlesen-stand.value", {"einlesen-stand.value": "kein Tag; DROP TABLE"})
    assert "ist kein Tag. Abhilfe: " in words_in(page.wait()["einlesen-bericht.children"])


# what is refused


def test_a_broken_workbook_is_told_and_changes_nothing(page: Page) -> None:
    whole = workbook([HEAD.split(";"), *[line.split(";") for line in GOOD[1:]]])
    found = page.upload(whole[: len(whole) // 2], "halb.xlsx")
    words = words_in(found["einlesen-bericht.children"])
    assert "halb.xlsx: die Arbeitsmappe ist beschädigt oder unvollständig" in words
    assert "Abhilfe: " in words
    assert found["einlesen-los.disabled"] is True
    assert page.take_over() == "Es ist keine geprüfte Datei da. Abhilfe: Datei noch einmal wählen."
    assert page.store.imports() == []
    assert np.isnan(page.shown()).all()


def test_a_file_with_problems_is_refused_until_the_rest_is_wanted(page: Page) -> None:
    words = words_in(page.upload(BAD)["einlesen-bericht.children"])
    assert "1 Fehler: Ohne Berichtigung wird nichts übernommen." in words
    assert "16063999" in words
    assert page.take_over() == "zahlen.csv: 1 Fehler, nichts übernommen. Abhilfe: berichtigen, neu einlesen."
    assert page.store.imports() == []
    assert "Übernommen" in page.take_over(without_bad=True)
    assert len(page.store.figures()) == 2 * len(KEYS)


def test_leaving_out_bad_rows_is_wanted_anew_for_each_file(page: Page) -> None:
    page.upload(BAD)
    page.kept["einlesen-trotzdem.checked"] = True
    page.upload(BAD, "andere.csv")
    assert page.kept["einlesen-trotzdem.checked"] is False


def test_the_same_file_may_be_chosen_again(page: Page) -> None:
    page.upload(GOOD)
    assert page.kept["einlesen-upload.contents"] is None, "else a browser would not tell that it was chosen again"


@pytest.mark.parametrize("content", ["", "data:text/csv;base64,%%%", "ohne Komma", "data:;base64,AAA", "ä,ö"])
def test_a_file_that_did_not_arrive_is_told(page: Page, content: str) -> None:
    values = {"einlesen-upload.contents": content, "einlesen-upload.filename": "x.csv"}
    found = page.begin("einlesen-upload.contents", values)
    if content == "" or content == "ohne Komma":
        assert "keine Tabelle mit Kopfzeile" in words_in(page.wait()["einlesen-bericht.children"])
    else:
        assert "nicht vollständig angekommen. Abhilfe: " in words_in(found["einlesen-meldung.children"])


def test_a_file_that_is_too_large_is_told(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000)
    with pytest.raises(GeoDataError, match=r"größer als .*Abhilfe: "):
        uploads.keep("data:;base64," + "A" * 4_000, "x.csv")


@pytest.mark.parametrize(
    "name",
    ["..", ".", "", "../../etc/passwd", "/etc/passwd", "a/b\\c.csv", "\0\n.csv", "漢" * 300 + ".csv", "~", "-rf"],
)
def test_any_name_of_a_file_stays_in_its_folder(name: str) -> None:
    key = uploads.keep("data:;base64,QQ==", name)
    path = uploads.find(key)
    assert path is not None
    assert path.read_bytes() == b"A"
    assert path.parent.parent == Path(uploads._folder().name)
    assert path.resolve() == path
    uploads.drop(key)
    assert not path.parent.exists()


def test_two_clicks_at_once_are_one_import(page: Page) -> None:
    page.upload(GOOD)
    said: list[str] = []
    values = {"einlesen-los.n_clicks": 1}

    def click() -> None:
        answer = page.send("einlesen-verlauf.children", "einlesen-los.n_clicks", values)
        said.append(words_in(changed(answer)["einlesen-meldung.children"]))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(page.store.imports()) == 1
    assert sum(text.startswith("Übernommen") for text in said) == 1
    assert sum("enthält nichts Neues" in text for text in said) == 3


def test_a_store_that_others_lock_is_told(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.upload(GOOD)

    def refuse(*_: Any) -> None:
        raise GeoDataError("Speicher: ist gesperrt. Abhilfe: warten.")

    monkeypatch.setattr(Store, "add_import", refuse)
    assert page.take_over() == "Speicher: ist gesperrt. Abhilfe: warten."
    monkeypatch.undo()
    assert page.take_over().startswith("Übernommen"), "the file is still there"


def test_without_a_store_the_page_says_so(page: Page) -> None:
    page.client.application.config[einlesen.STORE] = None
    found = page.begin("einlesen-upload.contents", {"einlesen-upload.contents": "data:;base64,QQ=="})
    assert "kein Speicher eingerichtet" in words_in(found["einlesen-meldung.children"])
    assert "kein Speicher eingerichtet" in page.take_over()
    assert "kein Speicher eingerichtet" in page.take_back()


# forged answers of a browser


FORGED = ["/etc/passwd", "../../etc/passwd", "x", "", "\0", "0" * 10_000, 7, None, True, [], ["x"], {}, {"id": "x"}]


@pytest.mark.parametrize("file", FORGED, ids=lambda one: repr(one)[:12])
def test_a_file_that_was_not_uploaded_here_is_not_read(page: Page, file: Any) -> None:
    values = {"einlesen-datei.data": file, "einlesen-stand.value": "2022-12-31"}
    found = page.begin("einlesen-stand.value", values)
    assert "einlesen-auftrag.data" not in found


def test_not_even_the_path_of_an_upload_is_taken_for_its_key(page: Page, tmp_path: Path) -> None:
    page.upload(BAD)
    path = uploads.find(page.kept["einlesen-datei.data"])
    assert path is not None
    other = tmp_path / "einlesen-x" / "zahlen.csv"
    other.parent.mkdir()
    other.write_text("geheim")
    for file in (str(path), str(other), f"{page.kept['einlesen-datei.data']}/../x"):
        assert "einlesen-auftrag.data" not in page.begin("einlesen-stand.value", {"einlesen-datei.data": file})
        page.do("einlesen-verlauf.children", "einlesen-los.n_clicks", {"einlesen-datei.data": file})
    assert other.read_text() == "geheim", "nor is anything removed"
    assert path.exists()


@pytest.mark.parametrize("key", FORGED, ids=lambda one: repr(one)[:12])
def test_work_that_was_not_begun_here_is_neither_shown_nor_taken_over(page: Page, key: Any) -> None:
    page.kept["einlesen-auftrag.data"] = key
    found = page.do("einlesen-fortschritt.children", "einlesen-takt.n_intervals")
    assert found["einlesen-takt.disabled"] is True
    assert "einlesen-bericht.children" not in found
    assert page.take_over() == "Es ist keine geprüfte Datei da. Abhilfe: Datei noch einmal wählen."
    assert page.store.imports() == []


@pytest.mark.parametrize("query", ["", "auftrag=x", "auftrag=x&indicator=MIN01", "auftrag=%00&indicator=%00"])
def test_no_picture_without_work(page: Page, query: str) -> None:
    answer = page.client.get(f"/einlesen/vorschau.svg?{query}")
    assert answer.status_code == 404
    assert_polite(answer)


def test_forged_columns_are_refused_in_german(page: Page) -> None:
    page.upload(OWN)
    for told in ({"gibt es nicht": "ags"}, {"Ort": "<script>"}, {"Ort": "ags", "Wann": "ags"}):
        words = words_in(page.click_columns(**told)["einlesen-bericht.children"])
        assert "Abhilfe: " in words
    assert page.store.remembered_columns(OWN[0].split(";")) == {}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
PARTS = [
    "einlesen-upload.contents", "einlesen-upload.filename", "einlesen-stand.value", "einlesen-kennzahl.value",
    "einlesen-datei.data", "einlesen-auftrag.data", "einlesen-takt.n_intervals", "einlesen-los.n_clicks",
    "einlesen-zurueck.n_clicks", "einlesen-trotzdem.checked", "clicks",
]  # fmt: skip
STARTS = [
    ("einlesen-auftrag.data", "einlesen-upload.contents"),
    ("einlesen-auftrag.data", "einlesen-stand.value"),
    ("einlesen-auftrag.data", '{"n":0,"typ":"spalten-los"}.n_clicks'),
    ("einlesen-fortschritt.children", "einlesen-takt.n_intervals"),
    ("einlesen-verlauf.children", "einlesen-los.n_clicks"),
    ("einlesen-verlauf.children", "einlesen-zurueck.n_clicks"),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(PARTS), JUNK), st.dictionaries(st.text(max_size=8), JUNK, max_size=3))
def test_junk_from_a_browser_is_survived_and_changes_nothing(page: Page, junk: dict[str, Any], form: Any) -> None:
    page.form = form
    file = uploads.keep("data:;base64,QQ==", "x.csv")
    for output, triggered in STARTS:
        for values in (junk, junk | {"einlesen-datei.data": file, "clicks": 1}):
            answer = page.send(output, triggered, values)
            assert answer.status_code in (200, 204)
            assert_polite(answer)
    assert page.store.imports() == []


# tables of one's own


def columns_shown(found: dict[str, Any]) -> dict[str, str | None]:
    """Return the choices of the form: column -> meaning."""
    selects = [part["props"] for part in found["einlesen-spalten.children"][0]["props"]["children"]]
    return {select["id"]["kopf"]: select.get("value") for select in selects}


def test_an_unknown_table_is_asked_about_and_what_was_said_is_remembered(page: Page) -> None:
    found = page.upload(OWN)
    assert "ist keine der bekannten amtlichen Dateien" in words_in(found["einlesen-bericht.children"])
    assert columns_shown(found) == {"Ort": None, "Wann": None, "Leute im Bezug": None}
    assert found["einlesen-los.disabled"] is True
    found = page.click_columns(**SAID)
    assert f"{len(KEYS)} (Jahre: 2024 bis 2024)" in words_in(found["einlesen-bericht.children"])
    assert page.store.remembered_columns(OWN[0].split(";")) == SAID
    assert page.take_over().startswith("Übernommen")
    page.form = {}
    found = page.upload([OWN[0], *[line.replace("2024", "2023") for line in OWN[1:]]], "vorjahr.csv")
    assert "2023 bis 2023" in words_in(found["einlesen-bericht.children"]), "nothing is asked the second time"


def test_what_was_remembered_can_be_said_anew(page: Page) -> None:
    page.store.remember_columns(OWN[0].split(";"), SAID | {"Leute im Bezug": "arbeitslose"})
    found = page.upload(OWN)
    assert columns_shown(found) == SAID | {"Leute im Bezug": "arbeitslose"}
    assert set(page.plan.changes["part"]) == {"arbeitslose"}
    found = page.click_columns(**SAID)
    assert columns_shown(found) == SAID
    assert set(page.plan.changes["part"]) == {"leistungsberechtigte"}
    assert page.store.remembered_columns(OWN[0].split(";")) == SAID


def test_columns_that_do_not_suffice_are_asked_for_again(page: Page) -> None:
    page.upload(OWN)
    found = page.click_columns(**SAID | {"Wann": None})
    assert "Spalte fehlt: zeitraum" in words_in(found["einlesen-bericht.children"])
    assert columns_shown(found) == SAID | {"Wann": None}
    assert page.store.remembered_columns(OWN[0].split(";")) == {}


def test_a_form_that_comes_or_goes_begins_nothing(page: Page) -> None:
    page.upload(OWN)
    page.form = dict.fromkeys(SAID)
    triggered = json.dumps(BUTTON, separators=(",", ":"), sort_keys=True) + ".n_clicks"
    assert "einlesen-auftrag.data" not in page.begin(triggered, {"clicks": None})


def test_proposals_that_nobody_confirmed_are_not_taken_for_said(page: Page) -> None:
    named = ["ags;jahr;Einwohner", f"{KEYS[0]};2024;5"]
    page.form = columns_shown(page.upload(named))
    assert page.form == {"ags": "ags", "jahr": "zeitraum", "Einwohner": "bev"}
    page.begin("einlesen-stand.value", {"einlesen-stand.value": "2022-12-31"})
    assert "ist keine der bekannten" in words_in(page.wait()["einlesen-bericht.children"])
    assert page.store.remembered_columns(named[0].split(";")) == {}


def test_the_indicator_of_all_rows_may_be_said_on_the_page(page: Page) -> None:
    page.upload(["ags;jahr;anzahl", *(f"{key};2024;5" for key in KEYS)])
    page.kept["einlesen-kennzahl.value"] = "MIN01"
    page.click_columns(ags="ags", jahr="zeitraum", anzahl="zaehler")
    assert set(page.plan.changes["part"]) == {"leistungsberechtigte"}


# what is left behind


def test_an_upload_is_removed_once_it_is_taken_over(page: Page) -> None:
    page.upload(GOOD)
    path = uploads.find(page.kept["einlesen-datei.data"])
    assert path is not None
    assert path.is_file()
    page.take_over()
    assert not path.parent.exists()
    assert uploads.find(page.kept["einlesen-datei.data"]) is None


def test_an_upload_is_removed_when_another_is_chosen(page: Page) -> None:
    page.upload(GOOD)
    first = uploads.find(page.kept["einlesen-datei.data"])
    page.upload(BAD, "andere.csv")
    second = uploads.find(page.kept["einlesen-datei.data"])
    assert first is not None
    assert second is not None
    assert not first.parent.exists()
    assert second.is_file()


def test_an_upload_stays_while_it_is_refused(page: Page) -> None:
    page.upload(BAD)
    page.take_over()
    assert uploads.find(page.kept["einlesen-datei.data"]) is not None


def test_only_so_many_uploads_are_kept(page: Page) -> None:
    keys = [uploads.keep("data:;base64,QQ==", f"{n}.csv") for n in range(uploads.MOST_KEPT + 5)]
    assert [uploads.find(key) is not None for key in keys] == [False] * 5 + [True] * uploads.MOST_KEPT
    assert len(uploaded_files()) == uploads.MOST_KEPT


def test_a_file_that_is_gone_before_it_is_read_is_told(page: Page) -> None:
    page.upload(OWN)
    path = uploads.find(page.kept["einlesen-datei.data"])
    assert path is not None
    path.unlink()
    page.begin("einlesen-stand.value", {"einlesen-stand.value": "2022-12-31"})
    assert "nicht mehr da. Abhilfe: noch einmal wählen" in words_in(page.wait()["einlesen-bericht.children"])


# only inside


def test_the_public_has_no_page_no_link_and_no_callbacks() -> None:
    words = words_in(changed(open_page("/einlesen"))["_pages_content.children"])
    assert "Seite nicht gefunden" in words
    assert "/einlesen" not in get("/_dash-layout").get_data(as_text=True)
    assert "einlesen-" not in get("/_dash-dependencies").get_data(as_text=True)


def test_what_those_inside_can_send_does_nothing_outside(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security.log, "disabled", True)  # each refusal is logged
    page.upload(GOOD)
    with pages({}):
        outside = Page(shared_client(), page.atlas, page.store)
        outside.callbacks = page.callbacks
        outside.kept = dict(page.kept)
        before = len(jobs._JOBS)
        config = shared_client().application.config
        kept, config[einlesen.STORE] = config[einlesen.STORE], page.store
        try:
            for output, triggered in (
                ("einlesen-auftrag.data", "einlesen-stand.value"),
                ("einlesen-fortschritt.children", "einlesen-takt.n_intervals"),
                ("einlesen-verlauf.children", "einlesen-los.n_clicks"),
                ("einlesen-verlauf.children", "einlesen-zurueck.n_clicks"),
            ):
                answer = outside.send(output, triggered)
                assert 400 <= answer.status_code < 500
                assert_polite(answer)
        finally:
            config[einlesen.STORE] = kept
        assert len(jobs._JOBS) == before
        assert page.store.imports() == []


def test_the_public_has_no_picture_even_of_work_that_is_there(page: Page) -> None:
    page.upload(GOOD)
    address = f"/einlesen/vorschau.svg?auftrag={page.kept['einlesen-auftrag.data']}&indicator=MIN01"
    assert page.client.get(address).status_code == 200
    answer = get(address)
    assert answer.status_code == 404
    assert_polite(answer)


# beside the page


def test_work_that_fails_unexpectedly_is_told_in_german(caplog: pytest.LogCaptureFixture) -> None:
    def fail(job: jobs.Job) -> None:
        raise RuntimeError("kaputt")

    job = jobs.start(fail)
    for _ in range(200):
        if job.done:
            break
        time.sleep(0.01)
    assert job.error == jobs.UNEXPECTED
    assert "kaputt" not in job.error
    assert "kaputt" in caplog.text


def test_a_store_that_breaks_while_the_atlas_runs_leaves_what_was_shown(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "LOOK_AGAIN_S", 0.0)
    page.upload(GOOD)
    page.take_over()
    server = Flask("probe")
    server.get("/")(lambda: "da")
    live.watch(server, page.atlas, page.store, "intern")

    def refuse(_: Store) -> None:
        raise GeoDataError("Speicher: ist gesperrt. Abhilfe: warten.")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "version", refuse)
        assert server.test_client().get("/").get_data() == b"da"
    assert "Speicher: ist gesperrt" in caplog.text
    assert not np.isnan(page.shown()).any()
    page.store.undo_last()
    server.test_client().get("/")
    assert np.isnan(page.shown()).all(), "once it can be read again the atlas follows it"


def test_only_so_much_work_is_kept() -> None:
    started = [jobs.start(lambda job: None) for _ in range(jobs.MOST_KEPT + 3)]
    assert jobs.find(started[0].id) is None
    assert jobs.find(started[-1].id) is started[-1]


def test_every_state_of_the_territory_can_be_chosen(page: Page) -> None:
    days = preview.state_options(territory_of(page.atlas.data))
    assert days[0] == {"value": "2024-01-01", "label": "01.01.2024"}
    assert {"value": "2021-06-30", "label": "30.06.2021"} in days
    assert [day["value"] for day in days] == sorted({day["value"] for day in days}, reverse=True)
