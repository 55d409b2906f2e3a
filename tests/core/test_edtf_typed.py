"""Dates as curators type them.  Not for: those that pages state (``test_edtf.py``)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.edtf_typed import parse_edtf
from archive.errors import InputError

# From the examples of the EDTF specification, levels 0 to 2 as far as they are taken.
GOOD = """
1985-04-12 1985-04 1985 1985-04-12T23:20:30 1985-04-12T23:20:30Z 1985-04-12T23:20:30-04:00
1964/2008 2004-06/2006-08 2004-02-01/2005-02-08 2004-02-01/2005-02 2005/2006-02
1984? 2004-06~ 2004-06-11% 201X 20XX 2004-XX 1985-04-XX 1985-XX-XX 2001-21 2001-24
1985-04-12/.. 1985/.. ../1985-04-12 1985/ /1985-04-12 1984~/2004-06 1984-06-02?/2004-08-08~
[1667,1668,1670..1672] [..1760-12-03] [1760-12..] {1667,1668} {1960,1961-12} {..1984}
[2024-03-06,2024-03-13] 0001 9999 2024-02-29
""".split()

BAD = {
    "6.3.2024": "write 2024-03-06,",
    "6 March 2024": "write 2024-03-06,",
    "March 2024": "write 2024-03,",
    "2024/03/06": "write 2024-03-06,",
    "20240306": "write 2024-03-06,",
    "2024-03-06T10:00": "write 2024-03-06T10:00:00,",
    "2024-03-06T10:00:00.5Z": "write 2024-03-06T10:00:00Z,",
    "03/04/2024": "YYYY-MM-DD",  # two readings: none is offered
    "2024-02-30": "YYYY-MM-DD",
    **dict.fromkeys(
        [
            *("yesterday", "2024-13", "2023-02-29", "0000", "24-03-06", "2024-3-6", "2024-XX-05"),
            *("2X24", "202X-05", "2024-03-06/2024-03-05", "..", "/", "../..", "[]", "{}", "["),
            *("]", "[2024", "2024]", "[2024}", "[2024,,2025]", "[2025..2024]", "[2024/2025]"),
            *("1/2/3", "2024-03-06 10:00", "2024-03-06T24:00:00Z", "2024-03-06T10:00:00+25:00"),
            *("٢٠٢٤", "２０２４", "-2024", "Y17000000002", "2024??", "2024-25", "2024-21-05"),
        ],
        "",
    ),
}


@pytest.mark.parametrize("text", GOOD)
def test_edtf_is_taken_as_it_is(text: str) -> None:
    assert parse_edtf(f" {text}", "published") == text


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused_with_the_right_spelling(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_edtf(text, "published")
    assert str(caught.value).startswith("published is no date in EDTF")
    assert BAD[text] in caught.value.remedy


def test_a_date_without_end_is_refused() -> None:
    with pytest.raises(InputError):
        parse_edtf("[" + "2024," * 100_000 + "2024]", "published")


@given(st.text(alphabet="0129X-/.[]{},T:Z+?~% ", max_size=24))
def test_nothing_crashes(text: str) -> None:
    try:
        parse_edtf(text, "published")
    except InputError:
        return
    assert re.search(r"\d{2}", text)
