"""Claims of the response's HTTP header fields.

``Last-Modified`` is often the moment the page was rendered.  It counts as a claim only
where it lies `GAP` or more before ``Date``, both as the server gave them.  Not for: reading
header bytes (`archive.core.http`).
"""

from collections.abc import Iterator
from datetime import timedelta

from archive.core.claim import Claim
from archive.core.edtf import earliest, read_date
from archive.extract.page import Page
from archive.extract.source import state_claim

GAP = timedelta(minutes=10)


def parse_http_fields(page: Page) -> Iterator[Claim]:
    """Yield the claims of ``Last-Modified`` and ``Content-Language``."""
    modified = page.find("last-modified")
    if modified and _precedes(modified, page.find("date")):
        yield from state_claim(
            "modified",
            modified,
            source="http",
            locator="http:last-modified",
            rule="http-modified/1",
        )
    if language := page.find("content-language"):
        yield from state_claim(
            "language",
            language,
            source="http",
            locator="http:content-language",
            rule="http-language/1",
        )


def _precedes(modified: str, date: str | None) -> bool:
    first, second = read_date(modified), read_date(date or "")
    if first is None or second is None:
        return False
    return earliest(first[0]) + GAP <= earliest(second[0])
