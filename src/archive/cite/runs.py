"""A citation as people read it: runs of words, then text, HTML or Markdown made of them.

Rules:

1. What a page said is cleaned before it becomes a run: no control characters, no marks of
   direction, one line.  Joiners stay, which the spelling of some scripts needs.
2. Words that are written from right to left are isolated (Unicode TR9), so that the sentence
   around them keeps its order.
3. Only addresses of the web become links.

Not for: the order of the parts (`archive.cite.styles`).
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Markup = Literal["text", "html", "markdown"]
MARKUPS: tuple[Markup, ...] = get_args(Markup)

_JOINERS = "\u200c\u200d"
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_ISOLATE, _END = "\u2068", "\u2069"
_STOPS = ".?!…。！？؟۔"
_CLOSING = f'”’»"{_END}'
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~^$@&]|(?<=-)-|^[-+=]")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_WEB = re.compile(r"https?://", re.IGNORECASE)
# What may stand in an address where others parse it: the rest is escaped by percent.
_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'*+,;=%()]|%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words in one look; ``link`` is where they lead."""

    words: str
    is_italic: bool = False
    link: str | None = None


Runs = tuple[Run, ...]


def say(words: str) -> Run:
    """Return words as they are."""
    return Run(words=words)


def lead(address: str) -> Run:
    """Return an address that leads to itself, where it is one of the web."""
    shown = escape_address(address)
    return Run(words=shown, link=shown if is_web(shown) else None)


def clean(text: str) -> str:
    """Return captured text on one line, without what controls the line or its direction."""
    kept = (
        letter
        for letter in " ".join(text.split())
        if letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join("".join(kept).split())


def escape_address(address: str) -> str:
    """Return an address in which nothing stands that could end it, in any of the forms."""

    def escape(match: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))

    return _UNSAFE.sub(escape, address)


def is_web(address: str) -> bool:
    """Tell whether an address leads to the web."""
    return _WEB.match(address) is not None


def is_right_to_left(text: str) -> bool:
    """Tell whether any letter of ``text`` is written from right to left."""
    return not text.isascii() and any(
        unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text
    )


def ends_sentence(text: str) -> bool:
    """Tell whether ``text`` already ends as a sentence does."""
    return bool(text) and text.rstrip(_CLOSING)[-1:] in tuple(_STOPS)


def quote_title(title: str, mark: str) -> str:
    """Return a title in double quotation marks with ``mark`` inside, and single ones within it.

    The mark is left out where the title ends in one of its own.
    """
    inner, is_open = [], False
    for letter in title:
        if letter == '"':
            inner.append("’" if is_open else "‘")
            is_open = not is_open
        else:
            inner.append({"“": "‘", "”": "’", "„": "‚"}.get(letter, letter))
    words = "".join(inner)
    if is_right_to_left(words):
        return f"“{isolate(words)}{'' if ends_sentence(words) else mark}”"
    return f"“{stop_title(words, mark)}”"


def stop_title(title: str, mark: str = ".") -> str:
    """Return a title with a mark behind it, if it has none: within the quotation that ends it."""
    if ends_sentence(title):
        return title
    opening = {"’": "‘", "”": "“"}.get(title[-1:])
    if opening is not None and opening in title:
        return f"{title[:-1]}{mark}{title[-1]}"
    return f"{title}{mark}"


def isolate(text: str) -> str:
    """Return ``text`` kept apart from the direction of what stands around it, if need be."""
    return f"{_ISOLATE}{text}{_END}" if is_right_to_left(text) else text


def finish(runs: Iterable[Run]) -> Runs:
    """Return runs with a full stop behind them, where no sentence ends there yet."""
    found = tuple(runs)
    return found if ends_sentence(found[-1].words) else (*found, say("."))


def format_runs(runs: Iterable[Run], markup: Markup) -> str:
    """Return runs as plain text, HTML or Markdown, on one line."""
    if markup == "html":
        return "".join(_format_html(run) for run in runs)
    if markup == "markdown":
        line = "".join(_format_markdown(run) for run in runs)
        return _NUMBERED.sub(r"\1\\\2", line)  # else a list
    return "".join(run.words for run in runs)


def _format_html(run: Run) -> str:
    words = html.escape(run.words).replace(_ISOLATE, "<bdi>").replace(_END, "</bdi>")
    if run.link is not None:
        words = f'<a href="{html.escape(run.link)}">{words}</a>'
    return f"<i>{words}</i>" if run.is_italic else words


def _format_markdown(run: Run) -> str:
    if run.link is not None:
        return f"<{run.link}>"
    words = _MARKDOWN.sub(r"\\\g<0>", run.words)
    return f"*{words}*" if run.is_italic and words.strip() else words
