"""Which kernels a job runs in: forked where the system forks and a trial went well, else started ahead of need."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from vises_methods.batch.kernels import KernelChoiceError
from vises_methods.batch.warm import client
from vises_methods.batch.warm.ahead import KernelsAhead

_ahead = KernelsAhead()


def shared_server(wanted: str, variables: Mapping[str, str], log: Path) -> client.ForkServer | None:
    """Start a fork server that the workers of this process share; None where none is wanted or possible.

    Parameters
    ----------
    wanted : {"auto", "forked", "ahead", "plain"}
    variables : mapping
        The environment of its kernels, as far as imports read it.
    log : Path
        Where to write what it says.
    """
    if wanted in ("auto", "forked") and client.can_fork():
        return client.ForkServer.started(variables, log)
    return None


def share(line: socket.socket | None) -> None:
    """Take kernels from the server at the other end of a line, where there is one."""
    if line is not None:
        client.share_fork_server(line, os.environ)


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
