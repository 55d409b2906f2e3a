"""Parts that several styles share: titles, publishers, moments, addresses, the note at the end.

Not for: their order (`archive.cite.styles`).
"""

from archive.cite.dates import Day, Wording, word_day
from archive.cite.held import word_proof, word_version
from archive.cite.runs import Run, clean, isolate, lead, say
from archive.core.citation import Citation


def find_title(citation: Citation) -> str | None:
    """Return the title on one line, None where there is none to show."""
    return clean(citation.title or "") or None


def describe_untitled(citation: Citation) -> str:
    """Return what stands for a title that is not known."""
    return f"[untitled page at {clean(citation.site)}]"


def word_publisher(citation: Citation) -> str:
    """Return who published it; where somebody else did first, that one, and who reprinted it."""
    publisher = clean(citation.publisher or "") or clean(citation.site)
    original = clean(citation.original or "")
    if original and original != publisher:
        return f"{isolate(original)}, reprinted by {isolate(publisher)}"
    return isolate(publisher)


def is_author(citation: Citation, names: str) -> bool:
    """Tell whether the publisher is already named as the author."""
    return citation.original is None and word_publisher(citation) == names


def word_capture_day(citation: Citation, wording: Wording) -> str:
    """Return the day of the capture, UTC, in words."""
    moment = citation.captured
    day = Day(year=f"{moment.year:04}", month=moment.month, day=moment.day)
    if wording.order == "year first":
        wording = Wording(order="month first", months=wording.months)
    return word_day(day, wording)


def lead_archived(citation: Citation) -> Run:
    """Return the address of the archived page."""
    return lead(citation.archived)


def make_note(citation: Citation) -> tuple[Run, ...]:
    """Return what stands behind every citation: version, digest, what is proved and what not."""
    proof = word_proof(citation)
    return (say(f" [{_capital(word_version(citation))}. {_capital(proof)}.]"),)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
