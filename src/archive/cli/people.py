"""How what people said is laid out on a terminal.

Not for: what the machine concludes (`archive.cli.card`).
"""

import json
from typing import Any

from archive.cli.options import print_line
from archive.core.annotation import Annotation
from archive.core.instant import format_instant

_INDENT = "              "


def describe_saying(said: Annotation) -> dict[str, Any]:
    """Return why something was said, by whom and when, as plain values."""
    return {
        "reason": said.reason,
        "by": said.agent_name,
        "agent": said.agent,
        "time": format_instant(said.time),
    }


def print_annotation(row: dict[str, Any]) -> None:
    """Print an annotation: what is said, whether it still counts, by whom, why, what shows it."""
    state = "" if row["state"] == "in force" else f"   ({row['state']})"
    first, *more = row["body"].splitlines() or [""]
    print_line(f"  {row['kind']:<11} {first}{state}")
    for line in more:
        print_line(f"{_INDENT}{line}")
    print_line(f"{_INDENT}by {row['agent_name']}, {row['time']}   ({row['id']})")
    if row["supersedes"]:
        how = "takes back" if row["kind"] == "retraction" else "instead of"
        print_line(f"{_INDENT}{how} {row['supersedes']}")
    print_reason(row["reason"], row["evidence"])


def print_reason(reason: str | None, evidence: str | None) -> None:
    """Print why somebody says so, and what shows it."""
    for place, line in enumerate((reason or "").splitlines()):
        print_line(f"{_INDENT}{'why: ' if not place else '     '}{line}")
    for piece in json.loads(evidence or "[]"):
        shown = ", ".join(f"{kind} {said}" for kind, said in sorted(piece.items()))
        print_line(f"{_INDENT}see: {shown}")
