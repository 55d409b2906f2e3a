"""The row of a conversion: its text, and what today's rules make of the page behind it.

The one path of it, whether the page was just read or the index is made again.  Not for: reading
pages (`archive.workflows.readings`, `archive.workflows.replay`).
"""

from archive.core.extraction import Extraction
from archive.core.instant import parse_instant
from archive.core.leaf import Leaf
from archive.core.record import Record
from archive.history.digests import RULES, derive_digests
from archive.index.rows import ReadingRow, TextRow, make_text_row
from archive.provenance.assertions import choose_assertions
from archive.provenance.stated import choose_stated


def make_reading_row(
    leaf: Leaf, record: Record, extraction: Extraction | None, *, url: str, captured_at: str
) -> TextRow:
    """Return the row of a conversion, and what today's rules make of the page behind it.

    Of ``extraction`` claims and page facts count, while the text is the record's; None where the
    page gave nothing.  ``url`` and ``captured_at`` are the capture's.

    Raises:
        DamageError: the record refers to nothing, or is no UTF-8.
    """
    claims = extraction.claims if extraction else ()
    assertions = choose_assertions(claims, url=url, captured=parse_instant(captured_at))
    if record.find("Archive-Extraction") not in ("text", "none"):
        return make_text_row(leaf, record, claims, assertions)
    title, stated = choose_stated(claims, url)
    text = record.block.decode(errors="replace")
    reading = ReadingRow(
        title=title,
        stated=stated,
        digests=derive_digests(text or None, title, stated),
        rules=RULES,
        page=extraction.page if extraction else None,
    )
    return make_text_row(leaf, record, claims, assertions, reading)
