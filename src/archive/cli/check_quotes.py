"""``archive check-quotes``: do quotations still stand?  Not for: making them (`archive cite`)."""

from dataclasses import asdict
from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_aside, print_json, print_line
from archive.cli.world import find_open_archive
from archive.errors import EXIT_DONE, EXIT_FINDINGS
from archive.workflows.check_quotes import CheckedQuote, check_quotes

_SHOWN = 60  # characters of a quotation


@click.command("check-quotes")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--cited-only", is_flag=True, help="Do not look at what was captured later.")
@archive_option
@json_option
def command(files: tuple[Path, ...], cited_only: bool, folder: Path | None, as_json: bool) -> int:
    """Check every quotation in FILE against the version it cites, and against the newest.

    FILE is Markdown, BibTeX or BibLaTeX, CSL-JSON, RIS or Word (.docx).  A line is printed for
    each; the exit code is 1 if one does not stand, or its capture is not known.
    """
    archive = find_open_archive(folder)
    checked = 0
    findings = 0
    for item in check_quotes(archive, files, cited_only=cited_only):
        checked += item.quote is not None
        findings += item.is_finding
        if as_json:
            print_json(asdict(item) | {"finding": item.is_finding})
        else:
            _print_checked(item)
    print_aside(f"{checked} quotation{'' if checked == 1 else 's'}, {findings} to look at")
    return EXIT_FINDINGS if findings else EXIT_DONE


def _print_checked(item: CheckedQuote) -> None:
    words = " ".join((item.quote or "").split())
    shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
    quoted = f"  “{shown}”" if shown else ""
    detail = f": {item.detail}" if item.detail else ""
    print_line(f"{item.file}, {item.where}: {item.identifier}  {item.verdict}{detail}{quoted}")
