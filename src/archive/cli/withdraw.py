"""``archive withdraw``: take a capture's content away.  Not for: how (`archive.workflows`)."""

import sys
from pathlib import Path

import click

from archive.cli.options import (
    archive_option,
    by_option,
    json_option,
    print_aside,
    print_json,
    print_line,
)
from archive.cli.world import find_open_archive, make_world
from archive.errors import InputError
from archive.workflows.opening import open_for_writing
from archive.workflows.withdraw import (
    plan_withdrawal,
    read_again,
    repeat_withdrawal,
    withdraw_capture,
)


@click.command("withdraw")
@click.argument("name", metavar="ID|URL")
@click.option("--reason", required=True, metavar="TEXT", help="Why; stored with the act.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@by_option
@archive_option
@json_option
def command(
    name: str, reason: str, yes: bool, by: str | None, folder: Path | None, as_json: bool
) -> int:
    """Overwrite the stored bytes of a capture for good; its leaf in the log stays.

    Revisits that share its payload are listed first: they lose it too.
    """
    with open_for_writing(find_open_archive(folder), make_world(), options="withdraw") as archive:
        again = repeat_withdrawal(archive, name)
        if again:
            if as_json:
                print_json({"overwritten_again": again})
            else:
                print_line(f"withdrawn already; records overwritten once more: {again}")
            return 0
        plan = plan_withdrawal(archive, name)
        print_aside(f"{plan.capture.id}  {plan.capture.captured_at}  {plan.capture.url}")
        print_aside(f"  records overwritten, for good: {len(plan.overwrites)}")
        for revisit in plan.revisits:
            print_aside(f"  depends on it: {revisit.id}  {revisit.captured_at}  {revisit.url}")
        for hop in plan.hops:
            print_aside(f"  keeps the visit's address: {hop.id}  {hop.captured_at}  {hop.url}")
        for resting in plan.resting:
            print_aside(f"  read with it, and again without: {resting.id}  {resting.url}")
        for said in plan.assertions:
            print_aside(f"  not displayed any more: {said.body} by {said.agent_name} ({said.id})")
        if not yes:
            _ask()
        leaf = withdraw_capture(archive, plan, reason=reason, by=by)
        again = read_again(archive, plan)
    if as_json:
        print_json(
            {
                "id": plan.capture.id,
                "leaf": leaf.sequence,
                "records": len(plan.overwrites),
                "revisits": [item.id for item in plan.revisits],
                "read_again": again,
            }
        )
    else:
        print_line(f"withdrawn: {plan.capture.id} (leaf {leaf.sequence} of the log)")
        if again:
            print_line(f"pages read again without it: {again}")
    return 0


def _ask() -> None:
    if not sys.stdin.isatty():
        raise InputError("this cannot be undone, and nobody is there to ask", remedy="add --yes")
    click.confirm("Overwrite them?", abort=True, err=True)
