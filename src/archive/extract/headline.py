"""Claims of the title that a reader sees: the title element and the first-level headings.

Not for: titles in metadata (the modules of those sources).
"""

from collections.abc import Iterator

from archive.core.claim import Claim
from archive.extract.page import Page
from archive.extract.places import find_headline
from archive.extract.source import state_claim
from archive.extract.visible import read_visible_text

_HEADINGS = 3  # where more stand, the first ones are stated all the same


def parse_headline(page: Page) -> Iterator[Claim]:
    """Yield the title element's claim, then those of the first `h1` elements."""
    if page.tree is None:
        return
    for element in page.parts.titles:
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
    headings = [item for item in page.parts.headings if item.tag == "h1"][: _HEADINGS + 1]
    headline = find_headline(page)
    for place, element in enumerate(headings[:_HEADINGS]):
        is_title = len(headings) == 1 or (element is headline and place > 0)
        rule = "heading/1" if is_title else "headings/1"
        yield from state_claim(
            "title", read_visible_text(element), source="heading", locator=f"h1[{place}]", rule=rule
        )
