"""Which job may start next: dependencies counted down, in the plan's order, in time proportional to the plan."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from vises_methods.batch.plan import Job


class Schedule:
    """The jobs of a plan that have not ended, and those that may start.

    A job of one enterprise starts when all that it requires ended well, and is blocked when one did not. A job over
    the whole study starts when all that it requires ended, however, unless nothing ended well.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = {job.id: job for job in jobs}
        self._place = {job.id: place for place, job in enumerate(jobs)}
        self._waits_for = {job.id: sum(other in self._jobs for other in job.requires) for job in jobs}
        self._dependents: dict[str, list[str]] = {}
        for job in jobs:
            for other in job.requires:
                self._dependents.setdefault(other, []).append(job.id)
        self._succeeded: dict[str, int] = {}
        self._ready = [self._place[name] for name, count in self._waits_for.items() if count == 0]
        self._order = list(jobs)
        self._open = set(self._jobs)

    @property
    def unfinished(self) -> bool:
        """Whether a job has not ended yet."""
        return bool(self._open)

    @property
    def left(self) -> list[Job]:
        """The jobs that have not ended, in the plan's order."""
        return [job for job in self._order if job.id in self._open]

    def next(self) -> Job | None:
        """Return the first job that may start, or None while all others wait."""
        return self._order[heapq.heappop(self._ready)] if self._ready else None

    def end(self, job_id: str, *, well: bool) -> list[tuple[Job, str]]:
        """Note that a job ended, and return those that are blocked by it, each with the job that failed it."""
        blocked: list[tuple[Job, str]] = []
        waiting = [(job_id, well)]
        while waiting:
            name, succeeded = waiting.pop()
            self._open.discard(name)
            for other in self._dependents.get(name, ()):
                if other not in self._open:
                    continue
                if self._blocked_by(other, succeeded):
                    blocked.append((self._jobs[other], name))
                    waiting.append((other, False))
                elif self._waits_for[other] == 0:
                    heapq.heappush(self._ready, self._place[other])
        return blocked

    def _blocked_by(self, job_id: str, succeeded: bool) -> bool:
        self._waits_for[job_id] -= 1
        self._succeeded[job_id] = self._succeeded.get(job_id, 0) + succeeded
        if self._jobs[job_id].enterprise is not None:
            return not succeeded
        return self._waits_for[job_id] == 0 and self._succeeded[job_id] == 0
