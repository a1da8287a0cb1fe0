"""The statistics of the store as the atlas shows them: read at start, and anew once somebody has imported figures."""

from __future__ import annotations

import logging
from threading import Lock
from time import monotonic

from flask import Flask, Response, request

from geodata import catalog
from geodata.confidentiality import RULES_VERSION
from geodata.imports import open_store
from geodata.model import GeoData, GeoDataError
from geodata.observations import territory_of
from geodata.store import Import, Store
from layers.atlas import Atlas, renew
from layers.mapview import build_map_view
from layers.statistics import NO_STATISTICS, Statistics, build_statistics
from views.components.query import MAX_QUERY
from views.settings import Audience, Settings

LOOK_AGAIN_S = 1.0
TEMPLATE = "/ausgabe/vorlage.csv"
log = logging.getLogger("sozialatlas")


def store_of(settings: Settings) -> Store | None:
    """Return the store of the district, None where the operator keeps none."""
    return open_store(settings.store, settings.district) if settings.store else None


def read_statistics(data: GeoData, store: Store | None, audience: Audience) -> Statistics:
    """Return all statistics of the store for an audience."""
    figures = store.figures() if store else None
    if store is None or figures is None or figures.empty:
        return NO_STATISTICS
    imports = {done.id: _source(done) for done in store.imports()}
    return build_statistics(data, figures, territory_of(data), imports, audience)


def _source(done: Import) -> catalog.Source:
    by = catalog.publishers()[done.form]
    return catalog.Source(
        id=f"{done.form}-{done.id}",
        title=done.title or by.title,
        publisher=by.publisher,
        licence=by.licence,
        licence_url=by.licence_url,
        attribution=by.attribution,
        url=by.url,
        date=done.at[:10],
        file=done.file,
        sha256=done.sha256,
        used_for="Statistik",
        notes=f"eingelesen am {done.at[8:10]}.{done.at[5:7]}.{done.at[:4]}",
    )


def watch(server: Flask, atlas: Atlas, store: Store | None, audience: Audience) -> None:
    """Let the atlas follow the store: before a request, at most once a second, it is asked whether it has changed."""
    if store is None:
        return
    lock = Lock()
    seen = {"version": store.version(), "at": monotonic()}

    @server.before_request
    def follow() -> None:
        if monotonic() - float(str(seen["at"])) < LOOK_AGAIN_S or not lock.acquire(blocking=False):
            return
        try:
            seen["at"] = monotonic()
            if (version := store.version()) != seen["version"]:
                refresh(atlas, store, audience)
                seen["version"] = version
        except GeoDataError as error:  # whoever reads the atlas sees what held before
            log.warning("%s", error)
        finally:
            lock.release()


def record_exports(server: Flask, atlas: Atlas, store: Store | None, audience: Audience) -> None:
    """Keep a record of every file that leaves the atlas: what, for whom, by which rules, how much was hidden.

    It names nobody: neither who asked nor from where.
    """
    if store is None:
        return

    @server.after_request
    def record(response: Response) -> Response:
        if response.status_code == 200 and _is_export(response):
            hidden = atlas.current.statistics.hidden
            about = {
                "what": request.path,
                "query": request.query_string.decode("utf-8", "replace")[:MAX_QUERY],
                "audience": audience,
                "rules": RULES_VERSION,
                "hidden_primary": hidden.primary,
                "hidden_secondary": hidden.secondary,
            }
            try:
                store.record_export(about)
            except Exception as error:  # a reader gets the file although the record is not to be written
                log.exception("Ausgabe %s nicht vermerkt", request.path, exc_info=error)
        return response


def _is_export(response: Response) -> bool:
    return "attachment" in response.headers.get("Content-Disposition", "") and request.path != TEMPLATE


def refresh(atlas: Atlas, store: Store, audience: Audience) -> None:
    """Read the store anew into the atlas."""
    renew(atlas, read_statistics(atlas.data, store, audience))
    build_map_view.cache_clear()
