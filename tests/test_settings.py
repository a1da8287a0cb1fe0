"""What the operator sets, and what the start says when it cannot start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from views.settings import Settings, has_screen, read_settings

ROOT = Path(__file__).resolve().parents[1]


def test_defaults_stay_on_this_machine() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.district) == ("127.0.0.1", 8050, "16063")
    assert settings.address == "http://127.0.0.1:8050/"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "acht", "", " 80", "8.0", "²", "٨٠", "99999999999"])
def test_port_that_is_none_is_refused_in_words(port: str) -> None:
    with pytest.raises(SystemExit) as refused:
        read_settings({"PORT": port})
    assert "PORT muss eine Zahl" in str(refused.value)
    assert "make run PORT=" in str(refused.value)


@pytest.mark.parametrize(("port", "number"), [("1", 1), ("8060", 8060), ("65535", 65535)])
def test_port_is_taken(port: str, number: int) -> None:
    assert read_settings({"PORT": port}).port == number


def test_browser_opens_only_where_there_is_a_screen_and_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert not read_settings({}).open_browser
    assert read_settings({"DISPLAY": ":0"}).open_browser
    assert not read_settings({"DISPLAY": ":0", "BROWSER": "nein"}).open_browser
    assert not has_screen({"DISPLAY": ""})


def test_folders_exist() -> None:
    assert Settings().assets.is_dir()
    assert Settings().packages.is_dir()


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Return how `python app.py` ends with these settings."""
    given = {**os.environ, "BROWSER": "nein", **environment}
    return subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60)


def test_taken_port_is_told_without_a_traceback() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = start(PORT=str(port))
    assert ended.returncode == 1
    assert f"Port {port} ist belegt" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_wrong_port_is_told_without_a_traceback() -> None:
    ended = start(PORT="acht")
    assert ended.returncode == 1
    assert "PORT muss eine Zahl" in ended.stderr
    assert "Traceback" not in ended.stderr
