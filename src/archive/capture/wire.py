"""One open connection: bytes as they arrive, in order, each with a deadline.

An `asyncio.Protocol` rather than a stream, since a stream copies every byte twice and needs a
timer for each read; here one timer serves a whole exchange.  Not for: what the bytes mean
(`archive.capture.message`).
"""

import asyncio
import ssl
from collections import deque
from typing import cast

from archive.core.exchange import Connection

_HIGH_WATER = 1024 * 1024


class Wire(asyncio.Protocol):
    """Holds a transport until it is closed, and the bytes that nobody has read yet.

    ``connection`` says where it leads.  After the end, ``error`` is what broke it, and
    ``clean_end`` tells whether the other side said that it had finished: by FIN, or over TLS by
    a closing alert (RFC 9112 §9.8).
    """

    __slots__ = (
        "_deadline",
        "_ended",
        "_idle",
        "_last",
        "_loop",
        "_paused",
        "_timed_out",
        "_timer",
        "_transport",
        "_unread",
        "_unread_size",
        "_waiter",
        "clean_end",
        "connection",
        "error",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.connection: Connection | None = None
        self.error: Exception | None = None
        self.clean_end = False
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._unread: deque[bytes] = deque()
        self._unread_size = 0
        self._paused = False
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timed_out = False
        self._idle = self._deadline = self._last = 0.0

    # Called by asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)  # as create_connection promises

    def data_received(self, data: bytes) -> None:
        """Queue what came, and ask for a pause when nobody reads it."""
        self._unread.append(data)
        self._unread_size += len(data)
        self._last = self._loop.time()
        if self._unread_size > _HIGH_WATER and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Note that the other side has finished; asyncio then closes our side."""
        self.clean_end = self._has_closing_alert()
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end, and what caused it."""
        self._ended = True
        self.error = self.error or exc
        self._wake()

    # Called by us.

    @property
    def is_fresh(self) -> bool:
        """Whether another request may be sent: open, and nothing lies here unread."""
        return not self._ended and not self._unread

    @property
    def has_unread(self) -> bool:
        """Whether bytes lie here that nobody has read."""
        return bool(self._unread)

    @property
    def is_overdue(self) -> bool:
        """Whether the deadline of the whole exchange has passed, not only that for silence."""
        return self._loop.time() >= self._deadline

    def send(self, data: bytes) -> None:
        """Send a request."""
        if self._transport is not None:
            self._transport.write(data)

    def start_timer(self, *, idle: float, deadline: float) -> None:
        """From now on `read` fails after ``idle`` seconds of silence, or at ``deadline``."""
        self.stop_timer()
        self._idle = idle
        self._deadline = deadline
        self._last = self._loop.time()
        self._timed_out = False
        self._timer = self._loop.call_at(min(self._last + idle, deadline), self._check_timer)

    def shorten_silence(self, idle: float) -> None:
        """From now on ``idle`` seconds of silence are too long; the deadline stays."""
        self.start_timer(idle=idle, deadline=self._deadline)

    def stop_timer(self) -> None:
        """No deadline any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def read(self) -> bytes:
        """Return the next bytes, as many as came together, or nothing at the end.

        Raises:
            TimeoutError: they did not come in time.
        """
        while not self._unread:
            if self._ended:
                return b""
            if self._timed_out:
                raise TimeoutError
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._timed_out and self.is_overdue:
            raise TimeoutError
        data = self._unread.popleft()
        self._unread_size -= len(data)
        if self._paused and not self._unread and self._transport is not None:
            self._paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()
        return data

    def close(self) -> None:
        """End the connection at once, without waiting for the other side."""
        self.stop_timer()
        self._ended = True
        self._unread.clear()
        if self._transport is not None:
            self._transport.abort()

    def _has_closing_alert(self) -> bool:
        """Tell a TLS end with its alert from one without; plain connections have none."""
        inner = self._transport.get_extra_info("ssl_object") if self._transport else None
        if inner is None:
            return True
        try:
            return bool(inner.read(1) == b"")
        except ssl.SSLZeroReturnError:
            return True
        except ssl.SSLError:  # it still wants to read
            return False

    def _check_timer(self) -> None:
        due = min(self._last + self._idle, self._deadline)
        if self._loop.time() < due:
            self._timer = self._loop.call_at(due, self._check_timer)
            return
        self._timer = None
        self._timed_out = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
