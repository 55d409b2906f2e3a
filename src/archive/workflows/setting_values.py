"""Single values of ``archive.toml``: numbers and texts within reason, names that are known.

Not for: what a table means (`archive.workflows.settings_tables`).
"""

from dataclasses import fields, replace
from typing import Any, TypeVar

from archive.capture.settings import Limits, Politeness
from archive.errors import InputError
from archive.workflows.settings import CompanionSettings, ExtractionSettings, RequisiteSettings

# What a setting may be at most: a number that every clock and counter can take.
_MOST = 1e15
_MAY_BE_ZERO = frozenset(
    {"every_seconds", "delay_seconds", "redirects", "workers", "retry_after_seconds"}
)

Numbers = TypeVar(
    "Numbers",
    bound="Limits | Politeness | ExtractionSettings | CompanionSettings | RequisiteSettings",
)


def replace_numbers(value: Numbers, data: dict[str, Any], where: str) -> Numbers:
    """Return ``value`` with the numbers of a table, which errors call ``where``.

    Raises:
        InputError: one is not known, no number, or not within reason.
    """
    kinds = {field.name: int if field.type in (int, "int") else float for field in fields(value)}
    refuse_unknown(data, set(kinds), where)
    numbers = {
        name: check_number(f"{where} {name}", number, kinds[name]) for name, number in data.items()
    }
    return replace(value, **numbers)


def check_number(name: str, number: object, kind: type) -> Any:
    """Return ``number`` where it is one of that kind, and within reason.

    Raises:
        InputError: it is not.
    """
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InputError(f"{name} must be a number, not {number!r}")
    if kind is int and not isinstance(number, int):
        raise InputError(f"{name} must be a whole number, not {number!r}")
    least = 0 if name.rpartition(" ")[2] in _MAY_BE_ZERO else 1 if kind is int else 0.001
    if not least <= number <= _MOST:
        raise InputError(f"{name} must be from {least:g} to {_MOST:g}, not {number!r}")
    return number


def refuse_unknown(data: dict[str, Any], known: set[str], where: str) -> None:
    """Refuse a key that is not among ``known``.

    Raises:
        InputError: there is one.
    """
    for name in data:
        if name not in known:
            raise InputError(
                f"{where}: {name!r} is not known; known are {', '.join(sorted(known))}"
            )


def check_text(name: str, text: object, *, ascii_only: bool = False) -> str:
    """Return ``text`` where it is one line; ``ascii_only`` for what goes into a header.

    Raises:
        InputError: it is not.
    """
    if not isinstance(text, str) or not text.isprintable():
        raise InputError(f"{name} must be a text on one line, not {text!r}")
    if ascii_only and not text.isascii():
        raise InputError(f"{name} goes into an HTTP header: write {text!r} in ASCII")
    return text
