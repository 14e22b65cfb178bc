"""What Linux offers a process beyond Python's library: to end with its parent, to adopt orphans, to bear a title."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

_SET_DEATH_SIGNAL, _SET_NAME, _SET_SUBREAPER = 1, 15, 36
_TITLE_PLACES = slice(45, 47)


def _process_control(option: int, value: int | ctypes.Array[ctypes.c_char]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def die_with(parent: int) -> None:
    """Be killed when the parent ends; end at once where it has ended already."""
    _process_control(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that none gets out of sight."""
    _process_control(_SET_SUBREAPER, 1)


def children() -> list[int]:
    """Return this single-threaded process's children."""
    pid = os.getpid()
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def thread_count() -> int:
    """Return how many threads this process has, those of libraries included."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208  - names are enough, and this runs in every fork server


def limit_memory(megabytes: int, process: int = 0) -> None:
    """Limit what a process may allocate; beyond it Python raises MemoryError. 0 is this process."""
    size = megabytes * 2**20
    resource.prlimit(process, resource.RLIMIT_DATA, (size, size))


def set_title(title: str) -> None:
    """Show a title where ``ps`` shows the command line, which a fork has from its parent."""
    written = title.encode("utf-8", "replace")
    _process_control(_SET_NAME, ctypes.create_string_buffer(written[:15]))
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = (int(place) for place in fields[_TITLE_PLACES])
    if 0 < start < end:
        room = end - start
        ctypes.memmove(start, written[: room - 1].ljust(room, b"\0"), room)
