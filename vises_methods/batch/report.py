"""What a reader is shown of a plan, of the state of a study and of a run that ended: one screen each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vises_methods.batch.alike import Alike, Gathered, without_own_name
from vises_methods.batch.outcome import FAILED_ENDING, Failure
from vises_methods.batch.plan import Job
from vises_methods.batch.progress import duration, job_name
from vises_methods.batch.staleness import Explanation, Standing
from vises_methods.catalogue import text
from vises_methods.errors import Problem

if TYPE_CHECKING:
    from vises_methods.batch.reproduction import Difference
    from vises_methods.batch.runner import RunReport

_DIFFERENCES_SHOWN = 40
_DIGEST_SHOWN = 12
_DIGEST = re.compile("[0-9a-f]{64}")
_STATES: tuple[Standing, ...] = ("current", "stale", "never", "failed")


def show_end(
    report: RunReport, console: Console, lang: str, *, study: str, faulty: Sequence[str] = (), page: Path | None = None
) -> None:
    """Show what a run made, what failed and why, what to do, and which page to open.

    Parameters
    ----------
    report : RunReport
    console : Console
    lang : str
    study : str
        The study's name as given, for the commands to reproduce a failure.
    faulty : sequence of str
        Enterprises that were not run because of their data.
    page : Path, optional
        The page to open.
    """
    console.print()
    _print(console, text("batch.end.time", lang, time=duration(report.seconds, lang)), "bold")
    for code in ("done", "unchanged", "failed", "blocked", "left"):
        count = getattr(report, code)
        if count or code == "done":
            _print(console, f"  {text(f'batch.end.{code}', lang, count=count)}")
    for alike in report.failures:
        _show_failures(alike, console, lang, study, None if page is None else page.parent)
    _show_further(report.failures, console, "✗")
    if faulty:
        _print(console, text("batch.end.faulty", lang, names=list(faulty)), "yellow")
    if report.left:
        _print(console, text("batch.end.go_on", lang), "yellow")
    if page is not None:
        _print(console, text("batch.end.page", lang, page=str(page)), "bold")


def show_problems(problems: Sequence[Problem], console: Console, lang: str) -> None:
    """Show every problem: file, row, column, what was found, what is allowed, what to do."""
    for problem in problems:
        _print(console, f"• {problem.place(lang)}", "bold")
        for part in ("found", "allowed", "remedy"):
            _print(console, f"    {text(f'batch.problem.{part}', lang)} {getattr(problem, part)(lang)}")


def show_foreseen(foreseen: Iterable[Explanation], console: Console, lang: str) -> None:
    """Show which jobs a run would run, and why; where they are too many to be read, those alike in one row."""
    to_run, unchanged = Gathered[str](), 0
    for each in foreseen:
        unchanged += not each.reasons
        if each.reasons:
            job, why = each.job, _why(each, lang)
            rough = without_own_name(why, job)
            kind = (rough, job.notebook.name, job.lang, job.methodology)
            to_run.add(job, why, exactly=job.id, roughly=kind, said_roughly=rough)
    if to_run:
        table = _table(lang, "enterprise", "notebook", "language", "why")
        for alike in to_run:
            owner, *names = _names(alike.jobs[0], lang)
            table.add_row(owner + _and_further(alike.count - 1), *names, escape(alike.said))
        console.print(table)
        _show_further(to_run, console)
    count = sum(alike.count for alike in to_run) + to_run.further
    _print(console, text("batch.foreseen.counts", lang, run=count, unchanged=unchanged), "bold")


def show_status(foreseen: Iterable[Explanation], console: Console, lang: str) -> bool:
    """Show how each job stands: counts by notebook, the failures, and why others would be run again.

    Returns
    -------
    bool
        Whether a job failed the last time.
    """
    counts: dict[str, Counter[str]] = {}
    failures, stale = Gathered[str](), Gathered[str]()
    for each in foreseen:
        job, state = each.job, each.state
        counts.setdefault(job.notebook.name, Counter())[state] += 1
        if each.reasons and each.entry is not None and each.entry.failure is not None:
            what = each.entry.failure.what(lang)
            rough = without_own_name(what, job)
            failures.add(job, what, exactly=job.id, roughly=rough, said_roughly=rough)
        elif state == "stale":
            why = _why(each, lang)
            rough = without_own_name(why, job)
            stale.add(job, why, exactly=why, roughly=rough, said_roughly=rough)
    table = _table(lang, "notebook", *_STATES)
    for name, found in counts.items():
        table.add_row(escape(name), *(str(found[state] or "") for state in _STATES))
    console.print(table)
    for alike in failures:
        _print(console, f"✗ {_some(alike, lang)}: {alike.said}")
    _show_further(failures, console, "✗")
    for alike in stale:
        _print(console, f"• {alike.said}: {_some(alike, lang)}")
    _show_further(stale, console, "•")
    if all(found["current"] == found.total() for found in counts.values()):
        _print(console, text("batch.status.all_current", lang), "bold")
    return bool(failures)


def show_why(foreseen: Iterable[Explanation], console: Console, lang: str) -> None:
    """Show of each job why it would be run, and each part of its key that changed, from what to what."""
    for each in foreseen:
        state = text(f"batch.columns.{each.state}", lang)
        _print(console, f"{job_name(each.job, lang)}: {state}", "bold")
        for reason in each.reasons:
            _print(console, f"  • {reason.sentence(lang)}")
        if each.entry is not None and each.entry.failure is not None:
            _print(console, f"  ✗ {each.entry.failure.what(lang)}")
        for part, name, before, now in each.differences():
            place = f"{text(f'batch.parts.{part}', lang)} {name}".strip()
            _print(console, f"    {place}: {_shortened(before)} → {_shortened(now)}", "dim")


def show_reproduction(
    report: RunReport,
    differences: Sequence[Difference],
    console: Console,
    lang: str,
    *,
    tolerance: float,
    made: Path,
) -> None:
    """Show what a reproduction came to: what it was made from that differs, what came out otherwise."""
    causes = [each for each in differences if not each.of_results]
    results = [each for each in differences if each.of_results]
    for code, found in (("causes", causes), ("results", results)):
        if found:
            _print(console, text(f"batch.reproduction.{code}", lang, count=len(found)), "bold")
        for each in found[:_DIFFERENCES_SHOWN]:
            _print(console, f"  • {each.sentence(lang)}")
        if len(found) > _DIFFERENCES_SHOWN:
            _print(console, f"  … (+{len(found) - _DIFFERENCES_SHOWN})")
    for alike in report.failures:
        _print(console, f"✗ {_some(alike, lang)}: {alike.said.what(lang)}", "red")
    _show_further(report.failures, console, "✗")
    if not results:
        told = {"count": report.done, "tolerance": f"{tolerance:g}"}
        _print(console, text("batch.reproduction.same", lang, **told), "bold")
    _print(console, text("batch.reproduction.made", lang, folder=str(made)))


def command_to_reproduce(job: Job, study: str) -> str:
    """Return the command that runs one job again."""
    parts = ["vises run", f"--study {study}"]
    if job.enterprise is not None:
        parts.append(f"--enterprise {job.enterprise_id}")
    parts.append(f"--notebook {job.notebook.name}")
    if job.methodology != "baseline":
        parts.append(f"--methodology {job.methodology}")
    return " ".join([*parts, f"--lang {job.lang}"])


def _show_failures(alike: Alike[Failure], console: Console, lang: str, study: str, outputs: Path | None) -> None:
    job, failure = alike.jobs[0], alike.said
    _print(console, f"✗ {_some(alike, lang)}", "bold red")
    _print(console, f"    {failure.what(lang)}")
    _print(console, f"    {text('batch.problem.remedy', lang)} {failure.remedy(lang)}")
    if outputs is not None and (so_far := outputs / job.folder / f"{job.stem}{FAILED_ENDING}").is_file():
        _print(console, f"    {text('batch.end.so_far', lang, path=str(so_far))}")
    _print(console, f"    {text('batch.end.again', lang)} {command_to_reproduce(job, study)}")


def _show_further(gathered: Gathered[Any], console: Console, mark: str = "") -> None:
    if gathered.further:
        _print(console, f"{mark}{_and_further(gathered.further)}".strip())


def _some(alike: Alike[Any], lang: str) -> str:
    return ", ".join(job_name(job, lang) for job in alike.jobs) + _and_further(alike.count - len(alike.jobs))


def _and_further(count: int) -> str:
    return f" … (+{count})" if count > 0 else ""


def _why(each: Explanation, lang: str) -> str:
    return "; ".join(reason.sentence(lang) for reason in each.reasons)


def _shortened(value: str) -> str:
    """Write the beginning of a digest, and every other value whole."""
    return value[:_DIGEST_SHOWN] if _DIGEST.fullmatch(value) else value or "–"


def _names(job: Job, lang: str) -> tuple[str, str, str]:
    owner = job.enterprise_id or text("batch.progress.whole_study", lang)
    return escape(owner), escape(job.notebook.name), job.lang


def _table(lang: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(text(f"batch.columns.{column}", lang), overflow="fold")
    return table


def _print(console: Console, line: str, style: str | None = None) -> None:
    console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
