"""Every invented statement in every style and form, beside what was reviewed (docs/citations.md).

Not for: what other programs make of it (``tests/cite/test_foreign.py``).
"""

import pytest

from archive.cite.forms.every import FORMATS, format_bibliography
from archive.cite.runs import MARKUPS
from archive.cite.styles.every import STYLES
from tests.cite.statements import STATEMENTS
from tests.support.golden import Golden

ENDS = {"bibtex": "bib", "biblatex": "bib", "csl-json": "json", "schema-org": "json",
        "datacite": "json", "ris": "ris", "html": "html", "markdown": "md", "robust-link": "html",
        "wikipedia": "wiki", "text": "txt"}  # fmt: skip
FILES = [
    *((form, style, f"{form}-{style}") for form in MARKUPS for style in STYLES),
    *((form, "chicago", form) for form in FORMATS if form not in MARKUPS),
]


def test_there_are_statements() -> None:
    assert len(STATEMENTS) == 25
    assert len({citation.capture for citation in STATEMENTS.values()}) == 25


@pytest.mark.golden
@pytest.mark.parametrize("name", STATEMENTS)
def test_golden_citation(name: str, golden: Golden) -> None:
    """One file for each statement holds all its forms, so that they are reviewed side by side."""
    parts = []
    for form, style, title in FILES:
        text = format_bibliography([STATEMENTS[name]], form, style)
        parts.append(f"=== {title}\n{text}")
    golden.check(f"cite/{name}.txt", "\n".join(parts).replace("\r\n", "\n"))


@pytest.mark.golden
@pytest.mark.parametrize(("form", "style", "title"), FILES)
def test_golden_bibliography(form: str, style: str, title: str, golden: Golden) -> None:
    """One file for each style and form holds all statements, as a bibliography does."""
    text = format_bibliography(list(STATEMENTS.values()), form, style)
    golden.check(f"cite/bibliography/{title}.{ENDS[form]}", text.encode())


def test_a_bibliography_names_a_citation_once() -> None:
    twice = [STATEMENTS["circa"], STATEMENTS["circa"], STATEMENTS["plain-case"]]
    assert format_bibliography(twice, "biblatex", "chicago").count("@online") == 2
