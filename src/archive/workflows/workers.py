"""Worker processes that read pages under limits of time and memory; started here only.

A page that takes too long or too much costs its worker, never the capture: the worker is
killed and replaced, and the outcome is recorded.  Time is the worker's CPU time, so that a busy
machine does not cost a page its text; a worker that waits for something is given up after ten
times as long.  Workers are forked from a fork server that
has imported the readers, and with them trafilatura, once; the process that captures loads
nothing of that.  Not for: what a worker does (`archive.workflows.reading`),
or those that check files (`archive.workflows.checkers`).
"""

import importlib
import multiprocessing
import os
import queue
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Self

from archive.core.extraction import Extraction, ExtractionOutcome
from archive.workflows.settings import ExtractionSettings

# What companions say of a page: source, field and value of each claim.
Beside = frozenset[tuple[str, str, str | None]]

_READERS = "archive.workflows.reading"
_START_SECONDS = 60.0
_WAIT_FACTOR = 10.0  # between the CPU time and the time on the clock that a page may take


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionTask:
    """A companion that is read with a page: its capture, and where the record with its bytes lies.

    ``record_id`` is that of its own principal record, which may be a revisit.
    """

    capture_id: str
    record_id: str
    purpose: str
    url: str
    warc: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadTask:
    """Where the record of a repeat lies, which has a head of its own and the bytes of another."""

    warc: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTask:
    """One page to read: where the record with its bytes lies, and its address.

    ``head`` is the record with its head, None where that is the same.  With ``known``, what
    companions are known to say of it, it is read only if its companions say more.

    ``claims_only`` leaves the text out, because it lies in a conversion record already; claims
    and page facts are the same.
    """

    root: str
    warc: str
    offset: int
    length: int
    url: str
    head: HeadTask | None = None
    claims_only: bool = False
    companions: tuple[CompanionTask, ...] = ()
    known: Beside | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTask:
    """A page in a file that lies in no archive, plain or gzip: its address, and its media type.

    ``claims_only`` leaves the text out, because nobody asks for it.
    """

    file: str
    url: str
    media_type: str | None = "text/html"
    claims_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTask:
    """A place in one response, as a locator names it: what is there is the text of the answer."""

    root: str
    warc: str
    offset: int
    length: int
    url: str
    locator: str


Task = ReadingTask | FileTask | PlaceTask


class Workers:
    """A set of worker processes, each started when it is first needed."""

    def __init__(self, settings: ExtractionSettings, *, patience: float = 1.0) -> None:
        """Take the bounds from ``settings``; ``patience`` multiplies the time allowed."""
        self.count = settings.workers or os.cpu_count() or 1
        self._seconds = settings.seconds * patience
        self._memory = settings.memory_bytes
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([_READERS])
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._alive: set[_Worker] = set()
        self._lock = threading.Lock()
        self._is_closed = False
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="reading")

    def submit(self, task: Task) -> Future[Extraction]:
        """Have a worker read ``task``; the future gives an extraction, whatever happens."""
        return self._threads.submit(self._run, task)

    def close(self) -> None:
        """End all workers; what they have not finished is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._is_closed = True
            for worker in self._alive:
                worker.kill()
        self._threads.shutdown(wait=True)

    def __enter__(self) -> Self:
        """Return the set itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all workers."""
        self.close()

    def _run(self, task: Task) -> Extraction:
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            with self._lock:
                if self._is_closed:
                    return _fail("failed", "the readers were ended", "")
                worker = _Worker(self._context, self._memory)
                self._alive.add(worker)
        answer = worker.read(task, self._seconds)
        if worker.is_alive:
            self._idle.put(worker)
        else:
            with self._lock:
                self._alive.discard(worker)
        return answer


class _Worker:
    """One process and the pipe to it; `read` is called by one thread at a time."""

    def __init__(self, context: ForkServerContext, memory: int) -> None:
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, memory), daemon=True)
        self._process.start()
        theirs.close()
        self._label = ""
        self.is_alive = True

    def read(self, task: Task, seconds: float) -> Extraction:
        """Return what the process made of the task, or the outcome of its failure."""
        wait = seconds * _WAIT_FACTOR
        try:
            if not self._label and self._pipe.poll(_START_SECONDS):
                self._label = self._pipe.recv()
            self._pipe.send((task, seconds))
            answer: Extraction | None = self._pipe.recv() if self._pipe.poll(wait) else None
        except (EOFError, OSError):
            self._end()
            if self._process.exitcode == -signal.SIGPROF:
                return _fail("timeout", f"reading took more than {seconds:g} s", self._label)
            return _fail("failed", "the reading process died", self._label)
        if answer is None:
            self._end()
            return _fail("timeout", f"reading gave nothing in {wait:g} s", self._label)
        return answer

    def kill(self) -> None:
        """Make the process end; a `read` under way then fails."""
        self._process.kill()

    def _end(self) -> None:
        self.is_alive = False
        self._process.join(1)  # one that ended by itself says why
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _fail(outcome: ExtractionOutcome, detail: str, label: str) -> Extraction:
    return Extraction(outcome=outcome, extractor=label or "none", text="", claims=(), detail=detail)


def _serve(pipe: Connection, memory: int) -> None:
    """Read tasks until the other end is gone; runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    reading = importlib.import_module(_READERS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    label: str = reading.EXTRACTOR
    try:
        pipe.send(label)
        while True:
            task, seconds = pipe.recv()
            signal.setitimer(signal.ITIMER_PROF, seconds)  # its signal ends the process
            answer = read_or_fail(reading.read_task, task, memory, label)
            signal.setitimer(signal.ITIMER_PROF, 0)
            pipe.send(answer)
    except (EOFError, OSError):  # of the pipe: the other end is gone
        return


def read_or_fail(
    read_task: Callable[[Task], Extraction],
    task: Task,
    memory: int,
    label: str,
) -> Extraction:
    """Return what reading gives; errors of the disk are the record's, not the worker's."""
    try:
        return read_task(task)
    except MemoryError:
        return _fail("memory", f"reading took more than {memory} bytes", label)
    except RecursionError:
        return _fail("failed", "the page is nested too deeply", label)
    except OSError as error:
        return _fail("failed", f"the record could not be read: {error}", label)
