"""``archive resolve``: what an identifier means.  Not for: all that is known of it."""

from contextlib import closing
from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_json, print_line
from archive.cli.world import find_open_archive
from archive.errors import EXIT_DONE
from archive.workflows.opening import open_index
from archive.workflows.resolve import (
    archived_address,
    format_ark,
    format_payload_ni,
    resolve,
)


@click.command("resolve")
@click.argument("identifier")
@archive_option
@json_option
def command(identifier: str, folder: Path | None, as_json: bool) -> int:
    """Find the capture that IDENTIFIER means, and list every identifier it has.

    IDENTIFIER is a capture id or a prefix of one, a record id (urn:uuid:…), a URN of ours, a
    payload's digest (ni:///sha-256;… or sha256:…), an ARK, or the address of an archived page.
    """
    archive = find_open_archive(folder)
    with closing(open_index(archive)) as index:
        resolved = resolve(index, archive.settings.citation, identifier)
    found, settings = resolved.found, archive.settings.citation
    card = {
        "kind": resolved.kind,
        "capture": found.id,
        "record": found.record_id,
        "url": found.url,
        "captured": found.captured_at,
        "outcome": found.outcome,
        "status": found.status,
        "statement": found.statement_id,
        "payload": found.payload,
        "ni": format_payload_ni(found.payload),
        "ark": format_ark(settings, found.id),
        "archived_url": archived_address(settings, found.id),
        "others": list(resolved.others),
    }
    if as_json:
        print_json(card)
        return EXIT_DONE
    print_line(f"{card['capture']}   (by its {card['kind']})")
    for name in ("url", "captured", "record", "ni", "ark", "archived_url"):
        if card[name]:
            print_line(f"  {name.replace('_url', ''):<11} {card[name]}")
    for other in resolved.others:
        print_line(f"  also        {other}")
    return EXIT_DONE
