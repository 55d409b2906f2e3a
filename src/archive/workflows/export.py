"""Telling other programs what stands behind statements: the chain, as PROV or PREMIS.

Not for: proofs that a stranger checks (`archive.workflows.prove`), or citing.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Literal, get_args

from archive.core.chain import Agent, Fact, FixityFact, SignatureFact
from archive.core.checkpoint import parse_checkpoint
from archive.core.event import FixityRun
from archive.core.identity import derive_agent_id
from archive.core.instant import format_instant
from archive.core.key import check_note
from archive.core.proof import format_hash
from archive.errors import ArchiveError
from archive.index.chain import FindAgents, select_chain, select_chains, select_single
from archive.index.database import Index
from archive.index.events import select_events
from archive.index.lookup import Found
from archive.interchange.premis import format_premis
from archive.interchange.prov import list_parts
from archive.interchange.prov_json import format_prov_json
from archive.interchange.prov_o import format_prov_o
from archive.store.keys import read_public_keys
from archive.store.log import CaptureLog, read_log, read_note
from archive.store.read import read_record
from archive.workflows.evidence import list_cosignatures, list_stamps
from archive.workflows.opening import Archive, open_index
from archive.workflows.resolve import resolve

ChainForm = Literal["prov-json", "prov-o", "premis"]
CHAIN_FORMS: tuple[ChainForm, ...] = get_args(ChainForm)
_FORMATS: dict[str, Callable[[Iterator[Fact]], Iterator[str]]] = {
    "prov-json": lambda facts: format_prov_json(list_parts(facts)),
    "prov-o": lambda facts: format_prov_o(list_parts(facts)),
    "premis": format_premis,
}


def export_chain(archive: Archive, name: str | None, form: ChainForm) -> Iterator[str]:
    """Yield in pieces what stands behind the statement that ``name`` means; without, behind all.

    Raises:
        InputError: nothing goes by that name.
        StoreError: index or log cannot be read.
    """
    with closing(open_index(archive)) as index:
        # Opened first, so that no capture is told of which the log does not hold yet.
        log = read_log(archive.layout.log)
        found = None if name is None else resolve(index, archive.settings.citation, name).found
        facts = itertools.chain(
            _list_facts(index, found, _name_agents(archive, log)),
            _list_checks(index, found, log.origin),
            _list_signatures(archive, index, found, log),
        )
        yield from _FORMATS[form](facts)


def _list_facts(index: Index, found: Found | None, find_agents: FindAgents) -> Iterator[Fact]:
    if found is None:
        return select_chains(index, find_agents)
    if found.statement_id is None:
        return select_single(index, found.id, find_agents)
    return select_chain(index, found.statement_id, find_agents)


def _name_agents(archive: Archive, log: CaptureLog) -> FindAgents:
    """Return what tells who captured into a WARC file, as its ``warcinfo`` record says."""
    known: dict[str, tuple[Agent, ...]] = {}

    def find(warc: str, leaf: int) -> tuple[Agent, ...]:
        if warc not in known:
            known[warc] = _read_agents(archive, log, warc, leaf)
        return known[warc]

    return find


def _read_agents(archive: Archive, log: CaptureLog, warc: str, leaf: int) -> tuple[Agent, ...]:
    """Return the software and operator of a WARC file; none where that cannot be read."""
    low, high = 0, leaf  # one writer, one file after the other: leaves of a file are neighbours
    try:
        while low < high:
            middle = (low + high) // 2
            if log.read_leaf(middle).warc == warc:
                high = middle
            else:
                low = middle + 1
        first = log.read_leaf(low).records[0]
        if first.kind != "warcinfo":
            return ()
        block = read_record(archive.layout, warc, first.offset, first.length).block
    except ArchiveError:
        return ()  # `archive verify` tells of it; who captured is then not said
    lines = (line.partition(":") for line in block.decode("utf-8", "replace").splitlines())
    fields = {key.strip(): value.strip() for key, _, value in lines}
    agents = []
    if software := fields.get("software"):
        agents.append(Agent(id=f"urn:archive:software:{software}", kind="software", name=software))
    if operator := fields.get("operator"):
        agents.append(Agent(id=derive_agent_id(log.origin, operator), kind="person", name=operator))
    return tuple(agents)


def _list_checks(index: Index, found: Found | None, origin: str) -> Iterator[Fact]:
    """Yield the recorded checks; of one capture those that read its leaf, if all was read."""
    for row in select_events(index, "fixity"):
        event, act = row.event, row.event.act
        if not isinstance(act, FixityRun):
            continue
        if found is not None and not (
            act.start <= found.leaf < act.end and act.leaves == act.end - act.start
        ):
            continue
        yield FixityFact(
            record=row.record_id,
            time=format_instant(event.time),
            agent=Agent(id=event.agent, kind="person", name=event.agent_name),
            software=act.software,
            origin=origin,
            level=act.level,
            start=act.start,
            end=act.end,
            outcome=act.outcome,
            damages=act.damages,
            undecided=act.undecided,
        )


def _list_signatures(
    archive: Archive, index: Index, found: Found | None, log: CaptureLog
) -> Iterator[Fact]:
    """Yield who signed the log: the keys on its newest checkpoint, authorities, witnesses."""
    numbers = itertools.count(1)
    least = 0 if found is None else found.leaf + 1

    def sign(text: str, agent: Agent, time: str, kind: str) -> Iterator[Fact]:
        checkpoint = parse_checkpoint(text)
        if checkpoint.size >= least:
            yield SignatureFact(
                id=f"urn:archive:checkpoint:{checkpoint.size}:{next(numbers)}",
                kind=kind,  # type: ignore[arg-type]  # the three words below
                origin=checkpoint.origin,
                size=checkpoint.size,
                root=format_hash(checkpoint.root),
                agent=agent,
                time=time,
            )

    note = read_note(archive.layout.log)
    if note is not None and (size := parse_checkpoint(note.text).size):
        time = format_instant(log.read_leaf(min(size, log.size) - 1).time)
        for key in check_note(note, read_public_keys(archive.layout.keys, "log")).good:
            agent = Agent(
                id=f"urn:archive:key:{key.id.hex()}", kind="software", name=f"key of {key.name}"
            )
            yield from sign(note.text, agent, time, "log key")
    for stamp in list_stamps(index):
        who = stamp.act.authority
        agent = Agent(id=f"urn:archive:authority:{who}", kind="organisation", name=who)
        yield from sign(stamp.note.text, agent, format_instant(stamp.act.stated), "time stamp")
    for item in list_cosignatures(index):
        agent = Agent(
            id=f"urn:archive:key:{item.key.id.hex()}", kind="organisation", name=item.key.name
        )
        moment = format_instant(datetime.fromtimestamp(item.time, UTC))
        yield from sign(item.note.text, agent, moment, "witness")
