"""Which of several forms of one picture a browser takes.

Follows the HTML standard, 4.8.4.2 ("Image sources", ``srcset``, ``source``), and CSS Media Queries
for what is commonly asked there: a window of `WIDTH` pixels, one device pixel each, light, on a
screen.  A question that is not known counts as answered with yes.  Not for: rewriting
(`archive.replay.page`).
"""

import re

WIDTH = 1280  # CSS pixels of the window
_MOST = 200  # candidates of one set
_LONGEST = 20_000  # characters of it
_CANDIDATE = re.compile(r"[\s,]*+([^\s,]\S*+)([^,(]*+(?:\([^)]*+\)[^,(]*+)*+)")
_WIDTH = re.compile(r"([\d.]{1,10})w\b")
_DENSITY = re.compile(r"([\d.]{1,10})x\b")
_BOUND = re.compile(r"\(\s*(min|max)-width\s*:\s*([\d.]{1,10})\s*(px|r?em)\s*\)")
_NOT_OURS = re.compile(
    r"\bprint\b|\bspeech\b|\bnot\b|orientation\s*:\s*portrait|prefers-color-scheme\s*:\s*dark"
    r"|prefers-contrast\s*:\s*more|prefers-reduced-motion\s*:\s*reduce"
    r"|(?:min-)?(?:resolution|device-pixel-ratio)\s*:\s*(?:1\.[1-9]|[2-9])"
)
_FONT_PIXELS = 16
_TYPES = frozenset(
    "image/png image/gif image/jpeg image/jpg image/webp image/avif image/svg+xml image/bmp"
    " image/apng image/x-icon image/vnd.microsoft.icon".split()
)

Candidate = tuple[str, str]  # an address as it stands there, and its descriptors


def read_candidates(value: str) -> tuple[Candidate, ...]:
    """Return the candidates of a ``srcset``, in order."""
    found: list[Candidate] = []
    for match in _CANDIDATE.finditer(value[:_LONGEST]):
        address, descriptors = match[1], match[2].strip()
        if address.endswith(","):
            address, descriptors = address.rstrip(","), ""
        if address:
            found.append((address, descriptors))
        if len(found) == _MOST:
            break
    return tuple(found)


def choose_candidate(candidates: tuple[Candidate, ...]) -> str | None:
    """Return the address that is taken: the smallest that fills window or density, else the last.

    None where there is none.
    """
    best: tuple[bool, float, str] | None = None
    for address, descriptors in candidates:
        width, density = _WIDTH.search(descriptors), _DENSITY.search(descriptors)
        if width:
            size = _read_number(width[1]) / WIDTH
        else:
            size = _read_number(density[1]) if density else 1.0
        is_enough = size >= 1
        # Of those that suffice the smallest, of those that do not the largest.
        key = (is_enough, -size if is_enough else size, address)
        if best is None or key[:2] > best[:2]:
            best = key
    return best[2] if best else None


def suits_desktop(media: str, media_type: str) -> bool:
    """Tell whether a ``source`` with this media query and type is for a browser as above."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind and kind not in _TYPES:
        return False
    query = media[:1000].lower()
    return not query.strip() or any(map(_suits, query.split(",")))


def _suits(query: str) -> bool:
    if _NOT_OURS.search(query):
        return False
    for side, number, unit in _BOUND.findall(query):
        bound = _read_number(number) * (1 if unit == "px" else _FONT_PIXELS)
        if bound > WIDTH if side == "min" else bound < WIDTH:
            return False
    return True


def _read_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # several points
        return 0.0
