"""RIS: a reference of type ``ELEC``, with fields where Zotero and EndNote look for them.

A line is a field, so a value is one line.  A body's name keeps its commas, which some readers take
for the end of a family name: RIS has no way to say otherwise.  Not for: other types of reference.
"""

from archive.cite.dates import FULL, Day, find_ends, find_only_year, parse_dated, word_date
from archive.cite.held import list_remarks
from archive.cite.parts import describe_untitled, find_title, word_publisher
from archive.cite.runs import clean, escape_address
from archive.core.citation import Author, Body, Citation


def format_ris(citation: Citation) -> str:
    """Return the reference; lines end as RIS wants them."""
    captured = f"{citation.captured:%Y/%m/%d}/"
    fields: list[tuple[str, str | None]] = [("TY", "ELEC")]
    fields += [("AU", clean(_write_name(item))) for item in citation.authors]
    fields += [
        ("TI", find_title(citation) or describe_untitled(citation)),
        ("T2", clean(citation.publisher or citation.site)),
        ("PB", clean(word_publisher(citation))),
        ("PY", find_only_year(citation.published)),
        ("DA", _write_date(citation)),
        ("Y2", captured),
        ("UR", escape_address(citation.url)),
        ("DB", clean(citation.archive)),
        ("AN", escape_address(citation.archived)),
        ("LA", clean(citation.language or "")),
        ("ET", str(citation.version.number) if citation.version is not None else None),
    ]
    fields += [("N1", remark) for remark in list_remarks(citation)]
    lines = [f"{tag}  - {value}" for tag, value in fields if value]
    return "\r\n".join((*lines, "ER  - ", ""))


def _write_name(author: Author) -> str:
    """Return ``Family, Given, Suffix``, whatever the order in which the name is written."""
    if isinstance(author, Body):
        return author.name
    family = " ".join(part for part in (author.particle, author.family) if part)
    return ", ".join(part for part in (family, author.given, author.suffix) if part)


def _write_date(citation: Citation) -> str | None:
    """Return ``YYYY/MM/DD/other``; what the date leaves open is said in words behind it."""
    if not citation.published:
        return None
    dated = parse_dated(citation.published)
    words = clean(word_date(citation.published, FULL, is_supplied=citation.is_supplied))
    first, last = find_ends(dated) if dated is not None else (None, None)
    one = first if first == last else None
    if not isinstance(one, Day) or "X" in one.year:
        return f"{find_only_year(citation.published) or ''}///{words}"
    month = f"{one.month:02}" if one.month and not one.is_season else ""
    day = f"{one.day:02}" if one.day else ""
    is_plain = isinstance(dated, Day) and dated.is_certain and not one.is_season
    return f"{one.year}/{month}/{day}/{'' if is_plain else words}"
