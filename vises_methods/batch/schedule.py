"""Which job may start next: dependencies counted down, in the plan's order, in time proportional to the plan."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from vises_methods.batch.plan import Job


class Schedule:
    """The jobs of a plan that may start.

    A job of one enterprise starts when all that it requires ended well, and is blocked when one did not. A job over
    the whole study starts when all that it gathers ended, however, unless nothing ended well. The jobs of an
    enterprise are taken from the plan when those before them have all been given out, and let go as they end.

    Parameters
    ----------
    jobs : iterable of Job
        It can be gone through again; those of an enterprise under a methodology stand together.

    Attributes
    ----------
    left : int
        How many jobs have not ended.
    methodologies : list of str
    """

    def __init__(self, jobs: Iterable[Job]) -> None:
        of_study: list[Job] = []
        expected = Counter[tuple[str, str]]()
        for job in jobs:
            expected[_group(job)] += 1
            if job.enterprise is None:
                of_study.append(job)
        self.left = expected.total()
        self.methodologies = sorted({methodology for _, methodology in expected})
        self._coming = groupby((job for job in jobs if job.enterprise is not None), key=lambda job: job.folder)
        self._held: dict[str, tuple[int, Job]] = {}
        self._waits_for: dict[str, int] = {}
        self._dependents: dict[str, list[str]] = {}
        self._gathering: dict[tuple[str, str], list[str]] = {}
        self._gathered = Counter[str]()
        self._ready: list[tuple[int, str]] = []
        self._ready_of_study: list[tuple[int, str]] = []
        self._places = 0
        for job in of_study:
            self._hold(job, sum(expected[group] for group in job.gathers))
            for group in job.gathers:
                self._gathering.setdefault(group, []).append(job.id)

    @property
    def unfinished(self) -> bool:
        """Whether a job has not ended yet."""
        return self.left > 0

    def next(self) -> Job | None:
        """Return the first job that may start, or None while all others wait."""
        while not self._ready and (coming := next(self._coming, None)) is not None:
            self._take(list(coming[1]))
        ready = self._ready or self._ready_of_study
        return self._held[heapq.heappop(ready)[1]][1] if ready else None

    def end(self, job_id: str, *, well: bool) -> list[tuple[Job, str]]:
        """Note that a job ended, and return those that are blocked by it, each with the job that failed it."""
        blocked: list[tuple[Job, str]] = []
        waiting = [(self._let_go(job_id), well)] if job_id in self._held else []
        while waiting:
            job, succeeded = waiting.pop()
            for other in (*self._dependents.pop(job.id, ()), *self._gathering.get(_group(job), ())):
                if other not in self._held:
                    continue
                if self._blocked_by(other, succeeded):
                    blocked.append((self._let_go(other), job.id))
                    waiting.append((blocked[-1][0], False))
                elif self._waits_for[other] == 0:
                    self._make_ready(other)
        return blocked

    def _let_go(self, job_id: str) -> Job:
        self.left -= 1
        del self._waits_for[job_id]
        return self._held.pop(job_id)[1]

    def _take(self, jobs: list[Job]) -> None:
        """Hold the jobs of an enterprise; of what they require, only these are waited for."""
        names = {job.id for job in jobs}
        for job in jobs:
            sources = [name for name in job.requires if name in names]
            self._hold(job, len(sources))
            for name in sources:
                self._dependents.setdefault(name, []).append(job.id)

    def _hold(self, job: Job, sources: int) -> None:
        self._held[job.id] = (self._places, job)
        self._places += 1
        self._waits_for[job.id] = sources
        if not sources:
            self._make_ready(job.id)

    def _make_ready(self, job_id: str) -> None:
        place, job = self._held[job_id]
        heapq.heappush(self._ready if job.enterprise is not None else self._ready_of_study, (place, job_id))

    def _blocked_by(self, job_id: str, succeeded: bool) -> bool:
        self._waits_for[job_id] -= 1
        if self._held[job_id][1].enterprise is not None:
            return not succeeded
        self._gathered[job_id] += succeeded
        return self._waits_for[job_id] == 0 and not self._gathered[job_id]


def _group(job: Job) -> tuple[str, str]:
    return job.notebook.name, job.methodology
