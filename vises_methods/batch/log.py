"""The log of a run for machines: one JSON object a line, in the order of what happened."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from vises_methods.batch.outcome import Failure
from vises_methods.batch.plan import Job
from vises_methods.batch.progress import End, Progress


class LoggedProgress:
    """Tells what happens to a log and to whoever else listens.

    Each line has ``time`` (ISO 8601, UTC) and ``event``: ``run_started`` (``total``), ``job_started``, ``job_ended``
    (``end``, ``seconds``, ``done``, ``total``, and ``failure`` with ``kind, detail, cell, line``), ``notice``
    (``message``), ``run_ended`` (``done``, ``total``). A job is told by ``job, enterprise, notebook, methodology`` and
    ``lang``.

    Parameters
    ----------
    progress : Progress
        What is told the same.
    log : Path or None
        The file; it is appended to, and each line is written at once. None keeps no log.
    total : int
        How many jobs the plan has.
    """

    def __init__(self, progress: Progress, log: Path | None, total: int) -> None:
        self._progress, self._log, self._total = progress, log, total
        self._done = 0
        self._file: TextIO | None = None
        self._began: dict[str, float] = {}

    def __enter__(self) -> LoggedProgress:
        if self._log is not None:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._log.open("a", encoding="utf-8", newline="\n")
        self._write("run_started", total=self._total)
        return self

    def __exit__(self, *_: object) -> None:
        self._write("run_ended", done=self._done, total=self._total)
        if self._file is not None:
            self._file.close()

    def started(self, job: Job) -> None:
        """A job was given out."""
        self._began[job.id] = time.monotonic()
        self._write("job_started", **_named(job))
        self._progress.started(job)

    def ended(self, job: Job, end: End, failure: Failure | None) -> None:
        """A job ended, was not needed, or cannot run."""
        self._done += 1
        began = self._began.pop(job.id, None)
        seconds = None if began is None else round(time.monotonic() - began, 3)
        told = None if failure is None else vars(failure)
        count = {"done": self._done, "total": self._total}
        self._write("job_ended", **_named(job), end=end, seconds=seconds, failure=told, **count)
        self._progress.ended(job, end, failure)

    def notice(self, message: str) -> None:
        """Something else is to be told."""
        self._write("notice", message=message)
        self._progress.notice(message)

    def _write(self, event: str, **told: object) -> None:
        if self._file is not None:
            line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **told}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


def _named(job: Job) -> dict[str, str]:
    names = {"enterprise": job.enterprise_id, "notebook": job.notebook.name, "methodology": job.methodology}
    return {"job": job.id, **names, "lang": job.lang}
