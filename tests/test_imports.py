"""From a file to the store and back: recognised, read, judged, compared, taken over, taken back; the command line."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from geodata import catalog, dataset, imports
from geodata.catalog.parts import Item
from geodata.model import GeoDataError
from geodata.observations import territory_of
from geodata.sources.statistics.reading import Reading, as_rows
from geodata.store import IDENTITY, Store

TERRITORY = territory_of(dataset.load("16063"))
EXAMPLE = Path(__file__).parent / "data" / "vorlage" / "erfunden.csv"
HEAD = "ags;zeitraum;indikator;zaehler;nenner;zustand"
GOOD = [HEAD, "16063003;2022;MIN01;1.250;16.804;", "16063105;2022;MIN01;2.400;30.000;", "16064074;2022;MIN01;9;99;"]
BAD = [*GOOD, "16063999;2022;MIN01;5;6;", "1606;2022;MIN01;5;6;"]
Run = Callable[..., tuple[int, str, str]]


def write(folder: Path, lines: list[str], name: str = "zahlen.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return imports.open_store(str(tmp_path / "daten"), "16063")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line on a store of its own: exit code, output, errors."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = imports.main([*map(str, arguments), "--speicher", str(tmp_path / "daten")])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def planned(path: Path, store: Store, **options: str) -> imports.Plan:
    return imports.plan(path, store, TERRITORY, gebietsstand=options.pop("day", ""), **options)  # type: ignore[arg-type]


def held(store: Store) -> dict[tuple[str, str], float]:
    found = store.figures()
    return dict(zip(zip(found["part"], found["key"], strict=True), found["value"], strict=True))


# planning


def test_a_plan_says_what_would_change_and_changes_nothing(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path, GOOD)
    plan = planned(path, store)
    assert (plan.file, plan.source, plan.same) == ("zahlen.csv", "Tabelle eines Fachamts (Vorlage)", 0)
    assert plan.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(plan.changes["kind"]) == ["neu"] * 4
    assert plan.changes["before"].isna().all()
    assert plan.judgement.elsewhere == 2
    assert store.imports() == []


def test_a_plan_tells_new_changed_and_same_figures_apart(tmp_path: Path, store: Store) -> None:
    imports.apply(planned(write(tmp_path, GOOD), store), store)
    lines = [
        HEAD,
        "16063003;2022;MIN01;1.250;16.805;",
        "16063004;2022;MIN01;.;;",
        "16063105;2022;MIN01;2.400;;fehlt",
    ]
    plan = planned(write(tmp_path, lines, "neu.csv"), store)
    found = plan.changes[["part", "key", "before", "value", "kind"]].sort_values(["key", "part"])
    expected = pd.DataFrame(
        [
            ("bev_0_rag", "16063003", 16804.0, 16805.0, "anders"),
            ("leistungsberechtigte", "16063004", float("nan"), float("nan"), "neu"),
            ("leistungsberechtigte", "16063105", 2400.0, float("nan"), "anders"),
        ],
        columns=found.columns,
    )
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected, check_dtype=False)
    assert plan.same == 1


def test_another_state_of_a_figure_or_of_its_area_is_a_change(tmp_path: Path, store: Store) -> None:
    imports.apply(planned(write(tmp_path, GOOD), store), store)
    assert set(planned(write(tmp_path, GOOD, "a.csv"), store, day="2021-12-31").changes["kind"]) == {"anders"}
    guessed = [line.replace("2.400;30.000;", "2.400;30.000;geschätzt") for line in GOOD]
    assert list(planned(write(tmp_path, guessed, "b.csv"), store).changes["state"]) == ["estimated"]


def test_the_day_of_the_territory_may_be_said_and_is_checked(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path, GOOD)
    for text in ("2022-06-30", "30.06.2022", "30.6.2022"):
        assert planned(path, store, day=text).judgement.gebietsstand == "2022-06-30"
    for text in ("gestern", "2022", "2022-13-01", "31.02.2022", "2022-06-30-01", "20220630", "x" * 10**4):
        with pytest.raises(GeoDataError, match=r"^Gebietsstand .* ist kein Tag\. Abhilfe: als JJJJ-MM-TT") as caught:
            planned(path, store, day=text)
        assert len(str(caught.value)) < 200
    with pytest.raises(GeoDataError, match=r"erst ab 01\.01\.2011 bekannt\. Abhilfe: "):
        planned(path, store, day="2010-12-31")


def test_what_the_reader_says_of_the_territory_goes_before_a_guess(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ("Zeile 2", "16063003", "", "2015", "zaehler|MIN01", 5.0, "measured")
    told = Reading(as_rows([row]), "vorlage", "Zahlen", gebietsstand="2019-12-31")
    monkeypatch.setattr(imports.template, "read", lambda *_: told)
    assert planned(write(tmp_path, GOOD), store).judgement.gebietsstand == "2019-12-31"
    assert planned(write(tmp_path, GOOD), store, day="2018-12-31").judgement.gebietsstand == "2018-12-31"


def test_progress_is_told_and_grows(tmp_path: Path, store: Store) -> None:
    told: list[tuple[str, float]] = []
    imports.plan(write(tmp_path, GOOD), store, TERRITORY, report=lambda stage, share: told.append((stage, share)))
    assert [stage for stage, _ in told] == [
        "Datei erkennen", "Lesen (Tabelle eines Fachamts (Vorlage))", "Prüfen", "Mit dem Bestand vergleichen",
    ]  # fmt: skip
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1


# which file is which


def test_every_form_has_a_name_a_reader_a_catalogue_and_a_publisher() -> None:
    for form in imports.FORMS:
        assert callable(imports.reader(form).recognises)
        assert all(isinstance(item, Item) for item in imports.items(form).values())
        assert form in catalog.publishers()


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\x89PNG\r\n\x1a\n\0\0", b"PK\3\4" + bytes(99), b"%PDF-1.7\n1 0 obj", b"Hallo"]
)
@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.pdf", "x"])
def test_a_file_of_no_known_form_is_refused_with_the_forms_that_are_known(
    tmp_path: Path, store: Store, content: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert imports.recognise(path) == ""
    with pytest.raises(
        GeoDataError, match=r"^x.*Abhilfe: .*Gelesen werden: Zensus, Regionalstatistik / GENESIS, "
    ) as caught:
        planned(path, store)
    assert "Error" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(GeoDataError, match=r"^fehlt\.csv: kann nicht gelesen werden\. Abhilfe: Pfad prüfen\."):
        planned(tmp_path / "fehlt.csv", store)


def test_columns_without_meaning_are_named(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path, ["Ort;Zahl", "16063003;5"])
    with pytest.raises(GeoDataError, match=r"Spalten: Ort, Zahl\. Abhilfe: sagen, welche Spalte was bedeutet"):
        planned(path, store)


def test_columns_are_as_said_as_remembered_or_as_their_names_say(tmp_path: Path, store: Store) -> None:
    own = write(tmp_path, ["Ort;Wann;Wert", "16063003;2022;5"])
    said = {"Ort": "ags", "Wann": "zeitraum", "Wert": "bev"}
    assert list(imports.plan(own, store, TERRITORY, mapping=said).changes["part"]) == ["bev"]
    store.remember_columns(["Ort", "Wann", "Wert"], said | {"Wert": "arbeitslose"})
    assert list(planned(own, store).changes["part"]) == ["arbeitslose"]
    named = write(tmp_path, ["Schlüssel;Jahr;Einwohner", "16063003;2022;5"], "b.csv")
    assert list(planned(named, store).changes["part"]) == ["bev"]
    single = write(tmp_path, ["ags;jahr;anzahl", "16063003;2022;5"], "c.csv")
    assert list(planned(single, store, indicator="MIN01").changes["part"]) == ["leistungsberechtigte"]
    with pytest.raises(GeoDataError, match="die Kennzahl nennen"):
        planned(single, store)


# taking over and back


def test_what_was_taken_over_holds_and_taken_back_it_does_not(tmp_path: Path, store: Store) -> None:
    plan = planned(write(tmp_path, GOOD), store)
    assert imports.apply(plan, store) == 1
    assert held(store) == {
        ("leistungsberechtigte", "16063003"): 1250.0, ("bev_0_rag", "16063003"): 16804.0,
        ("leistungsberechtigte", "16063105"): 2400.0, ("bev_0_rag", "16063105"): 30000.0,
    }  # fmt: skip
    (done,) = store.imports()
    assert (done.file, done.form, done.title, done.sha256) == ("zahlen.csv", "vorlage", "zahlen", plan.sha256)
    store.undo_last()
    assert held(store) == {}


def test_a_plan_with_problems_is_refused_as_a_whole_unless_the_rest_is_wanted(tmp_path: Path, store: Store) -> None:
    plan = planned(write(tmp_path, BAD), store)
    assert len(plan.problems) == 2
    with pytest.raises(GeoDataError, match=r"zahlen\.csv: 2 Fehler, nichts übernommen\. Abhilfe: berichtigen"):
        imports.apply(plan, store)
    assert store.imports() == []
    imports.apply(plan, store, without_bad=True)
    assert len(held(store)) == 4


def test_a_file_without_anything_new_is_refused(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path, GOOD)
    imports.apply(planned(path, store), store)
    again = planned(path, store)
    assert again.changes.empty
    assert again.same == 4
    with pytest.raises(GeoDataError, match="enthält nichts Neues"):
        imports.apply(again, store)
    assert len(store.imports()) == 1


def test_a_plan_is_taken_over_once_however_often_it_is_clicked(tmp_path: Path, store: Store) -> None:
    plan = planned(write(tmp_path, GOOD), store)
    imports.apply(plan, store)
    with pytest.raises(GeoDataError, match="enthält nichts Neues"):
        imports.apply(plan, store)
    assert len(store.imports()) == 1


def test_a_plan_counts_as_a_whole_even_if_the_store_changed_meanwhile(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path, GOOD)
    imports.apply(planned(path, store), store)
    more = write(tmp_path, [*GOOD, "16063004;2022;MIN01;7;8;"], "mehr.csv")
    plan = planned(more, store)
    assert len(plan.changes) == 2
    store.undo_last()
    imports.apply(plan, store)
    assert len(held(store)) == 6, "what was there when planned is not there any more"


def test_what_is_read_again_from_the_store_is_the_same(tmp_path: Path, store: Store) -> None:
    plan = planned(EXAMPLE, store)
    assert plan.problems == []
    imports.apply(plan, store)
    expected = plan.judgement.observations.set_index(IDENTITY)[["value", "state", "gebietsstand", "stand"]].sort_index()
    found = store.figures().set_index(IDENTITY)[["value", "state", "gebietsstand", "stand"]].sort_index()
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_index_type=False)
    assert planned(EXAMPLE, store).changes.empty


def test_a_description_says_all_that_matters(tmp_path: Path, store: Store) -> None:
    lines = [*BAD, "16063003;2022;BEV10;5;;", *[f"99{n:03}x;2022;MIN01;5;6;" for n in range(30)]]
    told = imports.describe(planned(write(tmp_path, lines), store))
    assert "Werte für diesen Kreis: 4 (Jahre: 2022 bis 2022), neu 4, geändert 0, schon da 0" in told
    assert "Werte anderer Gebiete: 2; Gebietsstand: je Jahr" in told
    assert "Nicht verwendet: 1 Merkmale (zaehler|BEV10" in told
    assert told.count("  Fehler: ") == 20
    assert "… und 12 weitere Fehler" in told
    empty = imports.describe(planned(write(tmp_path, [HEAD, "01001000;2022;MIN01;1;2;"], "fern.csv"), store))
    assert "Werte für diesen Kreis: 0 (Jahre: keine)" in empty


def test_fifty_thousand_rows_go_from_file_to_store_in_seconds(tmp_path: Path, store: Store) -> None:
    keys, parts = sorted(TERRITORY.gemeinden), [key for key, part in catalog.parts().items() if part.kind == "count"]
    places = [(key, year, part) for part in parts for year in range(2024, 2035) for key in keys][:50_000]
    assert len(places) > 25_000
    by_row = pd.DataFrame(places, columns=["ags", "jahr", "part"]).assign(value=range(len(places)))
    table = by_row.pivot_table(index=["ags", "jahr"], columns="part", values="value").reset_index()
    months = [table.assign(jahr=f"{month:02}." + table["jahr"].astype(str)) for month in range(1, 13)]
    path = tmp_path / "gross.csv"
    pd.concat(months).to_csv(path, sep=";", index=False, decimal=",")
    start = time.perf_counter()
    plan = planned(path, store)
    imports.apply(plan, store)
    assert time.perf_counter() - start < 60, "takes a few seconds; a minute would be another way of doing it"
    assert len(plan.reading.rows) == 12 * len(places)
    assert len(store.figures()) == len(places)


# the command line


def test_dry_run_shows_and_writes_nothing(tmp_path: Path, run: Run, store: Store) -> None:
    code, out, err = run(write(tmp_path, GOOD), "--dry-run")
    assert (code, err) == (0, "")
    assert "neu 4, geändert 0" in out
    assert "Übernommen" not in out
    assert store.imports() == []


def test_apply_list_and_undo(tmp_path: Path, run: Run, store: Store) -> None:
    code, out, _ = run(write(tmp_path, GOOD))
    assert code == 0
    assert "Übernommen als Import 1." in out
    assert len(held(store)) == 4
    code, out, _ = run("--list")
    assert code == 0
    assert "zahlen.csv: 4 Werte, Tabelle eines Fachamts (Vorlage)\n" in out
    assert run("--undo")[:2] == (0, "Zurückgenommen: zahlen.csv (4 Werte)\n")
    assert run("--undo")[:2] == (0, "Nichts zurückzunehmen.\n")
    assert "(zurückgenommen)" in run("--list")[1]
    assert held(store) == {}


def test_a_file_with_problems_is_refused_and_the_rest_taken_if_wanted(tmp_path: Path, run: Run, store: Store) -> None:
    path = write(tmp_path, BAD)
    code, out, err = run(path)
    assert code == 1
    assert "Fehler: Zeile 5: Die Gemeinde gab es am 31.12.2022 in diesem Kreis nicht, gefunden '16063999'" in out
    assert err == "zahlen.csv: 2 Fehler, nichts übernommen. Abhilfe: berichtigen, neu einlesen.\n"
    assert store.imports() == []
    assert run(path, "--dry-run")[0] == 1
    assert run(path, "--dry-run", "--ohne-fehler")[0] == 0
    assert run(path, "--ohne-fehler")[0] == 0
    assert len(held(store)) == 4


def test_every_file_is_tried_and_one_that_fails_makes_the_exit_code(tmp_path: Path, run: Run, store: Store) -> None:
    picture = tmp_path / "bild.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    code, out, err = run(picture, write(tmp_path, GOOD), tmp_path / "fehlt.csv")
    assert code == 1
    assert "Übernommen als Import 1." in out
    assert "bild.png: ist weder CSV-Datei noch Arbeitsmappe." in err
    assert "Gelesen werden: " in err
    assert "fehlt.csv: kann nicht gelesen werden" in err
    assert "Traceback" not in err
    assert len(store.imports()) == 1


def test_indicator_and_day_are_said_on_the_command_line(tmp_path: Path, run: Run, store: Store) -> None:
    path = write(tmp_path, ["ags;jahr;anzahl", "16063013;2022;5"])
    assert run(path, "--indicator", "MIN01")[0] == 1, "Creuzburg was no Gemeinde in 2022"
    assert run(path, "--indicator", "MIN01", "--gebietsstand", "31.12.2018")[0] == 0
    assert list(store.figures()["gebietsstand"]) == ["2018-12-31"]
    code, _, err = run(path, "--indicator", "MIN01", "--gebietsstand", "früher")
    assert code == 1
    assert "ist kein Tag" in err
    code, _, err = run(path, "--indicator", "XYZ")
    assert code == 1
    assert "Kennzahl „XYZ“ ist unbekannt" in err


def test_nothing_to_do_is_a_wrong_call(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run()
    assert left.value.code == 2
    assert "keine Datei genannt" in capsys.readouterr().err


def test_an_unknown_district_is_refused_before_a_store_is_made(tmp_path: Path, run: Run) -> None:
    code, _, err = run(write(tmp_path, GOOD), "--kreis", "99999")
    assert code == 1
    assert "Abhilfe: " in err
    assert not (tmp_path / "daten").exists()


def test_a_broken_store_is_told_in_german(tmp_path: Path, run: Run) -> None:
    (tmp_path / "daten").mkdir()
    (tmp_path / "daten" / "16063.sqlite").write_bytes(b"keine Datenbank" * 100)
    code, out, err = run(write(tmp_path, GOOD))
    assert (code, out) == (1, "")
    assert err.rstrip().endswith("Abhilfe: SPEICHER prüfen oder die Datei wiederherstellen.")
