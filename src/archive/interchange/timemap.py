"""Memento's lists of mementos, in the three forms that clients read, and its Link header.

Follows RFC 7089 (sections 2.2 and 5, with RFC 6690 for the form) for ``link``; ``json`` and
``cdxj`` are as MemGator writes them, which nobody standardised.  Not for: choosing mementos
(`archive.index.mementos`).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from archive.core.instant import format_instant
from archive.core.memento import format_http_date, format_stamp

Form = Literal["link", "json", "cdxj"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA_TYPES: dict[Form, str] = {
    "link": "application/link-format",
    "json": "application/json",
    "cdxj": "text/x-cdxj",
}
_UNSAFE = str.maketrans({"<": "%3C", ">": "%3E", '"': "%22", " ": "%20", "\\": "%5C"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A memento in a list: where it is, and the second that it was captured in."""

    uri: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMap:
    """A page of the list of an address's mementos, the first ones first.

    ``find_uri`` gives the address of a TimeMap in a form, by the number of its page.
    ``is_first`` and ``is_last`` tell whether the list begins or ends here.
    """

    original: str
    timegate: str
    find_uri: Callable[[Form, int], str]
    page: int
    mementos: Sequence[Place]
    is_first: bool
    is_last: bool


def format_timemap(value: TimeMap, form: Form) -> str:
    """Return a TimeMap in one of its forms."""
    match form:
        case "link":
            return _format_link(value)
        case "json":
            return _format_json(value)
        case "cdxj":
            return _format_cdxj(value)


def format_link_header(links: Sequence[tuple[str, str, datetime | None]]) -> str:
    """Return a ``Link`` header of addresses, their relations, and for mementos their time."""
    return ", ".join(_format_entry(uri, relation, time) for uri, relation, time in links)


def _format_entry(uri: str, relation: str, time: datetime | None = None) -> str:
    moment = f'; datetime="{format_http_date(time)}"' if time else ""
    return f'<{uri.translate(_UNSAFE)}>; rel="{relation}"{moment}'


def _format_link(value: TimeMap) -> str:
    own = value.find_uri("link", value.page)
    lines = [_format_entry(value.original, "original")]
    about = f'<{own.translate(_UNSAFE)}>; rel="self"; type="{MEDIA_TYPES["link"]}"'
    if value.mementos:
        first, last = value.mementos[0].time, value.mementos[-1].time
        about += f'; from="{format_http_date(first)}"; until="{format_http_date(last)}"'
    lines += [about, _format_entry(value.timegate, "timegate")]
    for is_there, page in (
        (not value.is_first, value.page - 1),
        (not value.is_last, value.page + 1),
    ):
        if is_there:
            uri = value.find_uri("link", page).translate(_UNSAFE)
            lines.append(f'<{uri}>; rel="timemap"; type="{MEDIA_TYPES["link"]}"')
    lines += [
        _format_entry(place.uri, relation, place.time) for relation, place in _name_mementos(value)
    ]
    return ",\n".join(lines) + "\n"


def _format_json(value: TimeMap) -> str:
    mementos: dict[str, object] = {
        "list": [_describe(place) for place in value.mementos],
    }
    for relation, place in _name_mementos(value):
        if relation != "memento":
            mementos |= {name: _describe(place) for name in relation.split()[:-1]}
    content: dict[str, object] = {
        "original_uri": value.original,
        "self": value.find_uri("json", value.page),
        "mementos": mementos,
        "timemap_uri": _list_timemaps(value),
        "timegate_uri": value.timegate,
    }
    if not value.is_last:
        content["next_page"] = value.find_uri("json", value.page + 1)
    return json.dumps(content, indent=2) + "\n"


def _format_cdxj(value: TimeMap) -> str:
    lines = [
        '!context ["http://tools.ietf.org/html/rfc7089"]',
        f"!id {_dump({'uri': value.find_uri('cdxj', value.page)})}",
        '!keys ["memento_datetime_YYYYMMDDhhmmss"]',
        f"!meta {_dump({'original_uri': value.original})}",
        f"!meta {_dump({'timegate_uri': value.timegate})}",
        f"!meta {_dump({'timemap_uri': _list_timemaps(value)})}",
    ]
    if not value.is_last:
        lines.append(f"!meta {_dump({'next_page': value.find_uri('cdxj', value.page + 1)})}")
    for relation, place in _name_mementos(value):
        said = {"uri": place.uri, "rel": relation, "datetime": format_http_date(place.time)}
        lines.append(f"{format_stamp(place.time)} {_dump(said)}")
    return "\n".join(lines) + "\n"


def _name_mementos(value: TimeMap) -> list[tuple[str, Place]]:
    """Return each memento with its relation: the first and the last of all say so."""
    named = []
    end = len(value.mementos) - 1
    for number, place in enumerate(value.mementos):
        words = ["first"] if number == 0 and value.is_first else []
        words += ["last"] if number == end and value.is_last else []
        named.append((" ".join([*words, "memento"]), place))
    return named


def _list_timemaps(value: TimeMap) -> dict[str, str]:
    return {f"{form}_format": value.find_uri(form, value.page) for form in FORMS}


def _describe(place: Place) -> dict[str, str]:
    return {"datetime": format_instant(place.time)[:19] + "Z", "uri": place.uri}


def _dump(value: object) -> str:
    return json.dumps(value)
