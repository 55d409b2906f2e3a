"""How a visit is told: what it showed, of which address, as a line or as JSON.

Not for: a capture that was asked for by its address (`archive.cli.capture`).
"""

from typing import Any

from archive.cli.options import format_json
from archive.core.text import show_hidden
from archive.workflows.capture import CaptureResult


def format_visit(
    result: CaptureResult, standing: str, *, more: dict[str, Any], as_json: bool
) -> str:
    """Return the line of a visit; as JSON with what a verb tells ``more`` of it."""
    last = result.last
    if as_json:
        told = {
            "id": last.id,
            "url": result.address,
            "standing": standing,
            "outcome": last.outcome,
            "status": last.status,
            "captured_at": last.captured_at,
            "unmodified_of": last.unmodified_of,
            "error": last.error,
        }
        return format_json(told | more)
    what = last.outcome if last.status is None else str(last.status)
    why = f"  ({last.error})" if last.error else ""
    return show_hidden(f"{last.id}  {standing:<9}  {what}  {result.address}{why}")
