"""JSON-LD as it really stands in pages.  Not for: what it says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.json_block import LONGEST, Json, parse_json_block

WHOLE = {"a": [1, "x, }"]}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(JSON)
def test_whole_json_is_read_as_it_is(value: Json) -> None:
    assert parse_json_block(json.dumps(value)) == value
    assert parse_json_block(json.dumps(value, indent=1, ensure_ascii=False)) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, "x, }"]}',
        '\ufeff {"a": [1, "x, }"]}\n',
        '{"a": [1, "x, }"],}',
        '{"a": [1, "x, }" , ] , }',
        '{"a": [1, "x, }"]};',
        '<!-- {"a": [1, "x, }"]} -->',
        '<![CDATA[{"a": [1, "x, }"]}]]>',
        '//<![CDATA[\n{"a": [1, "x, }"]}\n//]]>',
        '/* <![CDATA[ */ {"a": [1, "x, }"]} /* ]]> */',
        "{&quot;a&quot;: [1, &quot;x, }&quot;]}",
    ],
)
def test_a_broken_block_is_mended(text: str) -> None:
    assert parse_json_block(text) == WHOLE


def test_controls_in_strings_are_kept() -> None:
    assert parse_json_block('{"a": "one\ntwo\tthree\x01"}') == {"a": "one\ntwo\tthree\x01"}


def test_an_escaped_quotation_mark_does_not_end_a_string() -> None:
    assert parse_json_block(r'{"a": "x \",} y",}') == {"a": 'x ",} y'}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'a': 1}",
        '{"a": }',
        "window.data = {}",
        "[" * 1_000_000,
        '{"a":' * 150_000,
        "[" * 200_000 + "]" * 200_000,
        '{"' + "\\" * 900_000,
        "," * 900_000,
        "{" + ", " * 450_000,
        "<!--//" * 150_000,
        '"' * 900_000,
        "&amp" * 250_000,
        "1" * 100_000,
        '"' + "x" * LONGEST + '"',
    ],
    ids=lambda text: ascii(text[:12]),
)
@pytest.mark.timeout(20)
def test_what_cannot_be_mended_is_given_up_in_time(text: str) -> None:
    assert parse_json_block(text) is None


@given(st.text(alphabet='{}[]",:\\/*<!->;&a1 \n', max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse_json_block(text)
