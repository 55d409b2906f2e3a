"""What happened to statements, as it is told: edits, disappearances and returns, one after another.

Derived from versions and absences; a change that one capture alone shows is not confirmed yet.
Not for: how two contents differ (`archive.core.version`), or finding that out
(`archive.history`).
"""

import re
from dataclasses import dataclass

from archive.core.version import FACTS, AbsenceKind, ChangeClass, Fact, Verdict

# What a change may be called when it is asked for: what it is, how it was announced, or a fact.
KINDS: tuple[str, ...] = (
    *("edit", "gone", "moved", "back"),
    *("announced", "unannounced", "date changed", "typographic", "boilerplate", "markup"),
    *(fact for fact in FACTS if fact not in ("moved", "typographic only", "boilerplate only")),
    "sentence moved",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The statement was edited; ``deleted`` and ``inserted`` are the first pieces of its text.

    ``title`` holds the old and the new one where they differ.
    """

    change: ChangeClass
    text_changed: bool
    verdict: Verdict | None
    facts: tuple[Fact, ...]
    words_deleted: int
    words_inserted: int
    words_moved: int
    notice: str | None
    deleted: tuple[str, ...]
    inserted: tuple[str, ...]
    title: tuple[str | None, str | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The statement is not there any more, or at another address."""

    kind: AbsenceKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The statement is there again; ``missed`` is when it was first found to be missing."""

    missed: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened to a statement, between two captures that show it.

    ``id`` is a URN that follows from the capture that shows it first, so that it stays the same
    whatever becomes known later.  ``before_capture`` and ``not_before`` are None where nothing was
    captured before; moments are UTC, as in the index.
    """

    id: str
    statement_id: str
    name: str
    url: str
    publisher: str | None
    before_capture: str | None
    capture: str
    not_before: str | None
    not_after: str
    is_confirmed: bool
    what: Edited | Missing | Returned


def describe_change(change: Change) -> str:
    """Return in a few neutral words what happened."""
    match change.what:
        case Edited() as edit:
            return _describe_edit(edit)
        case Missing(kind="moved") as missing:
            return missing.reason
        case Missing() as missing:
            return f"gone: {missing.reason}"
        case Returned():
            return "there again"


def _describe_edit(edit: Edited) -> str:
    if edit.verdict == "date changed, text same":
        return edit.verdict
    if not edit.text_changed:
        return "title changed" if edit.title else f"{edit.change} change"
    how = "" if edit.verdict is None else f"{edit.verdict} "
    sort = "typographic change" if edit.change == "typographic" else "change"
    return f"{how}{sort}, +{edit.words_inserted} −{edit.words_deleted} words"


def shorten_piece(text: str, most: int) -> str:
    """Return a piece of a text on one line, cut at a space where it is too long."""
    line = re.sub(r"\s+", " ", text).strip()
    if len(line) <= most:
        return line
    return line[: most - 1].rsplit(" ", 1)[0] + "…"


def list_change(change: Change) -> dict[str, object]:
    """Return a change as plain values: what programs are told, by ``--json`` and by webhook."""
    told: dict[str, object] = {
        "id": change.id,
        "what": describe_change(change),
        "statement": change.statement_id,
        "name": change.name,
        "url": change.url,
        "publisher": change.publisher,
        "before_capture": change.before_capture,
        "capture": change.capture,
        "not_before": change.not_before,
        "not_after": change.not_after,
        "confirmed": change.is_confirmed,
    }
    match change.what:
        case Edited() as edit:
            return told | {
                "kind": "edit",
                "class": edit.change,
                "text_changed": edit.text_changed,
                "verdict": edit.verdict,
                "facts": list(edit.facts),
                "words": {
                    "deleted": edit.words_deleted,
                    "inserted": edit.words_inserted,
                    "moved": edit.words_moved,
                },
                "notice": edit.notice,
                "title": list(edit.title) if edit.title else None,
                "removed": list(edit.deleted),
                "added": list(edit.inserted),
            }
        case Missing() as missing:
            return told | {"kind": missing.kind, "reason": missing.reason}
        case Returned() as returned:
            return told | {"kind": "back", "reason": returned.reason, "missed": returned.missed}
