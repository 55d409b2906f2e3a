"""From a name to its addresses, all of them.

``getaddrinfo`` blocks, so it runs in threads of our own: asyncio's shared pool has too few on
small machines.  Answers are kept for a minute; that is safe because the guard judges the address
of every connection anew.  Not for: judging addresses (`archive.capture.guard`).
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]

_THREADS = 32
_KEPT_SECONDS = 60.0
_KEPT_NAMES = 10_000


class Resolver:
    """Asks the system's resolver; holds its threads until it is closed."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolve")
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """Return every address of ``host``, in the system's order of preference.

        Raises:
            OSError: the name has no address, or the resolver failed.
        """
        loop = asyncio.get_running_loop()
        known = self._known.get(host)
        if known is not None and known[0] > loop.time():
            return known[1]
        addresses = await loop.run_in_executor(self._threads, _ask_system, host, port)
        if len(self._known) >= _KEPT_NAMES:
            self._known.clear()
        self._known[host] = (loop.time() + _KEPT_SECONDS, addresses)
        return addresses

    def close(self) -> None:
        """Let the threads go; one that still waits for an answer ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask_system(host: str, port: int) -> tuple[str, ...]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))
