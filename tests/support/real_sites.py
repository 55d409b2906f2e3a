"""Real pages on loopback, each as its site sends it, with sheets and pictures made from a seed.

The pages' own sheets and pictures are not there; what is served instead names the classes of the
page, hides, shows and moves them, so that a sheet that is lost in between is seen in the text.
Every address leads to this server.  Not for: pages whose text is made up (`tests.support.noise`).
"""

import random
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

from tests.support.raw_server import RawServer, answer_page, serve_raw

_ROOM = "/at/"  # below it lies every other host
_ELSEWHERE = re.compile(
    rb"(?:https?:|(?<!:))//((?:[\w-]+\.)+[a-z]{2,})(?::\d+)?(?![\w.-])", re.IGNORECASE
)
# What a rule may hide: a page that is hidden whole has no text to compare.
_HIDES = ("display: none", "visibility: hidden")
_SMALL = frozenset("p li span a b em strong button label time h3 h4 h5 h6 dd dt td th i".split())
_SIMPLE = re.compile(r"[a-zA-Z][-\w]*")
_BARE = frozenset("html body head script style template title noscript link meta".split())
_MOST_NAMES = 400
_RULES = 14
_LOOKS = (
    "text-transform: uppercase",
    "display: block; margin: 4px",
    "float: right; width: 40%",
    "color: #246; background: #eef",
    "border: 1px solid #936; padding: 3px",
    "font-size: 1.1em; letter-spacing: .02em",
    "background: url({picture}) no-repeat",
    "background-image: url( '{picture}' ); color: #400",
)
_WRAPS = (
    *("{}", "{}", "{}", "@media screen {{ {} }}", "@media (min-width: 600px) {{ {} }}"),
    *("@media print {{ {} }}", "@supports (display: grid) {{ {} }}", "@layer page {{ {} }}"),
    *("/* {{ */ {}", "@media (max-width: 400px), (min-width: 1000px) {{ {} }}"),
)


@dataclass(slots=True, kw_only=True)
class RealSites:
    """The answers for some real pages; ``paths`` are those of the pages, in order."""

    paths: list[str] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)  # of classes, by path of a sheet

    def answer(self, request: bytes) -> bytes | None:
        """Return what stands at the target of a request."""
        target = request.split(b" ")[1].decode("latin-1")
        path = target.partition("?")[0]
        if target in self.pages:
            page = self.pages[target]
            return answer_page(page, fields=(f"Content-Type: text/html{_find_charset(page)}",))
        if target in self.names or path.endswith(".css"):
            sheet = make_sheet(target, self.names.get(target, [])).encode()
            return answer_page(sheet, fields=("Content-Type: text/css",))
        if path.endswith(
            (".woff", ".woff2", ".ttf", ".otf", ".eot", ".js", ".txt", ".xml", ".json")
        ):
            return None
        if path.endswith(".svg"):
            return answer_page(make_svg(target), fields=("Content-Type: image/svg+xml",))
        return answer_page(make_png(target), fields=("Content-Type: image/jpeg",))


class _Names(HTMLParser):
    """Keeps the classes of a page, and the addresses of its sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}
        self.sheets: list[str] = []
        self.base: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        found = {name: value or "" for name, value in attrs}
        if tag == "link" and "stylesheet" in found.get("rel", "").lower():
            self.sheets.append(found.get("href", ""))
        elif tag == "base" and self.base is None:
            self.base = found.get("href")
        elif tag not in _BARE and len(self.names) < _MOST_NAMES:
            for name in found.get("class", "").split():
                if _SIMPLE.fullmatch(name):
                    self.names[f"{tag}.{name}"] = None


@contextmanager
def serve_sites(pages: list[tuple[str, bytes]]) -> Iterator[tuple[RealSites, RawServer]]:
    """Serve pages, given as address and source."""
    sites = RealSites()
    with serve_raw(sites.answer) as server:
        for url, source in pages:
            parts = urlsplit(url)
            target = quote(f"{_ROOM}{parts.netloc}{parts.path or '/'}", safe="/%:@!$&'()*+,;=~")
            target += f"?{parts.query}" if parts.query else ""
            moved = _ELSEWHERE.sub(server.origin.encode() + _ROOM.encode() + rb"\1", source)
            sites.paths.append(target)
            sites.pages[target] = moved
            names = _Names()
            names.feed(moved.decode("utf-8", "replace"))
            base = urljoin(server.url(target), names.base or "")
            for sheet in names.sheets:
                parts = urlsplit(urljoin(base, sheet.strip()))
                key = f"{parts.path}?{parts.query}" if parts.query else parts.path
                sites.names.setdefault(key, list(names.names))
        yield sites, server


def _find_charset(page: bytes) -> str:
    """Return what a server says of the letters of a page: nothing, unless they are UTF-8."""
    try:
        page.decode()
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"


def make_sheet(target: str, names: list[str]) -> str:
    """Return the sheet at a target, made from a seed: some rules for these names."""
    chance = random.Random(target)
    rules = []
    if "deeper" not in target and names:
        rules.append(f'@import url("{target.partition("?")[0]}.deeper.css");')
    for name in chance.sample(names, min(_RULES, len(names))):
        is_small = name.partition(".")[0] in _SMALL
        look = chance.choice(_LOOKS + _HIDES if is_small else _LOOKS).format(
            picture=f"seeded-{chance.randrange(9)}.png"
        )
        rules.append(chance.choice(_WRAPS).format(f"{name} {{ {look} }}"))
    return "\n".join(rules or ["p { line-height: 1.4 }"])


def make_svg(target: str) -> bytes:
    """Return a picture made from a seed."""
    colour = f"#{zlib.crc32(target.encode()) & 0xFFFFFF:06x}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
        f'<rect width="40" height="20" fill="{colour}"/></svg>'
    ).encode()


def make_png(target: str) -> bytes:
    """Return a picture of one colour made from a seed, 60 by 30."""
    seed = zlib.crc32(target.encode())
    row = b"\0" + bytes((seed >> 16 & 255, seed >> 8 & 255, seed & 255)) * 60

    def make_part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 60, 30, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + make_part(b"IHDR", header)
        + make_part(b"IDAT", zlib.compress(row * 30))
        + make_part(b"IEND", b"")
    )
