"""schema.org: a ``WebPage`` in JSON-LD, with the archived copy as ``archivedAt``.

Not for: DataCite (`archive.cite.forms.datacite`).
"""

from archive.cite.dates import Day, format_day, parse_dated
from archive.cite.forms.whole import Json
from archive.cite.held import list_remarks
from archive.cite.names import format_author
from archive.cite.parts import describe_untitled, find_title
from archive.cite.runs import clean, escape_address
from archive.core.citation import Author, Body, Citation
from archive.core.digest import format_ni
from archive.core.instant import format_instant


def describe_schema_org(citation: Citation) -> Json:
    """Return the page as JSON values."""
    dated = parse_dated(citation.published)
    is_day = isinstance(dated, Day) and dated.is_certain and not dated.is_season
    item: Json = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": find_title(citation) or describe_untitled(citation),
        "author": [_describe_author(author) for author in citation.authors],
        "publisher": _describe_body(citation.publisher),
        "sourceOrganization": _describe_body(citation.original),
        "datePublished": format_day(dated) if is_day and isinstance(dated, Day) else None,
        "url": escape_address(citation.url),
        "archivedAt": escape_address(citation.archived),
        "sdDatePublished": format_instant(citation.captured),
        "sdPublisher": _describe_body(citation.archive),
        "inLanguage": clean(citation.language or ""),
        "version": citation.version.number if citation.version is not None else None,
        "identifier": [
            _describe_identifier("capture", citation.capture),
            _describe_identifier("record", citation.record),
            *(
                [_describe_identifier("payload", format_ni(citation.payload))]
                if citation.payload is not None
                else []
            ),
            *([_describe_identifier("ark", citation.ark)] if citation.ark is not None else []),
        ],
        "creditText": ". ".join(list_remarks(citation)),
    }
    return {name: value for name, value in item.items() if value}


def _describe_author(author: Author) -> Json:
    if isinstance(author, Body):
        return {"@type": "Organization", "name": clean(author.name)}
    family = " ".join(part for part in (author.particle, author.family) if part)
    parts = {
        "@type": "Person",
        "name": clean(format_author(author, "direct")),
        "familyName": clean(family),
        "givenName": clean(author.given),
        "honorificSuffix": clean(author.suffix),
    }
    return {name: value for name, value in parts.items() if value}


def _describe_body(name: str | None) -> Json | None:
    return {"@type": "Organization", "name": clean(name)} if name and clean(name) else None


def _describe_identifier(kind: str, value: str) -> Json:
    return {"@type": "PropertyValue", "propertyID": kind, "value": value}
