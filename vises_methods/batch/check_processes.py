"""The data of enterprises checked by several processes at a time, an enterprise each, told as each is done.

What a check needs of memory is theirs; the process that runs the batch keeps only what was found wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Protocol

from vises_methods import study as study_room
from vises_methods.batch.processes import exit_told, stand_apart, start_process
from vises_methods.errors import InputError, Problem

_WORTH_A_PROCESS = 10
"""So many enterprises are checked in the time in which a process loads what it needs."""
_START_ATTEMPTS = 3


class EnterpriseCheck(Protocol):
    """The check of a study, an enterprise at a time, as the study room has it."""

    @property
    def problems(self) -> Sequence[Problem]:
        """Those of the study itself."""

    def of_enterprise(self, name: str) -> Sequence[Problem]:
        """Return those of one enterprise."""


@dataclass
class _Process:
    process: SpawnProcess
    connection: Connection
    name: str | None = None
    """The enterprise that it is at."""


class CheckProcesses:
    """Processes that check the enterprises of a study.

    A process that dies is replaced, and the enterprise that it was at is checked again; where that one dies too, or
    the check itself fails, this is told as a problem of the enterprise, and the others go on.

    Parameters
    ----------
    make : callable
        Makes the check of the study; it is sent to each process.
    size : int
        How many enterprises are checked at once.
    """

    def __init__(self, make: Callable[[], EnterpriseCheck], size: int) -> None:
        self._make, self._size = make, size
        self._processes: list[_Process] = []
        self._greeted: Sequence[Problem] | None = None
        self._died_at: set[str] = set()

    def __enter__(self) -> CheckProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def of_study(self) -> Sequence[Problem]:
        """Return the problems of the study itself."""
        for _ in range(_START_ATTEMPTS):
            if not self._processes:
                self._start()
            self._received(self._processes[0])
            if self._greeted is not None:
                return self._greeted
        raise InputError("batch.errors.no_check", "vises check")

    def of_enterprises(self, names: Sequence[str]) -> Iterator[tuple[str, Sequence[Problem]]]:
        """Return each enterprise with its problems, in the order in which they are done."""
        wanted = max(1, min(self._size, -(-len(names) // _WORTH_A_PROCESS)))
        waiting = deque(names)
        while waiting or any(each.name is not None for each in self._processes):
            while waiting and len(self._processes) < wanted:
                self._start()
            for each in self._processes:
                if each.name is None and waiting:
                    each.name = waiting.popleft()
                    with suppress(OSError):  # one that died while it was idle is seen below
                        each.connection.send(each.name)
            busy = {each.connection: each for each in self._processes}
            for ready in wait(list(busy)):
                found = self._received(busy[ready]) if isinstance(ready, Connection) else None
                if isinstance(found, str):
                    waiting.appendleft(found)
                elif found is not None:
                    yield found

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for each in self._processes:
            each.process.kill()
        for each in self._processes:
            each.process.join(5)
            each.connection.close()
        self._processes.clear()

    def _start(self) -> None:
        self._processes.append(_Process(*start_process(serve_checks, self._make)))

    def _received(self, each: _Process) -> tuple[str, Sequence[Problem]] | str | None:
        """Return what a process found, or the name of what is to be checked again; None for its greeting."""
        name = each.name
        try:
            kind, found = each.connection.recv()
        except (EOFError, OSError):
            return self._died(each)
        if kind == "error":
            raise found
        if kind == "study":
            self._greeted = found
            return None
        each.name = None
        return str(name), found

    def _died(self, each: _Process) -> tuple[str, Sequence[Problem]] | str | None:
        self._processes.remove(each)
        each.process.join(5)
        each.connection.close()
        if each.name is not None and each.name in self._died_at:
            return each.name, [_not_checked(each.name, exit_told(each.process.exitcode))]
        if each.name is not None:
            self._died_at.add(each.name)
        return each.name


def check_of_study(path: Path) -> EnterpriseCheck:
    """Make the check of the study in a folder; the process that asks for it from others loads nothing of it."""
    return study_room.StudyCheck(path)


def serve_checks(connection: Connection, make: Callable[[], EnterpriseCheck]) -> None:
    """Check each enterprise that is named; what a process runs."""
    stand_apart()
    with suppress(OSError):  # the batch is gone
        try:
            check = make()
            connection.send(("study", list(check.problems)))
        except Exception as error:  # told where someone can read it
            connection.send(("error", error))
            return
        while True:
            try:
                name: str = connection.recv()
            except EOFError:
                return
            connection.send(("enterprise", _problems(check, name)))


def _problems(check: EnterpriseCheck, name: str) -> list[Problem]:
    try:
        return list(check.of_enterprise(name))
    except Exception as error:  # a fault of a rule, at one enterprise: the others are checked all the same
        return [_not_checked(name, f"{type(error).__name__}: {error}")]


def _not_checked(name: str, detail: str) -> Problem:
    return Problem("batch.errors.not_checked", f"enterprises/{name}", values={"found": detail})
