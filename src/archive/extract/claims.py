"""All that a page claims about itself, source by source, without reading its text.

Not for: main text (`archive.extract.statement` gives both), or weighing claims
(`archive.provenance`).
"""

from collections.abc import Callable, Iterator
from itertools import islice

from archive.core.claim import Claim
from archive.extract.addresses import parse_addresses
from archive.extract.byline import parse_byline
from archive.extract.credit import parse_credit
from archive.extract.footer import parse_footer
from archive.extract.headline import parse_headline
from archive.extract.http_fields import parse_http_fields
from archive.extract.json_ld import parse_json_ld
from archive.extract.licence import parse_licence
from archive.extract.mentions import parse_mentions
from archive.extract.meta import parse_meta
from archive.extract.microdata import parse_microdata
from archive.extract.notices import parse_notices
from archive.extract.open_graph import parse_open_graph
from archive.extract.page import Page, parse_page
from archive.extract.programs import parse_programs
from archive.extract.source import MOST
from archive.extract.time_elements import parse_time_elements
from archive.extract.visible_dates import parse_visible_dates

# In the order they run, which is the order of the claims; other people's programs come last.
SOURCES: tuple[Callable[[Page], Iterator[Claim]], ...] = (
    parse_json_ld,
    parse_open_graph,
    parse_meta,
    parse_microdata,
    parse_headline,
    parse_time_elements,
    parse_visible_dates,
    parse_byline,
    parse_credit,
    parse_mentions,
    parse_notices,
    parse_licence,
    parse_footer,
    parse_addresses,
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
    claims = [claim for source in SOURCES for claim in islice(source(page), MOST)]
    has_author = any(claim.field == "author" and claim.value for claim in claims)
    return tuple(dict.fromkeys([*claims, *parse_programs(page, has_author=has_author)]))
