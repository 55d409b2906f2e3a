"""Ask a server what strangers may not ask, and write what it cost.

``python -m tools.measure_public`` writes ``docs/public-limits.md``, from
``tests/datasette_plugin/costly.py``: each question over real HTTP, the median of some answers, and
by how much the server's peak of memory rose.  Not for: checking it, which the tests do.
"""

import platform
import tempfile
from pathlib import Path
from statistics import median

from archive.store.layout import Layout
from tests.datasette_plugin.costly import ALLOWED, REFUSED, Cost, Question, ask, read_memory
from tests.datasette_plugin.sample import PAGES, Page, write_sample
from tests.datasette_plugin.server import run_server

ROOT = Path(__file__).parents[1]
PAGE = Path("docs/public-limits.md")
_TIMES = 5
_CAPTURES = 20_000
_TOP = """\
<!-- Written by `python -m tools.measure_public`, from tests/datasette_plugin/costly.py. -->

# What strangers may ask

`archive serve --public` takes what is on a list, and refuses the rest before Datasette sees it:
queries of one's own, pages about the server, filters and orders that would look through a whole
table. Rows of a table are found by the columns that have an index, with `=`, `in` or a bound;
words are found by the search. A row by itself is given as JSON (`/archive/captures/ID.json`), and
otherwise leads to its page. What is allowed ends after a second, lists of rows after half of one;
it gives 1,000 rows at most (100 on a page, and of tables with long cells), and no value longer
than 64 MB ever leaves SQLite.

Nothing here limits how *often* somebody asks. That is for the web server before this one, which
knows who asks.

Measured over HTTP on {captures} captures, {machine}, the median of {times} answers; memory is by
how much the peak of the whole serving process rose above the {base} that it takes at rest. The
tests ask the same and demand less than 50 ms and 100 MB of everything that is refused.

"""


def main() -> None:
    """Measure, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "metadata").mkdir()
        write_sample(Layout(root=root).database, tuple(_make_pages()))
        with run_server(root, public=True) as (address, pid):
            for question in (*ALLOWED, *REFUSED):
                ask(address, question)  # what is loaded with the first of its kind
            base = read_memory(pid, "VmRSS")
            refused = [_measure(address, pid, one) for one in REFUSED]
            allowed = [_measure(address, pid, one) for one in ALLOWED]
    top = _TOP.format(
        captures=f"{_CAPTURES:,}",
        machine=f"Python {platform.python_version()}, a shared machine of two cores",
        times=_TIMES,
        base=_format_bytes(base),
    )
    tables = (
        "## Refused\n\n" + _format_table(refused),
        "## Allowed\n\n" + _format_table(allowed),
    )
    (ROOT / PAGE).write_text(top + "\n".join(tables), "utf-8")


def _make_pages() -> list[Page]:
    return [
        Page(
            url=f"https://news{number % 200}.example/{number}",
            title=f"Report {number} on the bridge",
            text=f"The old bridge number {number} will close for repairs, the council said. " * 20,
            publisher=f"Courier {number % 50}",
            published="2026-02-03",
            language="en",
        )
        for number in range(_CAPTURES - len(PAGES))
    ] + list(PAGES)


def _measure(address: str, pid: int, question: Question) -> tuple[Question, list[Cost]]:
    return question, [ask(address, question, pid=pid) for _ in range(_TIMES)]


def _format_table(rows: list[tuple[Question, list[Cost]]]) -> str:
    lines = ["| What | Asked | Status | Time | Memory |", "| --- | --- | ---: | ---: | ---: |"]
    for question, costs in rows:
        path = question.path if len(question.path) < 70 else question.path[:67] + "…"
        asked = f"{question.method} {path}".replace("|", "%7C")
        seconds = median(cost.seconds for cost in costs)
        memory = _format_bytes(max(cost.memory for cost in costs))
        lines.append(
            f"| {question.what} | `{asked}` | {costs[0].status} | {seconds * 1000:.1f} ms |"
            f" {memory} |"
        )
    return "\n".join(lines) + "\n"


def _format_bytes(number: int) -> str:
    return f"{number / (1 << 20):.1f} MB"


if __name__ == "__main__":
    main()
