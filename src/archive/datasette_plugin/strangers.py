"""What strangers may ask for where the archive is open to the world: all that costs little.

Rules:

1. A list of what is allowed.  Whatever is not on it is refused here, before Datasette sees it:
   queries of one's own, pages about the server, what looks through a whole table.
2. Rows are found and sorted by columns that have an index.
3. What is refused costs nothing but the reading of its line.

Not for: what queries may cost that are allowed (`archive.index.overview`, Datasette's limits), or
how often somebody asks, which the web server before this one knows.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode

from archive.index.describe import QUERY_NAMES, Indexed, list_indexed

_LONGEST_PATH = 4_000
_LONGEST_QUERY = 8_000
_LONGEST_VALUE = 1_000
_LONGEST_WORDS = 500
LONGEST_QUOTE = 5_000  # characters: as many as an address may hold, of any script
_MOST_PARAMETERS = 40
_MOST_FILTERS = 5
_MOST_FACETS = 3
_MOST_ROWS = 1_000
_MOST_LONG_ROWS = 100  # of tables with long cells
_MOST_FACET_VALUES = 100
_MOST_LINES = 10_000
_MOST_IDS = 50
LIST_MS = "500"  # a page of a table; search and home page have what the server's setting says
_METHODS = ("GET", "HEAD")
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
_NEXT = re.compile(r"[^\x00-\x1f]{1,400}")
_OPERATORS = ("exact", "gt", "gte", "lt", "lte", "isnull", "in")
_SHAPES = ("arrays", "objects", "array", "object", "arrayfirst")
_EXTRAS = frozenset(("count", "columns", "facet_results", "next_url", "primary_keys"))
_FREE = frozenset(  # of a table's parameters, those that cost nothing
    ("_col", "_nocol", "_labels", "_nl", "_header", "_dl", "_nocount", "_nofacet", "_nosuggest")
)
_FORM = re.compile(r"_filter_(?:column|op|value)(?:_[0-9]{1,2})?|_sort_by_desc", re.ASCII)
_WIDE = frozenset(("texts", "edits", "readings", "claims", "annotations", "events"))
_OWN_PAGES = {"captures": "/capture/", "statements": "/statement/"}
_OURS_ALONE = ("watches",)
_FORMATS = ("", ".json", ".csv")
_STATIC = ("/-/static/", "/-/static-plugins/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is answered instead: the status, and why; or the path that answers better."""

    status: int
    said: str
    path: str = ""


CLOSED = Refusal(
    status=503,
    said="Something in this archive is not for everybody now. Who keeps it serves a copy"
    " without that: archive publish.",
)

ABSENT = Refusal(
    status=503,
    said="The index of this archive is not there now, or was made by another version of the"
    " program. Who keeps it runs archive rebuild, and starts archive serve again.",
)


def find_refusal(
    method: str, path: str, query: str, *, database: str, ours: bool
) -> Refusal | None:
    """Return why a request is not for strangers, None where it is.

    ``path`` is as it was sent, ``database`` the path of ours, and ``ours`` tells that a page of
    our own answers.
    """
    if method not in _METHODS:
        return Refusal(status=405, said="Nothing can be changed here.")
    if len(path) > _LONGEST_PATH or len(query) > _LONGEST_QUERY:
        return Refusal(status=414, said="This address is too long.")
    if path.startswith(_STATIC) or path == "/favicon.ico":
        return None
    try:
        given = parse_qsl(
            query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, errors="strict"
        )
    except ValueError:
        # Addresses of mementos have queries of their own, in any encoding.
        return None if ours and path.startswith(("/memento/", "/timegate/", "/timemap/")) else _BAD
    if ours:
        return _judge_own(path, given)
    if path in (database, f"{database}.json"):
        return _BAD if given else None
    if not path.startswith(f"{database}/"):
        return Refusal(status=403, said="This page is not open to the public.")
    return _judge_table(path.removeprefix(f"{database}/"), given, database)


_BAD = Refusal(status=400, said="This cannot be asked for here.")
_SQL = Refusal(status=403, said="Queries of one's own are not taken here.")


def _judge_own(path: str, given: list[tuple[str, str]]) -> Refusal | None:
    """Judge what is asked of a page of ours; an address at the end of a path has its own query."""
    if path.startswith(("/memento/", "/timegate/", "/timemap/")):
        return None
    for name, value in given:
        longest = {"q": _LONGEST_WORDS, "quote": LONGEST_QUOTE, "url": _LONGEST_PATH}
        if len(value) > longest.get(name, _LONGEST_VALUE):
            return Refusal(status=414, said=f"This is too long: {name}.")
        if path == "/cdx" and name == "limit" and not _is_number(value, _MOST_LINES):
            return Refusal(status=400, said=f"At most {_MOST_LINES} lines are given at once.")
    return None


def _judge_table(rest: str, given: list[tuple[str, str]], database: str) -> Refusal | None:
    """Judge what is asked of a table, a row or a stored query."""
    name, slash, key = rest.partition("/")
    dot = name.find(".")
    name, form = (name[:dot], name[dot:]) if dot >= 0 and not slash else (name, "")
    if name == "-" or key.startswith("-") or "/" in key:
        return _SQL if rest.startswith("-/query") else Refusal(status=403, said="Not public.")
    if form not in _FORMATS:
        return _BAD
    if name in QUERY_NAMES and not slash:
        return _judge_query(given)
    indexed = None if name in _OURS_ALONE else list_indexed().get(name)
    if indexed is None:
        return Refusal(status=404, said="There is no such table.")
    if slash:
        return _judge_row(name, key, given, indexed.keys, database)
    if name == "texts":
        return Refusal(status=403, said="Texts are found by searching, and read one by one.")
    is_page = not form
    return _judge_list(name, given, indexed, is_page=is_page)


def _judge_query(given: list[tuple[str, str]]) -> Refusal | None:
    for name, value in given:
        if len(value) > _LONGEST_WORDS:
            return Refusal(status=414, said=f"This is too long: {name}.")
        if name.startswith("_") and name not in _FREE | {"_shape", "_size", "_hide_sql"}:
            return _BAD
        if name == "sql" or (name == "_shape" and value not in _SHAPES):
            return _SQL
        if name == "_size" and not _is_size(value, _MOST_ROWS):
            return _BAD
    return None


def _judge_row(
    table: str, key: str, given: list[tuple[str, str]], keys: tuple[str, ...], database: str
) -> Refusal | None:
    """Let rows be read as JSON; a row's page counts all that refers to it, and another is shown."""
    if given and any(name != "_shape" or value not in _SHAPES for name, value in given):
        return _BAD
    if key.endswith(".json"):
        return None
    values = [unquote(part.replace("~", "%")) for part in key.split(",")]
    if "." in key or len(values) != len(keys):
        return Refusal(status=404, said="There is no such row.")
    own = _OWN_PAGES.get(table)
    target = (
        f"{own}{quote(values[0], safe='')}"
        if own
        else f"{database}/{table}?{_format(keys, values)}"
    )
    return Refusal(status=302, said="", path=target)


def _format(keys: tuple[str, ...], values: list[str]) -> str:
    return urlencode([(f"{key}__exact", value) for key, value in zip(keys, values, strict=True)])


def _judge_list(
    table: str, given: list[tuple[str, str]], indexed: Indexed, *, is_page: bool
) -> Refusal | None:
    columns, sortable, keys = indexed.columns, indexed.sortable, indexed.keys
    most = _MOST_LONG_ROWS if is_page or table in _WIDE else _MOST_ROWS
    filtered = {name.partition("__")[0] for name, _ in given if not name.startswith("_")}
    found_by = columns | frozenset(keys if keys and keys[0] in filtered else ())
    facets = filters = 0
    for name, value in given:
        if len(value) > (_LONGEST_WORDS if name == "_search" else _LONGEST_VALUE):
            return Refusal(status=414, said=f"This is too long: {name}.")
        if not name.startswith("_"):
            filters += 1
            if not _is_filter(name, value, found_by):
                return Refusal(
                    status=400,
                    said=f"Rows of {table} are found by {', '.join(sorted(columns))}, with ="
                    " or a bound. The search finds words.",
                )
        elif name == "_facet":
            facets += 1
            if value not in indexed.facets:
                return Refusal(status=400, said="This column has no facet.")
        elif name in ("_sort", "_sort_desc"):
            if value not in sortable:
                return Refusal(
                    status=400, said=f"{table} is sorted by {', '.join(sorted(sortable))}."
                )
        elif not _is_option(table, name, value, most):
            return _SQL if name == "_where" else _BAD
    if filters > _MOST_FILTERS or facets > _MOST_FACETS:
        return Refusal(status=400, said="This asks for too much at once.")
    return None


def _is_filter(name: str, value: str, columns: frozenset[str]) -> bool:
    column, _, operator = name.partition("__")
    if column not in columns or (operator or "exact") not in _OPERATORS:
        return False
    return operator != "in" or (not value.startswith("[") and value.count(",") < _MOST_IDS)


def _is_option(table: str, name: str, value: str, most: int) -> bool:
    if name == "_size":
        return _is_size(value, most)
    if name == "_facet_size":
        return _is_number(value, _MOST_FACET_VALUES)
    if name == "_search":
        return table == "captures"
    if name == "_next":
        return _NEXT.fullmatch(value) is not None
    if name == "_shape":
        return value in _SHAPES
    if name == "_timelimit":  # which stands in links of pages that were asked for
        return value == LIST_MS
    if name == "_extra":
        return set(value.split(",")) <= _EXTRAS
    return name in _FREE or _FORM.fullmatch(name) is not None


def _is_size(value: str, most: int) -> bool:
    return value in ("max", "") or _is_number(value, most)


def _is_number(value: str, most: int) -> bool:
    return _NUMBER.fullmatch(value) is not None and int(value) <= most


def bound_list(path: str, query: str, *, database: str) -> str:
    """Return the query of a table with its bounds: of time, and of ``_size=max`` in numbers."""
    name, dot, _ = path.removeprefix(f"{database}/").partition(".")
    if not path.startswith(f"{database}/") or name not in list_indexed():
        return query
    most = _MOST_LONG_ROWS if name in _WIDE or not dot else _MOST_ROWS
    kept = [one for one in query.split("&") if one and not one.startswith("_timelimit=")]
    kept = [f"_size={most}" if one == "_size=max" else one for one in kept]
    return "&".join([*kept, f"_timelimit={LIST_MS}"])
