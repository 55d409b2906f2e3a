"""From the captures of one statement, in order of time, to versions, steps and absences.

Rules:

1. A capture shows the statement if its answer has a status of 200 to 299 and its page is usable.
   Truncated and malformed answers show nothing: what is missing cannot be told from what went.
2. The statement is gone where the answer is 404 or 410, a soft 404, or a redirect to the home
   page of its own host; moved where a permanent redirect leads to another address that is none
   of its own.  Everything else that is not the statement passes: it is neither version nor absence.
3. Two neighbours are of one version if title, stated metadata and own words are equal.  Words are
   compared under the first label that both were read with, which later labels never change.
4. Neighbours that have no label in common are taken to be equal until they have one.
5. Later captures can be traced by themselves, after what earlier ones told: the outcome is the same
   as for all of them together, without what has ended before.

Not for: how two versions differ (`archive.history.compare`), or where captures come from.
"""

from collections.abc import Iterable, Sequence

from archive.core.exchange import FAILURES
from archive.core.uri import format_statement_key, is_home, parse_url, resolve_location
from archive.core.version import (
    Absence,
    AbsenceKind,
    Judgement,
    Known,
    Lacking,
    Shown,
    Sighting,
    Silent,
    State,
    Step,
    Trace,
    Version,
)
from archive.errors import InputError

_GONE = (404, 410)
_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)
_UNREAD = ("timeout", "memory", "failed")
_TELLING: tuple[State, ...] = ("present", "gone", "moved", "never seen")
_PASSING_PAGES = ("block page", "challenge page", "consent wall")
_BUSY = 429
_SERVER_ERROR = 500
_MOST_REASONS = 3
_BETWEEN = ", "  # reasons; in none of them, as an address has no space


def trace_captures(sightings: Sequence[Sighting], known: Known | None = None) -> Trace:
    """Return what the captures of one statement, in order of time, tell together.

    Where it is ``known`` what all earlier ones told, these are the later ones; versions, steps and
    absences are then those that had not ended, and new ones.
    """
    judgements = tuple(map(judge_sighting, sightings))
    before = known.version if known else None
    runs: list[_Run] = [_Run(before.number, before.first)] if before else []
    if before:
        runs[-1].last, runs[-1].count, runs[-1].pending = (
            before.last,
            before.captures,
            before.pending,
        )
    changes: list[tuple[_Run, Sighting, Sighting, str]] = []
    if known and known.step:
        changes.append((runs[-1], known.step.before, known.step.after, known.step.label))
    pending: list[tuple[Sighting, Sighting]] = []
    numbers: list[int | None] = []
    last = before.last if before else None
    for seen, judgement in zip(sightings, judgements, strict=True):
        if not (isinstance(judgement, Shown) and judgement.has_words):
            numbers.append(None)
            continue
        label = None if last is None else find_common_label(last, seen)
        if last is None:
            runs.append(_Run(1, seen))
        elif label is None:
            runs[-1].pending += 1
            pending.append((last, seen))
        elif not _is_equal(last, seen, label):
            runs.append(_Run(runs[-1].number + 1, seen))
            changes.append((runs[-1], last, seen, label))
        runs[-1].count += 1
        runs[-1].last = last = seen
        numbers.append(runs[-1].number)
    return Trace(
        versions=tuple(
            Version(
                number=run.number,
                first=run.first,
                last=run.last,
                captures=run.count,
                pending=run.pending,
            )
            for run in runs
        ),
        steps=tuple(
            Step(
                number=run.number,
                before=one,
                after=other,
                label=label,
                is_confirmed=run.count > 1,
            )
            for run, one, other, label in changes
        ),
        absences=_find_absences(sightings, judgements, known),
        pending=tuple(pending),
        judgements=judgements,
        numbers=tuple(numbers),
        state=_find_state(judgements, known),
    )


class _Run:
    """A version while it grows."""

    __slots__ = ("count", "first", "last", "number", "pending")

    def __init__(self, number: int, first: Sighting) -> None:
        self.number = number
        self.first = first
        self.last = first
        self.count = 0
        self.pending = 0


def judge_sighting(seen: Sighting) -> Judgement:
    """Return what one capture, by itself, says of its statement."""
    if seen.outcome in FAILURES:
        return Silent(reason=seen.outcome, is_failure=True)
    if seen.outcome not in ("response", "revisit"):
        return Silent(reason=seen.outcome)
    if seen.quality in _PASSING_PAGES:
        return Silent(reason=seen.quality, is_failure=_is_failure(seen.status))
    if seen.status in _GONE:
        return Lacking(kind="gone", reason=f"status {seen.status}")
    if seen.status in _REDIRECTS:
        return _judge_redirect(seen)
    is_there = seen.status is not None and 200 <= seen.status < 300
    if not is_there and not (seen.status == 304 and seen.wordings):  # RFC 9110 §15.4.5
        return _judge_status(seen.status)
    if seen.quality == "soft 404":
        return Lacking(kind="gone", reason="soft 404")
    if seen.wordings:
        return Shown(has_words=True)
    if seen.reading == "pending":
        return Silent(reason="not read yet", is_waiting=True)
    if seen.reading in _UNREAD:
        return Silent(reason=f"reading ended with {seen.reading}")
    return Shown(has_words=False)


def find_common_label(one: Sighting, other: Sighting) -> str | None:
    """Return the label under which two captures are compared: the first that both were read with.

    That is the one whose later conversion is the earliest in the log; None where there is none.
    """
    if one.source == other.source:
        return one.wordings[0].label
    theirs = {wording.label: wording.leaf for wording in other.wordings}
    common = [
        (max(wording.leaf, theirs[wording.label]), wording.label)
        for wording in one.wordings
        if wording.label in theirs
    ]
    return min(common)[1] if common else None


def _is_equal(one: Sighting, other: Sighting, label: str) -> bool:
    if one.source == other.source:
        return True
    return (one.title, one.meta, _find_words(one, label)) == (
        other.title,
        other.meta,
        _find_words(other, label),
    )


def _find_words(seen: Sighting, label: str) -> str:
    return next(wording.words for wording in seen.wordings if wording.label == label)


def _judge_status(status: int | None) -> Silent:
    if status is None:
        return Silent(reason="no status")
    return Silent(reason=f"status {status}", is_failure=_is_failure(status))


def _is_failure(status: int | None) -> bool:
    return status is not None and (status == _BUSY or status >= _SERVER_ERROR)


def _judge_redirect(seen: Sighting) -> Judgement:
    """Tell a redirect that takes the statement's place from one on the way to it."""
    passing = Silent(reason="redirect")
    if seen.is_alias or not seen.location:
        return passing
    try:
        origin = parse_url(seen.url)
        target = resolve_location(origin, seen.location)
    except InputError:
        return passing
    is_own_host = _strip_www(target.host) == _strip_www(origin.host)
    if is_own_host and is_home(target) and not is_home(origin):
        return Lacking(kind="gone", reason="redirect to the home page")
    if seen.status in _PERMANENT and format_statement_key(target) != format_statement_key(origin):
        return Lacking(kind="moved", reason=f"moved to {target}")
    return passing


def _strip_www(host: str) -> str:
    return host.removeprefix("www.")


def _find_absences(
    sightings: Sequence[Sighting], judgements: Sequence[Judgement], known: Known | None
) -> tuple[Absence, ...]:
    """Return the absences; one lasts until the statement is there again, or moved, or gone."""
    spells = [_continue_spell(absence) for absence in known.absences] if known else []
    # Of how many it is known since when the statement is there again, and of which of these alone
    # a second capture may confirm that.
    ended = sum(spell.again is not None for spell in spells)
    returned = spells[:ended]
    had = known.had if known else None
    for seen, judgement in zip(sightings, judgements, strict=True):
        if isinstance(judgement, Shown):
            for spell in returned:
                spell.is_return_confirmed = True
            returned = spells[ended:]
            for spell in returned:
                spell.again = seen
            had, ended = seen, len(spells)
        elif isinstance(judgement, Lacking):
            returned = []
            if ended == len(spells) or spells[-1].kind != judgement.kind:
                spells.append(_Spell(judgement.kind, had, seen))
            spells[-1].captures += 1
            spells[-1].reasons.setdefault(judgement.reason)
    return tuple(
        Absence(
            position=position,
            kind=spell.kind,
            reason=_BETWEEN.join(list(spell.reasons)[:_MOST_REASONS]),
            had=spell.had,
            missing=spell.missing,
            again=spell.again,
            captures=spell.captures,
            is_return_confirmed=spell.is_return_confirmed,
        )
        for position, spell in enumerate(spells, known.ended + 1 if known else 1)
    )


class _Spell:
    """An absence while it lasts; its reasons, each once, in their order."""

    __slots__ = ("again", "captures", "had", "is_return_confirmed", "kind", "missing", "reasons")

    def __init__(self, kind: AbsenceKind, had: Sighting | None, missing: Sighting) -> None:
        self.kind = kind
        self.had = had
        self.missing = missing
        self.again: Sighting | None = None
        self.is_return_confirmed = False
        self.captures = 0
        self.reasons: dict[str, None] = {}


def _continue_spell(absence: Absence) -> _Spell:
    """Return an absence that may still change, as it was while it grew."""
    spell = _Spell(absence.kind, absence.had, absence.missing)
    spell.again = absence.again
    spell.captures = absence.captures
    spell.reasons = dict.fromkeys(absence.reason.split(_BETWEEN))
    return spell


def _find_state(judgements: Sequence[Judgement], known: Known | None) -> State:
    for judgement in reversed(judgements):
        if isinstance(judgement, Shown):
            return "present"
        if isinstance(judgement, Lacking):
            return _name_absence(judgement, judgements, known)
    silent = [item for item in judgements if isinstance(item, Silent)]
    if known and known.state in _TELLING:
        return known.state
    if any(item.is_waiting for item in silent):
        return "unread"
    is_failing = known is None or known.state == "unreachable"
    return "unreachable" if is_failing and all(item.is_failure for item in silent) else "not shown"


def _name_absence(last: Lacking, judgements: Iterable[Judgement], known: Known | None) -> State:
    if last.kind == "moved":
        return "moved"
    was_shown = known is not None and known.had is not None
    if was_shown or any(isinstance(item, Shown) for item in judgements):
        return "gone"
    return "never seen"
