"""Every form by its name, and bibliographies of several citations.

Rules:

1. Styles make a line for each citation; of HTML and Markdown it is a paragraph.
2. Forms in JSON are one list, also of a single citation; a reader of many reads one.
3. A citation that stands twice is written once.

Not for: what a citation says.
"""

import json
from collections.abc import Callable, Sequence
from typing import get_args

from archive.cite.forms.biblatex import format_biblatex
from archive.cite.forms.bibtex import format_bibtex
from archive.cite.forms.csl_json import describe_csl_json
from archive.cite.forms.datacite import describe_datacite
from archive.cite.forms.ris import format_ris
from archive.cite.forms.robust_link import format_robust_link
from archive.cite.forms.schema_org import describe_schema_org
from archive.cite.forms.whole import Json
from archive.cite.forms.wikipedia import format_wikipedia
from archive.cite.held import word_quotation
from archive.cite.keys import make_key
from archive.cite.runs import Markup, Run, format_runs, is_web, lead, say
from archive.cite.styles.every import STYLES
from archive.core.citation import Citation

_STYLED: tuple[Markup, ...] = get_args(Markup)
_WRITTEN: dict[str, Callable[[Citation], str]] = {
    "bibtex": format_bibtex,
    "biblatex": format_biblatex,
    "ris": format_ris,
    "wikipedia": format_wikipedia,
    "robust-link": format_robust_link,
}
_DESCRIBED: dict[str, Callable[[Citation], Json]] = {
    "csl-json": describe_csl_json,
    "schema-org": describe_schema_org,
    "datacite": describe_datacite,
}
FORMATS = (
    *("text", "html", "markdown", "bibtex", "biblatex", "ris", "csl-json", "wikipedia"),
    *("robust-link", "schema-org", "datacite"),
)


def format_bibliography(citations: Sequence[Citation], form: str, style: str) -> str:
    """Return the text of a file that holds these citations, with a line end behind it."""
    unique = list({make_key(citation): citation for citation in citations}.values())
    if form in _DESCRIBED:
        described = [_DESCRIBED[form](citation) for citation in unique]
        return format_json(described)
    if form in _WRITTEN:
        gap = "\r\n" if form == "ris" else "\n"
        written = [_WRITTEN[form](citation).rstrip("\r\n") + gap for citation in unique]
        return (gap if form in ("bibtex", "biblatex", "ris") else "").join(written)
    markup = next(item for item in _STYLED if item == form)
    return "".join(_write_styled(citation, style, markup) for citation in unique)


def format_json(value: object) -> str:
    """Return JSON as a file, with letters as they are, and what hides or reorders them escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    shown = (
        letter if letter == "\n" or letter.isprintable() else json.dumps(letter)[1:-1]
        for letter in text
    )
    return "".join(shown) + "\n"


def _write_styled(citation: Citation, style: str, markup: Markup) -> str:
    runs: tuple[Run, ...] = STYLES[style](citation)
    quotation = citation.quotation
    if quotation is not None:
        told = word_quotation(citation.capture, quotation)
        runs = (*runs, say(f" {told}"))
        if is_web(citation.archived):  # no browser is led anywhere by a URN
            runs = (*runs, say(" "), lead(citation.archived + quotation.fragment))
    line = format_runs(runs, markup)
    if markup == "html":
        return f'<p class="citation" id="{make_key(citation)}">{line}</p>\n'
    return f"{line}\n\n" if markup == "markdown" else f"{line}\n"
