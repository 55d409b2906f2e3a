"""Annotations: what people add, stored as records beside what was captured.

One kind of WARC ``metadata`` record carries them all (``docs/format.md``, "Annotations").
Not for: withdrawing bytes (`archive.store.withdraw`), which an annotation only announces.
"""

from dataclasses import dataclass
from datetime import datetime

from archive.core.canonical import format_canonical, parse_object, parse_text
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
        data = parse_object(block)
        if data.get("format") != FORMAT:
            raise DamageError(f"unknown format {data.get('format')!r}")
        agent, name = parse_agent(data["agent"])
        return Annotation(
            kind=parse_text(data["kind"]),
            target=parse_text(data["target"]),
            body=parse_text(data["body"]),
            agent=agent,
            agent_name=name,
            time=parse_instant(parse_text(data["time"])),
            reason=parse_text(data["reason"]) if "reason" in data else None,
            supersedes=parse_text(data["supersedes"]) if "supersedes" in data else None,
        )
    except (KeyError, ArchiveError) as error:
        raise DamageError(f"an annotation is not what it should be: {error}") from error


def parse_agent(value: object) -> tuple[str, str]:
    """Return the id and the name of an agent, as annotations and events spell them.

    Raises:
        DamageError: they are not there.
    """
    if not isinstance(value, dict):
        raise DamageError("the agent is no object")
    return parse_text(value.get("id")), parse_text(value.get("name"))
