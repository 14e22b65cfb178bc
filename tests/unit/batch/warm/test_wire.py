"""Messages arrive whole and in order, however large, also when both ends write at once."""

import socket
import threading

import pytest

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


def test_the_end_is_seen(ends):
    near, far = ends
    far.send(IOPUB, [b"last"])
    far.end.close()
    assert near.receive() == [(IOPUB, [b"last"])]
    assert near.closed
    with pytest.raises(BrokenPipeError):
        near.send(SHELL, [b"x"])
