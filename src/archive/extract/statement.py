"""What a captured page says: its main text, its claims, and what it is as a whole.

Bad content never raises: the outcome is then ``none`` and the detail says why.  Not for:
other outcomes (time, memory), which belong to whoever calls this in a worker, or claims
alone (`archive.extract.claims`).
"""

from archive.core.extraction import Extraction
from archive.extract.claims import list_claims
from archive.extract.facts import read_facts
from archive.extract.furniture import find_furniture, find_layout, measure_page
from archive.extract.main_text import EXTRACTOR, read_main_text
from archive.extract.page import parse_page


def read_extraction(
    content: bytes | None,
    fields: tuple[tuple[str, str], ...],
    url: str,
    *,
    status: int | None = None,
    claims_only: bool = False,
) -> Extraction:
    """Return text, claims and page facts of a response's decoded content and header fields.

    ``claims_only`` leaves the text out, because it is known; claims and facts are the same.
    """
    page = parse_page(content, fields, url, status=status)
    measured = measure_page(page)
    furniture = find_furniture(page, measured)
    layout = find_layout(page, measured)
    text, how = ("", "") if claims_only else read_main_text(page, furniture, layout)
    details = [part for part in (page.note, how) if part] or ([] if text else ["no text"])
    return Extraction(
        outcome="text" if text else "none",
        extractor=EXTRACTOR,
        text=text,
        claims=list_claims(page),
        detail="" if claims_only else "; ".join(details),
        page=read_facts(page, measured, furniture),
    )
