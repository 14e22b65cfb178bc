"""Which kernels a job runs in: forked where the system forks and a trial went well, else started ahead of need."""

from __future__ import annotations

import os

from vises_methods.batch.kernels import KernelChoiceError
from vises_methods.batch.warm import client
from vises_methods.batch.warm.ahead import KernelsAhead

_ahead = KernelsAhead()


def begin_loading(wanted: str) -> None:
    """Start what loads in the background, so that it is ready when the first job comes."""
    if wanted in ("auto", "forked") and client.can_fork():
        client.start_fork_server(os.environ)


def chosen_kernels(wanted: str) -> str:
    """Return which kernels there will be: ``forked``, ``ahead`` or ``plain``.

    Raises
    ------
    KernelChoiceError
        When forked ones were asked for by name and cannot be had.
    """
    if wanted in ("ahead", "plain"):
        return wanted
    try:
        client.start_fork_server(os.environ).wait_until_ready()
    except client.ForkServerError as error:
        if wanted == "forked":
            raise KernelChoiceError(str(error)) from error
        return "ahead"
    return "forked"


def kernels_ahead() -> KernelsAhead:
    """Return this process's kernels that were started ahead of need."""
    return _ahead


def standing_processes() -> set[int]:
    """Return the processes that outlive a job: fork servers, and kernels that wait."""
    return client.fork_server_processes() | _ahead.processes()


def end_standing_processes() -> None:
    """End them."""
    _ahead.close()
    client.stop_fork_servers()
