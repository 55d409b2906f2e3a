"""The JSON metadata record of a capture: the facts that no WARC header field has room for.

Follows ``docs/format.md``, "Capture metadata".  What is written here is read back here, and
nowhere else.  Not for: the records around it (`archive.core.record`).
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from archive.core.canonical import format_canonical, parse_count, parse_object, parse_text
from archive.core.condition import Condition
from archive.core.digest import Digest, parse_digest
from archive.core.exchange import Attempt, Connection, Failure, Purpose, RobotsAdvice, Tls
from archive.core.instant import format_instant, parse_instant
from archive.errors import ArchiveError, DamageError

FORMAT = "statement-archive/capture/1"

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a capture stands in its visit: the visit's id and address, its place, their number."""

    visit: str
    address: str
    position: int
    hops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureMetadata:
    """Everything we know of one capture beside the bytes.

    ``principal`` is the id of the record that names the capture: its response or revisit,
    or this very record for a failure.  ``url`` is the address as asked for.  ``batch`` names
    the run that an interrupted list is continued by, or the watch order.  ``revisit_of`` is the
    record id of the response with the same payload; ``condition`` what the request was sent with.
    """

    principal: str
    url: str
    salt: bytes
    started: datetime
    finished: datetime
    place: Place
    purpose: Purpose
    batch: str | None = None
    software: str
    connection: Connection | None = None
    resolved: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    interim: tuple[bytes, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    failure: Failure | None = None
    payload: Digest | None = None
    payload_length: int | None = None
    content: Digest | None = None
    content_length: int | None = None
    truncated: str | None = None
    malformed: str | None = None
    revisit_of: str | None = None
    condition: Condition | None = None
    robots: RobotsAdvice | None = None


def format_capture_metadata(value: CaptureMetadata) -> bytes:
    """Return the metadata record's block: JSON, UTF-8, sorted keys; absent means none."""
    data: Json = {
        "format": FORMAT,
        "principal": value.principal,
        "url": value.url,
        "salt": value.salt.hex(),
        "started": format_instant(value.started),
        "finished": format_instant(value.finished),
        "visit": {
            "id": value.place.visit,
            "address": value.place.address,
            "position": value.place.position,
            "hops": value.place.hops,
        },
        "purpose": value.purpose,
        "software": value.software,
        "batch": value.batch,
        "connection": _format_connection(value.connection),
        "resolved": list(value.resolved),
        "left_out": list(value.left_out),
        "interim": [raw.decode("latin-1") for raw in value.interim],
        "attempts": [
            {"started": format_instant(item.started), **_format_failure(item.failure)}
            for item in value.attempts
        ],
        "failure": _format_failure(value.failure) if value.failure else None,
        "payload": str(value.payload) if value.payload else None,
        "payload_length": value.payload_length,
        "content": str(value.content) if value.content else None,
        "content_length": value.content_length,
        "truncated": value.truncated,
        "malformed": value.malformed,
        "revisit_of": value.revisit_of,
        "condition": _format_condition(value.condition),
        "robots": _format_robots(value.robots),
    }
    present = {key: item for key, item in data.items() if item is not None and item != []}
    return format_canonical(present)


def parse_capture_metadata(block: bytes) -> CaptureMetadata:
    """Read a capture's metadata record.

    Raises:
        DamageError: the block is no such JSON.
    """
    try:
        data = parse_object(block)
        if data.get("format") != FORMAT:
            raise DamageError(f"unknown format {data.get('format')!r}")
        visit = _parse_part(data["visit"])
        return CaptureMetadata(
            principal=parse_text(data["principal"]),
            url=parse_text(data["url"]),
            salt=bytes.fromhex(parse_text(data["salt"])),
            started=parse_instant(parse_text(data["started"])),
            finished=parse_instant(parse_text(data["finished"])),
            place=Place(
                visit=parse_text(visit["id"]),
                address=parse_text(visit["address"]),
                position=parse_count(visit["position"]),
                hops=parse_count(visit["hops"]),
            ),
            # A purpose that is not ours would only be shown as it is.
            purpose=parse_text(data["purpose"]),  # type: ignore[arg-type]
            batch=_find_text(data, "batch"),
            software=parse_text(data["software"]),
            connection=_parse_connection(data["connection"]) if "connection" in data else None,
            resolved=_parse_texts(data, "resolved"),
            left_out=_parse_texts(data, "left_out"),
            interim=tuple(text.encode("latin-1") for text in _parse_texts(data, "interim")),
            attempts=tuple(map(_parse_attempt, _parse_list(data.get("attempts", [])))),
            failure=_parse_failure(_parse_part(data["failure"])) if "failure" in data else None,
            payload=_find_digest(data, "payload"),
            payload_length=_find_count(data, "payload_length"),
            content=_find_digest(data, "content"),
            content_length=_find_count(data, "content_length"),
            truncated=_find_text(data, "truncated"),
            malformed=_find_text(data, "malformed"),
            revisit_of=_find_text(data, "revisit_of"),
            condition=_parse_condition(data["condition"]) if "condition" in data else None,
            robots=_parse_robots(data["robots"]) if "robots" in data else None,
        )
    except (ValueError, KeyError) as error:
        raise DamageError(f"a metadata record is not what it should be: {error!r}") from error
    except ArchiveError as error:
        raise DamageError(f"a metadata record is not what it should be: {error}") from error


def _parse_part(value: object) -> Json:
    if not isinstance(value, dict):
        raise DamageError("a part of it is no object")
    return value


def _parse_list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise DamageError("a part of it is no list")
    return value


def _parse_texts(data: Json, name: str) -> tuple[str, ...]:
    return tuple(map(parse_text, _parse_list(data.get(name, []))))


def _find_text(data: Json, name: str) -> str | None:
    return parse_text(data[name]) if name in data else None


def _find_count(data: Json, name: str) -> int | None:
    return parse_count(data[name]) if name in data else None


def _find_digest(data: Json, name: str) -> Digest | None:
    return parse_digest(parse_text(data[name])) if name in data else None


def _parse_attempt(value: object) -> Attempt:
    data = _parse_part(value)
    started = parse_instant(parse_text(data["started"]))
    return Attempt(started=started, failure=_parse_failure(data))


def _format_failure(failure: Failure) -> Json:
    return {"kind": failure.kind, "message": failure.message}


def _parse_failure(data: Json) -> Failure:
    # The kinds are checked on the way out; a foreign value would only be shown as it is.
    kind = parse_text(data["kind"])
    return Failure(kind=kind, message=parse_text(data["message"]))  # type: ignore[arg-type]


def _format_condition(condition: Condition | None) -> Json | None:
    if condition is None:
        return None
    value: Json = {
        "record": condition.record,
        "etag": condition.etag,
        "last_modified": condition.last_modified,
    }
    return {key: item for key, item in value.items() if item is not None}


def _parse_condition(value: object) -> Condition:
    data = _parse_part(value)
    return Condition(
        record=parse_text(data["record"]),
        etag=_find_text(data, "etag"),
        last_modified=_find_text(data, "last_modified"),
    )


def _format_robots(robots: RobotsAdvice | None) -> Json | None:
    if robots is None:
        return None
    return {"address": robots.address, "allowed": robots.allowed, "applied": robots.applied}


def _parse_robots(value: object) -> RobotsAdvice:
    data = _parse_part(value)
    allowed, applied = data["allowed"], data["applied"]
    if not isinstance(allowed, bool | None) or not isinstance(applied, bool):
        raise DamageError("what robots.txt says is neither true nor false")
    address = parse_text(data["address"])
    return RobotsAdvice(address=address, allowed=allowed, applied=applied)


def _format_connection(connection: Connection | None) -> Json | None:
    if connection is None:
        return None
    value: Json = {
        "address": connection.address,
        "port": connection.port,
        "reused": connection.reused,
    }
    if connection.tls is not None:
        value["tls"] = {
            "version": connection.tls.version,
            "cipher": connection.tls.cipher,
            "chain": [base64.b64encode(item).decode() for item in connection.tls.chain],
            "error": connection.tls.error,
        }
    return value


def _parse_connection(value: object) -> Connection:
    data = _parse_part(value)
    return Connection(
        address=parse_text(data["address"]),
        port=parse_count(data["port"]),
        reused=bool(data["reused"]),
        tls=_parse_tls(_parse_part(data["tls"])) if "tls" in data else None,
    )


def _parse_tls(data: Json) -> Tls:
    error = data["error"]
    return Tls(
        version=parse_text(data["version"]),
        cipher=parse_text(data["cipher"]),
        chain=tuple(base64.b64decode(item) for item in _parse_texts(data, "chain")),
        error=None if error is None else parse_text(error),
    )
