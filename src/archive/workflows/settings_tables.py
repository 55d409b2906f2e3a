"""Tables of ``archive.toml`` that say more than numbers: each is read into its value, or refused.

Not for: what two tables say of each other (`archive.workflows.settings_file`).
"""

import re
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from archive.core.change import KINDS
from archive.core.uri import parse_url
from archive.errors import InputError
from archive.workflows.setting_values import (
    check_number,
    check_text,
    refuse_unknown,
    replace_numbers,
)
from archive.workflows.settings import (
    AuthoritySettings,
    CitationSettings,
    CompanionSettings,
    KnownWitness,
    RequisiteSettings,
    TimestampSettings,
    WebhookSettings,
)
from archive.workflows.verifier_keys import parse_witness_key

_NAAN = re.compile(r"[0-9bcdfghjkmnpqrstvwxz]{5,16}")  # of the ARK specification's own digits

Switched = TypeVar("Switched", bound="CompanionSettings | RequisiteSettings")


def parse_witnesses(data: dict[str, Any]) -> tuple[KnownWitness, ...]:
    """Return who is asked to cosign.

    Raises:
        InputError: it says what is not known, or what cannot be.
    """
    refuse_unknown(data, {"known"}, "[witness]")
    tables = data.get("known", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError("a witness is a table: write [[witness.known]], address and key")
    for table in tables:
        refuse_unknown(table, {"address", "key"}, "[[witness.known]]")
        for name in ("address", "key"):
            if not check_text(f"[[witness.known]] {name}", table.get(name, "")):
                raise InputError(f"[[witness.known]]: {name} is missing")
    return tuple(
        KnownWitness(address=table["address"], key=parse_witness_key(table["key"]))
        for table in tables
    )


def parse_switched(base: Switched, data: dict[str, Any], table: str) -> Switched:
    """Return numbers, and whether what they bound is wanted at all.

    Raises:
        InputError: it says what is not known, or what cannot be.
    """
    own = data.get(table, {})
    enabled = own.get("enabled", base.enabled)
    if not isinstance(enabled, bool):
        raise InputError(f"[{table}] enabled must be true or false, not {enabled!r}")
    numbers = {name: value for name, value in own.items() if name != "enabled"}
    return replace(replace_numbers(base, numbers, f"[{table}]"), enabled=enabled)


def parse_citation(data: dict[str, Any]) -> CitationSettings:
    """Return how the archive is cited, its address with a slash at the end.

    Raises:
        InputError: it says what is not known, or what cannot be.
    """
    refuse_unknown(data, {"base_url", "archive", "naan"}, "[citation]")
    base_url, archive, naan = (
        check_text(f"[citation] {name}", data.get(name, ""))
        for name in ("base_url", "archive", "naan")
    )
    try:
        base_url = str(parse_url(base_url)) if base_url else ""
    except InputError as error:
        raise InputError(f"[citation] base_url: {error}") from error
    if naan and not _NAAN.fullmatch(naan):
        raise InputError(f"[citation] naan is no number of a naming authority: {naan!r}")
    return CitationSettings(
        base_url=base_url if base_url.endswith("/") or not base_url else f"{base_url}/",
        archive=archive,
        naan=naan,
    )


def parse_timestamp(data: dict[str, Any]) -> TimestampSettings:
    """Return who is asked for the time.

    Raises:
        InputError: it says what is not known, or what cannot be.
    """
    refuse_unknown(data, {"authority", "after_capture", "restamp_days"}, "[timestamp]")
    base = TimestampSettings()
    tables = data.get("authority", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError("an authority is a table: write [[timestamp.authority]], url and root")
    after_capture = data.get("after_capture", base.after_capture)
    if not isinstance(after_capture, bool):
        raise InputError(f"[timestamp] after_capture must be true or false, not {after_capture!r}")
    authorities = tuple(_parse_authority(table) for table in tables)
    if after_capture and not authorities:
        raise InputError("[timestamp] after_capture needs someone to ask: [[timestamp.authority]]")
    if len({authority.url for authority in authorities}) < len(authorities):
        raise InputError("[[timestamp.authority]]: the same url stands there twice")
    days = data.get("restamp_days", base.restamp_days)
    return TimestampSettings(
        authorities=authorities,
        after_capture=after_capture,
        restamp_days=check_number("[timestamp] restamp_days", days, int),
    )


def _parse_authority(table: dict[str, Any]) -> AuthoritySettings:
    where = "[[timestamp.authority]]"
    refuse_unknown(table, {"url", "root"}, where)
    url, root = (check_text(f"{where} {name}", table.get(name, "")) for name in ("url", "root"))
    if not url or not root:
        raise InputError(f"{where} needs both url and root: its answers are judged by that")
    try:
        return AuthoritySettings(url=str(parse_url(url)), root=root)
    except InputError as error:
        raise InputError(f"{where} url: {error}") from error


def parse_webhooks(tables: object) -> tuple[WebhookSettings, ...]:
    """Return who is told of changes.

    Raises:
        InputError: it says what is not known, or what cannot be.
    """
    where = "[[webhook]]"
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError("a webhook is a table: write [[webhook]], url and secret_file")
    hooks = []
    for table in tables:
        refuse_unknown(table, {"url", "secret_file", "kinds", "since"}, where)
        url, secret = (
            check_text(f"{where} {name}", table.get(name, "")) for name in ("url", "secret_file")
        )
        if not url or not secret:
            raise InputError(f"{where} needs both url and secret_file: what is told is signed")
        kinds = table.get("kinds", [])
        if not isinstance(kinds, list) or any(kind not in KINDS for kind in kinds):
            raise InputError(f"{where} kinds must be a list of: {', '.join(KINDS)}")
        since = table.get("since")
        if since is not None:
            since = _parse_day(f"{where} since", since)
        hooks.append(
            WebhookSettings(
                url=str(parse_url(url)), secret_file=secret, kinds=tuple(kinds), since=since
            )
        )
    if len({hook.url for hook in hooks}) < len(hooks):
        raise InputError(f"{where}: the same url stands there twice")
    return tuple(hooks)


def _parse_day(name: str, value: object) -> str:
    """Return a day, which TOML may give as a date of its own."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise InputError(f"{name} must be a day, as in 2026-11-22, not {value!r}") from error
