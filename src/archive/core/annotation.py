"""Annotations: what people add, stored as records beside what was captured.

One kind of WARC ``metadata`` record carries them all (``docs/format.md``, "Annotations").
Not for: withdrawing bytes (`archive.store.withdraw`), which an annotation only announces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.core.access import Access, Embargo, Open, Private, format_access, parse_access
from archive.core.canonical import format_canonical, parse_count, parse_object, parse_text
from archive.core.curation import CuratorAssertion, Evidence
from archive.core.instant import format_instant, parse_instant
from archive.core.organisation import Merger, Organisation
from archive.core.watch import WATCH_KINDS, WatchOrder, format_duration
from archive.errors import ArchiveError, DamageError

FORMAT = "statement-archive/annotation/1"

Body = str | CuratorAssertion | Organisation | Merger | WatchOrder | Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Who says what of which capture, organisation or watch order, when and why.

    ``kind`` is ``note``, ``withdrawal``, ``assertion``, ``retraction``, ``organisation``,
    ``watch`` or ``access`` (others join later); ``target`` is the record id of the capture's
    principal record, or the URN of the organisation or watch order; ``agent`` a stable URN,
    ``agent_name`` how it is shown; ``supersedes`` the record id of the annotation that it replaces
    or takes back.
    """

    kind: str
    target: str
    body: Body
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
        "body": _list_body(value.body),
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
            body=_parse_body(parse_text(data["kind"]), data["body"]),
            agent=agent,
            agent_name=name,
            time=parse_instant(parse_text(data["time"])),
            reason=parse_text(data["reason"]) if "reason" in data else None,
            supersedes=parse_text(data["supersedes"]) if "supersedes" in data else None,
        )
    except (KeyError, TypeError, AttributeError, OverflowError, ArchiveError) as error:
        raise DamageError(f"an annotation is not what it should be: {error}") from error


def parse_agent(value: object) -> tuple[str, str]:
    """Return the id and the name of an agent, as annotations and events spell them.

    Raises:
        DamageError: they are not there.
    """
    if not isinstance(value, dict):
        raise DamageError("the agent is no object")
    return parse_text(value.get("id")), parse_text(value.get("name"))


def describe_body(body: Body) -> str:
    """Return in words what an annotation says."""
    match body:
        case str():
            return body
        case CuratorAssertion():
            return f"{body.field}={body.value}"
        case Organisation():
            return body.name
        case Merger():
            return f"merged into {body.into}"
        case WatchOrder():
            said = "watch" if body.active else "stop watching"
            what = "" if body.kind == "url" else f"{body.kind} "
            often = f" every {format_duration(body.every)}" if body.every else ""
            return f"{said} {what}{body.address}{often}"
        case Open() | Embargo() | Private():
            return format_access(body)


def _list_body(body: Body) -> object:
    match body:
        case str():
            return body
        case CuratorAssertion():
            return {
                "field": body.field,
                "values": list(body.values),
                "evidence": list_evidence(body.evidence),
            }
        case Organisation():
            return {
                "name": body.name,
                "aliases": list(body.aliases),
                "domains": list(body.domains),
                **{
                    key: item
                    for key, item in (("wikidata", body.wikidata), ("ror", body.ror))
                    if item is not None
                },
            }
        case Merger():
            return {"merged_into": body.into}
        case WatchOrder():
            return _list_order(body)
        case Open() | Embargo() | Private():
            return format_access(body)


def _list_order(order: WatchOrder) -> dict[str, object]:
    said: dict[str, object] = {order.kind: order.address, "active": order.active}
    if order.every is not None:
        said["every"] = int(order.every.total_seconds())
    if order.until is not None:
        said["until"] = format_instant(order.until)
    if order.backfill:
        said["backfill"] = True
    return said


def list_evidence(evidence: tuple[Evidence, ...]) -> list[dict[str, str]]:
    """Return pieces of evidence as plain values, without what is absent."""
    return [
        {
            key: said
            for key, said in (("locator", one.locator), ("url", one.url), ("record", one.record))
            if said is not None
        }
        for one in evidence
    ]


def _parse_body(kind: str, body: object) -> Body:
    if kind == "assertion" and isinstance(body, Mapping):
        values = _parse_texts(body["values"])
        if not values:
            raise DamageError("an assertion without a value")
        return CuratorAssertion(
            field=str(body["field"]),
            values=values,
            evidence=tuple(
                Evidence(**{key: _parse_text(one.get(key)) for key in ("locator", "url", "record")})
                for one in body["evidence"]
            ),
        )
    if kind == "organisation" and isinstance(body, Mapping):
        if "merged_into" in body:
            return Merger(into=str(body["merged_into"]))
        return Organisation(
            name=str(body["name"]),
            aliases=_parse_texts(body["aliases"]),
            domains=_parse_texts(body["domains"]),
            wikidata=_parse_text(body.get("wikidata")),
            ror=_parse_text(body.get("ror")),
        )
    if kind == "watch" and isinstance(body, Mapping):
        return _parse_order(body)
    if kind == "access":
        return parse_access(parse_text(body))
    if kind in ("assertion", "organisation", "watch") or not isinstance(body, str):
        raise DamageError(f"the body of an annotation of kind {kind!r} is not what it should be")
    return body


def _parse_order(body: Mapping[str, object]) -> WatchOrder:
    kinds = [kind for kind in WATCH_KINDS if kind in body]
    active, backfill = body["active"], body.get("backfill", False)
    if len(kinds) != 1 or not isinstance(active, bool) or not isinstance(backfill, bool):
        raise DamageError("a watch order names not one thing, or says not whether it is active")
    return WatchOrder(
        kind=kinds[0],
        address=parse_text(body[kinds[0]]),
        every=timedelta(seconds=parse_count(body["every"])) if "every" in body else None,
        until=parse_instant(parse_text(body["until"])) if "until" in body else None,
        active=active,
        backfill=backfill,
    )


def _parse_text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise DamageError(f"this is no text: {value!r}")
    return value


def _parse_texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DamageError(f"this is no list of texts: {value!r}")
    return tuple(value)
