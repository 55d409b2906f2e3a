"""BibTeX: an entry of type ``misc``, as classic styles set it.

BibTeX knows neither addresses nor archives: both stand in ``howpublished`` and ``note``.  Not for:
biber and biblatex (`archive.cite.forms.biblatex`).
"""

from archive.cite.dates import FULL, Day, find_only_year, parse_dated, word_date
from archive.cite.forms.tex import (
    escape_field_address,
    escape_tex,
    write_entry,
    write_names,
)
from archive.cite.held import list_remarks
from archive.cite.keys import make_key
from archive.cite.parts import describe_untitled, find_title, word_capture_day, word_publisher
from archive.core.citation import Citation

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def format_bibtex(citation: Citation) -> str:
    """Return the entry."""
    dated = parse_dated(citation.published)
    month = dated.month if isinstance(dated, Day) and dated.is_certain else None
    words = word_date(citation.published, FULL, is_supplied=citation.is_supplied)
    archived = (
        f"Archived {word_capture_day(citation, FULL)} at {escape_tex(citation.archive)},"
        f" \\url{{{escape_field_address(citation.archived)}}}"
    )
    note = [
        f"Published {escape_tex(words)} by {escape_tex(word_publisher(citation))}",
        archived,
        *map(escape_tex, list_remarks(citation)),
    ]
    fields = [
        ("author", write_names(citation.authors)),
        ("title", f"{{{escape_tex(find_title(citation) or describe_untitled(citation))}}}"),
        ("year", find_only_year(citation.published) or f"{{{escape_tex(words)}}}"),
        ("howpublished", f"\\url{{{escape_field_address(citation.url)}}}"),
        ("note", ". ".join(note)),
        ("url", escape_field_address(citation.url)),
    ]
    if month is not None and month <= len(_MONTHS):
        fields.insert(3, ("month", _MONTHS[month - 1]))
    return write_entry("misc", make_key(citation), fields)
