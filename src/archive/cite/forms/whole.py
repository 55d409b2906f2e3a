"""All that a citation says, as plain JSON values: for ``--json`` and where a form has room.

Not for: the form's own fields.
"""

from dataclasses import asdict

from archive.cite.held import list_remarks
from archive.cite.keys import make_key
from archive.core.citation import NOT_PROVED, Body, Citation, Held, Quotation, format_text_urn
from archive.core.digest import format_ni
from archive.core.instant import format_instant

Json = dict[str, object]


def describe_citation(citation: Citation) -> Json:
    """Return the citation as JSON values."""
    payload = citation.payload
    return {
        "key": make_key(citation),
        "capture": citation.capture,
        "record": citation.record,
        "title": citation.title,
        "authors": [
            {"name": item.name}
            if isinstance(item, Body)
            else {key: value for key, value in asdict(item).items() if value}
            for item in citation.authors
        ],
        "site": citation.site,
        "publisher": citation.publisher,
        "original_publisher": citation.original,
        "agency": citation.agency,
        "published": citation.published,
        "published_is_supplied": citation.is_supplied,
        "language": citation.language,
        "captured": format_instant(citation.captured),
        "url": citation.url,
        "archived_url": citation.archived,
        "archive": citation.archive,
        "payload": str(payload) if payload is not None else None,
        "ni": format_ni(payload) if payload is not None else None,
        "ark": citation.ark,
        "version": None if citation.version is None else asdict(citation.version),
        "url_status": citation.status,
        "answers": {
            item.field: [
                {key: value for key, value in asdict(answer).items() if value is not None}
                for answer in item.said
            ]
            for item in citation.answers
        },
        "held": None if citation.held is None else _describe_held(citation.held),
        "not_proved": NOT_PROVED,
        "remarks": list(list_remarks(citation)),
        "text_digest": citation.quotation.text if citation.quotation is not None else None,
        "quotation": None
        if citation.quotation is None
        else describe_quotation(citation, citation.quotation),
    }


def describe_quotation(citation: Citation, quotation: Quotation) -> Json:
    """Return a quotation as a W3C Web Annotation (JSON-LD): its place in the cited text.

    Positions count in the main text, whose URN is the source; the archived page is its scope.
    """
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "motivation": "highlighting",
        "target": {
            "type": "SpecificResource",
            "source": format_text_urn(citation.capture),
            "scope": citation.archived,
            "state": {
                "type": "TimeState",
                "sourceDate": format_instant(citation.captured),
                "cached": citation.archived,
            },
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": quotation.exact,
                    "prefix": quotation.prefix,
                    "suffix": quotation.suffix,
                },
                {
                    "type": "TextPositionSelector",
                    "start": quotation.start,
                    "end": quotation.end,
                },
            ],
        },
    }


def _describe_held(held: Held) -> Json:
    return {
        "log": held.origin,
        "leaf": held.leaf,
        "checkpoint_size": held.size,
        "checkpoint_root": held.root,
        "testimonies": [
            {"kind": item.kind, "who": item.who, "time": format_instant(item.time)}
            for item in held.testimonies
        ],
    }
