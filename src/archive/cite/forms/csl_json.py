"""CSL-JSON: an item of type ``webpage``, for Zotero, pandoc and every CSL processor.

A date that has no form in CSL (an open end) is literal words; ``custom`` holds all that is known.
Not for: the styles that processors apply.
"""

from archive.cite.dates import (
    FULL,
    Choice,
    Dated,
    Day,
    find_ends,
    is_circa,
    parse_dated,
    word_date,
)
from archive.cite.forms.whole import Json, describe_citation
from archive.cite.held import list_remarks
from archive.cite.keys import make_key
from archive.cite.parts import describe_untitled, find_title
from archive.cite.runs import clean, escape_address
from archive.core.citation import Author, Body, Citation


def describe_csl_json(citation: Citation) -> Json:
    """Return the item as JSON values."""
    captured = citation.captured
    item: Json = {
        "id": make_key(citation),
        "type": "webpage",
        "title": _escape_rich(find_title(citation) or describe_untitled(citation)),
        "author": [_describe_name(author) for author in citation.authors],
        "container-title": _escape_rich(clean(citation.publisher or citation.site)),
        "original-publisher": _escape_rich(clean(citation.original or "")),
        "issued": _describe_date(citation),
        "accessed": {"date-parts": [[captured.year, captured.month, captured.day]]},
        "URL": escape_address(citation.url),
        "archive": _escape_rich(clean(citation.archive)),
        "archive_location": escape_address(citation.archived),
        "version": str(citation.version.number) if citation.version is not None else "",
        "language": clean(citation.language or ""),
        "note": ". ".join(list_remarks(citation)),
        "custom": {"statement-archive": describe_citation(citation)},
    }
    return {name: value for name, value in item.items() if value}


def _escape_rich(text: str) -> str:
    """Return text without markup: processors read ``<i>``, ``<b>``, ``<span>`` in it as such."""
    return text.replace("<", "‹").replace(">", "›") if _holds_markup(text) else text


def _holds_markup(text: str) -> bool:
    return "<" in text and ">" in text


def _describe_name(author: Author) -> Json:
    if isinstance(author, Body):
        return {"literal": clean(author.name)}
    parts = {
        "family": author.family,
        "given": author.given,
        "non-dropping-particle": author.particle,
        "suffix": author.suffix,
    }
    return {name: clean(value) for name, value in parts.items() if value}


def _describe_date(citation: Citation) -> Json | None:
    if not citation.published:
        return None
    dated = parse_dated(citation.published)
    first, last = find_ends(dated) if dated is not None else (None, None)
    if dated is None or first is None or last is None:
        return {"literal": word_date(citation.published, FULL)}
    found: Json = {"date-parts": _list_parts(first, last)}
    if isinstance(dated, Day) and dated.is_season and dated.month is not None:
        found["season"] = dated.month - 20
    if is_circa(dated) or (not isinstance(dated, Day) and not _is_all(dated)):
        found["circa"] = True
    return found


def _is_all(dated: Dated) -> bool:
    return isinstance(dated, Choice) and not dated.is_one


def _list_parts(first: Day, last: Day) -> list[list[int]]:
    start = [int(first.first_year), *_list_day(first)]
    end = [int(last.last_year), *_list_day(last)]
    return [start] if start == end else [start, end]


def _list_day(dated: Day) -> list[int]:
    if dated.month is None or dated.is_season:
        return []
    return [dated.month] if dated.day is None else [dated.month, dated.day]
