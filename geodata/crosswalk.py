"""Changes of territory as data: which key a Gemeinde of one day has on another, and how a series over both is made.

The table of changes is complete from ``SINCE`` on; what was before is not proven. A new state holds from the day
``effective`` itself, so a figure of 31.12.2019 is already one of a Gemeinde that was formed on 31.12.2019.
Gemeinden that leave the Kreis are the rows of the kind ``LEAVES``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from geodata import territory
from geodata.model import GeoDataError
from geodata.rules import Problem

CHANGES = Path(__file__).parent / "catalog" / "territorial_changes.csv"
SINCE = date(2011, 1, 1)
LEAVES = "Kreiswechsel"
KINDS = ("Eingemeindung", "Neubildung", LEAVES, "Einkreisung", "Namensänderung")
COLUMNS = ("effective", "kind", "from_ags", "from_name", "to_ags", "to_name", "share", "proof", "note")
DAY = "%d.%m.%Y"


def read_changes(path: Path = CHANGES) -> pd.DataFrame:
    """Return the changes of territory, oldest first: one row per old Gemeinde and new Gemeinde.

    Columns: effective (day), kind, from_ags, from_name, to_ags, to_name, share (of the old Gemeinde that went there:
    1 is all of it, missing is an unknown part), proof, note. A Gemeinde that takes others in has a row of its own.
    One GeoDataError (German) names every broken rule.
    """
    rows = _read_text(path)
    problems = [problem.text() for problem in _problems(rows) if len(problem.found)]
    if problems:
        raise GeoDataError("\n".join(f"{path.name}: {text}" for text in problems))
    changes = rows.assign(effective=_days(rows["effective"]), share=_shares(rows["share"]))
    return changes.sort_values("effective", kind="stable", ignore_index=True)


def keys_in_use(changes: pd.DataFrame, today: pd.Index, day: date) -> pd.Index:
    """Return the keys of the Kreis's territory on a day, sorted; none before ``SINCE``.

    ``today``: the keys after the last change. Found backward: the new keys go, the old ones come.
    """
    if day < SINCE:
        return pd.Index([], dtype=object, name="ags")
    keys = set(today)
    for rows in reversed(list(_events(changes, day))):
        keys = keys - set(rows["to_ags"]) | set(rows["from_ags"])
    used: pd.Index = pd.Index(sorted(keys), dtype=object, name="ags")
    return used


def keys_on(
    changes: pd.DataFrame, from_day: date, to_day: date, keys: pd.Index, *, today: pd.Index | None = None
) -> pd.Series:
    """Return the key on ``to_day`` of every key in use on ``from_day``; missing (None) where there is none.

    Forward a key is missing where its Gemeinde left the Kreis (see ``keys_left``) or where a part of it or of the new
    Gemeinde went another way; summing with this Series is exact. Backward (``to_day`` before ``from_day``) only what
    kept its area has a key: the same one, or the one before a renaming; before ``SINCE`` none has. ``today`` as in
    ``keys_in_use``; without it the Gemeinden of this Kreis. A key that is not in use on ``from_day`` raises a
    GeoDataError (German).

    >>> keys_on(read_changes(), date(2016, 12, 31), date(2024, 1, 1), pd.Index(["16063013", "16063037"])).to_dict()
    {'16063013': '16063104', '16063037': None}
    """
    _check_in_use(changes, today, from_day, keys)
    if to_day < from_day:
        return _as_series(_backward(changes, from_day, to_day, keys))
    return _as_series(_forward(changes, from_day, to_day, keys)[0])


def keys_left(
    changes: pd.DataFrame, from_day: date, to_day: date, keys: pd.Index, *, today: pd.Index | None = None
) -> pd.Series:
    """Return the key outside the Kreis of every Gemeinde that left it in between; missing (None) for all others."""
    _check_in_use(changes, today, from_day, keys)
    return _as_series(_forward(changes, from_day, to_day, keys)[1])


def rule_text(changes: pd.DataFrame, from_day: date, to_day: date, key: str, *, today: pd.Index | None = None) -> str:
    """Return the German sentence about a series that reaches from ``from_day`` to the Gemeinden of ``to_day``.

    ``key``: in use on ``to_day``, or of a Gemeinde that left the Kreis in between. Empty where nothing changed.

    >>> rule_text(read_changes(), date(2013, 12, 31), date(2024, 1, 1), "16063076")
    'Treffurt: vor 01.01.2019 ohne Ifta, hier mitgezählt.'
    """
    if to_day < from_day:
        span = f"{from_day:{DAY}} bis {to_day:{DAY}}"
        raise GeoDataError(
            f"Zeitraum {span} läuft rückwärts. Abhilfe: erst den früheren, dann den späteren Tag nennen."
        )
    events = list(_events(changes, from_day, to_day))
    for rows in events:
        left = rows[(rows["kind"] == LEAVES) & (rows["from_ags"] == key)]
        if len(left):
            return _left_text(left.iloc[0])
    _check_in_use(changes, today, to_day, pd.Index([key]))
    name, parts = _told(events, key)
    return f"{name}: {'; '.join(parts)}." if parts else ""


def _left_text(row: pd.Series) -> str:
    place = f"{row['to_name']} ({row['to_ags']})"
    since = f"seit {row['effective']:{DAY}} nicht mehr im Kreis, jetzt {place}"
    return f"{row['from_name']}: {since}; auch davor nicht mitgezählt."


def _told(events: Sequence[pd.DataFrame], key: str) -> tuple[str, list[str]]:
    """Return the name of a Gemeinde and what became of it and of its parts, oldest first."""
    name, parts, keys = "", list[str](), {key}
    for rows in reversed(events):
        here = rows[rows["to_ags"].isin(keys)]
        for new, group in reversed(list(here.groupby("to_ags"))):
            new_name = str(group["to_name"].iloc[0])
            name = name or new_name
            text = _change_text(group)
            if text:
                parts.insert(0, text if new == key else f"{new_name} {text}")
        keys = keys - set(here["to_ags"]) | set(here["from_ags"])
    return name, parts


def _change_text(rows: pd.DataFrame) -> str:
    """Return what a Gemeinde was before a change, from the rows that lead to it; empty where it was the same."""
    before = f"vor {rows['effective'].iloc[0]:{DAY}}"
    if not rows["share"].eq(1).all():
        return f"{before} anderes Gebiet, daher kein Wert"
    same = (rows["from_ags"] == rows["to_ags"]) & (rows["from_name"] == rows["to_name"])
    if len(rows) > 1:
        others = _listed(rows["from_name"][~same].to_list())
        return f"{before} ohne {others}, hier mitgezählt" if same.any() else f"{before} Summe aus {others}"
    old = rows.iloc[0]
    if same.any():
        return ""
    known_as = [f"als {old['from_name']}"] if old["from_name"] != old["to_name"] else []
    known_as += ["kreisfrei"] if old["kind"] == "Einkreisung" else []
    known_as += [f"unter dem Schlüssel {old['from_ags']}"] if old["from_ags"] != old["to_ags"] else []
    return f"{before} {' '.join(known_as)}"


def _listed(names: Sequence[str]) -> str:
    """Return names as a German list."""
    return " und ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _events(changes: pd.DataFrame, after: date, until: date | None = None) -> Iterator[pd.DataFrame]:
    """Yield the rows of every day of change after ``after`` up to and including ``until``, oldest first."""
    chosen = changes["effective"] > pd.Timestamp(after)
    if until is not None:
        chosen &= changes["effective"] <= pd.Timestamp(until)
    for _, rows in changes[chosen].groupby("effective"):
        yield rows


def _forward(
    changes: pd.DataFrame, from_day: date, to_day: date, keys: pd.Index
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Return per key where it is on ``to_day`` and where outside the Kreis it went, None where nowhere."""
    now: dict[str, str | None] = {key: key for key in keys}
    left: dict[str, str | None] = dict.fromkeys(keys)
    for rows in _events(changes, from_day, to_day):
        steps = _steps(rows)
        leaving = rows[(rows["kind"] == LEAVES) & rows["from_ags"].map(steps).notna()]
        outside = dict(zip(leaving["from_ags"], leaving["to_ags"], strict=True))
        left = {key: outside.get(at, left[key]) if at else left[key] for key, at in now.items()}
        now = {key: _step(at, steps, outside) for key, at in now.items()}
    return now, left


def _step(at: str | None, steps: Mapping[str, str | None], outside: Mapping[str, str]) -> str | None:
    return None if at is None or at in outside else steps.get(at, at)


def _steps(rows: pd.DataFrame) -> dict[str, str | None]:
    """Return where each key that a day of change touches goes; None where a part went another way."""
    whole = rows["share"].eq(1) & ~rows["from_ags"].duplicated(keep=False)
    mixed = set(rows["to_ags"][~whole])
    steps: dict[str, str | None] = {}
    for old, new, is_whole in zip(rows["from_ags"], rows["to_ags"], whole, strict=True):
        steps[old] = new if is_whole and new not in mixed else None
    return steps


def _backward(changes: pd.DataFrame, from_day: date, to_day: date, keys: pd.Index) -> dict[str, str | None]:
    """Return per key of ``from_day`` the key that the same area had on ``to_day``."""
    if to_day < SINCE:
        return dict.fromkeys(keys)
    now: dict[str, str | None] = {key: key for key in keys}
    for rows in reversed(list(_events(changes, to_day, from_day))):
        alone = ~rows["to_ags"].duplicated(keep=False) & ~rows["from_ags"].duplicated(keep=False)
        renamed = rows[alone & rows["share"].eq(1)]
        steps: dict[str, str | None] = dict.fromkeys([*rows["from_ags"], *rows["to_ags"]])
        steps.update(zip(renamed["to_ags"], renamed["from_ags"], strict=True))
        now = {key: _step(at, steps, {}) for key, at in now.items()}
    return now


def _as_series(targets: Mapping[str, str | None]) -> pd.Series:
    return pd.Series(list(targets.values()), index=pd.Index(list(targets), dtype=object, name="ags"), dtype=object)


def _check_in_use(changes: pd.DataFrame, today: pd.Index | None, day: date, keys: pd.Index) -> None:
    """Raise a GeoDataError that names every key not in use on a day, and the nearest day on which it was."""
    today = pd.Index(territory.keys_to("2024").dropna().unique()) if today is None else today
    used = keys_in_use(changes, today, day)
    astray = [str(key) for key in keys.unique() if key not in used]
    if astray:
        found = pd.Series(astray, index=[_nearest(changes, today, day, key) for key in astray], dtype=object)
        remedy = "Gebietsstand der Datei prüfen und den Tag angeben, für den ihre Schlüssel gelten"
        raise GeoDataError(Problem(f"Schlüssel am {day:{DAY}} nicht in Gebrauch", found, remedy).text())


def _nearest(changes: pd.DataFrame, today: pd.Index, day: date, key: str) -> str:
    """Return in German the day nearest to ``day`` on which a key was in use."""
    starts = [SINCE, *(stamp.date() for stamp in changes["effective"].drop_duplicates().sort_values())]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [date.max]
    near: list[tuple[timedelta, str]] = []
    for start, end in zip(starts, ends, strict=True):
        if key in keys_in_use(changes, today, start):
            near.append((start - day, f"erst ab {start:{DAY}}") if day < start else (day - end, f"nur bis {end:{DAY}}"))
    return min(near)[1] if near else f"seit {SINCE:{DAY}} nie Teil des Kreises"


def _read_text(path: Path) -> pd.DataFrame:
    """Return the columns of the table as text, one row per line, indexed by line for messages."""
    try:
        rows = pd.read_csv(path, sep=";", dtype=object, keep_default_na=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        remedy = "Tabelle mit Semikolon als Trennzeichen in UTF-8 speichern"
        raise GeoDataError(f"{path.name}: fehlt oder ist nicht lesbar ({error}). Abhilfe: {remedy}.") from error
    missing = [name for name in COLUMNS if name not in rows]
    if missing:
        raise GeoDataError(f"{path.name}: Spalte fehlt: {', '.join(missing)}. Abhilfe: Spalte ergänzen.")
    return rows[list(COLUMNS)].fillna("").set_axis([f"Zeile {number + 2}" for number in range(len(rows))])


def _problems(rows: pd.DataFrame) -> Iterator[Problem]:
    """Yield what is wrong in the cells, then what does not fit together."""
    for name in ("from_ags", "to_ags"):
        wrong = ~rows[name].str.fullmatch(r"\d{8}")
        yield Problem(f"{name} hat nicht 8 Ziffern", rows[name][wrong], "amtlichen Schlüssel als Text angeben")
    days = _days(rows["effective"])
    yield Problem("effective ist kein Tag", rows["effective"][days.isna()], "als JJJJ-MM-TT schreiben")
    early = rows["effective"][days < pd.Timestamp(SINCE)]
    yield Problem(f"effective liegt vor dem {SINCE:{DAY}}", early, "nur spätere Änderungen aufnehmen")
    yield Problem("Art unbekannt", rows["kind"][~rows["kind"].isin(KINDS)], f"eine von {', '.join(KINDS)}")
    for name in ("from_name", "to_name", "proof"):
        yield Problem(f"{name} fehlt", rows[name][rows[name] == ""], "eintragen")
    shares = _shares(rows["share"])
    wrong = (rows["share"] != "") & ~((shares > 0) & (shares <= 1))
    yield Problem(
        "Anteil liegt nicht über 0 bis 1", rows["share"][wrong], "1 für eine ganze Gemeinde; Unbekanntes leer"
    )
    pair = rows["effective"] + " " + rows["from_ags"]
    split = rows["from_ags"][pair.duplicated(keep=False) & ~(shares < 1) & (rows["share"] != "")]
    yield Problem("Gemeinde geht mehrfach ganz über", split, "eine Zeile streichen oder Anteile unter 1 angeben")
    alone = (rows["kind"] == "Eingemeindung") & ~(rows["effective"] + " " + rows["to_ags"]).isin(pair)
    yield Problem("aufnehmende Gemeinde hat keine Zeile", rows["to_ags"][alone], "eine Zeile auf sich selbst ergänzen")
    yield Problem("Schlüssel schon erloschen", _ended(rows), "Tag und Schlüssel prüfen")


def _ended(rows: pd.DataFrame) -> pd.Series:
    """Return the old keys that an earlier change had ended already."""
    ended: set[str] = set()
    late = pd.Series(False, rows.index)
    for _, day in rows.groupby("effective"):
        late[day.index] = day["from_ags"].isin(ended)
        ended = (ended | set(day["from_ags"])) - set(day["to_ags"])
    return rows["from_ags"][late]


def _days(text: pd.Series) -> pd.Series:
    days: pd.Series = pd.to_datetime(text.where(text.str.fullmatch(r"\d{4}-\d{2}-\d{2}")), errors="coerce")
    return days


def _shares(text: pd.Series) -> pd.Series:
    shares: pd.Series = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce").astype(float)
    return shares
