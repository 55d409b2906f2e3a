"""What the machine allows: the parts of a capture that no better code can avoid.

Per page of the corpus, as it comes over the wire.  Read beside the figures of
`bench.goals.capture`, these say where the time can and cannot go.  Not for: goals.
"""

import hashlib
import os
import sqlite3
import statistics
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from isal import isal_zlib

from bench.ground import Ground
from bench.measure import Rival, run_in_turn, run_metered
from bench.report import Figure, Line

TOPIC = "limits of this machine"
_RUNS = 5
_APPEND = 20_000
_BATCH = 64
_COLUMNS = 20
_TABLE = f"CREATE TABLE t ({', '.join(f'c{number}' for number in range(_COLUMNS))})"
_INSERT = f"INSERT INTO t VALUES ({', '.join('?' * _COLUMNS)})"  # noqa: S608  # nothing from outside


def measure(ground: Ground) -> Iterator[Line]:
    """Give the cost of hashing, compressing, syncing, a row, and starting Python."""
    folder = ground.corpus.folder / "p"
    packed = [path.read_bytes() for path in sorted(folder.glob("*.html.gz"))[:500]]
    plain = [path.read_bytes() for path in sorted(folder.glob("*.html"))[:500]]
    works: list[tuple[str, int, Callable[[], object]]] = [
        ("SHA-256 of the gzip bytes", len(packed), lambda: _hash(packed)),
        ("SHA-256 of the HTML", len(plain), lambda: _hash(plain)),
        ("inflate the gzip bytes, ISA-L", len(packed), lambda: _inflate(packed)),
        ("deflate the HTML, ISA-L 2", len(plain), lambda: _deflate_fast(plain)),
        ("deflate the HTML, zlib 9", len(plain), lambda: _deflate_best(plain)),
        ("SQLite row, 20 columns, one transaction", 5000, lambda: _insert_rows(5000)),
    ]
    for what, count, work in works:
        yield _make_figure(f"{what}, CPU", _time(work, time.process_time) / count)
    run = ground.make_folder()
    syncs = 200
    wall = _time(lambda: _sync(run / "file", syncs), time.perf_counter) / syncs
    yield _make_figure(f"fsync of {_APPEND // 1000} kB appended, wall", wall)
    yield _make_figure(f"– shared by {_BATCH} captures", wall / _BATCH)
    taken = run_in_turn(
        [Rival(name="bare", run=lambda: run_metered([sys.executable, "-c", "pass"]))], rounds=_RUNS
    )
    yield _make_figure("start of Python, CPU", statistics.median(s.cpu for s in taken["bare"]))


def _make_figure(what: str, seconds: float) -> Figure:
    return Figure(topic=TOPIC, what=what, unit="ms", ours=seconds * 1000)


def _time(work: Callable[[], object], clock: Callable[[], float]) -> float:
    taken = []
    for _ in range(_RUNS):
        start = clock()
        work()
        taken.append(clock() - start)
    return statistics.median(taken)


def _hash(pages: list[bytes]) -> None:
    for page in pages:
        hashlib.sha256(page).digest()


def _inflate(pages: list[bytes]) -> None:
    for page in pages:
        isal_zlib.decompress(page, 31)


def _deflate_fast(pages: list[bytes]) -> None:
    for page in pages:
        isal_zlib.compress(page, 2)


def _deflate_best(pages: list[bytes]) -> None:
    for page in pages:
        zlib.compress(page, 9)


def _insert_rows(count: int) -> None:
    database = sqlite3.connect(":memory:")
    database.execute(_TABLE)
    rows = [tuple(f"value {number} {row}" for number in range(_COLUMNS)) for row in range(count)]
    with database:
        database.executemany(_INSERT, rows)
    database.close()


def _sync(path: Path, count: int) -> None:
    data = os.urandom(_APPEND)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    try:
        for _ in range(count):
            os.write(descriptor, data)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
