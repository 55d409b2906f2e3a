"""The transport against a server that people really use, and what it does to everybody else."""

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from archive.capture.pool import Pool
from archive.capture.resolve import Resolver
from archive.capture.wire import Wire
from archive.core.digest import digest_bytes
from archive.core.exchange import Answer, Connection, Exchange, Failure, Visit
from archive.core.uri import parse_url
from tests.capture.conftest import MakeVisit, OpenTransport, name_hosts
from tests.support.awkward import LIMITS
from tests.support.programs import program
from tests.support.raw_server import Script, Step, answer_page, serve_raw

PAGE = b"<!doctype html>" + b"<p>It was said, and said again.</p>\n" * 2000

CONFIGURATION = """\
daemon off; master_process off; worker_processes 1;
pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; default_type text/html; gzip on; gzip_min_length 100;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{
    listen 127.0.0.1:{plain}; listen 127.0.0.1:{tls} ssl;
    ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem;
    root {folder};
    location /moved {{ return 301 /page.html; }}
    location /busy {{ return 503; }}
    location /none {{ return 204; }}
    location /fixed/ {{ gzip off; alias {folder}/; }}
  }}
}}
"""


class Nginx:
    """The ports of a running nginx, and the file of the authority that its certificate is from."""

    def __init__(self, folder: Path) -> None:
        self.plain, self.tls = find_port(), find_port()
        self.ca_file = str(folder / "ca.pem")
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_file)
        issued = authority.issue_cert("news.example")
        issued.private_key_pem.write_to_path(str(folder / "key.pem"))
        for blob in issued.cert_chain_pems:
            blob.write_to_path(str(folder / "chain.pem"), append=True)
        (folder / "page.html").write_bytes(PAGE)
        text = CONFIGURATION.format(folder=folder, plain=self.plain, tls=self.tls)
        (folder / "nginx.conf").write_text(text)


def find_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    path = program("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    made = Nginx(folder)
    command = [path, "-p", str(folder), "-e", str(folder / "error.log"), "-c", "nginx.conf"]
    with subprocess.Popen(command) as running:
        try:
            for _ in range(200):
                with suppress(OSError), socket.create_connection(("127.0.0.1", made.tls)):
                    break
                time.sleep(0.02)
            yield made
        finally:
            running.terminate()


def read_answer(exchange: Exchange) -> Answer:
    assert isinstance(exchange.outcome, Answer), exchange.outcome
    assert exchange.outcome.malformed is None
    assert exchange.outcome.truncated is None
    return exchange.outcome


def test_nginx_compresses_and_chunks(nginx: Nginx, visit: MakeVisit) -> None:
    (exchange,) = visit(f"http://127.0.0.1:{nginx.plain}/page.html").exchanges
    answer = read_answer(exchange)
    assert isinstance(answer.block, bytes)
    assert b"Content-Encoding: gzip" in answer.block
    assert b"Transfer-Encoding: chunked" in answer.block
    assert answer.content == digest_bytes(PAGE)
    assert answer.content_length == len(PAGE)


def test_nginx_over_tls(nginx: Nginx, visit: MakeVisit) -> None:
    made = visit(
        f"https://news.example:{nginx.tls}/moved",
        resolve=name_hosts(news="127.0.0.1"),
        ca_file=nginx.ca_file,
    )
    first, second = made.exchanges
    assert read_answer(second).content == digest_bytes(PAGE)
    assert first.connection is not None
    assert second.connection is not None
    assert second.connection.reused
    assert second.connection.tls == first.connection.tls


def test_nginx_answers_without_a_body(nginx: Nginx, visit: MakeVisit) -> None:
    (exchange,) = visit(f"http://127.0.0.1:{nginx.plain}/none").exchanges
    assert read_answer(exchange).payload_length == 0


def test_plain_http_on_a_tls_port_and_the_reverse(nginx: Nginx, visit: MakeVisit) -> None:
    (exchange,) = visit(f"https://127.0.0.1:{nginx.plain}/").exchanges
    assert isinstance(exchange.outcome, Failure)
    assert exchange.outcome.kind == "tls"
    (exchange,) = visit(f"http://127.0.0.1:{nginx.tls}/").exchanges
    assert isinstance(exchange.outcome, Answer)
    assert isinstance(exchange.outcome.block, bytes)
    assert b"400 Bad Request" in exchange.outcome.block


def test_many_at_once(nginx: Nginx, transport: OpenTransport) -> None:
    async def run() -> list[Visit]:
        async with transport() as opened:
            address = f"http://127.0.0.1:{nginx.plain}/fixed/page.html"
            return await asyncio.gather(*(opened.visit(f"{address}?{n}") for n in range(50)))

    for made in asyncio.run(run()):
        assert read_answer(made.exchanges[0]).payload == digest_bytes(PAGE)


# --- with scripted servers ---------------------------------------------------------------------


def test_a_parsed_url_is_fetched_like_its_text(transport: OpenTransport) -> None:
    async def run(address: str) -> list[Exchange]:
        async with transport() as opened:
            first = await opened.fetch(address)
            assert first.url is not None
            return [first, await opened.fetch(first.url)]

    with serve_raw({"/": answer_page()}) as server:
        first, second = asyncio.run(run(server.url("/#part")))
        assert first.address == server.url("/#part")
        assert second.address == server.url("/")
        assert first.request == second.request


def test_a_slow_server_does_not_delay_another(transport: OpenTransport) -> None:
    slow = Script(steps=(Step(send=answer_page(), pause=0.5),))

    async def run(slow_address: str, quick_address: str) -> list[str]:
        ended: list[str] = []

        async def fetch(address: str) -> None:
            await opened.fetch(address)
            ended.append(address)

        async with transport() as opened:
            await asyncio.gather(fetch(slow_address), fetch(quick_address))
        return ended

    with serve_raw({"/": slow}) as first, serve_raw({"/": answer_page()}) as second:
        assert asyncio.run(run(first.url(), second.url())) == [second.url(), first.url()]


def test_a_cancelled_exchange_leaves_nothing_open(transport: OpenTransport) -> None:
    async def run(address: str) -> None:
        async with transport() as opened:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await opened.fetch(address)

    with serve_raw(
        {"/": Script(steps=(Step(send=b"HTTP/1.1", pause=0.05), Step(send=b"", pause=9)))}
    ) as server:
        asyncio.run(run(server.url()))


def test_the_total_time_counts_the_whole_exchange(transport: OpenTransport) -> None:
    drip = Script(
        steps=(Step(send=b"HTTP/1.1 200 OK\r\n\r\n"), Step(send=b"x", pause=0.05, times=999))
    )

    async def run(address: str) -> Exchange:
        async with transport(limits=replace(LIMITS, total_seconds=0.3)) as opened:
            return await opened.fetch(address)

    with serve_raw({"/": drip}) as server:
        began = time.monotonic()
        outcome = asyncio.run(run(server.url())).outcome
        assert time.monotonic() - began < 1.5
    assert isinstance(outcome, Answer)
    assert outcome.truncated == "time"


def test_idle_connections_are_limited_and_the_oldest_goes_first() -> None:
    async def run() -> list[bool]:
        pool = Pool()
        loop = asyncio.get_running_loop()
        wires = [Wire(loop) for _ in range(300)]
        for number, wire in enumerate(wires):
            wire.connection = Connection(address="127.0.0.1", port=80)
            pool.keep(wire, parse_url(f"http://h{number}.example/"))
        fresh = [wire.is_fresh for wire in wires]
        assert (
            pool.take(parse_url("http://h299.example/"), ("127.0.0.2", "127.0.0.1")) is wires[299]
        )
        assert pool.take(parse_url("http://h299.example/"), ("127.0.0.1",)) is None
        assert pool.take(parse_url("https://h298.example/"), ("127.0.0.1",)) is None
        pool.close()
        assert [wire.is_fresh for wire in wires] == [False] * 299 + [True]
        return fresh

    assert asyncio.run(run()) == [False] * 44 + [True] * 256


def test_the_systems_resolver_gives_every_address_once() -> None:
    async def run() -> list[tuple[str, ...]]:
        resolver = Resolver()
        try:
            return [
                await resolver.resolve("localhost", 80),
                await resolver.resolve("localhost", 443),
            ]
        finally:
            resolver.close()

    first, second = asyncio.run(run())
    assert set(first) <= {"127.0.0.1", "::1"}
    assert len(set(first)) == len(first) > 0
    assert first == second
