"""Forked kernels for everything that starts kernels through Jupyter: JupyterLab, nbclient, nbconvert, nbval.

A kernel specification asks for them with ``"metadata": {"kernel_provisioner": {"provisioner_name": "vises"}}``; the
kernel ``vises`` that the package installs does.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from vises_methods.batch.warm import client

_LAUNCHER = "ipykernel_launcher"


class ForkedProvisioner(LocalProvisioner):
    """Jupyter's local provisioner, which forks a kernel where it would start one.

    A kernel of another interpreter or language, and any kernel where none can be forked, is started as ever.
    """

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork the kernel that a command line describes."""
        arguments = _arguments(cmd)
        if arguments is None:
            return await super().launch_kernel(cmd, **options)
        try:
            kernel = await asyncio.to_thread(_fork, arguments, options)
        except client.ForkServerError as error:
            self.log.warning("no forked kernels (%s): a plain one is started", error)
            return await super().launch_kernel(cmd, **options)
        # What Jupyter asks of a process, a forked kernel has.
        self.process = kernel  # type: ignore[assignment]
        self.pid = self.pgid = kernel.pid
        self.cwd = options.get("cwd", Path.cwd())
        return self.connection_info


def _arguments(command: list[str]) -> list[str] | None:
    """Return what the kernel would find in ``sys.argv``; None where the command starts no IPython kernel of ours."""
    interpreter, *rest = command
    if not client.can_fork() or rest[:2] != ["-m", _LAUNCHER]:
        return None
    if not os.path.samefile(interpreter, sys.executable):  # noqa: PTH121  - either may be a name that is not a path
        return None
    return [client.kernel_arguments()[0], *rest[2:]]


def _fork(arguments: list[str], options: Mapping[str, Any]) -> client.ForkedKernel:
    environment = options.get("env") or os.environ
    folder = options.get("cwd") or os.getcwd()  # noqa: PTH109
    return client.fork_kernel(arguments, env=environment, cwd=folder, title="vises kernel", wired=False)
