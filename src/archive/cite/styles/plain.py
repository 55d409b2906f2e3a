"""A citation of our own that leaves nothing out and abbreviates nothing.

Not for: a publisher who asks for a style.
"""

from archive.cite.dates import FULL, word_date
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
from archive.cite.runs import Run, Runs, clean, finish, isolate, lead, say
from archive.core.citation import Citation

_STATUS = {
    "live": "unchanged when last captured",
    "dead": "gone when last captured",
    "deviated": "changed since",
    "unknown": "",
}


def format_plain(citation: Citation) -> Runs:
    """Return the citation in this style."""
    names = ", ".join(isolate(format_author(item, "direct")) for item in citation.authors)
    title = find_title(citation)
    date = word_date(citation.published, FULL, is_supplied=citation.is_supplied)
    titled = say(isolate(title) if title else describe_untitled(citation))
    runs: list[Run] = [say(f"{names}: ")] if names else []
    publisher = "" if is_author(citation, names) else f"{word_publisher(citation)}, "
    runs += [*finish([titled]), *finish([say(f" {publisher}{date}")]), say(" ")]
    runs.append(lead(citation.url))
    if state := _STATUS[citation.status]:
        runs.append(say(f" ({state})"))
    runs += [
        say(f". Archived {word_capture_day(citation, FULL)}, {citation.captured:%H:%M:%S} UTC, by"),
        *(say(f" {isolate(clean(citation.archive))}: "), lead_archived(citation), say(".")),
    ]
    return (*runs, *make_note(citation))
