"""All that a page claims about itself, source by source, without reading its text.

Not for: main text (`archive.extract.statement` gives both), or weighing claims
(`archive.provenance`).  Kept free of the text extractor, whose import takes longer than an
index of many pages should pay.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from archive.core.claim import Claim
from archive.extract.headline import parse_headline
from archive.extract.http_fields import parse_http_fields
from archive.extract.json_ld import parse_json_ld
from archive.extract.meta import parse_meta
from archive.extract.open_graph import parse_open_graph
from archive.extract.page import Page, parse_page
from archive.extract.source import MOST

# In the order they run, which is the order of the claims.
SOURCES: tuple[Callable[[Page], Iterator[Claim]], ...] = (
    parse_json_ld,
    parse_open_graph,
    parse_meta,
    parse_headline,
    parse_http_fields,
)


def read_claims(
    content: bytes | None, fields: tuple[tuple[str, str], ...], url: str
) -> tuple[Claim, ...]:
    """Return the claims of a response's decoded content and header fields.

    Exactly those that `archive.extract.statement.read_extraction` gives.
    """
    return list_claims(parse_page(content, fields, url))


def list_claims(page: Page) -> tuple[Claim, ...]:
    """Return the claims of a parsed page, each once, in the order of `SOURCES`."""
    claims = (claim for source in SOURCES for claim in islice(source(page), MOST))
    return tuple(dict.fromkeys(claims))
