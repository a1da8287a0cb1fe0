"""What a reader chose on the page of data quality; the URL holds all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from geodata import catalog
from layers.quality import matching
from layers.quality_records import KINDS, SEVERITIES, Finding
from views.components import query

SEVERITY_OF = {word: severity for severity, word in SEVERITIES.items()}


@dataclass(frozen=True)
class QualityState:
    """One state of the page; the defaults show every open point. ``ags`` "kreis": about no single Gemeinde."""

    kind: str = ""
    severity: str = ""
    office: str = ""
    ags: str = ""
    handlungsfeld: str = ""
    page: int = 1


PARSERS: query.Parsers = {
    "kind": query.one_of("", *KINDS),
    "severity": query.one_of("", *SEVERITY_OF),
    "office": query.short_text,
    "ags": query.short_text,
    "handlungsfeld": query.one_of("", *catalog.handlungsfelder()),
    "page": query.whole(1, 9999),
}


def read_parts(given: Mapping[str, object]) -> tuple[QualityState, list[str]]:
    """Return the state made of named parts and a notice for every bad one."""
    return query.read_parts(given, QualityState(), PARSERS)


def read_query(text: str) -> tuple[QualityState, list[str]]:
    """Return the state in a query string and a notice for every part that could not be used."""
    return query.read_query(text, QualityState(), PARSERS)


def settle(state: QualityState, offices: Collection[str], gemeinden: Collection[str]) -> tuple[QualityState, list[str]]:
    """Return the state without an office or Gemeinde that does not exist, and a notice for each."""
    notices = []
    for name, known, what in (("office", offices, "Die Stelle"), ("ags", gemeinden, "Die Gemeinde")):
        value = getattr(state, name)
        if value and value not in known:
            notices.append(f"{what} „{value[:40]}“ gibt es nicht; die Angabe wurde weggelassen.")
            state = replace(state, **{name: ""})
    return state, notices


def chosen(findings: Collection[Finding], state: QualityState, **without: Any) -> list[Finding]:
    """Return the findings of a state; ``without``: parts of it that are not asked for, as ``kind=""``."""
    state = replace(state, **without)
    return matching(
        findings,
        kind=state.kind,
        severity=SEVERITY_OF.get(state.severity, 0),
        office=state.office,
        ags=state.ags,
        handlungsfeld=state.handlungsfeld,
    )
