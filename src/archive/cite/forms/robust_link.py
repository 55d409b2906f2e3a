"""A Robust Link: an HTML link that carries address, moment and archived address of what it means.

Follows robustlinks.mementoweb.org.  It leads to the original while that is there, else to the
archive. Not for: citations that people read (`archive.cite.styles`).
"""

import html

from archive.cite.held import word_proof, word_version
from archive.cite.parts import describe_untitled, find_title
from archive.cite.runs import escape_address, is_right_to_left, is_web
from archive.core.citation import Citation


def format_robust_link(citation: Citation) -> str:
    """Return the link."""
    original, archived = escape_address(citation.url), escape_address(citation.archived)
    href = archived if citation.status == "dead" and is_web(archived) else original
    title = find_title(citation) or describe_untitled(citation)
    shown = html.escape(title)
    attributes = {
        "href": href if is_web(href) else "#",
        "data-originalurl": original,
        "data-versiondate": f"{citation.captured:%Y-%m-%d}",
        "data-versionurl": archived,
        "title": f"{word_version(citation)}. {word_proof(citation)}.",
    }
    written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    words = f"<bdi>{shown}</bdi>" if is_right_to_left(title) else shown
    return f"<a {written}>{words}</a>"
