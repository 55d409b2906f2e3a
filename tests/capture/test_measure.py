"""Digests and decoding: whatever the pieces, whatever a stream promises, at bounded cost."""

import gzip
import hashlib
import random
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture.measure import Body, Tally, inflate_whole
from archive.core.digest import digest_bytes
from archive.core.http import decode_content

MIB = 1024 * 1024
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "x-gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "identity": bytes,
}


def measure(payload: bytes, *codings: str, cap: int = MIB, piece: int = 65536) -> Body:
    body = Body(codings=codings, cap=cap)
    for start in range(0, len(payload), piece):
        body.add(payload[start : start + piece])
    return body


@given(
    content=st.binary(max_size=2000),
    codings=st.lists(st.sampled_from(sorted(CODINGS)), max_size=4),
    members=st.integers(1, 3),
    piece=st.integers(1, 500),
)
def test_content_is_what_was_encoded(
    content: bytes, codings: list[str], members: int, piece: int
) -> None:
    payload = content
    for coding in codings:
        payload = CODINGS[coding](payload)
    if codings and codings[-1] in {"gzip", "x-gzip"}:
        payload += gzip.compress(b"", mtime=0) * (members - 1)
    body = measure(payload, *codings, piece=piece)
    assert body.finish() == (digest_bytes(payload), digest_bytes(content), len(content))
    assert body.length == len(payload)
    assert decode_content(payload, ", ".join(codings), MIB) == content


@given(content=st.binary(min_size=30, max_size=500), piece=st.integers(1, 100), data=st.data())
def test_a_torn_stream_has_no_content(content: bytes, piece: int, data: st.DataObject) -> None:
    coding = data.draw(st.sampled_from(["gzip", "deflate"]))
    payload = CODINGS[coding](content)
    torn = payload[: data.draw(st.integers(1, len(payload) - 1))]
    payload_digest, *rest = measure(torn, coding, piece=piece).finish()
    assert payload_digest == digest_bytes(torn)
    assert rest == [None, None]


@given(payload=st.binary(max_size=500), piece=st.integers(1, 100))
def test_no_bytes_break_the_decoder(payload: bytes, piece: int) -> None:
    for codings in (("gzip",), ("deflate",), ("deflate", "gzip")):
        assert measure(payload, *codings, piece=piece).finish()[0] == digest_bytes(payload)


@pytest.mark.parametrize(
    "tail", [b"", b"\x00", bytes(512), b"<!-- cached -->", b"\x1f", b"\x1f\x8a"]
)
@pytest.mark.parametrize("piece", [1, 7, 65536])
def test_what_follows_a_gzip_stream_is_passed_over(tail: bytes, piece: int) -> None:
    payload = gzip.compress(b"<p>page", mtime=0) + tail
    assert measure(payload, "gzip", piece=piece).finish()[1:] == (digest_bytes(b"<p>page"), 7)


@given(content=st.binary(min_size=1, max_size=500), junk=st.binary(max_size=20))
def test_only_one_plain_member_is_inflated_at_once(content: bytes, junk: bytes) -> None:
    pytest.importorskip("deflate")
    member = gzip.compress(content, mtime=0)
    assert inflate_whole(member, MIB) == bytearray(content)
    assert inflate_whole(member, len(content) - 1) is None
    not_alone = {
        "two": (member + member, content + content),
        "an end like its own": (member + junk + member[-8:], content),
        "a name": (member[:3] + b"\x08" + member[4:10] + b"name\0" + member[10:], content),
    }
    for payload, expected in not_alone.values():
        if junk[:2] == b"\x1f\x8b" or (not junk and payload[-10:-8] == b"\x1f\x8b"):
            continue
        assert inflate_whole(payload, MIB) is None
        assert measure(payload, "gzip").finish()[1:] == (digest_bytes(expected), len(expected))


def test_a_member_that_says_another_size_or_sum_is_not_inflated() -> None:
    pytest.importorskip("deflate")
    member = gzip.compress(b"content", mtime=0)
    for place in range(4, len(member)):
        broken = bytearray(member)
        broken[place] ^= 1
        content = inflate_whole(bytes(broken), MIB)
        assert content == (bytearray(b"content") if place < 10 else None)  # time, level, system
        known = measure(bytes(broken), "gzip").finish()[1]
        assert known == (digest_bytes(b"content") if place < 10 else None)


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "aes128gcm", "gzip;q=1", "unknown"])
def test_other_codings_leave_the_content_unknown(coding: str) -> None:
    assert measure(b"data", coding).finish() == (digest_bytes(b"data"), None, None)
    assert measure(b"data", "gzip", coding).finish()[1:] == (None, None)


def test_the_cap_holds_for_every_stage() -> None:
    assert measure(b"12345", cap=5).finish()[1] == digest_bytes(b"12345")
    assert measure(b"123456", cap=5).finish()[1] is None
    zipped = gzip.compress(bytes(100), mtime=0)
    assert measure(zipped, "gzip", cap=100).finish()[2] == 100
    assert measure(zipped, "gzip", cap=99).finish()[2] is None
    # Small, then large, then small again: the stage between is capped too.
    inner = gzip.compress(b"x", mtime=0) + bytes(5 * MIB)
    assert measure(gzip.compress(inner, mtime=0), "gzip", "gzip").finish()[1] is None


def test_more_stages_than_anyone_needs_are_not_undone() -> None:
    payload = b"page"
    for _ in range(10):
        payload = gzip.compress(payload, mtime=0)
    assert measure(payload, *["gzip"] * 10).finish()[1] is None


@pytest.mark.parametrize(
    ("payload", "codings"),
    [
        (gzip.compress(bytes(300 * MIB), 9, mtime=0), ("gzip",)),
        (gzip.compress(gzip.compress(bytes(300 * MIB), 9, mtime=0), mtime=0), ("gzip", "gzip")),
        (gzip.compress(b"", mtime=0) * 200_000, ("gzip",)),
        (zlib.compress(bytes(300 * MIB), 9), ("deflate",)),
    ],
    ids=["gzip", "gzip in gzip", "members", "deflate"],
)
def test_a_bomb_costs_the_cap_and_not_what_it_promises(
    payload: bytes, codings: tuple[str, ...]
) -> None:
    tracemalloc.start()
    began = time.process_time()
    try:
        found = measure(payload, *codings, cap=64 * MIB, piece=256 * 1024).finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == (digest_bytes(payload), None, None)
    assert peak < 16 * MIB
    assert time.process_time() - began < 10


def test_an_answer_moves_to_a_file_when_it_grows(tmp_path: Path) -> None:
    chance = random.Random(7)
    data = chance.randbytes(3 * MIB)
    tally = Tally(spool_folder=str(tmp_path), cap=4 * MIB)
    tracemalloc.start()
    try:
        for start in range(0, len(data), 100_000):
            tally.keep(data[start : start + 100_000])
        assert tracemalloc.get_traced_memory()[1] < 2 * MIB
    finally:
        tracemalloc.stop()
    assert tally.peek(10) == data[:10]
    tally.keep(b"more")
    block, digest = tally.finish()
    assert not isinstance(block, bytes)
    with block:
        assert block.read() == data + b"more"
    assert digest.value == hashlib.sha256(data + b"more").hexdigest()
    assert list(tmp_path.iterdir()) == []


def test_an_answer_is_cut_at_the_cap(tmp_path: Path) -> None:
    tally = Tally(spool_folder=str(tmp_path), cap=10)
    assert tally.keep(b"1234567") == b"1234567"
    assert tally.keep(b"89abcdef") == b"89a"
    assert tally.keep(b"more") == b""
    assert tally.finish() == (b"123456789a", digest_bytes(b"123456789a"))
