"""Many visits: side by side across hosts, gently within one.

Rules:

1. A host has its own queue and at most ``per_host`` workers; the starts of two visits to it lie
   ``delay_seconds`` apart.  The visit to its robots.txt counts with the visit that needs it.
2. At most ``in_flight`` visits run or wait to be taken by the caller; a worker that waits for its
   host's turn takes no place.
3. Addresses are read as they are needed, some ahead, so that hosts can take turns.

Not for: what one visit is (`archive.capture.visit`), or storing it (`archive.workflows`).
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from archive.capture.fetch import Transport
from archive.capture.robots import Robots
from archive.capture.settings import Politeness
from archive.core.exchange import Answer, Errand, Visit
from archive.core.uri import Url, parse_url
from archive.errors import InputError

_READ_AHEAD = 100_000  # addresses
_SLICE = 256  # addresses read before others get a turn
_HOSTS_PER_PLACE = 16  # hosts with workers, for each visit in flight
_REMEMBERED_HOSTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ration:
    """How much may be visited: asked just before each visit, and told of it as soon as it ends."""

    is_wanted: Callable[[Errand], bool]
    charge: Callable[[Visit], None]


async def run_visits(
    transport: Transport,
    addresses: Iterable[str | Errand],
    *,
    politeness: Politeness | None = None,
    automatic: bool = False,
    with_robots: bool = True,
    robots: Robots | None = None,
    ration: Ration | None = None,
    stop: asyncio.Event | None = None,
) -> AsyncGenerator[Visit, None]:
    """Yield the visit to each address as it ends, and before it that to its host's robots.txt.

    ``automatic`` says that no person asked for these addresses one by one: robots.txt is obeyed.
    A mere address is one that a person gave, as in `Transport.visit`; an errand says more.
    ``robots`` are the rules known from a run just before this one: hosts are given time.
    ``ration`` may leave out visits.  Once ``stop`` is set no visit begins; those under way are
    yielded.

    Raises:
        StoreError: the spool folder does not take the bytes.
    """
    run = _Run(
        transport=transport,
        politeness=politeness or transport.settings.politeness,
        automatic=automatic,
        lately=robots is not None,
        robots=robots or Robots(user_agent=transport.settings.user_agent)
        if with_robots or automatic
        else None,
        ration=ration,
        stop=stop or asyncio.Event(),
    )
    run.start(run.read_addresses(addresses))
    try:
        while (visit := await run.take_visit()) is not None:
            yield visit
    finally:
        await run.close()


class _Host:
    """One host's queue, and the moment from which its next visit may start.

    ``name`` is None for the queue of what is no address: nothing is asked of anyone.
    """

    __slots__ = ("name", "next_start", "queue", "turn", "workers")

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.queue: deque[Errand] = deque()
        self.workers = 0
        self.next_start: datetime | None = None
        self.turn = asyncio.Lock()


class _Run:
    """The queues and workers of one run: holds tasks until they end or are closed."""

    def __init__(
        self,
        *,
        transport: Transport,
        politeness: Politeness,
        automatic: bool,
        lately: bool,
        robots: Robots | None,
        ration: Ration | None,
        stop: asyncio.Event,
    ) -> None:
        self._transport = transport
        self._politeness = politeness
        self._automatic = automatic
        self._lately = lately
        self._robots = robots
        self._ration = ration
        self._stop = stop
        self._delay = timedelta(seconds=politeness.delay_seconds)
        self._places = asyncio.Semaphore(politeness.in_flight)
        self._most_workers = politeness.in_flight * _HOSTS_PER_PLACE
        self._hosts: dict[str | None, _Host] = {}
        self._remembered = _REMEMBERED_HOSTS
        self._dormant: deque[_Host] = deque()  # hosts for whom no worker was left
        self._pending = 0
        self._room = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        # A visit that holds a place, one that does not, or the end and the bug that made it.
        self._ended: asyncio.Queue[tuple[Visit | None, bool, BaseException | None]]
        self._ended = asyncio.Queue()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Start a task of this run; the last one to end ends the run, a bug ends it at once."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._note_end)

    async def take_visit(self) -> Visit | None:
        """Return the next visit that has ended, or None after the last."""
        visit, has_place, error = await self._ended.get()
        if error is not None:
            raise error
        if has_place:
            self._places.release()
        return visit

    async def close(self) -> None:
        """End all tasks, and let go of visits that nobody will take."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while not self._ended.empty():
            visit, _, _ = self._ended.get_nowait()
            for exchange in visit.exchanges if visit is not None else ():
                outcome = exchange.outcome
                if isinstance(outcome, Answer) and not isinstance(outcome.block, bytes):
                    outcome.block.close()

    async def read_addresses(self, addresses: Iterable[str | Errand]) -> None:
        """Put the addresses in their hosts' queues, not too far ahead of the workers."""
        for count, address in enumerate(addresses, 1):
            while self._pending >= _READ_AHEAD and not self._stop.is_set():
                self._room.clear()
                await self._room.wait()
            if self._stop.is_set():
                return
            errand = Errand(address=address) if isinstance(address, str) else address
            host = self._find_host(_parse_address(errand.address))
            host.queue.append(errand)
            self._pending += 1
            if host.workers < self._politeness.per_host and len(host.queue) > host.workers:
                self._start_worker(host)
            if count % _SLICE == 0:
                await asyncio.sleep(0)

    def _find_host(self, url: Url | None) -> _Host:
        name = url.host if url is not None else None
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= self._remembered:
                self._forget_hosts()
            host = self._hosts[name] = _Host(name)
            if self._lately:
                host.next_start = self._transport.clock() + self._delay
        return host

    def _forget_hosts(self) -> None:
        now = self._transport.clock()
        self._hosts = {
            name: host
            for name, host in self._hosts.items()
            if host.workers or host.queue or (host.next_start is not None and host.next_start > now)
        }
        self._remembered = max(_REMEMBERED_HOSTS, 2 * len(self._hosts))

    def _start_worker(self, host: _Host) -> None:
        if len(self._tasks) <= self._most_workers:
            host.workers += 1
            self.start(self._work(host))
        elif not host.workers and len(host.queue) == 1:
            self._dormant.append(host)

    async def _work(self, host: _Host) -> None:
        try:
            while host.queue and not self._stop.is_set():
                async with host.turn:
                    if not host.queue:  # another worker took the last one
                        return
                    await self._wait_for_turn(host)
                    await self._places.acquire()
                    if self._stop.is_set() or not host.queue:
                        self._places.release()
                        return
                    errand = host.queue.popleft()
                    self._pending -= 1
                    self._room.set()
                    if self._ration is not None and not self._ration.is_wanted(errand):
                        self._places.release()
                        continue
                    host.next_start = self._transport.clock() + self._delay
                visit = await self._visit(host, errand)
                if self._ration is not None:
                    self._ration.charge(visit)
                self._ended.put_nowait((visit, True, None))
        finally:
            host.workers -= 1
            self._room.set()
            while self._dormant and not self._stop.is_set():
                sleeper = self._dormant.popleft()
                if sleeper.queue and not sleeper.workers:
                    sleeper.workers += 1
                    self.start(self._work(sleeper))
                    break

    async def _wait_for_turn(self, host: _Host) -> None:
        """Wait until the host's next visit may start, or until no more may."""
        if host.name is None or host.next_start is None or not self._delay:
            return
        wait = (host.next_start - self._transport.clock()).total_seconds()
        if wait <= 0:
            return
        wait = min(wait, self._politeness.delay_seconds)  # the clock may have been set back
        sleeping = asyncio.ensure_future(self._transport.sleep(wait))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((sleeping, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()

    async def _visit(self, host: _Host, errand: Errand) -> Visit:
        advice = None
        if self._robots is not None and host.name is not None:
            visit_robots = partial(self._transport.visit, typed=errand.typed, purpose="robots")
            advice, made = await self._robots.fetch_advice(
                parse_url(errand.address), applied=self._automatic, visit=visit_robots
            )
            if made is not None:
                self._ended.put_nowait((made, False, None))
        visit = await self._transport.visit(
            errand.address,
            typed=errand.typed,
            purpose=errand.purpose,
            robots=advice,
            conditional=errand.conditional,
        )
        return replace(visit, batch=errand.batch) if errand.batch is not None else visit

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None or not self._tasks:
            self._ended.put_nowait((None, False, error))


def _parse_address(address: str) -> Url | None:
    try:
        return parse_url(address)
    except InputError:
        return None
