"""Revisits and the records that they refer to, where these are in the same file.

A revisit's payload digest is of a payload that it does not hold.  It is compared with what the
record that it refers to says, if that is at hand; else nothing can be said, and nothing is.
Keys are values of `hash`, which are alike in all workers of one run, so that a file of many
records can be compared in little memory; of more than `_MOST` the first are at hand.

Not for: whether the digests are right (`archive.store.foreign.records`).
"""

from collections.abc import Mapping

from archive.store.foreign.reports import Report, RevisitClaim

_MOST = 250_000


def note_payload(
    report: Report, identity: bytes | None, address: bytes | None, date: bytes | None, result: bytes
) -> None:
    """Remember the payload digest of a record that a revisit may refer to."""
    known = report.known
    if len(known) < 3 * _MOST:
        known.extend((hash(identity), hash((address, date)), shorten(result)))


def note_revisit(report: Report, fields: Mapping[str, str], result: bytes, offset: int) -> None:
    """Remember what a revisit says."""
    address, date = (fields.get(f"warc-refers-to-{name}") for name in ("target-uri", "date"))
    identity = fields.get("warc-refers-to")
    keys = [hash(identity.encode())] if identity else []
    if address and date:
        keys.append(hash((address.encode(), date.encode())))
    if keys and len(report.claims) < _MOST:
        report.claims.append(
            RevisitClaim(
                offset=offset,
                record_id=fields.get("warc-record-id", "").strip("<>"),
                keys=tuple(keys),
                digest=shorten(result),
            )
        )


def shorten(result: bytes) -> int:
    """Return the start of a digest's result and its length, which stands for the algorithm."""
    return int.from_bytes(result[:6], "big") << 8 | len(result)


def compare_revisits(report: Report) -> None:
    """Add damage for each revisit that says otherwise than the record that it refers to."""
    wanted = {key for claim in report.claims for key in claim.keys}
    if not wanted:
        return
    digests: dict[int, set[int]] = {}
    known = report.known
    for place in range(0, len(known), 3):
        for key in known[place : place + 2]:
            if key in wanted:
                digests.setdefault(key, set()).add(known[place + 2])
    for claim in report.claims:
        found = [digests[key] for key in claim.keys if key in digests]
        # Of another algorithm, or one of several of that address and time: nothing can be said.
        if found and all(
            claim.digest not in those and any(one & 255 == claim.digest & 255 for one in those)
            for those in found
        ):
            report.add_damage(
                "revisit record: its payload digest is not that of the record that it refers to",
                claim.offset,
                claim.record_id,
            )
