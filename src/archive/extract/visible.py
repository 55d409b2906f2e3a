"""The words of an element as a reader sees them, blocks apart; and of a page without a tree.

`measure_text` also counts them, for all elements in one walk.  Not for: choosing which part of a
page is its main text (`archive.extract.main_text`).
"""

import re
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple

from lxml import etree

_HIDDEN = frozenset(
    "script style noscript template head title meta link iframe object svg canvas select"
    " button".split()
)
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q"
    " rp rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)

_NO_BLOCK = INLINE | _HIDDEN

_MOST_BREAKS = 3

_HIDDEN_PART = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|noscript|template|title|svg)\b.*?(?:</\1\s*+>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>|<[!?][^<>]*+>")


class Size(NamedTuple):  # each element of a page has one: a dataclass takes four times as long
    """How much text an element holds: its letters, those in links, and the number of links."""

    letters: int
    linked: int
    links: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """The visible text of an element, and the sizes of those in it that show a letter."""

    text: str
    sizes: dict[etree._Element, Size]


def read_visible_text(element: etree._Element) -> str:
    """Return the text of ``element``, a line feed at each edge of a block within it."""
    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        is_block = node.tag not in _NO_BLOCK and node is not element
        if event == "start":
            if node.tag in _HIDDEN and node is not element:
                walker.skip_subtree()
                continue
            if is_block:
                parts.append("\n")
            parts.append(node.text or "")
        elif node is not element:
            if is_block:
                parts.append("\n")
            parts.append(node.tail or "")
    return "".join(parts)


def measure_text(element: etree._Element) -> Measured:
    """Return the text of ``element`` as `read_visible_text` gives it, and the sizes of its parts.

    Of many line feeds in a row the first `_MOST_BREAKS` are kept, which is the same in normal form.
    Sizes come in the order in which elements end.
    """
    parts: list[str] = []
    sizes: dict[etree._Element, Size] = {}
    starts: list[tuple[int, int, int]] = []
    letters = linked = links = in_link = breaks = 0
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if event == "start":
            starts.append((letters, linked, links))
            if tag in _HIDDEN and node is not element:
                walker.skip_subtree()
                continue
            text = node.text
            if tag == "a":
                in_link += 1
                links += 1
        else:
            start, linked_start, links_start = starts.pop()
            if letters > start:
                sizes[node] = Size(letters - start, linked - linked_start, links - links_start)
            if tag == "a":
                in_link -= 1
            if node is element:
                break
            text = node.tail
        if breaks < _MOST_BREAKS and tag not in _NO_BLOCK and node is not element:
            parts.append("\n")
            breaks += 1
        if text:
            breaks = 0
            parts.append(text)
            size = len(text.strip())
            letters += size
            if in_link:
                linked += size
    return Measured(text="".join(parts), sizes=sizes)


def strip_tags(text: str) -> str:
    """Return the text of an HTML source without parsing it, for what no parser can hold."""

    def replace(match: re.Match[str]) -> str:
        return "" if (match.group(1) or "br").lower() in INLINE else "\n"

    return unescape(_TAG.sub(replace, _HIDDEN_PART.sub("\n", text)))
