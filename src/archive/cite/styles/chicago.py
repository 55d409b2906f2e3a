"""The Chicago Manual of Style, 18th edition: an entry of a bibliography (13.23, 14.103-104).

The archive's part follows its Q&A: the original address, then when and where it was archived.
Not for: its author-date system.
"""

from archive.cite.dates import AMERICAN, word_date
from archive.cite.names import format_author, is_inverted, join_names
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
from archive.core.citation import Author, Citation

_ALL = 6  # of more authors the first three are named (13.23)


def format_chicago(citation: Citation) -> Runs:
    """Return the citation in this style."""
    names = _word_authors(citation)
    title = find_title(citation)
    runs: list[Run] = []
    if names:
        runs += [*finish([say(names)]), say(" ")]
    runs.append(say(quote_title(title, ".") if title else f"{describe_untitled(citation)}."))
    date = word_date(citation.published, AMERICAN, is_supplied=citation.is_supplied)
    publisher = "" if is_author(citation, names) else f"{word_publisher(citation)}, "
    runs += finish([say(f" {publisher}{date}")])
    runs += [
        *(say(" "), lead(citation.url)),
        say(f", archived {word_capture_day(citation, AMERICAN)}, at {_name_archive(citation)}, "),
        lead_archived(citation),
    ]
    return (*runs, say("."), *make_note(citation))


def _name_archive(citation: Citation) -> str:
    return isolate(clean(citation.archive))


def _word_authors(citation: Citation) -> str:
    listed = citation.authors
    if len(listed) > _ALL:
        named = [_word(item, place) for place, item in enumerate(listed[:3])]
        return f"{join_names(named, ', ')}, et al."
    named = [_word(item, place) for place, item in enumerate(listed)]
    is_short = len(named) == 2 and not is_inverted(listed[0])
    return join_names(named, " and " if is_short else ", and ")


def _word(author: Author, place: int) -> str:
    """Return a name, the first one inverted."""
    return isolate(format_author(author, "direct" if place else "inverted"))
