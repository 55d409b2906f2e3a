"""The floor of a client in Python: fetch and forget, on asyncio, nothing checked or kept.

``bare_fetch.py LIST IN_FLIGHT``: each address once, connections kept, gzip asked
for, lengths taken from Content-Length alone.  What the archive's capture costs above this is
what its promise costs.  Not for: real servers.
"""

import asyncio
import sys
from collections import defaultdict, deque
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit


class Connection(asyncio.Protocol):
    """One connection; `done` is called with it after each answer, and wants the next path."""

    def __init__(self, host: str, queue: deque[str], left: "Countdown") -> None:
        """Ask ``host`` for what is in ``queue`` until it is empty."""
        self._host = host
        self._queue = queue
        self._left = left
        self._head = b""
        self._missing = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Count the answer's bytes; at its end, ask for the next."""
        if self._missing == 0:
            head, mark, rest = (self._head + data).partition(b"\r\n\r\n")
            if not mark:
                self._head = head
                return
            assert head.startswith(b"HTTP/1.1 200")
            fields = head.lower().partition(b"\r\ncontent-length:")[2]
            self._missing = int(fields.partition(b"\r\n")[0])
            self._head, data = b"", rest
        self._missing -= len(data)
        if self._missing == 0:
            self._left.count_down()
            self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        if not self._queue:
            self._transport.close()
            return
        request = (
            f"GET {self._queue.popleft()} HTTP/1.1\r\nHost: {self._host}\r\n"
            "User-Agent: bare\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n"
        )
        self._transport.write(request.encode())


class Countdown:
    """Counts answers down to none, and tells then."""

    def __init__(self, count: int) -> None:
        """Wait for ``count`` answers."""
        self._count = count
        self.reached = asyncio.Event()

    def count_down(self) -> None:
        """Take one off."""
        self._count -= 1
        if self._count == 0:
            self.reached.set()


async def main(urls: list[str], in_flight: int) -> None:
    """Fetch all, ``in_flight`` at once, or one for each host where those are more."""
    queues: dict[tuple[str, int], deque[str]] = defaultdict(deque)
    for url in urls:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        queues[parts.hostname or "", parts.port or 80].append(target)
    left = Countdown(len(urls))
    loop = asyncio.get_running_loop()
    share, more = divmod(in_flight, len(queues))
    for place, ((host, port), queue) in enumerate(queues.items()):
        for _ in range(min(max(1, share + (place < more)), len(queue))):
            await loop.create_connection(
                partial(Connection, f"{host}:{port}", queue, left), host, port
            )
    await left.reached.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_text("utf-8").split(), int(sys.argv[2])))
