"""Having the newest checkpoint stamped by authorities (RFC 3161), and keeping the proof.

Rules:

1. The text of the checkpoint's note is what is stamped: all before the empty line.
2. Question and answer are captures, stored whatever the answer is; then it is judged, and what
   holds, and states about the time of our clock, becomes an event that names both.
3. Stamping the newest checkpoint stamps everything before it again, earlier answers included:
   so an old token goes on proving its time after its authority's certificate has ended.

Not for: judging answers (`archive.workflows.tokens`) or sending (`archive.workflows.posts`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.capture.settings import TransportSettings
from archive.core.event import Timestamping
from archive.core.exchange import Body, Post
from archive.core.instant import format_instant
from archive.core.note import Note, format_note
from archive.errors import InputError
from archive.external.openssl import Undecided
from archive.index.events import EventRow, select_events
from archive.store.log import read_log, read_note
from archive.witness.certificates import format_certificate
from archive.witness.timestamp import QUERY_TYPE, Stamped, format_timestamp_query
from archive.workflows.events import store_event
from archive.workflows.opening import OpenArchive
from archive.workflows.posts import PostResult, capture_posts
from archive.workflows.settings import AuthoritySettings
from archive.workflows.stated_time import find_arrival_problem
from archive.workflows.tokens import Judgement, Proven, judge_token, read_roots


@dataclass(frozen=True, slots=True, kw_only=True)
class StampResult:
    """What one authority gave for the checkpoint of ``size`` leaves.

    ``stamped`` and ``event`` are there where its token holds; else ``problem`` says why not,
    and ``is_undecided`` that nothing here can judge the answer, which is stored all the same.
    """

    authority: str
    size: int
    capture_id: str
    stamped: Stamped | None = None
    event: EventRow | None = None
    problem: str | None = None
    remedy: str = ""
    is_undecided: bool = False


def stamp_checkpoint(
    archive: OpenArchive,
    authorities: Sequence[AuthoritySettings],
    *,
    transport: TransportSettings,
    by: str | None = None,
) -> tuple[StampResult, ...]:
    """Ask every authority to stamp the newest checkpoint; return what each gave.

    Raises:
        InputError: there is nobody to ask, a root certificate is missing, or the log is empty.
        StoreError: the disk refused.
    """
    if not authorities:
        raise InputError(
            "nobody to ask for a time stamp",
            remedy="name one in archive.toml ([[timestamp.authority]]), or give --tsa and --root",
        )
    roots = [read_roots(archive.layout.root / authority.root) for authority in authorities]
    note = read_note(archive.layout.log)
    size = archive.writer.checkpoint.size
    if note is None or not size:
        raise InputError(
            "there is nothing to stamp yet", remedy="capture a page first: archive capture URL"
        )
    nonces = [int.from_bytes(archive.world.identity.new_salt()[:8]) for _ in authorities]
    data = note.text.encode()
    posts = [
        Post(
            address=authority.url,
            body=Body(content_type=QUERY_TYPE, data=format_timestamp_query(data, nonce=nonce)),
            purpose="timestamp",
        )
        for authority, nonce in zip(authorities, nonces, strict=True)
    ]
    archive.signer.remember(archive.writer.checkpoint)  # before anybody else has seen it
    results = capture_posts(
        archive, posts, transport=replace(transport, headers=(), cookies_file=None)
    )
    return tuple(
        _take_answer(archive, result, note, size, nonce, trusted, by)
        for result, nonce, trusted in zip(results, nonces, roots, strict=True)
    )


def is_stamp_due(archive: OpenArchive, *, restamp_days: int, now: datetime) -> bool:
    """Tell whether anything was logged since the last time stamp, or its certificate soon ends.

    Raises:
        StoreError: the log or the index cannot be read.
    """
    events = select_events(archive.index, "timestamp")
    if not events:
        return archive.writer.checkpoint.size > 0
    last = events[-1]
    act = last.event.act
    ends = act.ends if isinstance(act, Timestamping) else None
    if ends is not None and now >= ends - timedelta(days=restamp_days):
        return True
    # Everything after it but the answers of other authorities, and their events.
    log = read_log(archive.layout.log)
    stamps = {row.leaf for row in events}
    since = [leaf for leaf in log.read_leaves(last.leaf + 1) if leaf.sequence not in stamps]
    return bool(since)


def _take_answer(
    archive: OpenArchive,
    result: PostResult,
    note: Note,
    size: int,
    nonce: int,
    roots: tuple[bytes, ...],
    by: str | None,
) -> StampResult:
    """Judge one answer, and record that it holds."""
    capture = result.capture
    found = StampResult(authority=result.post.address, size=size, capture_id=capture.id)
    if result.answer is None:
        why = capture.error or f"it answered {capture.status}, and no time stamp"
        return replace(found, problem=why, remedy="ask again later, or another authority")
    judgement: Judgement = judge_token(
        result.answer, data=note.text.encode(), nonce=nonce, roots=roots
    )
    if isinstance(judgement, Undecided):
        return replace(found, problem=judgement.reason, remedy=judgement.remedy, is_undecided=True)
    if not isinstance(judgement, Proven):
        return replace(
            found,
            problem=judgement.reason,
            remedy="look whether the root certificate is the one of this authority",
        )
    stamped = judgement.stamped
    untimely = find_arrival_problem(stamped.time.timestamp(), archive.world.clock())
    if untimely is not None:
        return replace(
            found,
            problem=f"{untimely}: {format_instant(stamped.time)}",
            remedy="set the clock that is wrong, and ask again",
        )
    act = Timestamping(
        authority=result.post.address,
        note=format_note(note),
        response=capture.record_id,
        stated=stamped.time,
        ends=stamped.valid_until,
        roots=(format_certificate(stamped.chain[-1]),),
        judge=judgement.judge,
    )
    event = store_event(archive, act, by=by, refers_to=capture.record_id)
    return replace(found, stamped=stamped, event=event)
