"""Addresses as they stand in a page: what they mean there, and which may stay.

Not for: whether anything was captured there; that is told by whoever is asked (`Find`).
"""

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit, urlunsplit

from archive.core.uri import MAX_LENGTH, parse_url
from archive.errors import InputError

Find = Callable[[str], str | None]

# Pictures and fonts that lie in the page itself; as an image, SVG runs and loads nothing.
_INLINE = re.compile(
    r"data:(?:image/(?:png|gif|jpe?g|webp|avif|bmp|x-icon|vnd\.microsoft\.icon|svg\+xml)"
    r"|(?:font|application)/(?:x-)?(?:font-)?(?:woff2?|ttf|otf|truetype|opentype|sfnt))"
    r"(?:;[-\w.=+\"]+)*,",
    re.IGNORECASE | re.ASCII,
)
_LONGEST_INLINE = 2 << 20
_SPACE = "".join(map(chr, range(0x21)))
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?![^/])", re.IGNORECASE)
_DROPPED = str.maketrans("", "", "\t\n\r")  # as browsers do anywhere in an address


def resolve_address(base: str, text: str) -> str | None:
    """Return the http or https address that ``text`` means in a page at ``base``, or None.

    The fragment is left off.
    """
    trimmed = text[: 2 * MAX_LENGTH].strip(_SPACE).translate(_DROPPED)
    try:
        joined = urljoin(base, trimmed.replace("\\", "/").replace(" ", "%20"))
        return str(parse_url(_remove_dots(joined)))
    except (InputError, ValueError):
        return None


def _remove_dots(address: str) -> str:
    """Return an address as browsers ask for it: without steps to the same folder, and back.

    Of a relative one they are gone by now; what is written out in full has them still.
    """
    parts = urlsplit(address)
    if _DOTS.search(parts.path) is None:
        return address
    kept: list[str] = []
    dots = 0  # of the step that is looked at; the last one decides whether a folder is meant
    for step in parts.path.split("/")[1:]:
        plain = step.lower().replace("%2e", ".")
        dots = len(plain) if plain in (".", "..") else 0
        if not dots:
            kept.append(step)
        elif dots > 1 and kept:
            kept.pop()
    path = "/" + "/".join([*kept, ""] if dots else kept)
    return urlunsplit(parts._replace(path=path))


def find_fragment(text: str) -> str:
    """Return the fragment of an address, with its ``#``; empty where there is none."""
    _, mark, fragment = text[: 2 * MAX_LENGTH].partition("#")
    return mark + fragment


def is_inline(text: str) -> bool:
    """Tell whether the address is itself a picture or font that may be shown."""
    return len(text) <= _LONGEST_INLINE and _INLINE.match(text.strip(_SPACE)) is not None


def make_finder(base: str, find: Find) -> Find:
    """Return what replaces the addresses of pictures, sheets and fonts in a page at ``base``.

    ``find`` is asked for absolute addresses, each once.
    """
    known: dict[str, str | None] = {}

    def replace(text: str) -> str | None:
        if is_inline(text):
            return text.strip(_SPACE)
        address = resolve_address(base, text)
        if address is None:
            return None
        if address not in known:
            known[address] = find(address)
        found = known[address]
        return found + find_fragment(text) if found else None

    return replace
