"""What people enter or import, in a database: imported figures with their origin, remembered columns, exports.

SQLite by default, PostgreSQL by URL. Figures are only ever added: an import that is undone stays on record, and what
it had replaced holds again. The newest import that holds is the one that counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geodata.model import GeoDataError

FIGURE_COLUMNS = ["part", "key", "year", "stand", "gebietsstand", "basis", "value", "state", "row"]
IDENTITY = ["part", "key", "year", "basis"]

WAIT_S = 30.0  # for another process that writes
CACHE_KB = 64_000
REASONS = {
    "locked": "ist gesperrt, jemand schreibt gerade. Abhilfe: in einer Minute noch einmal versuchen.",
    "readonly": "darf nicht beschrieben werden. Abhilfe: Schreibrechte für Datei und Ordner geben.",
    "unable to open": "lässt sich nicht öffnen. Abhilfe: Ordner und Rechte prüfen (SPEICHER).",
    "not a database": "ist keine Datenbank des Sozialatlas. Abhilfe: SPEICHER prüfen oder die Datei wiederherstellen.",
    "malformed": "ist beschädigt. Abhilfe: aus der Sicherung wiederherstellen.",
    "full": "kein Platz auf dem Datenträger. Abhilfe: Platz schaffen, noch einmal versuchen.",
}

TABLES = sa.MetaData()
IMPORTS = sa.Table(
    "imports",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("undone_at", sa.Text),
)
FIGURES = sa.Table(
    "figures",
    TABLES,
    sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id"), nullable=False, index=True),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("stand", sa.Text, nullable=False),
    sa.Column("gebietsstand", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("value", sa.Float),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("row", sa.Text, nullable=False),
)
COLUMNS = sa.Table(
    "columns",
    TABLES,
    sa.Column("heads", sa.Text, primary_key=True),
    sa.Column("mapping", sa.Text, nullable=False),
)
EXPORTS = sa.Table(
    "exports",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("hidden_primary", sa.Integer, nullable=False),
    sa.Column("hidden_secondary", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class Import:
    """One import on record; ``undone_at`` is empty while it holds. Times are UTC, ISO."""

    id: int
    at: str
    file: str
    sha256: str
    form: str
    title: str
    source: str
    undone_at: str
    rows: int


class Store:
    """The database of one district."""

    def __init__(self, url: str) -> None:
        """Open the database at ``url`` (``sqlite:///path`` or ``postgresql+...``) and make its tables."""
        try:
            self._engine = sa.create_engine(url, connect_args={"timeout": WAIT_S} if url.startswith("sqlite") else {})
        except (sa.exc.SQLAlchemyError, ImportError, ValueError) as error:
            raise GeoDataError(f"Speicher: Adresse ist nicht lesbar ({error}). Abhilfe: SPEICHER prüfen.") from error
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _keep_in_memory)
        with self._connected(writes=True) as connection:
            for table in TABLES.sorted_tables:
                connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))

    @contextmanager
    def _connected(self, *, writes: bool = False) -> Iterator[sa.Connection]:
        """Give a connection; all that is written goes in at its end or not at all. Its errors become GeoDataErrors."""
        try:
            with self._engine.begin() if writes else self._engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            place = self._engine.url.render_as_string(hide_password=True)
            raise GeoDataError(f"Speicher {place}: {_reason(error)}") from error

    connected = _connected  # for modules that keep a table of their own here

    def add_import(self, figures: pd.DataFrame, about: Mapping[str, str]) -> int:
        """Add figures (FIGURE_COLUMNS) as one import and return its number; all of them or none."""
        rows = figures[FIGURE_COLUMNS].astype({"year": int}).astype(object)
        rows = rows.where(rows.notna(), None)
        with self._connected(writes=True) as connection:
            made = connection.execute(IMPORTS.insert().values(at=now(), **about).returning(IMPORTS.c.id))
            number = int(made.scalar_one())
            records = [{"import_id": number, **dict(zip(FIGURE_COLUMNS, row, strict=True))} for row in rows.to_numpy()]
            if records:
                connection.execute(FIGURES.insert(), records)
        return number

    def undo_last(self) -> Import | None:
        """Take back the newest import that holds and return it; None where there is none."""
        newest = sa.select(sa.func.max(IMPORTS.c.id)).where(IMPORTS.c.undone_at.is_(None)).scalar_subquery()
        change = IMPORTS.update().where(IMPORTS.c.id == newest).values(undone_at=now()).returning(IMPORTS.c.id)
        with self._connected(writes=True) as connection:
            number = connection.execute(change).scalar_one_or_none()
        return next((done for done in self.imports() if done.id == number), None)

    def redo(self, number: int) -> None:
        """Let an import hold again that was undone."""
        with self._connected(writes=True) as connection:
            connection.execute(IMPORTS.update().where(IMPORTS.c.id == number).values(undone_at=None))

    def imports(self) -> list[Import]:
        """Return all imports, the newest first."""
        counted = sa.select(FIGURES.c.import_id, sa.func.count().label("rows")).group_by(FIGURES.c.import_id).subquery()
        query = (
            sa.select(*IMPORTS.c, sa.func.coalesce(counted.c.rows, 0).label("rows"))
            .outerjoin(counted, counted.c.import_id == IMPORTS.c.id)
            .order_by(IMPORTS.c.id.desc())
        )
        with self._connected() as connection:
            rows = [dict(row._mapping) for row in connection.execute(query)]
        return [Import(**{**row, "undone_at": row["undone_at"] or ""}) for row in rows]

    def figures(self) -> pd.DataFrame:
        """Return the figures that hold, one per part, key, year and basis, with the number of their import."""
        query = (
            sa.select(FIGURES.c.import_id, *(FIGURES.c[name] for name in FIGURE_COLUMNS))
            .join(IMPORTS, IMPORTS.c.id == FIGURES.c.import_id)
            .where(IMPORTS.c.undone_at.is_(None))
            .order_by(FIGURES.c.import_id)
        )
        with self._connected() as connection:
            frame = pd.DataFrame(connection.execute(query).fetchall(), columns=["import_id", *FIGURE_COLUMNS])
        frame = frame.astype({"value": float, "year": int, "import_id": int})
        return frame.drop_duplicates(IDENTITY, keep="last").reset_index(drop=True)

    def version(self) -> tuple[int, str]:
        """Return what changes with every import and undoing: a cache of figures is good for one version."""
        undone = IMPORTS.c.undone_at
        query = sa.select(sa.func.max(IMPORTS.c.id), sa.func.max(undone), sa.func.count() - sa.func.count(undone))
        with self._connected() as connection:
            newest, last_undone, holding = connection.execute(query.select_from(IMPORTS)).one()
        return int(newest or 0), f"{last_undone or ''}/{holding}"

    def remember_columns(self, heads: list[str], mapping: Mapping[str, str]) -> None:
        """Keep which column of a file with these heads means what."""
        key = json.dumps(heads, ensure_ascii=False)
        with self._connected(writes=True) as connection:
            connection.execute(COLUMNS.delete().where(COLUMNS.c.heads == key))
            connection.execute(
                COLUMNS.insert().values(heads=key, mapping=json.dumps(dict(mapping), ensure_ascii=False))
            )

    def remembered_columns(self, heads: list[str]) -> dict[str, str]:
        """Return what was kept for a file with these heads; empty where nothing was."""
        query = sa.select(COLUMNS.c.mapping).where(COLUMNS.c.heads == json.dumps(heads, ensure_ascii=False))
        with self._connected() as connection:
            found = connection.execute(query).scalar_one_or_none()
        mapping: dict[str, str] = json.loads(found) if found else {}
        return mapping

    def record_export(self, about: Mapping[str, Any]) -> None:
        """Keep that something was exported: what, query, audience, rules and how much was hidden."""
        with self._connected(writes=True) as connection:
            connection.execute(EXPORTS.insert().values(at=now(), **about))

    def exports(self) -> pd.DataFrame:
        """Return the record of exports, the newest first."""
        with self._connected() as connection:
            rows = connection.execute(sa.select(EXPORTS).order_by(EXPORTS.c.id.desc())).fetchall()
        return pd.DataFrame(rows, columns=[column.name for column in EXPORTS.c])


def _keep_in_memory(connection: Any, _: Any) -> None:
    """Let SQLite hold an import in memory until it is complete, so that nobody who reads has to wait for it."""
    connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")


def _reason(error: sa.exc.SQLAlchemyError) -> str:
    """Return in German what a database says and what to do."""
    text = str(getattr(error, "orig", None) or error).splitlines()[0]
    for sign, reason in REASONS.items():
        if sign in text:
            return reason
    return f"lässt sich nicht lesen oder schreiben ({text}). Abhilfe: SPEICHER prüfen."


def now() -> str:
    """Return this moment, in UTC, ISO."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
