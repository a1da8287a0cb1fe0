"""The atlas follows its store while it runs, shows each audience what it may see, and keeps a record of exports."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from flask import Flask

from geodata import dataset
from geodata.confidentiality import RULES_VERSION
from geodata.imports import open_store
from layers.atlas import Atlas, build_atlas
from layers.keys import IndicatorKey
from views import live, routes
from views.settings import Audience, Settings

DATA = dataset.load("16063")
KEYS = sorted(DATA.gemeinden.index)
ABOUT = {"file": "zahlen.csv", "sha256": "0" * 64, "form": "vorlage", "title": "Zahlen", "source": "Fachamt"}
SMALL = "16063033"
TELLTALE = 7  # the small count that nobody outside may read


def figures(part: str, usual: float, small: float) -> pd.DataFrame:
    values = [small if key == SMALL else usual for key in KEYS]
    frame = pd.DataFrame({"key": KEYS, "value": values, "state": "measured", "part": part, "year": 2023})
    return frame.assign(stand="2023", gebietsstand="2024-01-01", basis="", row="Zeile 2")


def both() -> pd.DataFrame:
    return pd.concat([figures("leistungsberechtigte", 531, TELLTALE), figures("bev_0_rag", 4_000, 1_000)])


def served(folder: Path, audience: Audience) -> tuple[Flask, Atlas]:
    settings = Settings(store=str(folder), audience=audience)
    store = live.store_of(settings)
    atlas = build_atlas(DATA, live.read_statistics(DATA, store, audience))
    server = Flask("probe")
    server.config["TESTING"] = True
    live.watch(server, atlas, store, audience)
    live.record_exports(server, atlas, store, audience)
    routes.register(server, atlas, settings)
    return server, atlas


def test_an_import_shows_in_a_running_atlas_and_undoing_takes_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AGAIN_S", 0.0)
    server, atlas = served(tmp_path, "intern")
    assert not atlas.periods(IndicatorKey("MIN01"))
    store = open_store(str(tmp_path), "16063")
    store.add_import(both(), ABOUT)
    server.test_client().get("/gesund")
    assert atlas.values("gemeinde", "MIN01").at[SMALL, "value"] == pytest.approx(0.7)
    store.undo_last()
    server.test_client().get("/gesund")
    assert atlas.values("gemeinde", "MIN01")["value"].isna().all()


@pytest.mark.parametrize("ending", ["csv", "svg"])
@pytest.mark.parametrize(("audience", "is_shown"), [("oeffentlich", False), ("gremium", True), ("intern", True)])
def test_a_small_count_leaves_the_atlas_only_for_those_who_may_see_it(
    tmp_path: Path, audience: Audience, is_shown: bool, ending: str
) -> None:
    open_store(str(tmp_path), "16063").add_import(both(), ABOUT)
    server, _ = served(tmp_path, audience)
    address = f"/ausgabe/karte.{ending}" if ending == "csv" else "/karte.svg"
    text = server.test_client().get(f"{address}?handlungsfeld=SIC&indicator=MIN01").get_data(as_text=True)
    assert ("0,7" in text) == is_shown
    assert "13,3" in text or "13,275" in text, "the others are there"


def test_no_address_changes_the_audience(tmp_path: Path) -> None:
    open_store(str(tmp_path), "16063").add_import(both(), ABOUT)
    server, _ = served(tmp_path, "oeffentlich")
    for query in ("audience=intern", "zielgruppe=intern", "ZIELGRUPPE=intern"):
        text = server.test_client().get(f"/karte.svg?indicator=MIN01&handlungsfeld=SIC&{query}").get_data(as_text=True)
        assert "0,7" not in text


def test_every_export_is_on_record_without_a_word_about_who_asked(tmp_path: Path) -> None:
    store = open_store(str(tmp_path), "16063")
    store.add_import(both(), ABOUT)
    server, _ = served(tmp_path, "oeffentlich")
    client = server.test_client()
    client.get("/ausgabe/karte.csv?indicator=MIN01&handlungsfeld=SIC")
    client.get("/ausgabe/vorlage.csv")
    client.get("/ausgabe/karte.exe")
    (row,) = store.exports().to_dict("records")
    assert row["what"] == "/ausgabe/karte.csv"
    assert "MIN01" in row["query"]
    assert (row["audience"], row["rules"]) == ("oeffentlich", RULES_VERSION)
    assert row["hidden_primary"] == 1
    assert row["hidden_secondary"] >= 1
    assert set(row) == {"id", "at", "what", "query", "audience", "rules", "hidden_primary", "hidden_secondary"}


def test_without_a_store_there_are_no_statistics(tmp_path: Path) -> None:
    assert live.store_of(Settings(store="")) is None
    assert live.read_statistics(DATA, None, "oeffentlich").levels == {}
