"""What the capture log costs as it grows: appending a leaf, proving one, and a quick check.

The archive is filled through the store and the index, without a network; its pages are a few
hundred bytes, since the log does not look at them.  Not for: what a capture costs.
"""

import math
import random
import secrets
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

from archive.cli.world import make_world
from archive.core.checkpoint import hash_leaf
from archive.core.digest import digest_bytes
from archive.core.exchange import Answer, Connection, Exchange, Visit
from archive.core.leaf import Leaf
from archive.core.proof import (
    check_inclusion,
    prove_consistency,
    prove_inclusion,
)
from archive.core.uri import parse_url
from archive.index.rows import Row, make_capture_row
from archive.store.log import CaptureLog, read_log
from archive.workflows.opening import OpenArchive, open_archive, open_for_writing
from archive.workflows.records import CaptureGroup, Identity, make_visit_groups
from bench.ground import Ground, remove_folder
from bench.measure import BenchError, Rival, Sample, run_in_turn, run_metered, show_progress
from bench.programs import archive_command
from bench.report import Figure, Goal, Line, Scale, compare

TOPIC = "capture log"
_TIMES = 100  # captures for each page that the other goals use
_STEP = 100  # how much larger the largest log is than the smallest
_BATCH = 256
_REPEATS = 50
_CPU = Scale(quantity="cpu", unit="ms", factor=1000)


def measure(ground: Ground) -> Iterator[Line]:
    """Give what a leaf costs in a large log beside a small one, and how long a check takes."""
    size = ground.options.pages * _TIMES
    folder = ground.make_archive()
    visits = _draw_visits()
    _fill(folder, islice(visits, size // _STEP))
    small = _measure_log(folder, visits, ground.options.rounds)
    _fill(folder, islice(visits, size - size // _STEP))
    large = _measure_log(folder, visits, ground.options.rounds)
    # The depth of the tree, and a fifth for what the machine does besides.
    firm = 1.2 * math.log2(size) / math.log2(size // _STEP)
    few, many = f"{size // _STEP:,} captures", f"{size:,} captures"
    for what, samples in large.items():
        yield compare(
            TOPIC,
            f"{what}, {many}",
            samples,
            small[what],
            against=few,
            scale=_CPU,
            goal=Goal(sense="<=", firm=firm),
        )
    check = [*archive_command(), "verify", "--level", "quick"]
    taken = run_in_turn(
        [Rival(name="quick", run=lambda: run_metered(check, cwd=folder))],
        rounds=ground.options.rounds,
    )
    wall = sorted(sample.wall for sample in taken["quick"])[len(taken["quick"]) // 2]
    yield Figure(topic=TOPIC, what=f"verify --level quick, {many}", unit="s wall", ours=wall)
    remove_folder(folder)


def _measure_log(folder: Path, visits: Iterator[Visit], rounds: int) -> dict[str, list[Sample]]:
    """Return what appending one leaf, and both kinds of proof, cost in the log as it is."""
    log = read_log(open_archive(folder, start=folder).layout.log)
    chance = random.Random(log.size)
    places = [chance.randrange(log.size) for _ in range(_REPEATS)]
    samples: dict[str, list[Sample]] = {}
    with open_for_writing(
        open_archive(folder, start=folder), make_world(), options="bench"
    ) as archive:
        for _ in range(rounds):
            for what, work in (
                ("append a leaf", lambda: _append_single(archive, visits)),
                ("prove inclusion", lambda: _prove_inclusions(log, places)),
                ("prove consistency", lambda: _prove_consistencies(log, places)),
            ):
                samples.setdefault(what, []).append(_time(work))
    return samples


def _time(work: Callable[[], int]) -> Sample:
    """Return what one of several alike costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    return Sample(cpu=(time.process_time() - cpu) / done, wall=(time.perf_counter() - wall) / done)


def _append_single(archive: OpenArchive, visits: Iterator[Visit]) -> int:
    for visit in islice(visits, _REPEATS):
        _store(archive, [visit])
    return _REPEATS


def _prove_inclusions(log: CaptureLog, places: Sequence[int]) -> int:
    for place in places:
        hashes = prove_inclusion(log.read_node, place, log.size)
        entry = next(log.read_entries(place))
        if not check_inclusion(hash_leaf(entry), place, log.size, hashes, log.root):
            raise BenchError(f"the proof of leaf {place} does not hold")
    return len(places)


def _prove_consistencies(log: CaptureLog, places: Sequence[int]) -> int:
    for place in places:
        hashes = prove_consistency(log.read_node, place, log.size)
        if len(hashes) > 2 * log.size.bit_length():
            raise BenchError(f"the proof from {place} leaves has {len(hashes)} hashes")
    return len(places)


def _fill(folder: Path, visits: Iterator[Visit]) -> None:
    with open_for_writing(
        open_archive(folder, start=folder), make_world(), options="bench"
    ) as archive:
        while batch := list(islice(visits, _BATCH)):
            _store(archive, batch)
            show_progress(f"{archive.writer.checkpoint.size} leaves")


def _store(archive: OpenArchive, visits: Sequence[Visit]) -> None:
    identity = Identity(new_id=lambda: uuid.uuid4().urn, new_salt=lambda: secrets.token_bytes(16))
    groups: list[CaptureGroup] = []
    for visit in visits:
        groups += make_visit_groups(
            visit, batch=None, identity=identity, find_original=lambda _payload, _purpose: None
        )

    def make_rows(leaves: Sequence[Leaf]) -> Iterator[Row]:
        for leaf, group in zip(leaves, groups, strict=True):
            yield make_capture_row(leaf, group.metadata, group.head)

    archive.store([group.draft for group in groups], make_rows)


def _draw_visits() -> Iterator[Visit]:
    """Yield visits to one page after another, each with one small answer."""
    for number in count():
        address = f"http://host-{number % 100}.example/statement/{number}"
        body = f"<title>Statement {number}</title><p>The ferry leaves at nine.".encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        digest = digest_bytes(body)
        moment = datetime.now(UTC)
        answer = Answer(
            interim=(),
            block=head + body,
            length=len(head) + len(body),
            head_length=len(head),
            block_digest=digest_bytes(head + body),
            payload=digest,
            payload_length=len(body),
            content=digest,
            content_length=len(body),
            truncated=None,
            malformed=None,
        )
        exchange = Exchange(
            address=address,
            url=parse_url(address),
            started=moment,
            finished=moment,
            request=f"GET /statement/{number} HTTP/1.1\r\n\r\n".encode(),
            left_out=(),
            resolved=("192.0.2.1",),
            connection=Connection(address="192.0.2.1", port=80),
            outcome=answer,
        )
        yield Visit(address=address, purpose="statement", exchanges=(exchange,))
