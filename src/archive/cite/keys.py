"""The key of a citation in a bibliography: stable, and unique without looking at the others.

Rule: ``NAME-YEAR-CAPTURE``, with the family name of the first author (or the publisher's first
word, or the site's) in ASCII, and ``nd`` for a year that is not known; of a quotation also ``-qN``,
N being where it begins.  So a key leads back to its capture (`archive.cite.reading`).

Not for: identifiers (`archive.core.citation`).
"""

from archive.cite.dates import find_only_year
from archive.cite.names import fold_ascii
from archive.core.citation import Citation, Person

_LONGEST = 24


def make_key(citation: Citation) -> str:
    """Return the key of a citation."""
    first = citation.authors[0] if citation.authors else None
    named = first.family if isinstance(first, Person) else first.name if first else ""
    tried = (named, (citation.publisher or "").split(" ")[0], citation.site.split(".")[0])
    name = next((folded for item in tried if (folded := fold_ascii(item))), "statement")
    year = find_only_year(citation.published) or "nd"
    quoted = f"-q{citation.quotation.start}" if citation.quotation is not None else ""
    return f"{name[:_LONGEST]}-{year}-{citation.capture}{quoted}"
