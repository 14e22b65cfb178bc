"""Jobs of which the same is to be said, told together: however many jobs there are, only so much of them is kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from vises_methods.batch.plan import Job
from vises_methods.publish.failures import without_name

MOST = 500
"""So many different things can still be read."""
NAMED = 3
"""So many of the jobs of which the same is said are named."""

Said = TypeVar("Said")


@dataclass
class Alike(Generic[Said]):
    """Jobs of which one thing is to be said.

    Attributes
    ----------
    said : object
        It, as it was said of the first.
    jobs : list of Job
        The first of them.
    count : int
        How many they are.
    """

    said: Said
    jobs: list[Job] = field(default_factory=list)
    count: int = 0


class Gathered(Generic[Said]):
    """What is to be said of jobs, in the order in which it first came.

    While few different things are said, each is kept as it is. Where they are more than can be read, jobs are told
    together of which the same is said but for the name of the enterprise; and where even these are too many, the
    jobs that are left are counted: see ``further``.
    """

    def __init__(self) -> None:
        self._exactly: dict[Hashable, Alike[Said]] | None = {}
        self._roughly: dict[Hashable, Alike[Said]] = {}
        self._left = 0

    def add(
        self, job: Job, said: Said, *, exactly: Hashable, roughly: Hashable, said_roughly: Said | None = None
    ) -> None:
        """Note what is to be said of a job.

        Parameters
        ----------
        job : Job
        said : object
        exactly, roughly : hashable
            Jobs for which it is equal are told together: while few things are said, and where they are many.
        said_roughly : object, optional
            What is said of all of these; by default what is said of the first.
        """
        if self._exactly is not None:
            _note(self._exactly, exactly, job, said)
            if len(self._exactly) > MOST:
                self._exactly = None
        if roughly in self._roughly or len(self._roughly) < MOST:
            _note(self._roughly, roughly, job, said if said_roughly is None else said_roughly)
        else:
            self._left += 1

    def __iter__(self) -> Iterator[Alike[Said]]:
        return iter((self._roughly if self._exactly is None else self._exactly).values())

    def __bool__(self) -> bool:
        return bool(self._roughly)

    @property
    def further(self) -> int:
        """How many jobs are told by nothing but their number."""
        return self._left if self._exactly is None else 0


def _note(told: dict[Hashable, Alike[Said]], key: Hashable, job: Job, said: Said) -> None:
    alike = told.setdefault(key, Alike(said))
    alike.count += 1
    if len(alike.jobs) < NAMED:
        alike.jobs.append(job)


def without_own_name(words: str, job: Job) -> str:
    """Return words with three dots for the name of the job's own enterprise, so that those of others are the same."""
    return words if job.enterprise is None else without_name(words, job.enterprise_id)
