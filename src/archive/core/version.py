"""Versions and edits: what a statement said from when to when, and how two of its states differ.

Rules:

1. A version is a maximal run of consecutive usable captures of one statement whose own words,
   title and stated metadata are equal.  A, then B, then A are three versions.
2. Both sides of a comparison are read under one extractor label.
3. A page that shows something else than the statement (a block page, a consent wall) is captured,
   and says nothing about versions.
4. Words are neutral: the difference is told, never its reason.
5. A passing failure (no answer, a server's error, too many requests, a block page) is neither a
   version nor an absence; a truncated or malformed answer says nothing either.

Not for: finding the difference (`archive.history`), or reading pages (`archive.extract`).  Over 300
lines, because what is told of versions has many parts.
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

AbsenceKind = Literal["gone", "moved"]

# What the latest capture that tells anything says of a statement.  `never seen`: it was not there
# when it was first asked for, nor since.  `unreachable`: nothing but failures so far.
# `not shown`: there were answers, and none shows the statement or that it is gone.
# `unread`: an answer came, and its page waits to be read.
State = Literal["present", "gone", "moved", "never seen", "unreachable", "not shown", "unread"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Digests of what one reading gave, each by a rule that has a version.

    ``words`` is of the statement's own words, ``fold`` of their letters and digits; both are None
    where there is no text.  ``title`` and ``meta`` are of what the page states.
    """

    words: str | None
    fold: str | None
    title: str
    meta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The own words of a capture, as read under one label by the conversion at ``leaf``."""

    label: str
    leaf: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one capture lets us know of its statement.

    ``source`` is the capture that it shares its payload with, else itself.  What was read of that
    one (the outcome is ``reading``), holds for this one: ``quality``, ``title``, ``meta``,
    ``wordings``.  ``is_alias`` tells that it leads to another address of the same statement.
    """

    capture: str
    source: str
    moment: str
    url: str
    outcome: str
    status: int | None
    location: str | None
    is_alias: bool
    reading: str | None
    quality: str | None
    title: str | None
    meta: str | None
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The capture shows the statement; it has words to compare unless it is an image, say."""

    has_words: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """The capture shows that the statement is not there, and how."""

    kind: AbsenceKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """The capture says nothing of versions, and why."""

    reason: str
    is_failure: bool = False
    is_waiting: bool = False


Judgement = Shown | Lacking | Silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A run of captures with equal words, title and stated metadata; numbers begin with 1.

    ``pending`` counts the neighbours in it that no label was common to, so that they are only
    taken to be equal.
    """

    number: int
    first: Sighting
    last: Sighting
    captures: int
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From one version to the next: the last capture before, the first after, their label."""

    number: int
    before: Sighting
    after: Sighting
    label: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time in which a statement was not there, between the captures that show it.

    ``had`` is the last capture that had it, None where none did; ``again`` the first that had it
    again, None where none does.  The return is confirmed by a second capture that has it, with none
    between them that has it not.
    """

    position: int
    kind: AbsenceKind
    reason: str
    had: Sighting | None
    missing: Sighting
    again: Sighting | None
    captures: int
    is_return_confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What earlier captures told, as far as it bears on what later ones tell.

    ``version`` is the last one so far, and ``step`` led to it; ``had`` is the last capture that
    showed the statement.  ``absences`` are those that have not ended, or whose end the next
    capture may confirm; ``ended`` counts the others.
    """

    version: Version | None
    step: Step | None
    had: Sighting | None
    absences: tuple[Absence, ...]
    ended: int
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What all captures of a statement tell together; or later ones, after what is known.

    ``judgements`` has one for each sighting, and ``numbers`` the number of the version that it
    shows, or None; ``pending`` are neighbours that wait to be read under one label.
    """

    versions: tuple[Version, ...]
    steps: tuple[Step, ...]
    absences: tuple[Absence, ...]
    pending: tuple[tuple[Sighting, Sighting], ...]
    judgements: tuple[Judgement, ...]
    numbers: tuple[int | None, ...]
    state: State
