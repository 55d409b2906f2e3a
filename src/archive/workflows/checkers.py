"""Worker processes that check stretches of files; started here only.

Apart from those that read pages, since checking needs nothing of theirs and starts in a third of
the time.  Not for: what they do (`archive.store.foreign.spans`).
"""

import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.context import BaseContext

from archive.store.foreign.reports import Report
from archive.store.foreign.spans import Runner, Stretch, check_stretch

_CHECKERS = "archive.store.foreign.spans"


@contextmanager
def open_checkers(count: int) -> Iterator[Runner]:
    """Give what checks stretches of files in ``count`` processes, or in this one."""
    if count == 1:
        yield lambda stretches: map(check_stretch, stretches)
        return
    with ProcessPoolExecutor(count, _choose_context(), initializer=_ignore_interrupt) as pool:

        def run(stretches: Iterable[Stretch]) -> Iterator[Report]:
            waiting: deque[tuple[Stretch, Future[Report] | None]] = deque()
            for stretch in stretches:
                waiting.append((stretch, _submit(pool, stretch)))
                if len(waiting) > 2 * count:
                    yield _await_report(*waiting.popleft())
            while waiting:
                yield _await_report(*waiting.popleft())

        try:
            yield run
        finally:
            pool.shutdown(cancel_futures=True)


def _choose_context() -> BaseContext:
    """Return how checkers start: a fork costs nothing, but is safe only without other threads."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_CHECKERS])
    return context


def _submit(pool: ProcessPoolExecutor, stretch: Stretch) -> Future[Report] | None:
    try:
        return pool.submit(check_stretch, stretch)
    except BrokenProcessPool:
        return None


def _await_report(stretch: Stretch, future: Future[Report] | None) -> Report:
    """Return what a worker found; where one was killed, this process looks itself."""
    if future is not None:
        with suppress(BrokenProcessPool):
            return future.result()
    return check_stretch(stretch)


def _ignore_interrupt() -> None:
    """Leave it to the process that started this one to end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
