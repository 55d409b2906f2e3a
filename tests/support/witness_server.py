"""A witness that listens on loopback for as long as a test wants.

Not for: what it answers (`archive.workflows.witness`).
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from archive.service.witness import WitnessService, serve_witness


@contextmanager
def serve_in_thread(service: WitnessService, *, host: str = "127.0.0.1") -> Iterator[int]:
    """Serve on a free port until the block ends; yield the port."""
    ports: list[int] = []
    handles: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready = threading.Event()

    def tell_port(port: int) -> None:
        ports.append(port)
        ready.set()

    async def run() -> None:
        stop = asyncio.Event()
        handles.append((asyncio.get_running_loop(), stop))
        await serve_witness(service, host=host, port=0, stop=stop, tell_port=tell_port)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield ports[0]
    finally:
        ((loop, stop),) = handles
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
    assert not thread.is_alive()
