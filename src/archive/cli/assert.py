"""``archive assert``: a curator's assertion.  Not for: how (`archive.workflows.curate`)."""
# ruff: noqa: N999  # named for its verb, as every module here

from pathlib import Path

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
from archive.cli.people import describe_saying
from archive.cli.world import find_open_archive, make_world
from archive.core.annotation import describe_body, list_evidence
from archive.core.curation import CuratorAssertion, list_dates_ahead, parse_assertions
from archive.workflows.annotate import parse_reason
from archive.workflows.curate import assert_fields
from archive.workflows.opening import open_for_writing


@click.command("assert")
@click.argument("name", metavar="ID|URL")
@click.argument("typed", metavar="FIELD=VALUE...", nargs=-1, required=True)
@reason_option
@click.option(
    "--evidence",
    metavar="LOCATOR|URL|ID",
    multiple=True,
    help="What shows it: a place in the capture, an address, or another capture.",
)
@by_option
@archive_option
@json_option
def command(
    name: str,
    typed: tuple[str, ...],
    reason: str,
    evidence: tuple[str, ...],
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Assert what is true of the statement that a capture belongs to, and say why.

    \b
    FIELD is one of
      published, modified   a date in EDTF: 2024-03-06, 2024-03, 2024~,
                            2024-03-01/2024-03-09, [2024-03-06,2024-03-13]
      publisher             who publishes it
      credited              the source that it credits
      origin                who published it first
      author                may be given several times: one assertion
      title, language, licence, correction

    What the page says stays beside it. An earlier assertion by the same person of the same field
    is superseded; `archive retract` takes one back.
    """  # noqa: D301  # click wants the character itself
    assertions = parse_assertions(typed)
    parse_reason(reason)
    world = make_world()
    for ahead in list_dates_ahead(assertions, world.clock().date()):
        print_aside(f"warning: {ahead} lies ahead; if that is a mistake, assert the right date")
    with open_for_writing(find_open_archive(folder), world, options="assert") as archive:
        rows = assert_fields(archive, name, assertions, reason=reason, evidence=evidence, by=by)
    for row in rows:
        said = row.annotation
        if as_json and isinstance(said.body, CuratorAssertion):
            print_json(
                {
                    "id": row.id,
                    "record_id": row.record_id,
                    "capture": row.capture_id,
                    "field": said.body.field,
                    "value": said.body.value,
                    "evidence": list_evidence(said.body.evidence),
                    **describe_saying(said),
                    "supersedes": row.supersedes,
                }
            )
        elif not as_json:
            before = f", instead of {row.supersedes}" if row.supersedes else ""
            print_line(
                f"asserted of {row.capture_id} by {said.agent_name}:"
                f" {describe_body(said.body)}   ({row.id}{before})"
            )
    return 0
