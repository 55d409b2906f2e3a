"""HTML source to tokens, as a browser without scripts reads it.

Follows the HTML standard of the WHATWG, 13.2.5, "Tokenization", with scripting off, and no tree:
a browser builds the very tree of the original from the tags that are left, whatever a parser of
ours would make of them.  Where the standard and this module part (scripts inside of comments
inside of scripts), the tokens differ, never what may stand in them.  Every character is looked at
a bounded number of times.  Not for: deciding what may stay (`archive.replay.page`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

# Elements whose content is text up to their end tag; with entities in the second.
_RAW = frozenset("script style xmp iframe noembed noframes".split())
_RAW_WITH_ENTITIES = frozenset("title textarea".split())
_MOST_ATTRIBUTES = 100  # of one element that are kept
_LONGEST_NAME = 100

_NAME = re.compile(r"[^\t\n\f\r />]*")
_ATTRIBUTE = re.compile(
    r"[\t\n\f\r /]*+([^\t\n\f\r />][^\t\n\f\r />=]*+)([\t\n\f\r ]*+=[\t\n\f\r ]*+)?"
)
_BARE_VALUE = re.compile(r"[^\t\n\f\r >]*+")
_COMMENT_END = re.compile(r"--!?>")
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]*;?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Characters, entities decoded; ``is_raw`` inside of an element of raw text."""

    text: str
    is_raw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTag:
    """The start of an element, names in lower case, values decoded; of doubled ones the first."""

    name: str
    attributes: Mapping[str, str]
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTag:
    """The end of an element."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctype:
    """A document type declaration: what stands behind the word."""

    text: str


Token = Text | StartTag | EndTag | Doctype


def read_tokens(source: str, *, is_xml: bool = False) -> Iterator[Token]:  # noqa: C901, PLR0912  # the states of the standard, in its order
    """Give the tokens of a source; comments and processing instructions are left out.

    With ``is_xml``, an element that ends in ``/>`` has no content, whatever its name.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    place, size = 0, len(source)
    while place < size:
        opening = source.find("<", place)
        if opening < 0:
            opening = size
        if opening > place:
            yield Text(text=unescape(source[place:opening]))
        if opening >= size - 1:
            if opening == size - 1:
                yield Text(text="<")
            return
        after = source[opening + 1]
        if after.isascii() and after.isalpha():
            tag, place = _read_tag(source, opening + 1)
            if tag is None:
                return
            yield tag
            if is_xml and tag.is_closed:
                yield EndTag(name=tag.name)
            elif tag.name in _RAW or tag.name in _RAW_WITH_ENTITIES:
                place, text = _read_raw(source, place, tag.name)
                yield Text(text=text, is_raw=True)
        elif after == "/":
            named = source[opening + 2 : opening + 3]
            if named.isascii() and named.isalpha():
                tag, place = _read_tag(source, opening + 2)
                if tag is None:
                    return
                yield EndTag(name=tag.name)
            else:
                place = _find_end(source, ">", opening + 2)
        elif after == "!":
            token, place = _read_declaration(source, opening + 2)
            if token is not None:
                yield token
        elif after == "?":
            place = _find_end(source, ">", opening + 2)
        else:
            yield Text(text="<")
            place = opening + 1


def _read_tag(source: str, place: int) -> tuple[StartTag | None, int]:
    """Return the tag whose name begins at ``place``, None if it has no end, and where that is."""
    named = _NAME.match(source, place)
    name = named[0].lower() if named else ""
    place += len(name)
    attributes: dict[str, str] = {}
    while match := _ATTRIBUTE.match(source, place):
        place, value = match.end(), ""
        if match[2] is not None:
            quote = source[place : place + 1]
            if quote in ("'", '"'):
                end = source.find(quote, place + 1)
                if end < 0:
                    return None, len(source)
                value, place = source[place + 1 : end], end + 1
            elif bare := _BARE_VALUE.match(source, place):
                value, place = bare[0], bare.end()
        attribute = match[1].lower()
        if len(attributes) < _MOST_ATTRIBUTES and len(attribute) <= _LONGEST_NAME:
            attributes.setdefault(attribute, _decode_value(value))
    end = source.find(">", place)
    if end < 0:
        return None, len(source)
    is_closed = source.endswith("/", place, end)
    return StartTag(name=name, attributes=attributes, is_closed=is_closed), end + 1


def _read_raw(source: str, place: int, name: str) -> tuple[int, str]:
    """Return where the end tag of an element of raw text stands, or the end, and the text."""
    match = _RAW_ENDS[name].search(source, place)
    end = match.start() if match else len(source)
    text = source[place:end]
    return end, unescape(text) if name in _RAW_WITH_ENTITIES else text


def _read_declaration(source: str, place: int) -> tuple[Token | None, int]:
    """Return what begins with ``<!``: a comment is None."""
    if source.startswith("--", place):
        if source.startswith((">", "->"), place + 2):
            return None, source.index(">", place) + 1
        match = _COMMENT_END.search(source, place + 2)
        return None, match.end() if match else len(source)
    if source[place : place + 7].lower() == "doctype":
        end = _find_end(source, ">", place)
        return Doctype(text=source[place + 7 : end].rstrip(">")), end
    return None, _find_end(source, ">", place)


def _find_end(source: str, mark: str, place: int) -> int:
    end = source.find(mark, place)
    return len(source) if end < 0 else end + len(mark)


def _decode_value(value: str) -> str:
    """Return an attribute's value with its entities decoded (13.2.5.73: ``&copy=1`` has none)."""
    if "&" not in value:
        return value

    def decode(match: re.Match[str]) -> str:
        text = match[0]
        if text[1] == "#" or text.endswith(";"):
            return unescape(text)
        # Without a semicolon only a whole name counts, and none that a "=" follows.
        decoded = unescape(text)
        return text if len(decoded) > 2 or value.startswith("=", match.end()) else decoded

    return _REFERENCE.sub(decode, value)


_RAW_ENDS = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE)
    for name in _RAW | _RAW_WITH_ENTITIES
}
