"""``archive diff``: how two states of a statement differ.

Not for: a statement's whole history, or laying a comparison out (`archive.cli.diff_lines`,
`archive.cli.diff_html`).
"""

from pathlib import Path

import click

from archive.cli.diff_html import format_page
from archive.cli.diff_lines import list_head, list_lines
from archive.cli.options import (
    archive_option,
    json_option,
    print_aside,
    print_json,
    print_line,
    write_answer,
)
from archive.core.instant import parse_instant
from archive.errors import InputError
from archive.history.compare import compare_contents
from archive.history.rows import make_rows
from archive.history.unified import list_unified
from archive.workflows.contents import PageFile, State, describe_comparison, read_states
from archive.workflows.opening import Archive, open_archive

_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".txt", ".gz")


@click.command("diff")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--url",
    "urls",
    metavar="URL",
    multiple=True,
    help="The address that a file came from; once for both, or twice.",
)
@click.option(
    "--times",
    metavar="A,B",
    multiple=True,
    help="When files were captured: two moments, or the option twice.",
)
@click.option("--unified", "form", flag_value="unified", help="A unified diff, a sentence a line.")
@click.option("--html", "form", flag_value="html", help="Side by side, in one HTML file.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --html: write it to a file instead.",
)
@click.option(
    "--context",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Unchanged paragraphs (with --unified: sentences) shown around a change.",
)
@click.option("--full", is_flag=True, help="Show all unchanged paragraphs too.")
@archive_option
@json_option
def command(
    *,
    first: str,
    second: str,
    urls: tuple[str, ...],
    times: tuple[str, ...],
    form: str | None,
    output: Path | None,
    context: int,
    full: bool,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Show how two states of a statement differ: its own words, the page's furniture aside.

    A and B are captures (as for `archive show`), or HTML or plain files, which need no archive.
    Clocks, counters, advertisements and leads to other pages make no change of the statement.
    The exit code is 0 whether or not there is a difference.
    """
    if as_json and form:
        raise InputError("--json is a form of its own", remedy=f"leave out --json or --{form}")
    if output and form != "html":
        remedy = "redirect the answer: > FILE" if as_json else "add --html, or redirect: > FILE"
        raise InputError("--output is for --html", remedy=remedy)
    sides = _name_sides((first, second), urls, times)
    archive = _find_archive(folder, sides)
    old, new = read_states(archive, *sides)
    for state in (old, new):
        if state.note or state.quality != "usable":
            print_aside(f"{state.name}: {state.note or state.quality}")
    found = compare_contents(old.content, new.content)
    described = describe_comparison(old, new, found)
    if as_json:
        print_json(described)
        return 0
    lines: list[str]
    rows = make_rows(old.content.text, new.content.text, found.spans)
    if form == "html":
        page = format_page(described, rows)
        if output is None:
            click.echo(page)
            return 0
        write_answer(output, f"{page}\n".encode())
        print_aside(f"wrote {output}")
        return 0
    if form == "unified":
        lines = [f"--- {_name(old)}", f"+++ {_name(new)}"]
        size = max(len(old.content.text), len(new.content.text)) if full else context
        hunks = list(list_unified(old.content.text, new.content.text, context=size))
        for line in [*lines, *hunks] if hunks else []:
            print_line(line)
        return 0
    for line in [*list_head(described), *list_lines(rows, context=None if full else context)]:
        click.echo(line)
    return 0


def _name_sides(
    names: tuple[str, str], urls: tuple[str, ...], times: tuple[str, ...]
) -> tuple[str | PageFile, str | PageFile]:
    """Return the sides as files where there are such, else as names of captures.

    Raises:
        InputError: the options name more or fewer things than there are sides.
    """
    moments = [part for value in times for part in value.split(",")]
    if len(urls) > 2 or len(moments) not in (0, 2):
        raise InputError("there are two sides", remedy="give --url once or twice, --times A,B")
    addresses = urls * 2 if len(urls) == 1 else urls or (None, None)
    captured = tuple(map(parse_instant, moments)) or (None, None)
    sides: list[str | PageFile] = []
    for name, url, moment in zip(names, addresses, captured, strict=True):
        is_file = "://" not in name and Path(name).exists()
        if not is_file and "://" not in name and Path(name).suffix.lower() in _PAGE_SUFFIXES:
            raise InputError(f"there is no file {name}", remedy="check the path")
        sides.append(PageFile(file=Path(name), url=url, captured=moment) if is_file else name)
    if (urls or moments) and not any(isinstance(side, PageFile) for side in sides):
        raise InputError(
            "--url and --times are for files", remedy="leave them out; captures know theirs"
        )
    return sides[0], sides[1]


def _find_archive(folder: Path | None, sides: tuple[str | PageFile, ...]) -> Archive | None:
    """Return the archive, which only captures need; None where there are none."""
    if all(isinstance(side, PageFile) for side in sides):
        return None
    try:
        return open_archive(folder, start=Path.cwd())
    except InputError as error:
        missing = next(side for side in sides if isinstance(side, str))
        raise InputError(
            f"{missing} is no file, and {error}", remedy=error.remedy or "name a file"
        ) from error


def _name(state: State) -> str:
    return "  ".join(part for part in (state.name, state.url, state.moment) if part)
