"""What a captured page says: its main text and its claims, read from one response.

Bad content never raises: the outcome is then ``none`` and the detail says why.  Not for:
other outcomes (time, memory), which belong to whoever calls this in a worker, or claims
alone (`archive.extract.claims`).
"""

from archive.core.extraction import Extraction
from archive.extract.claims import list_claims
from archive.extract.main_text import EXTRACTOR, read_main_text
from archive.extract.page import parse_page


def read_extraction(
    content: bytes | None, fields: tuple[tuple[str, str], ...], url: str
) -> Extraction:
    """Return text and claims of a response's decoded content and header fields."""
    page = parse_page(content, fields, url)
    text, how = read_main_text(page)
    return Extraction(
        outcome="text" if text else "none",
        extractor=EXTRACTOR,
        text=text,
        claims=list_claims(page),
        detail="; ".join(part for part in (page.note, how) if part) or ("" if text else "no text"),
    )
