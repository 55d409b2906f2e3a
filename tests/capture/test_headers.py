"""What a request says, whom it says a person's secrets, and what the record keeps of them."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from archive.capture.fetch import Transport
from archive.capture.headers import is_named_origin, make_fields
from archive.capture.settings import TransportSettings
from archive.core.exchange import Visit
from archive.core.uri import parse_url
from archive.errors import InputError
from tests.capture.conftest import MakeVisit, OpenTransport
from tests.support.clock import Clock
from tests.support.raw_server import RawServer, answer_page, answer_redirect, serve_raw

PAGE = answer_page()
SECRET = ("X-Api-Key", "hunter2")


def test_a_plain_request_is_recorded_as_sent(visit: MakeVisit) -> None:
    with serve_raw({"/a?b=%C3%A9": PAGE}) as server:
        (exchange,) = visit(server.url("/a?b=%C3%A9#part")).exchanges
        assert exchange.request == server.requests[0]
        lines = exchange.request.decode().split("\r\n")
    assert lines == [
        "GET /a?b=%C3%A9 HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: archive-test/1",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Encoding: gzip, deflate",
        "Connection: keep-alive",
        "",
        "",
    ]
    assert exchange.left_out == ()


def test_a_persons_fields_take_the_place_of_ours(visit: MakeVisit) -> None:
    headers = (("accept", "text/plain"), ("Accept-Language", "cy"), ("user-agent", "me"))
    with serve_raw({"/": PAGE}) as server:
        (exchange,) = visit(server.url(), headers=headers).exchanges
        assert exchange.request == server.requests[0]
    for line in (b"accept: text/plain", b"Accept-Language: cy", b"user-agent: me"):
        assert b"\r\n" + line + b"\r\n" in exchange.request
    assert exchange.request.lower().count(b"accept:") == 1
    assert exchange.request.lower().count(b"user-agent:") == 1
    assert exchange.left_out == ()


def test_a_secret_is_sent_and_left_out_of_the_record(visit: MakeVisit) -> None:
    headers = (SECRET, ("Authorization", "Bearer abc"), ("Referer", "https://a.example/"))
    with serve_raw({"/": PAGE}) as server:
        (exchange,) = visit(server.url(), headers=headers).exchanges
        (sent,) = server.requests
    assert b"X-Api-Key: hunter2\r\nAuthorization: Bearer abc\r\n" in sent
    assert b"X-Api-Key: left-out\r\nAuthorization: left-out\r\n" in exchange.request
    assert b"Referer: https://a.example/" in exchange.request
    assert exchange.left_out == ("X-Api-Key", "Authorization")
    assert b"hunter2" not in exchange.request
    assert b"abc" not in exchange.request


def test_secrets_stay_at_the_origin_that_was_named(visit: MakeVisit) -> None:
    with serve_raw({"/": PAGE}, address="127.0.0.2") as other:
        answers = {"/a": answer_redirect("/b"), "/b": answer_redirect(other.url())}
        with serve_raw(answers) as named:
            made = visit(named.url("/a"), headers=(SECRET, ("Accept-Language", "cy")))
            assert [b"hunter2" in request for request in named.requests] == [True, True]
        assert len(other.requests) == 1
        assert b"hunter2" not in other.requests[0]
        assert b"Accept-Language: cy" in other.requests[0]
    assert [exchange.left_out for exchange in made.exchanges] == [
        ("X-Api-Key",),
        ("X-Api-Key",),
        (),
    ]


def test_secrets_are_not_sent_to_an_address_that_nobody_gave(visit: MakeVisit) -> None:
    with serve_raw({"/": PAGE}) as server:
        visit(server.url(), headers=(SECRET,), typed=False)
        assert b"hunter2" not in server.requests[0]


@pytest.mark.parametrize(
    ("named", "url", "expected"),
    [
        ("https://a.example/x", "https://a.example/y", True),
        ("http://a.example/", "http://a.example:80/", True),
        ("http://a.example/", "https://a.example/", True),
        ("https://a.example/", "http://a.example/", False),
        ("https://a.example/", "https://a.example:8443/", False),
        ("http://a.example:8080/", "https://a.example/", False),
        ("https://a.example/", "https://www.a.example/", False),
        ("https://a.example/", "https://a.example.evil.example/", False),
    ],
)
def test_named_origins(named: str, url: str, *, expected: bool) -> None:
    assert is_named_origin(parse_url(named), parse_url(url)) is expected


@pytest.mark.parametrize(
    "header",
    [
        *(("Host", "b.example"), ("content-length", "5"), ("Transfer-Encoding", "chunked")),
        *(("CONNECTION", "close"), ("Upgrade", "h2c"), ("Expect", "100-continue")),
        *(("X-A", "b\r\nHost: c"), ("X-A", "b\nc"), ("X-A", "b\rc"), ("X-A", "b\x00")),
        *(("X A", "b"), ("X-A:", "b"), ("", "b"), ("X-A\r\nX-B", "c"), ("X-A", ""), ("X-A", " b")),
        *(("X-A", "\N{SNOWMAN}"), ("X-\xe9", "a")),
    ],
)
def test_fields_that_cannot_be_sent_are_refused(header: tuple[str, str]) -> None:
    with pytest.raises(InputError):
        make_fields("agent/1", (header,))


def test_a_refusal_does_not_show_the_value() -> None:
    with pytest.raises(InputError) as caught:
        make_fields("agent/1", (("X-Api-Key", "hunter2\n"),))
    assert "hunter2" not in str(caught.value)


def test_a_user_agent_cannot_smuggle(settings: TransportSettings, clock: Clock) -> None:
    with pytest.raises(InputError):
        Transport(replace(settings, user_agent="a\r\nHost: b"), clock=clock)


# --- cookies -----------------------------------------------------------------------------------


@pytest.fixture
def cookies_file(tmp_path: Path) -> str:
    path = tmp_path / "cookies.txt"
    lines = (
        "# Netscape HTTP Cookie File",
        "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\thunter2",
        "127.0.0.1\tFALSE\t/deep\tFALSE\t0\tdeep\tdown",
        "127.0.0.1\tFALSE\t/\tTRUE\t0\tsafe\tonly",
        "127.0.0.2\tFALSE\t/\tFALSE\t0\tother\thost",
    )
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_a_persons_cookies_keep_to_their_domain_path_and_scheme(
    visit: MakeVisit, cookies_file: str
) -> None:
    with (
        serve_raw({"/": PAGE}, address="127.0.0.2") as other,
        serve_raw(
            {"/": answer_redirect("/deep/x"), "/deep/x": answer_redirect(other.url())}
        ) as one,
    ):
        made = visit(one.url(), cookies_file=cookies_file)
        assert b"Cookie: session=hunter2\r\n" in one.requests[0]
        assert b"Cookie: deep=down; session=hunter2\r\n" in one.requests[1]
        assert b"Cookie: other=host\r\n" in other.requests[0]
    for exchange in made.exchanges:
        assert b"Cookie: left-out\r\n" in exchange.request
        assert exchange.left_out == ("Cookie",)


def test_a_servers_cookies_hide_behind_a_persons(visit: MakeVisit, cookies_file: str) -> None:
    """One field carries both, so the record leaves out both."""
    answers = {"/": answer_redirect("/b", fields=("Set-Cookie: a=b",)), "/b": PAGE}
    with serve_raw(answers) as server:
        made = visit(server.url(), cookies_file=cookies_file)
        assert b"session=hunter2" in server.requests[1]
        assert b"a=b" in server.requests[1]
    assert b"Cookie: left-out\r\n" in made.exchanges[1].request


def test_a_cookie_given_as_a_header_is_secret(visit: MakeVisit) -> None:
    answers = {"/": answer_redirect("/b", fields=("Set-Cookie: a=b",)), "/b": PAGE}
    with serve_raw(answers) as server:
        made = visit(server.url(), headers=(("Cookie", "c=d"),))
        assert b"Cookie: c=d; a=b\r\n" in server.requests[1]
    assert made.exchanges[1].left_out == ("Cookie",)


def test_a_cookie_cannot_smuggle(visit: MakeVisit) -> None:
    odd = ("Set-Cookie: a=\x01b", "Set-Cookie: c=d\rX-Bad: 1", "Set-Cookie: e=caf\u00e9")
    answers = {"/": answer_redirect("/b", fields=odd), "/b": PAGE}
    with serve_raw(answers) as server:
        visit(server.url())
        request = server.requests[1]
    assert request.split(b"\r\n")[-4] == "Cookie: e=caf\u00e9".encode()
    assert b"X-Bad" not in request


@pytest.mark.parametrize(
    "text", [None, "no cookies", "# Netscape HTTP Cookie File\na\tFALSE\t/\tFALSE\t0\tb\tc\x01d\n"]
)
def test_a_cookies_file_that_cannot_be_used_is_the_callers_fault(
    settings: TransportSettings, clock: Clock, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "cookies.txt"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError) as caught:
        Transport(replace(settings, cookies_file=str(path)), clock=clock)
    assert "c\x01d" not in str(caught.value)


def test_kept_connections_do_not_mix_secrets(transport: OpenTransport) -> None:
    async def run(server: RawServer) -> list[Visit]:
        async with transport(headers=(SECRET,)) as opened:
            return [
                await opened.visit(server.url("/a")),
                await opened.visit(server.url("/b"), typed=False),
            ]

    with serve_raw({"/a": PAGE, "/b": PAGE}) as server:
        asyncio.run(run(server))
        assert server.connections == 1
        assert [b"hunter2" in request for request in server.requests] == [True, False]
