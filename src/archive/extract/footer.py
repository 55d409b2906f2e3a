"""Claims of the copyright line: the holder's name, and the years, which date nothing.

The years of a copyright line are a template's, and often those of the day of rendering; they
are kept as a claim of their own, which no date rests on.  Not for: licences.
"""

import re
from collections.abc import Iterator

from archive.core.claim import Claim
from archive.extract.page import Page
from archive.extract.places import format_path
from archive.extract.source import make_claim, read_name
from archive.extract.visible import read_visible_text

_MOST = 40
_LINE = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:©|\(c\)|copyright|by)?\s*"
    r"(?P<years>(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)\d\d)?)?[\s,:|]*(?:by\s)?"
    r"(?P<name>[^\W\d_][^\n|•·,.;:©–—]{1,60})?"
    r"(?:[\s,|]*(?P<after>(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)\d\d)?))?",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"\s*(?:\(?all rights|alle rechte|tous droits|todos los|-\s).*", re.IGNORECASE)


def parse_footer(page: Page) -> Iterator[Claim]:
    """Yield the claims of the last copyright line of the page."""
    if page.tree is None:
        return
    for place in reversed(page.parts.dated[-_MOST:]):
        text = read_visible_text(place.element)[:500]
        match = _LINE.search(text) if "©" in text or "opyright" in text or "(c)" in text else None
        if match is None:
            continue
        path = format_path(place.element)
        group = "years" if match["years"] else "after"
        if years := match[group]:
            span = "/".join(re.findall(r"\d{4}", years))
            yield make_claim(
                "copyright",
                years,
                span,
                source="copyright",
                locator=f"{path}#text[{match.start(group)}:{match.end(group)}]",
                rule="copyright-years/1",
            )
        name = _RIGHTS.sub("", match["name"] or "").rstrip()
        if len(name) > 1 and not name.lower().startswith("all"):
            start = match.start("name")
            yield make_claim(
                "publisher",
                name,
                read_name(name),
                source="copyright",
                locator=f"{path}#text[{start}:{start + len(name)}]",
                rule="copyright/1",
            )
        return
