"""Verifier keys that a person types: read, and of the use that is asked for.

Not for: our own keys (`archive.workflows.keys`).
"""

from archive.core.key import KeyUse, PublicKey, parse_verifier_key
from archive.errors import DamageError, InputError


def parse_typed_key(line: str, use: KeyUse, *, source: str) -> PublicKey:
    """Read a verifier key that a person gives; ``source`` says where its line is to be had.

    Raises:
        InputError: it is none, or of another use.
    """
    try:
        key = parse_verifier_key(line)
    except DamageError as error:
        raise InputError(f"{line!r} is no verifier key: {error}", remedy=source) from error
    if key.use != use:
        raise InputError(f"{line!r} is the key of a {key.use}, not of a {use}")
    return key


def parse_witness_key(line: str) -> PublicKey:
    """Read the verifier key of a witness.

    Raises:
        InputError: it is none, or not of a witness.
    """
    return parse_typed_key(
        line, "witness", source="take the line that `archive witness show` prints there, in quotes"
    )
