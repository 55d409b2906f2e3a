"""Words from outside, made safe to stand in a page: escaped, contained, nothing hidden.

Everything here returns `Markup`, so that a template cannot escape it twice or not at all.
Not for: which cell is shown how (`archive.datasette_plugin.cells`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from markupsafe import Markup, escape

from archive.index.ranking import MARK_END, MARK_START

# What moves the cursor, reorders a line, or hides words.  Narrower than
# `archive.core.text.show_hidden`, which is for terminals: joiners and direction marks belong
# to the spelling of some scripts, and a page contains them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
    "\U000e0000-\U000e007f]"
)
_LIVE = re.compile(r"https?://[!-~\u00a1-\uffff]+", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z", re.ASCII)


def has_hidden(text: str) -> bool:
    """Tell whether the text holds characters that a page must make visible."""
    return _HIDDEN.search(text) is not None


def show_text(text: object, longest: int = 0) -> Markup:
    """Return the text with hidden characters named, and cut after ``longest`` unless that is 0."""
    pieces: list[Markup] = []
    end = 0
    said = "" if text is None else str(text)
    if longest and len(said) > longest:
        said = said[:longest] + "…"
    for match in _HIDDEN.finditer(said):
        name = unicodedata.name(match[0], "control character")
        pieces += (
            escape(said[end : match.start()]),
            Markup('<span class="archive-hidden" title="{}">U+{}</span>').format(
                name, f"{ord(match[0]):04X}"
            ),
        )
        end = match.end()
    return Markup("").join([*pieces, escape(said[end:])])


def mark_matches(text: str) -> Markup:
    """Return the text with what stands between the marks of a search in ``<mark>``.

    Marks that are lost or doubled, because the text itself held such characters, are left out;
    the elements are always closed.
    """
    shown: list[Markup] = []
    for place, part in enumerate(text.split(MARK_START)):
        inside, _, after = part.partition(MARK_END) if place else ("", "", part)
        if inside:
            shown.append(Markup("<mark>{}</mark>").format(show_text(inside)))
        shown.append(show_text(after.replace(MARK_END, "")))
    return Markup("").join(shown)


def format_moment(text: object) -> Markup:
    """Return a moment of ours to the second, with the whole of it for machines."""
    match = _MOMENT.fullmatch(str(text))
    if match is None:
        return show_text(text)
    shown = f"{match[1]} {match[2]} UTC"  # figures and signs alone: nothing is to be escaped
    return Markup(f'<time datetime="{match[0]}" title="{match[0]}">{shown}</time>')  # noqa: S704


def list_seen(captures: Iterable[Mapping[str, str]], path: str) -> Markup:
    """Return captures as elements of a list, each with its moment and a link below ``path``.

    Made here, because a page has hundreds of them and a template takes long over each.
    """
    link = Markup('<a class="id" href="') + path
    return Markup("").join(
        Markup("<li>") + format_moment(one["captured_at"]) + " " + link + one["id"] + Markup('">')
        + one["id"] + Markup("</a></li>")
        for one in captures
    )  # fmt: skip


def show_address(text: object, longest: int = 0) -> Markup:
    """Return an address as words, and beside it a link to the live page if it is one of http."""
    address = "" if text is None else str(text)
    words = Markup('<span class="archive-address">{}</span>').format(show_text(address, longest))
    if not _LIVE.fullmatch(address) or has_hidden(address):
        return words
    return words + Markup(
        ' <a class="archive-live" href="{}" rel="noopener nofollow noreferrer"'
        ' title="The live page, outside this archive">live&nbsp;↗</a>'
    ).format(address)


def quote_segment(text: object) -> str:
    """Return the text as one segment of a path."""
    return quote(str(text), safe="")
