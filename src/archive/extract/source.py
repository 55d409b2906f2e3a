"""What every source of claims shares: how a claim is stated, and its value read.

Rules:

1. ``raw`` is verbatim, but for what no UTF-8 can hold (lone surrogates), up to
   `LONGEST` characters; what is longer is cut, and has no value.
2. A value that cannot be read is None, and the claim stands all the same.
3. Empty is no claim.

Not for: finding claims (the modules of the sources) or weighing them (`archive.provenance`).
"""

import html
import re
from urllib.parse import urlsplit

from archive.core.claim import Claim, Field
from archive.core.edtf import read_date, read_epoch
from archive.core.text import normalise_text

LONGEST = 4096
# Claims of one source; a page that states more is hostile, and the first ones decide.
MOST = 200

_ADDRESS = re.compile(r"(?:https?:)?//\S+|\S+\.\S+/\S*", re.IGNORECASE)
_BYLINE = re.compile(r"(?:written\s+by|by|authors?:)[\s:]+(?=\S)", re.IGNORECASE)
_NOBODY = ("null", "undefined", "none", "n/a", "unknown", "[object object]", "-")
_TAG = re.compile(
    r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|\d{3}))?((?:-[A-Za-z0-9]{1,8})*)"
)


def state_claim(
    field: Field, raw: str, *, source: str, locator: str, rule: str, epoch: bool = False
) -> tuple[Claim, ...]:
    """Return the one claim that ``raw`` makes, or none if it is empty.

    ``epoch`` allows a date as a count of seconds or milliseconds.
    """
    raw = raw.encode("utf-8", "replace").decode("utf-8")
    if not raw.strip():
        return ()
    value: str | None = None
    zone: str | None = None
    if len(raw) > LONGEST:
        raw = raw[:LONGEST]
    elif field in ("published", "modified"):
        reading = read_date(raw) or (read_epoch(raw) if epoch else None)
        if reading:
            value, zone = reading
    elif field == "language":
        value = read_language(raw)
    elif field == "licence":
        value = raw.strip()
    elif field == "origin":
        value = read_host(raw)
    else:
        value = read_name(raw, is_author=field == "author")
    claim = Claim(
        field=field, raw=raw, value=value, source=source, locator=locator, rule=rule, zone=zone
    )
    return (claim,)


def make_claim(
    field: Field,
    raw: str,
    value: str | None,
    *,
    source: str,
    locator: str,
    rule: str,
    zone: str | None = None,
) -> Claim:
    """Return the claim that ``raw`` makes, its value read already."""
    raw = raw.encode("utf-8", "replace").decode("utf-8")[:LONGEST]
    if value is not None:
        value = value.encode("utf-8", "replace").decode("utf-8")[:LONGEST]
    return Claim(
        field=field, raw=raw, value=value, source=source, locator=locator, rule=rule, zone=zone
    )


def read_name(raw: str, *, is_author: bool = False) -> str | None:
    """Return a title or name on one line, character references decoded; None for an address."""
    value = " ".join(normalise_text(html.unescape(raw)).split())
    if is_author:
        value = _BYLINE.sub("", value, count=1) if _BYLINE.match(value) else value
    if not any(letter.isalnum() for letter in value):
        return None
    if _ADDRESS.fullmatch(value) or value.casefold() in _NOBODY:
        return None
    return value


def read_host(raw: str) -> str:
    """Return the host of an address; a name that is none stands as it is."""
    address = raw.strip()
    if "//" not in address:
        return address
    try:
        return (urlsplit(address).hostname or address).lower()
    except ValueError:
        return address


def read_language(raw: str) -> str | None:
    """Return a language tag in the spelling that BCP 47 recommends, or None if it is none."""
    match = _TAG.fullmatch(raw.strip().replace("_", "-"))
    if match is None:
        return None
    language, script, region, rest = match.groups()
    parts = [language.lower()]
    if script:
        parts.append(script.title())
    if region:
        parts.append(region.upper())
    return "-".join(parts) + rest.lower()
