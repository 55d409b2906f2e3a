"""Annotations: what people add, stored as records beside what was captured.

One kind of WARC ``metadata`` record carries them all (``docs/format.md``, "Annotations").
Not for: withdrawing bytes (`archive.store.withdraw`), which an annotation only announces.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from archive.core.canonical import format_canonical
from archive.core.instant import format_instant, parse_instant
from archive.errors import ArchiveError, DamageError

FORMAT = "statement-archive/annotation/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Who says what of which capture, when and why.

    ``kind`` is ``note`` or ``withdrawal`` (others join later); ``target`` is the record id
    of the capture's principal record; ``agent`` a stable URN, ``agent_name`` how it is shown.
    """

    kind: str
    target: str
    body: str
    agent: str
    agent_name: str
    time: datetime
    reason: str | None = None
    supersedes: str | None = None


def format_annotation(value: Annotation) -> bytes:
    """Return the annotation's block: JSON, UTF-8, sorted keys; absent means none."""
    data = {
        "format": FORMAT,
        "kind": value.kind,
        "target": value.target,
        "body": value.body,
        "agent": {"id": value.agent, "name": value.agent_name},
        "time": format_instant(value.time),
        "reason": value.reason,
        "supersedes": value.supersedes,
    }
    present = {key: item for key, item in data.items() if item is not None}
    return format_canonical(present)


def parse_annotation(block: bytes) -> Annotation:
    """Read an annotation.

    Raises:
        DamageError: the block is none.
    """
    try:
        data = json.loads(block)
        if data.get("format") != FORMAT:
            raise DamageError(f"unknown format {data.get('format')!r}")
        return Annotation(
            kind=data["kind"],
            target=data["target"],
            body=data["body"],
            agent=data["agent"]["id"],
            agent_name=data["agent"]["name"],
            time=parse_instant(data["time"]),
            reason=data.get("reason"),
            supersedes=data.get("supersedes"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, ArchiveError) as error:
        raise DamageError(f"an annotation is not what it should be: {error}") from error
