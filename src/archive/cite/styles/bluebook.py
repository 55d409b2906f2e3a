"""The Bluebook, 22nd edition: an internet source in a court document (18.2, B18.1).

Rule 18.2.1(d) wants online sources captured, and the archive's address in brackets behind the
original one.  What is undated has the day of the capture alone, as rule 18.2.2(c) has the day of
the last visit.  Abbreviations of its tables are not made.  Not for: law reviews, which set
authors and sites in small capitals.
"""

from archive.cite.dates import BLUEBOOK, word_date
from archive.cite.names import format_author
from archive.cite.parts import (
    describe_untitled,
    find_title,
    is_author,
    lead_archived,
    make_note,
    word_capture_day,
    word_publisher,
)
from archive.cite.runs import Run, Runs, isolate, lead, say
from archive.core.citation import Citation


def format_bluebook(citation: Citation) -> Runs:
    """Return the citation in this style."""
    names = _word_authors(citation)
    title = find_title(citation)
    runs: list[Run] = [say(f"{names}, ")] if names else []
    runs.append(
        Run(
            words=isolate(title) if title else describe_untitled(citation),
            is_italic=title is not None,
        )
    )
    date = word_date(citation.published, BLUEBOOK, is_supplied=citation.is_supplied)
    publisher = "" if is_author(citation, names) else f", {word_publisher(citation)}"
    dated = f" ({date})" if citation.published else ""
    runs += [say(f"{publisher}{dated}, "), lead(citation.url), say(" ["), lead_archived(citation)]
    runs.append(say(f"] (archived {word_capture_day(citation, BLUEBOOK)})."))
    return (*runs, *make_note(citation))


def _word_authors(citation: Citation) -> str:
    """Return one name or two; of more the first (15.1)."""
    listed = [isolate(format_author(item, "direct")) for item in citation.authors]
    if len(listed) > 2:
        return f"{listed[0]} et al."
    return " & ".join(listed)
