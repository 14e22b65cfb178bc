"""Asking the fork server for kernels: started when first needed, one for each set of variables that imports read."""

from __future__ import annotations

import json
import logging
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import IO, Any

START_SECONDS = 180.0
_READ_AT_IMPORT = re.compile(
    r"PYTHON\w*|\w+_NUM_THREADS|\w+_MAX(IMUM)?_THREADS|MPL\w*|MATPLOTLIB\w*|LANG|LANGUAGE|LC_\w+|LD_\w+|JE_\w+"
    r"|MALLOC_\w+|HOME|XDG_\w+|VIRTUAL_ENV|PATH|VISES_PRELOAD"
)
_ROOM_FOR_TITLE = "a forked kernel shows its title here".ljust(160)


class ForkServerError(Exception):
    """No kernel can be forked: the system does not fork, the trial went wrong, or the server ended."""


def can_fork() -> bool:
    """Say whether this system is one on which kernels are forked."""
    return sys.platform == "linux"


class ForkedKernel:
    """A kernel that was forked, with the part of ``Popen`` that Jupyter asks of a process.

    Attributes
    ----------
    pid : int
    wire : socket or None
        This side of the pair over which the kernel talks.
    returncode : int or None
        How it ended: the exit status, or minus the signal.
    cpu_seconds, peak_memory : float, int
        What it used, known when it has ended.
    server_ended : bool
        Whether it is gone because the fork server is.
    shared : bool
        Whether that server forks for other processes too, whose kernels may have ended it.
    """

    stdin = stdout = stderr = None

    def __init__(
        self, line: socket.socket, pid: int, log: IO[bytes], wire: socket.socket | None, *, shared: bool
    ) -> None:
        self.pid, self.wire, self.shared = pid, wire, shared
        self.returncode: int | None = None
        self.cpu_seconds, self.peak_memory = 0.0, 0
        self.server_ended = False
        self._line, self._log = line, log

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end, and return how it ended.

        Raises
        ------
        subprocess.TimeoutExpired
        """
        status = self._look(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
        return status

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and what stays in its group."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def close(self, seconds: float = 10.0) -> None:
        """End it with all that it started, and learn what it used."""
        if self.wire is not None:
            self.wire.close()
        self.kill()
        with suppress(subprocess.TimeoutExpired):
            self.wait(seconds)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)  # the fork server did, unless it was killed itself
        self._line.close()
        self._log.close()

    def stack(self) -> str:
        """Return Python's stack at a crash, as far as the system left time to write it."""
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None and self._line.fileno() >= 0:
            told = _read_line(self._line, timeout)
            if told is not None:
                self.server_ended = "status" not in told
                self.returncode = told.get("status", -signal.SIGKILL)
                self.cpu_seconds, self.peak_memory = told.get("cpu", 0.0), told.get("peak", 0)
                self._line.close()
        return self.returncode


class ForkServer:
    """A fork server: one that this process owns and that ends with it, or another process's that it may ask.

    Parameters
    ----------
    control : socket
        This process's line to it.
    process : Popen, optional
        The server, where it is this process's own.
    """

    def __init__(self, control: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self.process = process
        self._control, self._lock = control, threading.Lock()
        self._ready: bool | None = None

    @classmethod
    def started(cls, variables: Mapping[str, str], log: Path | None = None) -> ForkServer:
        """Start a server of this process's own.

        Parameters
        ----------
        variables : mapping
            The environment in which it imports.
        log : Path, optional
            Where to write what it says; this process's own outputs by default.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "vises_methods.batch.warm.server", str(theirs.fileno()), _ROOM_FOR_TITLE]
        with nullcontext() if log is None else log.open("ab") as file:
            process = subprocess.Popen(
                command,
                env=dict(variables),
                pass_fds=[theirs.fileno()],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        theirs.close()
        return cls(ours, process)

    def line_for_another(self) -> socket.socket:
        """Return a line on which another process can ask for kernels, as :func:`share_fork_server` does there.

        Raises
        ------
        ForkServerError
            When the server has ended.
        """
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            try:
                with self._lock:
                    socket.send_fds(self._control, [json.dumps({"another": True}).encode()], [far.fileno()])
            except OSError as error:
                near.close()
                raise ForkServerError(str(error)) from error
        return near

    def wait_until_ready(self) -> None:
        """Wait until it has loaded.

        Raises
        ------
        ForkServerError
            When the trial went wrong or it ended.
        """
        with self._lock:
            if self._ready is None:
                told = _read_line(self._control, START_SECONDS) or {}
                self._ready = bool(told.get("ready"))
                self.reason = told.get("reason") or "it ended while loading"
        if not self._ready:
            raise ForkServerError(self.reason)

    def fork(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | os.PathLike[str],
        title: str,
        memory: int = 0,
        wired: bool = True,
    ) -> ForkedKernel | None:
        """Return a new kernel, or None where what was loaded has changed since.

        Parameters
        ----------
        arguments : sequence of str
            The kernel's command line behind the interpreter.
        env, cwd : mapping, path
            Its environment and working folder.
        title : str
            What the system's list of processes shows.
        memory : int
            The most megabytes that it may allocate; 0 for no limit.
        wired : bool
            Whether it talks over a socket pair, else with the connection file that its arguments name.

        Raises
        ------
        ForkServerError
            When the server has ended.
        """
        self.wait_until_ready()
        line, far_line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        near, far = socket.socketpair() if wired else (None, None)
        log = os.fdopen(os.memfd_create("crash"), "rb")
        sent = [far_line.fileno(), log.fileno(), 1, 2, *([far.fileno()] if far else [])]
        request = {"arguments": list(arguments), "env": dict(env), "cwd": str(cwd), "title": title, "memory": memory}
        try:
            with self._lock:
                socket.send_fds(self._control, [json.dumps(request).encode()], sent)
            far_line.close()
            told = _read_line(line, START_SECONDS)
        except OSError as error:
            raise ForkServerError(str(error)) from error
        finally:
            far_line.close()
            if far is not None:
                far.close()
        if told is None or "pid" not in told:
            line.close()
            if told is None or "stale" not in told:
                raise ForkServerError("it ended")
            _log.info("%s has changed since it was loaded", told["stale"])
            return None
        return ForkedKernel(line, told["pid"], log, near, shared=self.process is None)

    def close(self) -> None:
        """End it with its kernels; another process's is only left."""
        if self.process is not None and self.process.poll() is None and self._loads():
            self.process.kill()  # it would hear of its end when it has loaded, and has forked nothing yet
        self._control.close()
        if self.process is None:
            return
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _loads(self) -> bool:
        """Say whether it has not told yet that it is ready."""
        return self._ready is None and self._control.fileno() >= 0 and _read_line(self._control, 0) is None

    @property
    def exit_status(self) -> int | None:
        """How it ended, None while it runs; of another process's server -1 once it can no longer be asked."""
        if self.process is not None:
            return self.process.poll()
        return -1 if _hung_up(self._control) else None


_log = logging.getLogger(__name__)
_servers: dict[tuple[tuple[str, str], ...], ForkServer] = {}
_servers_lock = threading.Lock()


def start_fork_server(env: Mapping[str, str]) -> ForkServer:
    """Return the fork server for an environment, started where there is none; it may still be loading.

    Raises
    ------
    ForkServerError
        When this system does not fork.
    """
    if not can_fork():
        raise ForkServerError(sys.platform)
    key = _read_at_import(env)
    with _servers_lock:
        server = _servers.get(key)
        if server is None or server.exit_status is not None:
            server = _servers[key] = ForkServer.started(env)
        return server


def share_fork_server(line: socket.socket, env: Mapping[str, str]) -> None:
    """Ask another process's server for kernels as long as it is there; see :meth:`ForkServer.line_for_another`.

    Parameters
    ----------
    line : socket
    env : mapping
        This process's environment; what imports read of it is as where the server was started.
    """
    with _servers_lock:
        _servers[_read_at_import(env)] = ForkServer(line)


def _read_at_import(env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in env.items() if _READ_AT_IMPORT.fullmatch(name)))


def fork_kernel(arguments: Sequence[str], *, env: Mapping[str, str], **how: Any) -> ForkedKernel:
    """Return a new kernel, from a fork server whose loaded files are as they now are; see :meth:`ForkServer.fork`.

    Raises
    ------
    ForkServerError
        When none can be forked.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        server = start_fork_server(env)
        try:
            kernel = server.fork(arguments, env=env, **how)
        except ForkServerError:
            if server.process is not None:
                raise
            kernel = None  # another process's server has ended: one of this process's own takes its place
        if kernel is not None:
            return kernel
        server.close()
    raise ForkServerError("what it loads keeps changing")


def stop_fork_servers() -> None:
    """End all fork servers of this process."""
    with _servers_lock:
        for server in _servers.values():
            server.close()
        _servers.clear()


def fork_server_processes() -> set[int]:
    """Return the fork servers of this process."""
    return {server.process.pid for server in _servers.values() if server.process is not None}


def kernel_arguments() -> list[str]:
    """Return the command line of a plain kernel behind the interpreter, which libraries may look at."""
    import ipykernel_launcher

    return [str(Path(ipykernel_launcher.__file__)), "--HistoryManager.hist_file=:memory:"]


def _hung_up(line: socket.socket) -> bool:
    if line.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(line, 0)
    return bool(poll.poll(0))


def _read_line(line: socket.socket, timeout: float | None) -> dict[str, Any] | None:
    """Return what the server tells: None when it tells nothing in time, empty when it is gone."""
    poll = select.poll()
    poll.register(line, select.POLLIN)
    if not poll.poll(None if timeout is None else timeout * 1000):
        return None
    try:
        content = line.recv(1 << 16)
    except OSError:
        content = b""
    told: dict[str, Any] = json.loads(content) if content else {}
    return told
