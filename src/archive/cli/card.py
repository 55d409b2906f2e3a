"""The provenance card: what is known of a capture and its statement, on a terminal.

Not for: gathering it (`archive.workflows.show`).
"""

import json
from collections.abc import Sequence
from typing import Any

from archive.cli.options import print_line
from archive.cli.people import print_annotation, print_reason
from archive.core.claim import FIELDS
from archive.core.curation import CURATED_FIELDS

_CAPTURES_LISTED = 20
# Questions whose silence is worth a line.
_ASKED = ("title", "publisher", "author", "published", "origin")
PROOF = (
    "This archive held these bytes by the time of capture; that the publisher served them"
    " to others is not proved."
)


def print_card(card: dict[str, Any]) -> None:
    """Print the card."""
    capture, statement = card["capture"], card["statement"]
    print_line(statement["name"] if statement else capture["url"] or capture["id"])
    print_line(f"  address     {capture['url']}")
    if statement:
        print_line(f"  host        {statement['host']}   (captured from; not a claim)")
        print_line(f"  state       {statement['state']}{_describe_version(card)}")
    if card["organisation"]:
        known = card["organisation"]
        print_line(f"  belongs to  {known['name']}   ({known['id']}, by its host; not a claim)")
    _print_assertions(card)
    _print_capture(card)
    _print_captures(card)
    for row in card["annotations"]:
        if row["kind"] != "assertion" or row["state"] != "in force":  # those stand above
            print_annotation(row)
    print_line(f"  {PROOF}")


def _describe_version(card: dict[str, Any]) -> str:
    """Return which version of the statement the capture shows, or what it says instead."""
    capture, versions = card["capture"], card["statement"]["versions"]
    if capture["version"] is not None:
        return f"; this capture shows version {capture['version']} of {versions}"
    return f"; this capture: {capture['says']}" if capture["says"] else ""


def _print_assertions(card: dict[str, Any]) -> None:
    claims = {claim["position"]: claim for claim in card["claims"]}
    asserted = {row["field"] for row in card["assertions"]}
    statement = card["statement"] or {}
    known = dict.fromkeys((*FIELDS, *CURATED_FIELDS, *sorted(asserted)))
    if card["statement"] is not None:
        asserted.discard("host")  # it stands above
    for field in (field for field in known if field in asserted):
        rows = [row for row in card["assertions"] if row["field"] == field]
        curated = [row for row in rows if row["asserted_by"] is not None]
        print_curated(curated)
        for row in rows:
            if row["asserted_by"] is None:
                # Earlier captures bound a date, too, which this one cannot know.
                bound = statement.get("published_latest") if field == "published" else None
                shown = row | {"latest": bound or row["latest"]}
                _print_concluded(shown, claims, "machine:" if curated else field)
    if not any(row["asserted_by"] is None for row in card["assertions"]):
        shared = card["capture"]["reading_of"]  # what is waited for there is waited for here
        state = card["capture"]["text_outcome"] or ("pending" if shared else None)
        if state == "pending":
            print_line("  claims      not read yet: archive extract")
        elif state not in (None, "text", "none"):
            print_line(f"  claims      none: reading ended with {state}")


def print_curated(rows: Sequence[dict[str, Any]]) -> None:
    """Print what curators assert of one field; the first is what is displayed elsewhere."""
    for place, row in enumerate(rows):
        first, *more = row["value"].splitlines()
        label = "also:" if place else row["field"]
        print_line(
            f"  {label:<11} {first}   ({row['asserted_by']}, {row['asserted_at']};"
            f" {row['annotation_id']})"
        )
        for line in more:
            print_line(f"              {line}")
        _print_organisation(row)
        print_reason(row["reason"], row["evidence"])


def _print_concluded(row: dict[str, Any], claims: dict[int, dict[str, Any]], label: str) -> None:
    """Print what a rule concludes, with the places that support it and those that do not."""
    if row["value"] is None:
        if row["field"] in _ASKED:
            bound = f", not after {row['latest']}" if row["latest"] else ""
            print_line(f"  {label:<11} unknown{bound}")
        return
    agree = [claims[place] for place in json.loads(row["supports"])]
    against = [claims[place] for place in json.loads(row["contradicts"])]
    where = ", ".join(dict.fromkeys(map(_format_place, agree[:3])))
    why = f"; {where}" if where else ""
    value = " ".join(row["value"].split())
    print_line(f"  {label:<11} {value}   ({row['confidence']:.0%}{why}; {row['rule']})")
    _print_organisation(row)
    for claim in against[:3]:
        print_line(f"              but {_format_place(claim)}: {claim['raw']}")


def _format_place(claim: dict[str, Any]) -> str:
    """Return where a claim stands, after the companion's id where that is not the page."""
    return " ".join(part for part in (claim["record"], claim["locator"]) if part)


def _print_organisation(row: dict[str, Any]) -> None:
    if named := row.get("organisation"):
        print_line(f"              a name of {named['name']}   ({named['id']})")


def _print_capture(card: dict[str, Any]) -> None:
    capture = card["capture"]
    status = f" {capture['status']}" if capture["status"] is not None else ""
    print_line(f"  capture     {capture['id']}   {capture['captured_at']}")
    print_line(
        f"  outcome     {capture['outcome']}{status}   {capture['media_type'] or ''}".rstrip()
    )
    if capture["error"]:
        print_line(f"  why         {capture['error']}")
    for attempt in capture.get("attempts", ()):
        print_line(f"  tried       {attempt['started']}   {attempt['kind']}: {attempt['message']}")
    if capture["peer"]:
        secured = f", {capture['tls']}" if capture["tls"] else ""
        print_line(f"  from        {capture['peer']}{secured}")
    if capture.get("left_out"):
        print_line(f"  left out    values of {', '.join(capture['left_out'])}")
    if len(card["visit"]) > 1:
        path = " → ".join(
            f"{hop['url']} ({hop['status'] or hop['outcome']})" for hop in card["visit"]
        )
        print_line(f"  visit       {path}")
    for name in ("payload", "content"):
        if capture[name]:
            print_line(f"  {name:<11} {capture[name]}")
    if card["text"]:
        print_line(
            f"  text        {card['text']['digest']}   {len(card['text']['text'])} characters"
        )
    if capture["revisit_of"]:
        lost = "   (withdrawn: its payload is gone)" if capture["payload_withdrawn"] else ""
        print_line(f"  revisit of  {capture['revisit_of']}{lost}")
    if capture["unmodified_of"]:
        print_line(f"  unmodified  {capture['unmodified_of']}, so the server says")
    if capture["reading_of"]:
        print_line(f"  read as     {capture['reading_of']}, of the same address and bytes")
    place = f"warcs/{capture['warc']}, offset {capture['offset']}, length {capture['length']}"
    print_line(f"  record      {capture['record_id']}")
    print_line(f"  stored      {place}")
    prove = "" if capture["outcome"] == "withdrawn" else f"   (archive log prove {capture['id']})"
    print_line(f"  log         leaf {card['log']['leaf']} of {card['log']['size']}{prove}")


def _print_captures(card: dict[str, Any]) -> None:
    captures = card["captures"]
    if len(captures) > 1:
        print_line(f"  captures    {len(captures)} of this statement, the latest first")
    for row in captures[:_CAPTURES_LISTED] if len(captures) > 1 else ():
        status = "" if row["status"] is None else f" {row['status']}"
        what = f"{row['outcome']}{status}"
        print_line(f"              {row['captured_at']}  {row['id']}  {what}  {row['url']}")
    if len(captures) > _CAPTURES_LISTED:
        print_line(
            f"              and {len(captures) - _CAPTURES_LISTED} more: archive list --captures"
        )
