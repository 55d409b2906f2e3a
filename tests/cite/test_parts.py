"""Names and dates in parts, and in the words of styles.  Not for: whole citations."""

import pytest

from archive.cite.dates import AMERICAN, APA, BLUEBOOK, FULL, MLA, Wording, word_date
from archive.cite.forms.biblatex import write_date
from archive.cite.names import Spelling, fold_ascii, format_author, parse_author
from archive.cite.runs import quote_title, stop_title
from archive.core.citation import Body, Person
from archive.core.text import fold_text

NAMES: list[tuple[str, str, str, str, str]] = [
    # as stated, language, direct, inverted, with initials
    ("Ida Lindqvist", "en", "Ida Lindqvist", "Lindqvist, Ida", "Lindqvist, I."),
    ("Lindqvist, Ida", "en", "Ida Lindqvist", "Lindqvist, Ida", "Lindqvist, I."),
    ("Jan van der Berg", "nl", "Jan van der Berg", "van der Berg, Jan", "van der Berg, J."),
    ("van der Berg, Jan", "nl", "Jan van der Berg", "van der Berg, Jan", "van der Berg, J."),
    ("Dick Van Dyk", "en", "Dick Van Dyk", "Van Dyk, Dick", "Van Dyk, D."),
    ("Bo Ek, Jr.", "en", "Bo Ek Jr.", "Ek, Bo, Jr.", "Ek, B., Jr."),
    ("Ek, Bo, Jr.", "en", "Bo Ek Jr.", "Ek, Bo, Jr.", "Ek, B., Jr."),
    ("Bo Ek III", "en", "Bo Ek III", "Ek, Bo, III", "Ek, B., III"),
    ("Jean-Luc Petit", "fr", "Jean-Luc Petit", "Petit, Jean-Luc", "Petit, J.-L."),
    ("Sukarno", "id", "Sukarno", "Sukarno", "Sukarno"),
    ("Khalid al-Harbi", "en", "Khalid al-Harbi", "al-Harbi, Khalid", "al-Harbi, K."),
    ("Omar bin Said", "en", "Omar bin Said", "bin Said, Omar", "bin Said, O."),
    ("Kovács Zsófia", "hu", "Kovács Zsófia", "Kovács, Zsófia", "Kovács, Z."),
    ("Kovács Zsófia", "en", "Kovács Zsófia", "Zsófia, Kovács", "Zsófia, K."),
    ("Nguyễn Văn An", "vi", "Nguyễn Văn An", "Nguyễn, Văn An", "Nguyễn, V. A."),
    ("王小明", "zh", "王小明", "王小明", "王小明"),
    ("김철수", "ko", "김철수", "김철수", "김철수"),
    ("İsmail Işık", "tr", "İsmail Işık", "Işık, İsmail", "Işık, İ."),
    ("ilker ışık", "tr", "ilker ışık", "ışık, ilker", "ışık, İ."),
    ("ida ek", "en", "ida ek", "ek, ida", "ek, I."),
    ("Ольга Иванова", "ru", "Ольга Иванова", "Иванова, Ольга", "Иванова, О."),
    ("ليلى حداد", "ar", "ليلى حداد", "حداد، ليلى", "حداد، ليلى"),
    ("خالد بن عمر الحربي", "ar", "خالد بن عمر الحربي", "الحربي، خالد بن عمر",
     "الحربي، خالد بن عمر"),
]  # fmt: skip
SPELLINGS: tuple[Spelling, ...] = ("direct", "inverted", "initials")


@pytest.mark.parametrize(("stated", "language", "direct", "inverted", "initials"), NAMES)
def test_a_name_is_read_and_written(
    stated: str, language: str, direct: str, inverted: str, initials: str
) -> None:
    author = parse_author(stated, language=language, bodies=frozenset())
    assert isinstance(author, Person)
    written = tuple(format_author(author, spelling) for spelling in SPELLINGS)
    assert written == (direct, inverted, initials)


@pytest.mark.parametrize(
    "stated",
    [
        "Ministry of Roads, Norrvik", "Stadtwerke Beispielstadt", "Örnek Belediyesi",
        "示例市港务局",
        "بلدية المثال", "Channel 4", "newsroom@x.example", "A & B", "Reuters", "", "\u202e",
    ],
)  # fmt: skip
def test_what_is_no_person_is_a_body(stated: str) -> None:
    known = frozenset({fold_text("Reuters")})
    assert isinstance(parse_author(stated, language="en", bodies=known), Body)


def test_the_parts_of_han_names() -> None:
    def parts(name: str) -> tuple[str, str]:
        author = parse_author(name, language="zh", bodies=frozenset())
        assert isinstance(author, Person)
        return author.family, author.given

    assert parts("欧阳修远") == ("欧阳", "修远")
    assert parts("王明") == ("王", "明")
    assert parts("田中 太郎") == ("田中", "太郎")
    assert parts("たなか") == ("たなか", "")  # where it divides is not known
    assert parts("约翰·史密斯") == ("约翰·史密斯", "")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Çınar", "cinar"),
        ("İnönü", "inonu"),
        ("Straße", "strasse"),
        ("Ørsted", "orsted"),
        ("王", ""),
    ],
)
def test_keys_are_ascii(name: str, key: str) -> None:
    assert fold_ascii(name) == key


DATES: list[tuple[str | None, Wording, str]] = [
    (None, FULL, "n.d."),
    ("", FULL, "n.d."),
    ("not a date", FULL, "n.d."),
    ("2024", FULL, "2024"),
    ("2024-03", MLA, "Mar. 2024"),
    ("2024-09-06", MLA, "6 Sept. 2024"),
    ("2024-03-06T10:00:00+01:00", APA, "2024, March 6"),
    ("2024-03-06", BLUEBOOK, "Mar. 6, 2024"),
    ("2024-03~", FULL, "[c. March 2024]"),
    ("2024-03~", MLA, "[circa Mar. 2024]"),
    ("2024-03~", APA, "[ca. 2024, March]"),
    ("2024-03-06?", FULL, "[6 March 2024?]"),
    ("2024%", FULL, "[c. 2024?]"),
    ("2024-03-06/2024-03-13", FULL, "[between 6 and 13 March 2024]"),
    ("2024-03-06/2024-04-13", AMERICAN, "[between March 6 and April 13, 2024]"),
    ("2023-12-30/2024-01-02", FULL, "[between 30 December 2023 and 2 January 2024]"),
    ("2024-03/2024-05", FULL, "[between March 2024 and May 2024]"),
    ("2024-03-06/2024-03-06", FULL, "[6 March 2024]"),
    ("../2024-03-06", AMERICAN, "[March 6, 2024, or earlier]"),
    ("2024-03-06/..", FULL, "[6 March 2024 or later]"),
    ("2024-03-06/", FULL, "[6 March 2024 or later]"),
    ("[2024-03-06,2024-03-13]", FULL, "[6 or 13 March 2024]"),
    ("[2024-03-06,2024-03-09,2024-03-13]", FULL, "[6, 9 or 13 March 2024]"),
    ("[2024-03-06..2024-03-13]", FULL, "[between 6 and 13 March 2024]"),
    ("[..2024-03-13]", FULL, "[13 March 2024 or earlier]"),
    ("{2024-03-06,2024-03-13}", FULL, "6 and 13 March 2024"),
    ("2024-21", FULL, "Spring 2024"),
    ("2024-21", APA, "2024, Spring"),
    ("202X", FULL, "[2020s]"),
    ("20XX", FULL, "[between 2000 and 2099]"),
    ("2024-XX", FULL, "2024"),
    ("2024-03-XX", FULL, "March 2024"),
]


@pytest.mark.parametrize(("value", "wording", "words"), DATES)
def test_a_date_in_words(value: str | None, wording: Wording, words: str) -> None:
    assert word_date(value, wording) == words


def test_a_date_that_a_curator_supplies_stands_in_brackets() -> None:
    assert word_date("2024-03-06", FULL, is_supplied=True) == "[6 March 2024]"
    assert word_date(None, FULL, is_supplied=True) == "n.d."


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2024-03-06T10:00:00+01:00", "2024-03-06"), ("2024-03~", "2024-03~"), ("202X", "202X"),
        ("2024-03-06/2024-03-13", "2024-03-06/2024-03-13"), ("../2024-03-06", "../2024-03-06"),
        ("[2024-03-06,2024-03-13]", "2024-03-06/2024-03-13"), ("[..2024]", ""), (None, ""),
        ("2024-21", "2024-21"),
    ],
)  # fmt: skip
def test_a_date_as_biblatex_takes_it(value: str | None, written: str) -> None:
    assert write_date(value) == written


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("A wall", "“A wall.”"),
        ("A wall?", "“A wall?”"),
        ('Is the "wall" safe', "“Is the ‘wall’ safe.”"),
        ("The “wall”", "“The ‘wall.’”"),
        ("It’s the mayors’", "“It’s the mayors’.”"),
        ("Closed etc.", "“Closed etc.”"),
        ("آیا؟", "“\u2068آیا؟\u2069”"),
        ("جدار", "“\u2068جدار\u2069.”"),
    ],
)
def test_a_title_in_quotation_marks(title: str, quoted: str) -> None:
    assert quote_title(title, ".") == quoted


def test_a_title_that_ends_in_a_quotation_is_stopped_within_it() -> None:
    assert stop_title("Old bridge “closes”") == "Old bridge “closes.”"
    assert stop_title("The mayors’") == "The mayors’."
