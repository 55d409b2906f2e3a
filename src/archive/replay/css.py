"""CSS rewritten: every address leads into the archive, and everything means one thing only.

Follows CSS Syntax Level 3, "Tokenization".  Rules:

1. Every token is read and written anew in one spelling: strings and addresses quoted and
   escaped, letters without escapes, no comments.  So no browser can read them in another way,
   whether they stand in a style element, an attribute or a file.
2. Functions that take addresses as strings, and at-rules that load, are renamed to what no
   browser knows, except ``@import``, whose address is rewritten.
3. What comes out holds no ``</`` and no ``<!``, and no ``&`` before a letter or ``#``.

Not for: finding the sheets of a page (`archive.replay.page`).
"""

import re
from collections.abc import Callable

LONGEST_SHEET = 2 << 20  # characters; a longer one is left out, as it would take seconds
NOWHERE = "about:invalid"  # an address that is none (CSS Values 4, 4.5.4)
_LOST = "-archive-left-out"
_LOADING = frozenset(
    "image-set -webkit-image-set image src cross-fade -webkit-cross-fade expression element"
    " -moz-element paint".split()
)
_BINDING = frozenset({"-moz-binding", "-ms-behavior"})
_AT_LOADING = frozenset({"@charset", "@namespace", "@document", "@-moz-document"})

_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}(?:\r\n|[ \t\r\n\f])?|[^\r\n\f0-9a-fA-F])"
_TOKEN = re.compile(
    r"(?P<comment>/\*.*?(?:\*/|\Z)|<!--)"
    r"|(?P<string>\"(?P<double>(?:[^\"\\\r\n\f]|\\(?:\r\n|.))*+)(?:\"|(?=[\r\n\f])|\\?\Z)"
    r"|'(?P<single>(?:[^'\\\r\n\f]|\\(?:\r\n|.))*+)(?:'|(?=[\r\n\f])|\\?\Z))"
    rf"|(?P<name>[@#]?+(?:[-\w\u0080-\U0010ffff]|{_ESCAPE})++\(?)"
    r"|(?P<odd>[<&\\\x00-\x08\x0b\x0e-\x1f\x7f])"
    r"|(?P<plain>[^-@#\w\"'/<&\\\x00-\x08\x0b\x0e-\x1f\x7f\u0080-\U0010ffff]++|.)",
    re.DOTALL | re.ASCII,
)
_BARE = re.compile(
    rf"[ \t\r\n\f]*+(?P<bare>(?:[^\"'()\\\x00-\x20\x7f]|{_ESCAPE})*+)[ \t\r\n\f]*+(?:\)|\Z)"
)
_REMNANTS = re.compile(rf"(?:[^)\\]|{_ESCAPE}|\\)*+\)?", re.DOTALL)
_QUOTE_FOLLOWS = re.compile(r"[ \t\r\n\f]*+(?=[\"'])")
_ESCAPED = re.compile(
    r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\r\n\f])|(.)|\Z)", re.DOTALL
)
_NOT_IN_STRING = re.compile("[\"'\\\\<>&\x00-\x1f\x7f\u2028\u2029]")
_LETTER = re.compile("[_a-zA-Z\u0080-\U0010ffff]")

Find = Callable[[str], str | None]


def rewrite_css(text: str, find: Find, *, find_sheet: Find | None = None) -> str:
    """Return a style sheet, or the declarations of an attribute, with every address replaced.

    ``find`` is given each address as it stands there, and returns the one to put in its place,
    or None where there is nothing to show; ``find_sheet`` is asked instead for what is imported.
    """
    parts: list[str] = []
    place = 0
    awaits_address = False  # behind ``@import`` or ``url(``
    ask = find
    imported = -1  # the part that is the ``@import`` whose address comes next
    while match := _TOKEN.match(text, place):
        place = match.end()
        match match.lastgroup:
            case "comment":
                parts.append(" ")
            case "string":
                value = _decode(match["double"] if match["single"] is None else match["single"])
                written = _replace(value, ask) if awaits_address else value
                if awaits_address and written == NOWHERE:
                    _drop_import(parts, imported)
                parts.append(_quote(written))
                awaits_address = False
            case "name":
                name = _decode(match[0]).lower()
                if not (awaits_address and name == "url("):
                    ask = find_sheet or find if name == "@import" else find
                    imported = len(parts) if name == "@import" else -1
                awaits_address = name == "@import"
                if name != "url(":
                    parts.append(_write_name(match[0], name))
                elif quoted := _QUOTE_FOLLOWS.match(text, place):
                    place, awaits_address = quoted.end(), True
                    parts.append("url(")
                else:
                    address, place = _read_bare(text, place)
                    written = _replace(address, ask)
                    if written == NOWHERE:
                        _drop_import(parts, imported)
                    parts.append(f"url({_quote(written)})")
            case "odd":
                parts.append(_write_odd(match[0], text[place : place + 1]))
            case _:
                awaits_address = awaits_address and match[0].isspace()
                parts.append(match[0])
    return "".join(parts)


def _drop_import(parts: list[str], imported: int) -> None:
    """Rename an ``@import`` of nothing, which browsers would try to load, and complain."""
    if imported >= 0:
        parts[imported] = "@" + _LOST


def _read_bare(text: str, place: int) -> tuple[str | None, int]:
    """Return the address without quotes at ``place``, None for a bad one, and where it ends."""
    match = _BARE.match(text, place)
    if match:
        return _decode(match["bare"]), match.end()
    remnants = _REMNANTS.match(text, place)
    return None, remnants.end() if remnants else len(text)


def _replace(address: str | None, find: Find) -> str:
    if address is None:
        return NOWHERE
    return address if address.startswith("#") else find(address) or NOWHERE


def _write_name(raw: str, name: str) -> str:
    """Return a name in one spelling; ``name`` is what it means, in lower case."""
    if name.removesuffix("(") in _LOADING and name.endswith("("):
        return _LOST + "("
    if name in _AT_LOADING:
        return "@" + _LOST
    if name in _BINDING:
        return _LOST
    return _ESCAPED.sub(_write_escape, raw) if "\\" in raw else raw


def _write_escape(match: re.Match[str]) -> str:
    """Return what is escaped: letters as themselves, anything else by number."""
    letter = _decode_escape(match)
    return letter if _LETTER.fullmatch(letter) else "".join(f"\\{ord(one):x} " for one in letter)


def _write_odd(letter: str, following: str) -> str:
    if letter == "<":
        return "< " if following in ("/", "!", "?") or following.isalpha() else "<"
    if letter == "&":
        return "\\26 " if following == "#" or following.isalnum() else "&"
    return " "


def _quote(value: str) -> str:
    whole = value.replace("\0", "\ufffd")
    escaped = _NOT_IN_STRING.sub(lambda match: f"\\{ord(match[0]):x} ", whole)
    return f'"{escaped}"'


def _decode(raw: str) -> str:
    return _ESCAPED.sub(_decode_escape, raw) if "\\" in raw else raw


def _decode_escape(match: re.Match[str]) -> str:
    if match[1]:
        code = int(match[1], 16)
        return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
    return match[3] or ""
