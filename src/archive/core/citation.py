"""What a citation says: a statement, bound to one captured version, with who says which part of it.

Rules:

1. The date, the publisher and the authors are those that are displayed: a curator's where there is
   one.  What the machine concluded stays beside it (`Answers`).
2. A citation proves that this archive held these bytes, and by when; not that the publisher
   served them.
3. ``archived`` is an address on the web where the settings give its start, else a URN of ours.

Not for: the forms that citations take (`archive.cite`), or gathering what they say
(`archive.workflows.cite`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.core.digest import Digest

CAPTURE_URN = "urn:archive:capture:"
NOT_PROVED = "that the publisher served them to others is not proved"

# What became of the original address: `deviated` is the template's word for "live, but changed".
UrlStatus = Literal["live", "dead", "deviated", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person's name in its parts; one with a single name has ``family`` alone.

    ``is_family_first``: the name is written so, as in Hungarian or Chinese.
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    is_family_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation as an author."""

    name: str


Author = Person | Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to a question: the machine's, by a rule, or a curator's, by name."""

    value: str
    rule: str
    confidence: float | None = None
    asserted_by: str | None = None
    asserted_at: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All answers to one question, the displayed one first."""

    field: str
    said: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedVersion:
    """Which version of the statement is cited, from 1, and how many are known."""

    number: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """An outsider who signed that the log existed: ``kind`` as in "time stamp by"."""

    kind: str
    who: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """That the log holds a capture: its leaf, the checkpoint over it, and who vouches for that."""

    origin: str
    leaf: int
    size: int
    root: str
    testimonies: tuple[Testimony, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A passage of the cited text: its words as stored, those around it, and where it stands.

    ``start`` and ``end`` count characters (code points) of the text whose digest is ``text``.
    ``fragment`` leads a browser to it; ``times`` tells how often the passage stands there.
    """

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int
    text: str
    fragment: str
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Everything that the forms of a citation are made from.

    ``site`` is the host captured from, ``publisher`` whom the page declares, ``original`` who
    published it first where that is somebody else, ``agency`` the source that the text credits.
    ``published`` is EDTF; ``is_supplied`` tells that a curator gave it.
    """

    capture: str
    record: str
    title: str | None
    authors: tuple[Author, ...]
    site: str
    publisher: str | None
    original: str | None
    agency: str | None
    published: str | None
    is_supplied: bool
    language: str | None
    captured: datetime
    url: str
    archived: str
    archive: str
    payload: Digest | None
    ark: str | None
    version: CitedVersion | None
    status: UrlStatus
    held: Held | None
    answers: tuple[Answers, ...] = ()
    quotation: Quotation | None = None


def format_text_urn(capture: str) -> str:
    """Return the URN of a capture's main text, which quotations are places in."""
    return f"urn:archive:text:{capture}"
