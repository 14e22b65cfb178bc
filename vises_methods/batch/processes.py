"""Processes that a batch starts beside itself: out of Ctrl-C's reach, and gone as soon as the batch is."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

_START_ATTEMPTS = 3


def start_process(
    target: Callable[..., None], *arguments: Any, attempts: int = _START_ATTEMPTS
) -> tuple[SpawnProcess, Connection]:
    """Start a process afresh (never forked) with a connection to it, and return both.

    Parameters
    ----------
    target : callable
        What it runs; its first argument is the process's own end of the connection.
    *arguments
        The other arguments.
    attempts : int
        One that is killed while it is being told what to run breaks the pipe to it, and is started again.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    try:
        with interrupts_held():
            process.start()
    except BrokenPipeError:
        ours.close()
        if attempts <= 1:
            raise
        return start_process(target, *arguments, attempts=attempts - 1)
    finally:
        theirs.close()
    return process, ours


def stand_apart(at_the_end: Callable[[], None] | None = None) -> None:
    """Leave the terminal's group, so that Ctrl-C reaches the batch alone, and end when the batch is gone.

    Parameters
    ----------
    at_the_end : callable, optional
        What is still to be done when the batch is gone.
    """
    _leave_terminal()
    threading.Thread(target=_end_with_parent, args=(at_the_end,), daemon=True).start()


def exit_told(status: int | None) -> str:
    """Name how a process ended: the signal where there was one, as ``SIGKILL``, else the exit status."""
    if status is None:
        return "?"
    if status < 0:
        try:
            return signal.Signals(-status).name
        except ValueError:
            return f"signal {-status}"
    return f"exit {status}"


def _end_with_parent(at_the_end: Callable[[], None] | None) -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    wait([parent.sentinel])
    if at_the_end is not None:
        at_the_end()
    os._exit(1)


def _leave_terminal() -> None:
    if sys.platform == "win32":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while a process starts: it inherits this until it has left the terminal."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # started with the first process, it would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
