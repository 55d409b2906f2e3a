"""The researcher's site over an archive of very many captures: how long its pages take.

Real Datasette over HTTP, as ``archive serve`` starts it, one reader at a time.  Every kind of page
is asked for at many addresses, and once before it counts, so that the disk is not measured but
what the pages cost is.  Not for: browsers (`tests/datasette_plugin`).
"""

import http.client
import os
import random
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench.crowd import Crowd, write_crowd
from bench.ground import Ground, capture_list
from bench.measure import BenchError, show_progress
from bench.programs import archive_command
from bench.report import Figure, Goal, Line, Note
from bench.servers import find_free_port

TOPIC = "the site"
_MEDIAN, _TAIL = 100.0, 300.0  # milliseconds
_TABLE_LIMIT = 3_000.0  # no page of Datasette's own may run out of time
_ADDRESSES = 40
_REQUESTS = 1_000  # beside a capture that writes
_WAIT = 120.0
_ANSWERED = (http.client.OK, http.client.FOUND)  # a TimeGate leads on
_FOUND = b'class="entry-title"'  # in a search page that found something
_TIMED_OUT = (b"timed out", b"takes too long", b"too slow")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Pages of one kind: what they are, and where; ``holds`` stands in most of them."""

    what: str
    paths: tuple[str, ...]
    holds: bytes = b""
    is_table: bool = False


def measure(ground: Ground) -> Iterator[Line]:
    """Give the median and the 95th percentile of each kind of page, and errors beside a writer."""
    captures = ground.options.captures
    archive = (ground.options.crowd or ground.make_folder()) / f"{captures}-captures" / "archive"
    if not (archive / "archive.toml").exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        ground.make_archive(folder=archive)
    crowd = write_crowd(archive / "metadata" / "archive.db", captures)
    kinds = list_kinds(crowd)
    with _serve(archive) as (port, process):
        for kind in kinds:
            before = _read_cpu(process)
            taken = _time_pages(port, kind, max(ground.options.rounds, 2))
            yield from _judge(kind, taken, captures)
            rounds = len(taken) // len(kind.paths) + 1
            yield Figure(
                topic=TOPIC,
                what="– CPU of the server for one such request",
                unit="ms",
                ours=(_read_cpu(process) - before) * 1000 / (rounds * len(kind.paths)),
            )
        yield _read_beside_writer(ground, archive, port, kinds)
    yield Note(
        topic=TOPIC,
        words=f"an invented index of {captures:,} captures; wall time of a request over HTTP, one"
        " reader, pages read before; 95 of 100 requests are not slower than the second figure",
    )


def _judge(kind: _Kind, taken: Sequence[float], captures: int) -> Iterator[Figure]:
    ordered = sorted(taken)
    tail = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    limits = (_TABLE_LIMIT, _TABLE_LIMIT) if kind.is_table else (_MEDIAN, _TAIL)
    for name, found, limit in (
        ("median", statistics.median(ordered), limits[0]),
        ("p95", tail, limits[1]),
    ):
        yield Figure(
            topic=TOPIC,
            what=f"{captures:,} captures: {kind.what}, {name}",
            unit="ms",
            ours=found,
            against="limit",
            peer=limit,
            ratio=found / limit,
            goal=Goal(sense="<=", firm=1.0),
        )


def list_kinds(crowd: Crowd) -> list[_Kind]:
    """Return the pages that are asked for; there are statements of many versions among them."""
    chance = random.Random("site")
    versions = crowd.count_versions()
    changed = sorted(versions, key=lambda one: -versions[one])
    many = changed[:5] + chance.sample([one for one in versions if versions[one] > 1], _ADDRESSES)
    words = {
        code: next(host.language.words for host in crowd.hosts if host.language.code == code)
        for code in ("en", "zh")
    }
    common, rare = words["en"][:8], chance.sample(words["en"][2000:], _ADDRESSES)
    pairs = [" ".join(chance.sample(words["en"][20:600], 2)) for _ in range(_ADDRESSES)]
    chinese = [word for word in words["zh"][:400] if len(word) == 2][:_ADDRESSES]
    seen = {crowd.find_host(one).name: crowd.find_host(one) for one in versions}
    publishers = [*crowd.hosts[:3], *chance.sample(list(seen.values()), _ADDRESSES)]
    return [
        _Kind(what="home", paths=("/",)),
        _Kind(what="search, the commonest words", paths=_search(common), holds=_FOUND),
        _Kind(
            what="search, words of middling frequency",
            paths=_search(words["en"][40:80]),
            holds=_FOUND,
        ),
        _Kind(what="search, rare words", paths=_search(rare), holds=_FOUND),
        _Kind(what="search, two words", paths=_search(pairs)),
        _Kind(what="search, Chinese words of two letters", paths=_search(chinese), holds=_FOUND),
        _Kind(
            what="search, narrowed to a year and a language",
            paths=tuple(f"{path}&year=2021&language=en" for path in _search(words["en"][40:80])),
            holds=_FOUND,
        ),
        _Kind(
            what="statement",
            paths=tuple(f"/statement/{crowd.name_statement(one)}" for one in many),
        ),
        _Kind(
            what="compare",
            paths=tuple(f"/compare/{crowd.name_statement(one)}" for one in many),
        ),
        _Kind(what="capture", paths=tuple(f"/capture/{crowd.name_capture(one)}" for one in many)),
        _Kind(what="TimeGate", paths=tuple(f"/timegate/{crowd.make_url(one)}" for one in many)),
        _Kind(
            what="TimeMap",
            paths=tuple(f"/timemap/link/{crowd.make_url(one)}" for one in many),
        ),
        _Kind(
            what="publisher (host)", paths=tuple(f"/publisher/{host.name}" for host in publishers)
        ),
        _Kind(
            what="publisher (declared)",
            paths=tuple(f"/publisher/{quote(host.publisher)}" for host in publishers),
        ),
        _Kind(
            what="edits",
            paths=(
                *("/edits", "/edits?page=2", "/edits?page=40", "/edits.atom"),
                *(
                    f"/edits?kind={kind}"
                    for kind in ("gone", "back", "number", "unannounced", "byline")
                ),
            ),
        ),
        _Kind(
            what="tables of Datasette",
            is_table=True,
            paths=(
                *("/archive", "/archive/statements", "/archive/captures", "/archive/edits"),
                *("/archive/captures.json", "/archive/statements.json", "/archive/claims"),
                "/archive/statements?_facet=publisher",
                "/archive/statements?_facet=publisher&_facet=language&_facet=published_year",
                "/archive/captures?_facet=year",
                "/archive/captures?_sort_desc=captured_at",
                *(f"/archive/captures?{one}" for one in ("outcome=revisit", "status=200")),
                *("/archive/captures?year=2021", "/archive/captures?purpose=statement"),
                *("/archive/statements?language=en", "/archive/statements?state=present"),
                *("/archive/edits?class=substantive", "/archive/edits?verdict=unannounced"),
                *("/archive/claims?field=title", "/archive/assertions?field=title"),
                *("/archive/assertions", "/archive/versions", "/archive/conversions"),
                *("/archive/texts", "/archive/absences", "/archive/events", "/archive/readings"),
                f"/archive/captures?_search={rare[0]}",
            ),
        ),
    ]


def _search(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"/search?q={quote(word)}" for word in words)


# --- asking ---------------------------------------------------------------------------------------


def _time_pages(port: int, kind: _Kind, rounds: int) -> list[float]:
    """Return milliseconds of every request; the first round is not counted.

    Raises:
        BenchError: a page is not there, says that it took too long though it was read before, or
            most are empty.
    """
    taken: list[float] = []
    full = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT)
    for number in range(rounds + 1):
        show_progress(f"{kind.what}: round {number} of {rounds}")
        for path in kind.paths:
            begun = time.perf_counter()
            status, body = _ask(connection, path)
            if number:
                taken.append((time.perf_counter() - begun) * 1000)
                full += kind.holds in body
            is_late = any(words in body for words in _TIMED_OUT)
            if (status not in _ANSWERED or is_late) and not (is_late and number == 0):
                raise BenchError(f"{path}: status {status}, {len(body)} bytes: {body[:300]!r}")
    connection.close()
    show_progress("")
    if 2 * full < len(taken):
        raise BenchError(f"{kind.what}: only {full} of {len(taken)} pages held {kind.holds!r}")
    return taken


def _ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def _read_beside_writer(ground: Ground, archive: Path, port: int, kinds: Sequence[_Kind]) -> Figure:
    """Give the number of requests that failed while real captures were written."""
    writing = threading.Event()
    urls = ground.write_list(ground.list_pages())
    problems: list[BenchError] = []

    def write() -> None:
        writing.set()
        try:
            while writing.is_set():
                capture_list(archive, urls, pages=1, extract=True)
        except BenchError as error:
            problems.append(error)

    chance = random.Random("beside")
    paths = [path for kind in kinds if not kind.is_table for path in kind.paths]
    thread = threading.Thread(target=write)
    thread.start()
    writing.wait()
    failed = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT)
    try:
        for number in range(_REQUESTS):
            show_progress(f"beside a writer: request {number} of {_REQUESTS}")
            status, _ = _ask(connection, chance.choice(paths))
            failed += status not in _ANSWERED
    finally:
        writing.clear()
        thread.join()
    if problems:
        raise problems[0]
    return Figure(
        topic=TOPIC,
        what=f"errors in {_REQUESTS:,} requests while captures are written",
        unit="",
        ours=failed,
        against="limit",
        peer=0,
        ratio=float(failed),
        goal=Goal(sense="<=", firm=0.0),
    )


@contextmanager
def _serve(archive: Path) -> Iterator[tuple[int, int]]:
    """Serve an archive; gives the port, and the server's process.

    Raises:
        BenchError: the server does not answer.
    """
    port = find_free_port()
    command = [*archive_command(), "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=archive, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(process, port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _read_cpu(process: int) -> float:
    """Return the seconds of CPU that a process took so far (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + _WAIT
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT)
        try:
            _ask(connection, "/robots.txt")
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()
    raise BenchError("the site does not answer")
