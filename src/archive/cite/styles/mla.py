"""The MLA Handbook, 9th edition: an entry of the works cited (5.6-5.12, 5.84-5.96).

MLA has no settled rule for archived pages: the archive stands before the original address, with
the day in its form of dates.  It has no word for what is undated.  Not for: the citation within a
text.
"""

from archive.cite.dates import MLA, word_date
from archive.cite.names import format_author, is_inverted
from archive.cite.parts import (
    describe_untitled,
    find_title,
    is_author,
    lead_archived,
    make_note,
    word_capture_day,
    word_publisher,
)
from archive.cite.runs import Run, Runs, clean, finish, isolate, lead, quote_title, say
from archive.core.citation import Citation


def format_mla(citation: Citation) -> Runs:
    """Return the citation in this style."""
    names = _word_authors(citation)
    if is_author(citation, names):  # a body that publishes its own work is named as publisher
        names = ""
    title = find_title(citation)
    runs: list[Run] = []
    if names:
        runs += [*finish([say(names)]), say(" ")]
    runs.append(say(quote_title(title, ".") if title else f"{describe_untitled(citation)}."))
    date = word_date(citation.published, MLA, is_supplied=citation.is_supplied)
    publisher = Run(words=word_publisher(citation), is_italic=True)
    runs.append(say(" "))
    runs += [publisher, *finish([say(f", {date}")])] if citation.published else finish([publisher])
    runs += [
        say(f" Archived {word_capture_day(citation, MLA)} at "),
        Run(words=isolate(clean(citation.archive)), is_italic=True),
        *(say(", "), lead_archived(citation), say(". "), lead(citation.url), say(".")),
    ]
    return (*runs, *make_note(citation))


def _word_authors(citation: Citation) -> str:
    """Return one name or two; of three and more the first (5.8)."""
    listed = citation.authors
    if not listed:
        return ""
    first = isolate(format_author(listed[0], "inverted"))
    if len(listed) > 2:
        return f"{first}, et al."
    if len(listed) == 2:
        comma = "," if is_inverted(listed[0]) else ""
        return f"{first}{comma} and {isolate(format_author(listed[1], 'direct'))}"
    return first
