"""robots.txt: read once for each origin, told of every address, obeyed where nobody asked."""

import asyncio
import gzip
import io

import pytest

from archive.capture.robots import Robots
from archive.capture.schedule import run_visits
from archive.core.digest import digest_bytes
from archive.core.exchange import Answer, Exchange, Failure, RobotsAdvice, Visit
from archive.core.uri import parse_url
from tests.capture.conftest import OpenTransport, name_hosts
from tests.support.clock import START
from tests.support.raw_server import (
    RawServer,
    Script,
    Step,
    answer_page,
    answer_redirect,
    serve_raw,
)

PAGE = answer_page()
RULES = b"User-agent: *\nDisallow: /private\n\nUser-agent: archive-test\nDisallow: /ours\n"


def run(transport: OpenTransport, addresses: list[str], *, automatic: bool = False) -> list[Visit]:
    async def collect() -> list[Visit]:
        async with transport() as opened:
            return [one async for one in run_visits(opened, addresses, automatic=automatic)]

    return asyncio.run(collect())


def read_advice(visits: list[Visit]) -> list[RobotsAdvice | None]:
    return [visit.robots for visit in visits if visit.purpose == "statement"]


def test_robots_come_first_and_once(transport: OpenTransport) -> None:
    with serve_raw({"/robots.txt": answer_page(RULES), "/a": PAGE, "/b": PAGE}) as server:
        visits = run(transport, [server.url("/a"), server.url("/b")])
        assert server.targets == ["/robots.txt", "/a", "/b"]
        robots = server.url("/robots.txt")
    assert [visit.purpose for visit in visits] == ["robots", "statement", "statement"]
    assert visits[0].robots is None
    assert visits[0].address == robots
    assert read_advice(visits) == [RobotsAdvice(address=robots, allowed=True, applied=False)] * 2


def test_each_origin_has_its_own(transport: OpenTransport) -> None:
    with (
        serve_raw({"/robots.txt": answer_page(RULES)}) as one,
        serve_raw({"/robots.txt": answer_page(b"")}) as two,
    ):
        visits = run(transport, [one.url("/ours"), two.url("/ours")])
        assert one.targets == two.targets == ["/robots.txt", "/ours"]
    advice = {visit.address: visit.robots for visit in visits if visit.robots is not None}
    assert {address: one.allowed for address, one in advice.items()} == {
        one.url("/ours"): False,
        two.url("/ours"): True,
    }


def test_what_a_person_asks_for_is_fetched_all_the_same(transport: OpenTransport) -> None:
    with serve_raw({"/robots.txt": answer_page(RULES), "/ours": PAGE}) as server:
        visits = run(transport, [server.url("/ours")])
    (advice,) = read_advice(visits)
    assert advice is not None
    assert (advice.allowed, advice.applied) == (False, False)
    assert isinstance(visits[1].exchanges[0].outcome, Answer)


def test_what_nobody_asked_for_is_not_fetched_if_disallowed(transport: OpenTransport) -> None:
    with serve_raw({"/robots.txt": answer_page(RULES), "/private": PAGE}) as server:
        visits = run(transport, [server.url("/ours"), server.url("/private")], automatic=True)
        assert server.targets == ["/robots.txt", "/private"]
    assert [one.allowed for one in read_advice(visits) if one is not None] == [False, True]
    (exchange,) = visits[1].exchanges
    assert isinstance(exchange.outcome, Failure)
    assert exchange.outcome.kind == "blocked"
    assert exchange.outcome.message.endswith("/robots.txt disallows this address")
    assert exchange.url is not None
    assert exchange.request == b""


CLOSED = Script(steps=(), close=True)


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (answer_page(RULES), False),
        (answer_page(b"\xef\xbb\xbf" + RULES), False),
        (answer_page(gzip.compress(RULES), fields=("Content-Encoding: gzip",)), False),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
            % (len(RULES), RULES),
            False,
        ),
        (answer_page(RULES + b"# " + b"x" * 1_500_000), False),
        (answer_page(b"\x00\xff\xfe not rules <html>"), True),
        (answer_page(RULES, status="404 Not Found"), True),
        (answer_page(RULES, status="403 Forbidden"), True),
        (answer_redirect("/robots.txt"), True),
        (answer_page(RULES, status="500 Broken"), None),
        (answer_page(RULES, status="503 Busy"), None),
        (answer_page(RULES, status="429 Too Many Requests"), None),
        (answer_page(b"\x0b", fields=("Content-Encoding: br",)), None),
        (CLOSED, None),
    ],
)
def test_what_robots_txt_may_be(
    transport: OpenTransport, answer: bytes | Script, *, allowed: bool | None
) -> None:
    with serve_raw({"/robots.txt": answer, "/ours": PAGE}) as server:
        visits = run(transport, [server.url("/ours")])
        assert server.targets == ["/robots.txt", "/ours"]
    (advice,) = read_advice(visits)
    assert advice is not None
    assert advice.allowed is allowed
    for visit in visits:
        for exchange in visit.exchanges:
            if isinstance(exchange.outcome, Answer) and not isinstance(
                exchange.outcome.block, bytes
            ):
                exchange.outcome.block.close()


def test_robots_txt_may_lie_behind_redirects(transport: OpenTransport) -> None:
    with serve_raw({"/robots.txt": answer_redirect("/r"), "/r": answer_page(RULES)}) as server:
        visits = run(transport, [server.url("/ours")])
    assert len(visits[0].exchanges) == 2
    assert [one.allowed for one in read_advice(visits) if one is not None] == [False]


def test_robots_can_be_left_out(transport: OpenTransport) -> None:
    async def collect(server: RawServer) -> list[Visit]:
        async with transport(resolve=name_hosts(a="127.0.0.1")) as opened:
            address = f"http://a.example:{server.port}/"
            return [one async for one in run_visits(opened, [address], with_robots=False)]

    with serve_raw({"/": PAGE}) as server:
        (visit,) = asyncio.run(collect(server))
        assert server.targets == ["/"]
    assert visit.robots is None


@pytest.mark.parametrize("size", [b"F" * 16, b"F" * 20])
def test_an_impossible_chunk_size_in_robots_txt_does_not_end_the_run(
    transport: OpenTransport, size: bytes
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    robots = Script(steps=(Step(send=head + size + b"\r\n" + RULES),), close=True)
    with serve_raw({"/robots.txt": robots, "/ours": PAGE}) as server:
        visits = run(transport, [server.url("/ours")])
        assert server.targets == ["/robots.txt", "/ours"]
    assert isinstance(visits[-1].exchanges[-1].outcome, Answer)


def test_rules_that_cannot_be_read_say_nothing() -> None:
    """Whatever goes wrong; here the spooled answer is gone."""
    url = parse_url("http://a.example/ours")
    spool = io.BytesIO(b"HTTP/1.1 200 OK\r\n\r\n" + RULES)
    length = len(spool.getvalue())
    spool.close()
    answer = Answer(
        interim=(),
        block=spool,
        length=length,
        head_length=19,
        block_digest=digest_bytes(b""),
        payload=None,
        payload_length=0,
        content=None,
        content_length=None,
        truncated=None,
        malformed=None,
    )
    exchange = Exchange(
        address=str(url),
        url=url,
        started=START,
        finished=START,
        request=b"",
        left_out=(),
        resolved=(),
        connection=None,
        outcome=answer,
    )

    async def visit(address: str) -> Visit:
        return Visit(address=address, exchanges=(exchange,), purpose="robots")

    async def ask() -> list[bool | None]:
        robots = Robots(user_agent="archive-test/1")
        advice = [await robots.fetch_advice(url, applied=False, visit=visit) for _ in range(2)]
        return [one.allowed for one, _ in advice]

    assert asyncio.run(ask()) == [None, None]
