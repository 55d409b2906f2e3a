"""DataCite: metadata of the archived page (schema 4.6, JSON of its REST interface).

``publicationYear`` is left out where the year is not known, though DataCite asks for it: a year
that nobody states would be made up.  Not for: registering identifiers.
"""

from archive.cite.dates import Choice, Day, find_ends, find_only_year, format_day, parse_dated
from archive.cite.forms.whole import Json
from archive.cite.held import list_remarks
from archive.cite.names import format_author
from archive.cite.parts import describe_untitled, find_title
from archive.cite.runs import clean, escape_address, is_web
from archive.core.citation import Author, Body, Citation
from archive.core.digest import format_ni
from archive.core.instant import format_instant

_UNKNOWN = "(:unav)"  # DataCite's own word; a publisher is not made an author


def describe_datacite(citation: Citation) -> Json:
    """Return the metadata as JSON values."""
    year = find_only_year(citation.published)
    names = [_describe_name(author) for author in citation.authors]
    publisher = clean(citation.publisher or citation.site)
    original = clean(citation.original or "")
    item: Json = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "creators": names or [{"name": _UNKNOWN}],
        "contributors": [
            *([_describe_contributor(original, "Producer")] if original else []),
            _describe_contributor(clean(citation.archive), "HostingInstitution"),
        ],
        "titles": [{"title": find_title(citation) or describe_untitled(citation)}],
        "publisher": {"name": publisher},
        "publicationYear": int(year) if year else None,
        "types": {"resourceTypeGeneral": "Text", "resourceType": "Web page"},
        "dates": [
            *_list_dates(citation),
            {"date": format_instant(citation.captured), "dateType": "Collected"},
        ],
        "language": clean(citation.language or ""),
        "version": str(citation.version.number) if citation.version is not None else "",
        "alternateIdentifiers": _list_identifiers(citation),
        "relatedIdentifiers": [
            _relate(citation.url, "IsVersionOf"),
            *([_relate(citation.archived, "IsIdenticalTo")] if is_web(citation.archived) else []),
        ],
        "descriptions": [
            {"description": remark, "descriptionType": "TechnicalInfo"}
            for remark in list_remarks(citation)
        ],
    }
    return {name: value for name, value in item.items() if value}


def _describe_name(author: Author) -> Json:
    if isinstance(author, Body):
        return {"name": clean(author.name), "nameType": "Organizational"}
    family = " ".join(part for part in (author.particle, author.family) if part)
    parts: Json = {
        "name": clean(format_author(author, "inverted")),
        "nameType": "Personal",
        "familyName": clean(family),
        "givenName": clean(author.given),
    }
    return {name: value for name, value in parts.items() if value}


def _describe_contributor(name: str, kind: str) -> Json:
    return {"name": name, "nameType": "Organizational", "contributorType": kind}


def _list_dates(citation: Citation) -> list[Json]:
    """Return the date of publication in W3CDTF, or a range of it; what it leaves open as EDTF.

    Seasons and sets have no form there: their years stand for them.
    """
    dated = parse_dated(citation.published)
    if dated is None:
        return []
    first, last = find_ends(dated)
    is_set = isinstance(dated, Choice)
    start = _write_day(first, first.first_year, is_set=is_set) if first is not None else ""
    end = _write_day(last, last.last_year, is_set=is_set) if last is not None else ""
    issued: Json = {
        "dateType": "Issued",
        "date": start if start == end else f"{start}/{end}",
    }
    if issued["date"] != citation.published:
        issued["dateInformation"] = f"EDTF {clean(citation.published or '')}"
    return [issued]


def _write_day(dated: Day, year: str, *, is_set: bool) -> str:
    return year if is_set or dated.is_season or "X" in dated.year else format_day(dated)


def _list_identifiers(citation: Citation) -> list[Json]:
    listed = [("capture id", citation.capture), ("WARC record id", citation.record)]
    if citation.payload is not None:
        listed.append(("ni", format_ni(citation.payload)))
    if citation.ark is not None:
        listed.append(("ARK", citation.ark))
    return [
        {"alternateIdentifier": value, "alternateIdentifierType": kind} for kind, value in listed
    ]


def _relate(address: str, relation: str) -> Json:
    return {
        "relatedIdentifier": escape_address(address),
        "relatedIdentifierType": "URL",
        "relationType": relation,
        "resourceTypeGeneral": "Text",
    }
