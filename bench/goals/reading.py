"""Reading pages for their text: that it delays no capture, and that no page holds it up.

Not for: how well pages are read; scores of extraction are not a matter of time.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from archive.workflows.opening import open_archive, open_index
from archive.workflows.workers import ReadingTask, Workers
from bench.ground import Ground, capture_list, remove_folder
from bench.hostile import make_hostile_pages
from bench.measure import Rival, Sample, run_in_turn, run_metered, show_progress
from bench.programs import archive_command
from bench.report import Figure, Goal, Line, Note, Scale, compare

TOPIC = "reading pages"
_ON, _OFF = "archive capture URL", "archive capture URL --no-extract"
_ALONE = ("--no-companions", "--no-requisites")  # what is fetched besides is read from the page
_PAGES = 200
_ROUNDS = 3  # times as many as elsewhere: each is short
_FEW, _MANY = 5, 20
_LONGEST = 5.0
_KILLING = 1.1  # of that: ending a worker that is late takes its time too


def measure(ground: Ground) -> Iterator[Line]:
    """Give the figures of goals 13 and 14, the longest time of a page among them."""
    yield from _measure_latency(ground)
    yield from _measure_cost(ground)
    urls = ground.list_pages()[:_PAGES]
    yield from _measure_longest(ground, "pages of the corpus", urls, None)
    names = _write_hostile(ground.corpus.folder)
    urls = ground.list_addresses(list(names))
    yield from _measure_longest(ground, "hostile pages", urls, names)


def _measure_latency(ground: Ground) -> Iterator[Line]:
    urls = ground.list_pages()
    left = {_ON: iter(urls), _OFF: iter(urls)}
    archives = {name: ground.make_archive() for name in left}

    def run(name: str) -> Sample:
        option = ["--no-extract"] if name == _OFF else []
        return run_metered(
            [*archive_command(), "capture", next(left[name]), "--json", *_ALONE, *option],
            cwd=archives[name],
        )

    rounds = min(len(urls) - 1, max(_FEW, ground.options.rounds * _ROUNDS))
    taken = run_in_turn(
        [Rival(name=name, run=partial(run, name)) for name in (_ON, _OFF)], rounds=rounds
    )
    yield compare(
        TOPIC,
        "wall time of one capture, extraction behind it",
        taken[_ON],
        taken[_OFF],
        against="--no-extract",
        scale=Scale(quantity="wall", unit="ms", factor=1000),
        goal=Goal(number=14, sense="<=", firm=1.10, stretch=1.03),
    )


def _measure_cost(ground: Ground) -> Iterator[Line]:
    """Text, claims and assertions, beside text, metadata and date of two programs."""
    pages = len(ground.corpus.paths)

    def run(name: str) -> Sample:
        command = [sys.executable, "-m", "bench.peers.reader", name, str(ground.corpus.folder)]
        return run_metered(command, cwd=Path.cwd())

    taken = run_in_turn(
        [Rival(name=name, run=partial(run, name)) for name in ("ours", "theirs")],
        rounds=ground.options.rounds,
    )
    yield compare(
        TOPIC,
        f"CPU of text, claims and assertions of {pages} pages",
        taken["ours"],
        taken["theirs"],
        against="bare_extraction with metadata + find_date",
        scale=Scale(quantity="cpu", unit="ms a page", factor=1000 / pages),
        goal=Goal(number=13, sense="<=", firm=1.05, stretch=0.75),
    )


def _measure_longest(
    ground: Ground, what: str, urls: Sequence[str], names: dict[str, str] | None
) -> Iterator[Line]:
    folder = ground.make_archive()
    capture_list(folder, ground.write_list(urls), pages=len(urls))
    archive = open_archive(folder, start=folder)
    taken: dict[str, float] = {}
    outcomes: Counter[str] = Counter()
    with Workers(archive.settings.extraction) as workers:
        tasks = _list_tasks(folder)
        workers.submit(tasks[0]).result()  # the start of a worker counts for nobody
        for place, task in enumerate(tasks):
            show_progress(f"reading {what}: {place + 1} of {len(tasks)}")
            start = time.perf_counter()
            answer = workers.submit(task).result()
            taken[task.url] = time.perf_counter() - start
            outcomes[answer.outcome] += 1
    show_progress("")
    remove_folder(folder)
    ordered = sorted(taken, key=taken.__getitem__)
    for label, url in (("median", ordered[len(ordered) // 2]), ("longest", ordered[-1])):
        yield Figure(
            topic=TOPIC,
            what=f"{len(ordered)} {what}, {label}",
            unit="s",
            ours=taken[url],
            against=f"limit ({_name(url, names)})" if label == "longest" else "",
            peer=_LONGEST if label == "longest" else None,
            ratio=taken[url] / _LONGEST if label == "longest" else None,
            goal=Goal(number=13, sense="<=", firm=_KILLING) if label == "longest" else None,
        )
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    yield Note(topic=TOPIC, words=f"{what}: {told}")


def _list_tasks(folder: Path) -> list[ReadingTask]:
    index = open_index(open_archive(folder, start=folder))
    rows = index.execute(
        "SELECT warc, offset, length, url FROM captures"
        " WHERE text_outcome = 'pending' ORDER BY leaf"
    ).fetchall()
    index.close()
    return [
        ReadingTask(root=str(folder), warc=warc, offset=offset, length=length, url=url)
        for warc, offset, length, url in rows
    ]


def _write_hostile(folder: Path) -> dict[str, str]:
    (folder / "hostile").mkdir()
    names = {}
    for name, page in make_hostile_pages():
        path = f"/hostile/{name}.html"
        (folder / path[1:]).write_bytes(page)
        names[path] = name
    return names


def _name(url: str, names: dict[str, str] | None) -> str:
    path = "/" + url.split("/", 3)[3]
    return names[path] if names and path in names else path
