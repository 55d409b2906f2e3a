"""What another parser finds in a page that was made static.

The tokenizer of the standard library, which shares no code with ours.  Not for: what a browser
makes of it (``tests/datasette_plugin/test_hostile_page.py``).
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from archive.replay.elements import HTML, MATH, SVG

PREFIX = "/archive/"
_ESCAPE = re.compile(r"\\[0-9a-f]{1,6} ")
_STRING = re.compile('"[^"]*"')
_LOADED = re.compile('(url\\(|@import)\\s*"([^"]*)"', re.IGNORECASE)
_UNQUOTED = re.compile(r"(?<![-\w#@\\\x80-\U0010ffff])url\(\s*(?!\")", re.IGNORECASE)
_LOADING = re.compile(
    r"(?<![-\w#@\\\x80-\U0010ffff])(?:-webkit-)?(?:image-set|image|src|cross-fade|expression)\("
    r"|(?<![\w#@])-moz-binding(?![-\w])|@namespace|@charset",
    re.IGNORECASE,
)
ALLOWED = HTML | SVG | MATH | {"link"}


class Reader(HTMLParser):
    """Keeps every tag with its attributes, and the raw text of every style element."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.styles: list[str] = []
        self.words: list[str] = []
        self.other: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep text, that of styles apart."""
        (self.styles if self.cdata_elem == "style" else self.words).append(data)

    def handle_comment(self, data: str) -> None:
        """Keep a comment, of which there should be none."""
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        """Keep a declaration, of which there should be none."""
        self.other.append(data)


def read_page(html: str) -> Reader:
    """Return what is in a page."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def find_faults(html: str) -> Iterator[str]:
    """Give everything in a static page that must not be there."""
    reader = read_page(html)
    yield from (f"declaration {text[:40]!r}" for text in reader.other)
    for tag, attributes in reader.tags:
        if tag not in ALLOWED and "-" not in tag:
            yield f"element {tag!r}"
        for name, value in attributes.items():
            if name.startswith("on") or name in ("srcdoc", "action", "formaction", "ping"):
                yield f"attribute {name!r} of {tag}"
            if name in ("href", "xlink:href", "src", "poster", "background", "data"):
                yield from _judge(f"{name} of {tag}", value or "")
            if name == "srcset":
                yield from (_judge_all(f"srcset of {tag}", (value or "").split(", ")))
            if name in ("style", "fill", "stroke", "mask", "clip-path"):
                yield from find_css_faults(value or "")
    for style in reader.styles:
        yield from find_css_faults(style)


def find_css_faults(css: str) -> Iterator[str]:
    """Give every address in rewritten CSS that leads out, and what it must not hold at all.

    Strings stand there in double quotes, and hold none; only those behind ``url(`` and
    ``@import`` are addresses.
    """
    for _, address in _LOADED.findall(css):
        yield from _judge("css", address)
    bare = _ESCAPE.sub("_", _STRING.sub('""', css))  # an escape is part of a name
    yield from (f"no quotes behind {match[0]!r}" for match in _UNQUOTED.finditer(bare))
    yield from (match[0] for match in _LOADING.finditer(bare))


def _judge_all(place: str, candidates: list[str]) -> Iterator[str]:
    for candidate in candidates:
        yield from _judge(place, candidate.partition(" ")[0])


def _judge(place: str, address: str) -> Iterator[str]:
    inline = ("data:image/", "data:font/", "data:application/")
    if not address.startswith((PREFIX, "#", "about:invalid", *inline)) and address:
        yield f"{place}: {address[:60]!r}"
