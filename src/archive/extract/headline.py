"""Claims of the title that a reader sees: the title element and the first-level headings.

Not for: titles in metadata (the modules of those sources).
"""

from collections.abc import Iterator
from itertools import islice

from archive.core.claim import Claim
from archive.extract.page import Page
from archive.extract.source import state_claim
from archive.extract.visible import read_visible_text

_HEADINGS = 3  # where more stand, the first ones are stated all the same


def parse_headline(page: Page) -> Iterator[Claim]:
    """Yield the title element's claim, then those of the first `h1` elements."""
    if page.tree is None:
        return
    for element in page.tree.iter("title"):
        parent = element.getparent()
        # An SVG image has titles of its own.
        if parent is not None and parent.tag in ("head", "html", "body"):
            yield from state_claim(
                "title",
                read_visible_text(element),
                source="title",
                locator="title",
                rule="title-element/1",
            )
            break
    headings = list(islice(page.tree.iter("h1"), _HEADINGS + 1))
    rule = "heading/1" if len(headings) == 1 else "headings/1"
    for place, element in enumerate(headings[:_HEADINGS]):
        yield from state_claim(
            "title", read_visible_text(element), source="heading", locator=f"h1[{place}]", rule=rule
        )
