"""``archive calibrate``: how often our answers are right.  Not for: pages without known answers."""

import click

from archive.cli.claims import open_pages
from archive.cli.options import json_option, print_aside, print_json, print_line
from archive.errors import EXIT_FINDINGS
from archive.workflows.calibrate import BINS, FIELDS, OURS, Calibration, Score, measure_pages

_HEAD = "  pages  asserted  abstained  right           exact"


@click.command("calibrate")
@click.argument("source", metavar="PAGES.jsonl|-")
@json_option
def command(source: str, as_json: bool) -> int:
    """Compare assertions with known answers: accuracy and abstention, by field and confidence.

    Lines are those of `archive claims --from`, with the true `published`, `modified`,
    `publisher`, `author` or `title`.  Dates are right within a day.  trafilatura and htmldate
    are asked about the same pages.
    """
    found = measure_pages(open_pages(source))
    if as_json:
        print_json(_describe(found))
    else:
        _print_tables(found)
    for line in found.unread:
        print_aside(line)
    return EXIT_FINDINGS if found.unread else 0


def _describe(found: Calibration) -> dict[str, object]:
    return {
        "fields": [
            {"field": field, "reader": reader} | score.describe()
            for (field, reader), score in found.readers.items()
        ],
        "confidence": [
            {"field": field, "from": lower, "to": _find_upper(lower)} | score.describe()
            for (field, lower), score in sorted(found.bins.items())
        ],
        "unread": found.unread,
    }


def _print_tables(found: Calibration) -> None:
    print_line(f"field      reader      {_HEAD}")
    for field in FIELDS:
        for (name, reader), score in found.readers.items():
            if name == field:
                print_line(f"{field:<10} {reader:<12} {_format(score)}")
    print_line("")
    print_line(
        f"field      confidence    pages  asserted  abstained  right           exact ({OURS})"
    )
    for (field, lower), score in sorted(
        found.bins.items(), key=lambda item: (FIELDS.index(item[0][0]), item[0][1])
    ):
        print_line(f"{field:<10} {lower:.2f}-{_find_upper(lower):.2f}    {_format(score)}")


def _format(score: Score) -> str:
    shares = score.describe()
    accuracy = "" if shares["accuracy"] is None else f"({shares['accuracy']:.1%})"
    asserted = f"{score.asserted:>5} ({shares['share_asserted']:.0%})"
    return (
        f"{score.pages:>6}  {asserted:<11} {shares['abstained']:>5}"
        f"  {score.right:>5} {accuracy:<9} {score.exact:>5}"
    )


def _find_upper(lower: float) -> float:
    return next((edge for edge in BINS if edge > lower), 1.0)
