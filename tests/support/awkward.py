"""Answers that servers really send and parsers stumble over, as data.

One tuple serves the tests of the transport, of what is stored (the block of the record is the
bytes sent), and the table in the documentation.  Not for: TLS, which is not in the bytes.
"""

import gzip
import zlib
from dataclasses import dataclass
from typing import Literal

from archive.capture.settings import Limits
from archive.core.exchange import Truncation
from tests.support.raw_server import Script, Step

# exact: kept whole and understood; truncated: cut short, and said so; malformed: kept whole,
# not understood, and said so.
Expected = Literal["exact", "truncated", "malformed"]

# Small enough that every case is quick, large enough for each.
LIMITS = Limits(
    wire_bytes=2 * 1024 * 1024,
    content_bytes=1024 * 1024,
    idle_seconds=0.8,
    drain_seconds=0.3,
    total_seconds=2.0,
    backoff_seconds=0.01,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One awkward answer.

    ``interim`` are the 1xx heads at the start of what is sent; the rest is the block.
    ``payload`` and ``content`` are the body after transfer and content decoding; None where it
    """

    name: str
    description: str
    script: Script
    expected: Expected
    interim: tuple[bytes, ...] = ()
    payload: bytes | None = None
    content: bytes | None = None
    truncated: Truncation | None = None

    @property
    def target(self) -> str:
        """The target under which `SCRIPTS` serves the case."""
        return f"/{self.name}"

    @property
    def sent(self) -> bytes:
        """All that the server sends, when nobody stops it."""
        return b"".join(step.send * step.times for step in self.script.steps)

    @property
    def block(self) -> bytes:
        """What the block has to be: for a truncated case, what it has to be the start of."""
        return self.sent[sum(map(len, self.interim)) :]


_PAGE = b"<!doctype html><title>Statement</title><p>It was said.</p>"
_ZIPPED = gzip.compress(_PAGE, mtime=0)
_OK = b"HTTP/1.1 200 OK\r\n"
_HTML = b"Content-Type: text/html\r\n"


def _size(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n" % len(body)


def _chunk(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)


def _send(*parts: bytes, close: bool = False, reset: bool = False) -> Script:
    return Script(steps=tuple(Step(send=part) for part in parts), close=close, reset=reset)


def _exact(
    name: str,
    description: str,
    script: Script,
    payload: bytes = _PAGE,
    *,
    content: bytes | Literal["payload"] | None = "payload",
    interim: tuple[bytes, ...] = (),
) -> Case:
    return Case(
        name=name,
        description=description,
        script=script,
        expected="exact",
        interim=interim,
        payload=payload,
        content=payload if content == "payload" else content,
    )


def _malformed(name: str, description: str, script: Script, interim: bytes = b"") -> Case:
    parts = (interim,) if interim else ()
    return Case(
        name=name, description=description, script=script, expected="malformed", interim=parts
    )


def _truncated(name: str, description: str, why: Truncation, script: Script) -> Case:
    return Case(
        name=name, description=description, script=script, expected="truncated", truncated=why
    )


_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
_RAW_DEFLATE = zlib.compress(_PAGE, wbits=-15)
_BOMB = gzip.compress(bytes(16 * 1024 * 1024), mtime=0)
_SMALL_FIELDS = b"".join(b"a: %x\r\n" % (place % 10) for place in range(10_000))

CASES: tuple[Case, ...] = (
    _exact(
        "plain", "an answer as the book has it", _send(_OK + _HTML + _size(_PAGE) + b"\r\n" + _PAGE)
    ),
    _exact(
        "spaces",
        "several spaces and tabs after the colon and at line ends",
        _send(
            _OK + b"X-A:   two\r\nX-B:\tthree \t\r\nX-C:none\r\n" + _size(_PAGE) + b"\r\n" + _PAGE
        ),
    ),
    _exact(
        "folded",
        "a header field folded over two lines (obs-fold)",
        _send(
            _OK + b"X-Folded: first\r\n   second\r\n\tthird\r\n" + _size(_PAGE) + b"\r\n" + _PAGE
        ),
    ),
    _exact(
        "non-ascii",
        "header values in Latin-1 and in UTF-8",
        _send(_OK + b"X-L: caf\xe9\r\nX-U: caf\xc3\xa9\r\n" + _size(_PAGE) + b"\r\n" + _PAGE),
    ),
    _exact(
        "bare-lf",
        "lines of the head end with LF alone",
        _send((_OK + _HTML + _size(_PAGE) + b"\r\n").replace(b"\r\n", b"\n") + _PAGE),
    ),
    _exact(
        "mixed-line-ends",
        "some lines end with CRLF, some with LF",
        _send(_OK + b"X-A: b\nX-C: d\r\n" + _size(_PAGE) + b"\n" + _PAGE),
    ),
    _exact(
        "duplicates",
        "the same field several times, in several spellings",
        _send(
            _OK + b"SET-cookie: a=1\r\nset-COOKIE: b=2\r\nSet-Cookie: a=1\r\nx-Odd-CASE: y\r\n"
            b"content-LENGTH: %d\r\n\r\n" % len(_PAGE) + _PAGE
        ),
    ),
    _exact(
        "no-reason",
        "a status line without a reason",
        _send(b"HTTP/1.1 200\r\n" + _size(_PAGE) + b"\r\n" + _PAGE),
    ),
    _exact(
        "same-length-twice",
        "the same Content-Length twice",
        _send(_OK + _size(_PAGE) * 2 + b"\r\n" + _PAGE),
    ),
    _exact(
        "many-fields",
        "10,000 header fields in just under 64 KiB",
        _send(_OK + _SMALL_FIELDS + _size(_PAGE) + b"\r\n" + _PAGE),
    ),
    _exact(
        "byte-by-byte",
        "the head arrives one byte at a time",
        Script(
            steps=(
                *(Step(send=bytes((byte,)), pause=0.001) for byte in _OK + _size(_PAGE) + b"\r\n"),
                Step(send=_PAGE),
            )
        ),
    ),
    _exact(
        "chunked",
        "chunks, with extensions and upper-case sizes",
        _send(
            _OK + b"Transfer-Encoding: chunked\r\n\r\n",
            b"A;name=value\r\n" + _PAGE[:10] + b"\r\n",
            _chunk(_PAGE[10:]) + b"0\r\n\r\n",
        ),
    ),
    _exact(
        "chunked-trailers",
        "chunks, then trailer fields",
        _send(
            _OK + b"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n",
            _chunk(_PAGE) + b"0\r\nX-Sum:  1\r\nX-End: yes\r\n\r\n",
        ),
    ),
    _exact(
        "chunked-split",
        "chunks whose framing is torn over several packets",
        Script(
            steps=tuple(
                Step(send=part, pause=0.02)
                for part in (
                    _OK + b"Transfer-Encoding: chunked\r\n\r",
                    b"\n5",
                    b"\r\n" + _PAGE[:3],
                    _PAGE[3:5] + b"\r",
                    b"\n" + _chunk(_PAGE[5:]) + b"0\r\n",
                    b"\r\n",
                )
            )
        ),
    ),
    _exact(
        "chunked-gzip",
        "chunks of a gzip stream",
        _send(
            _OK + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n",
            _chunk(_ZIPPED[:20], _ZIPPED[20:]) + b"0\r\n\r\n",
        ),
        _ZIPPED,
        content=_PAGE,
    ),
    _exact(
        "chunked-and-length",
        "both Transfer-Encoding and Content-Length; the former decides (RFC 9112 §6.3)",
        _send(
            _OK
            + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
            + _chunk(_PAGE)
            + b"0\r\n\r\n"
        ),
    ),
    _exact(
        "gzip",
        "a gzip stream",
        _send(_OK + b"Content-Encoding: gzip\r\n" + _size(_ZIPPED) + b"\r\n" + _ZIPPED),
        _ZIPPED,
        content=_PAGE,
    ),
    _exact(
        "gzip-members",
        "two gzip members, then zeros",
        _send(
            _OK + b"Content-Encoding: gzip\r\n" + _size(_ZIPPED * 2 + bytes(7)) + b"\r\n",
            _ZIPPED * 2 + bytes(7),
        ),
        _ZIPPED * 2 + bytes(7),
        content=_PAGE * 2,
    ),
    _exact(
        "gzip-twice",
        "gzip in gzip",
        _send(
            _OK
            + b"Content-Encoding: gzip, gzip\r\n"
            + _size(gzip.compress(_ZIPPED, mtime=0))
            + b"\r\n",
            gzip.compress(_ZIPPED, mtime=0),
        ),
        gzip.compress(_ZIPPED, mtime=0),
        content=_PAGE,
    ),
    _exact(
        "deflate-raw",
        "deflate without its zlib frame",
        _send(
            _OK + b"Content-Encoding: deflate\r\n" + _size(_RAW_DEFLATE) + b"\r\n" + _RAW_DEFLATE
        ),
        _RAW_DEFLATE,
        content=_PAGE,
    ),
    _exact(
        "deflate-zlib",
        "deflate with its zlib frame",
        _send(
            _OK + b"Content-Encoding: DEFLATE\r\n" + _size(zlib.compress(_PAGE)) + b"\r\n",
            zlib.compress(_PAGE),
        ),
        zlib.compress(_PAGE),
        content=_PAGE,
    ),
    _exact(
        "gzip-lie",
        "Content-Encoding says gzip, the body is plain",
        _send(_OK + b"Content-Encoding: gzip\r\n" + _size(_PAGE) + b"\r\n" + _PAGE),
        content=None,
    ),
    _exact(
        "gzip-torn",
        "a gzip stream that ends early in a message that does not",
        _send(_OK + b"Content-Encoding: gzip\r\n" + _size(_ZIPPED[:-12]) + b"\r\n" + _ZIPPED[:-12]),
        _ZIPPED[:-12],
        content=None,
    ),
    _exact(
        "unasked-brotli",
        "a content coding that was not asked for",
        _send(_OK + b"Content-Encoding: br\r\nContent-Length: 3\r\n\r\n\x0b\x00\x80"),
        b"\x0b\x00\x80",
        content=None,
    ),
    _exact(
        "gzip-bomb",
        "16 kB that would become 16 MiB, more than is decoded here",
        _send(_OK + b"Content-Encoding: gzip\r\n" + _size(_BOMB) + b"\r\n" + _BOMB),
        _BOMB,
        content=None,
    ),
    _exact(
        "continue",
        "100 Continue, though nothing was to continue",
        _send(_CONTINUE + _OK + _size(_PAGE) + b"\r\n" + _PAGE),
        interim=(_CONTINUE,),
    ),
    _exact(
        "early-hints",
        "100, then 103 with a field, then the answer",
        Script(
            steps=(
                Step(send=_CONTINUE),
                Step(send=_HINTS, pause=0.02),
                Step(send=_OK + _size(_PAGE) + b"\r\n" + _PAGE, pause=0.02),
            )
        ),
        interim=(_CONTINUE, _HINTS),
    ),
    _exact(
        "http-1.0",
        "HTTP/1.0: the end of the connection is the end of the message",
        _send(b"HTTP/1.0 200 OK\r\n" + _HTML + b"\r\n" + _PAGE, close=True),
    ),
    _exact(
        "no-length",
        "HTTP/1.1 without a length: likewise",
        _send(_OK + b"Connection: close\r\n\r\n", _PAGE, close=True),
    ),
    _exact("empty", "a body of no bytes", _send(_OK + b"Content-Length: 0\r\n\r\n"), b""),
    _exact(
        "empty-chunked",
        "no chunk but the last",
        _send(_OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        b"",
    ),
    _exact(
        "empty-gzip",
        "a body of no bytes that is said to be gzip",
        _send(_OK + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
        b"",
    ),
    _exact("no-content", "204, which has no body", _send(b"HTTP/1.1 204 No Content\r\n\r\n"), b""),
    _exact(
        "not-modified",
        "304 with a Content-Length that counts what is not sent",
        _send(b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 58\r\n\r\n'),
        b"",
    ),
    _exact(
        "not-found",
        "404 with a page",
        _send(b"HTTP/1.1 404 Not Found\r\n" + _size(_PAGE) + b"\r\n" + _PAGE),
    ),
    _malformed(
        "no-colon",
        "a header line without a colon",
        _send(_OK + b"this is no field\r\n" + _size(_PAGE) + b"\r\n" + _PAGE, close=True),
    ),
    _malformed(
        "space-before-colon",
        "a space between a field's name and its colon",
        _send(_OK + b"Content-Type : text/html\r\n" + _size(_PAGE) + b"\r\n" + _PAGE, close=True),
    ),
    _malformed(
        "kept-open",
        "a broken head, and the connection stays open",
        Script(steps=(Step(send=_OK + b"no field\r\n\r\n"), Step(send=_PAGE, pause=0.1))),
    ),
    _malformed(
        "nul-in-field",
        "a NUL in a header value",
        _send(_OK + b"X-A: a\x00b\r\n" + _size(_PAGE) + b"\r\n" + _PAGE, close=True),
    ),
    _malformed(
        "long-head",
        "a header field of 70,000 bytes",
        _send(
            _OK + b"X-Long: " + b"x" * 70_000 + b"\r\n" + _size(_PAGE) + b"\r\n" + _PAGE, close=True
        ),
    ),
    _malformed(
        "endless-head",
        "header fields without end, until the server tires at 200,000 bytes",
        Script(steps=(Step(send=_OK), Step(send=b"X-More: more\r\n", times=14_286)), close=True),
    ),
    _malformed(
        "two-lengths",
        "two different Content-Lengths",
        _send(_OK + b"Content-Length: 5\r\n" + _size(_PAGE) + b"\r\n" + _PAGE, close=True),
    ),
    _malformed(
        "negative-length",
        "a negative Content-Length",
        _send(_OK + b"Content-Length: -5\r\n\r\n" + _PAGE, close=True),
    ),
    _malformed(
        "unknown-transfer",
        "a transfer coding that was not asked for",
        _send(
            _OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + _chunk(_ZIPPED) + b"0\r\n\r\n",
            close=True,
        ),
    ),
    _malformed(
        "excess",
        "more body than Content-Length says",
        _send(_OK + b"Content-Length: 10\r\n\r\n" + _PAGE),
    ),
    _malformed(
        "excess-after-204",
        "a body where there is none",
        _send(b"HTTP/1.1 204 No Content\r\n\r\n" + _PAGE, close=True),
    ),
    _malformed(
        "two-answers",
        "a second answer behind the first",
        _send((_OK + _size(_PAGE) + b"\r\n" + _PAGE) * 2, close=True),
    ),
    _malformed(
        "broken-chunk",
        "a chunk size that is no number",
        _send(
            _OK + b"Transfer-Encoding: chunked\r\n\r\n" + _chunk(_PAGE) + b"what\r\n" + _PAGE,
            close=True,
        ),
    ),
    _malformed(
        "wrong-chunk-size",
        "a chunk that is longer than its size",
        _send(
            _OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n" + _PAGE + b"\r\n0\r\n\r\n", close=True
        ),
    ),
    _malformed(
        "huge-chunk-size",
        "a chunk size of 30 digits",
        _send(
            _OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 30 + b"\r\n" + _PAGE, close=True
        ),
    ),
    _malformed(
        "no-http",
        "no status line at all",
        _send(b"<html>just a page</html>", close=True),
    ),
    _malformed(
        "leading-line",
        "an empty line before the status line",
        _send(b"\r\n" + _OK + _size(_PAGE) + b"\r\n" + _PAGE, close=True),
    ),
    _malformed(
        "odd-status-line",
        "a version with one digit",
        _send(b"HTTP/2 200\r\n" + _size(_PAGE) + b"\r\n" + _PAGE, close=True),
    ),
    _malformed(
        "switching",
        "101, though no other protocol was asked for",
        _send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x01\x02\x03", close=True),
    ),
    _malformed(
        "broken-after-hints",
        "103, then a head that is broken",
        _send(_HINTS + _OK + b"no field\r\n\r\n" + _PAGE, close=True),
        _HINTS,
    ),
    _malformed(
        "only-interim",
        "100, and then nothing",
        _send(_CONTINUE, close=True),
    ),
    _truncated(
        "short-body",
        "less body than Content-Length says",
        "disconnect",
        _send(_OK + b"Content-Length: 500\r\n\r\n" + _PAGE, close=True),
    ),
    _truncated(
        "short-chunks",
        "the connection ends between two chunks",
        "disconnect",
        _send(_OK + b"Transfer-Encoding: chunked\r\n\r\n" + _chunk(_PAGE), close=True),
    ),
    _truncated(
        "short-chunk",
        "the connection ends within a chunk",
        "disconnect",
        _send(_OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n" + _PAGE, close=True),
    ),
    _truncated(
        "short-head",
        "the connection ends within the head",
        "disconnect",
        _send(_OK + b"Content-Ty", close=True),
    ),
    _truncated(
        "reset",
        "the connection is reset within the body",
        "disconnect",
        Script(
            steps=(
                Step(send=_OK + b"\r\n" + _PAGE),
                Step(send=b" ", pause=0.1),
                Step(send=b"", pause=0.1),
            ),
            reset=True,
        ),
    ),
    _truncated(
        "silence",
        "the body stops coming, the connection stays",
        "time",
        Script(
            steps=(Step(send=_OK + b"Content-Length: 500\r\n\r\n" + _PAGE), Step(send=b"", pause=9))
        ),
    ),
    _truncated(
        "slow-drip",
        "a byte now and then, never silent for long",
        "time",
        Script(
            steps=(
                Step(send=_OK + b"Content-Length: 500\r\n\r\n"),
                Step(send=b"x", pause=0.1, times=500),
            )
        ),
    ),
    _truncated(
        "slow-head",
        "a head that drips",
        "time",
        Script(steps=(Step(send=_OK), Step(send=b"X-Drip: drip\r\n", pause=0.1, times=500))),
    ),
    _truncated(
        "endless-body",
        "a body without end",
        "length",
        Script(steps=(Step(send=_OK + b"\r\n"), Step(send=b"more " * 13_107, times=500))),
    ),
)

SCRIPTS: dict[str, Script] = {case.target: case.script for case in CASES}
