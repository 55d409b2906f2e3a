"""Verifying: against ``warcio check``, against what inflating and digesting cost, and in memory.

The command is run as people run it, with as many workers as there are processors; CPU is that of
all of them.  Not for: whether what is damaged is found (``docs/verify-files.md``).
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from archive.core.finding import Finding
from archive.store.check import check_archive
from archive.store.layout import Layout
from bench.ground import Ground, capture_list, remove_folder
from bench.measure import BenchError, Rival, Sample, run_in_turn, run_metered, show_progress
from bench.programs import archive_command, find_program
from bench.report import Figure, Goal, Line, Note, Scale, compare
from bench.warcs import inflate_file, make_statuses, repeat_file, write_warc

TOPIC = "verify"
_CPU = Scale(quantity="cpu", unit="s", factor=1)
_WALL = Scale(quantity="wall", unit="s", factor=1)
_OURS, _WARCIO, _INFLATE, _DIGEST = "archive verify", "warcio check", "igzip -dc", "openssl dgst"
_FULL_SIZE, _QUICK_SIZE = 200_000_000, 20_000_000
_STATUSES = 50  # for each page of the corpus
_LARGE = 4  # large records
_FEW = 500  # pages; fewer is a quick run


def measure(ground: Ground) -> Iterator[Line]:
    """Give the figures of goals 1, 2, 3 and 17, and the rate of ``stored``."""
    folder = ground.make_folder()
    is_quick = ground.options.pages < _FEW
    show_progress("making WARC files")
    once = folder / "once.warc.gz"
    pages = [path.read_bytes() for path in sorted((ground.corpus.folder / "p").glob("*.html"))]
    write_warc(once, pages)
    big, small = folder / "pages.warc.gz", folder / "small.warc.gz"
    repeat_file(once, big, _QUICK_SIZE if is_quick else _FULL_SIZE)
    write_warc(small, make_statuses(_STATUSES * len(pages)))
    yield from _measure_file(ground, big, "page-sized records", 1, (0.40, 0.37, 0.22))
    yield from _measure_file(ground, small, "small records", 2, (0.20, 0.16, 0.11))
    yield from _measure_archive(ground)
    yield from _measure_stored(ground, is_quick=is_quick)
    yield from _measure_memory(ground, big, is_quick=is_quick)


def _measure_file(
    ground: Ground, path: Path, what: str, number: int, wanted: tuple[float, float, float]
) -> Iterator[Line]:
    plain = path.with_suffix(".plain")
    inflate_file(path, plain)
    rivals = [_make_ours(path), _make_peer(_WARCIO, "warcio", ["check", path])]
    tools: list[tuple[str, str, list[str | Path]]] = [
        ("igzip", _INFLATE, ["-dc", path]),
        ("openssl", _DIGEST, ["dgst", "-sha1", plain]),
    ]
    are_there = all(find_program(name) for name, _, _ in tools)
    if are_there:
        rivals += [_make_peer(shown, name, arguments) for name, shown, arguments in tools]
    taken = run_in_turn(rivals, rounds=ground.options.rounds)
    firm, stretch, wall = wanted
    for scale, goal in (
        (_CPU, Goal(number=number, sense="<=", firm=firm, stretch=stretch)),
        (_WALL, Goal(number=number, sense="<=", firm=wall)),
    ):
        yield compare(
            TOPIC,
            f"{scale.quantity}, {what}",
            taken[_OURS],
            taken[_WARCIO],
            against=_WARCIO,
            scale=scale,
            goal=goal,
        )
    if not are_there:
        yield Note(topic=TOPIC, words="igzip or openssl is not here: goal 3 was left out")
        return
    limit = [
        Sample(cpu=a.cpu + 2 * b.cpu, wall=a.wall + 2 * b.wall)
        for a, b in zip(taken[_INFLATE], taken[_DIGEST], strict=True)
    ]
    yield compare(
        TOPIC,
        f"cpu, {what}",
        taken[_OURS],
        limit,
        against="igzip -dc + 2 × openssl dgst -sha1",
        scale=_CPU,
        goal=Goal(number=3, sense="<=", firm=1.0, stretch=0.85) if number == 1 else None,
    )
    plain.unlink()


def _measure_archive(ground: Ground) -> Iterator[Line]:
    """An archive of our own: ``full`` inflates, decodes, and derives the index again as well."""
    archive = ground.make_archive()
    urls = ground.list_pages()
    capture_list(archive, ground.write_list(urls), pages=len(urls))
    files = sorted((archive / "warcs").glob("*.warc.gz"))
    taken = run_in_turn(
        [
            Rival(name=level, run=partial(_verify, ["--level", level], archive))
            for level in ("stored", "full")
        ]
        + [_make_peer(_WARCIO, "warcio", ["check", *files])],
        rounds=ground.options.rounds,
    )
    for level in ("stored", "full"):
        yield compare(
            TOPIC,
            f"cpu, own archive of {len(urls)} gzip pages, {level}",
            taken[level],
            taken[_WARCIO],
            against=_WARCIO,
            scale=_CPU,
            goal=Goal(number=1, sense="<=", firm=0.40) if level == "full" else None,
        )


def _measure_stored(ground: Ground, *, is_quick: bool) -> Iterator[Line]:
    """Digests of what is stored, in large records: CPU, since other work shares the processors."""
    chance = random.Random("stored")
    names = [f"/large-{number}.bin" for number in range(_LARGE)]
    for name in names:
        path = ground.corpus.folder / name[1:]
        path.write_bytes(chance.randbytes((_QUICK_SIZE if is_quick else _FULL_SIZE) // _LARGE))
    folder = ground.make_archive()
    capture_list(folder, ground.write_list(ground.list_addresses(names)), pages=_LARGE)
    layout = Layout(root=folder)
    (path,) = layout.warcs.glob("*.warc.gz")
    taken = run_in_turn(
        [
            Rival(name="ours", run=lambda: _time(lambda: list(_check_stored(layout)))),
            Rival(name="hashlib", run=lambda: _time(lambda: _digest(path))),
        ],
        rounds=ground.options.rounds,
    )
    yield compare(
        TOPIC,
        "cpu, own archive of large records, stored",
        taken["ours"],
        taken["hashlib"],
        against="hashlib.sha256, the same bytes",
        scale=_CPU,
        goal=Goal(sense=">=", firm=0.85),
    )
    remove_folder(folder)


def _check_stored(layout: Layout) -> Iterator[Finding]:
    for finding in check_archive(layout, level="stored"):
        yield finding
        raise BenchError(finding.what)


def _time(work: Callable[[], object]) -> Sample:
    wall, cpu = time.monotonic(), time.process_time()
    work()
    return Sample(cpu=time.process_time() - cpu, wall=time.monotonic() - wall)


def _measure_memory(ground: Ground, path: Path, *, is_quick: bool) -> Iterator[Line]:
    factor = 0.1 if is_quick else 1.0
    sizes = {f"{size * factor:g} GB": int(size * factor * 1e9) for size in (0.1, 1.0)}
    files = {}
    for name, size in sizes.items():
        files[name] = path.with_name(f"{size}.warc.gz")
        repeat_file(path, files[name], size)
    taken = run_in_turn(
        [Rival(name=name, run=_make_ours(file).run) for name, file in files.items()],
        rounds=max(1, ground.options.rounds // 2),
        warm_up=False,
    )
    few, many = taken
    memory = Scale(quantity="rss", unit="MB", factor=1e-6)
    yield compare(
        TOPIC,
        f"largest process, {many}",
        taken[many],
        taken[few],
        against=few,
        scale=memory,
        goal=Goal(number=17, sense="<=", firm=1.1),
    )
    limit = [Sample(cpu=0, wall=0, rss=60_000_000) for _ in taken[many]]
    yield compare(
        TOPIC,
        f"largest process, {many}",
        taken[many],
        limit,
        against="60 MB a worker",
        scale=memory,
        goal=Goal(number=17, sense="<=", firm=1.0, stretch=0.5),
    )
    wall = min(sample.wall for sample in taken[many])
    rate = files[many].stat().st_size / wall / 1e9
    yield Figure(topic=TOPIC, what="stored bytes, full, wall", unit="GB/s", ours=rate)
    for file in files.values():
        file.unlink()


def _digest(path: Path) -> None:
    hasher = hashlib.sha256()
    with path.open("rb") as stream:
        while data := stream.read(1 << 20):
            hasher.update(data)


def _make_ours(path: Path) -> Rival:
    return Rival(name=_OURS, run=partial(_verify, [path], None))


def _verify(arguments: Sequence[str | Path], folder: Path | None) -> Sample:
    return run_metered([*archive_command(), "verify", *arguments], cwd=folder)


def _make_peer(shown: str, name: str, arguments: Sequence[str | Path]) -> Rival:
    program = find_program(name)
    if program is None:
        raise BenchError(f"{name} is not here")
    return Rival(name=shown, run=lambda: run_metered([program, *arguments]))
