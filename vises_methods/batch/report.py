"""What a reader is shown of a plan, of the state of a study and of a run that ended: one screen each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vises_methods.batch.keys import Reason
from vises_methods.batch.ledger import Entry
from vises_methods.batch.outcome import FAILED_ENDING, Failure
from vises_methods.batch.plan import Job
from vises_methods.batch.progress import duration, job_name
from vises_methods.batch.staleness import Explanation
from vises_methods.catalogue import text
from vises_methods.errors import Problem

if TYPE_CHECKING:
    from vises_methods.batch.reproduction import Difference
    from vises_methods.batch.runner import RunReport

_NAMES_SHOWN = 3
_ROWS_SHOWN = 500
_DIFFERENCES_SHOWN = 40
_DIGEST_SHOWN = 12
_DIGEST = re.compile("[0-9a-f]{64}")
_STATES = ("current", "stale", "never", "failed")


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
    counts = {
        "done": len(report.done),
        "unchanged": len(report.unchanged),
        "failed": len(report.failed),
        "blocked": len(report.blocked),
        "left": len(report.left),
    }
    _print(console, text("batch.end.time", lang, time=duration(report.seconds, lang)), "bold")
    for code, count in counts.items():
        if count or code == "done":
            _print(console, f"  {text(f'batch.end.{code}', lang, count=count)}")
    for alike in _alike(report.failed):
        _show_failures(alike, console, lang, study, None if page is None else page.parent)
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


def show_foreseen(jobs: Sequence[Job], foreseen: Mapping[str, Sequence[Reason]], console: Console, lang: str) -> None:
    """Show which jobs a run would run, and why."""
    to_run = [job for job in jobs if foreseen[job.id]]
    if to_run:
        table = _table(lang, "enterprise", "notebook", "language", "why")
        for job, why, further in _rows(to_run, foreseen, lang):
            owner, *names = _names(job, lang)
            table.add_row(owner + (f" … (+{further})" if further else ""), *names, escape(why))
        console.print(table)
    _print(console, text("batch.foreseen.counts", lang, run=len(to_run), unchanged=len(jobs) - len(to_run)), "bold")


def _rows(jobs: Sequence[Job], foreseen: Mapping[str, Sequence[Reason]], lang: str) -> Iterator[tuple[Job, str, int]]:
    """Return a row for each job; where they are too many to be read, one for all alike, with how many follow it."""
    alike: dict[tuple[str, ...], list[Job]] = {}
    for job in jobs:
        why = "; ".join(reason.sentence(lang) for reason in foreseen[job.id])
        kind = (why, job.notebook.name, job.lang, job.methodology) if len(jobs) > _ROWS_SHOWN else (why, job.id)
        alike.setdefault(kind, []).append(job)
    for (why, *_), same in alike.items():
        yield same[0], why, len(same) - 1


def show_status(
    jobs: Sequence[Job],
    foreseen: Mapping[str, Sequence[Reason]],
    entries: Mapping[str, Entry],
    console: Console,
    lang: str,
) -> None:
    """Show how each job stands: counts by notebook, the failures, and why others would be run again."""
    states = {
        job.id: _state(reasons, entries.get(job.id)) if (reasons := foreseen[job.id]) else "current" for job in jobs
    }
    table = _table(lang, "notebook", *_STATES)
    counts = Counter((job.notebook.name, states[job.id]) for job in jobs)
    for name in dict.fromkeys(job.notebook.name for job in jobs):
        table.add_row(
            escape(name), *(str(counts[name, state] or "") for state in ("current", "stale", "never", "failed"))
        )
    console.print(table)
    for job in jobs:
        entry = entries.get(job.id) if states[job.id] == "failed" else None
        if entry is not None and entry.failure is not None:
            _print(console, f"✗ {job_name(job, lang)}: {entry.failure.what(lang)}")
    by_reason: dict[str, list[str]] = {}
    for job in jobs:
        if states[job.id] == "stale":
            why = "; ".join(reason.sentence(lang) for reason in foreseen[job.id])
            by_reason.setdefault(why, []).append(job_name(job, lang))
    for why, names in by_reason.items():
        _print(console, f"• {why}: {_some(names)}")
    if all(state == "current" for state in states.values()):
        _print(console, text("batch.status.all_current", lang), "bold")


def show_why(explained: Iterable[Explanation], console: Console, lang: str) -> None:
    """Show of each job why it would be run, and each part of its key that changed, from what to what."""
    for explanation in explained:
        job, entry = explanation.job, explanation.entry
        state = text(f"batch.columns.{_state(explanation.reasons, entry)}", lang)
        _print(console, f"{job_name(job, lang)}: {state}", "bold")
        for reason in explanation.reasons:
            _print(console, f"  • {reason.sentence(lang)}")
        if entry is not None and entry.failure is not None:
            _print(console, f"  ✗ {entry.failure.what(lang)}")
        for part, name, before, now in explanation.differences:
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
    for job, failure in report.failed:
        _print(console, f"✗ {job_name(job, lang)}: {failure.what(lang)}", "red")
    if not results:
        told = {"count": len(report.done), "tolerance": f"{tolerance:g}"}
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


def _alike(failed: Sequence[tuple[Job, Failure]]) -> list[list[tuple[Job, Failure]]]:
    """Put failures together that say the same: one cause often fails many jobs."""
    groups: dict[tuple[str, str, str], list[tuple[Job, Failure]]] = {}
    for job, failure in failed:
        groups.setdefault((failure.kind, failure.detail, failure.line), []).append((job, failure))
    return list(groups.values())


def _show_failures(
    alike: Sequence[tuple[Job, Failure]], console: Console, lang: str, study: str, outputs: Path | None
) -> None:
    job, failure = alike[0]
    _print(console, f"✗ {_some([job_name(each, lang) for each, _ in alike])}", "bold red")
    _print(console, f"    {failure.what(lang)}")
    _print(console, f"    {text('batch.problem.remedy', lang)} {failure.remedy(lang)}")
    if outputs is not None and (so_far := outputs / job.folder / f"{job.stem}{FAILED_ENDING}").is_file():
        _print(console, f"    {text('batch.end.so_far', lang, path=str(so_far))}")
    _print(console, f"    {text('batch.end.again', lang)} {command_to_reproduce(job, study)}")


def _some(names: Sequence[str]) -> str:
    further = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" … (+{further})" if further > 0 else "")


def _shortened(value: str) -> str:
    """Write the beginning of a digest, and every other value whole."""
    return value[:_DIGEST_SHOWN] if _DIGEST.fullmatch(value) else value or "–"


def _state(reasons: Sequence[Reason], entry: Entry | None) -> str:
    if not reasons:
        return "current"
    if entry is None:
        return "never"
    return "stale" if entry.state == "done" else "failed"


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
