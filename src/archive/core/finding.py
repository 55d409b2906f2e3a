"""Findings: what a check has to say.  A check that says no is a result, not an exception.

Follows ``docs/format.md``, glossary.  Not for: turning findings into words on a terminal.
"""

from dataclasses import dataclass
from typing import Literal

# Stored bytes are wrong; what is needed to decide is missing; worth knowing, and harmless.
Severity = Literal["damage", "undecidable", "note"]
# How closely a check looks; each does what the one before does.
Level = Literal["quick", "stored", "full"]
LEVELS: tuple[Level, ...] = ("quick", "stored", "full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found: what, where, what still holds and what to do.

    ``file`` is a path below the archive folder; ``offset`` counts its bytes, and is None
    where the finding is about the whole file.
    """

    severity: Severity
    what: str
    file: str
    offset: int | None = None
    record_id: str | None = None
    holds: str
    remedy: str
