"""What a forked kernel does before it runs a cell: it becomes a process of its own, as if it had just been started."""

from __future__ import annotations

import atexit
import faulthandler
import gc
import os
import random
import sys
import tempfile
import threading
import time
from typing import Any

from vises_methods.batch.warm import linux

_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Instead of Python's 700: a kernel lives for seconds, and figures and tables would be walked a hundred times."""


def become_kernel(request: dict[str, Any], descriptors: list[int], parent: int) -> None:
    """Run the kernel that was asked for, to its end.

    Parameters
    ----------
    request : dict
        ``env, cwd, memory`` (megabytes, 0 for no limit), ``title``, ``arguments`` (the kernel's own).
    descriptors : list of int
        The log of crashes, what stdout and stderr were for the one who asks, and the wire where the kernel talks over
        one; without it the arguments name a connection file.
    parent : int
        The fork server.
    """
    log, out, err, *wire = descriptors
    os.setsid()
    linux.die_with(parent)
    linux.adopt_orphans()
    linux.set_title(request["title"])
    _surround(request["env"], request["cwd"])
    _forget_chance()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    if request["memory"]:
        linux.limit_memory(request["memory"])
    faulthandler.enable(log)
    _standard_streams(out, err)
    from vises_methods.batch.warm import kernel

    if wire:
        kernel.run_over_wire(wire[0], request["arguments"])
    else:
        kernel.run_over_sockets(request["arguments"])
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()


def _surround(variables: dict[str, str], folder: str) -> None:
    """Take on an environment and a working folder; what reads them once and keeps them is told."""
    backend = os.environ.get("MPLBACKEND")
    os.environ.clear()
    os.environ.update(variables)
    if backend is not None:
        os.environ.setdefault("MPLBACKEND", backend)
    os.chdir(folder)
    time.tzset()
    tempfile.tempdir = None


def _forget_chance() -> None:
    """Draw other random numbers than one's siblings."""
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def _standard_streams(out: int, err: int) -> None:
    """Read nothing, and write where the one who asked for the kernel writes."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(source, target)
    for source in (nothing, out, err):
        os.close(source)
