"""BibLaTeX: an entry of type ``online``, for biber.

``date`` is EDTF as biblatex takes it (level 1 of ISO 8601-2, without sets); what it cannot hold
is in ``annotation`` with the rest that is known.  Without a date, what is known is that it was
published by the day of the capture.  ``urldate`` is the day of the capture.  Not for: classic
BibTeX (`archive.cite.forms.bibtex`).
"""

from archive.cite.dates import Choice, Day, find_ends, format_day, parse_dated
from archive.cite.forms.tex import (
    escape_field_address,
    escape_tex,
    write_entry,
    write_names,
)
from archive.cite.held import list_remarks
from archive.cite.keys import make_key
from archive.cite.parts import describe_untitled, find_title, word_publisher
from archive.core.citation import Citation
from archive.core.digest import format_ni


def format_biblatex(citation: Citation) -> str:
    """Return the entry."""
    remarks = [escape_tex(item) for item in list_remarks(citation)]
    digest = f", {escape_tex(format_ni(citation.payload))}" if citation.payload else ""
    addendum = (
        f"archived at {escape_tex(citation.archive)},"
        f" \\url{{{escape_field_address(citation.archived)}}}{digest}"
    )
    date = write_date(citation.published) or f"../{citation.captured:%Y-%m-%d}"
    fields = [
        ("author", write_names(citation.authors)),
        ("title", f"{{{escape_tex(find_title(citation) or describe_untitled(citation))}}}"),
        ("organization", f"{{{escape_tex(word_publisher(citation))}}}"),
        ("date", date),
        ("url", escape_field_address(citation.url)),
        ("urldate", f"{citation.captured:%Y-%m-%d}"),
        ("version", str(citation.version.number) if citation.version is not None else ""),
        ("addendum", addendum),
        ("annotation", ". ".join(remarks)),
    ]
    return write_entry("online", make_key(citation), fields)


def write_date(value: str | None) -> str:
    """Return a date in the part of EDTF that biblatex reads; empty where it has no form for it."""
    dated = parse_dated(value)
    if dated is None:
        return ""
    if isinstance(dated, Choice):
        return _write_choice(dated)
    first, last = find_ends(dated)
    if isinstance(dated, Day):
        return _write_day(dated)
    return f"{_write_day(first) if first else '..'}/{_write_day(last) if last else '..'}"


def _write_choice(dated: Choice) -> str:
    first, last = find_ends(dated)
    if first is None or last is None:
        return ""
    return f"{_write_day(first)}/{_write_day(last)}" if first != last else _write_day(first)


def _write_day(dated: Day) -> str:
    unknown = "X" in dated.year
    return (dated.year if unknown else format_day(dated)) + dated.mark
