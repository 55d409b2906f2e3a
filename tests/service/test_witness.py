"""The witness's socket: real bytes over loopback, most of them no message at all."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from archive.errors import InputError
from archive.service.witness import Reply, ServiceLimits, WitnessService, run_witness
from tests.support.witness_server import serve_in_thread

LIMITS = ServiceLimits(
    body_bytes=1000, head_bytes=2000, message_seconds=0.5, idle_seconds=0.5, connections=8
)


@dataclass(slots=True)
class Keeper:
    """A service that repeats what it is asked, and what its keeper was told."""

    port: int = 0
    told: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    pause: float = 0.0

    def answer(self, body: bytes) -> Reply:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.pause)
        self.bodies.append(body)
        self.at_once -= 1
        if body == b"bug":
            raise ZeroDivisionError
        return 409, "text/x.tlog.size", b"12\n"

    def make_service(self, limits: ServiceLimits = LIMITS) -> WitnessService:
        return WitnessService(
            path="/add-checkpoint",
            about="a witness\n",
            answer=self.answer,
            clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
            tell=self.told.append,
            limits=limits,
        )


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    keeper = Keeper()
    with serve_in_thread(keeper.make_service()) as port:
        keeper.port = port
        yield keeper


def send(keeper: Keeper, data: bytes, *, end: bool = False) -> bytes:
    """Send bytes on a connection of their own, and return all that comes until it is closed."""
    with socket.create_connection(("127.0.0.1", keeper.port), timeout=10) as connection:
        try:
            connection.sendall(data)
            if end:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before all was sent
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionResetError:
            pass
        return received


def post(body: bytes = b"x", *fields: str) -> bytes:
    lines = ("POST /add-checkpoint HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *fields)
    return "\r\n".join((*lines, "", "")).encode() + body


CLOSE = "Connection: close"


def test_a_question_is_answered_as_the_function_says(keeper: Keeper) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", keeper.port, timeout=10)
    for number in range(3):  # on one connection
        connection.request("POST", "/add-checkpoint", body=b"question %d" % number)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (409, b"12\n")
        assert answer.headers["Content-Type"] == "text/x.tlog.size"
        assert answer.headers["Date"] == "Sun, 22 Nov 2026 00:00:00 GMT"
    connection.close()
    assert keeper.bodies == [b"question 0", b"question 1", b"question 2"]


def test_it_says_who_it_is(keeper: Keeper) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", keeper.port, timeout=10)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"a witness\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Length"], answer.read()) == (200, "10", b"")
    connection.close()


@pytest.mark.parametrize(
    ("method", "target", "status", "allow"),
    [
        ("GET", "/add-checkpoint", 405, "POST"),
        ("PUT", "/add-checkpoint", 405, "POST"),
        ("POST", "/", 405, "GET, HEAD"),
        ("POST", "/add-checkpoint/", 404, None),
        ("POST", "/add-checkpoint?x", 404, None),
        ("GET", "/../etc/passwd", 404, None),
        ("OPTIONS", "*", 404, None),
    ],
)
def test_there_is_nothing_else(
    keeper: Keeper, method: str, target: str, status: int, allow: str | None
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", keeper.port, timeout=10)
    connection.request(method, target)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Allow"]) == (status, allow)
    connection.close()
    assert keeper.bodies == []


START = b"POST /add-checkpoint HTTP/1.1\r\nHost: a\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\r\n\r\n\x00\xff\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),  # no Host
        (b"GET / HTTP/x\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost : b\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),  # TLS
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70000, 431),
        (b"GET /" + b"a" * 70000, 431),
        (START + b"Content-Length: 1001\r\n\r\n", 413),
        (START + b"Content-Length: 9999", 408),
        (START + b"Content-Length: " + b"9" * 19 + b"\r\n\r\n", 413),
        (START + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (post(b"x" * 1001), 413),
        (post(b"x" * 300000), 413),
        (START + b"Content-Length: -1\r\n\r\n", 400),
        (START + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
        (CHUNKED + b"zz\r\n", 400),
        (CHUNKED + b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n", 413),
        (CHUNKED + b"1\r\nx\r\n" * 1001 + b"0\r\n\r\n", 413),
        (CHUNKED + b"f" * 30 + b"\r\n", 400),
        (CHUNKED + b"1\r\nx\r\n", 408),
        (post(b"x")[:-1], 408),
        (b"POST /add-ch", 408),
    ],
)
def test_what_is_no_message_is_refused_and_nobody_else_harmed(
    keeper: Keeper, data: bytes, status: int
) -> None:
    answer = send(keeper, data)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"Connection: close" in answer
    assert keeper.bodies == []
    assert send(keeper, post(b"x", CLOSE)).endswith(b"12\n")
    assert keeper.told == []


@pytest.mark.parametrize("data", [b"", b"POST", post(b"x")[:-1], CHUNKED + b"5\r\nabc"])
def test_whoever_goes_in_the_middle_is_forgotten(keeper: Keeper, data: bytes) -> None:
    answer = send(keeper, data, end=True)
    assert answer.startswith(b"HTTP/1.1 400 ") or not data
    assert keeper.bodies == []
    assert send(keeper, post(b"x", CLOSE)).endswith(b"12\n")
    assert keeper.told == []


def test_a_connection_that_says_nothing_is_closed(keeper: Keeper) -> None:
    assert send(keeper, b"") == b""
    assert send(keeper, post()).count(b"HTTP/1.1 409") == 1


def test_questions_sent_ahead_are_answered_in_order(keeper: Keeper) -> None:
    answer = send(keeper, post(b"1") + post(b"2") + post(b"3", CLOSE))
    assert answer.count(b"HTTP/1.1 409") == 3
    assert keeper.bodies == [b"1", b"2", b"3"]


def test_chunks_and_an_expectation_are_http_too(keeper: Keeper) -> None:
    answer = send(
        keeper, CHUNKED.replace(b"Host", b"Connection: close\r\nHost") + b"1\r\nx\r\n0\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 409 ")
    answer = send(keeper, post(b"y", "Expect: 100-continue", CLOSE))
    # Whoever sends the body at once is not waiting any more.
    assert answer.startswith((b"HTTP/1.1 409 ", b"HTTP/1.1 100 "))
    with socket.create_connection(("127.0.0.1", keeper.port), timeout=10) as connection:
        connection.sendall(post(b"", "Expect: 100-continue").replace(b"h: 0", b"h: 1"))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"z")
        assert connection.recv(100).startswith(b"HTTP/1.1 409 ")
    assert keeper.bodies == [b"x", b"y", b"z"]
    old = send(keeper, b"GET / HTTP/1.0\r\n\r\n")
    assert old.endswith(b"a witness\n")


def test_a_bug_is_told_to_the_keeper_and_answered_500(keeper: Keeper) -> None:
    assert send(keeper, post(b"bug", CLOSE)).startswith(b"HTTP/1.1 500 ")
    assert "ZeroDivisionError" in keeper.told[0]
    assert b"Zero" not in send(keeper, post(b"bug", CLOSE))
    assert send(keeper, post(b"x", CLOSE)).endswith(b"12\n")


def test_questions_are_answered_one_at_a_time(keeper: Keeper) -> None:
    keeper.pause = 0.02
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: answers.append(send(keeper, post(b"x", CLOSE))))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(answers) == len(keeper.bodies) == 6
    assert keeper.most_at_once == 1


def test_more_connections_than_there_is_room_for() -> None:
    keeper = Keeper()
    limits = replace(LIMITS, idle_seconds=5.0)
    with serve_in_thread(keeper.make_service(limits)) as keeper.port:
        held = [socket.create_connection(("127.0.0.1", keeper.port)) for _ in range(8)]
        for connection in held:  # each has been taken
            connection.sendall(post())
            assert connection.recv(100).startswith(b"HTTP/1.1 409 ")
        assert send(keeper, post()).startswith(b"HTTP/1.1 503 ")
        for connection in held:
            connection.close()
        deadline = time.monotonic() + 10
        while not send(keeper, post(b"x", CLOSE)).startswith(b"HTTP/1.1 409 "):
            assert time.monotonic() < deadline


def test_a_port_that_is_taken_is_an_input_error(keeper: Keeper) -> None:
    with pytest.raises(InputError, match="cannot listen"):
        run_witness(
            keeper.make_service(), host="127.0.0.1", port=keeper.port, tell_port=lambda _: None
        )
