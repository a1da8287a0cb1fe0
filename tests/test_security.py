"""Headers on every answer, and errors that tell a reader what to do and an attacker nothing."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from tests.webapp import UPDATE, assert_polite, call, callback_for, get, post, shared_client
from views import karte
from views.security import policy

ANSWERS = [
    ("get", "/"),
    ("get", "/gibt-es-nicht"),
    ("get", "/geo/gemeinde.geojson"),
    ("get", "/geo/nichts.geojson"),
    ("get", "/vendor/nichts"),
    ("get", "/gesund"),
    ("get", "/assets/stil.css"),
    ("get", "/assets/nichts.css"),
    ("get", "/_dash-layout"),
    ("get", "/_dash-dependencies"),
    ("get", "/ausgabe/karte.csv"),
    ("get", "/_dash-component-suites/nichts/nichts.js"),
    ("post", "/"),
    ("put", "/gesund"),
    ("post", UPDATE),
]


@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_headers_are_on_every_answer(method: str, path: str) -> None:
    answer = shared_client().open(path, method=method, buffered=True)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert_polite(answer)


def test_policy_allows_no_eval_and_no_other_machine() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy(["'sha256-x'"]).split("; "))
    assert "unsafe-eval" not in str(rules)
    assert "unsafe-inline" not in rules["script-src"]
    assert not re.search(r"https?:|\*", str(rules))
    assert rules["frame-ancestors"] == "'none'"


def test_every_script_in_the_page_is_allowed_by_its_hash() -> None:
    answer = get("/")
    page, allowed = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
    inline = [
        body
        for body in re.findall(r"<script(?![^>]*\b(?:src|application/json))[^>]*>(.*?)</script>", page, re.S)
        if body
    ]
    assert inline
    for body in inline:
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"sha256-{digest}" in allowed


def test_page_names_no_other_machine() -> None:
    page = get("/").get_data(as_text=True)
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]+", page)


@pytest.mark.parametrize("path", ["/geo/nichts.geojson", "/assets/nichts.css", "/vendor/x", "/ausgabe/karte.exe"])
def test_error_page_is_german_and_leads_back(path: str) -> None:
    answer = get(path, headers={"Accept-Language": "en"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert 'lang="de"' in text
    assert "nicht gefunden" in text
    assert 'href="/"' in text


def test_address_is_not_repeated_in_an_error_page() -> None:
    answer = get("/vendor/<script>alert(1)</script>")
    assert b"<script>alert" not in answer.data


def test_broken_callback_body_is_told_in_german() -> None:
    answer = post(b"{")
    assert answer.status_code == 400
    assert "Bitte die Seite neu laden" in answer.get_data(as_text=True)


def test_failing_callback_is_logged_and_told_without_its_inside(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("geheimes Innenleben")

    monkeypatch.setattr(karte, "view_of", fail)
    answer = call(callback_for("titel.children"), {}, "wahl-level.value")
    assert "geheimes Innenleben" in caplog.text
    assert answer.status_code == 200
    assert "Das hat nicht geklappt" in answer.get_json()["sideUpdate"]["meldung"]["children"]
    assert "Innenleben" not in answer.get_data(as_text=True)
