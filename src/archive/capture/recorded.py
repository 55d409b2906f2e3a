"""Visits on the network and their recording on the disk, side by side; a few POSTs by themselves.

Visits that end while a batch is being recorded join the next batch, so that many share one
sequence of fsyncs, and the network never waits for the disk unless it is far ahead.  Not for:
how visits are recorded (that comes in as a function), or what is fetched when
(`archive.capture.schedule`).
"""

import asyncio
import gc
import signal
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial

from archive.capture.fetch import FindCondition, Transport
from archive.capture.robots import Robots
from archive.capture.schedule import Ration, run_visits
from archive.capture.settings import TransportSettings
from archive.core.exchange import Errand, Post, Visit

Record = Callable[[Sequence[Visit]], None]
RunAll = Callable[..., AsyncGenerator[Visit, None]]  # run_visits with what it needs

_BATCH_VISITS = 256
_WAITING_VISITS = 256
_GLANCE_SECONDS = 0.2
_OBJECTS = 20_000  # made between two searches for cycles of garbage


def run_recorded(
    addresses: Iterable[str | Errand],
    *,
    settings: TransportSettings,
    clock: Callable[[], datetime],
    record: Record,
    automatic: bool = False,
    find_condition: FindCondition | None = None,
    robots: Robots | None = None,
    ration: Ration | None = None,
) -> bool:
    """Visit every address, and have ``record`` called with the visits that ended.

    ``record`` runs in a thread of its own, one call at a time; while nothing comes in it is
    called with nothing, now and then.  What it raises ends the run.  Returns False after SIGINT
    or SIGTERM: nothing new was begun, and what was in flight is recorded.  A second signal ends
    the process.  The others are those of `run_visits`.
    """
    with _search_garbage_seldom():
        transport = Transport(settings, clock=clock, find_condition=find_condition)
        run_all = partial(
            run_visits,
            transport,
            addresses,
            automatic=automatic,
            robots=robots,
            ration=ration,
        )
        return asyncio.run(_run(run_all, transport, record))


def make_posts(
    posts: Sequence[Post], *, settings: TransportSettings, clock: Callable[[], datetime]
) -> tuple[Visit, ...]:
    """Make POSTs side by side, and return their visits in the same order, still to be recorded.

    Each is one exchange, or several where the other side was busy.

    Raises:
        StoreError: the spool folder does not take the bytes.
    """
    return asyncio.run(_make_posts(posts, settings, clock))


async def _make_posts(
    posts: Sequence[Post], settings: TransportSettings, clock: Callable[[], datetime]
) -> tuple[Visit, ...]:
    async with Transport(settings, clock=clock) as transport:
        visits = (
            transport.visit(post.address, purpose=post.purpose, body=post.body) for post in posts
        )
        return tuple(await asyncio.gather(*visits))


@contextmanager
def _search_garbage_seldom() -> Iterator[None]:
    """Spare a long run a tenth of its time: a page leaves hundreds of values and few cycles."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _run(run_all: RunAll, transport: Transport, record: Record) -> bool:
    stop = asyncio.Event()
    with _stop_by_signal(stop):
        await _record_visits(partial(run_all, stop=stop), transport, record)
    return not stop.is_set()


async def _record_visits(run_all: RunAll, transport: Transport, record: Record) -> None:
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Visit | None] = asyncio.Queue(_WAITING_VISITS)

    async def visit_all() -> None:
        try:
            async with transport:
                async for visit in run_all():
                    await queue.put(visit)
        finally:
            with suppress(asyncio.QueueFull):  # then the end is seen by `visiting` being done
                queue.put_nowait(None)

    visiting = asyncio.create_task(visit_all())
    with ThreadPoolExecutor(1, thread_name_prefix="recorder") as thread:
        try:
            is_over = False
            while not is_over:
                visits, is_over = await _take_visits(queue, visiting)
                await loop.run_in_executor(thread, record, visits)
            await visiting
        finally:
            visiting.cancel()
            with suppress(asyncio.CancelledError):
                await visiting


async def _take_visits(
    queue: asyncio.Queue[Visit | None], visiting: asyncio.Task[None]
) -> tuple[list[Visit], bool]:
    """Return what has come in by now, possibly nothing, and whether that was all."""
    visits: list[Visit] = []
    try:
        visit = await asyncio.wait_for(queue.get(), _GLANCE_SECONDS)
    except TimeoutError:
        return visits, visiting.done() and queue.empty()
    while visit is not None:
        visits.append(visit)
        if len(visits) == _BATCH_VISITS or queue.empty():
            return visits, False
        visit = queue.get_nowait()
    return visits, True


@contextmanager
def _stop_by_signal(stop: asyncio.Event) -> Iterator[None]:
    """Within the block, have SIGINT and SIGTERM set ``stop``; then put back what was before."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    installed: list[signal.Signals] = []
    try:
        with suppress(RuntimeError, ValueError):  # not in the main thread: then no signals
            for number in numbers:
                loop.add_signal_handler(number, _stop_once, loop, stop)
                installed.append(number)
        yield
    finally:
        for number in installed:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number] or signal.SIG_DFL)


def _stop_once(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Finish what is in flight; the next signal ends the process at once."""
    stop.set()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)
