"""Claims about a page that stand beside it: in its REST record, a feed, a sitemap.

Rules:

1. Only what names the page's own address speaks of it: by ``link``, ``guid`` or ``loc``, compared
   by statement key, a slash at the end left off.
2. A sitemap's ``lastmod`` is a change; its news extension publishes.
3. The claims are the page's; each names the capture of the companion that it stands in.

Not for: claims of the page itself (`archive.extract.claims`), or fetching companions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from archive.core.claim import Claim, Field
from archive.core.uri import format_statement_key, parse_url
from archive.errors import InputError
from archive.extract.feeds import FeedEntry, parse_feed
from archive.extract.json_block import Json
from archive.extract.rest import list_rest_addresses, list_rest_claims, parse_rest
from archive.extract.sitemaps import SitemapPage, parse_sitemap
from archive.extract.source import MOST, make_claim
from archive.extract.xml_elements import Stated

_MOST_NAMED = 5  # entries of one companion for one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A companion as it was read: what it says of each page, by the page's key."""

    pages: dict[str, list[dict[str, Json] | FeedEntry | SitemapPage]]


def read_companion(content: bytes, url: str, purpose: str) -> Companion:
    """Return what the companion that was served at ``url`` says of pages."""
    pages: dict[str, list[dict[str, Json] | FeedEntry | SitemapPage]] = {}
    if purpose == "rest":
        record = parse_rest(content)
        if record is not None:
            _file(pages, list_rest_addresses(record), record)
    elif purpose == "feed":
        for entry in parse_feed(content, url):
            _file(pages, [entry.url, entry.id], entry)
    elif purpose == "sitemap":
        for page in parse_sitemap(content, url).pages:
            _file(pages, [page.url], page)
    return Companion(pages=pages)


def list_companion_claims(companion: Companion, *, url: str, record: str) -> tuple[Claim, ...]:
    """Return the claims about the page at ``url``; ``record`` is the companion's capture."""
    key = _format_key(url)
    told = companion.pages.get(key, []) if key else []
    claims = (claim for item in told for claim in _list_claims(item))
    return tuple(replace(claim, record=record) for claim in islice(claims, MOST))


def _file(
    pages: dict[str, list[dict[str, Json] | FeedEntry | SitemapPage]],
    addresses: list[str | None] | list[str],
    item: dict[str, Json] | FeedEntry | SitemapPage,
) -> None:
    for key in dict.fromkeys(_format_key(address) for address in addresses if address):
        if key is not None and len(listed := pages.setdefault(key, [])) < _MOST_NAMED:
            listed.append(item)


def _format_key(address: str) -> str | None:
    try:
        return format_statement_key(parse_url(address.strip())).rstrip("/")
    except InputError:
        return None


def _list_claims(item: dict[str, Json] | FeedEntry | SitemapPage) -> Iterator[Claim]:
    if isinstance(item, FeedEntry):
        yield from _state("title", item.title, "feed", "feed/1")
        yield from _state("published", item.published, "feed", "feed/1")
        yield from _state("modified", item.updated, "feed", "feed/1")
        for author in item.authors:
            yield from _state("author", author, "feed", "feed/1")
    elif isinstance(item, SitemapPage):
        yield from _state("title", item.title, "sitemap", "sitemap-news/1")
        yield from _state("published", item.published, "sitemap", "sitemap-news/1")
        yield from _state("modified", item.modified, "sitemap", "sitemap/1")
    else:
        yield from list_rest_claims(item)


def _state(field: Field, stated: Stated | None, source: str, rule: str) -> Iterator[Claim]:
    if stated is not None:
        yield make_claim(
            field,
            stated.raw,
            stated.value,
            source=source,
            locator=stated.locator,
            rule=rule,
            zone=stated.zone,
        )
