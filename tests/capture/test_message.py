"""Every byte of an answer is kept, and what is wrong with it is said."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from archive.core.digest import digest_bytes
from archive.core.exchange import Answer, Exchange, Failure
from archive.errors import StoreError
from tests.capture.conftest import OpenTransport
from tests.support.awkward import CASES, LIMITS, SCRIPTS, Case
from tests.support.raw_server import RawServer, Script, Step, answer_page, serve_raw


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with serve_raw(SCRIPTS) as running:
        yield running


def fetch(transport: OpenTransport, address: str, times: int = 1) -> list[Exchange]:
    async def run() -> list[Exchange]:
        async with transport() as opened:
            return [await opened.fetch(address) for _ in range(times)]

    return asyncio.run(run())


def read_block(answer: Answer) -> bytes:
    if isinstance(answer.block, bytes):
        return answer.block
    with answer.block as file:
        return file.read()


def read_answer(exchange: Exchange) -> tuple[Answer, bytes]:
    assert isinstance(exchange.outcome, Answer), exchange.outcome
    return exchange.outcome, read_block(exchange.outcome)


def case_ids(case: Case) -> str:
    return case.name


def test_cases_have_different_names() -> None:
    assert len(SCRIPTS) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_awkward_answers(server: RawServer, transport: OpenTransport, case: Case) -> None:
    answer, block = read_answer(fetch(transport, server.url(case.target))[0])
    assert answer.interim == case.interim
    assert answer.length == len(block)
    assert answer.block_digest == digest_bytes(block)
    if case.expected == "exact":
        assert (answer.malformed, answer.truncated) == (None, None)
        assert case.payload is not None
        assert block == case.block
        assert answer.payload == digest_bytes(case.payload)
        assert answer.payload_length == len(case.payload)
        assert answer.content == (digest_bytes(case.content) if case.content is not None else None)
        assert answer.content_length == (len(case.content) if case.content is not None else None)
        assert block[: answer.head_length].endswith(b"\n")
        assert block[answer.head_length :].startswith(case.payload[:1]) or b"chunked" in block
        return
    assert (answer.payload, answer.content, answer.content_length) == (None, None, None)
    if case.expected == "malformed":
        assert answer.malformed
        assert block == case.block
    else:
        assert answer.malformed is None
        assert answer.truncated == case.truncated
        assert case.block.startswith(block)
        assert block


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no-colon", "illegal header line"),
        ("long-head", "longer than 65536 bytes"),
        ("two-lengths", "conflicting Content-Length"),
        ("excess", "48 bytes after the end"),
        ("no-http", "does not begin with HTTP/"),
        ("only-interim", "no final answer"),
    ],
)
def test_malformed_answers_say_why(
    server: RawServer, transport: OpenTransport, name: str, words: str
) -> None:
    answer, _ = read_answer(fetch(transport, server.url(f"/{name}"))[0])
    assert words in str(answer.malformed)


def test_a_whole_answer_leaves_its_connection_open(transport: OpenTransport) -> None:
    with serve_raw({"/": answer_page()}) as server:
        exchanges = fetch(transport, server.url("/"), times=3)
        assert server.connections == 1
    reused = [one.connection.reused for one in exchanges if one.connection is not None]
    assert reused == [False, True, True]


@pytest.mark.parametrize("name", ["excess", "short-body", "http-1.0", "no-colon", "kept-open"])
def test_no_connection_is_kept_after_an_odd_answer(transport: OpenTransport, name: str) -> None:
    with serve_raw(SCRIPTS) as server:
        fetch(transport, server.url(f"/{name}"), times=2)
        assert server.connections == 2


def test_connection_close_is_honoured(transport: OpenTransport) -> None:
    page = answer_page(fields=("Connection: Close",))
    with serve_raw({"/": page}) as server:
        fetch(transport, server.url("/"), times=2)
        assert server.connections == 2


@pytest.mark.parametrize("script", [Script(steps=(), close=True), Script(steps=(), reset=True)])
def test_an_end_before_the_answer_is_a_failure(transport: OpenTransport, script: Script) -> None:
    with serve_raw({"/": script}) as server:
        (exchange,) = fetch(transport, server.url("/"))
    assert isinstance(exchange.outcome, Failure)
    assert exchange.outcome.kind == "disconnect"
    assert exchange.request.startswith(b"GET / HTTP/1.1\r\n")
    assert exchange.connection is not None


def test_silence_before_the_answer_is_a_failure(transport: OpenTransport) -> None:
    with serve_raw({"/": Script(steps=(Step(send=b"", pause=9),))}) as server:
        (exchange,) = fetch(transport, server.url("/"))
    assert isinstance(exchange.outcome, Failure)
    assert exchange.outcome.kind == "timeout"


def test_a_kept_connection_that_ends_is_replaced_once(transport: OpenTransport) -> None:
    """The server closes after every answer without saying so before."""
    closing = Script(steps=(Step(send=answer_page()),), close=True)
    with serve_raw({"/": closing}) as server:
        exchanges = fetch(transport, server.url("/"), times=3)
        assert server.connections == 3
    assert all(isinstance(one.outcome, Answer) and not one.attempts for one in exchanges)


def test_a_large_answer_lies_in_a_file_without_a_name(
    transport: OpenTransport, tmp_path: Path
) -> None:
    body = bytes(range(256)) * 6000
    limits = replace(LIMITS, content_bytes=len(body))

    async def run(address: str) -> Exchange:
        async with transport(limits=limits) as opened:
            return await opened.fetch(address)

    with serve_raw({"/": answer_page(body)}) as server:
        exchange = asyncio.run(run(server.url("/")))
    assert list(tmp_path.iterdir()) == []
    answer = exchange.outcome
    assert isinstance(answer, Answer)
    assert not isinstance(answer.block, bytes)
    file: BinaryIO = answer.block
    with file:
        assert file.tell() == 0
        assert file.read() == answer_page(body)
    assert answer.payload == answer.content == digest_bytes(body)
    assert answer.block_digest.value == hashlib.sha256(answer_page(body)).hexdigest()


def test_a_full_disk_is_the_stores_fault(transport: OpenTransport, tmp_path: Path) -> None:
    async def run(address: str) -> Exchange:
        async with transport(spool_folder=str(tmp_path / "gone")) as opened:
            return await opened.fetch(address)

    with (
        serve_raw({"/": answer_page(bytes(1_500_000))}) as server,
        pytest.raises(StoreError, match=r"gone does not take a large answer: No such file"),
    ):
        asyncio.run(run(server.url("/")))
