"""Programs started for the bench: until when they answer, what they hold in memory, and that they end."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90.0
LOG = ROOT / "build" / "bench.log"


@dataclass(frozen=True)
class Program:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    begun: float

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def seconds_until(self, path: str) -> float:
        """Return the seconds from the start of the process until ``path`` has been answered with 200."""
        while time.perf_counter() - self.begun < PATIENCE_S:
            if self.process.poll() is not None:
                break
            if self._answers(path):
                return time.perf_counter() - self.begun
            time.sleep(0.01)
        raise RuntimeError(f"{self.process.args}: keine Antwort auf {path}; siehe {LOG}")

    def _answers(self, path: str) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        return answer.status == 200

    def resident_mb(self) -> float | None:
        """Return the resident memory in MB (10^6 bytes), None where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
        return int(found[1]) * 1024 / 1e6 if found else None

    def cpu_seconds(self) -> float | None:
        """Return the processor time used so far, None where the system does not tell."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return None
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(arguments: Sequence[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[Program]:
    """Run Python with ``arguments`` in the project folder for the length of the block."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("ab") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | dict(environment or {}),
            stdout=log,
            stderr=log,
        )
        try:
            yield Program(process, port, begun)
        finally:
            process.terminate()
            _wait_or_kill(process)


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def running_atlas(**settings: str) -> Iterator[Program]:
    """Run the real app on a free port, by default on the embedded dataset alone."""
    port = free_port()
    environment = {"DATEN": str(ROOT / "build" / "keine-daten"), "BROWSER": "nein", **settings}
    with running(["app.py"], port, {**environment, "PORT": str(port), "HOST": "127.0.0.1"}) as program:
        yield program


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
