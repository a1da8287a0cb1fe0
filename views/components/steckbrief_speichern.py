"""Saving the sentences of a profile: what has changed, whether it may be published, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast
from uuid import uuid4

from flask import current_app, has_app_context

from geodata.model import GeoData, GeoDataError
from geodata.portraits import Kind, Sentence, read_sentences, save_sentences
from geodata.store import Store
from layers.atlas import Atlas
from layers.portrait_check import HiddenNumber, hidden_numbers, told
from layers.portrait_rules import Line
from layers.statistics import Statistics
from views import live
from views.components.steckbrief_saetze import NEW, ONE
from views.components.steckbrief_state import PortraitState

STORE, AUDIENCE = "SPEICHER", "ZIELGRUPPE"  # keys of the server's configuration
NOT_ALLOWED = "Sätze bearbeiten kann nur die Sozialplanung (ZIELGRUPPE=intern)."


def store_here() -> Store | None:
    """Return the store of the running atlas, None without one."""
    found = current_app.config.get(STORE) if has_app_context() else None
    return found if isinstance(found, Store) else None


def plans_here() -> bool:
    """Return whether the reader is the planning office: the operator's setting, nothing in the address."""
    return has_app_context() and current_app.config.get(AUDIENCE) == "intern"


def saved_sentences(state: PortraitState) -> dict[str, Sentence]:
    """Return what planners wrote of the area of a state."""
    store = store_here()
    return read_sentences(store, state.level, state.area) if store and state.area else {}


def hidden_here(atlas: Atlas, state: PortraitState) -> list[HiddenNumber]:
    """Return the numbers of the area that the running atlas shows and the public one hides."""
    store = store_here()
    if store is None or not atlas.current.statistics.levels:
        return []
    public = _public(atlas.data, store, store.version())
    return hidden_numbers(atlas.current.statistics, public, state.level, state.area)


@lru_cache(maxsize=1)
def _public(data: GeoData, store: Store, version: tuple[int, str]) -> Statistics:
    return live.read_statistics(data, store, "oeffentlich")


def locked_lines(lines: tuple[Line, ...], hidden: list[HiddenNumber]) -> frozenset[str]:
    """Return the sentences by rule that rest on an indicator of which the public does not see the number."""
    secret = {(number.indicator, number.year) for number in hidden}
    rules = {line.id: line.statement for line in lines if line.statement}
    return frozenset(key for key, rule in rules.items() if (rule.figure, rule.stand) in secret)


def save(state: PortraitState, lines: tuple[Line, ...], form: Mapping[str, Any], hidden: list[HiddenNumber]) -> str:
    """Keep what a form changes and return what to say of it; raise GeoDataError where it must not be kept."""
    store = store_here()
    if not plans_here() or store is None:
        raise GeoDataError(NOT_ALLOWED)
    locked = locked_lines(lines, hidden)
    before = saved_sentences(state)
    found = [_changed(line, form[line.id], before) for line in lines if line.id in form and line.id not in locked]
    wanted = [sentence for sentence in [*found, _new(form.get(NEW, {}))] if sentence]
    if problems := [_leak(number) for each in wanted if each.status == "text" for number in told(each.text, hidden)]:
        raise GeoDataError("\n".join(dict.fromkeys(problems)))
    save_sentences(store, state.level, state.area, wanted)
    return f"Gespeichert: {len(wanted)} {'Satz' if len(wanted) == 1 else 'Sätze'}." if wanted else "Nichts geändert."


def _leak(number: HiddenNumber) -> str:
    return (
        f"Der Text nennt eine Zahl zu „{number.name}“ ({number.year}), die öffentlich geheim ist. Abhilfe: ohne die "
        "Zahl schreiben."
    )


def _changed(line: Line, given: Mapping[str, Any], before: Mapping[str, Sentence]) -> Sentence | None:
    """Return what a form makes of a sentence; None where it leaves it as it is."""
    text, kind = str(given.get("text") or "").strip(), _kind(given.get("kind"), line.kind)
    rule = line.statement.text if line.statement else ""
    draft = rule or (before[line.id].draft if line.id in before else "")
    if given.get("rule") is True and line.statement:
        return Sentence(line.id, line.kind, "", rule, "rule")
    if given.get("gone") is True:
        return None if line.removed else Sentence(line.id, line.kind, line.text, draft, "removed")
    if text == line.text and kind == line.kind:
        return Sentence(line.id, line.kind, "", rule, "rule") if line.removed else None
    return Sentence(line.id, kind, text, draft)


def _new(given: Mapping[str, Any]) -> Sentence | None:
    text = str(given.get("text") or "").strip()
    return Sentence(f"eigen-{uuid4().hex[:12]}", _kind(given.get("kind"), "staerke"), text) if text else None


def _kind(given: object, default: Kind) -> Kind:
    return cast(Kind, given) if given in ONE else default
