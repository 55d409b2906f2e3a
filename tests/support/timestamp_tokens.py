"""Answers of time-stamping authorities that prove nothing, each wrong in one way.

Not for: making authorities (`tests.support.timestamp_authority`), or judging.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.witness.der import format_integer
from archive.witness.timestamp import format_timestamp_query
from tests.support.timestamp_authority import (
    DAY,
    GARBAGE,
    Authority,
    change_message,
    change_nonce,
    make_authority,
    make_root,
)

DATA = b"archive.example/log\n42\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n"
NONCE = 0x8F3C_0000_1234_5678
QUERY = format_timestamp_query(DATA, nonce=NONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """An answer, the root to judge it by, and words that the two judges should find.

    ``library`` is None where the library should say that it cannot read it.
    """

    response: bytes
    root: bytes
    library: str | None
    openssl: str


Make = Callable[[Path], Wrong]


def make_token(folder: Path, **changes: object) -> tuple[bytes, bytes]:
    """The answer of an authority made so, and its root."""
    authority = make_authority(folder, **changes)  # type: ignore[arg-type]  # as the caller knows
    return authority.answer(QUERY), authority.root.der


def date_info(info: bytes, moment: datetime) -> bytes:
    """The same TSTInfo, with another time."""
    start = info.index(b"\x18\x0f") + 2
    return info[:start] + moment.strftime("%Y%m%d%H%M%SZ").encode() + info[start + 15 :]


def sign_old(folder: Path, moment: datetime, *, begins: datetime, ends: datetime) -> Wrong:
    """An answer signed as of ``moment``, by a certificate that was valid from and until then."""
    honest = make_authority(folder / "honest")
    other = make_authority(folder / "other", root=honest.root, begins=begins, ends=ends)
    info = date_info(honest.read_info(honest.answer(QUERY)), moment)
    return Wrong(response=other.sign(info), root=honest.root.der, library="", openssl="")


def _other(change: Callable[[bytes], bytes], library: str, openssl: str) -> Make:
    def make(folder: Path) -> Wrong:
        authority = make_authority(folder)
        answer = authority.answer(change(QUERY))
        return Wrong(response=answer, root=authority.root.der, library=library, openssl=openssl)

    return make


def _made(library: str | None, openssl: str, **changes: object) -> Make:
    def make(folder: Path) -> Wrong:
        answer, root = make_token(folder, **changes)
        return Wrong(response=answer, root=root, library=library, openssl=openssl)

    return make


def _resigned(library: str, openssl: str, **changes: object) -> Make:
    """What an honest authority said, signed by one that is made so, under the same root."""

    def make(folder: Path) -> Wrong:
        honest = make_authority(folder / "honest")
        other = make_authority(folder / "other", root=honest.root, **changes)  # type: ignore[arg-type]  # as the caller knows
        answer = other.sign(honest.read_info(honest.answer(QUERY)))
        return Wrong(response=answer, root=honest.root.der, library=library, openssl=openssl)

    return make


def _changed(change: Callable[[bytes], bytes], library: str | None, openssl: str) -> Make:
    def make(folder: Path) -> Wrong:
        answer, root = make_token(folder)
        return Wrong(response=change(answer), root=root, library=library, openssl=openssl)

    return make


def _other_root(folder: Path) -> Wrong:
    answer, _ = make_token(folder)
    root = make_root("Somebody else").der
    return Wrong(response=answer, root=root, library="issuer", openssl="local issuer")


def _same_name(folder: Path) -> Wrong:
    """The other root calls itself as the right one does."""
    answer, _ = make_token(folder)
    return Wrong(
        response=answer, root=make_root().der, library="signature failure", openssl="certificate"
    )


def _posing(folder: Path) -> Wrong:
    """Authority A, under a root of its own, signs and adds the certificate of B, who is trusted."""
    mine: Authority = make_authority(folder / "a", root=make_root("A's own"), name="A")
    trusted = make_authority(folder / "b", root=make_root("Trusted"), name="B")
    info = mine.read_info(mine.answer(QUERY))
    answer = mine.sign(info, extra=(trusted.signer,))
    return Wrong(response=answer, root=trusted.root.der, library="issuer", openssl="issuer")


def _signer_unnamed(folder: Path) -> Wrong:
    made = make_authority(folder)
    answer = made.sign(made.read_info(made.answer(QUERY)), names_signer=False)
    return Wrong(
        response=answer, root=made.root.der, library="does not name", openssl="signing cert"
    )


def _signer_replaced(folder: Path) -> Wrong:
    """An expired certificate gives way to another one of the same key, which nobody signed for."""
    old = make_authority(folder / "old", begins=_NOW - 9 * DAY, ends=_NOW - DAY)
    new = old
    while new is old or _list_sizes(new) != _list_sizes(old):  # so that all lengths stay right
        new = make_authority(folder / "new", root=old.root, key=old.signer.key)
    signed = old.sign(old.read_info(old.answer(QUERY)))
    replaced = signed.replace(old.signer.der, new.signer.der)
    # Once: the name beside the signature; the one that is signed stands further on.
    replaced = replaced.replace(_format_serial(old), _format_serial(new), 1)
    assert new.signer.der in replaced
    return Wrong(
        response=replaced, root=old.root.der, library="does not name", openssl="ess cert id"
    )


def _format_serial(authority: Authority) -> bytes:
    return format_integer(authority.signer.certificate.serial_number)


def _list_sizes(authority: Authority) -> tuple[int, int]:
    return len(authority.signer.der), len(_format_serial(authority))


_NOW = datetime.now(UTC)

WRONG: dict[str, Make] = {
    "other message": _other(change_message, "other data", "imprint mismatch"),
    "other nonce": _other(change_nonce, "nonce", "nonce mismatch"),
    "other root": _other_root,
    "other root of the same name": _same_name,
    "another authority poses": _posing,
    "without extended key usage": _resigned("purpose", "purpose", usage="none"),
    "extended key usage not critical": _resigned("purpose", "purpose", usage="plain"),
    "extended key usage for code": _resigned("purpose", "purpose", usage="other"),
    "expired": _made("expired", "expired", begins=_NOW - 9 * DAY, ends=_NOW - DAY),
    "not yet valid": _made("not yet", "not yet", begins=_NOW + DAY, ends=_NOW + 9 * DAY),
    "expired root": _made("expired", "expired", root=make_root(ends=-DAY)),
    "signer not named in what is signed": _signer_unnamed,
    "signer's certificate replaced": _signer_replaced,
    "rejected": _made("rejected: Message digest", "no time stamp token", digests="sha512"),
    "cut short": _changed(lambda answer: answer[:-20], None, "not enough data"),
    "with more behind": _changed(lambda answer: answer[:60] + answer, None, ""),
    "garbage": _changed(lambda _: GARBAGE, None, "tag"),
    "nothing": _changed(lambda _: b"", None, ""),
}
