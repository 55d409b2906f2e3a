"""The words of an element as a reader sees them, blocks apart; and of a page without a tree.

Not for: choosing which part of a page is its main text (`archive.extract.main_text`).
"""

import re
from html import unescape

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

_HIDDEN_PART = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|noscript|template|title|svg)\b.*?(?:</\1\s*+>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>|<[!?][^<>]*+>")


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


def strip_tags(text: str) -> str:
    """Return the text of an HTML source without parsing it, for what no parser can hold."""

    def replace(match: re.Match[str]) -> str:
        return "" if (match.group(1) or "br").lower() in INLINE else "\n"

    return unescape(_TAG.sub(replace, _HIDDEN_PART.sub("\n", text)))
