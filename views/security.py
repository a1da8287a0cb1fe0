"""Headers that keep every request on this machine, and errors that never show a traceback."""

from __future__ import annotations

import logging

from dash import Dash, set_props
from flask import Response, request
from werkzeug.exceptions import HTTPException

from views.nicht_gefunden import error_page

MESSAGE_ID = "meldung"
MESSAGE = "Das hat nicht geklappt; die Seite zeigt noch den Stand davor. Bitte neu laden."
log = logging.getLogger("sozialatlas")


def policy(script_hashes: list[str]) -> str:
    """Return the Content-Security-Policy: own files only, inline scripts by hash, map workers as blobs."""
    hashes = " ".join(script_hashes)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "connect-src 'self'",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def callback_failed(error: Exception) -> None:
    """Log a failing callback, leave the page as it is and say so to the reader, without a traceback."""
    log.exception("Rückruf fehlgeschlagen", exc_info=error)
    set_props(MESSAGE_ID, {"children": MESSAGE})


def register(app: Dash) -> None:
    """Attach headers and error pages to the server."""

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy(app.csp_hashes())
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @app.server.errorhandler(Exception)
    def answer_error(error: Exception) -> Response:
        code = error.code or 500 if isinstance(error, HTTPException) else 400
        if not isinstance(error, HTTPException):
            log.exception("Anfrage %s nicht beantwortet", request.path, exc_info=error)
        if request.path.startswith("/_dash"):
            return Response("Die Anfrage ist nicht lesbar. Bitte die Seite neu laden.", code, mimetype="text/plain")
        return Response(error_page(code), code, mimetype="text/html")
