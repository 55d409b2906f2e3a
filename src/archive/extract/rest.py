"""A page's own record in the REST API of WordPress: what its system says of it, as data.

Follows the WordPress REST API, "Posts".  Rules:

1. The record counts only where ``link`` or ``guid`` is the page's address, and it is published.
2. ``date`` and ``modified`` are the site's own time; ``date_gmt`` and ``modified_gmt`` tell how
   far that is from UTC, and the value carries it.  Where one is missing the other stands alone.
3. The author counts where it is in the record: embedded, or in what a search-engine plug-in adds.

Not for: finding the record (`archive.extract.companion_links`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from archive.core.claim import Claim, Field
from archive.core.edtf import NO_ZONE, read_date
from archive.extract.json_block import Json, parse_json_text
from archive.extract.source import make_claim
from archive.extract.xml_elements import state_text

SOURCE = "wordpress-rest"
RULE = "wordpress-rest/1"
LIMIT = 4 << 20
_QUARTER = timedelta(minutes=15)
_FARTHEST = timedelta(hours=14)
_MOST_AUTHORS = 20


def list_rest_addresses(record: dict[str, Json]) -> list[str]:
    """Return the addresses that a record gives for its page."""
    guid = record.get("guid")
    rendered = guid.get("rendered") if isinstance(guid, dict) else None
    return [item for item in (record.get("link"), rendered) if isinstance(item, str)]


def parse_rest(content: bytes) -> dict[str, Json] | None:
    """Return the record, or None if it is none, or of what is not published."""
    record = parse_json_text(content, LIMIT)
    if not isinstance(record, dict) or record.get("status", "publish") != "publish":
        return None
    return record if "date" in record or "date_gmt" in record else None


def list_rest_claims(record: dict[str, Json]) -> Iterator[Claim]:
    """Yield the claims of a record about its page."""
    title = record.get("title")
    if isinstance(title, dict):
        yield from _state_name("title", title.get("rendered"), "$.title.rendered")
    yield from _state_date("published", record, "date")
    yield from _state_date("modified", record, "modified")
    yield from _list_authors(record)


def _list_authors(record: dict[str, Json]) -> Iterator[Claim]:
    embedded = record.get("_embedded")
    authors = embedded.get("author") if isinstance(embedded, dict) else None
    if isinstance(authors, list):
        for place, author in enumerate(authors[:_MOST_AUTHORS]):
            if isinstance(author, dict):
                path = f"$._embedded.author[{place}].name"
                yield from _state_name("author", author.get("name"), path)
        return
    added = record.get("yoast_head_json")
    if isinstance(added, dict):
        yield from _state_name("author", added.get("author"), "$.yoast_head_json.author")


def _state_name(field: Field, raw: Json, locator: str) -> Iterator[Claim]:
    stated = state_text(raw, locator) if isinstance(raw, str) else None
    if stated is not None:
        yield make_claim(field, stated.raw, stated.value, source=SOURCE, locator=locator, rule=RULE)


def _state_date(field: Field, record: dict[str, Json], name: str) -> Iterator[Claim]:
    own, universal = record.get(name), record.get(f"{name}_gmt")
    raw, key = (own, name) if isinstance(own, str) else (universal, f"{name}_gmt")
    if not isinstance(raw, str) or not raw.strip():
        return
    value, zone = read_date(raw) or (None, None)
    if value is not None and zone == NO_ZONE:
        if key != name:
            value, zone = f"{value}Z", None
        elif isinstance(universal, str) and (offset := _find_offset(value, universal)):
            value, zone = value + offset, None
    yield make_claim(field, raw, value, source=SOURCE, locator=f"$.{key}", rule=RULE, zone=zone)


def _find_offset(own: str, universal: str) -> str | None:
    """Return how far the site's time is from UTC: ``+01:00``, or None where that is no zone."""
    reading = read_date(universal)
    if reading is None or len(reading[0]) != len(own):
        return None
    apart = datetime.fromisoformat(own) - datetime.fromisoformat(reading[0])
    if abs(apart) > _FARTHEST or apart % _QUARTER:
        return None
    minutes = int(abs(apart).total_seconds()) // 60
    if not minutes:
        return "Z"
    return f"{'-' if apart < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"
