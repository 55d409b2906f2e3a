"""Wikipedia: the template ``cite web``, with the archived page.

A date that the template refuses (uncertain, open) goes into ``orig-date``, which takes any
words. Without an address on the web the archived page is named in ``id``.  Remarks stand in a
comment.  Not for: other wikis' templates.
"""

import re

from archive.cite.dates import FULL, Day, Span, parse_dated, word_date, word_day
from archive.cite.held import word_proof, word_version
from archive.cite.names import format_author
from archive.cite.parts import describe_untitled, find_title, word_capture_day
from archive.cite.runs import clean, escape_address, is_web
from archive.core.citation import Body, Citation

_MARKS = re.compile(r"[|{}\[\]<>&]|'(?=')|(?<=')'|~(?=~)|(?<=~)~|_(?=_)|(?<=_)_|==+")


def format_wikipedia(citation: Citation) -> str:
    """Return the template on one line, and a comment behind it."""
    date, original_date = _divide_date(citation)
    archived = citation.archived
    on_web = is_web(archived)
    status = citation.status if citation.status != "unknown" else ""
    agency = citation.agency if citation.agency not in (None, citation.original) else ""
    fields = [
        *_list_authors(citation),
        ("title", escape_wiki(find_title(citation) or describe_untitled(citation))),
        ("website", escape_wiki(citation.site)),
        ("publisher", escape_wiki(citation.original or citation.publisher or "")),
        ("via", escape_wiki((citation.original and citation.publisher) or "")),
        ("agency", escape_wiki(agency or "")),
        ("date", date),
        ("orig-date", original_date),
        ("language", escape_wiki((citation.language or "").partition("-")[0])),
        ("url", _escape_url(citation.url)),
        ("archive-url", _escape_url(archived) if on_web else ""),
        ("archive-date", word_capture_day(citation, FULL) if on_web else ""),
        ("url-status", status if on_web else ""),
        ("id", "" if on_web else escape_wiki(archived)),
    ]
    if citation.quotation is not None:
        fields.append(("quote", escape_wiki(citation.quotation.exact)))
    body = " ".join(f"|{name}={value}" for name, value in fields if value)
    remark = f"{word_version(citation)}. {word_proof(citation)}."
    return f"{{{{cite web {body}}}}}<!-- {_escape_comment(remark)} -->"


def escape_wiki(text: str) -> str:
    """Return captured text in which no mark of the wiki has a meaning."""
    return _MARKS.sub(
        lambda match: "".join(f"&#{ord(letter)};" for letter in match[0]), clean(text)
    )


def _escape_url(address: str) -> str:
    return escape_address(address).replace("''", "%27%27").replace("~~", "%7E%7E")


def _escape_comment(text: str) -> str:
    return text.replace("--", "- -").replace(">", "")


def _list_authors(citation: Citation) -> list[tuple[str, str]]:
    """Return author parameters; those of persons are divided, as the template wants them."""
    fields = []
    for place, author in enumerate(citation.authors, start=1):
        number = str(place) if len(citation.authors) > 1 else ""
        if isinstance(author, Body) or not author.given:
            name = format_author(author, "direct")
            fields.append((f"author{number}", escape_wiki(name)))
            continue
        family = " ".join(part for part in (author.particle, author.family) if part)
        given = " ".join(part for part in (author.given, author.suffix) if part)
        fields += [(f"last{number}", escape_wiki(family)), (f"first{number}", escape_wiki(given))]
        if author.is_family_first:
            fields.append((f"author-mask{number}", escape_wiki(format_author(author, "direct"))))
    return fields


def _divide_date(citation: Citation) -> tuple[str, str]:
    """Return the date that the template takes, and else the words for ``orig-date``."""
    if not citation.published:
        return "", ""
    dated = parse_dated(citation.published)
    if isinstance(dated, Day) and "X" not in dated.year:
        if not dated.mark or (dated.mark == "~" and dated.month is None):  # "c. 2024" alone
            return f"{'c. ' if dated.mark else ''}{word_day(dated, FULL)}", ""
    elif isinstance(dated, Span) and dated.first and dated.last and not dated.first.is_season:
        first, last = dated.first, dated.last
        if first.is_certain and last.is_certain and first.day and last.day:
            if (first.year, first.month) == (last.year, last.month):
                return f"{first.day}–{word_day(last, FULL)}", ""
            start = word_day(first, FULL)
            if first.year == last.year:  # which is named once
                start = start.removesuffix(f" {first.year}")
            return f"{start} – {word_day(last, FULL)}", ""
    return "", escape_wiki(word_date(citation.published, FULL))
