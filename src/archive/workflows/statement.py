"""All that is known of one statement, gathered from the index: what its page tells.

Not for: one capture (`archive.workflows.show`), or laying it out (`archive.datasette_plugin`).
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from archive.core.curation import PUBLISHER_FIELDS
from archive.index.database import Index
from archive.index.organisations import find_statement_organisation
from archive.index.search import (
    find_statement,
    read_leisurely,
    select_assertions,
    select_claims,
)
from archive.index.timeline import (
    count_pending,
    select_absences,
    select_remarks,
    select_versions,
)
from archive.workflows.history import list_shown

Row = dict[str, Any]
Statement = dict[str, Any]
_REMARKS = 200
_CLAIMS = 2000
_NO_SUPPORT = "[]"
_PRECISIONS = (
    (re.compile(r"\d{4}"), "year"),
    (re.compile(r"\d{4}-\d\d"), "month"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "day"),
    (re.compile(r"\d{4}-\d\d-\d\dT[0-9:.,]+(?:Z|[+-]\d\d(?::?\d\d)?)"), "moment"),
    (re.compile(r"\d{4}-\d\d-\d\dT[0-9:.,]+"), "moment, time zone not stated"),
)


def read_statement(index: Index, statement_id: str) -> Statement | None:
    """Return what is known of the statement of this id as plain values, None where there is none.

    Keys: ``statement``, ``absences`` and ``pending`` as `describe_history` has them, ``captures``
    as `list_shown`; ``organisation``; ``shown`` (the capture that its metadata
    is read from: the last that shows a version, else the latest one); ``facts`` (for each question
    what is said, curators first, each with the ``claims`` for and against it); ``remarks`` (what
    people said, the latest first).
    """
    reader = read_leisurely(index)
    statement = find_statement(reader, statement_id)
    if statement is None:
        return None
    captures = list_shown(index, statement_id)
    latest = select_versions(reader, statement_id, first=statement["versions"])
    shown = latest[-1]["last_capture"] if latest else captures[-1]["id"]
    claims = select_claims(reader, shown)[:_CLAIMS]
    return {
        "statement": statement,
        "absences": select_absences(reader, statement_id),
        "pending": count_pending(reader, statement_id),
        "captures": captures,
        "organisation": find_statement_organisation(index, statement_id),
        "shown": shown,
        "facts": _list_facts(select_assertions(reader, shown), claims),
        "remarks": select_remarks(reader, statement_id, limit=_REMARKS),
    }


def name_precision(value: str) -> str:
    """Return how exact a date in EDTF is, in a word."""
    if value.endswith(("~", "?", "%")):
        return f"{name_precision(value[:-1])}, approximate or uncertain"
    for pattern, name in _PRECISIONS:
        if pattern.fullmatch(value):
            return name
    if "/" in value or ".." in value:
        return "interval"
    return "one of several" if value[:1] in "[{" else "partly known"


def _list_facts(assertions: Sequence[Row], claims: Sequence[Row]) -> dict[str, list[Row]]:
    """Return what is said of each question, the displayed answer first; unknown where none is."""
    facts: dict[str, list[Row]] = {}
    for row in assertions:
        is_curated = row["asserted_by"] is not None
        supports = json.loads(row["supports"] or _NO_SUPPORT)
        contradicts = json.loads(row["contradicts"] or _NO_SUPPORT)
        facts.setdefault(row["field"], []).append(
            row
            | {
                "is_curated": is_curated,
                "evidence": json.loads(row["evidence"]) if row["evidence"] else [],
                "supports": _pick(claims, supports),
                "contradicts": _pick(claims, contradicts),
                "is_role": row["field"] in PUBLISHER_FIELDS,
            }
        )
    return {
        field: [row for row in rows if row["value"] is not None] or rows[:1]
        for field, rows in facts.items()
    }


def _pick(claims: Sequence[Row], positions: Sequence[int]) -> list[Row]:
    wanted = set(positions)
    return [claim for claim in claims if claim["position"] in wanted]
