"""``archive claims``: what stands behind the answers on a page.  Not for: changing an answer."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archive.cli.card import print_curated
from archive.cli.options import archive_option, json_option, print_aside, print_json, print_line
from archive.cli.world import find_open_archive
from archive.core.claim import FIELDS, Assertion, Claim
from archive.core.curation import CURATED_FIELDS
from archive.core.instant import parse_instant
from archive.errors import EXIT_FINDINGS, InputError
from archive.workflows.loose_pages import (
    LoosePage,
    UnreadLine,
    UnreadPage,
    describe_assertions,
    describe_page,
    parse_lines,
    read_pages,
    require_pages,
)
from archive.workflows.settings import ExtractionSettings
from archive.workflows.show import read_claims_of


@click.command("claims")
@click.argument("name", metavar="[ID|URL]", required=False)
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A page in no archive: HTML, plain or gzip; needs --url.",
)
@click.option("--url", help="The address that the page of --file came from.")
@click.option("--captured-at", metavar="TIME", help="When it was captured: no date is later.")
@click.option(
    "--from",
    "source",
    metavar="PAGES.jsonl|-",
    help='Many such pages: a line each, {"file": …, "url": …, "captured_at": …}.',
)
@archive_option
@json_option
def command(
    name: str | None,
    file: Path | None,
    url: str | None,
    captured_at: str | None,
    source: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Show every claim behind a capture: by field, agreeing and contradicting.

    ID and URL are those of `archive show`.  With --file or --from, pages are read that are in
    no archive; with --json each page is one JSON object on a line, and dates in it have a value
    only where a day is asserted.
    """
    if [name is None, file is None, source is None].count(False) != 1:
        raise InputError("name one thing", remedy="give an ID or URL, or --file, or --from")
    if name is not None:
        found = read_claims_of(find_open_archive(folder), name)
        if as_json:
            print_json(
                {
                    "id": found.capture,
                    "url": found.url,
                    "claims": [asdict(claim) for claim in found.claims],
                    "assertions": describe_assertions(found.assertions),
                    "curated": [_describe_curated(row) for row in found.curated],
                }
            )
        else:
            _print_fields(found.url, found.claims, found.assertions, found.curated)
        return 0
    failed = 0
    for read in read_pages(_list_pages(file, url, captured_at, source), ExtractionSettings()):
        if isinstance(read, UnreadPage | UnreadLine):
            if file is not None:
                raise InputError(read.problem, remedy="check the file")
            failed += 1
            print_aside(read.problem)
        elif as_json:
            print_json(describe_page(read))
        else:
            _print_fields(read.page.url, read.claims, read.assertions, ())
    return EXIT_FINDINGS if failed else 0


def _describe_curated(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a curator asserts as plain values: who, when, why, and what shows it."""
    names = ("field", "value", "asserted_by", "asserted_at", "reason", "annotation_id")
    return {name: row[name] for name in names} | {"evidence": json.loads(row["evidence"] or "[]")}


def _list_pages(
    file: Path | None, url: str | None, captured_at: str | None, source: str | None
) -> Iterator[LoosePage | UnreadLine]:
    if file is not None:
        if url is None:
            raise InputError("--file needs the page's address", remedy="add --url https://…")
        captured = parse_instant(captured_at) if captured_at else None
        yield LoosePage(file=file, url=url, captured=captured, line={"captured_at": captured_at})
        return
    yield from open_pages(source or "-")


def open_pages(source: str) -> Iterator[LoosePage | UnreadLine]:
    """Yield the pages that a file of JSON lines names, or standard input if it is ``-``.

    Raises:
        InputError: the file cannot be read, or none of its lines names a page.
    """
    path = Path(source)
    try:
        stream = nullcontext(sys.stdin) if source == "-" else closing(path.open(encoding="utf-8"))
        with stream as lines:
            yield from require_pages(parse_lines(lines, Path() if source == "-" else path.parent))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{source} cannot be read: {error}", remedy="check the file") from error


def _print_fields(
    url: str,
    claims: Sequence[Claim],
    assertions: Sequence[Assertion],
    curated: Sequence[dict[str, Any]],
) -> None:
    """Print by question what curators assert, what rules conclude, and the claims behind that."""
    print_line(url)
    by_field: dict[str, Assertion] = {item.field: item for item in assertions}
    shown: set[int] = set()
    for field in dict.fromkeys((*FIELDS, *CURATED_FIELDS)):
        said = [row for row in curated if row["field"] == field]
        item = by_field.get(field)
        if said:
            print_line(f"{field}:")
            print_curated(said)
        if item is None:
            continue
        label = "  machine:   " if said else f"{field}:"
        if item.value is None:
            bound = f"; not after {item.latest}" if item.latest else ""
            print_line(f"{label} unknown{bound}")
        else:
            print_line(f"{label} {item.value}   ({item.confidence:.0%}, {item.rule})")
        sides = [(place, "agrees") for place in item.supports]
        sides += [(place, "contradicts") for place in item.contradicts]
        shown.update(place for place, _ in sides)
        for place, side in sides:
            _print_claim(claims[place], side)
    rest = [claim for place, claim in enumerate(claims) if place not in shown]
    if rest:
        print_line("without weight in an answer:")
    for claim in rest:
        _print_claim(claim, claim.field)


def _print_claim(claim: Claim, side: str) -> None:
    read = "not read" if claim.value is None else claim.value
    zone = f"; {claim.zone}" if claim.zone else ""
    raw = " ".join(claim.raw.split())
    raw = raw if len(raw) <= 100 else raw[:97] + "…"
    print_line(f"  {side:<12} {read}   ({claim.rule}{zone})")
    beside = f"{claim.record} " if claim.record is not None else ""
    print_line(f"               {beside}{claim.locator}: {raw}")
