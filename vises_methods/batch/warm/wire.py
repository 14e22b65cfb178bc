"""Jupyter's messages over a socket pair: whole frames, each with its channel, from any thread or process."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

_HEAD = struct.Struct("!cI")
_LENGTH = struct.Struct("!Q")
_CHUNK = 1 << 20

Frame = tuple[bytes, list[bytes]]
SHELL, IOPUB, CONTROL, STDIN = b"s", b"i", b"c", b"t"


class Wire:
    """One end of the pair.

    Parameters
    ----------
    end : socket
        Of kind stream, blocking.
    exclusive : callable, optional
        Returns a context that keeps other writers of this end out; a lock between threads by default.
    reads_while_sending : bool
        Whether what comes in is read while the other end is too busy to read, so that the two never wait for one
        another; only one of the two ends needs it.
    """

    def __init__(
        self,
        end: socket.socket,
        exclusive: Callable[[], AbstractContextManager[object]] | None = None,
        *,
        reads_while_sending: bool = False,
    ) -> None:
        self.end = end
        self.closed = False
        lock = threading.Lock()
        self._exclusive = exclusive or (lambda: lock)
        self._reads = reads_while_sending
        self._incoming = bytearray()
        self._held = b""

    def send(self, channel: bytes, parts: Sequence[bytes | memoryview], *, hold: bool = False) -> None:
        """Send one message, whole.

        Parameters
        ----------
        channel : bytes
        parts : sequence of bytes
        hold : bool
            Send it with the next one, which follows at once: the other end is woken by both together.

        Raises
        ------
        OSError
            When the other end is gone.
        """
        pieces = [bytes(part) for part in parts]
        lengths = b"".join(_LENGTH.pack(len(piece)) for piece in pieces)
        frame = b"".join([_HEAD.pack(channel, len(pieces)), lengths, *pieces])
        with self._exclusive():
            frame, self._held = self._held + frame, b""
            if hold:
                self._held = frame
            elif self._reads:
                self._send_reading(frame)
            else:
                self.end.sendall(frame)

    def receive(self) -> list[Frame]:
        """Return the messages that have come in, without waiting; :attr:`closed` says that no more will come."""
        self._read()
        return list(self._frames())

    def _send_reading(self, frame: bytes) -> None:
        left = memoryview(frame)
        while left:
            readable, writable, _ = select.select([self.end], [self.end], [])
            if readable and not self.closed:
                self._read()
            if self.closed:
                raise BrokenPipeError
            if writable:
                left = left[self.end.send(left, socket.MSG_DONTWAIT) :]

    def _read(self) -> None:
        while not self.closed:
            try:
                content = self.end.recv(_CHUNK, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                content = b""
            self.closed = not content
            self._incoming += content

    def _frames(self) -> Iterator[Frame]:
        while len(self._incoming) >= _HEAD.size:
            channel, count = _HEAD.unpack_from(self._incoming)
            place = _HEAD.size + count * _LENGTH.size
            if len(self._incoming) < place:
                return
            lengths = [_LENGTH.unpack_from(self._incoming, _HEAD.size + i * _LENGTH.size)[0] for i in range(count)]
            if len(self._incoming) < place + sum(lengths):
                return
            parts = []
            for length in lengths:
                parts.append(bytes(self._incoming[place : place + length]))
                place += length
            del self._incoming[:place]
            yield channel, parts
