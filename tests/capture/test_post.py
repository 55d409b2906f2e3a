"""POST: the body is sent and recorded exactly, once, and nothing is followed."""

import asyncio
from typing import Any

import pytest

from archive.capture.recorded import make_posts
from archive.capture.settings import TransportSettings
from archive.core.exchange import Answer, Body, Failure, Post, Purpose, Visit
from tests.capture.conftest import OpenTransport, name_hosts
from tests.support.awkward import LIMITS
from tests.support.clock import Clock
from tests.support.raw_server import Script, Step, answer_page, answer_redirect, serve_raw

BODY = Body(content_type="application/timestamp-query", data=bytes(range(256)) + b"\r\n\r\nGET / ")
DROP = Script(steps=(), close=True)


@pytest.fixture
def ask(transport: OpenTransport) -> Any:
    """Makes one POST with a transport of its own."""

    def make_visit(address: str, *, body: Body = BODY, **changes: Any) -> Visit:
        purpose: Purpose = changes.pop("purpose", "timestamp")

        async def run() -> Visit:
            async with transport(**changes) as opened:
                return await opened.visit(address, purpose=purpose, body=body)

        return asyncio.run(run())

    return make_visit


@pytest.mark.parametrize("body", [BODY, Body(content_type="text/plain", data=b"")])
def test_the_body_is_sent_and_recorded_exactly(ask: Any, body: Body) -> None:
    with serve_raw({"/tsr": answer_page(b"token")}) as server:
        visit = ask(server.url("/tsr"), body=body)
    (exchange,) = visit.exchanges
    assert visit.purpose == "timestamp"
    assert server.requests == [exchange.request]
    head, _, sent = exchange.request.partition(b"\r\n\r\n")
    assert sent == body.data
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /tsr HTTP/1.1"
    assert f"Content-Type: {body.content_type}".encode() in lines
    assert f"Content-Length: {len(body.data)}".encode() in lines
    assert isinstance(exchange.outcome, Answer)


def test_secrets_are_left_out_and_the_body_is_not(ask: Any) -> None:
    with serve_raw({"/": answer_page()}) as server:
        (exchange,) = ask(server.url(), headers=(("X-Key", "hidden"),)).exchanges
    assert b"X-Key: hidden\r\n" in server.requests[0]
    assert b"hidden" not in exchange.request
    assert b"X-Key: left-out\r\n" in exchange.request
    assert exchange.left_out == ("X-Key",)
    assert exchange.request.endswith(b"\r\n\r\n" + BODY.data)


@pytest.mark.parametrize("status", ["301 Moved", "303 See Other", "307 Temporary Redirect"])
def test_a_redirect_is_the_answer(ask: Any, status: str) -> None:
    answers = {"/a": answer_redirect("/b", status=status), "/b": answer_page()}
    with serve_raw(answers) as server:
        assert len(ask(server.url("/a")).exchanges) == 1
        assert server.targets == ["/a"]


def test_a_connection_that_ends_is_not_asked_twice(ask: Any, slept: list[float]) -> None:
    """What was sent may have been acted upon."""
    with serve_raw({"/": DROP}) as server:
        (exchange,) = ask(server.url()).exchanges
        assert server.connections == 1
    assert isinstance(exchange.outcome, Failure)
    assert exchange.outcome.kind == "disconnect"
    assert exchange.attempts == ()
    assert exchange.request.endswith(BODY.data)
    assert slept == []


def test_a_name_that_is_not_found_is_tried_again(ask: Any) -> None:
    (exchange,) = ask("http://a.example/", resolve=name_hosts()).exchanges
    assert [one.failure.kind for one in exchange.attempts] == ["dns"] * (LIMITS.attempts - 1)


def test_a_busy_server_is_asked_again(ask: Any, slept: list[float]) -> None:
    busy = answer_page(b"later", status="503 Busy", fields=("Retry-After: 3",))
    turns = iter((busy, answer_page(b"token")))
    with serve_raw(lambda _: next(turns)) as server:
        visit = ask(server.url())
        assert len(server.requests) == 2
        assert server.requests[0] == server.requests[1]
    assert len(visit.exchanges) == 2
    assert slept == [3]


def test_every_post_has_a_new_connection(transport: OpenTransport) -> None:
    """A kept one may have ended, and then nobody knows whether the request was acted upon."""

    async def run(address: str) -> None:
        async with transport() as opened:
            await opened.visit(address)
            await opened.visit(address, purpose="timestamp", body=BODY)
            await opened.visit(address)

    with serve_raw({"/": answer_page()}) as server:
        asyncio.run(run(server.url()))
        assert server.connections == 2
        assert [request[:4] for request in server.requests] == [b"GET ", b"POST", b"GET "]


def test_the_guard_is_asked(ask: Any) -> None:
    (exchange,) = ask("http://127.0.0.1/", allow_networks=()).exchanges
    assert isinstance(exchange.outcome, Failure)
    assert exchange.outcome.kind == "blocked"
    assert exchange.request == b""


def test_the_caps_hold(ask: Any) -> None:
    with serve_raw({"/": answer_page(b"x" * (LIMITS.wire_bytes + 1))}) as server:
        (exchange,) = ask(server.url()).exchanges
    assert isinstance(exchange.outcome, Answer)
    assert exchange.outcome.truncated == "length"
    if not isinstance(exchange.outcome.block, bytes):
        exchange.outcome.block.close()
    slow = Script(steps=(Step(send=answer_page(), pause=5),))
    with serve_raw({"/": slow}) as server:
        (exchange,) = ask(server.url()).exchanges
    assert isinstance(exchange.outcome, Failure)
    assert exchange.outcome.kind == "timeout"
    assert exchange.attempts == ()


def test_several_are_asked_side_by_side_and_come_back_in_order(
    settings: TransportSettings, clock: Clock
) -> None:
    answers = {
        "/slow": Script(steps=(Step(send=answer_page(b"slow"), pause=0.4),)),
        "/fast": Script(steps=(Step(send=answer_page(b"fast"), pause=0.2),)),
    }
    with serve_raw(answers) as server:
        posts = [
            Post(address=server.url("/slow"), body=BODY, purpose="timestamp"),
            Post(address=server.url("/fast"), body=BODY, purpose="witness"),
        ]
        visits = make_posts(posts, settings=settings, clock=clock)
        assert server.most_at_once == 2
    assert [visit.purpose for visit in visits] == ["timestamp", "witness"]
    blocks = [visit.exchanges[0].outcome.block for visit in visits]  # type: ignore[union-attr]  # a failure has none
    assert [block[-4:] for block in blocks] == [b"slow", b"fast"]  # type: ignore[index]  # small
