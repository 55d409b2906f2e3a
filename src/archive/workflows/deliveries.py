"""Telling others of changes: webhooks, each delivery a capture, tried again until it is taken.

Follows Standard Webhooks 1.0.0 (symmetric signatures): ``webhook-id`` is the id of the change,
the same at every try, so that a receiver can pass over what it has; ``webhook-timestamp`` counts
seconds; ``webhook-signature`` is HMAC-SHA256 over id, time and body.  Rules:

1. Told is what a second capture confirms, furniture and markup alone left out, the oldest first.
2. Taken is what was answered by a status from 200 to 299.  Anything else is told again, after a
   pause that doubles, eight times in all.
3. What was told, when, and with what answer follows from the captures; nothing else is kept.
4. The writer's lock is held meanwhile.  Who gives no answer at all is told no more in this run, and
   an answer is waited for no longer than `_SECONDS`.

Not for: the list of changes (`archive.workflows.edits`).
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from archive.capture.settings import TransportSettings
from archive.core.change import Change, list_change
from archive.core.exchange import Body, Post
from archive.core.instant import format_instant, parse_instant
from archive.errors import InputError
from archive.index.changes import ChangeFilter, select_changes
from archive.index.deliveries import Delivery, select_deliveries
from archive.index.search import MOST_ROWS, open_reader
from archive.store.regular import read_regular
from archive.workflows.edits import parse_since
from archive.workflows.opening import Archive, OpenArchive
from archive.workflows.posts import capture_posts
from archive.workflows.settings import WebhookSettings

TRIES = 8
FIRST_PAUSE = timedelta(minutes=5)
_BACK = "7d"  # told where the settings name no day
_MOST = 1000  # changes that are told in one run
_LOOKED_AT = 200  # at once, for whether they are due
_AT_ONCE = 8
_SECONDS = 30.0  # for one delivery
_ANSWER_BYTES = 1 << 20
_SECRET_BYTES = 4096
_TYPE = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One try: the change, whom it was told, and the status of the answer, None for none."""

    change: str
    address: str
    capture: str
    status: int | None

    @property
    def is_taken(self) -> bool:
        """Whether it needs not be told again."""
        return self.status is not None and 200 <= self.status < 300


def deliver_changes(
    archive: Archive, writing: OpenArchive, *, transport: TransportSettings
) -> Iterator[Told]:
    """Tell everyone in the settings of what is due; yield each try once it is durable.

    Raises:
        InputError: a secret cannot be read.
        StoreError: the disk refuses.
    """
    limits = transport.limits
    transport = replace(
        transport,
        limits=replace(
            limits,
            wire_bytes=min(limits.wire_bytes, _ANSWER_BYTES),
            content_bytes=min(limits.content_bytes, _ANSWER_BYTES),
            total_seconds=min(limits.total_seconds, _SECONDS),
            attempts=1,
        ),
    )
    for hook in archive.settings.webhooks:
        secret = read_secret(archive.layout.root / hook.secret_file)
        now = writing.world.clock()
        due = _list_due(archive, writing, hook, now)
        start = 0
        while changes := due[start : start + (_AT_ONCE if start else 1)]:
            start += len(changes)
            posts = [make_post(hook.url, item, secret=secret, now=now) for item in changes]
            results = capture_posts(writing, posts, transport=transport)
            for change, result in zip(changes, results, strict=True):
                yield Told(
                    change=change.id,
                    address=hook.url,
                    capture=result.capture.id,
                    status=result.capture.status,
                )
            if all(result.capture.status is None for result in results):
                break


def make_post(address: str, change: Change, *, secret: bytes, now: datetime) -> Post:
    """Return the signed request that tells of a change."""
    body = json.dumps(
        {"type": "statement.changed", "timestamp": format_instant(now), "data": list_change(change)}
    ).encode()
    seconds = str(int(now.timestamp()))
    signed = b".".join((change.id.encode(), seconds.encode(), body))
    signature = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    fields = (
        ("webhook-id", change.id),
        ("webhook-timestamp", seconds),
        ("webhook-signature", f"v1,{signature}"),
    )
    carried = Body(content_type=_TYPE, data=body, fields=fields)
    return Post(address=address, body=carried, purpose="webhook", batch=change.id)


def read_secret(path: Path) -> bytes:
    """Return the shared secret in a file: the bytes behind ``whsec_``, or the text itself.

    Raises:
        InputError: it cannot be read, or is none.
    """
    remedy = "name a file with the secret in archive.toml, [[webhook]] secret_file"
    try:
        text = read_regular(path, _SECRET_BYTES).decode().strip()
        secret = (
            base64.b64decode(text.removeprefix("whsec_"), validate=True)
            if text.startswith("whsec_")
            else text.encode()
        )
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", remedy=remedy) from error
    except (UnicodeDecodeError, binascii.Error) as error:
        raise InputError(f"{path} holds no secret: {error}", remedy=remedy) from error
    if len(secret) < 16:
        raise InputError(f"the secret in {path} is shorter than 16 bytes", remedy=remedy)
    return secret


def is_due(delivery: Delivery | None, now: datetime) -> bool:
    """Tell whether a change is to be told now, after what was tried so far."""
    if delivery is None:
        return True
    pause = FIRST_PAUSE * 2 ** (delivery.tries - 1)
    return (
        not delivery.is_taken
        and delivery.tries < TRIES
        and now - parse_instant(delivery.last) >= pause
    )


def _list_due(
    archive: Archive, writing: OpenArchive, hook: WebhookSettings, now: datetime
) -> Sequence[Change]:
    """Return what is to be told now, the oldest first, at most `_MOST` of it."""
    since = parse_since(hook.since or _BACK, now=now)
    wanted = ChangeFilter(since=since, kinds=hook.kinds, is_confirmed=True)
    due: list[Change] = []
    with open_reader(archive.layout.database) as reader:
        changes = select_changes(reader, wanted, limit=MOST_ROWS, is_oldest_first=True)
        while len(due) < _MOST and (some := tuple(islice(changes, _LOOKED_AT))):
            known = select_deliveries(writing.index, hook.url, (change.id for change in some))
            due += [change for change in some if is_due(known.get(change.id), now)]
    return due[:_MOST]
