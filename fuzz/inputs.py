"""Inputs for the targets, drawn by Hypothesis: nearly right ones, and noise.

Not for: what must hold of them (`fuzz.targets`).
"""

import base64

from hypothesis import strategies as st

_SEPARATOR = b"\xff--\xff"
_NAMES = (
    b"WARC-Type WARC-Record-ID WARC-Date Content-Length Content-Type WARC-Block-Digest"
    b" WARC-Payload-Digest WARC-Target-URI WARC-Refers-To WARC-Truncated WARC-Concurrent-To"
).split()
_VALUES = (
    *(b"response", b"revisit", b"resource", b"<urn:uuid:11111111-1111-4111-8111-111111111111>"),
    *(b"application/http;msgtype=response", b"sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    *(b"0", b"1", b"-5", b"5, 7", b"999999999999999999", b"abc", b"sha256:00", b"md5:", b"x\x00y"),
)
_ENDS = st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r", b"\r\n ", b""])
_PIECES = st.sampled_from(
    [
        *(b"HTTP/1.1 200 OK\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n"),
        *(b"0\r\n\r\n", b"f" * 20 + b"\r\n", b"Content-Encoding: gzip, br\r\n", b"WARC/1.1\r\n"),
        *(b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x10aaaaaa", b"\r\n\r\n", b"\x00" * 9, _SEPARATOR),
    ]
)


@st.composite
def _draw_record(draw: st.DrawFn) -> bytes:
    block = b"".join(draw(st.lists(_PIECES | st.binary(max_size=20), max_size=6)))
    fields = draw(
        st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from(_VALUES)), max_size=5)
    )
    if draw(st.integers(0, 7)):
        fields.append((b"Content-Length", str(len(block)).encode()))
    version = draw(st.sampled_from([b"WARC/1.1"] * 6 + [b"WARC/1.0", b"WARC/0.17", b"warc/1.1"]))
    lines = b"".join(name + b": " + value + draw(_ENDS) for name, value in fields)
    ends = draw(st.sampled_from([b"\r\n\r\n"] * 6 + [b"", b"\n\n", b"\r\n\r\n\r\n"]))
    return version + draw(_ENDS) + lines + b"\r\n" + block + ends


@st.composite
def _draw_file(draw: st.DrawFn) -> bytes:
    parts = draw(st.lists(_draw_record() | st.binary(max_size=40), max_size=5))
    kind = draw(st.sampled_from([b"g", b"g", b"p", b""]))
    return kind + (_SEPARATOR if kind == b"g" else b"").join(parts)


_HASH = st.binary(min_size=31, max_size=33).map(lambda data: base64.b64encode(data).decode())
_LINE = st.one_of(
    st.text(max_size=20),
    _HASH,
    st.integers(-1, 10**20).map(str),
    _HASH.map(lambda text: f"— fuzz.example {text}"),
    st.just(""),
    st.integers(0, 10**19).map(lambda number: f"index {number}"),
    st.sampled_from(["c2sp.org/tlog-proof@v1", "extra AA==", "fuzz.example", "9" * 5000]),
)
_HOST = st.one_of(
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.integers(0, 2**33).map(str),
    st.integers(0, 2**33).map(hex),
    st.sampled_from(
        [
            *("a.example", "localhost", "127.1", "0177.0.0.1", "①②⑦.0.0.1", "[::ffff:127.0.0.1]"),
            *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "a\\@b", "а.example", "xn--a", "1.2.3.4."),
        ]
    ),
    st.text(max_size=12),
)
_SCHEME = st.sampled_from(["http://"] * 5 + ["https://", "//", "http:", "HTTP://", "file:///", ""])
_TAIL = st.text(alphabet=st.characters() | st.sampled_from("/?#%&=\\@:.\t"), max_size=20)

_ADDRESS = "https://archive.example/capture/kx0aess6mwg99vfd"
_PLACE = "” [characters 1–3 of urn:archive:text:kx0aess6mwg99vfd]"
_MARKS = (
    *(
        "“",
        "”",
        '"',
        "„",
        "«",
        "»",
        "\n\n",
        "> ",
        "[^1]",
        "[^1]: ",
        "[…]",
        "\\",
        "{",
        "}",
        "*",
        "—",
    ),
    *("@online{", "TY  - ", "ER  - ", "Quotation: “", _PLACE, _ADDRESS, "it is so now", " "),
)
_PROSE = st.lists(
    st.sampled_from(["it is so", "星期一", " ", "\n", ".", "…", "\u00ad", "e\u0301", "a", "“", "–"])
    | st.text(max_size=3),
    max_size=12,
).map("".join)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_FEED = st.sampled_from(
    [
        *("<rss>", "<item>", "</item>", "<entry>", "</entry>", "<urlset>", "<url>", "</url>"),
        *('<feed xmlns="http://www.w3.org/2005/Atom" xml:base="//b/">', "<title>", "</title>"),
        *("<link>", "</link>", '<link href="/a?b&c"/>', "<loc>http://a.example/é</loc>", "<a/>"),
        *("<lastmod>2024-03-06</lastmod>", "<pubDate>Wed, 06 Mar 2024 08:00:00 GMT</pubDate>"),
        *("<dc:creator>A</dc:creator>", "<author>a@b.c (A)</author>", "<name>A</name>"),
        *("&amp;", "&nbsp;", "&x;", "&#0;", "&#xD800;", "&", "<![CDATA[", "]]>", "<!--", "-->"),
        *('<!DOCTYPE r [<!ENTITY x "y">]>', '<?xml version="1.0" encoding="utf-16"?>', "\0"),
        *("<guid>http://a.example/1</guid>", "http://a.example/2\n", "<?p?>", "\ufeff", "</rss>"),
        *('{"items":[', '{"url":"/a","title":"\\ud800","date_published":"2024"}', ",", "]}", "["),
    ]
)

INPUTS: dict[str, st.SearchStrategy[bytes]] = {
    "feed": st.lists(_FEED, max_size=20).map(lambda parts: _encode("".join(parts)))
    | st.binary(max_size=200),
    "framing": _draw_file() | st.binary(max_size=300),
    "note": st.lists(_LINE, max_size=8).map(lambda lines: _encode("\n".join(lines) + "\n"))
    | st.binary(max_size=200),
    "proof": st.lists(_LINE, max_size=8).map(lambda lines: _encode("\n".join(lines) + "\n"))
    | st.binary(max_size=400),
    "manuscript": st.lists(
        st.one_of(st.sampled_from(_MARKS), st.text(max_size=8)), max_size=40
    ).map(lambda parts: _encode("".join(parts))),
    "quotation": st.tuples(_PROSE, _PROSE, _PROSE, _PROSE).map(
        lambda parts: _encode(f"{parts[0]}\n{parts[1]}{parts[2]}{parts[0]}{parts[3]}")
    ),
    "url": st.tuples(_SCHEME, _HOST, st.sampled_from(["", ":80", ":0", ":99999", ":x"]), _TAIL).map(
        lambda parts: _encode("".join(parts))
    )
    | st.binary(max_size=60),
}

_RECORD = (
    b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID:"
    b" <urn:uuid:11111111-1111-4111-8111-111111111111>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    b"Content-Length: 5\r\n\r\nhello\r\n\r\n"
)
_NOTE = f"fuzz.example\n1\n{'A' * 43}=\n\n— fuzz.example {'A' * 90}=\n"

# Sound inputs, from which a fuzzer that mutates finds others.
SEEDS: dict[str, tuple[bytes, ...]] = {
    "feed": (
        b"<rss><item><title>A &amp; B</title><link>/a</link><pubDate>2024-03-06</pubDate></item>",
        b"<urlset><url><loc>http://a.example/</loc><lastmod>2024-03-06</lastmod></url></urlset>",
        b'{"items":[{"url":"/a","title":"A","authors":[{"name":"B"}]}]}',
    ),
    "manuscript": tuple(
        text.encode()
        for text in (
            f"“it is so now” ({_ADDRESS})[^1]\n\n[^1]: {_ADDRESS}\n\n> it was so\n\n{_ADDRESS}",
            f"@online{{a-2024-kx0aess6mwg99vfd,\n url = {{{_ADDRESS}}}, note = {{\\&}}}}",
            f'[{{"id": "a", "note": "{_ADDRESS}"}}]',
            f"TY  - ELEC\r\nAN  - {_ADDRESS}\r\nER  - \r\n",
            "Quotation: “so” [characters 1–3 of urn:archive:text:kx0aess6mwg99vfd]",
        )
    ),
    "quotation": tuple(
        text.encode()
        for text in (
            "it is so\nAnd “it  is so”, he said. It was.",
            "it was so\nit is so, it is so",
            "星期一\n市议会星期一开会。",
            "a...b\na…b a - b\u00adc",
        )
    ),
    "framing": (b"p" + _RECORD * 2, b"g" + _RECORD + _SEPARATOR + _RECORD, b"g" + _RECORD * 2),
    "note": (_NOTE.encode(), f"fuzz.example+00000000+AQ{'A' * 42}".encode()),
    "proof": (f"c2sp.org/tlog-proof@v1\nindex 0\n{'A' * 43}=\n\n{_NOTE}".encode(), bytes(300)),
    "url": tuple(
        address.encode()
        for address in (
            *("http://a.example/b?c=%20#d", "https://[2606:4700::1111]:8443/", "//b.example/"),
            *("http://1.1.1.1/", "http://①②⑦.0.0.1/", "http://а.example/ü", "http://[::1]/"),
        )
    ),
}
