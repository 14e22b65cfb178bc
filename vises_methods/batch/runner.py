"""A run: the jobs of a plan given out to workers, their files moved into place, everything noted in the ledger."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from vises_methods.batch.alike import Gathered, without_own_name
from vises_methods.batch.collect import estimate_rows, read_results, write_csv
from vises_methods.batch.digests import Digests
from vises_methods.batch.interrupts import Interrupts
from vises_methods.batch.keys import Surroundings, key_components, key_of
from vises_methods.batch.ledger import Entry, Ledger, State
from vises_methods.batch.notebooks import ALWAYS_READ
from vises_methods.batch.outcome import FAILED_ENDING, Failure, Order, Outcome, Render
from vises_methods.batch.packing import ManyDigests
from vises_methods.batch.plan import Job
from vises_methods.batch.progress import Progress, job_name
from vises_methods.batch.schedule import Schedule
from vises_methods.batch.staleness import reasons_to_run
from vises_methods.batch.workers import Pool, Workers
from vises_methods.catalogue import text

ENDINGS = (".ipynb", ".results.json", ".html")
WORK = ".work"
_SCRATCH = "scratch"
_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class RunOptions:
    """How a run is carried out.

    Attributes
    ----------
    home : Path
        The project's folder.
    workers : int
        How many notebooks run at once.
    timeout : float
        Seconds for each job.
    force : bool
        Run also what has not changed.
    memory : int or None
        The most bytes a kernel may hold.
    retries : int
        How often a job is tried again after a failure that may pass.
    pool : callable or None
        Makes what the jobs are given to; None for worker processes of this machine.
    begun : Workers or None
        What the jobs are given to where it was started ahead; see :func:`with_workers_begun`.
    render : callable or None
        Makes the page of an executed notebook.
    lang : str
        The language of messages.
    kernels : {"auto", "forked", "ahead", "plain"}
        What notebooks run in; see :class:`~vises_methods.batch.outcome.Order`.
    """

    home: Path
    workers: int = 1
    timeout: float = 1800.0
    force: bool = False
    memory: int | None = None
    retries: int = 0
    pool: Callable[[Path], Workers] | None = None
    begun: Workers | None = None
    render: Render | None = None
    lang: str = "en"
    kernels: str = "auto"


def with_workers_begun(options: RunOptions, outputs: Path, jobs: int) -> RunOptions:
    """Start the workers for a number of jobs, so that they load while the data are still checked.

    Whoever asks for it closes ``begun``. On a cluster, or where nothing is to be run, nothing is started.

    Parameters
    ----------
    options : RunOptions
    outputs : Path
        The study's outputs, which no other run is at.
    jobs : int
        How many there will be at least.
    """
    if options.pool is not None or not jobs:
        return options
    shutil.rmtree(outputs / WORK, ignore_errors=True)
    pool = _local_pool(options, outputs)
    pool.begin(jobs)
    return replace(options, begun=pool)


def _local_pool(options: RunOptions, outputs: Path) -> Pool:
    scratch = outputs / WORK / _SCRATCH
    return Pool(options.workers, options.home, outputs.parent, scratch, kernels=options.kernels)


@dataclass
class RunReport:
    """What came of a run.

    Attributes
    ----------
    done, unchanged, failed, blocked : int
        How many jobs ended so.
    left : int
        How many were not ended, because the run was interrupted.
    failures : Gathered of Failure
        What failed, those that say the same together.
    seconds : float
    """

    done: int = 0
    unchanged: int = 0
    failed: int = 0
    blocked: int = 0
    left: int = 0
    failures: Gathered[Failure] = field(default_factory=Gathered)
    seconds: float = 0.0

    def note_failure(self, job: Job, failure: Failure) -> None:
        """Note that a job failed, and why."""
        self.failed += 1
        words = (failure.kind, failure.detail, failure.line)
        rough = (failure.kind, without_own_name(failure.detail, job), failure.line)
        self.failures.add(job, failure, exactly=words, roughly=rough)

    @property
    def all_well(self) -> bool:
        """Whether every job of the plan now stands."""
        return not (self.failed or self.blocked or self.left)


class Run:
    """One run of a plan on a study.

    Parameters
    ----------
    jobs : iterable of Job
        The plan, already checked; it can be gone through again.
    around : Surroundings
    ledger : Ledger
    digests : Digests
    options : RunOptions
    progress : Progress
    """

    def __init__(
        self,
        jobs: Iterable[Job],
        around: Surroundings,
        ledger: Ledger,
        digests: Digests,
        options: RunOptions,
        progress: Progress,
    ) -> None:
        self._given: dict[str, Job] = {}
        self._around, self._ledger, self._digests = around, ledger, digests
        self._options, self._progress = options, progress
        self._entries = ledger.entries()
        self._components: dict[str, Mapping[str, Any]] = {}
        self._started: dict[str, str] = {}
        self._orders: dict[str, Order] = {}
        self._tried: Counter[str] = Counter()
        self._schedule = Schedule(jobs)
        self._work = around.outputs / WORK
        self._report = RunReport()

    def carry_out(self) -> RunReport:
        """Run what is to be run, and return what came of it.

        Ctrl-C once lets the running jobs finish and starts no other; twice ends them at once. Either way what stands
        is whole, and the next run goes on from there.
        """
        began = time.monotonic()
        pool = self._options.begun
        if pool is None:
            shutil.rmtree(self._work, ignore_errors=True)
            pool = self._pool()
        with Interrupts() as interrupts:
            try:
                self._loop(pool, interrupts)
            finally:
                pool.close()
        self._report.left = self._schedule.left
        self._write_estimates()
        shutil.rmtree(self._work, ignore_errors=True)
        self._report.seconds = time.monotonic() - began
        return self._report

    def _pool(self) -> Workers:
        options = self._options
        if options.pool is not None:
            return options.pool(self._work / _SCRATCH)
        return _local_pool(options, self._around.outputs)

    def _loop(self, pool: Workers, interrupts: Interrupts) -> None:
        told = 0
        while self._schedule.unfinished:
            if interrupts.count == 0:
                self._give_out(pool, interrupts)
            if interrupts.count > told:
                told = interrupts.count
                code = "finishing" if told == 1 else "stopping"
                self._progress.notice(text(f"batch.progress.{code}", self._options.lang))
            if interrupts.count > 1 or not pool.running:
                return
            ended = pool.wait(_LOOK_SECONDS)
            self._tell_of_lost(pool)
            for outcome in ended:
                if interrupts.count == 0 and self._again(outcome):
                    self._submit(self._orders[outcome.job_id], pool)
                else:
                    self._finish(outcome)

    def _tell_of_lost(self, pool: Workers) -> None:
        for worker in pool.lost():
            self._progress.notice(text("batch.progress.worker_lost", self._options.lang, worker=worker))

    def _again(self, outcome: Outcome) -> bool:
        """Say whether a job is to be tried again, and note the attempt that failed."""
        failure, job = outcome.failure, self._given[outcome.job_id]
        if failure is None or not failure.may_pass or self._tried[job.id] > self._options.retries:
            return False
        self._ledger.record_attempt(
            job.id,
            job.notebook.name,
            key_of(self._components[job.id]),
            failure,
            started=self._started[job.id],
            seconds=outcome.seconds,
            peak_memory=outcome.peak_memory,
        )
        shutil.rmtree(self._orders[job.id].work, ignore_errors=True)
        told = {"job": job_name(job, self._options.lang), "what": failure.what(self._options.lang)}
        self._progress.notice(text("batch.progress.again", self._options.lang, **told))
        return True

    def _submit(self, order: Order, pool: Workers) -> None:
        self._tried[order.job_id] += 1
        self._started[order.job_id] = datetime.now(UTC).isoformat(timespec="seconds")
        pool.submit(order)

    def _give_out(self, pool: Workers, interrupts: Interrupts) -> None:
        while pool.has_room and interrupts.count == 0 and (job := self._schedule.next()) is not None:
            order = self._order(job)
            if order is not None:
                self._orders[job.id], self._given[job.id] = order, job
                self._progress.started(job)
                self._submit(order, pool)

    def _order(self, job: Job) -> Order | None:
        """Return what a worker is to do, or None where the job has ended without one."""
        options = self._options
        try:
            components = key_components(job, self._around, self._digests)
        except OSError as error:
            self._end_badly(job, Failure("input", f"{type(error).__name__}: {error}"))
            return None
        entry = self._entries.get(job.id)
        if not reasons_to_run(job, components, entry, self._around, self._digests, force=options.force):
            self._report.unchanged += 1
            self._progress.ended(job, "unchanged", None)
            self._schedule.end(job.id, well=True)
            return None
        self._components[job.id] = components
        identity = {
            "study": self._around.study.id,
            "methodology": job.methodology,
            "enterprise": job.enterprise_id,
            "notebook": job.notebook.name,
            "lang": job.lang,
        }
        context = self._around.page_context
        return Order(
            job_id=job.id,
            notebook=job.notebook.path,
            parameters=job.parameters,
            work=self._work / "jobs" / job.folder / job.stem,
            stem=job.stem,
            identity=identity,
            declared=(_names(components["inputs"]), frozenset({*ALWAYS_READ, *job.notebook.reads})),
            timeout=options.timeout,
            memory=options.memory,
            key=key_of(components),
            results_read=_names(components["after"]),
            render=None if context is None else options.render,
            context=None if context is None else context(job),
            kernels=options.kernels,
        )

    def _finish(self, outcome: Outcome) -> None:
        job = self._given.pop(outcome.job_id)
        self._orders.pop(job.id, None)
        if outcome.failure is not None:
            self._end_badly(job, outcome.failure, outcome)
            return
        try:
            outputs = self._move(job, outcome)
        except OSError as error:
            self._end_badly(job, Failure("output", f"{type(error).__name__}: {error}"), outcome)
            return
        self._note(job, "done", outcome, outputs=outputs)
        self._report.done += 1
        self._progress.ended(job, "done", None)
        self._schedule.end(job.id, well=True)

    def _move(self, job: Job, outcome: Outcome) -> dict[str, str]:
        """Move a job's files into place, each in one step, and put its estimates into the ledger."""
        work, folder = self._work / "jobs" / job.folder / job.stem, self._around.outputs / job.folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in outcome.files:
            (work / name).replace(folder / name)
        for ending in (*ENDINGS, FAILED_ENDING):
            if f"{job.stem}{ending}" not in outcome.files:
                (folder / f"{job.stem}{ending}").unlink(missing_ok=True)
        group, region = (job.enterprise.group, job.enterprise.region) if job.enterprise else ("", "")
        content = read_results(folder / f"{job.stem}.results.json")
        self._ledger.put_estimates(job.id, job.place, estimate_rows(content, group, region))
        return {name: self._digests.of_own(folder / name) for name in outcome.files}

    def _end_badly(self, job: Job, failure: Failure, outcome: Outcome | None = None) -> None:
        """Note a failure, and that what waits for the job is blocked; nothing older is left standing in their place."""
        self._withdraw(job, outcome)
        self._note(job, "failed", outcome, failure=failure)
        self._report.note_failure(job, failure)
        self._progress.ended(job, "failed", failure)
        for other, cause in self._schedule.end(job.id, well=False):
            blocked = Failure("blocked", cause)
            self._withdraw(other, None)
            self._note(other, "blocked", None, failure=blocked)
            self._report.blocked += 1
            self._progress.ended(other, "blocked", blocked)

    def _withdraw(self, job: Job, outcome: Outcome | None) -> None:
        work, folder = self._work / "jobs" / job.folder / job.stem, self._around.outputs / job.folder
        for ending in (*ENDINGS, FAILED_ENDING):
            with suppress(OSError):  # held open by another program: the ledger says that it does not count
                (folder / f"{job.stem}{ending}").unlink(missing_ok=True)
        name = f"{job.stem}{FAILED_ENDING}"
        if outcome is not None and name in outcome.files:
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                (work / name).replace(folder / name)
        self._ledger.put_estimates(job.id, job.place, [])

    def _note(
        self,
        job: Job,
        state: State,
        outcome: Outcome | None,
        *,
        outputs: Mapping[str, str] | None = None,
        failure: Failure | None = None,
    ) -> None:
        components = self._components.pop(job.id, {})
        self._tried.pop(job.id, None)
        entry = Entry(job.id, state, key_of(components), components, outputs or {}, failure)
        self._ledger.record(
            entry,
            job.place,
            started=self._started.pop(job.id, ""),
            seconds=outcome.seconds if outcome else 0.0,
            peak_memory=outcome.peak_memory if outcome else 0,
        )

    def _write_estimates(self) -> None:
        folders = (self._around.study.path / "enterprises").iterdir()
        self._ledger.keep_enterprises([folder.name for folder in folders if folder.is_dir()])
        for methodology in self._schedule.methodologies:
            path = self._around.outputs / methodology / "estimates.csv"
            self._ledger.write_unless_standing([path], "", partial(self._write_table, path, methodology))

    def _write_table(self, path: Path, methodology: str) -> None:
        write_csv(path, *self._ledger.estimates(methodology))


def _names(digests: Mapping[str, str]) -> Collection[str]:
    """Return the names of files in as little room as there is."""
    return digests if isinstance(digests, ManyDigests) else frozenset(digests)
