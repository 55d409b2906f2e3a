"""The JSON metadata record of a capture: the facts that no WARC header field has room for.

Follows ``docs/format.md``, "Capture metadata".  What is written here is read back here, and
nowhere else.  Not for: the records around it (`archive.core.record`).
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from archive.core.canonical import format_canonical
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
    the run that an interrupted list is continued by.  ``revisit_of`` is the record id of the
    response with the same payload.
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
        data = json.loads(block)
        if data.get("format") != FORMAT:
            raise DamageError(f"unknown format {data.get('format')!r}")
        visit = data["visit"]
        return CaptureMetadata(
            principal=data["principal"],
            url=data["url"],
            salt=bytes.fromhex(data["salt"]),
            started=parse_instant(data["started"]),
            finished=parse_instant(data["finished"]),
            place=Place(
                visit=visit["id"],
                address=visit["address"],
                position=visit["position"],
                hops=visit["hops"],
            ),
            purpose=data["purpose"],
            batch=data.get("batch"),
            software=data["software"],
            connection=_parse_connection(data.get("connection")),
            resolved=tuple(data.get("resolved", ())),
            left_out=tuple(data.get("left_out", ())),
            interim=tuple(text.encode("latin-1") for text in data.get("interim", ())),
            attempts=tuple(
                Attempt(started=parse_instant(item["started"]), failure=_parse_failure(item))
                for item in data.get("attempts", ())
            ),
            failure=_parse_failure(data["failure"]) if "failure" in data else None,
            payload=parse_digest(data["payload"]) if "payload" in data else None,
            payload_length=data.get("payload_length"),
            content=parse_digest(data["content"]) if "content" in data else None,
            content_length=data.get("content_length"),
            truncated=data.get("truncated"),
            malformed=data.get("malformed"),
            revisit_of=data.get("revisit_of"),
            robots=RobotsAdvice(**data["robots"]) if "robots" in data else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamageError(f"a metadata record is not what it should be: {error!r}") from error
    except ArchiveError as error:
        raise DamageError(f"a metadata record is not what it should be: {error}") from error


def _format_failure(failure: Failure) -> Json:
    return {"kind": failure.kind, "message": failure.message}


def _parse_failure(data: dict[str, str]) -> Failure:
    # The kinds are checked on the way out; a foreign value would only be shown as it is.
    return Failure(kind=data["kind"], message=data["message"])  # type: ignore[arg-type]


def _format_robots(robots: RobotsAdvice | None) -> Json | None:
    if robots is None:
        return None
    return {"address": robots.address, "allowed": robots.allowed, "applied": robots.applied}


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


def _parse_connection(data: Json | None) -> Connection | None:
    if data is None:
        return None
    tls = data.get("tls")
    return Connection(
        address=str(data["address"]),
        port=int(str(data["port"])),
        reused=bool(data["reused"]),
        tls=Tls(
            version=tls["version"],
            cipher=tls["cipher"],
            chain=tuple(base64.b64decode(item) for item in tls["chain"]),
            error=tls["error"],
        )
        if isinstance(tls, dict)
        else None,
    )
