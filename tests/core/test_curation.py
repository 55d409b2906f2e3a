"""What curators may assert.  Not for: storing it (``tests/workflows/test_curate.py``)."""

import pytest

from archive.core.curation import CURATED_FIELDS, CuratorAssertion, parse_assertions, parse_language
from archive.errors import InputError


def test_fields_and_values() -> None:
    assert parse_assertions(
        ["author=Ann", "published=2024-03", "author=Bob", "title=a=b", "author=Ann"]
    ) == (
        CuratorAssertion(field="author", values=("Ann", "Bob")),
        CuratorAssertion(field="published", values=("2024-03",)),
        CuratorAssertion(field="title", values=("a=b",)),
    )
    for field in CURATED_FIELDS:
        value = {"published": "2024", "modified": "2024", "language": "en"}.get(field, "x")
        assert [one.field for one in parse_assertions([f"{field}={value}"])] == [field]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["published"], "FIELD=VALUE"),
        (["=2024"], "unknown field"),
        (["date=2024"], "unknown field"),
        (["Published=2024"], "unknown field"),
        (["host=a.example"], "unknown field"),  # a fact, not an opinion
        (["x" * 1_000_000 + "=1"], "unknown field"),
        (["title=a", "title=b"], "given twice"),
        (["title="], "empty"),
        (["publisher=a\u202eb"], "U+202E"),
        (["title=one\ntwo"], "U+000A"),
        (["published=Wednesday"], "EDTF"),
        (["modified=2024-13"], "modified is no date"),
        (["language=English"], "BCP 47"),
        (["licence=https://a b/"], "address refused"),
        ([f"author={number}" for number in range(501)], "500"),
    ],
)
def test_what_is_refused(typed: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said.replace("+", r"\+")) as caught:
        parse_assertions(typed)
    assert caught.value.remedy
    assert len(str(caught.value)) < 300


def test_language_tags() -> None:
    for text, spelled in {
        "EN": "en",
        "pt-br": "pt-BR",
        "ZH-hant-tw": "zh-Hant-TW",
        "de-1996": "de-1996",
        "es-419": "es-419",
        "sl-rozaj-biske": "sl-rozaj-biske",
        "en-x-plain": "en-x-plain",
        "zh-yue-HK": "zh-yue-HK",
    }.items():
        assert parse_language(text) == spelled
    for text in ("e", "english", "en_GB", "en-", "en-toolongsubtag", "12", "ｅｎ", "en-a"):
        with pytest.raises(InputError):
            parse_language(text)
