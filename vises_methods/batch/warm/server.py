"""The fork server: one process with one thread that has imported everything, and forks a kernel on request.

It answers to one owner, over the socket pair it was started with, to whom the owner has brought a line, and to nobody
else. Each request brings a line of its own: on it the server tells the kernel's process, and at the end how it ended;
when the line is closed the kernel is killed with all that it started, and when the owner is gone, every kernel is.
"""

from __future__ import annotations

import array
import json
import os
import select
import signal
import socket
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MOST_DESCRIPTORS = 8
_LONGEST_REQUEST = 1 << 20
CANARY_SECONDS = 30


@dataclass
class Server:
    """What the fork server knows.

    Attributes
    ----------
    control : socket
        The owner's line.
    loaded : dict
        The files that were loaded, as they were.
    lines : dict
        The line of each running kernel, by process.
    others : list
        The lines of those who may ask beside the owner.
    """

    control: socket.socket
    loaded: dict[str, tuple[int, int]]
    lines: dict[int, socket.socket] = field(default_factory=dict)
    others: list[socket.socket] = field(default_factory=list)

    def serve(self) -> None:
        """Answer requests until the owner is gone."""
        awake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        while True:
            poll = select.poll()
            for line in (self.control, *self.others, *self.lines.values()):
                poll.register(line, select.POLLIN)
            poll.register(awake, select.POLLIN)
            ready = {descriptor for descriptor, _ in poll.poll()}
            if awake in ready:
                with suppress(BlockingIOError):
                    os.read(awake, 4096)
                self.reap()
            for pid, line in list(self.lines.items()):
                if line.fileno() in ready:
                    kill_group(pid)
                    self.reap(pid)
            for other in list(self.others):
                if other.fileno() in ready and not self.answer(other):
                    self.others.remove(other)
                    other.close()
            if self.control.fileno() in ready and not self.answer(self.control):
                break
        for pid in list(self.lines):
            kill_group(pid)
            self.reap(pid)

    def answer(self, asking: socket.socket) -> bool:
        """Carry out one request; say whether who asks is still there."""
        from vises_methods.batch.warm.linux import thread_count
        from vises_methods.batch.warm.preload import changed

        request, descriptors = receive_request(asking)
        if request is None:
            return False
        line = socket.socket(fileno=descriptors[0])
        if "another" in request:
            self.others.append(line)
            tell(line, {"ready": True, "reason": None})
            return True
        stale = changed(self.loaded) or (f"{thread_count()} threads" if thread_count() != 1 else None)
        if stale is not None:
            tell(line, {"stale": stale})
            line.close()
        else:
            pid = self.fork(request, line, descriptors[1:])
            self.lines[pid] = line
            tell(line, {"pid": pid})
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        return True

    def fork(self, request: dict[str, Any], line: socket.socket, descriptors: list[int]) -> int:
        """Fork a kernel; return its process."""
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (self.control, line, *self.others, *self.lines.values()):
                other.close()
            from vises_methods.batch.warm.child import become_kernel

            become_kernel(request, descriptors, parent)
        except BaseException:  # whatever happens in a kernel must never go on as a second server
            import traceback

            traceback.print_exc(file=sys.__stderr__)
            os._exit(1)
        os._exit(0)

    def reap(self, awaited: int = -1) -> None:
        """Note what has ended, tell it, and end what it left behind; wait for one process where asked."""
        from vises_methods.batch.warm.linux import children

        while True:
            try:
                pid, status, usage = os.wait4(awaited, 0 if awaited > 0 else os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            awaited = -1
            line = self.lines.pop(pid, None)
            if line is None:
                continue
            kill_group(pid)
            ended = {
                "status": os.waitstatus_to_exitcode(status),
                "cpu": usage.ru_utime + usage.ru_stime,
                "peak": usage.ru_maxrss * 1024,
            }
            tell(line, ended)
            line.close()
        for orphan in set(children()) - self.lines.keys():
            with suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)


def receive_request(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """Return a request with the descriptors it brought; None when the owner is gone."""
    room = socket.CMSG_LEN(_MOST_DESCRIPTORS * array.array("i").itemsize)
    content, extra, _, _ = control.recvmsg(_LONGEST_REQUEST, room, socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, data in extra:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    return (json.loads(content) if content else None), list(descriptors)


def refuse_others(control: socket.socket, reason: str) -> None:
    """Tell those for whom the owner has asked already why nothing will be forked."""
    control.setblocking(False)
    with suppress(OSError):
        while (received := receive_request(control))[0] is not None:
            with socket.socket(fileno=received[1][0]) as line:
                tell(line, {"ready": False, "reason": reason})


def tell(line: socket.socket, what: dict[str, Any]) -> None:
    """Tell a client something; it may have gone."""
    with suppress(OSError):
        line.send(json.dumps(what).encode())


def kill_group(pid: int) -> None:
    """Kill a kernel and all that stayed in its session's group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def unfit() -> str | None:
    """Return why this process must not be forked, or None: one thread, and a forked trial that does real work."""
    from vises_methods.batch.warm.linux import thread_count
    from vises_methods.batch.warm.preload import use_once

    threads = thread_count()
    if threads != 1:
        return f"{threads} threads"
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(CANARY_SECONDS)
        try:
            use_once()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    for each in warned:  # Python itself tells, from 3.12 on, that it saw more than one thread
        if issubclass(each.category, DeprecationWarning):
            return str(each.message)
    return None if code == 0 else f"trial ended with {code}"


def main(descriptor: int) -> None:
    """Load, try one fork, say whether it went well, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # held back where a batch started this
    control = socket.socket(fileno=descriptor)
    from vises_methods.batch.warm.linux import adopt_orphans
    from vises_methods.batch.warm.preload import load_for_forks

    adopt_orphans()
    loaded = load_for_forks()
    reason = unfit()
    tell(control, {"ready": reason is None, "reason": reason})
    if reason is None:
        Server(control, loaded).serve()
    else:
        refuse_others(control, reason)


if __name__ == "__main__":
    if sys.path and (sys.path[0] == "" or Path(sys.path[0]) == Path.cwd()):
        del sys.path[0]
    from vises_methods.batch.warm import server

    server.main(int(sys.argv[1]))
    os._exit(0)  # Python would first take apart all that was loaded, which takes as long as a job
