"""Claims of Open Graph: ``og:`` and its ``article:`` namespace (ogp.me).

``article:publisher`` and ``article:author`` are addresses of profiles by the standard and
names in practice; an address has no value here.  Not for: Twitter cards (`archive.extract.meta`).
"""

from collections.abc import Iterator

from archive.core.claim import Claim, Field
from archive.extract.meta_elements import list_meta_elements
from archive.extract.page import Page
from archive.extract.source import state_claim

_NAMES: dict[str, Field] = {
    "og:title": "title",
    "og:site_name": "publisher",
    "og:locale": "language",
    "og:updated_time": "modified",
    "og:published_time": "published",
    "og:article:published_time": "published",
    "og:article:modified_time": "modified",
    "article:published_time": "published",
    "article:published": "published",
    "article:modified_time": "modified",
    "article:modified": "modified",
    "article:author": "author",
    "article:author:name": "author",
    "article:publisher": "publisher",
    "og:article:author": "author",
}


def parse_open_graph(page: Page) -> Iterator[Claim]:
    """Yield the Open Graph claims in the order of the document."""
    for meta in list_meta_elements(page):
        if field := _NAMES.get(meta.name):
            yield from state_claim(
                field,
                meta.content,
                source="open-graph",
                locator=meta.locator,
                rule="open-graph-updated/1" if meta.name == "og:updated_time" else "open-graph/1",
                epoch=True,
            )
