"""DER: written and taken apart are inverse, and what is not DER is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.witness.der import (
    OCTETS,
    SEQUENCE,
    Element,
    format_der,
    format_integer,
    parse_children,
    parse_der,
)

TAGS = st.integers(0, 255).filter(lambda tag: tag & 0x1F != 0x1F)


@given(st.lists(st.tuples(TAGS, st.binary(max_size=300)), max_size=5))
def test_taking_apart_what_was_written(pairs: list[tuple[int, bytes]]) -> None:
    data = b"".join(format_der(tag, content) for tag, content in pairs)
    assert parse_der(data) == tuple(Element(tag=tag, content=content) for tag, content in pairs)


def test_long_contents() -> None:
    for size in (127, 128, 255, 256, 65536):
        assert parse_der(format_der(OCTETS, bytes(size)))[0].content == bytes(size)


@given(st.binary(max_size=40))
def test_what_is_taken_apart_is_written_alike(data: bytes) -> None:
    try:
        found = parse_der(data)
    except ValueError:
        return
    assert b"".join(format_der(each.tag, each.content) for each in found) == data


@pytest.mark.parametrize(
    "data",
    ["04", "0402aa", "048101aa", "0480aa0000", "04820001aa", "1f2a00", "0484ffffffff", "04018205"],
)
def test_what_is_no_der(data: str) -> None:
    with pytest.raises(ValueError, match="no DER"):
        parse_der(bytes.fromhex(data))


def test_children_of_another_kind() -> None:
    with pytest.raises(ValueError, match="0x4 where 0x30 should be"):
        parse_children(Element(tag=OCTETS, content=b""), SEQUENCE)


@given(st.integers(0, 2**200))
def test_whole_numbers_are_never_written_as_negative(value: int) -> None:
    (element,) = parse_der(format_integer(value))
    assert int.from_bytes(element.content, "big", signed=True) == value
    assert len(element.content) == 1 or element.content[:1] != b"\0" or element.content[1] >= 0x80
