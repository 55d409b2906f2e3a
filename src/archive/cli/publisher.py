"""``archive publisher``: curated organisations.

Not for: how (`archive.workflows.organisations`).
"""

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from archive.cli.options import (
    archive_option,
    by_option,
    json_option,
    print_aside,
    print_json,
    print_line,
    reason_option,
)
from archive.cli.world import find_open_archive, make_world
from archive.core.organisation import format_organisation_urn, parse_organisation
from archive.index.organisations import (
    FoundOrganisation,
    count_statements,
    select_organisations,
)
from archive.workflows.annotate import parse_reason
from archive.workflows.opening import open_for_writing, open_index
from archive.workflows.organisations import (
    add_organisation,
    merge_organisations,
    remove_organisation,
    require_organisation,
)


@click.group("publisher")
def command() -> None:
    """Keep names, domains and identifiers of organisations, so that they lead to one.

    Statements show the organisation that their host belongs to, beside the publisher that their
    pages declare, which stays as it is. Every change is stored as a record, with who and why.
    """


@command.command("add")
@click.argument("name")
@click.option("--domain", "domains", metavar="D", multiple=True, help="Domain; with all below it.")
@click.option("--alias", "aliases", metavar="A", multiple=True, help="Another name, as in AA.")
@click.option("--wikidata", metavar="Q…", help="Its item in Wikidata.")
@click.option("--ror", metavar="ID", help="Its id in the Research Organization Registry.")
@reason_option
@by_option
@archive_option
@json_option
def add(  # noqa: PLR0917  # click calls it by name
    name: str,
    domains: tuple[str, ...],
    aliases: tuple[str, ...],
    wikidata: str | None,
    ror: str | None,
    reason: str,
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Describe an organisation, or add to the one that NAME already means."""
    described = parse_organisation(
        name, aliases=aliases, domains=domains, wikidata=wikidata, ror=ror
    )
    parse_reason(reason)
    with open_for_writing(find_open_archive(folder), make_world(), options="publisher") as archive:
        change = add_organisation(archive, described, reason=reason, by=by)
        count = count_statements(archive.index, change.found.id)
    said = "added" if change.is_new else "added to"
    _tell(said, change.found, count, as_json=as_json)
    return 0


@command.command("list")
@archive_option
@json_option
def list_all(folder: Path | None, as_json: bool) -> int:
    """List organisations by name; with --json one JSON value a line."""
    with closing(open_index(find_open_archive(folder))) as index:
        listed = [
            (found, count_statements(index, found.id)) for found in select_organisations(index)
        ]
    for found, count in listed:
        if as_json:
            print_json(_describe(found, count))
        else:
            domains = ", ".join(found.organisation.domains) or "(no domain)"
            print_line(f"{found.id}  {found.organisation.name}  {domains}  ({_count(count)})")
    if not listed:
        print_aside("nothing to list")
    return 0


@command.command("show")
@click.argument("name", metavar="NAME|DOMAIN|ID")
@archive_option
@json_option
def show(name: str, folder: Path | None, as_json: bool) -> int:
    """Show what is known of an organisation, who said so, and why."""
    with closing(open_index(find_open_archive(folder))) as index:
        found = require_organisation(index, name)
        count = count_statements(index, found.id)
    if as_json:
        print_json(_describe(found, count))
        return 0
    known = found.organisation
    print_line(known.name)
    for label, said in (
        ("id", format_organisation_urn(found.id)),
        ("aliases", "; ".join(known.aliases)),
        ("domains", ", ".join(known.domains)),
        ("wikidata", known.wikidata),
        ("ror", known.ror),
        ("statements", str(count)),
        ("said by", f"{found.asserted_by}, {found.asserted_at}"),
        ("why", " ".join((found.reason or "").split())),
    ):
        if said:
            print_line(f"  {label:<11} {said}")
    return 0


@command.command("remove")
@click.argument("name", metavar="NAME|DOMAIN|ID")
@click.option("--domain", "domains", metavar="D", multiple=True, help="Only this domain of it.")
@click.option("--alias", "aliases", metavar="A", multiple=True, help="Only this alias of it.")
@reason_option
@by_option
@archive_option
@json_option
def remove(
    name: str,
    domains: tuple[str, ...],
    aliases: tuple[str, ...],
    reason: str,
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Take an organisation back, or single domains and aliases of it; the record stays."""
    parse_reason(reason)
    with open_for_writing(find_open_archive(folder), make_world(), options="publisher") as archive:
        before = require_organisation(archive.index, name)
        left = remove_organisation(
            archive, name, reason=reason, domains=domains, aliases=aliases, by=by
        )
        count = count_statements(archive.index, left.id) if left else 0
    if left is not None:
        _tell("changed", left, count, as_json=as_json)
    elif as_json:
        print_json({"removed": before.id, "name": before.organisation.name})
    else:
        print_line(f"removed {before.id}  {before.organisation.name}")
    return 0


@command.command("merge")
@click.argument("name", metavar="KEPT")
@click.argument("others", metavar="OTHER...", nargs=-1, required=True)
@reason_option
@by_option
@archive_option
@json_option
def merge(
    name: str,
    others: tuple[str, ...],
    reason: str,
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Say that organisations are one: KEPT takes names, domains and identifiers of the OTHERs."""
    parse_reason(reason)
    with open_for_writing(find_open_archive(folder), make_world(), options="publisher") as archive:
        found = merge_organisations(archive, name, others, reason=reason, by=by)
        count = count_statements(archive.index, found.id)
    _tell("merged into", found, count, as_json=as_json)
    return 0


def _tell(said: str, found: FoundOrganisation, count: int, *, as_json: bool) -> None:
    if as_json:
        print_json(_describe(found, count))
    else:
        print_line(f"{said} {found.id}  {found.organisation.name}  ({_count(count)})")


def _count(statements: int) -> str:
    return "1 statement" if statements == 1 else f"{statements} statements"


def _describe(found: FoundOrganisation, count: int) -> dict[str, Any]:
    known = found.organisation
    return {
        "id": found.id,
        "urn": format_organisation_urn(found.id),
        "name": known.name,
        "aliases": list(known.aliases),
        "domains": list(known.domains),
        "wikidata": known.wikidata,
        "ror": known.ror,
        "statements": count,
        "by": found.asserted_by,
        "time": found.asserted_at,
        "reason": found.reason,
    }
