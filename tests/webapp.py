"""The app for tests without a browser: one client for all, and callbacks called as a browser calls them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import geodata
from app import create_app
from layers import Atlas, build_atlas
from views.settings import Settings

TRACES = ("Traceback", 'File "', "werkzeug", "NoneType", "KeyError(", "ValueError(")
UPDATE = "/_dash-update-component"


@cache
def shared_atlas() -> Atlas:
    """Return the Atlas of the dataset that ships with the project."""
    return build_atlas(geodata.load(Settings().district))


@cache
def shared_client() -> FlaskClient:
    """Return a client of the one app; the page registry of Dash is global to the process."""
    client: FlaskClient = create_app(shared_atlas(), Settings()).server.test_client()
    client.get("/", buffered=True)
    return client


@cache
def server_callbacks() -> tuple[dict[str, Any], ...]:
    """Return the callbacks that the server answers, as the browser knows them."""
    known = get("/_dash-dependencies").get_json()
    return tuple(callback for callback in known if not callback["clientside_function"])


def get(path: str, **options: Any) -> TestResponse:
    """Return the answer to a plain request, its file closed."""
    return shared_client().get(path, buffered=True, **options)


def callback_for(output: str) -> dict[str, Any]:
    """Return the callback that has ``output`` ("id.property") among its outputs."""
    return next(c for c in server_callbacks() if f".{output}." in f".{c['output']}.")


def body_of(callback: Mapping[str, Any], values: Mapping[str, Any], triggered: str) -> dict[str, Any]:
    """Return what the browser sends: ``values`` by "id.property", the others are null."""
    inputs, state = ([_given(part, values) for part in callback.get(kind, [])] for kind in ("inputs", "state"))
    names = callback["output"].strip(".").split("...")
    named = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    outputs = [[part | {"id": _known(part["id"])}] if part["id"].startswith("{") else part for part in named]
    told = {"output": callback["output"], "outputs": outputs, "inputs": inputs, "changedPropIds": [triggered]}
    return told | ({"state": state} if state else {})


def _given(part: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """Return one part with its value; a pattern of ids stands for a list of parts, here of one."""
    value = values.get(f"{part['id']}.{part['property']}")
    if not part["id"].startswith("{"):
        return {**part, "value": value}
    return [{**part, "id": _known(part["id"]), "value": value}]


def _known(pattern: str) -> dict[str, Any]:
    """Return an id that a pattern of ids fits."""
    return {name: "probe" if isinstance(wanted, list) else wanted for name, wanted in json.loads(pattern).items()}


def call(callback: Mapping[str, Any], values: Mapping[str, Any], triggered: str) -> TestResponse:
    """Return the answer to one callback."""
    return post(json.dumps(body_of(callback, values, triggered)))


def post(body: bytes | str) -> TestResponse:
    """Return the answer to any body sent as a callback."""
    return shared_client().post(UPDATE, data=body, content_type="application/json")


def changed(response: TestResponse) -> dict[str, Any]:
    """Return the new properties in an answer by "id.property"."""
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    parts = response.get_json()["response"]
    return {f"{name}.{prop}": value for name, props in parts.items() for prop, value in props.items()}


def open_page(path: str, search: str = "") -> TestResponse:
    """Return the answer to the callback that brings the layout of a page."""
    values = {"_pages_location.pathname": path, "_pages_location.search": search}
    return call(callback_for("_pages_content.children"), values, "_pages_location.search")


def words_in(node: Any) -> str:
    """Return all text in a layout as it was sent."""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return " ".join(words_in(part) for part in node)
    return words_in(node.get("props", {}).get("children", "")) if isinstance(node, dict) else ""


@contextmanager
def no_failure() -> Iterator[None]:
    """Fail when the app logs an error: the reader sees no traceback, so the log is where it would be."""
    handler = _Collector()
    logger = logging.getLogger("sozialatlas")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
    assert not handler.found, "\n".join(handler.found)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.getMessage()}: {record.exc_info[1] if record.exc_info else ''}")


def assert_polite(response: TestResponse) -> None:
    """The answer is no server error and shows nothing of the inside of the program."""
    assert response.status_code < 500
    if response.mimetype in ("text/html", "text/plain"):
        text = response.get_data(as_text=True)
        assert not any(trace in text for trace in TRACES), text[:500]
