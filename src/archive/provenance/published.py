"""When it was published: a day where the evidence bears one, else an interval, or unknown.

Rules:

1. Day claims are weighed by how often their kind is right; of one family (one hand wrote
   it) only the best counts.  Days agree where they are equal as stated, or are one moment
   told in two zones; a month or year, or a set of two readings, agrees with the days in it.
2. The day with the most weight is asserted if no other has more than a third of its weight,
   and it does not rest on weak kinds alone (`_WEAK`).  Confidence follows the number of
   families that agree; what contradicts lowers it.
3. Where two days contradict each other without such a difference, both are given, as one of
   a set.  Programs that search the page (htmldate) may support a day and never bear it.
   Where the address gives a month, dates in the text outside it are of something else.
   Where more than `_MOST_DAYS` do, none is believed.
   A set of two readings is the one of them that lies in that month; where it stands behind a
   label, likewise the only one that is not after the capture.
4. A day on which clocks stand that were never set is none (`list_dates`), nor is one after the
   capture.  A day that only weak kinds state, and that is the day of capture, is the render time.
5. Without a day: the months and years claimed; else the interval between the latest lower
   bound (uploads, events of the past) and the earliest upper bound (capture, comments,
   modified); a weekday that stands in the place of a date leaves of a short interval the days
   that fall on it.
6. A modified date is an upper bound and never a published day.

Not for: finding claims (`archive.extract`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from archive.core.claim import Assertion, Claim
from archive.core.edtf import earliest
from archive.core.span import Span, format_span, list_weekdays, read_span
from archive.provenance.candidate import Candidate, assert_value, list_dates, make_unknown

_WEAK = 0.84  # what is less sure than that bears no day
_FACTOR = 3  # how much weightier a day must be than the one that contradicts it
_FACTOR_NEXT = 1.5  # the same, where one is the day after the other
_MOST_ALONE = 0.9  # one family alone, however good: 86 in a hundred over all kinds
_LABELLED = 92  # rank of what stands behind a word for publishing
_WIDER = 0.5  # weight of a month or a set that a day lies in
_FIRM = 1.5  # weight of a contradiction that counts fully
_SECOND_READER = 0.06  # what htmldate adds to a date that it, too, sees in the text
_BY_FAMILIES = (0.0, 0.0, 0.96, 0.99)  # two and three families, without contradiction
_AGAINST = 0.12  # what a weaker contradiction takes off
_MOST_WEEKDAYS = 8
_MOST_DAYS = 8  # of a page that states more, none is believed
_ONE_HAND = {"visible": "time"}  # what a reader sees of a `time` element is no second witness
_PROGRAMS = "htmldate"
_SEEN = "visible"
_SEEN_APART = 0.35  # what a visible date counts beside a better placed one of the same page
_UNLABELLED = (
    "visible-class",
    "visible-beside",
    "visible-heading",
    "visible-over",
    "visible-above",
    "meta",
)
_RENDERED = (
    "visible-above",
    "visible-over",
    "time-above",
    "meta",
    "visible-alone",
    "visible-own-line",
)


def choose_published(claims: Sequence[Claim], captured: datetime | None) -> Assertion:
    """Return when the statement was published, as far as its claims tell."""
    until = captured.astimezone(UTC).date() if captured else None
    candidates = list_dates("published", claims)
    candidates = _read_sets(candidates, until)
    spans = {item.place: read_span(item.value) for item in candidates}
    days = [
        item
        for item in candidates
        if spans[item.place].is_day and not _is_impossible(item, spans[item.place], until)
    ]
    days = _drop_other_months(_drop_changes(days, claims), candidates, spans)
    groups = _group(days, candidates, spans)
    if groups:
        asserted = _choose_day(groups, candidates, spans)
        if asserted:
            return asserted
    bounds = _find_bounds(candidates, claims, spans, until)
    return _choose_interval(groups, candidates, claims, spans, bounds)


def _read_sets(candidates: list[Candidate], until: date | None) -> list[Candidate]:
    """Return the candidates, a set of readings as its day where only one can be meant (rule 3)."""
    months = [
        read_span(item.value)
        for item in candidates
        if item.claim.rule.partition("/")[0] == "url-month"
    ]
    return [_read_set(item, months, until) for item in candidates]


def _read_set(item: Candidate, months: list[Span], until: date | None) -> Candidate:
    if not item.value.startswith("["):
        return item
    days = read_span(item.value).days
    near = [day for day in days if any(month.holds(day) for month in months)]
    if not near and until and item.rank >= _LABELLED:
        near = [day for day in days if day <= until]
    return replace(item, value=near[0].isoformat()) if len(near) == 1 else item


def _is_impossible(item: Candidate, span: Span, until: date | None) -> bool:
    if until is None or span.first is None:
        return False
    if span.first > until + timedelta(days=1):
        return True
    is_weak = item.claim.rule.partition("/")[0] in _RENDERED or item.claim.source == _PROGRAMS
    return is_weak and abs((span.first - until).days) <= 1


def _drop_changes(days: list[Candidate], claims: Sequence[Claim]) -> list[Candidate]:
    """Return the days without those that are rather of a change (rule 6).

    That is a claim of the very moment, or one without a label of the very day, that another
    place calls modified, where something else states an earlier day.
    """
    modified = {item.value for item in list_dates("modified", claims)}
    changed = {value[:10] for value in modified}
    kept = [
        item
        for item in days
        if not (
            item.value in modified
            if len(item.value) > len("YYYY-MM-DD")
            else item.value in changed and item.claim.rule.partition("/")[0] in _UNLABELLED
        )
    ]
    dropped = [item for item in days if item not in kept and item.claim.source != _PROGRAMS]
    if dropped and len({item.claim.source for item in kept} - {_PROGRAMS}) < 2:
        return days
    firm = {item.value[:10] for item in kept if item.claim.source != _PROGRAMS}
    if not firm:
        return days
    return [item for item in days if item in kept or item.value[:10] <= min(firm)]


def _drop_other_months(
    days: list[Candidate], candidates: list[Candidate], spans: dict[int, Span]
) -> list[Candidate]:
    """Return the days without those that readers see outside the month of the page's address.

    That month is nearly always right; where another day lies in it, a date in the text elsewhere
    is of something else.
    """
    for item in candidates:
        if item.claim.rule.startswith("url-month"):
            month = spans[item.place]
            near = [day for day in days if _is_near_month(spans[day.place], month)]
            if any(day.claim.source != _PROGRAMS for day in near):
                return [day for day in days if day in near or day.claim.source != _SEEN]
    return days


def _is_near_month(day: Span, month: Span) -> bool:
    """Tell whether a day lies in a month, or at its edge in another time zone."""
    if day.first is None or month.first is None or month.last is None:
        return False
    return month.first - timedelta(days=1) <= day.first <= month.last + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """A day, the claims that state it, and their weight, each family counted once.

    ``wider`` is the part of the weight that months and sets give, by family.
    """

    chosen: Candidate
    members: tuple[Candidate, ...]
    families: int
    weight: float
    wider: frozenset[str]


def _group(
    days: list[Candidate], candidates: list[Candidate], spans: dict[int, Span]
) -> list[_Group]:
    """Return the different days, the weightiest first."""
    groups: list[_Group] = []
    most_seen = max((item.rank for item in days if item.claim.source == _SEEN), default=0)
    left = sorted(days, key=lambda item: (-item.rank, item.place))
    while left:
        chosen = left[0]
        members = tuple(item for item in left if is_same_day(item.value, chosen.value))
        left = [item for item in left if item not in members]
        wider = [
            item
            for item in candidates
            if item not in days and _is_narrow(spans[item.place]) and _meets(item, chosen, spans)
        ]
        best: dict[str, int] = {}
        for item in members:
            if item.claim.source != _PROGRAMS:
                best[item.claim.source] = max(best.get(item.claim.source, 0), item.rank)
        # A month or a set that fits is half a family.
        weight = sum(
            _weigh(rank) * (_SEEN_APART if source == _SEEN and rank < most_seen else 1)
            for source, rank in best.items()
        )
        wide = frozenset({item.claim.source for item in wider} - set(best))
        weight += _WIDER * len(wide)
        if any(item.claim.source == _PROGRAMS for item in members):
            weight += 0.3
        families = len({_ONE_HAND.get(source, source) for source in best})
        families += 1 if wider and families < 2 else 0
        groups.append(
            _Group(chosen=chosen, members=members, families=families, weight=weight, wider=wide)
        )
    return sorted(groups, key=lambda group: -group.weight)


def _weigh(rank: int) -> float:
    share = min(rank, 99) / 100
    return max(0.1, math.log(share / (1 - share)))


def _is_narrow(span: Span) -> bool:
    """Tell whether a span says something of its own: a month, a year, a set; not a bound."""
    return span.first is not None and span.last is not None and not span.is_day


def _meets(item: Candidate, chosen: Candidate, spans: dict[int, Span]) -> bool:
    return spans[item.place].meets(spans[chosen.place])


def _choose_day(
    groups: list[_Group], candidates: list[Candidate], spans: dict[int, Span]
) -> Assertion | None:
    """Return the day of the weightiest group, if it bears one (rule 2)."""
    first = groups[0]
    others_borne = [group for group in groups[1:] if group.families]
    rival = others_borne[0].weight if others_borne else 0.0
    best = max(item.rank for item in first.members) / 100
    if all(item.claim.source == _PROGRAMS for item in first.members):
        return None
    confidence = _BY_FAMILIES[min(first.families, 3)] or best
    if any(item.claim.source == _PROGRAMS for item in first.members) and first.families == 1:
        confidence += _SECOND_READER if first.chosen.claim.source == "visible" else 0.0
    if first.families == 1:
        confidence = min(confidence, _MOST_ALONE)
    if rival:
        is_next = _is_next_day(first.chosen.value, others_borne[0].chosen.value)
        # A month that both days lie in says nothing between them.
        shared = _WIDER * len(first.wider & others_borne[0].wider)
        factor = _FACTOR_NEXT if is_next else _FACTOR
        if (rival - shared) * factor > first.weight - shared:
            return None
        confidence -= _AGAINST if rival >= _FIRM else _AGAINST / 3
    supports = [
        item for item in candidates if item in first.members or _meets(item, first.chosen, spans)
    ]
    others = [item for item in candidates if item not in supports]
    if any(item.claim.source == "comments" or _is_narrow(spans[item.place]) for item in others):
        confidence -= _AGAINST
    if confidence < _WEAK:
        return None
    day = first.chosen.value[:10]
    return replace(
        assert_value(
            "published", first.chosen.value, "agreeing-days", confidence, supports, others
        ),
        earliest=day,
        latest=day,
    )


def _find_bounds(
    candidates: list[Candidate], claims: Sequence[Claim], spans: dict[int, Span], until: date | None
) -> Span:
    """Return the interval between the bounds; where they cross, the upper one stands alone."""
    open_ended = [spans[item.place] for item in candidates]
    lower = [span.first for span in open_ended if span.first and not span.last]
    upper = [span.last for span in open_ended if span.last and not span.first]
    modified = [read_span(item.value).last for item in list_dates("modified", claims)]
    if until:
        upper.append(until)
        lower = [day for day in lower if day <= until]
    # A page may have been changed again: the latest of its changes bounds it, none sooner.
    known = [day for day in modified if day and (until is None or day <= until)]
    if known:
        upper.append(max(known))
    first, last = max(lower, default=None), min(upper, default=None)
    if first and last and first > last:
        first = None
    return Span(first=first, last=last)


def _choose_interval(
    groups: list[_Group],
    candidates: list[Candidate],
    claims: Sequence[Claim],
    spans: dict[int, Span],
    bounds: Span,
) -> Assertion:
    strong = [group for group in groups if group.families and group.weight >= 1]
    apart = [
        spans[item.place]
        for item in candidates
        if strong and _is_narrow(spans[item.place]) and not _meets(item, strong[0].chosen, spans)
    ]
    if apart:
        known = [*apart, *(spans[group.chosen.place] for group in strong)]
        span = Span(
            first=min(item.first for item in known if item.first),
            last=max(item.last for item in known if item.last),
        )
        return _assert_span(span, "days-in-conflict", 0.6, candidates, spans)
    days = tuple(sorted({date.fromisoformat(group.chosen.value[:10]) for group in strong}))
    if len(strong) > 1 and len(days) <= _MOST_DAYS:
        return _assert_span(
            Span(first=days[0], last=days[-1], days=days),
            "days-in-conflict",
            0.6 if len(days) <= 3 else 0.4,
            candidates,
            spans,
        )
    narrow = [
        item
        for item in candidates
        if _is_narrow(spans[item.place]) and spans[item.place].meets(bounds)
    ]
    if narrow:
        best = max(narrow, key=lambda item: (item.rank, len(item.value), -item.place))
        agree = [item for item in narrow if _meets(item, best, spans)]
        exact = min(agree, key=lambda item: _measure(spans[item.place]))
        confidence = 0.9 if len({item.claim.source for item in agree}) > 1 else 0.85
        return _assert_span(spans[exact.place], "stated-interval", confidence, candidates, spans)
    weekdays = {int(item.value) for item in list_dates("weekday", claims)}
    if len(weekdays) == 1:
        days = list_weekdays(bounds, weekdays.pop(), most=_MOST_WEEKDAYS)
        if days:
            span = Span(first=days[0], last=days[-1], days=days)
            return _assert_span(span, "weekdays-between-bounds", 0.7, candidates, spans)
    if bounds.first is None:
        latest = bounds.last.isoformat() if bounds.last else None
        return replace(make_unknown("published"), latest=latest)
    return _assert_span(bounds, "between-bounds", 0.8, candidates, spans)


def _measure(span: Span) -> timedelta:
    return (span.last or date.max) - (span.first or date.min)


def _assert_span(
    span: Span, rule: str, confidence: float, candidates: list[Candidate], spans: dict[int, Span]
) -> Assertion:
    supports = [item for item in candidates if spans[item.place].meets(span)]
    others = [item for item in candidates if item not in supports]
    return replace(
        assert_value("published", format_span(span) or "", rule, confidence, supports, others),
        earliest=span.first.isoformat() if span.first else None,
        latest=span.last.isoformat() if span.last else None,
    )


def _is_next_day(one: str, other: str) -> bool:
    days = [date.fromisoformat(value[:10]) for value in (one, other)]
    return abs((days[0] - days[1]).days) == 1


def is_same_day(one: str, other: str) -> bool:
    """Tell whether two days are equal as stated, or one moment in two zones (rule 1)."""
    if "[" in (one[:1], other[:1]):  # a set of two readings
        return one == other
    if one[:10] == other[:10]:
        return True
    zoned = [len(value) > len("YYYY-MM-DDThh:mm:ss") for value in (one, other)]
    if all(zoned):
        return abs(earliest(one) - earliest(other)) <= timedelta(minutes=10)
    if any(zoned):
        moment, plain = (one, other) if zoned[0] else (other, one)
        start = earliest(moment)
        hours = (-12, 14)
        return plain[:10] in {(start + timedelta(hours=hour)).date().isoformat() for hour in hours}
    return False
