"""What strangers may not ask, since it costs them nothing and the server much; and what they may.

Each is asked over real HTTP: by the tests, and by ``tools/measure_public.py``, which writes the
table of what it cost.
"""

import time
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

_DEEP = "[" * 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, and the status of the answer."""

    what: str
    path: str
    status: int
    method: str = "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an answer took: seconds, and bytes by which the server's peak of memory rose."""

    status: int
    seconds: float
    memory: int
    headers: dict[str, str]
    body: bytes


def _sql(what: str, query: str) -> Question:
    return Question(what=what, path=f"/archive/-/query?sql={quote(query)}", status=403)


def _list(what: str, asked: str, *, status: int = 400, table: str = "captures.json") -> Question:
    return Question(what=what, path=f"/archive/{table}?{asked}", status=status)


REFUSED: tuple[Question, ...] = (
    _sql("800 MB of text", "select hex(zeroblob(400000000))"),
    _sql("1 GB of chance", "select length(randomblob(1000000000))"),
    _sql(
        "counting without end",
        "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c",
    ),
    _sql("four tables multiplied", "select count(*) from claims a, claims b, claims c, claims d"),
    _sql("another file", "attach database '/etc/passwd' as x"),
    _sql("a library", "select load_extension('x')"),
    _sql("a plain query", "select 1"),
    Question(what="a query, as JSON", path="/archive/-/query.json?sql=select+1", status=403),
    Question(what="a query at its old place", path="/archive?sql=select+1", status=400),
    Question(what="a query as a parameter", path="/archive/captures?sql=select+1", status=400),
    _list("a condition of one's own", "_where=" + quote("1 in (select 1)"), status=403),
    _list("a way through other tables", "_through=" + quote('{"table":"claims"}')),
    _list("a filter on what has no index", "error__exact=x"),
    _list("a pattern of stars", "url__glob=" + "*a" * 300),
    _list("a pattern of percents", "url__like=" + quote("%a" * 300)),
    _list("a part of a word", "url__contains=a"),
    _list("a date function on each row", "captured_at__date=2024-01-01"),
    _list("JSON in each row", "url__arraycontains=x"),
    _list("everything but one", "id__not=x"),
    _list("JSON nested without end", "id__in=" + quote(_DEEP)),
    _list("two hundred values", "id__in=" + ",".join("a" * 3 for _ in range(200))),
    _list("six filters", "year=1&status=2&outcome=3&purpose=4&url=5&key=6"),
    _list("order by what has no index", "_sort=error"),
    _list("order by nothing there is", "_sort=nothing"),
    _list("a million rows", "_size=1000000"),
    _list("a size that is none", "_size=1e9"),
    _list("a search of 6,000 letters", "_search=" + "a+" * 3_000, status=414),
    _list("a search of 501 stars", "_search=" + quote("*" * 501), status=414),
    _list("a raw search", "_search=a&_searchmode=raw"),
    _list("a search in one column", "_search_text=a"),
    _list("another table of words", "_search=a&_fts_table=texts_fts"),
    _list("a facet without an index", "_facet=error"),
    _list("a facet of what is never the same", "_facet=url"),
    _list("a page of a thousand rows", "_size=1000", table="captures"),
    _list("a number of 400 digits", "year__gt=" + "9" * 400),
    _list("a facet of arrays", "_facet_array=url"),
    _list("a facet of dates", "_facet_date=captured_at"),
    _list("four facets", "_facet=year&_facet=status&_facet=outcome&_facet=purpose"),
    _list("a facet of a million values", "_facet=year&_facet_size=1000000"),
    _list("more time", "_timelimit=900000"),
    _list("a trace", "_trace=1"),
    _list("another shape", "_shape=nothing"),
    _list("everything that Datasette can tell", "_extra=debug,suggested_facets"),
    _list("a next page with a line end", "_next=%0a1"),
    _list("a next page of 500 characters", "_next=" + "1" * 500),
    _list("everything as CSV", "_stream=on", table="captures.csv"),
    _list("fifty parameters", "&".join(f"_col=a{n}" for n in range(50))),
    _list("bytes that are no text", "_search=%ff%fe"),
    Question(what="all texts", path="/archive/texts.json", status=403),
    Question(what="the tables of the search", path="/archive/texts_fts_data.json", status=404),
    Question(what="SQLite's own tables", path="/archive/sqlite_master.json", status=404),
    Question(what="watch orders", path="/archive/watches.json", status=404),
    Question(what="a row with all that refers to it", path="/archive/captures/x", status=302),
    Question(what="the index", path="/archive.db", status=403),
    Question(what="the index, spelled otherwise", path="/%61rchive.db", status=403),
    Question(what="where files lie", path="/-/databases.json", status=403),
    Question(what="how the server is set up", path="/-/config.json", status=403),
    Question(what="what is installed", path="/-/plugins.json", status=403),
    Question(what="a log-in", path="/-/auth-token?token=x", status=403),
    Question(what="a token", path="/-/create-token", status=403),
    Question(what="names to jump to", path="/-/jump.json?q=a", status=403),
    Question(what="the schema", path="/archive/-/schema.json", status=403),
    Question(what="rows counted", path="/archive/claims/-/count", status=403),
    Question(what="names completed", path="/archive/captures/-/autocomplete?q=a", status=403),
    Question(what="a database in memory", path="/_memory/-/query?sql=select+1", status=403),
    Question(what="Datasette's own database", path="/_internal/databases.json", status=403),
    Question(what="our pages by their inner names", path="/-/statement-archive/home", status=403),
    Question(what="a path that leads up", path="/-/static/../../../../etc/passwd", status=404),
    Question(what="100,000 lines of CDX", path="/cdx?url=*.example&limit=100000", status=400),
    Question(what="an address of 5 kB", path="/memento/2024/" + "a" * 5_000, status=414),
    Question(what="a question of 9 kB", path="/search?q=" + "a" * 9_000, status=414),
    Question(what="words of 600 characters", path="/search?q=" + "a" * 600, status=414),
    Question(what="a new row", path="/archive/captures/-/insert", status=405, method="POST"),
    Question(what="a row deleted", path="/archive/captures/x", status=405, method="DELETE"),
    Question(what="a query sent", path="/archive/search", status=405, method="POST"),
)
ALLOWED: tuple[Question, ...] = (
    Question(what="the home page", path="/", status=200),
    Question(what="a search", path="/search?q=bridge", status=200),
    Question(what="the latest edits", path="/edits", status=200),
    Question(what="all tables", path="/archive", status=200),
    Question(what="a table", path="/archive/captures", status=200),
    Question(what="a table with facets", path="/archive/statements?_facet=host", status=200),
    _list("rows by an index", "year=2026&_sort_desc=captured_at&_size=max", status=200),
    _list("rows of some ids", "id__in=a,b", status=200),
    _list("words in captures", "_search=bridge", status=200),
    _list("a table for a spreadsheet", "_size=max&_dl=1", status=200, table="captures.csv"),
    Question(what="a stored query", path="/archive/search.json?q=bridge", status=200),
    Question(what="captures under an address", path="/cdx?url=news.example/*", status=200),
    Question(what="a style sheet", path="/-/static/app.css", status=200),
)


def ask(address: str, question: Question, *, pid: int | None = None) -> Cost:
    """Ask, and tell what the answer took."""
    before = reset_peak(pid) if pid else 0
    start = time.monotonic()
    with closing(HTTPConnection(urlsplit(address).netloc, timeout=60)) as connection:
        connection.request(question.method, question.path)
        answer = connection.getresponse()
        body = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders()}
    seconds = time.monotonic() - start
    return Cost(
        status=answer.status,
        seconds=seconds,
        memory=max(0, read_memory(pid, "VmHWM") - before) if pid else 0,
        headers=headers,
        body=body,
    )


def reset_peak(pid: int) -> int:
    """Let the process's peak of memory begin anew, and return what it holds now, in bytes."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return read_memory(pid, "VmRSS")


def read_memory(pid: int, name: str) -> int:
    """One of the figures of ``/proc/PID/status``, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0
