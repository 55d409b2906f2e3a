"""What the answer of a time-stamping authority proves: the library's verdict, else openssl's.

Two implementations, because neither does for all: the library refuses to read the certificates
of some real authorities, and openssl is not on every machine.  Not for: asking authorities, or
storing what they answered.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive.core.finding import Finding
from archive.core.http import decode_body, parse_head
from archive.errors import InputError, WitnessError
from archive.external.openssl import Denied, Undecided, Verified, verify_timestamp
from archive.store.layout import Layout
from archive.store.read import read_record
from archive.store.regular import read_regular
from archive.witness.certificates import find_chain, parse_certificates
from archive.witness.timestamp import (
    Refused,
    Stamped,
    Unparsed,
    check_timestamp,
    format_timestamp_query,
)

_MOST_ROOTS = 1 << 20  # of a file of certificates

ANSWER_BYTES = 1 << 20  # a token with its certificates takes a few thousand
Judge = Literal["rfc3161-client", "openssl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """The token holds, says ``judge``; where that is openssl, ``unparsed`` says why."""

    stamped: Stamped
    judge: Judge
    unparsed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """The token does not hold, says ``judge``."""

    reason: str
    judge: Judge


Judgement = Proven | Unproven | Undecided


def judge_token(
    response: bytes,
    *,
    data: bytes,
    nonce: int | None,
    roots: tuple[bytes, ...],
    program: str = "openssl",
) -> Judgement:
    """Return what ``response`` proves about ``data``; what the library cannot read, openssl may.

    ``roots`` are the certificates (PEM or DER) that are trusted for this authority, ``nonce`` the
    one that was asked with, None where it is not known; ``program`` is the openssl to run.

    Raises:
        InputError: a root is no certificate, or there is none.
    """
    verdict = check_timestamp(response, data=data, nonce=nonce, roots=roots)
    match verdict:
        case Stamped():
            return Proven(stamped=verdict, judge="rfc3161-client")
        case Refused():
            return Unproven(reason=verdict.reason, judge="rfc3161-client")
        case Unparsed():
            trusted = tuple(der for root in roots for der in parse_certificates(root))
            query = format_timestamp_query(data, nonce=nonce)
            second = verify_timestamp(response, query=query, roots=trusted, program=program)
            return _follow_openssl(second, trusted, unparsed=verdict.reason)


def read_roots(path: Path) -> tuple[bytes, ...]:
    """Return the certificates (DER) of the file that ``archive.toml`` names for an authority.

    Raises:
        InputError: the file cannot be read, or holds none.
    """
    try:
        return parse_certificates(read_regular(path, _MOST_ROOTS))
    except OSError as error:
        raise InputError(
            f"the certificate {path} cannot be read: {error.strerror}",
            remedy="correct [[timestamp.authority]] root in archive.toml",
        ) from error
    except InputError as error:
        raise InputError(f"{path}: {error}", remedy=error.remedy) from error


def read_answer(layout: Layout, warc: str, offset: int, length: int) -> bytes:
    """Return what an authority answered: the content of the response stored there.

    Empty where nothing can be decoded; at most `ANSWER_BYTES`.

    Raises:
        StoreError: the record is not there, or is broken.
    """
    block = read_record(layout, warc, offset, length).block
    head = parse_head(block)
    return decode_body(head, block[head.length :], ANSWER_BYTES) or b""


def make_token_finding(
    judgement: Judgement, *, file: str, offset: int | None = None, record_id: str | None = None
) -> Finding | None:
    """Return what a check has to say of a token stored there, None where it holds."""
    match judgement:
        case Proven():
            return None
        case Unproven():
            return Finding(
                severity="damage",
                what=f"a time stamp does not hold ({judgement.judge}): {judgement.reason}",
                file=file,
                offset=offset,
                record_id=record_id,
                holds="what it was for is as it was; only this proof of its time is missing",
                remedy="rely on another time stamp, or have it stamped anew: archive timestamp",
            )
        case Undecided():
            return Finding(
                severity="undecidable",
                what=f"a time stamp cannot be judged: {judgement.reason}",
                file=file,
                offset=offset,
                record_id=record_id,
                holds="the token is stored as it came",
                remedy=judgement.remedy,
            )


def _follow_openssl(
    verdict: Verified | Denied | Undecided, roots: tuple[bytes, ...], *, unparsed: str
) -> Judgement:
    match verdict:
        case Denied():
            return Unproven(reason=verdict.reason, judge="openssl")
        case Undecided():
            reason = f"{verdict.reason}; and without it: {unparsed}"
            return Undecided(reason=reason, remedy=verdict.remedy)
        case Verified():
            try:
                stamped = Stamped(
                    time=verdict.time,
                    accuracy=verdict.accuracy,
                    serial=verdict.serial,
                    policy=verdict.policy,
                    chain=find_chain(verdict.signer, embedded=verdict.certificates, roots=roots),
                )
            except WitnessError as error:
                return Undecided(reason=str(error), remedy=error.remedy)
            return Proven(stamped=stamped, judge="openssl", unparsed=unparsed)
