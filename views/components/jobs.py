"""Work that takes seconds, beside the page that asked for it: how far it is, and what came of it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex
from threading import Thread
from typing import Any

from geodata.model import GeoDataError

MOST_KEPT = 8
UNEXPECTED = "Das hat nicht geklappt, nichts wurde geändert. Abhilfe: noch einmal versuchen; sonst die Datei prüfen."
log = logging.getLogger("sozialatlas")
_JOBS: OrderedDict[str, Job] = OrderedDict()


@dataclass
class Job:
    """One piece of work: ``share`` from 0 to 1, ``result`` once it is done, ``error`` (German) where it failed."""

    id: str = field(default_factory=lambda: token_hex(8))
    stage: str = ""
    share: float = 0.0
    result: Any = None
    error: str = ""
    done: bool = False

    def report(self, stage: str, share: float) -> None:
        """Say how far the work is."""
        self.stage, self.share = stage, share


def start(work: Callable[[Job], Any]) -> Job:
    """Begin ``work`` in a thread of its own and return its job."""
    job = Job()
    _JOBS[job.id] = job
    while len(_JOBS) > MOST_KEPT:
        _JOBS.popitem(last=False)
    Thread(target=_run, args=(job, work), daemon=True).start()
    return job


def _run(job: Job, work: Callable[[Job], Any]) -> None:
    try:
        job.result = work(job)
    except GeoDataError as error:
        job.error = str(error)
    except Exception as error:  # nobody else would hear of it
        log.exception("Arbeit fehlgeschlagen", exc_info=error)
        job.error = UNEXPECTED
    job.done = True


def find(key: object) -> Job | None:
    """Return the job with a key, None where there is none (any more)."""
    return _JOBS.get(key) if isinstance(key, str) else None
