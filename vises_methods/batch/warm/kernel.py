"""IPython's own kernel in a forked process: over Jupyter's sockets, or over a socket pair without any thread.

Over the pair, application, kernel, shell and messages are the real ones; only the sockets and the threads that serve
them are replaced. Text written at the level of C goes to files in memory that are read in order with Python's writes.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from logging import StreamHandler
from types import SimpleNamespace
from typing import Any

import zmq
from ipykernel import ipkernel
from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.iostream import BackgroundSocket, IOPubThread
from ipykernel.iostream import OutStream as IPythonStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel
from tornado import ioloop
from zmq.eventloop.zmqstream import ZMQStream

from vises_methods.batch.warm.tracebacks import tell_recursion_briefly
from vises_methods.batch.warm.wire import IOPUB, SHELL, Wire

_FLUSH_SECONDS = 0.05


def run_over_sockets(arguments: list[str]) -> None:
    """Run the ordinary kernel with a connection file."""
    sys.argv[:] = arguments
    app = ForkedKernelApp.instance()
    app.initialize(arguments[1:])
    app.start()


def run_over_wire(descriptor: int, arguments: list[str]) -> None:
    """Run the kernel over one end of a socket pair."""
    sys.argv[:] = arguments
    app = WireKernelApp.instance()
    app.wire = Wire(socket.socket(fileno=descriptor), one_writer_at_a_time())
    app.initialize(arguments[1:])
    app.start()


class ForkedKernelApp(IPKernelApp):
    """The ordinary application; that the kernel ends with those who asked for it is the fork server's care."""

    def init_poller(self) -> None:
        """Watch no parent: it is the fork server."""

    def init_shell(self) -> None:
        """Take the kernel's shell, and let it tell endless recursion briefly."""
        super().init_shell()
        tell_recursion_briefly(self.shell)

    def log_connection_info(self) -> None:
        """Tell nobody how to connect: upstream writes it to the standard output of whoever asked for the kernel."""


class WireKernelApp(ForkedKernelApp):
    """The application without sockets, threads and debugger."""

    wire: Wire

    def init_connection_file(self) -> None:
        """There is no connection file."""

    def write_connection_file(self, **_: Any) -> None:
        """There is no connection file."""

    def init_heartbeat(self) -> None:
        """The end of the pair tells that the kernel is gone."""

    def init_sockets(self) -> None:
        """Put the wire where the sockets would be."""
        _leave_debugger_out()
        self.log.setLevel(self.log_level)  # traitlets makes a record of every message, to be thrown away
        self.session.key = b""
        self.shell_socket = ShellOutlet(self.wire)
        self.iopub_thread = Publisher(self.wire, self.session)
        self.iopub_socket = self.iopub_thread.background_socket

    def init_io(self) -> None:
        """Redirect what Python and C write, and the display hook, as the ordinary application does."""
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            getattr(sys, name).flush()
            setattr(sys, name, OutStream(self.session, self.iopub_thread, name, descriptor))
        for handler in self.log.handlers:
            if isinstance(handler, StreamHandler):
                handler.stream = os.fdopen(os.dup(sys.stderr.fileno()), "w")
        self.displayhook = sys.displayhook = ZMQDisplayHook(self.session, self.iopub_socket)
        self.patch_io()

    def init_kernel(self) -> None:
        """Create the kernel itself."""
        with _no_modules_listed():
            self.kernel = WireKernel.instance(
                parent=self,
                session=self.session,
                shell_stream=self.shell_socket,
                shell_channel_thread=_MainThread(),
                iopub_thread=self.iopub_thread,
                iopub_socket=self.iopub_socket,
                log=self.log,
                profile_dir=self.profile_dir,
                user_ns=self.user_ns,
            )
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count

    def start(self) -> None:
        """Serve messages until the other end is gone."""
        self.kernel.shell.exit_now = False
        Kernel.start(self.kernel)  # without IPython's warning that no debugger will be there
        self.io_loop = ioloop.IOLoop.current()
        self.io_loop.add_handler(self.wire.end, self._receive, ioloop.IOLoop.READ)
        self.io_loop.start()

    def _receive(self, *_: object) -> None:
        for channel, parts in self.wire.receive():
            if channel == SHELL:
                self.io_loop.add_callback(self.shell_socket.receive, [zmq.Frame(part) for part in parts])
        if self.wire.closed:
            os._exit(0)

    def close(self) -> None:
        """There is nothing to close."""


class _MainThread:
    """Stands where the kernel asks in which thread cells run; false, as there is no thread beside it."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class WireKernel(IPythonKernel):
    """IPython's kernel, without the subshells that need threads."""

    _supports_kernel_subshells = False

    def _publish_status(self, status: str, channel: str, parent: Any = None) -> None:
        """Tell that a request is being worked on with what follows at once, as that it runs a cell."""
        self.iopub_thread.hold = status == "busy"
        super()._publish_status(status, channel, parent)
        self.iopub_thread.hold = False


class ShellOutlet(ZMQStream):
    """Stands where the kernel expects the stream of its shell channel."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.receive: Callable[[list[zmq.Frame]], Any] = lambda _: None

    def on_recv(self, callback: Any, copy: bool = True) -> None:  # noqa: ARG002  - the signature of the original
        """Note what handles a message."""
        self.receive = callback

    def send_multipart(self, msg: Sequence[Any], *_: Any, **__: Any) -> None:
        """Send a reply, with the message that the request is done: it follows upon every reply at once."""
        self._wire.send(SHELL, msg, hold=True)

    def flush(self, *_: Any, **__: Any) -> int:
        """Everything has been sent."""
        return 0

    def closed(self) -> bool:
        """Say whether the other end is gone."""
        return self._wire.closed


class _NoThread(threading.Thread):
    """A thread that never runs: what would be scheduled in it is done at once."""


class Publisher(IOPubThread):
    """Stands where the kernel expects the thread that publishes its output."""

    def __init__(self, wire: Wire, session: Any) -> None:
        self._wire, self.session, self.socket = wire, session, wire.end
        self.hold = False
        self.thread, self.io_loop = _NoThread(), None  # type: ignore[assignment]
        self.background_socket = BackgroundSocket(self)

    def schedule(self, f: Callable[[], object]) -> None:
        """Do it now."""
        f()

    def send_multipart(self, msg: Sequence[Any], *_: Any, **__: Any) -> None:
        """Publish a message, from a forked process of the kernel too."""
        self._wire.send(IOPUB, msg, hold=self.hold)

    def stop(self) -> None:
        """There is nothing to stop."""


class OutStream(IPythonStream):
    """Standard output or error: Python's writes, and what was written to its descriptor before them."""

    def __init__(self, session: Any, publisher: Publisher, name: str, descriptor: int) -> None:
        super().__init__(session, publisher, name, watchfd=False)
        self._original_stdstream_copy = os.dup(descriptor)
        self._low = os.memfd_create(name, os.MFD_CLOEXEC)
        self._low_read = 0
        self._flushed = time.monotonic()
        fcntl.fcntl(self._low, fcntl.F_SETFL, os.O_APPEND)
        os.dup2(self._low, descriptor)

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Write text, behind what C has written meanwhile."""
        self._take_low()
        return super().write(string)

    def flush(self) -> None:
        """Send what has been written."""
        self._take_low()
        self._flushed = time.monotonic()
        self._flush()

    def _take_low(self) -> None:
        if not self._is_master_process():
            return
        size = os.fstat(self._low).st_size
        if size > self._low_read:
            content = os.pread(self._low, size - self._low_read, self._low_read)
            self._low_read += len(content)
            super().write(content.decode(errors="replace"))

    def _schedule_flush(self) -> None:
        if time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self._flushed = time.monotonic()
            self._flush()


def one_writer_at_a_time() -> Callable[[], Any]:
    """Return a lock that holds between the threads of a kernel and between the processes that it forks."""
    file = os.memfd_create("wire", os.MFD_CLOEXEC)
    held = [threading.RLock()]
    os.register_at_fork(after_in_child=partial(_renew, held))

    @contextmanager
    def hold() -> Iterator[None]:
        with held[0]:
            fcntl.lockf(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(file, fcntl.LOCK_UN)

    return hold


def _leave_debugger_out() -> None:
    """Let ipykernel find no debugger: it would start a server and threads for nobody."""
    found = sys.modules.get("debugpy")
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    importlib.import_module("ipykernel.debugger")
    del sys.modules["debugpy"]
    if found is not None:
        sys.modules["debugpy"] = found


@contextmanager
def _no_modules_listed() -> Iterator[None]:
    """Let a kernel list no modules for the debugger that it has not: a look at each copies the memory it lies in."""
    seen: Any = ipkernel
    seen.sys = SimpleNamespace(**{**vars(sys), "modules": {}})
    try:
        yield
    finally:
        seen.sys = sys


def _renew(held: list[Any]) -> None:
    held[0] = threading.RLock()
