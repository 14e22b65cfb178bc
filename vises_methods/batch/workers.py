"""The worker processes of a batch: started afresh (never forked), replaced when they die, ended with their kernels.

A worker leaves the terminal's process group, so that Ctrl-C reaches the batch alone, and ends itself and its kernel
when the batch is gone, however that went.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Protocol

from vises_methods.batch.kernels import environment, kernel_environment, kill_tree
from vises_methods.batch.outcome import Failure, Order, Outcome
from vises_methods.batch.processes import exit_told, interrupts_held, stand_apart, start_process
from vises_methods.batch.quick_start import import_jsonschema
from vises_methods.batch.warm.choice import shared_server
from vises_methods.batch.warm.client import ForkServer, ForkServerError

# What a job is granted beyond its own limit before its worker is ended: starting a kernel, making the page.
_GRACE_SECONDS = 180.0


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    order: Order | None = None
    started: float = 0.0


class Workers(Protocol):
    """Whoever carries out jobs: worker processes of this machine, or those of a cluster."""

    @property
    def running(self) -> list[str]:
        """The jobs under way."""

    @property
    def has_room(self) -> bool:
        """Whether another job can be given out."""

    def submit(self, order: Order) -> None:
        """Give out a job."""

    def wait(self, seconds: float) -> list[Outcome]:
        """Return what ended within some seconds."""

    def lost(self) -> list[str]:
        """Return the workers lost since this was last asked of which no outcome tells: others do their jobs."""

    def close(self) -> None:
        """Let the idle go; end those that still work."""


class Pool:
    """A number of workers, each started when there is work for it.

    Parameters
    ----------
    size : int
        How many jobs run at once.
    home, outputs : Path
        The project's folder, and that of all outputs.
    scratch : Path
        A folder for what kernels write beside their results.
    kernels : {"auto", "forked", "ahead", "plain"}
        What jobs will ask for; see :class:`~vises_methods.batch.outcome.Order`.
    grace : float
        Seconds beyond a job's limit after which its worker is ended.
    """

    def __init__(
        self,
        size: int,
        home: Path,
        outputs: Path,
        scratch: Path,
        *,
        kernels: str = "auto",
        grace: float = _GRACE_SECONDS,
    ) -> None:
        self._size, self._scratch, self._grace = size, scratch, grace
        self._kernels = kernels
        self._home, self._outputs = home, outputs
        self._workers: list[_Worker] = []
        self._count = 0
        self._server: ForkServer | None = None

    @property
    def running(self) -> list[str]:
        """The jobs under way."""
        return [worker.order.job_id for worker in self._workers if worker.order is not None]

    @property
    def has_room(self) -> bool:
        """Whether another job can be given out."""
        return len(self.running) < self._size

    def begin(self, jobs: int) -> None:
        """Start the workers that so many jobs will need, so that they load before the first is given out."""
        for _ in range(min(jobs, self._size) - len(self._workers)):
            self._start()

    def submit(self, order: Order) -> None:
        """Give out a job; only while :attr:`has_room`."""
        worker = next((worker for worker in self._workers if worker.order is None), None) or self._start()
        worker.order, worker.started = order, time.monotonic()
        with suppress(BrokenPipeError):  # a worker that died while idle is seen and told by wait()
            worker.connection.send(order)

    def wait(self, seconds: float) -> list[Outcome]:
        """Return what ended within some seconds: outcomes sent back, workers that died, jobs over their limit."""
        busy = {worker.connection: worker for worker in self._workers if worker.order is not None}
        ended = [self._receive(busy[ready]) for ready in wait(list(busy), seconds) if isinstance(ready, Connection)]
        if self._server is not None and self._server.exit_status is not None:
            self._server.close()  # killed by someone: each worker that needs kernels starts one of its own
            self._server = None
        now = time.monotonic()
        for worker in list(self._workers):
            if worker.order is not None and now - worker.started > worker.order.timeout + self._grace:
                ended.append(self._give_up(worker, "timeout", f"{worker.order.timeout:g} s"))
        return ended

    def lost(self) -> list[str]:
        """Return none: one that dies ends its job, and its outcome tells of it."""
        return []

    def close(self) -> None:
        """Let idle workers go; end those that still work or were never given any, with their kernels."""
        for worker in self._workers:
            if worker.order is None and worker.started:
                with suppress(OSError):
                    worker.connection.send(None)
            else:
                kill_tree(worker.process.pid or 0, itself=True)
        for worker in self._workers:
            worker.process.join(5)
            if worker.process.is_alive():
                kill_tree(worker.process.pid or 0, itself=True)
            worker.connection.close()
        self._workers.clear()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _start(self) -> _Worker:
        if not self._count:
            with self._surroundings("server") as log:
                self._server = shared_server(self._kernels, os.environ, log)
        self._count += 1
        with self._surroundings(f"worker-{self._count}") as log, self._line() as line:
            worker = _Worker(*start_process(serve, log, line))
        self._workers.append(worker)
        return worker

    @contextmanager
    def _surroundings(self, name: str) -> Iterator[Path]:
        """Be for a moment where a process is to be started, and yield its log."""
        scratch = self._scratch / name
        scratch.mkdir(parents=True, exist_ok=True)
        with environment(kernel_environment(self._home, self._outputs, scratch)), interrupts_held():
            yield scratch / "log.txt"

    @contextmanager
    def _line(self) -> Iterator[socket.socket | None]:
        """Yield a worker's line to the fork server; where that has ended the worker will start one of its own."""
        line = None
        if self._server is not None:
            with suppress(ForkServerError):
                line = self._server.line_for_another()
        with line or nullcontext():
            yield line

    def _receive(self, worker: _Worker) -> Outcome:
        try:
            outcome: Outcome = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(5)
            return self._give_up(worker, "worker", exit_told(worker.process.exitcode))
        worker.order = None
        return outcome

    def _give_up(self, worker: _Worker, kind: str, detail: str) -> Outcome:
        assert worker.order is not None
        kill_tree(worker.process.pid or 0, itself=True)
        worker.process.join(5)
        worker.connection.close()
        self._workers.remove(worker)
        return Outcome(worker.order.job_id, Failure(kind, detail), (), time.monotonic() - worker.started)


def serve(connection: Connection, log: Path, line: socket.socket | None) -> None:
    """Carry out orders until told to stop, with kernels from the fork server on the line; what a worker runs."""
    stand_apart(lambda: kill_tree(os.getpid(), itself=False))
    _write_to(log)
    from vises_methods.batch.warm import choice

    choice.share(line)
    import_jsonschema()
    from vises_methods.batch.execution import carry_out

    while (order := _next_order(connection)) is not None:
        outcome = carry_out(order)
        kill_tree(os.getpid(), itself=False, spare=choice.standing_processes())
        connection.send(outcome)
    choice.end_standing_processes()


def _next_order(connection: Connection) -> Order | None:
    try:
        order: Order | None = connection.recv()
    except (EOFError, OSError):
        return None
    return order


def _write_to(log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
