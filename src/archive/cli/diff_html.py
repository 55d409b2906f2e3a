"""A comparison side by side, as one HTML file that needs nothing else and runs nothing.

Everything that was captured is escaped, and what would turn or hide text is shown as its code.
Not for: the terminal (`archive.cli.diff_lines`).
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from archive.core.text import show_hidden
from archive.history.rows import NEW_SIDE, OLD_SIDE, Change, Row

_TAGS: dict[Change, tuple[str, str]] = {
    "same": ("", ""),
    "deleted": ("<del>", "</del>"),
    "inserted": ("<ins>", "</ins>"),
    "moved away": ('<span class="away" title="moved from here">', "</span>"),
    "moved here": ('<span class="here" title="moved here">', "</span>"),
}
_STYLE = """\
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1b1b;--line:#d5d5d5;--soft:#666;
--gone:#ffdfdc;--come:#d8f3dc;--move:#e3e6ff}
@media (prefers-color-scheme:dark){:root{--paper:#161616;--ink:#ececec;--line:#444;--soft:#aaa;
--gone:#5c1f1b;--come:#174a26;--move:#2c3270}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:84rem;padding:1.5rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}
h1{font-size:1.35rem;margin:0 0 .5rem}
table{width:100%;border-collapse:collapse;table-layout:fixed}
caption{text-align:left;color:var(--soft);padding:.3rem 0}
th,td{border-bottom:1px solid var(--line);padding:.35rem .6rem;vertical-align:top;text-align:start;
overflow-wrap:anywhere}
.head th:first-child{width:11rem}
td p{margin:0;white-space:pre-wrap;unicode-bidi:plaintext}
del,ins,.away,.here{text-decoration:none;border-radius:.15rem;padding:0 .1em}
del{background:var(--gone);text-decoration:line-through}
ins{background:var(--come);border-bottom:2px solid currentColor}
.away{background:var(--move);text-decoration:line-through dotted}
.here{background:var(--move);border-bottom:2px dotted currentColor}
del::before{content:"[-"}del::after{content:"-]"}ins::before{content:"[+"}ins::after{content:"+]"}
.away::before{content:"[<"}.away::after{content:"<]"}
.here::before{content:"[>"}.here::after{content:">]"}
.aside td{opacity:.65}
details summary{cursor:pointer;color:var(--soft);padding:.35rem .6rem}
details table{margin:0}
footer{color:var(--soft);margin-top:1rem;font-size:.9rem}
@media print{body{max-width:none;padding:0;font-size:10pt}del,ins,.away,.here{background:none}
tr{break-inside:avoid}}
@media (max-width:40rem){.sides td,.sides th{display:block;width:100%}}"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_FOLDED = 3  # unchanged paragraphs in a row that are folded


def format_page(found: dict[str, Any], rows: Sequence[Row]) -> str:
    """Return the whole page."""
    return "\n".join(_list_parts(found, rows))


def _list_parts(found: dict[str, Any], rows: Sequence[Row]) -> Iterator[str]:
    title = f"{found['old']['name']} and {found['new']['name']}"
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_show(title)}</title><style>{_STYLE}</style></head><body><main>"
    yield f"<h1>{_show(_say_verdict(found))}</h1>"
    yield from _list_head(found)
    yield '<table class="sides"><caption>Text; [-…-] went, [+…+] came, [&lt;…&lt;] moved from'
    yield "here, [&gt;…&gt;] moved here; pale: the page’s furniture</caption>"
    yield '<thead><tr><th scope="col">old</th><th scope="col">new</th></tr></thead>'
    yield from _list_rows(rows)
    yield "</table></main>"
    yield f"<footer>Read with {_show(found['extractor'])}. The page tells what differs, not why."
    yield "</footer></body></html>"


def _say_verdict(found: dict[str, Any]) -> str:
    verdict = {"unannounced": "unannounced change"}.get(found["verdict"], found["verdict"])
    return f"{found['class']}; {verdict}" if verdict else str(found["class"])


def _list_head(found: dict[str, Any]) -> Iterator[str]:
    yield '<table class="head"><thead><tr><th></th><th scope="col">old</th>'
    yield '<th scope="col">new</th></tr></thead><tbody>'
    old, new = found["old"], found["new"]
    lines = [
        (name, old[key], new[key])
        for name, key in (
            ("name", "name"),
            ("address", "url"),
            ("captured", "captured_at"),
            ("payload", "payload"),
        )
    ]
    lines.append(("title", found["title"]["old"], found["title"]["new"]))
    stated = found["stated"]
    lines += [(name, stated["old"][name], stated["new"][name]) for name in stated["old"]]
    for name, before, after in lines:
        mark = ("<del>", "</del>", "<ins>", "</ins>")
        if before == after or name in ("name", "captured", "payload", "address"):
            mark = ("", "", "", "")
        yield (
            f'<tr><th scope="row">{name}</th>'
            f"<td><p>{_enclose(before, *mark[:2])}</p></td>"
            f"<td><p>{_enclose(after, *mark[2:])}</p></td></tr>"
        )
    counts = found["counts"]
    deleted = counts["words_deleted"]
    told = (
        f"{deleted} {'word' if deleted == 1 else 'words'} deleted,"
        f" {counts['words_inserted']} inserted, {counts['words_moved']} moved"
    )
    links = [("-", link) for link in found["links"]["removed"]]
    links += [("+", link) for link in found["links"]["added"]]
    for name, words in (
        ("about", ", ".join(found["facts"])),
        ("counts", told),
        ("notice", found["notice"] or ""),
        *(("link", f"{sign} {link['text']} {link['url']}") for sign, link in links),
    ):
        if words:
            yield f'<tr><th scope="row">{name}</th><td colspan="2"><p>{_show(words)}</p></td></tr>'
    yield "</tbody></table>"


def _enclose(value: str | None, begin: str, end: str) -> str:
    return f"{begin}{_show(value)}{end}" if value else ""


def _list_rows(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the rows; long runs without change can be folded away, and are all there."""
    waiting: list[Row] = []
    for row in rows:
        if not row.is_changed:
            waiting.append(row)
            continue
        yield from _list_same(waiting)
        waiting = []
        yield f"<tbody>{_format_row(row)}</tbody>"
    yield from _list_same(waiting)


def _list_same(rows: Sequence[Row]) -> Iterator[str]:
    if len(rows) <= _FOLDED:
        yield f"<tbody>{''.join(map(_format_row, rows))}</tbody>" if rows else ""
        return
    yield (
        f'<tbody><tr><td colspan="2"><details><summary>{len(rows)} unchanged paragraphs</summary>'
        f"<table>{''.join(map(_format_row, rows))}</table></details></td></tr></tbody>"
    )


def _format_row(row: Row) -> str:
    mark = ' class="aside"' if row.is_aside else ""
    return f"<tr{mark}><td>{_join(row, OLD_SIDE)}</td><td>{_join(row, NEW_SIDE)}</td></tr>"


def _join(row: Row, side: tuple[Change, ...]) -> str:
    words = "".join(
        f"{_TAGS[piece.change][0]}{_show(piece.text)}{_TAGS[piece.change][1]}"
        for piece in row.pieces
        if piece.change in side
    )
    return f'<p dir="auto">{words}</p>'


def _show(text: str) -> str:
    """Return ``text`` escaped; line feeds stay, all else that is not seen is shown as its code."""
    return escape("\n".join(show_hidden(line) for line in text.split("\n")))
