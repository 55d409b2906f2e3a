"""Hostile input by name: what attackers would send, made anew by each run instead of stored.

Grouped by the surface that meets it: addresses, answers of a server, pages, WARC files.  Those of
WACZ packages are made beside their tests (``tests/store/foreign/test_wacz.py``).

Not for: answers that are merely odd (`tests.support.awkward`).
"""

import gzip
from dataclasses import dataclass

from tests.support.awkward import LIMITS
from tests.support.raw_server import Script, Step

# Addresses that name this machine, its network, or nothing that may be asked; PORT is that of a
# server that counts connections.
URLS = (
    "http://127.0.0.1:PORT/",
    "http://localhost:PORT/",
    "http://0x7f000001:PORT/",
    "http://2130706433:PORT/",
    "http://017700000001:PORT/",
    "http://127.1:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://localhost.:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://a.example\\@127.0.0.1:PORT/",
    "http://a.example@127.0.0.1:PORT/",
    "http://127.0.0.1%00.example:PORT/",
    "http://127.0.0.1\t:PORT/",
    "http://１２７.0.0.1:PORT/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:PORT/",
    "data:text/html,<p>x</p>",
    "http://127.0.0.1:PORT/" + "a" * 65536,
)

_OK = b"HTTP/1.1 200 OK\r\n"
_BODY = b"<title>t</title><p>Text.</p>"
_SIZE = b"Content-Length: %d\r\n" % len(_BODY)


def _answer(fields: bytes, body: bytes = _BODY, *, size: bytes = _SIZE) -> Script:
    return Script(steps=(Step(send=_OK + fields + size + b"\r\n" + body),), close=True)


def _nest(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = gzip.compress(data, mtime=0)
    return data


_NESTED = _nest(_BODY, 10)
_BOMB = _nest(bytes(LIMITS.content_bytes * 50), 1)

# What a server may answer, by name; "truncated" and "malformed" are told in the record.
ANSWERS: dict[str, Script] = {
    "controls-in-value": _answer(b"X-A: \x1b[31m\x9b\x07\r\n"),
    "bare-lf-in-value": _answer(b"X-A: a\nWARC-Date: 1999-01-01T00:00:00Z\r\n"),
    "warc-fields": _answer(b"X-A: a\r\nWARC-Type: warcinfo\r\nWARC-Date: 1999-01-01T00:00:00Z\r\n"),
    "ten-thousand-fields": _answer(b"X-A: a\r\n" * 10_000),
    "one-megabyte-field": _answer(b"X-A: " + b"a" * (1 << 20) + b"\r\n"),
    "two-lengths": _answer(b"Content-Length: 5\r\n"),
    "length-and-chunks": _answer(b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-overflow": _answer(
        b"Transfer-Encoding: chunked\r\n", b"f" * 30 + b"\r\nx\r\n0\r\n\r\n", size=b""
    ),
    "bad-chunk-end": _answer(b"Transfer-Encoding: chunked\r\n", b"5\r\nhelloXX0\r\n\r\n", size=b""),
    "gzip-ten-times": _answer(
        b"Content-Encoding: " + b", ".join([b"gzip"] * 10) + b"\r\n",
        _NESTED,
        size=b"Content-Length: %d\r\n" % len(_NESTED),
    ),
    "gzip-bomb": _answer(
        b"Content-Encoding: gzip\r\n", _BOMB, size=b"Content-Length: %d\r\n" % len(_BOMB)
    ),
    "unknown-coding": _answer(b"Content-Encoding: br\r\n"),
    "wrong-charset": _answer(b"Content-Type: text/html; charset=\x1b[31m\r\n"),
    "utf-7": _answer(
        b"Content-Type: text/html; charset=utf-7\r\n",
        b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
        size=b"",
    ),
    "date-1970": _answer(b"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"),
    "date-9999": _answer(b"Last-Modified: Fri, 31 Dec 9999 23:59:59 GMT\r\n"),
    "location-with-controls": Script(
        steps=(
            Step(
                send=b"HTTP/1.1 302 \x1b[31m\r\nLocation: /\x1b[2J\xc2\x9b\r\n"
                b"Content-Length: 0\r\n\r\n"
            ),
        )
    ),
    "location-to-itself": Script(
        steps=(
            Step(
                send=b"HTTP/1.1 302 F\r\nLocation: /location-to-itself\r\nContent-Length: 0\r\n\r\n"
            ),
        )
    ),
}

ESCAPES = "\x1b[2J\x1b]0;x\x07\u202egpj.\u2066\x9b31m\x7f\u2028"


def _page(head: str, body: str = "<article><h1>Heading</h1><p>" + "Words. " * 60) -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}".encode()


def _ld(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


# Pages, by name.
PAGES: dict[str, bytes] = {
    "escapes-in-title": _page(f"<title>A {ESCAPES} title</title>"),
    "escapes-in-claims": _page(
        f'<title>t</title><meta name="author" content="{ESCAPES}">'
        + _ld('{"@type":"NewsArticle","headline":"\\u001b[2J\\u202e","datePublished":"\\u009b"}')
    ),
    "script-in-title": _page("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>"),
    "title-ends-early": _page("<title>x</title><img src=x onerror=alert(1)></title>"),
    "script-in-meta": _page('<meta property="og:title" content="<script>alert(1)</script>">'),
    "svg": _page("<title>t</title>", "<svg onload=alert(1)><script>alert(1)</script></svg>"),
    "meta-refresh": _page('<meta http-equiv="refresh" content="0;url=javascript:alert(1)">'),
    "javascript-canonical": _page('<link rel="canonical" href="javascript:alert(1)">'),
    "half-a-character-in-json-ld": _page(
        "<title>t</title>"
        + _ld(
            '[{"@type":"NewsArticle","headline":"a","url":"http://a/\\ud800"},'
            '{"@type":"NewsArticle","headline":"b","url":"http://b/"}]'
        )
    ),
    "huge-json-ld": _page(_ld('{"@graph":[' + '{"@type":"NewsArticle"},' * 30_000 + "{}]}")),
    "nested-json-ld": _page(_ld('{"@graph":' * 50_000)),
    "nested-elements": _page("<title>t</title>", "<div>" * 100_000 + "Deep."),
    "null-bytes": _page("<title>a\x00b</title>", "<p>Te\x00xt " * 40),
    "false-dates": _page(
        '<meta property="article:published_time" content="9999-99-99T99:99:99Z">'
        '<meta property="article:published_time" content="0000-00-00">'
        '<meta property="article:modified_time" content="-99999999999-01-01">'
    ),
    "hidden-text": _page("<title>t</title>", '<p style="display:none">' + "Hidden. " * 60),
}

_ID = b"<urn:uuid:11111111-1111-4111-8111-111111111111>"


def _record(
    fields: bytes = b"",
    block: bytes = b"hello",
    *,
    length: bytes | None = None,
    kind: bytes = b"resource",
) -> bytes:
    size = str(len(block)).encode() if length is None else length
    return (
        b"WARC/1.1\r\nWARC-Type: %b\r\nWARC-Record-ID: %b\r\nWARC-Date: 2001-01-01T00:00:00Z\r\n"
        b"Content-Length: %b\r\n%b\r\n%b\r\n\r\n" % (kind, _ID, size, fields, block)
    )


def _http(head: bytes, body: bytes) -> bytes:
    return _record(
        b"Content-Type: application/http;msgtype=response\r\n"
        b"WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
        b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body,
        kind=b"response",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileWarc:
    """A file; ``is_damaged`` says whether whoever verifies it must find damage."""

    data: bytes
    is_damaged: bool


def _bad(data: bytes) -> HostileWarc:
    return HostileWarc(data=data, is_damaged=True)


def _odd(data: bytes) -> HostileWarc:
    return HostileWarc(data=data, is_damaged=False)


def make_warcs() -> dict[str, HostileWarc]:
    """Return WARC files by name; some have tens of megabytes, so they are made when asked for."""
    sound = _record()
    revisit = _record(
        b"WARC-Refers-To: %b\r\nWARC-Payload-Digest: sha1:%b\r\n" % (_ID, b"A" * 32),
        b"",
        kind=b"revisit",
    )
    return {
        "header-line-of-40-mb": _bad(_record(b"X-A: " + b"a" * (40 << 20) + b"\r\n")),
        "header-line-of-40-mb-packed": _bad(
            gzip.compress(_record(b"X-A: " + b"a" * (40 << 20) + b"\r\n"), 1, mtime=0)
        ),
        "five-million-fields": _bad(_record(b"X-A: a\r\n" * 5_000_000)),
        "negative-length": _bad(_record(length=b"-5") + sound),
        "length-of-letters": _bad(_record(length=b"abc") + sound),
        "two-numbers-as-length": _bad(_record(length=b"5, 7") + sound),
        "length-of-5000-digits": _bad(_record(length=b"9" * 5000) + sound),
        "length-beyond-the-file": _bad(_record(length=b"9" * 18)),
        "two-lengths": _bad(_record(b"Content-Length: 7\r\n") + sound),
        "controls-in-target": _odd(
            _record(f"WARC-Target-URI: http://a/{ESCAPES.replace(chr(0x2028), '')}\r\n".encode())
        ),
        "line-feeds-alone": _odd(sound.replace(b"\r\n", b"\n") * 2),
        "one-member-for-all": _odd(gzip.compress(sound * 3, mtime=0)),
        "member-in-member": _bad(gzip.compress(_nest(sound, 2), mtime=0)),
        "junk-at-the-end": _bad(sound + b"junk"),
        "packed-but-named-plain": _odd(gzip.compress(sound, mtime=0)),
        "revisit-of-itself": _odd(gzip.compress(revisit, mtime=0) * 2),
        "unknown-digest": _odd(_record(b"WARC-Block-Digest: blake3:00\r\n")),
        "wrong-digest": _bad(_record(b"WARC-Block-Digest: sha256:%b\r\n" % (b"0" * 64))),
        "nothing-but-beginnings": _bad(sound + b"WARC/" * 1_000_000),
        "nothing-but-members": _bad(gzip.compress(sound, mtime=0) + b"\x1f\x8b\x08" * 300_000),
        "extra-fields-without-end": _bad((b"\x1f\x8b\x08\x04" + bytes(6) + b"\xff\xff") * 200_000),
        "names-without-end": _bad(b"\x1f\x8b\x08\x08aaaaaa" * 200_000),
        "empty-members": _odd(gzip.compress(sound, mtime=0) + gzip.compress(b"", mtime=0) * 20_000),
        "one-byte-chunks": _bad(
            gzip.compress(
                _http(b"Transfer-Encoding: chunked\r\n", b"1\r\nx\r\n" * 500_000 + b"0\r\n\r\n"),
                mtime=0,
            )
        ),
        "thirty-codings": _bad(
            gzip.compress(
                _http(b"Content-Encoding: " + b",".join([b"gzip"] * 30) + b"\r\n", b"x"), mtime=0
            )
        ),
    }
