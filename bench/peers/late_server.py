"""Serve pages on all of loopback, each answer late: ``late_server.py ROOT PORT SECONDS COPIES``.

Each page is served as so many copies, ``?copy=0`` and on, each with a comment of its own, and to
whoever accepts gzip in that form.  All are made before the first answer.  A request may come
before the answer to the one before, but is answered after it.  Not for: measuring the server;
it only has to be faster than whoever asks.
"""

import asyncio
import gc
import sys
import zlib
from collections import deque
from pathlib import Path

_EVERYWHERE = "0.0.0.0"  # noqa: S104  # all of 127.0.0.0/8, while it is measured


class LateServer(asyncio.Protocol):
    """One connection: requests without bodies in, answers out, in order."""

    def __init__(self, answers: dict[bytes, bytes], seconds: float) -> None:
        """Answer from ``answers``, keyed by what the first line and the encoding ask for."""
        self._answers = answers
        self._seconds = seconds
        self._unread = b""
        self._due: deque[bytes] = deque()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Have each whole request answered when its time has come."""
        self._unread += data
        while b"\r\n\r\n" in self._unread:
            head, _, self._unread = self._unread.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            packed = b"gzip" in head.lower()
            answer = self._answers.get(path + (b".gz" if packed else b""))
            self._due.append(answer or self._answers[b"missing"])
            asyncio.get_running_loop().call_later(self._seconds, self._answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Answer nothing more."""
        del exc
        self._transport = None

    def _answer(self) -> None:
        answer = self._due.popleft()
        if self._transport is not None:
            self._transport.write(answer)


def read_answers(root: Path, copies: int) -> dict[bytes, bytes]:
    """Return the whole answer for each copy of each page in both forms, and for any other path."""
    answers = {b"missing": make_answer("404 Not Found", "text/plain", "", b"not here\n")}
    packed = "Content-Encoding: gzip\r\n"
    for path in sorted(root.rglob("*.html")):
        page = path.read_bytes()
        for copy in range(copies):
            name = f"/{path.relative_to(root)}?copy={copy}".encode()
            body = page + b"<!-- copy %d -->\n" % copy
            answers[name] = make_answer("200 OK", "text/html", "", body)
            body = zlib.compress(body, 1, 31)
            answers[name + b".gz"] = make_answer("200 OK", "text/html", packed, body)
    return answers


def make_answer(status: str, kind: str, encoding: str, body: bytes) -> bytes:
    """Return an answer as it goes over the wire."""
    head = (
        f"HTTP/1.1 {status}\r\nServer: late\r\nDate: Mon, 01 Jun 2026 09:30:00 GMT\r\n"
        f"Content-Type: {kind}\r\n{encoding}Content-Length: {len(body)}\r\n"
        "Connection: keep-alive\r\n\r\n"
    )
    return head.encode() + body


async def main(root: Path, port: int, seconds: float, copies: int) -> None:
    """Serve until the process is ended."""
    answers = read_answers(root, copies)
    gc.freeze()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: LateServer(answers, seconds), _EVERYWHERE, port, backlog=1000
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
