"""The provenance card: what is known of a capture and its statement, on a terminal.

Not for: gathering it (`archive.workflows.show`).
"""

import json
from typing import Any

from archive.cli.options import print_line
from archive.core.claim import FIELDS

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
    _print_assertions(card)
    _print_capture(card)
    _print_captures(card)
    for note in card["annotations"]:
        reason = f": {note['reason']}" if note["reason"] else ""
        print_line(f"  {note['kind']} by {note['agent_name']}, {note['time']}{reason}")
        for line in note["body"].splitlines():
            print_line(f"              {line}")
    print_line(f"  {PROOF}")


def _print_assertions(card: dict[str, Any]) -> None:
    claims = {claim["position"]: claim for claim in card["claims"]}
    statement_host = card["statement"] is not None
    for assertion in sorted(card["assertions"], key=lambda item: FIELDS.index(item["field"])):
        label = assertion["field"]
        if assertion["field"] == "host" and statement_host:
            continue  # it stands above
        if assertion["value"] is None:
            if assertion["field"] in _ASKED:
                bound = f", not after {assertion['latest']}" if assertion["latest"] else ""
                print_line(f"  {label:<11} unknown{bound}")
            continue
        agree = [claims[place] for place in json.loads(assertion["supports"])]
        against = [claims[place] for place in json.loads(assertion["contradicts"])]
        where = ", ".join(dict.fromkeys(claim["locator"] for claim in agree[:3]))
        sure = f"{assertion['confidence']:.0%}"
        why = f"; {where}" if where else ""
        value = " ".join(assertion["value"].split())
        print_line(f"  {label:<11} {value}   ({sure}{why}; {assertion['rule']})")
        for claim in against[:3]:
            print_line(f"              but {claim['locator']}: {claim['raw']}")
    if not card["assertions"]:
        state = card["capture"]["text_outcome"]
        if state == "pending":
            print_line("  claims      not read yet: archive extract")
        elif state not in (None, "text", "none"):
            print_line(f"  claims      none: reading ended with {state}")


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
    place = f"warcs/{capture['warc']}, offset {capture['offset']}, length {capture['length']}"
    print_line(f"  record      {capture['record_id']}")
    print_line(f"  stored      {place}")
    print_line(f"  log         leaf {card['log']['leaf']} of {card['log']['size']}")


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
