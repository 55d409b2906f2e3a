"""What a captured page is as a whole: its quality, its visible text, the links of its main text.

All follows from the page and its status alone, never from the main text, so that rebuilding an
index reads the same.  Not for: single questions (`archive.extract.quality`,
`archive.extract.links`).
"""

from collections.abc import Set as AbstractSet

from lxml import etree

from archive.core.digest import digest_bytes
from archive.core.text import normalise_text
from archive.core.version import PageFacts
from archive.extract.links import list_links
from archive.extract.page import Page
from archive.extract.quality import REFUSALS, judge_quality
from archive.extract.visible import Measured, strip_tags


def read_facts(
    page: Page, measured: Measured, furniture: AbstractSet[etree._Element]
) -> PageFacts | None:
    """Return the facts of a page, None of what is none (a picture, or nothing)."""
    if page.kind == "other" and page.status not in REFUSALS:
        return None
    visible = normalise_text(_read_all(page, measured))
    quality, reason = judge_quality(page, visible, measured, furniture)
    return PageFacts(
        quality=quality,
        reason=reason,
        visible=str(digest_bytes(visible.encode())),
        links=list_links(page, furniture),
    )


def _read_all(page: Page, measured: Measured) -> str:
    if page.is_deep:
        return strip_tags(page.text)
    return page.text if page.kind == "plain" else measured.text
