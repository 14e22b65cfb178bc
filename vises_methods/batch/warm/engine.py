"""A papermill engine whose kernels are forked: ``papermill --engine vises``, and what the batch runs on.

Outputs, display identifiers, widgets, errors and time limits are papermill's and nbclient's own; only what carries the
messages differs, and that the end of a kernel is seen at once and told with its signal and the stack of the cell.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from queue import Empty
from typing import Any

from jupyter_client.client import KernelClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode, validate
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger
from traitlets import Callable, Float, Integer, Unicode

from vises_methods.batch.processes import exit_told
from vises_methods.batch.warm import client
from vises_methods.batch.warm.wire import IOPUB, SHELL, Wire

NAME = "vises"
_OUTPUTS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}
"""What each kind of output consists of."""


class KernelDiedError(DeadKernelError):
    """A kernel ended before its notebook did.

    Attributes
    ----------
    status : int or None
        The exit status, or minus the signal.
    server_ended : bool
        Whether it is gone because the process that all kernels of this one are forked from is.
    shared : bool
        Whether kernels of other processes are forked from it too.
    """

    def __init__(self, kernel: client.ForkedKernel) -> None:
        self.status = kernel.wait(10)
        self.server_ended, self.shared = kernel.server_ended, kernel.shared
        super().__init__(exit_told(self.status))


class Channel:
    """One of Jupyter's channels over the wire."""

    def __init__(self, kernel: WireKernelClient, name: bytes) -> None:
        self._kernel, self._name = kernel, name

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self._kernel.wire.send(self._name, self._kernel.session.serialize(message))

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Return the next message.

        Raises
        ------
        Empty
            When none comes in time.
        KernelDiedError
        """
        return await self._kernel.next_message(self._name, timeout)

    def is_alive(self) -> bool:
        """Say whether the kernel can still be talked to."""
        return not self._kernel.wire.closed

    def stop(self) -> None:
        """There is nothing to stop."""


class WireKernelClient(KernelClient):
    """Jupyter's client of a kernel, over a socket pair."""

    def __init__(self, kernel: client.ForkedKernel, **options: Any) -> None:
        super().__init__(**options)
        assert kernel.wire is not None
        self.session.key = b""
        self.allow_stdin = False
        self.kernel = kernel
        self.wire = Wire(kernel.wire, reads_while_sending=True)
        self._shell_channel, self._iopub_channel = Channel(self, SHELL), Channel(self, IOPUB)
        self._inbox: dict[bytes, deque[dict[str, Any]]] = {SHELL: deque(), IOPUB: deque()}
        self._waiting: dict[bytes, set[asyncio.Future[None]]] = {SHELL: set(), IOPUB: set()}
        self._watched_in: asyncio.AbstractEventLoop | None = None

    async def next_message(self, channel: bytes, timeout: float | None) -> dict[str, Any]:
        """Return the next message of a channel; see :meth:`Channel.get_msg`."""
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        while True:
            if not self._inbox[channel]:
                self._take()
            if self._inbox[channel]:
                return self._inbox[channel].popleft()
            if self.wire.closed:
                raise KernelDiedError(self.kernel)
            left = None if deadline is None else deadline - loop.time()
            if left is not None and left <= 0:
                raise Empty
            await self._readable(channel, loop, left)

    async def is_alive(self) -> bool:
        """Say whether the kernel runs."""
        return self.kernel.poll() is None

    def _take(self) -> None:
        """Read what has come in, and wake those who wait for it: a message that one of them reads may be another's.

        Whoever waits for nothing of it sleeps on, or those who wait would wake one another for ever.
        """
        received = self.wire.receive()
        for channel, parts in received:
            _, frames = self.session.feed_identities(parts)
            self._inbox[channel].append(self._message(frames))
        for channel in self._waiting if self.wire.closed else {channel for channel, _ in received}:
            for waker in self._waiting[channel]:
                _wake(waker)

    def _message(self, frames: list[bytes]) -> dict[str, Any]:
        """Do what the session's ``deserialize`` does, whose search for dates costs more than all else of a message.

        Nothing is signed here, and of all dates only that of a message is ever asked for.
        """
        header, parent, metadata, content = (self.session.unpack(frame) for frame in frames[1:5])
        with suppress(KeyError, TypeError, ValueError):
            header["date"] = datetime.fromisoformat(header["date"])
        return {
            "header": header,
            "msg_id": header["msg_id"],
            "msg_type": header["msg_type"],
            "parent_header": parent,
            "metadata": metadata,
            "content": content,
            "buffers": [memoryview(frame) for frame in frames[5:]],
        }

    async def _readable(self, channel: bytes, loop: asyncio.AbstractEventLoop, seconds: float | None) -> None:
        """Wait until something has come in on a channel, or some seconds long."""
        waker: asyncio.Future[None] = loop.create_future()
        self._waiting[channel].add(waker)
        if self._watched_in is None:
            loop.add_reader(self.wire.end, self._take)
            self._watched_in = loop
        alarm = None if seconds is None else loop.call_later(seconds, _wake, waker)
        try:
            await waker
        finally:
            if alarm is not None:
                alarm.cancel()
            self._waiting[channel].discard(waker)
            if not any(self._waiting.values()):
                self.stop_watching()

    def stop_watching(self) -> None:
        """Take the wire out of the event loop, which outlives it.

        A task that still waits when a kernel has died would leave it there, and the next kernel's wire, which is given
        the same descriptor, would then count as watched and never be read.
        """
        loop, self._watched_in = self._watched_in, None
        if loop is not None and not loop.is_closed():
            loop.remove_reader(self.wire.end)


class ForkedNotebookClient(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client of a notebook, on a forked kernel."""

    title = Unicode("vises").tag(config=True)
    memory = Integer(0, help="The most megabytes that the kernel may allocate; 0 for no limit.").tag(config=True)
    interrupt_grace = Float(2.0, help="Seconds a cell is given to end after it was interrupted.").tag(config=True)
    on_kernel_end = Callable(None, allow_none=True)
    clear_before_next_output: bool

    @contextmanager
    def setup_kernel(self, **_: Any) -> Iterator[None]:
        """Fork a kernel, and end it with all that it started."""
        folder = self.resources.get("metadata", {}).get("path") or os.getcwd()  # noqa: PTH109
        arguments = [*client.kernel_arguments(), *self.extra_arguments]
        kernel = client.fork_kernel(arguments, env=dict(os.environ), cwd=folder, title=self.title, memory=self.memory)
        self.kernel, self.kc = kernel, WireKernelClient(kernel)
        try:
            yield
        finally:
            self.kc.stop_watching()
            kernel.close()
            self.kc = None  # type: ignore[assignment]
            if self.on_kernel_end is not None:
                self.on_kernel_end(kernel)

    async def async_execute_cell(self, cell: Any, cell_index: int, *arguments: Any, **options: Any) -> Any:
        """Execute a cell; where the kernel ends in it, its outputs say how."""
        try:
            return await super().async_execute_cell(cell, cell_index, *arguments, **options)
        except KernelDiedError as error:
            name = exit_told(error.status)
            stack = self.kernel.stack().splitlines()
            cell.outputs.append(new_output("error", ename=name, evalue="", traceback=stack or [name]))
            raise

    execute_cell = run_sync(async_execute_cell)

    def execute(self, **options: Any) -> Any:
        """Execute the notebook, and check once what upstream checks for each output.

        Raises
        ------
        nbformat.ValidationError
            When a cell has put something out that no notebook may hold.
        """
        executed = super().execute(**options)
        validate(executed)
        return executed

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Add an output to those of its cell, as it came; a widget that collects outputs is upstream's care."""
        parts = _OUTPUTS.get(msg["msg_type"])
        if parts is None or self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            return super().output(outs, msg, display_id, cell_index)
        if self.clear_before_next_output:
            outs.clear()
            self.clear_display_id_mapping(cell_index)
            self.clear_before_next_output = False
        if display_id:
            self._display_id_map.setdefault(display_id, {}).setdefault(cell_index, []).append(len(outs))
        outs.append(_output(msg["msg_type"], {part: msg["content"][part] for part in parts}))
        return outs[-1]

    async def _async_poll_kernel_alive(self) -> None:
        """The end of the wire tells at once what upstream asks for every second."""

    async def _async_handle_timeout(self, timeout: int, cell: Any = None) -> None:
        """Interrupt the cell, so that it shows where it was, before the kernel is ended."""
        self.kernel.send_signal(signal.SIGINT)
        try:
            await self.kc.shell_channel.get_msg(timeout=self.interrupt_grace)
            await asyncio.sleep(0)
        except Empty:
            self.log.warning("a cell ignores interrupts")
        raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout, cell)


def _wake(waker: asyncio.Future[None]) -> None:
    if not waker.done():
        waker.set_result(None)


def _output(kind: str, parts: dict[str, Any]) -> NotebookNode:
    """Return an output as notebooks hold it, whose values stay the plain ones that came."""
    output = NotebookNode(output_type=kind)
    for name, value in parts.items():
        if isinstance(value, dict):
            output[name] = NotebookNode()
            dict.update(output[name], value)
        else:
            output[name] = value
    return output


class ForkedEngine(NBClientEngine):  # type: ignore[misc]
    """Runs notebooks in forked kernels, and in plain ones where none can be forked."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> Any:
        """Execute a notebook; the options are those of papermill's own engine, and the traits of the client above."""
        try:
            client.start_fork_server(os.environ).wait_until_ready()
        except client.ForkServerError as error:
            logger.warning("no forked kernels (%s): a plain one is used", error)
            ours = {
                name
                for name in ForkedNotebookClient.class_traits()
                if name not in PapermillNotebookClient.class_traits()
            }
            return super().execute_managed_notebook(
                nb_man,
                kernel_name,
                log_output=log_output,
                stdout_file=stdout_file,
                stderr_file=stderr_file,
                start_timeout=start_timeout,
                execution_timeout=execution_timeout,
                **{name: value for name, value in options.items() if name not in ours},
            )
        known = {name: value for name, value in options.items() if name in ForkedNotebookClient.class_traits()}
        return ForkedNotebookClient(
            nb_man,
            **{"timeout": execution_timeout, **known},
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        ).execute()
