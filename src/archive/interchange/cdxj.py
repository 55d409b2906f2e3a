"""CDXJ: lines that say which capture of an address lies where, as pywb writes them.

Follows the CDXJ of pywb: sort key (SURT), time stamp of 14 digits, and a JSON object whose
values are strings.  What another archive's files say is not read here.  Not for: TimeMaps, one
form of which has the same name (`archive.interchange.timemap`).
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxLine:
    """A capture in an index: ``stamp`` has 14 digits, ``digest`` is that of the payload."""

    key: str
    stamp: str
    url: str
    media_type: str
    status: int | None
    digest: str | None
    length: int
    offset: int
    file: str


def format_cdxj(line: CdxLine) -> str:
    """Return the line, with its end."""
    return f"{line.key} {line.stamp} {json.dumps(_list_fields(line))}\n"


def format_cdx_json(line: CdxLine) -> str:
    """Return the line as one JSON object, with its end."""
    whole = {"urlkey": line.key, "timestamp": line.stamp, **_list_fields(line)}
    return json.dumps(whole) + "\n"


def _list_fields(line: CdxLine) -> dict[str, str]:
    return {
        "url": line.url,
        "mime": line.media_type,
        "status": "-" if line.status is None else str(line.status),
        "digest": line.digest or "-",
        "length": str(line.length),
        "offset": str(line.offset),
        "filename": line.file,
    }
