"""The store: the newest import holds, undoing gives back what held before, and many may read while one writes."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import SQLAlchemyError

from geodata import store as module
from geodata.imports import open_store
from geodata.model import GeoDataError
from geodata.store import FIGURE_COLUMNS, FIGURES, IDENTITY, Store

ABOUT = {"file": "zahlen.csv", "sha256": "0" * 64, "form": "vorlage", "title": "Zahlen", "source": "Vorlage"}
Place = tuple[str, str, int, str]


def figures(values: dict[Place, float | None]) -> pd.DataFrame:
    rows = [
        (
            *place[:3],
            str(place[2]),
            "2022-12-31",
            place[3],
            value,
            "missing" if value is None else "measured",
            "Zeile 2",
        )
        for place, value in values.items()
    ]
    frame = pd.DataFrame(
        rows, columns=["part", "key", "year", "stand", "gebietsstand", "basis", "value", "state", "row"]
    )
    return frame.astype({"value": float})


def many(count: int, value: float = 1.0) -> pd.DataFrame:
    return figures({("bev", f"{n:08}", 2022, ""): value for n in range(count)})


def held(store: Store) -> dict[Place, float | None]:
    found = store.figures()
    assert not found.duplicated(IDENTITY).any()
    values = found["value"].astype(object).where(found["value"].notna(), None)
    return dict(zip(found[IDENTITY].itertuples(index=False, name=None), values, strict=True))


def place(key: str = "16063003", year: int = 2022, part: str = "bev", basis: str = "") -> Place:
    return part, key, year, basis


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "16063.sqlite"


@pytest.fixture
def store(file: Path) -> Store:
    return Store(f"sqlite:///{file}")


@contextmanager
def locked(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()


# imports and undoing


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.figures().empty
    assert list(store.figures().columns) == ["import_id", *FIGURE_COLUMNS]
    assert store.imports() == []
    assert store.undo_last() is None
    assert store.exports().empty


def test_a_figure_comes_back_as_it_was_given(store: Store) -> None:
    given = figures({place(): 1.25, place("16063"): None, place(basis="Zensus 2022"): 0.0})
    number = store.add_import(given, ABOUT)
    pd.testing.assert_frame_equal(store.figures(), given.assign(import_id=number)[["import_id", *FIGURE_COLUMNS]])
    (done,) = store.imports()
    assert (done.id, done.file, done.form, done.rows, done.undone_at) == (number, "zahlen.csv", "vorlage", 3, "")


def test_the_newest_import_holds_and_undoing_gives_back_the_one_before(store: Store) -> None:
    store.add_import(figures({place(): 1.0, place("16063004"): 2.0}), ABOUT)
    store.add_import(figures({place(): None, place(year=2023): 3.0}), ABOUT | {"file": "neu.csv"})
    assert held(store) == {place(): None, place("16063004"): 2.0, place(year=2023): 3.0}
    undone = store.undo_last()
    assert undone is not None
    assert (undone.file, undone.rows) == ("neu.csv", 2)
    assert undone.undone_at
    assert held(store) == {place(): 1.0, place("16063004"): 2.0}
    assert [bool(done.undone_at) for done in store.imports()] == [True, False], "it stays on record"


STEPS = st.lists(
    st.just("undo")
    | st.integers(0, 5)
    | st.dictionaries(
        st.builds(
            place, st.sampled_from("AB"), st.sampled_from([2021, 2022]), basis=st.sampled_from(["", "Zensus 2022"])
        ),
        st.none() | st.integers(0, 9).map(float),
        min_size=1,
        max_size=4,
    ),
    max_size=12,
)


@given(STEPS)
def test_any_imports_undoings_and_redoings_leave_what_a_list_of_them_says(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any]
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store')}/x.sqlite")
    done: list[dict[Place, float | None]] = []
    holds: list[bool] = []
    versions: dict[tuple[int, str], Any] = {}
    for step in steps:
        before = store.version()
        changes = True
        if step == "undo":
            changes = any(holds)
            undone = store.undo_last()
            assert (undone is not None) == changes
            if undone is not None:
                assert undone.id == max(n for n, one in enumerate(holds, 1) if one)
                holds[undone.id - 1] = False
        elif isinstance(step, int):
            changes = 0 < step <= len(done) and not holds[step - 1]
            store.redo(step)
            if changes:
                holds[step - 1] = True
        else:
            assert store.add_import(figures(step), ABOUT) == len(done) + 1
            done.append(step)
            holds.append(True)
        expected = {key: value for one, hold in zip(done, holds, strict=True) if hold for key, value in one.items()}
        assert held(store) == expected
        assert (store.version() != before) == changes
        assert versions.setdefault(store.version(), expected) == expected, "one version, one set of figures"


def test_an_import_is_all_or_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add_import(figures({place(): 1.0}), ABOUT)
    before, version = store.figures(), store.version()
    broken = figures({place(): 2.0, place("16063004"): 3.0})
    broken.loc[1, "state"] = None  # the database refuses the second row
    with pytest.raises(GeoDataError, match=r"Speicher sqlite.*Abhilfe: "):
        store.add_import(broken, ABOUT)
    pd.testing.assert_frame_equal(store.figures(), before)
    assert (store.version(), len(store.imports())) == (version, 1)


def test_a_program_that_dies_within_an_import_leaves_nothing_of_it(store: Store, file: Path) -> None:
    store.add_import(figures({place(): 1.0}), ABOUT)

    def interrupted() -> None:
        with store._connected(writes=True) as connection:
            connection.execute(FIGURES.delete())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert held(Store(f"sqlite:///{file}")) == {place(): 1.0}


# two who use one file


def test_two_stores_on_one_file_see_each_other(file: Path) -> None:
    one, other = Store(f"sqlite:///{file}"), Store(f"sqlite:///{file}")
    version = other.version()
    one.add_import(figures({place(): 1.0}), ABOUT)
    assert held(other) == {place(): 1.0}
    assert other.version() != version
    other.undo_last()
    assert held(one) == {}
    one.remember_columns(["a", "b"], {"a": "ags"})
    assert other.remembered_columns(["a", "b"]) == {"a": "ags"}


def run_together(*work: Any) -> list[BaseException]:
    """Run functions in threads of their own, all beginning at once; return what they raised."""
    errors: list[BaseException] = []
    gate = threading.Barrier(len(work))

    def guarded(one: Any) -> None:
        gate.wait()
        try:
            one()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_eight_may_open_a_new_file_at_once(file: Path) -> None:
    assert run_together(*[lambda: Store(f"sqlite:///{file}").version()] * 8) == []


def test_all_may_read_while_large_imports_are_written(file: Path) -> None:
    store, done = Store(f"sqlite:///{file}"), threading.Event()
    sizes: set[int] = set()
    waits: list[float] = []

    def write() -> None:
        try:
            own = Store(f"sqlite:///{file}")
            for value in (1.0, 2.0, 3.0):
                own.add_import(many(6_000, value), ABOUT)
        finally:
            done.set()

    def read() -> None:
        while not done.is_set():
            start = time.perf_counter()
            store.version()
            waits.append(time.perf_counter() - start)
            found = store.figures()
            assert found["import_id"].nunique() <= 1, "never half an import"
            sizes.add(len(found))
            store.imports()

    assert run_together(write, *[read] * 7) == []
    assert sizes <= {0, 6_000}
    assert len(waits) > 7
    assert held(store)[place("00000007")] == 3.0


def test_writers_wait_for_each_other_and_every_import_gets_a_number(file: Path) -> None:
    stores = [Store(f"sqlite:///{file}") for _ in range(3)]

    def write(store: Store) -> Any:
        def work() -> None:
            for n in range(4):
                store.add_import(many(200, n), ABOUT)
                store.remember_columns(["a"], {"a": "ags"})

        return work

    assert run_together(*map(write, stores * 2)) == []
    assert sorted(done.id for done in stores[0].imports()) == list(range(1, 25))


def test_two_who_undo_at_once_take_back_two_imports(file: Path) -> None:
    store = Store(f"sqlite:///{file}")
    for n in range(8):
        store.add_import(figures({place(): float(n)}), ABOUT)
    undone: list[int] = []
    assert run_together(*[lambda: undone.append(store.undo_last().id)] * 8) == []  # type: ignore[union-attr]
    assert sorted(undone) == list(range(1, 9))
    assert held(store) == {}


# what is remembered and recorded


def test_columns_are_remembered_by_all_heads_in_their_order(store: Store) -> None:
    heads = ["Ort", "Jahr", "Fälle „neu“"]
    assert store.remembered_columns(heads) == {}
    store.remember_columns(heads, {"Ort": "ags", "Jahr": "zeitraum"})
    store.remember_columns(heads, {"Ort": "ags", "Fälle „neu“": "bev"})
    assert store.remembered_columns(heads) == {"Ort": "ags", "Fälle „neu“": "bev"}
    assert store.remembered_columns(heads[:2]) == {}
    assert store.remembered_columns(heads[::-1]) == {}


def test_exports_are_recorded_the_newest_first(store: Store) -> None:
    about = {"query": "indicator=MIN01", "audience": "gremium", "rules": "k=10", "hidden_primary": 2}
    for what in ("karte.csv", "karte.xlsx"):
        store.record_export(about | {"what": what, "hidden_secondary": 1})
    found = store.exports()
    assert list(found["what"]) == ["karte.xlsx", "karte.csv"]
    assert found.iloc[0][["audience", "hidden_primary", "hidden_secondary"]].to_list() == ["gremium", 2, 1]
    assert found["at"].is_monotonic_decreasing


# what goes wrong


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("quatsch", "Adresse ist nicht lesbar"),
        ("gibtesnicht://server/daten", "Adresse ist nicht lesbar"),
        ("sqlite:////gibt/es/nicht/x.sqlite", "lässt sich nicht öffnen"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_in_german(url: str, text: str) -> None:
    with pytest.raises(GeoDataError, match=rf"^Speicher.*{text}.*Abhilfe: "):
        Store(url)


def test_a_password_in_the_address_is_not_told(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    store = Store(f"sqlite:///{file}")
    monkeypatch.setattr(store._engine, "url", store._engine.url.set(username="amt", password="strenggeheim"))
    with pytest.raises(GeoDataError) as caught, store._connected():
        raise SQLAlchemyError("nein")
    assert "amt" in str(caught.value)
    assert "strenggeheim" not in str(caught.value)


@pytest.mark.parametrize("content", [b"kein SQLite, nur Text. " * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused_in_german(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(GeoDataError, match=r"keine Datenbank des Sozialatlas\. Abhilfe: "):
        Store(f"sqlite:///{file}").version()
    assert file.read_bytes() == content


def test_a_database_that_was_cut_off_is_refused_in_german(store: Store, file: Path) -> None:
    store.add_import(many(2_000), ABOUT)
    store._engine.dispose()
    file.write_bytes(file.read_bytes()[:20_000])
    with pytest.raises(GeoDataError, match=r"ist beschädigt\. Abhilfe: aus der Sicherung wiederherstellen\."):
        Store(f"sqlite:///{file}").figures()


def test_tables_of_another_program_are_refused_in_german(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE imports (something)")
    with pytest.raises(GeoDataError, match=r"lässt sich nicht lesen oder schreiben .*Abhilfe: SPEICHER prüfen\."):
        Store(f"sqlite:///{file}").version()


def test_a_file_that_others_keep_locked_is_told_in_german(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.05)
    store = Store(f"sqlite:///{file}")
    store.add_import(figures({place(): 1.0}), ABOUT)
    calls = [
        store.figures, store.imports, store.version, store.undo_last, store.exports,
        lambda: store.redo(1), lambda: store.add_import(many(2), ABOUT),
        lambda: store.remember_columns(["a"], {}), lambda: store.remembered_columns(["a"]),
        lambda: Store(f"sqlite:///{file}"),
    ]  # fmt: skip
    with locked(file):
        for call in calls:
            with pytest.raises(GeoDataError, match=r"ist gesperrt, jemand schreibt gerade\. Abhilfe: "):
                call()
    assert held(store) == {place(): 1.0}
    assert len(store.imports()) == 1


def test_a_lock_that_is_soon_gone_is_waited_for(store: Store, file: Path) -> None:
    def hold() -> None:
        with locked(file):
            time.sleep(0.5)

    thread = threading.Thread(target=hold)
    thread.start()
    time.sleep(0.1)
    store.add_import(many(2), ABOUT)
    thread.join()
    assert len(store.figures()) == 2


def test_a_file_that_may_not_be_written_is_read_and_says_so(store: Store, file: Path) -> None:
    store.add_import(figures({place(): 1.0}), ABOUT)
    reader = Store(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert held(reader) == {place(): 1.0}
    for call in (reader.undo_last, lambda: reader.add_import(many(2), ABOUT)):
        with pytest.raises(GeoDataError, match=r"darf nicht beschrieben werden\. Abhilfe: Schreibrechte"):
            call()


def test_a_folder_that_cannot_be_made_is_told_in_german(tmp_path: Path) -> None:
    (tmp_path / "datei").write_text("im Weg")
    with pytest.raises(GeoDataError, match=r"Ordner lässt sich nicht anlegen .*Abhilfe: SPEICHER prüfen"):
        open_store(str(tmp_path / "datei" / "daten"), "16063")
    (tmp_path / "16063.sqlite").mkdir()
    with pytest.raises(GeoDataError, match=r"lässt sich nicht öffnen\. Abhilfe: "):
        open_store(str(tmp_path), "16063")


def test_a_folder_holds_one_file_per_district_and_an_address_is_taken_as_it_is(tmp_path: Path) -> None:
    open_store(str(tmp_path / "neu" / "tief"), "16063").add_import(many(1), ABOUT)
    assert open_store(str(tmp_path / "neu" / "tief"), "16064").figures().empty
    assert len(open_store(f"sqlite:///{tmp_path}/neu/tief/16063.sqlite", "").figures()) == 1
