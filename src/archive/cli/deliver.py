"""Telling webhooks of changes, a line for each try.

Not for: what is told, and when again (`archive.workflows.deliveries`).
"""

from dataclasses import asdict
from typing import Any

from archive.cli.options import print_aside, print_json, print_line
from archive.cli.world import make_world
from archive.workflows.deliveries import deliver_changes
from archive.workflows.opening import Archive, open_for_writing
from archive.workflows.settings import make_transport


def deliver(archive: Archive, networks: tuple[Any, ...], *, options: str, as_json: bool) -> bool:
    """Tell the webhooks of ``archive.toml`` what is due; return whether all of it was taken."""
    spools = archive.layout.warcs
    transport = make_transport(archive.settings, spool_folder=spools, networks=networks)
    failed = 0
    with open_for_writing(archive, make_world(), options=options) as writing:
        for told in deliver_changes(archive, writing, transport=transport):
            failed += not told.is_taken
            if as_json:
                print_json(asdict(told) | {"taken": told.is_taken})
            else:
                answer = "no answer" if told.status is None else f"status {told.status}"
                print_line(f"{told.change}  {told.address}  {answer}  capture {told.capture}")
    if failed:
        print_aside(f"not taken: {failed}; told again later")
    return not failed
