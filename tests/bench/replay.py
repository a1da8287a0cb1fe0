"""Server time of every callback: its requests replayed against the running app, one after the other."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import Any

from tests.bench.callbacks import Body, Callback, clicks, find_callbacks
from tests.bench.process import PATIENCE_S, Program
from tests.bench.table import Row, limit, quantile

P95_MS = 30.0
MOST = 200  # requests per callback
AT_LEAST = 20
HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
PACKED = {
    **HEADERS,
    "Accept-Encoding": "gzip, deflate, br, zstd",
}  # as a browser asks; packing is server time


class Client:
    """One connection to the app that stays open, as a browser's does."""

    def __init__(self, program: Program) -> None:
        self.connection = HTTPConnection("127.0.0.1", program.port, timeout=PATIENCE_S)
        self.failed: list[str] = []

    def get(self, path: str) -> Any:
        """Return the JSON at ``path``."""
        self.connection.request("GET", path)
        return json.load(self.connection.getresponse())

    def post(self, body: Body) -> Any:
        """Return the JSON that a callback answers."""
        self.connection.request("POST", "/_dash-update-component", json.dumps(body), HEADERS)
        return json.load(self.connection.getresponse())

    def milliseconds(self, body: Body) -> float:
        """Return how long the answer takes, from the first byte sent to the last one received."""
        sent = json.dumps(body)
        begun = time.perf_counter()
        self.connection.request("POST", "/_dash-update-component", sent, PACKED)
        answer = self.connection.getresponse()
        answer.read()
        taken = (time.perf_counter() - begun) * 1000
        if answer.status not in (200, 204):
            self.failed.append(f"{answer.status} {body['changedPropIds']} {body['inputs']}")
        return taken


def measure_callbacks(program: Program) -> tuple[list[Row], list[str]]:
    """Return times of all callbacks of a freshly started app, and requests that failed.

    The first round meets an app that has computed nothing yet, the second one what a reader finds later.
    """
    client = Client(program)
    areas, facilities = (_ids(client.get(f"/geo/{name}.geojson")) for name in ("gemeinde", "einrichtungen"))
    found = find_callbacks(
        client.get("/_dash-dependencies"), client.get("/_dash-layout"), client.post, clicks(areas, facilities)
    )
    rows = []
    for callback in found:
        rows += _measured(callback, client, program)
    return rows, client.failed


def _ids(collection: Any) -> list[str]:
    return [feature["properties"]["id"] for feature in collection["features"]]


def _measured(callback: Callback, client: Client, program: Program) -> list[Row]:
    """Return p50, p95 and the longest of the second round, the p95 of the first, the mean processor time."""
    name = f"Rückruf {callback.name}"
    bodies = thinned(callback.bodies)
    if not bodies:
        return [limit(f"{name}: p95", None, P95_MS, "ms")]
    first = [client.milliseconds(body) for body in bodies]
    before = program.cpu_seconds()
    later = [client.milliseconds(body) for body in bodies]
    after = program.cpu_seconds()
    busy = None if before is None or after is None else (after - before) / len(bodies) * 1000
    return [
        limit(f"{name}: p50", quantile(later, 0.5), P95_MS, "ms", judged=False),
        limit(f"{name}: p95", quantile(later, 0.95), P95_MS, "ms"),
        limit(f"{name}: längster", max(later), P95_MS, "ms", judged=False),
        limit(f"{name}: p95 beim ersten Mal", quantile(first, 0.95), P95_MS, "ms"),
        limit(f"{name}: Prozessorzeit im Mittel", busy, P95_MS, "ms", judged=False),
    ]


def thinned(bodies: Sequence[Body]) -> list[Body]:
    """Return at most ``MOST`` requests in an order by chance; few are repeated, so that a p95 has a meaning."""
    drawn = list(bodies)
    random.Random(16063).shuffle(drawn)
    repeats = -(-AT_LEAST // len(drawn)) if drawn else 0
    return (drawn * repeats)[:MOST]
