"""DER, as much of it as time stamps need: elements written, and taken apart.

Follows X.690 §8 and §10.  Not for: certificates (`archive.witness.certificates`).
"""

from dataclasses import dataclass

INTEGER, OCTETS, OBJECT_ID, GENERALIZED_TIME = 0x02, 0x04, 0x06, 0x18
SEQUENCE, SET, FIRST_OPTION = 0x30, 0x31, 0xA0  # the last: context-specific 0, constructed


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element: its tag, and its content undecoded."""

    tag: int
    content: bytes


def format_der(tag: int, content: bytes) -> bytes:
    """Return one element as bytes."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def format_integer(value: int) -> bytes:
    """Return a whole number as an element.

    Raises:
        ValueError: it is negative.
    """
    if value < 0:
        raise ValueError(f"{value} is negative")
    return format_der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def parse_der(data: bytes) -> tuple[Element, ...]:
    """Return the elements that lie in ``data`` one after the other.

    Raises:
        ValueError: it is no DER, or has tags of several bytes.
    """
    found: list[Element] = []
    place = 0
    while place < len(data):
        if len(data) - place < 2 or data[place] & 0x1F == 0x1F:
            raise ValueError(f"no DER element at byte {place}")
        start = place + 2
        size = data[place + 1]
        if size >= 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[place + 2 : start], "big")
        element = Element(tag=data[place], content=data[start : start + size])
        whole = format_der(element.tag, element.content)
        if data[place : start + size] != whole:  # cut short, or a length that DER does not allow
            raise ValueError(f"no DER element at byte {place}")
        found.append(element)
        place = start + size
    return tuple(found)


def parse_children(element: Element, tag: int) -> tuple[Element, ...]:
    """Return what lies in ``element``, which must have this tag.

    Raises:
        ValueError: it has another, or its content is no DER.
    """
    if element.tag != tag:
        raise ValueError(f"tag {element.tag:#x} where {tag:#x} should be")
    return parse_der(element.content)
