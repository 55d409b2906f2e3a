"""APA, 7th edition: a web page in the list of references (9.8, 9.11-9.16, 10.16).

APA has no rule for archived pages; "Archived … at" takes the place of "Retrieved … from".  Titles
keep their letters: putting another's words into sentence case would change them.  Not for: the
citation within a text.
"""

from archive.cite.dates import APA, word_date
from archive.cite.names import format_author, join_names
from archive.cite.parts import (
    describe_untitled,
    find_title,
    is_author,
    lead_archived,
    make_note,
    word_capture_day,
    word_publisher,
)
from archive.cite.runs import (
    Run,
    Runs,
    ends_sentence,
    finish,
    is_right_to_left,
    isolate,
    lead,
    say,
    stop_title,
)
from archive.core.citation import Citation

_ALL = 20  # of more authors the first nineteen and the last are named (9.8)


def format_apa(citation: Citation) -> Runs:
    """Return the citation in this style."""
    names = _word_authors(citation)
    date = word_date(citation.published, APA, is_supplied=citation.is_supplied)
    title = find_title(citation)
    titled = Run(
        words=_write_title(title) if title else f"{describe_untitled(citation)}.",
        is_italic=title is not None,
    )
    runs: list[Run] = []
    if names:
        runs += [*finish([say(names)]), say(f" ({date}). "), titled]
    else:
        runs += [titled, say(f" ({date}).")]
    if not is_author(citation, _name_alone(citation)):
        runs += finish([say(f" {word_publisher(citation)}")])
    runs += [say(f" Archived {word_capture_day(citation, APA)}, at "), lead_archived(citation)]
    runs += [say(". "), lead(citation.url)]
    return (*runs, *make_note(citation))


def _write_title(title: str) -> str:
    if is_right_to_left(title):
        return isolate(title) if ends_sentence(title) else f"{isolate(title)}."
    return stop_title(title)


def _word_authors(citation: Citation) -> str:
    listed = [isolate(format_author(item, "initials")) for item in citation.authors]
    if len(listed) > _ALL:
        return f"{', '.join(listed[: _ALL - 1])}, … {listed[-1]}"
    return join_names(listed, ", & ")


def _name_alone(citation: Citation) -> str:
    """Return the one author's name, as the publisher would be named."""
    return (
        isolate(format_author(citation.authors[0], "direct")) if len(citation.authors) == 1 else ""
    )
