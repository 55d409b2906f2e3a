"""A comparison on a terminal: what it is about, then the paragraphs that differ.

What went stands as ``[-…-]``, what came as ``[+…+]``, what moved as ``[<…<]`` where it was and
``[>…>]`` where it is; colours only repeat that.  Not for: HTML (`archive.cli.diff_html`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from archive.core.text import show_hidden
from archive.history.rows import Change, Piece, Row

_MARKS: dict[Change, tuple[str, str, str | None]] = {
    "same": ("", "", None),
    "deleted": ("[-", "-]", "red"),
    "inserted": ("[+", "+]", "green"),
    "moved away": ("[<", "<]", "yellow"),
    "moved here": ("[>", ">]", "cyan"),
}


def list_head(found: dict[str, Any]) -> Iterator[str]:
    """Yield what the difference is, a line each: class, verdict, facts, counts, metadata."""
    words = [found["class"]]
    if found["verdict"]:
        words.append({"unannounced": "unannounced change"}.get(found["verdict"], found["verdict"]))
    yield click.style("; ".join(words), bold=True)
    for side in ("old", "new"):
        state = found[side]
        parts = (state["name"], state["url"], state["captured_at"])
        yield _label(side, "  ".join(part for part in parts if part))
    if found["facts"]:
        yield _label("about", ", ".join(found["facts"]))
    counts = found["counts"]
    yield _label(
        "words",
        f"{counts['words_deleted']} deleted, {counts['words_inserted']} inserted,"
        f" {counts['words_moved']} moved",
    )
    for name, values in [("title", found["title"]), *_list_stated(found["stated"])]:
        if values["old"] != values["new"]:
            yield _label(name, f"{_say(values['old'])} → {_say(values['new'])}")
    if found["notice"]:
        yield _label("notice", " ".join(found["notice"].split()))
    for sign, links in (("-", found["links"]["removed"]), ("+", found["links"]["added"])):
        for link in links[:20]:
            yield _label("link", f"{sign} {' '.join(link['text'].split())}  {link['url']}")


def list_lines(rows: Sequence[Row], *, context: int | None) -> Iterator[str]:
    """Yield the paragraphs that differ, with ``context`` others around; with None, all of them.

    ``*`` stands before a paragraph that differs, ``~`` where only the page's furniture does.
    """
    shown = _choose_shown(rows, context)
    if any(row.is_changed for row in rows) or context is None:
        yield ""
    left_out = 0
    for row, is_shown in zip(rows, shown, strict=True):
        if not is_shown:
            left_out += 1
            continue
        if left_out:
            yield _tell(left_out)
            left_out = 0
        mark = "~ " if row.is_aside else "* "
        for line, is_changed in _list_row(row):
            yield (mark if is_changed else "  ") + line
    if left_out:
        yield _tell(left_out)


def _choose_shown(rows: Sequence[Row], context: int | None) -> list[bool]:
    if context is None:
        return [True] * len(rows)
    shown = [False] * len(rows)
    last = -1  # shown up to here
    for number, row in enumerate(rows):
        if row.is_changed:
            for place in range(
                max(last + 1, number - context), min(len(rows), number + context + 1)
            ):
                shown[place] = True
            last = min(len(rows), number + context + 1) - 1
    return shown


def _tell(count: int) -> str:
    return click.style(f"  … {count} unchanged paragraph{'s' if count > 1 else ''}", dim=True)


def _list_row(row: Row) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a row, each piece marked on each line that it reaches."""
    line: list[str] = []
    is_changed = False
    for piece in row.pieces:
        parts = piece.text.split("\n")
        for place, part in enumerate(parts):
            if place:
                # A line feed that went or came by itself is told; else the lines show it.
                if piece.change != "same" and not (parts[place - 1] or part):
                    line.append(_mark(piece, "\n"))
                    is_changed = True
                yield "".join(line), is_changed
                line, is_changed = [], False
            if part:
                line.append(_mark(piece, part))
                is_changed = is_changed or piece.change != "same"
    if line:
        yield "".join(line), is_changed


def _mark(piece: Piece, part: str) -> str:
    begin, end, colour = _MARKS[piece.change]
    return click.style(begin + show_hidden(part) + end, fg=colour) if begin else show_hidden(part)


def _list_stated(stated: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    old, new = stated["old"], stated["new"]
    return [(name, {"old": old[name], "new": new[name]}) for name in old]


def _say(value: str | None) -> str:
    return "none stated" if value is None else value


def _label(name: str, words: str) -> str:
    return f"  {name:<10} {show_hidden(words)}"
