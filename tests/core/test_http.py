"""HTTP messages as they lie in records, well made and not.  Not for: exchanges over a wire."""

import gzip
import zlib

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.http import decode_content, decode_transfer, is_transfer_encoded, parse_head

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\nBody"
)


def test_a_head_is_read_in_order() -> None:
    head = parse_head(HEAD)
    assert (head.status, head.reason) == (200, "OK")
    assert head.fields == (
        ("Content-Type", "text/html"),
        ("Set-Cookie", "a=1"),
        ("set-cookie", "b=2"),
    )
    assert HEAD[head.length :] == b"Body"
    assert head.find("set-cookie") == "a=1"
    assert head.join("set-cookie") == "a=1,b=2"
    assert head.find("etag") is None
    assert head.join("etag") == ""


@pytest.mark.parametrize(
    ("block", "status", "fields"),
    [
        (b"HTTP/1.0 404 Not  Found\nA: b\n\nrest", 404, (("A", "b"),)),
        (b"http/1.1 200\r\n\r\n", 200, ()),
        (b"HTTP/2 200 \r\n\r\n", 200, ()),
        (b"HTTP/1.1 200 OK\r\nA: one\r\n two\r\n\tthree\r\n\r\n", 200, (("A", "one two three"),)),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n : empty\r\nB:\r\n\r\n", 200, (("B", ""),)),
        (
            b"HTTP/1.1 200 OK\r\nA: caf\xc3\xa9\r\nB: caf\xe9\r\n\r\n",
            200,
            (("A", "café"), ("B", "café")),
        ),
        (b"HTTP/1.1 200 OK\r\nA: b", 200, (("A", "b"),)),
        (b"A: b\r\n\r\nbody", None, (("A", "b"),)),
        (b"", None, ()),
        (b"<html>", None, ()),
    ],
)
def test_what_servers_really_send_is_readable(
    block: bytes, status: int | None, fields: tuple[tuple[str, str], ...]
) -> None:
    head = parse_head(block)
    assert head.status == status
    assert head.fields == fields


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(block: bytes) -> None:
    head = parse_head(block)
    assert 0 <= head.length <= len(block)


def chunk(parts: list[bytes], line_end: bytes = b"\r\n") -> bytes:
    framed = b"".join(b"%x%s%s%s" % (len(part), line_end, part, line_end) for part in parts if part)
    return framed + b"0" + line_end * 2


@given(st.lists(st.binary(max_size=40)), st.sampled_from([b"\r\n", b"\n"]))
def test_chunk_framing_comes_off(parts: list[bytes], line_end: bytes) -> None:
    assert decode_transfer(chunk(parts, line_end)) == b"".join(parts)


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (b"5;name=value\r\nHello\r\n0\r\nTrailer: x\r\n\r\n", b"Hello"),
        (b"5 \r\nHello\r\n0\r\n\r\n", b"Hello"),
        (b"5\r\nHel", b"Hel"),
        (b"5\r\nHello\r\nzz\r\n", b"Hello"),
        (b"5\r\nHello3\r\nabc\r\n0\r\n\r\n", b"Helloabc"),
        (b"not chunked", b""),
        (b"", b""),
    ],
)
def test_framing_is_read_as_far_as_it_goes(body: bytes, payload: bytes) -> None:
    assert decode_transfer(body) == payload


@given(st.binary(max_size=200))
def test_no_framing_breaks_the_reader(body: bytes) -> None:
    assert len(decode_transfer(body)) <= len(body)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def read_with_h11(body: bytes) -> bytes | None:
    """Return what h11, which judges answers on the wire, takes for the payload; None: no answer."""
    parser = h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method="GET", target="/", headers=[("Host", "a.example")]))
    parser.send(h11.EndOfMessage())
    parser.receive_data(CHUNKED + body)
    payload = b""
    try:
        while not isinstance(event := parser.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                return None
            if isinstance(event, h11.Data):
                payload += event.data
    except h11.RemoteProtocolError:
        return None
    return payload


@st.composite
def framed_bodies(draw: st.DrawFn, line_ends: tuple[bytes, ...]) -> bytes:
    """Chunks with leading zeros, extensions and white space, as odd as they may be."""
    extensions = st.just(b"") | st.binary(max_size=8).map(
        lambda data: b";" + data.replace(b"\n", b"")
    )
    body = b""
    for part in [*draw(st.lists(st.binary(min_size=1, max_size=40), max_size=5)), b""]:
        size = draw(st.sampled_from([b"%x", b"%X"])) % len(part)
        body += size.rjust(draw(st.integers(1, 21)), b"0")
        body += draw(extensions) + draw(st.sampled_from([b"", b" ", b"\t "]))
        body += draw(st.sampled_from(line_ends)) + part
        body += draw(st.sampled_from(line_ends)) if part else b""
    return body + draw(st.sampled_from([b"", b"Trailer: x\r\n"])) + b"\r\n"


@given(framed_bodies((b"\r\n",)) | framed_bodies((b"\r\n", b"\r\n", b"\n")))
def test_a_payload_is_what_the_wire_s_parser_took_it_for(body: bytes) -> None:
    expected = read_with_h11(body)
    if expected is not None:
        assert decode_transfer(body) == expected


def test_a_chunk_size_of_twenty_digits_is_not_read_as_nothing() -> None:
    body = b"00000000000000000005\r\nHello\r\n0\r\n\r\n"
    assert read_with_h11(body) == decode_transfer(body) == b"Hello"


@pytest.mark.parametrize("size", [b"F" * 16, b"F" * 20, b"F" * 5000])
def test_a_chunk_larger_than_any_memory_ends_with_the_body(size: bytes) -> None:
    assert decode_transfer(b"3\r\nabc\r\n" + size + b"\r\nHello") == b"abcHello"


def test_transfer_encoding_is_seen_in_any_spelling() -> None:
    assert is_transfer_encoded(parse_head(b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\n\r\n"))
    assert not is_transfer_encoded(parse_head(HEAD))


def deflate_raw(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@given(st.binary(max_size=5000))
def test_content_encodings_come_off(data: bytes) -> None:
    packed = gzip.compress(data, mtime=0)
    limit = 10_000
    assert decode_content(data, "", limit) == data
    assert decode_content(data, "identity", limit) == data
    assert decode_content(packed, "gzip", limit) == data
    assert decode_content(packed, "X-GZIP ", limit) == data
    assert decode_content(zlib.compress(data), "deflate", limit) == data
    assert decode_content(deflate_raw(data), "deflate", limit) == data
    assert decode_content(gzip.compress(packed, mtime=0), "gzip, gzip", limit) == data
    assert decode_content(packed + packed, "gzip", limit) == data + data


def test_gzip_members_without_end_are_not_followed() -> None:
    many = gzip.compress(b"x", mtime=0) * 10_000
    assert decode_content(many, "gzip", 10**6) == b"x" * 10_000
    assert decode_content(many + b"what a server added", "gzip", 10**6) == b"x" * 10_000
    assert decode_content(many + gzip.compress(b"", mtime=0), "gzip", 10**6) is None


def test_codings_without_end_are_not_undone() -> None:
    data = b"x"
    for _ in range(5):
        data = gzip.compress(data, mtime=0)
    assert decode_content(data, ", ".join(["gzip"] * 5), 1000) == b"x"
    assert decode_content(gzip.compress(data), ", ".join(["gzip"] * 6), 1000) is None


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(5_000_000), mtime=0)
    decoded = decode_content(bomb, "gzip", 1000)
    assert decoded == bytes(1000)
    twice = gzip.compress(bomb, mtime=0)
    assert decode_content(twice, "gzip, gzip", 1000) in (None, bytes(1000))


def test_a_broken_stream_gives_what_came_before() -> None:
    data = bytes(range(256)) * 400
    packed = gzip.compress(data, mtime=0)
    decoded = decode_content(packed[: len(packed) // 2], "gzip", 10**6)
    assert decoded
    assert data.startswith(decoded)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br", "unknown"])
def test_an_unknown_encoding_gives_nothing(encoding: str) -> None:
    assert decode_content(b"data", encoding, 100) is None


def test_what_is_not_compressed_gives_nothing() -> None:
    assert decode_content(b"plain text", "gzip", 100) is None


def test_an_empty_payload_is_empty_under_any_encoding() -> None:
    assert decode_content(b"", "gzip", 100) == b""


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "gzip, deflate"]))
def test_no_payload_breaks_the_decoder(payload: bytes, encoding: str) -> None:
    decoded = decode_content(payload, encoding, 1000)
    assert decoded is None or len(decoded) <= 1000
