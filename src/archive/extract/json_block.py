"""JSON as it really stands in pages: a JSON-LD block mended lightly, or given up; a document.

Mended: comment and CDATA wrappers, a byte order mark, a semicolon at the end, control
characters in strings, commas before a closing bracket, character references for quotation
marks.  Not for: what the block says (`archive.extract.json_ld`).
"""

import json
import re
from html import unescape

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

LONGEST = 1_000_000  # characters of a block; real ones have thousands

_START = re.compile(r"(?:\s|\ufeff|<!--|//\s*|/\*\s*|<!\[CDATA\[|\*/)*+")
_END = re.compile(r"(?:\s|;|-->|//|/\*|\]\]>|\*/)+\Z")
_TAIL = 64  # characters; the end is looked for there alone, so that a hostile block costs nothing
_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*+[\]}])', re.DOTALL)


def parse_json_block(text: str) -> Json:
    """Return what a block holds, or None where light repair does not make it JSON."""
    if len(text) > LONGEST:
        return None
    match = _START.match(text)
    body = text[match.end() if match else 0 :].rstrip()
    body = body[:-_TAIL] + _END.sub("", body[-_TAIL:])
    for attempt in (str, _drop_commas, unescape):
        try:
            value: Json = json.loads(attempt(body), strict=False)
        except (ValueError, RecursionError):
            continue
        return value
    return None


def parse_json_text(content: bytes, limit: int) -> Json:
    """Return what a JSON document of at most ``limit`` bytes holds, or None if it is none."""
    if len(content) > limit:
        return None
    try:
        value: Json = json.loads(content.decode("utf-8-sig"), strict=False)
    except (ValueError, RecursionError):
        return None
    return value


def _drop_commas(body: str) -> str:
    return _COMMA.sub(lambda match: match.group(1) or "", body)
