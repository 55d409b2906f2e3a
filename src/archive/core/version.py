"""Versions and edits: what a statement said from when to when, and how two of its states differ.

Rules:

1. A version is a maximal run of consecutive usable captures of one statement whose own words,
   title and stated metadata are equal.  A, then B, then A are three versions.
2. Both sides of a comparison are read under one extractor label.
3. A page that shows something else than the statement (a block page, a consent wall) is captured,
   and says nothing about versions.
4. Words are neutral: the difference is told, never its reason.

Not for: finding the difference (`archive.history`), or reading pages (`archive.extract`).
"""

from dataclasses import dataclass
from typing import Literal, get_args

# What a page is that came instead of the statement, or the statement itself.
Quality = Literal["usable", "block page", "challenge page", "consent wall", "soft 404"]

# How far two states differ, in rising order.  `markup`: the bytes alone.  `boilerplate`: the page's
# furniture (menus, counters, clocks, related links).  `typographic`: spaces, quotes, punctuation,
# letter case.  `substantive`: letters or digits of the statement, its title or stated metadata.
ChangeClass = Literal["identical", "markup", "boilerplate", "typographic", "substantive"]

# What a difference is about; several hold at once.
Fact = Literal[
    "headline",
    "byline",
    "date",
    "number",
    "name",
    "negation",
    "quotation",
    "link",
    "notice added",
    "moved",
    "typographic only",
    "boilerplate only",
]
FACTS: tuple[Fact, ...] = get_args(Fact)

# `unannounced`: the text differs while the publisher's modified date stands still or is absent,
# and no notice appeared.  None where neither text nor date differs.
Verdict = Literal["announced", "unannounced", "date changed, text same"]

Operation = Literal["equal", "delete", "insert", "move"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link in the main text: its words, and the address that it leads to, absolute."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a captured page is as a whole, beside its main text and claims.

    ``reason`` names the rule that judged its quality and what it saw, empty for ``usable``.
    ``visible`` is the digest of all visible text, furniture included, in normal form.
    ``links`` are those of the main text, in order.
    """

    quality: Quality
    reason: str
    visible: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Metadata as one capture states it, parsed; None where it states nothing."""

    published: str | None = None
    modified: str | None = None
    author: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that a comparison looks at: one side of it.

    ``text`` is the main text in normal form; ``notices`` are the sentences in which the page
    says that it was corrected or updated.  ``visible`` and ``payload`` are digests; None where they
    are not known, and then taken to be equal.
    """

    text: str
    title: str | None
    stated: Stated
    links: tuple[Link, ...] = ()
    notices: tuple[str, ...] = ()
    visible: str | None = None
    payload: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a comparison, half-open ranges of characters (code points) of both texts.

    ``old`` is None for ``insert``, ``new`` for ``delete``.  Under ``move`` the same words stand
    elsewhere.  ``text`` is what was inserted or deleted, empty for the others.
    """

    operation: Operation
    old: tuple[int, int] | None
    new: tuple[int, int] | None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How two states of a statement differ.

    ``text_changed`` tells whether the statement's own text differs, the page's furniture aside.
    ``spans`` cover both texts without gaps, in the order of the new one; counts are words.
    ``notice`` is the sentence that announces the change, if one appeared.
    """

    change: ChangeClass
    text_changed: bool
    verdict: Verdict | None
    facts: tuple[Fact, ...]
    spans: tuple[Span, ...]
    words_deleted: int
    words_inserted: int
    words_moved: int
    notice: str | None = None
