"""Pages put together for tests.  Not for: golden pages, which are files."""

import json
from collections.abc import Iterator

from archive.core.claim import Claim
from archive.extract.claims import read_claims

URL = "https://example.org/statements/1"
PROGRAMS = ("htmldate", "trafilatura")
HTML = ("Content-Type", "text/html; charset=utf-8")


def list_claims_of(
    head: str = "", body: str = "", *fields: tuple[str, str], url: str = URL
) -> tuple[Claim, ...]:
    """The claims of a page with this head and body, but for those of other people's programs."""
    content = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    claims = read_claims(content.encode(), (HTML, *fields), url)
    return tuple(claim for claim in claims if claim.source not in PROGRAMS)


def list_values(claims: tuple[Claim, ...], field: str) -> list[str | None]:
    """The values that claims give to one field, in order."""
    return [claim.value for claim in claims if claim.field == field]


def list_places(claims: tuple[Claim, ...]) -> Iterator[tuple[str, str, str | None]]:
    """Field, locator and value of each claim."""
    return ((claim.field, claim.locator, claim.value) for claim in claims)


def format_json_ld(*blocks: object) -> str:
    """Script elements with these JSON-LD blocks."""
    texts = (block if isinstance(block, str) else json.dumps(block) for block in blocks)
    return "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
