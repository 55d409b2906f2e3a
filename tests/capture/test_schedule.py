"""Many visits: side by side across hosts, gently within one, and stopped cleanly."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.capture.fetch import Transport
from archive.capture.schedule import run_visits
from archive.capture.settings import Politeness, TransportSettings
from archive.core.exchange import Answer, Failure, Visit
from archive.errors import StoreError
from tests.capture.conftest import OpenTransport, name_hosts
from tests.support.raw_server import RawServer, Script, Step, answer_page, serve_raw

PAGE = answer_page()
SLOW = Script(steps=(Step(send=PAGE, pause=0.15),))


class Time:
    """A clock that only sleeping advances; it notes the moments at which visits start."""

    def __init__(self) -> None:
        self.now = datetime(2024, 2, 29, tzinfo=UTC)
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.now + timedelta(seconds=seconds)
        await asyncio.sleep(0.02)
        self.now = max(self.now, until)


def collect(transport: OpenTransport, addresses: list[str], politeness: Politeness) -> list[Visit]:
    async def run() -> list[Visit]:
        async with transport() as opened:
            made = run_visits(opened, addresses, politeness=politeness, with_robots=False)
            return [visit async for visit in made]

    return asyncio.run(run())


def test_every_address_is_visited_once(transport: OpenTransport) -> None:
    with serve_raw(lambda _request: PAGE) as server:
        addresses = [server.url(f"/{number}") for number in range(300)]
        visits = collect(transport, addresses, Politeness(delay_seconds=0, per_host=3, in_flight=5))
        assert sorted(server.targets) == sorted(f"/{number}" for number in range(300))
        assert server.connections <= 3
    assert sorted(visit.address for visit in visits) == sorted(addresses)


def test_one_host_is_asked_one_thing_at_a_time_and_in_order(transport: OpenTransport) -> None:
    with serve_raw(lambda _request: PAGE) as server:
        addresses = [server.url(f"/{number}") for number in range(20)]
        visits = collect(transport, addresses, Politeness(delay_seconds=0))
        assert server.most_at_once == 1
        assert server.connections == 1
    assert [visit.address for visit in visits] == addresses


def test_per_host_visits_run_side_by_side(transport: OpenTransport) -> None:
    with serve_raw(lambda _request: SLOW) as server:
        addresses = [server.url(f"/{number}") for number in range(6)]
        collect(transport, addresses, Politeness(delay_seconds=0, per_host=3))
        assert server.most_at_once == 3


@pytest.mark.parametrize(("in_flight", "most"), [(2, 2), (64, 6)])
def test_hosts_run_side_by_side_up_to_the_limit(
    transport: OpenTransport, in_flight: int, most: int
) -> None:
    names = {f"h{number}": "127.0.0.1" for number in range(6)}

    async def run(server: RawServer) -> int:
        async with transport(resolve=name_hosts(**names)) as opened:
            addresses = [f"http://{name}.example:{server.port}/" for name in names]
            politeness = Politeness(delay_seconds=0, in_flight=in_flight)
            made = run_visits(opened, addresses, politeness=politeness, with_robots=False)
            return len([visit async for visit in made])

    with serve_raw(lambda _request: SLOW) as server:
        assert asyncio.run(run(server)) == 6
        assert server.most_at_once == most


@pytest.mark.parametrize("per_host", [1, 2])
def test_visits_to_one_host_start_a_delay_apart(settings: TransportSettings, per_host: int) -> None:
    time = Time()

    async def run(server: RawServer) -> list[Visit]:
        async with Transport(settings, clock=time.clock, sleep=time.sleep) as opened:
            addresses = [server.url(f"/{number}") for number in range(4)]
            politeness = Politeness(delay_seconds=5, per_host=per_host)
            return [visit async for visit in run_visits(opened, addresses, politeness=politeness)]

    with serve_raw(lambda _request: PAGE) as server:
        visits = asyncio.run(run(server))
    started = [visit.exchanges[0].started for visit in visits if visit.purpose == "statement"]
    begin = datetime(2024, 2, 29, tzinfo=UTC)
    assert sorted(started) == [begin + timedelta(seconds=5 * number) for number in range(4)]
    assert time.slept == [5.0] * 3


def test_other_hosts_do_not_wait_for_a_hosts_delay(settings: TransportSettings) -> None:
    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(3600)

    async def run(server: RawServer) -> list[str]:
        names = name_hosts(a="127.0.0.1", b="127.0.0.1", c="127.0.0.1")
        opened = Transport(
            settings, clock=lambda: datetime(2024, 2, 29, tzinfo=UTC), resolve=names, sleep=sleep
        )
        addresses = [
            f"http://{name}.example:{server.port}/" for name in ("a", "a", "a", "b", "b", "c")
        ]
        stop = asyncio.Event()
        seen: list[str] = []
        async with opened:
            politeness = Politeness(delay_seconds=1, in_flight=1)
            async for visit in run_visits(
                opened, addresses, politeness=politeness, with_robots=False, stop=stop
            ):
                seen.append(visit.address[7])
                if len(seen) == 3:
                    stop.set()
        return seen

    with serve_raw(lambda _request: PAGE) as server:
        assert asyncio.run(asyncio.wait_for(run(server), 20)) == ["a", "b", "c"]


def test_after_stop_visits_under_way_end_and_none_begins(transport: OpenTransport) -> None:
    names = {f"h{number}": "127.0.0.1" for number in range(8)}

    async def run(server: RawServer) -> list[Visit]:
        stop = asyncio.Event()
        seen = []
        async with transport(resolve=name_hosts(**names)) as opened:
            addresses = [f"http://{name}.example:{server.port}/" for name in names for _ in "ab"]
            politeness = Politeness(delay_seconds=0, in_flight=4)
            async for visit in run_visits(
                opened, addresses, politeness=politeness, with_robots=False, stop=stop
            ):
                stop.set()
                seen.append(visit)
        return seen

    with serve_raw(lambda _request: SLOW) as server:
        visits = asyncio.run(run(server))
        assert len(visits) == len(server.requests)
    assert 1 <= len(visits) <= 4
    assert all(isinstance(visit.exchanges[-1].outcome, Answer) for visit in visits)


def test_nothing_is_visited_when_stopped_before(transport: OpenTransport) -> None:
    async def run(server: RawServer) -> int:
        stop = asyncio.Event()
        stop.set()
        async with transport() as opened:
            made = run_visits(opened, [server.url()] * 3, stop=stop)
            return len([visit async for visit in made])

    with serve_raw({}) as server:
        assert asyncio.run(run(server)) == 0
        assert server.connections == 0


def test_no_addresses_are_no_visits(transport: OpenTransport) -> None:
    assert collect(transport, [], Politeness()) == []


def test_a_slow_caller_holds_the_visits_back(transport: OpenTransport) -> None:
    async def run(server: RawServer) -> int:
        async with transport() as opened:
            addresses = (server.url(f"/{number}") for number in range(50))
            politeness = Politeness(delay_seconds=0, per_host=4, in_flight=4)
            made = run_visits(opened, addresses, politeness=politeness, with_robots=False)
            await anext(made)
            await asyncio.sleep(0.3)
            asked = len(server.requests)
            await made.aclose()
            return asked

    with serve_raw(lambda _request: PAGE) as server:
        assert asyncio.run(run(server)) <= 5


def test_addresses_are_not_read_all_at_once(transport: OpenTransport) -> None:
    read = 0

    def list_addresses(server: RawServer) -> Iterator[str]:
        nonlocal read
        for number in itertools.count():
            read += 1
            yield server.url(f"/{number}")

    async def run(server: RawServer) -> None:
        stop = asyncio.Event()
        async with transport() as opened:
            count = 0
            async for _ in run_visits(opened, list_addresses(server), with_robots=False, stop=stop):
                count += 1
                if count == 10:
                    stop.set()

    with serve_raw(lambda _request: PAGE) as server:
        asyncio.run(run(server))
    assert read <= 100_001


def test_more_hosts_than_workers(transport: OpenTransport) -> None:
    """With one place in flight 16 hosts have workers; the others wait for one to end."""

    async def resolve(_host: str, _port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async def run(server: RawServer) -> list[str]:
        async with transport(resolve=resolve) as opened:
            addresses = [f"http://h{number % 60}.example:{server.port}/" for number in range(120)]
            politeness = Politeness(delay_seconds=0, in_flight=1)
            made = run_visits(opened, addresses, politeness=politeness, with_robots=False)
            return [visit.address async for visit in made]

    with serve_raw(lambda _request: PAGE) as server:
        assert len(asyncio.run(run(server))) == 120


def test_failures_are_visits_too(transport: OpenTransport, slept: list[float]) -> None:
    with serve_raw({}) as gone:
        pass
    addresses = ["not an address", "ftp://a.example/", "http://127.0.0.1/\\", gone.url(), "http://"]
    visits = collect(transport, addresses, Politeness(delay_seconds=60))
    kinds = {
        visit.address: visit.exchanges[-1].outcome.kind
        for visit in visits
        if isinstance(visit.exchanges[-1].outcome, Failure)
    }
    assert kinds == {
        "not an address": "blocked",
        "ftp://a.example/": "blocked",
        "http://127.0.0.1/\\": "blocked",
        gone.url(): "connect",
        "http://": "blocked",
    }
    assert 60 not in slept


def test_a_full_disk_ends_the_run(settings: TransportSettings) -> None:
    changed = replace(settings, spool_folder=settings.spool_folder + "/gone")

    async def run(server: RawServer) -> None:
        async with Transport(changed, clock=lambda: datetime.now(UTC)) as opened:
            addresses = [server.url(f"/{number}") for number in range(10)]
            async for _ in run_visits(opened, addresses, with_robots=False):
                pass

    with (
        serve_raw(lambda _request: answer_page(bytes(1_200_000))) as server,
        pytest.raises(StoreError),
    ):
        asyncio.run(run(server))


def test_a_caller_may_leave_early(transport: OpenTransport) -> None:
    async def run(server: RawServer) -> None:
        async with transport() as opened:
            made = run_visits(opened, [server.url(f"/{number}") for number in range(20)])
            async for _ in made:
                break
            await made.aclose()
            assert len(asyncio.all_tasks()) == 1

    with serve_raw(lambda _request: SLOW) as server:
        asyncio.run(run(server))
