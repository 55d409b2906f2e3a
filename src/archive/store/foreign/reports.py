"""What is found in a stretch of a file: findings, oddities counted, and how far it reaches.

A report can be sent back by a worker process.  Not for: finding it.
"""

from array import array
from dataclasses import dataclass

from archive.core.finding import Finding, Severity

_RESTORE = "restore the file from a copy; what is not named here can be read"
_NO_NEED = "none is needed"


class Report:
    """What a stretch of the file ``name`` gave; ``start`` and ``end`` are where records meet.

    ``oddities`` count what is unusual, and say at which offset it was first seen.  ``claims``
    are of revisits, and ``known`` of what they may refer to: three numbers for each record
    (`archive.store.foreign.revisits`).  It grows while the stretch is read.
    """

    __slots__ = ("claims", "end", "findings", "known", "name", "oddities", "records", "start")

    def __init__(self, name: str, *, start: int = 0) -> None:
        self.name = name
        self.start = start
        self.end = 0
        self.records = 0
        self.findings: list[Finding] = []
        self.oddities: dict[str, tuple[int, int]] = {}
        self.claims: list[RevisitClaim] = []
        self.known: array[int] = array("q")

    def add_oddity(self, what: str, offset: int, count: int = 1) -> None:
        """Count something unusual."""
        before, first = self.oddities.get(what, (0, offset))
        self.oddities[what] = (before + count, min(first, offset))

    def add_damage(
        self, what: str, offset: int | None, record_id: str = "", *, holds: str = ""
    ) -> None:
        """Add a finding of damage."""
        self.findings.append(
            make_finding(
                "damage", what, self.name, offset, record_id=record_id, holds=holds or _HOLDS
            )
        )

    def add_undecided(self, what: str, offset: int | None, record_id: str = "") -> None:
        """Add a finding of what could not be decided."""
        self.findings.append(
            make_finding(
                "undecidable",
                what,
                self.name,
                offset,
                record_id=record_id,
                holds="what is not named here",
                remedy="look at it with the program that made it",
            )
        )

    def take_in(self, other: "Report") -> None:
        """Add what the following stretch gave."""
        self.end = other.end
        self.records += other.records
        self.findings += other.findings
        for what, (count, first) in other.oddities.items():
            self.add_oddity(what, first, count)
        self.claims += other.claims
        self.known.extend(other.known)

    def list_oddities(self) -> list[Finding]:
        """Return a note for each kind of oddity."""
        return [
            make_finding(
                "note",
                what if count == 1 else f"{what} ({count} times, first here)",
                self.name,
                first,
                holds="everything",
                remedy=_NO_NEED,
            )
            for what, (count, first) in self.oddities.items()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitClaim:
    """What a revisit record says of the record that it refers to."""

    offset: int
    record_id: str
    keys: tuple[int, ...]
    digest: int


_HOLDS = "the records of the file that are not named"


def make_finding(
    severity: Severity,
    what: str,
    file: str,
    offset: int | None = None,
    *,
    record_id: str = "",
    holds: str,
    remedy: str = _RESTORE,
) -> Finding:
    """Return a finding."""
    return Finding(
        severity=severity,
        what=what,
        file=file,
        offset=offset,
        record_id=record_id or None,
        holds=holds,
        remedy=remedy,
    )
