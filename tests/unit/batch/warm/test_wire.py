"""Messages arrive whole and in order, however large, also when both ends write at once."""

import asyncio
import socket
import threading
from queue import Empty
from types import SimpleNamespace

import pytest
from nbclient.util import run_sync

from vises_methods.batch.warm.engine import WireKernelClient
from vises_methods.batch.warm.wire import IOPUB, SHELL, Wire


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    yield Wire(ours, reads_while_sending=True), Wire(theirs)
    ours.close()
    theirs.close()


def all_of(wire, count):
    got = []
    while len(got) < count:
        got += wire.receive()
    return got


def test_in_order_and_whole(ends):
    near, far = ends
    far.send(IOPUB, [b"a", b"", memoryview(b"c")])
    far.send(SHELL, [])
    assert all_of(near, 2) == [(IOPUB, [b"a", b"", b"c"]), (SHELL, [])]
    assert near.receive() == []


def test_two_ends_that_write_at_once_do_not_wait_for_each_other(ends):
    near, far = ends
    large = b"x" * 5_000_000
    writer = threading.Thread(target=far.send, args=(IOPUB, [large]))
    writer.start()
    reader = threading.Thread(target=lambda: (writer.join(), all_of(far, 1)))
    reader.start()
    near.send(SHELL, [large])
    assert all_of(near, 1) == [(IOPUB, [large])]
    reader.join(30)
    assert not reader.is_alive()


def test_what_is_held_goes_with_the_next(ends):
    near, far = ends
    far.send(IOPUB, [b"busy"], hold=True)
    assert near.receive() == []
    far.send(SHELL, [b"reply"], hold=True)
    far.send(IOPUB, [b"idle"])
    assert near.receive() == [(IOPUB, [b"busy"]), (SHELL, [b"reply"]), (IOPUB, [b"idle"])]


def test_the_end_is_seen(ends):
    near, far = ends
    far.send(IOPUB, [b"last"])
    far.end.close()
    assert near.receive() == [(IOPUB, [b"last"])]
    assert near.closed
    with pytest.raises(BrokenPipeError):
        near.send(SHELL, [b"x"])


def test_those_who_wait_for_nothing_do_not_wake_one_another(ends):
    """Both channels are waited on while a cell runs: each must sleep until something comes in."""
    here, _ = ends
    kernel = WireKernelClient(SimpleNamespace(wire=here.end))
    looks = []
    receive = kernel.wire.receive
    kernel.wire.receive = lambda: looks.append(1) or receive()

    async def wait_on_both():
        waiting = [kernel.next_message(channel, 0.2) for channel in (SHELL, IOPUB)]
        return await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(ended) for ended in run_sync(wait_on_both)()] == [Empty, Empty]
    assert len(looks) < 10
