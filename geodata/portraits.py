"""Sentences that planners add to a portrait (Steckbrief), change or leave out; every step stays on record.

They live in a table of their own in the store. The newest record of a sentence is the one that holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, cast, get_args

import sqlalchemy as sa

from geodata.model import GeoDataError
from geodata.store import Store, now

MOST_CHARACTERS = 2000
Kind = Literal["staerke", "luecke"]
Status = Literal["text", "removed", "rule"]
PORTRAITS = sa.Table(
    "portraits",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=False, index=True),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("draft", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Sentence:
    """One sentence as planners left it. ``id``: that of the rule behind it, or one of its own.

    ``status``: "text" holds instead of the rule, "removed" is not shown, "rule" gives the word back to the rule.
    ``draft``: what the rule said at that time, empty for a sentence of its own. ``at``: UTC, ISO.
    """

    id: str
    kind: Kind
    text: str
    draft: str = ""
    status: Status = "text"
    at: str = ""


def save_sentences(store: Store, level: str, area: str, sentences: Iterable[Sentence]) -> None:
    """Add sentences on an area, all or none; raise one GeoDataError (German) that lists everything wrong."""
    found = list(sentences)
    problems = [f"Satz {place}: {text}" for place, each in enumerate(found, 1) for text in _broken(each)]
    if problems:
        raise GeoDataError("\n".join(problems))
    moment = now()
    rows = [
        {
            "at": moment,
            "level": level,
            "area": area,
            "sentence": each.id,
            "kind": each.kind,
            "text": each.text.strip(),
            "draft": each.draft,
            "status": each.status,
        }
        for each in found
    ]
    if not rows:
        return
    with store.connected(writes=True) as connection:
        connection.execute(sa.schema.CreateTable(PORTRAITS, if_not_exists=True))
        for index in PORTRAITS.indexes:
            connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
        connection.execute(PORTRAITS.insert(), rows)


def _broken(sentence: Sentence) -> Iterator[str]:
    text = sentence.text.strip()
    if sentence.kind not in get_args(Kind):
        yield f"Art unbekannt, gefunden '{sentence.kind}'. Abhilfe: Stärke oder Lücke wählen."
    if sentence.status not in get_args(Status):
        yield f"Stand unbekannt, gefunden '{sentence.status}'. Abhilfe: Seite neu laden."
    if sentence.status == "text" and not text:
        yield "Der Text ist leer. Abhilfe: etwas schreiben oder den Satz entfernen."
    if len(text) > MOST_CHARACTERS:
        yield f"Der Text hat {len(text)} Zeichen. Abhilfe: auf höchstens {MOST_CHARACTERS} kürzen."
    if not text.replace("\n", " ").isprintable():
        yield "Der Text enthält Steuerzeichen. Abhilfe: als reinen Text einfügen."


def read_sentences(store: Store, level: str, area: str) -> dict[str, Sentence]:
    """Return what holds for an area by the id of the sentence, in the order in which they were first saved."""
    with store.connected() as connection:
        if not sa.inspect(connection).has_table(PORTRAITS.name):
            return {}
        chosen = (PORTRAITS.c.level == level) & (PORTRAITS.c.area == area)
        rows = connection.execute(sa.select(PORTRAITS).where(chosen).order_by(PORTRAITS.c.id)).mappings().all()
    return {
        row["sentence"]: Sentence(
            row["sentence"],
            cast(Kind, row["kind"]),
            row["text"],
            row["draft"],
            cast(Status, row["status"]),
            row["at"],
        )
        for row in rows
    }
