"""What a run shows while it runs: a bar on a terminal, plain lines elsewhere; failures as they come."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import Literal, Protocol

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from vises_methods.batch.outcome import Failure
from vises_methods.batch.plan import Job
from vises_methods.catalogue import text

End = Literal["done", "unchanged", "failed", "blocked"]
_UNKNOWN_SECONDS = 15.0
_MANY = 20
"""So many enterprises to check are told of: they take some seconds, in which nothing else is to be seen."""
_LINE_SECONDS = 10.0


class Progress(Protocol):
    """What a run tells of itself."""

    def started(self, job: Job) -> None:
        """A job was given out."""

    def ended(self, job: Job, end: End, failure: Failure | None) -> None:
        """A job ended, was not needed, or cannot run."""

    def notice(self, message: str) -> None:
        """Something else is to be told."""


class TimeLeft:
    """How long the rest will take, from how long each notebook took before.

    Parameters
    ----------
    jobs : iterable of Job
    usual : mapping
        Seconds by notebook, from the ledger.
    workers : int
    """

    def __init__(self, jobs: Iterable[Job], usual: Mapping[str, float], workers: int) -> None:
        self._open = Counter(job.notebook.name for job in jobs)
        self._usual = usual
        self._typical = sum(usual.values()) / len(usual) if usual else _UNKNOWN_SECONDS
        self._started: dict[str, tuple[float, float]] = {}
        self._spent = self._foreseen = 0.0
        self._workers = workers

    def start(self, job: Job, now: float) -> None:
        """Note that a job began."""
        self._started[job.id] = (now, self._expected(job.notebook.name))

    def end(self, job: Job, now: float) -> None:
        """Note that a job ended; what it took corrects what the others are thought to take."""
        self._open[job.notebook.name] -= 1
        if job.id in self._started:
            began, foreseen = self._started.pop(job.id)
            self._spent += now - began
            self._foreseen += foreseen

    def seconds(self, now: float) -> float:
        """Return the seconds left, as well as they can be foreseen."""
        pace = self._spent / self._foreseen if self._foreseen else 1.0
        under_way = math.fsum(min(now - began, pace * foreseen) for began, foreseen in self._started.values())
        left = math.fsum(count * self._expected(name) for name, count in self._open.items())
        return max(0.0, (pace * left - under_way) / self._workers)

    def _expected(self, notebook: str) -> float:
        return self._usual.get(notebook, self._typical)


class PlainProgress:
    """One line a job, for logs and pipes."""

    def __init__(self, console: Console, lang: str, total: int, left: TimeLeft) -> None:
        self._console, self._lang, self._total, self._left = console, lang, total, left
        self._done = 0

    def __enter__(self) -> PlainProgress:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def started(self, job: Job) -> None:
        """Start the clock of the job."""
        self._left.start(job, time.monotonic())

    def ended(self, job: Job, end: End, failure: Failure | None) -> None:
        """Print one line; a job that was not needed is only counted."""
        self._done += 1
        self._left.end(job, time.monotonic())
        if end == "unchanged":
            return
        told = text(f"batch.progress.{end}", self._lang)
        shown = {"done": str(self._done), "total": str(self._total), "job": job_name(job, self._lang), "end": told}
        shown["left"] = duration(self._left.seconds(time.monotonic()), self._lang)
        self._print(text("batch.progress.line", self._lang, **shown))
        if failure is not None and end == "failed":
            self._print(f"  {failure.what(self._lang)}")

    def notice(self, message: str) -> None:
        """Print a line."""
        self._print(message)

    def _print(self, line: str) -> None:
        _print(self._console, line)


class BarProgress(PlainProgress):
    """A bar that says how far, how long still and what runs now; failures stand above it."""

    def __init__(self, console: Console, lang: str, total: int, left: TimeLeft) -> None:
        super().__init__(console, lang, total, left)
        self._running: dict[str, Job] = {}
        self._live = Live(get_renderable=self._picture, console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> BarProgress:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def started(self, job: Job) -> None:
        """Show the job among those that run."""
        super().started(job)
        self._running[job.id] = job

    def ended(self, job: Job, end: End, failure: Failure | None) -> None:
        """Move the bar; print a failure above it."""
        self._done += 1
        self._left.end(job, time.monotonic())
        self._running.pop(job.id, None)
        if failure is not None and end == "failed":
            self._print(f"✗ {job_name(job, self._lang)}: {failure.what(self._lang)}")

    def _picture(self) -> Table:
        shown = {"done": str(self._done), "total": str(self._total)}
        shown["left"] = duration(self._left.seconds(time.monotonic()), self._lang)
        lines = Table.grid()
        lines.add_row(_bar(self._done, self._total, text("batch.progress.bar", self._lang, **shown)))
        for job in self._running.values():
            lines.add_row(Text(f"  {job_name(job, self._lang)}", style="dim", overflow="ellipsis", no_wrap=True))
        return lines


def progress_for(console: Console, lang: str, total: int, left: TimeLeft) -> PlainProgress:
    """Return a bar on a terminal, plain lines elsewhere."""
    return (BarProgress if console.is_terminal else PlainProgress)(console, lang, total, left)


def counted(console: Console, lang: str) -> Callable[[Iterator[str], int], Iterator[str]]:
    """Return what passes on the names of enterprises that are checked, and shows how many they are and how long still.

    Few are checked in no time, and nothing is shown of them.
    """

    def shown(names: Iterator[str], total: int) -> Iterator[str]:
        if total < _MANY:
            yield from names
            return
        began = told = time.monotonic()
        done = 0

        def picture() -> Table:
            left = (time.monotonic() - began) / done * (total - done) if done else math.nan
            return _bar(done, total, _of_check(done, total, left, lang))

        _print(console, text("batch.progress.checking", lang, count=total))
        with Live(get_renderable=picture, console=console, transient=True) if console.is_terminal else nullcontext():
            for name in names:
                done += 1
                now = time.monotonic()
                if not console.is_terminal and now - told >= _LINE_SECONDS:
                    told = now
                    _print(console, _of_check(done, total, (now - began) / done * (total - done), lang))
                yield name

    return shown


def _of_check(done: int, total: int, left: float, lang: str) -> str:
    code = "checked" if math.isfinite(left) else "checked_none"
    told = {"done": str(done), "total": str(total)}
    if math.isfinite(left):
        told["left"] = duration(left, lang)
    return text(f"batch.progress.{code}", lang, **told)


def _bar(done: int, total: int, words: str) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(ProgressBar(total=max(1, total), completed=done, width=30), Text(words))
    return grid


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def job_name(job: Job, lang: str) -> str:
    """Name a job for a reader: enterprise, notebook, language; the methodology where it is not the usual one."""
    owner = job.enterprise_id or text("batch.progress.whole_study", lang)
    further = "" if job.methodology == "baseline" else f" · {job.methodology}"
    return f"{owner} · {job.notebook.name} ({job.lang}){further}"


def duration(seconds: float, lang: str) -> str:
    """Write a duration as a person would say it.

    Examples
    --------
    >>> duration(42, "en"), duration(170, "en")
    ('42 s', '3 min')
    """
    if seconds < 90:
        return text("batch.progress.seconds", lang, count=str(round(seconds)))
    if seconds < 5400:
        return text("batch.progress.minutes", lang, count=str(round(seconds / 60)))
    minutes = f"{int(seconds % 3600 // 60):02d}"
    return text("batch.progress.hours", lang, hours=str(int(seconds // 3600)), minutes=minutes)
