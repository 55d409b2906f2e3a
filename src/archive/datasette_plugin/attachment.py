"""A download that is sent piece by piece, so that its size costs no memory.

Not for: which bytes (`archive.datasette_plugin.captures`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Attachment:
    """What Datasette sends as a response; it closes what gives the bytes."""

    def __init__(self, pieces: Iterator[bytes], headers: Mapping[str, str]) -> None:
        """Take what gives the bytes, and the headers to send before them."""
        self._pieces = pieces
        self._headers = headers

    async def asgi_send(self, send: Send) -> None:
        """Send everything; the reading is done beside the server."""
        headers = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            while piece := await asyncio.to_thread(next, self._pieces, b""):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            close = getattr(self._pieces, "close", None)
            if close is not None:
                close()
