"""``archive cite``: citations and quotations.  Not for: checking quotations."""

from pathlib import Path

import click

from archive.cite.forms.every import FORMATS, format_bibliography
from archive.cite.forms.whole import describe_citation
from archive.cite.runs import MARKUPS
from archive.cite.styles.every import STYLES
from archive.cli.options import archive_option, json_option, print_aside, print_json, write_answer
from archive.cli.world import find_open_archive
from archive.errors import EXIT_DONE, EXIT_FINDINGS, ArchiveError, InputError
from archive.workflows.check_quotes import word_afterlife
from archive.workflows.cite import Cited, Later, cite_capture
from archive.workflows.opening import Archive


@click.command("cite")
@click.argument("names", metavar="ID|URL...", nargs=-1, required=True)
@click.option("--at", metavar="DATE", help="Cite what was captured last by then.")
@click.option("--style", type=click.Choice(list(STYLES)), help="[default: chicago]")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--quote", metavar="TEXT", help="Bind a passage; it must stand in the version.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead.",
)
@archive_option
@json_option
def command(
    names: tuple[str, ...],
    at: str | None,
    style: str | None,
    form: str,
    quote: str | None,
    output: Path | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Cite captures: one version each, with its digest and what is proved of it.

    ID is whatever `archive resolve` takes; URL means the newest capture that shows the page.
    Several make one bibliography.  Styles are for text, html and markdown.  With --json all that
    a citation says, one JSON value a line.
    """
    if style is not None and form not in MARKUPS:
        raise InputError(
            f"--style is not for {form}", remedy=f"styles are for {', '.join(MARKUPS)}"
        )
    if quote is not None and len(names) > 1:
        raise InputError("--quote is for one citation", remedy="cite them one by one")
    archive = find_open_archive(folder)
    cited, failed = _cite_all(archive, names, at, quote)
    for item in cited:
        if as_json:
            print_json(_describe(item, form, style or "chicago"))
        for remark in item.remarks:
            print_aside(remark)
        _tell_quotation(item)
    text = format_bibliography([item.citation for item in cited], form, style or "chicago")
    if output is not None:
        write_answer(output, text.encode())
    elif not as_json:
        # What was captured is cleaned there; what isolates directions is ours, and must stay.
        click.echo(text, nl=False)
    return EXIT_FINDINGS if failed else EXIT_DONE


def _cite_all(
    archive: Archive, names: tuple[str, ...], at: str | None, quote: str | None
) -> tuple[list[Cited], int]:
    """Return the citations, and how many names could not be cited; of a single one, raise."""
    cited, failed = [], 0
    for name in names:
        try:
            cited.append(cite_capture(archive, name, at=at, quote=quote))
        except ArchiveError as error:
            if len(names) == 1:
                raise
            failed += 1
            print_aside(f"{name}: {error}")
    return cited, failed


def _describe(item: Cited, form: str, style: str) -> dict[str, object]:
    citation = item.citation
    told = describe_citation(citation) | {
        "form": form,
        "text": format_bibliography([citation], form, style),
    }
    if citation.quotation is not None:
        told["fragment"] = citation.archived + citation.quotation.fragment
        told["times"] = citation.quotation.times
        told["later"] = [_describe_later(later) for later in item.later]
    return told


def _describe_later(later: Later) -> dict[str, object]:
    afterlife = later.afterlife
    return {
        "version": later.capture.version,
        "says": later.capture.says,
        "capture": later.capture.id,
        "captured": later.capture.captured_at,
        "status": later.capture.sighting.status,
        "fate": afterlife.fate if afterlife is not None else None,
        "nearest": afterlife.nearest if afterlife is not None else None,
        "differences": [
            {"old": item.old, "new": item.new}
            for item in (afterlife.differences if afterlife is not None else ())
        ],
    }


def _tell_quotation(item: Cited) -> None:
    citation = item.citation
    if citation.quotation is None:
        return
    quotation = citation.quotation
    print_aside(
        f"quoted      characters {quotation.start} to {quotation.end}, stands there"
        f" {'once' if quotation.times == 1 else f'{quotation.times} times; the first is cited'}"
    )
    for later in item.later:
        print_aside(f"later       {later.capture.captured_at}  {_word_later(later)}")
    if not item.later:
        print_aside("later       no other version has been captured since")


def _word_later(later: Later) -> str:
    capture, afterlife = later.capture, later.afterlife
    if capture.silent is not None:
        return f"{capture.id}  {capture.silent.reason}: archive extract"
    if capture.lacking is not None:
        kind, reason = capture.lacking.kind, capture.lacking.reason
        return f"{capture.id}  {reason if kind == 'moved' else f'gone: {reason}'}"
    if afterlife is None:
        unknown = "was not looked at" if later.is_left_out else "is not known"
        return f"{capture.id}  version {capture.version}, its text {unknown}"
    how = word_afterlife(afterlife)
    return f"{capture.id}  version {capture.version}  {afterlife.fate}{f': {how}' if how else ''}"
