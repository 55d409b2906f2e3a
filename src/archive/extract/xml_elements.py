"""XML of strangers, one element after another: feeds and sitemaps, whole or broken.

Follows Namespaces in XML.  Limits: the first `LIMIT` bytes are read, `MOST_ELEMENTS` elements,
and what lies deeper than the parser's 2,048 is lost.  Entities are never resolved and nothing is
fetched; broken documents are read as far as the parser can mend them.  The tree of an element is
let go once the next is asked for, so that memory does not grow with the document.  Not for: what
the elements mean (`archive.extract.feeds`, `archive.extract.sitemaps`).
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from itertools import islice

from lxml import etree

from archive.core.edtf import read_date
from archive.core.uri import parse_url, resolve_location
from archive.errors import InputError
from archive.extract.source import LONGEST

LIMIT = 16 << 20  # bytes
MOST_ELEMENTS = 1_000_000
_PIECE = 1 << 16
_MOST_WITHIN = 5_000  # elements of one entry
_MOST_REFERENCES = 500_000  # of a document; further ones are left to the parser
_MOST_PARTS = 1_000  # text nodes of one element

# Prefixes by which elements are told apart, whatever the document calls them.
_PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
}
_CDATA = b"<![CDATA["
_REFERENCE = re.compile(rb"&(#?[A-Za-z0-9]{1,32};)?")
_STEP = re.compile(r"([\w:.-]+)(?:\[(\d{1,7})\])?")
_TAG = re.compile(r"<[^<>]{0,1000}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One text of a document beside the page: verbatim, as it is read, and where it stands.

    ``value`` is None where it cannot be read; ``zone`` as of `archive.core.claim.Claim`.
    """

    raw: str
    value: str | None
    locator: str
    zone: str | None = None


def find_elements(content: bytes, names: frozenset[str]) -> Iterator[tuple[str, etree._Element]]:
    """Yield the elements of these names, in order, each with its locator: ``item[3]``.

    An element of such a name within another is part of that one.
    """
    content, encoding = _disarm(content[:LIMIT])
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    counts: dict[str, int] = {}
    outer: etree._Element | None = None
    within = 0
    for event, element in islice(_read_events(parser, content), 2 * MOST_ELEMENTS):
        if event == "start":
            if outer is None and name_element(element) in names:
                outer = element
            continue
        if outer is None:
            _forget(element)
        elif element is not outer:
            within += 1
            if within > _MOST_WITHIN:
                _forget(element)
        else:
            within = 0
            name = name_element(element)
            counts[name] = counts.get(name, 0) + 1
            yield f"{name}[{counts[name]}]", element
            _forget(element)
            outer = None


def _disarm(content: bytes) -> tuple[bytes, str | None]:
    """Return a document in which every reference stands for one character, and its encoding.

    In a document with one mistake the parser would drop ``&amp;`` too, and most feeds with
    mistakes have an ``&`` too many or an entity that only HTML knows.  References to entities
    of the document's own become text.  None leaves the encoding to the document.
    """
    encoding = None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content, encoding = content.decode("utf-16", "replace").encode(), "utf-8"
    if b"&" not in content:
        return content, encoding
    first, *rest = content.split(_CDATA)
    parts = [_REFERENCE.sub(_spell_out, first, count=_MOST_REFERENCES)]
    for part in rest:
        inside, end, outside = part.partition(b"]]>")
        parts.append(
            _CDATA + inside + end + _REFERENCE.sub(_spell_out, outside, count=_MOST_REFERENCES)
        )
    return b"".join(parts)[:LIMIT], encoding


def _spell_out(match: re.Match[bytes]) -> bytes:
    name = match[1]
    if name is None:
        return b"&#38;"
    if name.startswith(b"#"):
        return match[0]
    letters = html5.get(name.decode("ascii"))
    if letters is None:
        return b"&#38;" + name
    return "".join(f"&#{ord(letter)};" for letter in letters).encode("ascii")


def _read_events(
    parser: "etree.XMLPullParser", content: bytes
) -> Iterator[tuple[str, etree._Element]]:
    try:
        for start in range(0, len(content), _PIECE):
            parser.feed(content[start : start + _PIECE])
            yield from _list_events(parser)
        parser.close()
    except etree.LxmlError:
        pass  # what came before the damage is told below
    yield from _list_events(parser)


def _list_events(parser: "etree.XMLPullParser") -> Iterator[tuple[str, etree._Element]]:
    for event, element in parser.read_events():
        if isinstance(element, etree._Element):  # noqa: SLF001  # lxml has no public name for it
            yield event, element


def _forget(element: etree._Element) -> None:
    """Free an element that has ended, but for its place among its parent's children."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)


def name_element(element: etree._Element) -> str:
    """Return the element's name with our prefix for its namespace: ``dc:creator``, ``item``."""
    tag = element.tag
    if not tag.startswith("{"):
        return tag
    space, _, name = tag[1:].partition("}")
    prefix = _PREFIXES.get(space)
    if prefix is None:
        prefix = _PREFIXES.get(space.replace("https:", "http:", 1), "?:")
    return prefix + name


def find_children(
    element: etree._Element, locator: str, name: str
) -> Iterator[tuple[str, etree._Element]]:
    """Yield the children of that name with their locators, numbered from the second on."""
    number = 0
    for child in element.iterchildren(etree.Element):
        if name_element(child) == name:
            number += 1
            yield f"{locator}/{name}" + (f"[{number}]" if number > 1 else ""), child


def join_text(element: etree._Element) -> str:
    """Return the text of an element and of what lies in it, as it stands."""
    parts: list[str] = []
    size = 0
    for node in islice(element.iter(), _MOST_PARTS):
        parts.append(node.text or "")
        if node is not element:
            parts.append(node.tail or "")
        size += len(parts[-1])
        if size > 4 * LONGEST:
            break
    return "".join(parts)[: 4 * LONGEST].encode("utf-8", "replace").decode("utf-8")


def state_text(raw: str, locator: str) -> Stated | None:
    """Return a text on one line, mark-up in it taken off; None where nothing is said."""
    raw = raw[:LONGEST]
    if not raw.strip():
        return None
    value = " ".join(html.unescape(_TAG.sub("", raw)).split())
    return Stated(raw=raw, value=value or None, locator=locator)


def state_date(raw: str, locator: str) -> Stated | None:
    """Return a date; None where nothing is said."""
    raw = raw[:LONGEST]
    if not raw.strip():
        return None
    value, zone = read_date(raw) or (None, None)
    return Stated(raw=raw, value=value, zone=zone, locator=locator)


def read_address(text: str | None, base: str) -> str | None:
    """Return the web address that ``text`` means where ``base`` is the document's, or None."""
    text = "".join((text or "").split("\n")).strip()
    if not text:
        return None
    try:
        return str(resolve_location(parse_url(base), text))
    except InputError:
        return None


def resolve_step(element: etree._Element, path: str) -> etree._Element | None:
    """Return the element that a path of `find_children`'s locators names below ``element``."""
    node = element
    for step in path.split("/"):
        match = _STEP.fullmatch(step)
        if match is None:
            return None
        found = (child for _, child in find_children(node, "", match[1]))
        child = next(islice(found, int(match[2] or 1) - 1, None), None)
        if child is None:
            return None
        node = child
    return node
