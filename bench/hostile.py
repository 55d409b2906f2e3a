"""Pages that mean to break or to hold up a reader: deep, wide, long, torn.

Each is small on the wire, or could have come from a careless publisher.  Not for: what becomes
of them, which `bench.goals.reading` shows.
"""

from collections.abc import Iterator

_START = b"<!DOCTYPE html><html><head><title>Hostile</title></head><body>"
_TEXT = b"The ministry said on Friday that nothing had been decided. "


def make_hostile_pages() -> Iterator[tuple[str, bytes]]:
    """Give a name and the bytes of each page; always the same."""
    yield "nested-div", _START + b"<div>" * 50_000 + _TEXT
    yield "nested-inline", _START + b"<b><i><span>" * 20_000 + _TEXT
    yield "nested-list", _START + b"<ul><li>" * 20_000 + _TEXT
    yield "nested-table", _START + b"<table><tr><td>" * 5_000 + _TEXT
    yield "wide-table", _START + b"<table>" + (b"<tr>" + b"<td>1" * 100) * 3_000
    yield "many-paragraphs", _START + b"".join(b"<p>%d " % n + _TEXT for n in range(30_000))
    yield "many-links", _START + b"".join(b"<a href=/%d>%d</a> " % (n, n) for n in range(60_000))
    yield (
        "many-attributes",
        _START + b"<p " + b"".join(b"a%d=1 " % n for n in range(60_000)) + b">x",
    )
    yield "one-long-line", _START + b"<p>" + _TEXT * 60_000
    yield "one-long-word", _START + b"<p>" + b"a" * 4_000_000
    yield "white-space", _START + b"<p>" + b" \n\t" * 1_000_000 + _TEXT
    yield "open-brackets", _START + b"<" * 1_000_000
    yield "entities", _START + b"<p>" + b"&amp;&#x1F600;&lt" * 200_000
    yield (
        "many-dates",
        _START
        + b"".join(
            b"<p>updated %d. of the %dth month, %d</p>" % (n % 31, n % 12, 1990 + n % 40)
            for n in range(20_000)
        ),
    )
    yield (
        "odd-dates",
        _START
        + b"".join(
            b'<time datetime="%d/%d/%d %dh">x</time>' % (n % 99, n % 99, n, n % 60)
            for n in range(20_000)
        ),
    )
    yield "deep-json-ld", _in_json_ld(b"[" * 50_000)
    yield "nested-json-ld", _in_json_ld(b'{"author":' * 900 + b'"x"' + b"}" * 900)
    yield (
        "many-json-ld",
        _START + b'<script type="application/ld+json">{"@type":"X"}</script>' * 20_000,
    )
    yield "long-script", _START + b"<script>" + b"var a = '<p>';\n" * 400_000 + b"</script>"
    yield "many-meta", b"<html><head>" + b'<meta property="og:title" content="x">' * 60_000
    yield "null-bytes", _START + b"<p>" + (_TEXT + b"\x00") * 10_000
    yield "torn-utf-8", _START + b"<p>" + b"\xe2\x82 \xff\xfe" * 200_000
    yield "comments", _START + b"<!-- x --" * 200_000
    yield "forms", _START + b"<form><select><option>" * 20_000


def _in_json_ld(data: bytes) -> bytes:
    return _START + b'<script type="application/ld+json">' + data + b"</script><p>" + _TEXT
