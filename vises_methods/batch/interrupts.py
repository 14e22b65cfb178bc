"""Ctrl-C counted rather than raised, and one run at a time on a study."""

from __future__ import annotations

import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from vises_methods.errors import NotebookError


class Interrupts:
    """Counts requests to stop while it is entered: Ctrl-C is one, the system's request to end is two."""

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            for number, weight in _signals().items():
                self._before[number] = signal.signal(number, self._handler(weight))
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handler(self, weight: int) -> Callable[[int, FrameType | None], None]:
        def handle(_number: int, _frame: FrameType | None) -> None:
            self.count += weight

        return handle


@contextmanager
def one_run_at_a_time(outputs: Path) -> Iterator[None]:
    """Hold a study's outputs for one run; the system lets go of them when the process ends, however it ends.

    Raises
    ------
    NotebookError
        When another run holds them.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(outputs / ".run.lock", isolation_level=None, timeout=0)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        raise NotebookError("batch.errors.already_running", outputs.name) from error
    try:
        yield
    finally:
        connection.close()


def _signals() -> dict[int, int]:
    weights = {"SIGINT": 1, "SIGTERM": 2, "SIGHUP": 2}
    return {getattr(signal, name): weight for name, weight in weights.items() if hasattr(signal, name)}
