"""Redirects, repeats and cookies on the way: every hop is an exchange of its own."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.capture.visit import choose_wait
from archive.core.exchange import Answer, Exchange, Failure, Visit
from archive.core.http import parse_head
from tests.capture.conftest import MakeVisit, name_hosts
from tests.support.awkward import LIMITS, SCRIPTS
from tests.support.raw_server import (
    Script,
    Step,
    answer_page,
    answer_redirect,
    serve_raw,
)

PAGE = answer_page(b"<p>the page</p>")


def list_statuses(visit: Visit) -> list[int | str | None]:
    return [read_status(exchange) for exchange in visit.exchanges]


def read_status(exchange: Exchange) -> int | str | None:
    if isinstance(exchange.outcome, Failure):
        return exchange.outcome.kind
    assert isinstance(exchange.outcome.block, bytes)
    return parse_head(exchange.outcome.block).status


def answer_in_turn(*answers: bytes | Script) -> Callable[[bytes], bytes | Script]:
    """One answer after the other, whatever is asked; the last one for ever."""
    turns = itertools.chain(answers, itertools.repeat(answers[-1]))
    return lambda _request: next(turns)


@pytest.mark.parametrize(
    "status",
    ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"],
)
def test_redirects_are_followed(visit: MakeVisit, status: str) -> None:
    answers = {
        "/a": answer_redirect("b?x=1#part", status=status),
        "/b?x=1": answer_redirect("/c", status=status),
        "/c": PAGE,
    }
    with serve_raw(answers) as server:
        made = visit(server.url("/a"))
        assert server.targets == ["/a", "/b?x=1", "/c"]
        assert [exchange.address for exchange in made.exchanges] == [
            server.url("/a"),
            server.url("/b?x=1"),
            server.url("/c"),
        ]
    assert made.address.endswith("/a")
    assert made.purpose == "statement"
    assert list_statuses(made)[-1] == 200


@pytest.mark.parametrize("status", ["300 Multiple Choices", "304 Not Modified", "201 Created"])
def test_other_answers_with_a_location_are_not_followed(visit: MakeVisit, status: str) -> None:
    with serve_raw({"/a": answer_redirect("/b", status=status), "/b": PAGE}) as server:
        assert len(visit(server.url("/a")).exchanges) == 1


def test_a_redirect_without_location_is_the_last_answer(visit: MakeVisit) -> None:
    with serve_raw({"/a": answer_page(b"", status="302 Found")}) as server:
        assert list_statuses(visit(server.url("/a"))) == [302]


def test_a_redirect_across_hosts_is_followed(visit: MakeVisit) -> None:
    with (
        serve_raw({"/": PAGE}, address="127.0.0.2") as second,
        serve_raw({"/": answer_redirect(second.url())}) as first,
    ):
        made = visit(first.url())
    addresses = [one.connection.address for one in made.exchanges if one.connection is not None]
    assert addresses == ["127.0.0.1", "127.0.0.2"]


def test_redirects_stop_at_the_limit(visit: MakeVisit) -> None:
    """The last answer stays as it is: a redirect that was not followed."""
    answers = {f"/{number}": answer_redirect(f"/{number + 1}") for number in range(30)}
    with serve_raw(answers) as server:
        made = visit(server.url("/0"))
        assert server.targets == [f"/{number}" for number in range(11)]
    assert list_statuses(made) == [302] * 11


def test_a_loop_is_left_where_it_closes(visit: MakeVisit) -> None:
    answers = {"/a": answer_redirect("/b"), "/b": answer_redirect("/a")}
    with serve_raw(answers) as server:
        assert list_statuses(visit(server.url("/a"))) == [302, 302]
    with serve_raw({"/a": answer_redirect("/a#again")}) as server:
        assert list_statuses(visit(server.url("/a"))) == [302]


def test_a_cookie_check_is_passed(visit: MakeVisit) -> None:
    """The server wants its cookie back before it shows the page: the same address, twice."""

    def answer(request: bytes) -> bytes:
        if b"Cookie: seen=yes; a=b" in request:
            return PAGE
        if b"/check" in request:
            return answer_redirect("/", fields=("Set-Cookie: seen=yes; Path=/", "set-cookie: a=b"))
        return answer_redirect("/check")

    with serve_raw(answer) as server:
        made = visit(server.url("/"))
    assert list_statuses(made) == [302, 302, 200]
    assert b"Cookie: seen=yes; a=b\r\n" in made.exchanges[-1].request
    assert made.exchanges[-1].left_out == ()


def test_cookies_end_with_their_visit(visit: MakeVisit) -> None:
    answers = {"/a": answer_redirect("/b", fields=("Set-Cookie: a=b",)), "/b": PAGE}
    with serve_raw(answers) as server:
        visit(server.url("/a"))
        visit(server.url("/a"))
        assert [b"Cookie" in request for request in server.requests] == [False, True] * 2


def test_a_refused_redirect_adds_an_exchange_that_says_so(visit: MakeVisit) -> None:
    with serve_raw({"/a": answer_redirect("http://u:p@127.0.0.1/")}) as server:
        made = visit(server.url("/a"))
    last = made.exchanges[-1]
    assert list_statuses(made) == [302, "blocked"]
    assert last.url is None
    assert last.address == "http://u:p@127.0.0.1/"
    assert last.request == b""


def test_a_large_redirect_is_followed(visit: MakeVisit) -> None:
    page = answer_page(b"x" * 1_200_000, status="302 Found", fields=("Location: /b",))
    with serve_raw({"/a": page, "/b": PAGE}) as server:
        made = visit(server.url("/a"))
    first = made.exchanges[0].outcome
    assert isinstance(first, Answer)
    assert not isinstance(first.block, bytes)
    with first.block as file:
        assert file.read() == page
    assert len(made.exchanges) == 2


def test_a_redirect_to_a_port_that_a_person_typed_stays_open(visit: MakeVisit) -> None:
    names = name_hosts(a="127.0.0.1")
    with serve_raw({"/a": answer_redirect("/b"), "/b": PAGE}) as server:
        made = visit(f"http://a.example:{server.port}/a", resolve=names)
    assert list_statuses(made) == [302, 200]


# --- repeats -----------------------------------------------------------------------------------


def test_a_connection_that_fails_is_tried_again(visit: MakeVisit, slept: list[float]) -> None:
    drop = Script(steps=(), close=True)
    with serve_raw(answer_in_turn(drop, drop, PAGE)) as server:
        made = visit(server.url())
    (exchange,) = made.exchanges
    assert isinstance(exchange.outcome, Answer)
    assert [attempt.failure.kind for attempt in exchange.attempts] == ["disconnect"] * 2
    moments = [attempt.started for attempt in exchange.attempts]
    assert sorted(moments) == moments
    assert moments[-1] < exchange.started
    assert slept == [LIMITS.backoff_seconds, 2 * LIMITS.backoff_seconds]


def test_the_last_failure_is_the_outcome(visit: MakeVisit) -> None:
    with serve_raw(answer_in_turn(Script(steps=(), close=True))) as server:
        made = visit(server.url())
        assert server.connections == 3
    (exchange,) = made.exchanges
    assert isinstance(exchange.outcome, Failure)
    assert len(exchange.attempts) == 2


def test_a_failed_name_is_tried_again(visit: MakeVisit) -> None:
    (exchange,) = visit("http://a.example/", resolve=name_hosts()).exchanges
    assert [one.failure.kind for one in exchange.attempts] == ["dns", "dns"]


def test_a_truncated_answer_is_an_answer(visit: MakeVisit) -> None:
    with serve_raw(SCRIPTS) as server:
        made = visit(server.url("/short-body"))
        assert server.connections == 1
    assert made.exchanges[0].attempts == ()


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_busy_server_is_asked_again(visit: MakeVisit, slept: list[float], status: str) -> None:
    busy = answer_page(b"later", status=status, fields=("Retry-After: 7",))
    with serve_raw(answer_in_turn(busy, busy, PAGE)) as server:
        made = visit(server.url())
    assert list_statuses(made) == [int(status[:3])] * 2 + [200]
    assert slept == [7, 7]
    assert all(exchange.attempts == () for exchange in made.exchanges)


def test_a_server_that_stays_busy_has_the_last_word(visit: MakeVisit, slept: list[float]) -> None:
    with serve_raw(answer_in_turn(answer_page(status="503 Busy"))) as server:
        assert list_statuses(visit(server.url())) == [503] * 3
    assert slept == [LIMITS.backoff_seconds, 2 * LIMITS.backoff_seconds]


def test_a_server_that_asks_for_too_long_is_left_alone(
    visit: MakeVisit, slept: list[float]
) -> None:
    busy = answer_page(status="503 Busy", fields=("Retry-After: 121",))
    with serve_raw(answer_in_turn(busy, PAGE)) as server:
        assert list_statuses(visit(server.url())) == [503]
    assert slept == []


NOW = datetime(2024, 2, 29, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "attempt", "expected"),
    [
        (None, 1, 1.0),
        (None, 3, 4.0),
        ("0", 1, 0.0),
        ("120", 1, 120.0),
        ("121", 1, None),
        ("9" * 400, 1, None),
        ("Thu, 29 Feb 2024 12:00:30 GMT", 1, 30.0),
        ("Thu, 29 Feb 2024 11:00:00 GMT", 1, 0.0),
        ("Thu, 29 Feb 2024 13:00:00 GMT", 1, None),
        ("Thursday, 29-Feb-24 12:00:30 GMT", 1, 30.0),
        ("soon", 2, 2.0),
        ("-5", 2, 2.0),
        ("1.5", 2, 2.0),
        ("٣", 1, 1.0),
    ],
)
def test_waiting_times(value: str | None, attempt: int, expected: float | None) -> None:
    field = f"Retry-After: {value}\r\n" if value is not None else ""
    head = parse_head(f"HTTP/1.1 503 Busy\r\n{field}\r\n".encode())
    limits = replace(LIMITS, backoff_seconds=1)
    assert choose_wait(head, now=NOW, attempt=attempt, limits=limits) == expected


def test_the_date_is_taken_just_before_the_request(visit: MakeVisit) -> None:
    """Of a clock that advances a second a call: began, sent, ended."""
    with serve_raw({"/": Script(steps=(Step(send=PAGE),))}) as server:
        (exchange,) = visit(server.url()).exchanges
    assert (exchange.finished - exchange.started).total_seconds() == 1
    assert exchange.started.tzinfo is not None
