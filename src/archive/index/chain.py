"""What stands behind statements, read row by row: nothing is gathered but one statement's rows.

Not for: events and signatures (`archive.index.events`), or forms (`archive.interchange`).
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from archive.core.chain import (
    Agent,
    AssertionFact,
    CaptureFact,
    ConclusionFact,
    Fact,
    ReadingFact,
    StatementFact,
    VersionFact,
    WithdrawalFact,
)

FindAgents = Callable[[str, int], tuple[Agent, ...]]
Row = tuple[Any, ...]

_CAPTURES = (
    "SELECT captures.id, captures.record_id, captures.statement_id, captures.url,"
    " captures.captured_at, captures.outcome, captures.status, captures.media_type,"
    " captures.payload, captures.payload_length, captures.peer, captures.tls, captures.visit,"
    ' captures.hop, held.record_id, captures.warc, captures."offset", captures.length,'
    " captures.leaf FROM captures LEFT JOIN captures AS held ON held.id = captures.revisit_of"
)
_CAPTURE_FIELDS = (
    "id", "record", "statement", "url", "time", "outcome", "status", "media_type", "payload",
    "payload_length", "peer", "tls", "visit", "hop", "repeats", "warc", "offset", "length", "leaf",
)  # fmt: skip
_READINGS = (
    "SELECT conversions.record_id, captures.record_id, extractor, conversions.outcome, digest,"
    " conversions.leaf FROM captures JOIN conversions ON conversions.capture_id = captures.id"
)
_CONCLUSIONS = (
    "SELECT captures.id, captures.record_id, field, value, rule, confidence, assertions.leaf"
    " FROM captures JOIN assertions ON assertions.capture_id = captures.id"
    " AND annotation_id IS NULL"
)
_SAID = (
    "SELECT annotations.record_id, captures.record_id, captures.statement_id, annotations.kind,"
    " field, body, reason, agent, agent_name, time, state, evidence,"
    " (SELECT old.record_id FROM annotations AS old WHERE old.id = annotations.supersedes)"
    " FROM captures JOIN annotations ON annotations.capture_id = captures.id"
    " AND annotations.kind IN ('assertion', 'withdrawal')"
)


def select_chains(connection: sqlite3.Connection, find_agents: FindAgents) -> Iterator[Fact]:
    """Yield what stands behind every statement, one after the other, then behind the rest.

    ``find_agents`` tells who captured, by the WARC file and a leaf in it.
    """
    for (statement,) in connection.execute("SELECT id FROM statements ORDER BY id"):
        yield from select_chain(connection, statement, find_agents)
    yield from _select_acts(connection, "captures.statement_id IS NULL", (), find_agents)


def select_chain(
    connection: sqlite3.Connection, statement: str, find_agents: FindAgents
) -> Iterator[Fact]:
    """Yield what stands behind one statement: its captures first, then what was made of them."""
    row = connection.execute(
        "SELECT id, name, url FROM statements WHERE id = ?", (statement,)
    ).fetchone()
    if row is not None:
        yield StatementFact(id=row[0], name=row[1], url=row[2])
    yield from _select_acts(connection, "captures.statement_id = ?", (statement,), find_agents)
    yield from _select_versions(connection, statement)


def select_single(
    connection: sqlite3.Connection, capture: str, find_agents: FindAgents
) -> Iterator[Fact]:
    """Yield what stands behind one capture that is of no statement."""
    yield from _select_acts(connection, "captures.id = ?", (capture,), find_agents)


def _select_acts(
    connection: sqlite3.Connection, condition: str, values: Row, find_agents: FindAgents
) -> Iterator[Fact]:
    where = f" WHERE {condition} ORDER BY captures.leaf"
    for row in connection.execute(_CAPTURES + where, values):
        named = dict(zip(_CAPTURE_FIELDS, row, strict=True))
        yield CaptureFact(**named, agents=find_agents(named["warc"], named["leaf"]))
    for row in connection.execute(f"{_READINGS}{where}, conversions.leaf", values):
        yield ReadingFact(
            record=row[0],
            source=row[1],
            extractor=row[2],
            outcome=row[3],
            digest=row[4],
            leaf=row[5],
        )
    for row in connection.execute(f"{_CONCLUSIONS}{where}, field, assertions.leaf", values):
        yield ConclusionFact(
            capture=row[0],
            record=row[1],
            field=row[2],
            value=row[3],
            rule=row[4],
            confidence=row[5],
            leaf=row[6],
        )
    for row in connection.execute(f"{_SAID}{where}, annotations.leaf", values):
        yield _make_said(row)


def _make_said(row: Row) -> Fact:
    agent = Agent(id=row[7], kind="person", name=row[8])
    if row[3] == "withdrawal":
        return WithdrawalFact(
            record=row[0], withdrawn=row[1], reason=row[6], agent=agent, time=row[9]
        )
    evidence = json.loads(row[11] or "[]")
    return AssertionFact(
        record=row[0],
        about=row[1],
        statement=row[2],
        field=row[4],
        value=row[5].removeprefix(f"{row[4]}="),
        reason=row[6],
        agent=agent,
        time=row[9],
        state=row[10],
        supersedes=row[12],
        sources=tuple(item["record"] for item in evidence if item.get("record")),
        addresses=tuple(item["url"] for item in evidence if item.get("url")),
    )


def _select_versions(connection: sqlite3.Connection, statement: str) -> Iterator[Fact]:
    for row in connection.execute(
        "SELECT versions.number, captures.record_id, first_captured, last_captured,"
        " versions.captures, not_before, not_after, class, verdict, edits.extractor, confirmed"
        " FROM versions JOIN captures ON captures.id = versions.capture_id"
        " LEFT JOIN edits ON edits.statement_id = versions.statement_id"
        " AND edits.number = versions.number"
        " WHERE versions.statement_id = ? ORDER BY versions.number",
        (statement,),
    ):
        yield VersionFact(
            statement=statement,
            number=row[0],
            record=row[1],
            first=row[2],
            last=row[3],
            captures=row[4],
            not_before=row[5],
            not_after=row[6],
            change=row[7],
            verdict=row[8],
            method=row[9],
            is_confirmed=bool(row[10]),
        )
