"""What ``vises run``, ``reproduce`` and ``check`` do, from options to exit code; see also ``looking``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from rich.console import Console

from vises_methods import study as study_room
from vises_methods.batch.check_processes import CheckProcesses, check_of_study
from vises_methods.batch.checks import Checked, check_enterprises
from vises_methods.batch.digests import Digests
from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED, WRONG_USE
from vises_methods.batch.interrupts import one_run_at_a_time
from vises_methods.batch.keys import Surroundings
from vises_methods.batch.ledger import Ledger
from vises_methods.batch.limits import memory_can_be_limited
from vises_methods.batch.log import LoggedProgress
from vises_methods.batch.looking import around_all, foretell
from vises_methods.batch.pages import index_made_from, write_index
from vises_methods.batch.plan import Job
from vises_methods.batch.preparation import Prepared, Request, prepare
from vises_methods.batch.progress import TimeLeft, counted, progress_for
from vises_methods.batch.provenance import installed_version, platform_told, write_crate
from vises_methods.batch.report import show_end, show_problems, show_reproduction
from vises_methods.batch.reproduction import (
    crate_of,
    fresh_folder,
    jobs_of,
    outputs_differing,
    surroundings_differing,
)
from vises_methods.batch.runner import Run, RunOptions, RunReport, with_workers_begun
from vises_methods.batch.workers import Workers
from vises_methods.catalogue import text
from vises_methods.errors import InputError, in_order
from vises_methods.publish.crate import CRATE
from vises_methods.publish.site import index_files


def run(
    request: Request,
    console: Console,
    ui: str,
    *,
    jobs: int,
    timeout: float,
    dry_run: bool = False,
    force: bool = False,
    memory: float | None = None,
    retries: int = 1,
    kernels: str = "auto",
    log: Path | None = None,
    dask: str | None = None,
) -> int:
    """Check the data, run what is to be run, write the index, show the end; return the exit code.

    Parameters
    ----------
    request : Request
    console : Console
    ui : {"fr", "nl", "en"}
        The language of messages.
    jobs : int
        How many notebooks run at once.
    timeout : float
        Seconds for each.
    dry_run : bool
        Only say what would be run, and why.
    force : bool
        Run also what has not changed.
    memory : float, optional
        Gigabytes that one notebook's kernel may hold.
    retries : int
        How often a notebook is tried again after a failure that may pass.
    kernels : {"auto", "forked", "ahead", "plain"}
        What notebooks run in; see :class:`~vises_methods.batch.outcome.Order`.
    log : Path, optional
        A file to which each event is appended as a line of JSON.
    dask : str, optional
        The address of a Dask cluster that is to run the notebooks.

    Raises
    ------
    InputError
        When the system cannot limit memory, or the cluster differs from this machine.
    """
    if memory is not None and not memory_can_be_limited():
        raise InputError("batch.errors.no_memory_limit", "--memory", value=f"{memory:g}")
    prepared = prepare(request)
    if dry_run:
        return foretell(prepared, console, ui, force=force)
    from vises_methods.publish.pages import render

    options = RunOptions(
        home=prepared.home,
        workers=jobs,
        timeout=timeout,
        force=force,
        memory=None if memory is None else int(memory * 1e9),
        retries=retries,
        kernels=kernels,
        pool=None if dask is None else _cluster(dask, prepared),
        render=render,
        lang=ui,
    )
    with one_run_at_a_time(prepared.outputs), Ledger(prepared.ledger_path) as ledger:
        digests = Digests(ledger.file_digests)
        if prepared.cards:
            profiles = (str(card.path / "profile.yml") for card in prepared.study.enterprises)
            used = (digest for _, digest in digests.of_those_there(profiles) if digest is not None)
            ledger.cards.put(prepared.cards, used)
        around = around_all(prepared, digests)
        options = with_workers_begun(options, prepared.outputs, _never_done(prepared, ledger, jobs))
        try:
            checked = _check(prepared, ledger, digests, around, jobs, console, ui)
            show_problems(checked.problems, console, ui)
            if not checked.sound:
                _say(console, text("cli.check.problems", ui, count=len(checked.problems)))
                return WRONG_USE
            report = _carry_out(prepared.jobs(checked.sound), around, ledger, digests, options, console, log)
        finally:
            if options.begun is not None:
                options.begun.close()
        page = _tell_of_all(prepared, ledger, around, digests)
    show_end(report, console, ui, study=prepared.name, faulty=checked.faulty, page=page)
    if checked.problems:
        return WRONG_USE
    return ALL_WELL if report.all_well else SOME_FAILED


def reproduce(
    crate: str, console: Console, ui: str, *, study: str | None, jobs: int, timeout: float, tolerance: float
) -> int:
    """Run again what a crate tells of, in a new folder, and show what came out otherwise.

    Parameters
    ----------
    crate : str
        The folder of a crate, its file, or a study that was run here.
    console : Console
    ui : {"fr", "nl", "en"}
    study : str or None
        The study's data on this machine; by default the one of the crate's name.
    jobs : int
    timeout : float
    tolerance : float
        How far two numbers may lie apart, relative to the larger.

    Returns
    -------
    int
        0 when all results, figure data and pages are the same, 1 when something differs.
    """
    from vises_methods.publish.pages import render

    folder, told = crate_of(crate)
    prepared, planned, differences = jobs_of(told, study or told.study)
    made = fresh_folder() / prepared.study.id
    prepared = replace(prepared, outputs=made)
    with Ledger(made / "ledger.sqlite") as ledger:
        digests = Digests(ledger.file_digests)
        around = around_all(prepared, digests)
        differences += surroundings_differing(told, planned, around, digests)
        options = RunOptions(home=prepared.home, workers=jobs, timeout=timeout, retries=1, render=render, lang=ui)
        report = _carry_out(planned, around, ledger, digests, options, console, None)
    differences += outputs_differing(told, folder, made, planned, tolerance)
    show_reproduction(report, differences, console, ui, tolerance=tolerance, made=made)
    return ALL_WELL if not any(each.of_results for each in differences) else SOME_FAILED


def check(study: str, enterprises: Sequence[str], console: Console, ui: str, *, jobs: int = 1) -> int:
    """Show every problem of a study's data, or of some of its enterprises; return 2 when there is one.

    Parameters
    ----------
    study : str
    enterprises : sequence of str
        All when empty.
    console : Console
    ui : {"fr", "nl", "en"}
    jobs : int
        How many enterprises are checked at once.
    """
    opened = study_room.open_study(study)
    chosen = [opened.enterprise(name).id for name in enterprises]
    names = chosen or study_room.enterprise_names(opened.path)
    with CheckProcesses(partial(check_of_study, opened.path), jobs) as checking:
        problems = list(checking.of_study())

        def checked() -> Iterator[str]:
            for name, of_it in checking.of_enterprises(names):
                problems.extend(of_it)
                yield name

        for _ in counted(console, ui)(checked(), len(names)):
            pass
    show_problems(in_order(problems), console, ui)
    told = "cli.check.problems" if problems else "cli.check.sound"
    _say(console, text(told, ui, count=len(problems), enterprises=len(chosen or opened.enterprises)))
    return WRONG_USE if problems else ALL_WELL


def _cluster(address: str, prepared: Prepared) -> Callable[[Path], Workers]:
    from vises_methods.batch.cluster import ClusterPool

    outputs = prepared.outputs.parent
    return lambda scratch: ClusterPool(address, prepared.home, outputs, prepared.study.path, scratch)


def _say(console: Console, words: str) -> None:
    console.print(words, style="bold", markup=False, highlight=False)


def _never_done(prepared: Prepared, ledger: Ledger, most: int) -> int:
    """Count, to a limit, the jobs that are certain to be run, whatever the check of the data tells of the others."""
    open_ones = (job for job in prepared.jobs(prepared.enterprises) if not ledger.is_done(job.id))
    return sum(1 for _ in islice(open_ones, most))


def _check(
    prepared: Prepared, ledger: Ledger, digests: Digests, around: Surroundings, workers: int, console: Console, ui: str
) -> Checked:
    study = prepared.study
    with CheckProcesses(partial(check_of_study, study.path), workers) as check:
        checked = check_enterprises(
            study, prepared.enterprises, check, ledger, digests, around.package, shown=counted(console, ui)
        )
    if study.unreadable and prepared.request.selection.whole_study:
        names = {Path(problem.where).parts[1] for problem in study.unreadable}
        faulty = tuple(sorted({*checked.faulty, *names}))
        return Checked(checked.sound, faulty, (*study.unreadable, *checked.problems))
    return checked


def _tell_of_all(prepared: Prepared, ledger: Ledger, around: Surroundings, digests: Digests) -> Path:
    """Write the index and the crate, unless what they tell has not changed; return the page to open."""
    study, outputs = prepared.study, prepared.outputs
    pages, told = index_files(outputs), index_made_from(prepared, around, digests)
    ledger.write_unless_standing(pages, told, lambda: write_index(prepared, ledger.entries()))
    made_by = f"{told} {installed_version()} {platform_told()}"
    ledger.write_unless_standing(
        [outputs / CRATE], made_by, lambda: write_crate(study, study.title, study.notice, ledger, outputs)
    )
    return pages[0]


def _carry_out(
    jobs: Collection[Job],
    around: Surroundings,
    ledger: Ledger,
    digests: Digests,
    options: RunOptions,
    console: Console,
    log: Path | None,
) -> RunReport:
    left = TimeLeft(jobs, ledger.usual_seconds(), options.workers)
    with (
        progress_for(console, options.lang, len(jobs), left) as shown,
        LoggedProgress(shown, log, len(jobs)) as progress,
    ):
        return Run(jobs, around, ledger, digests, options, progress).carry_out()
