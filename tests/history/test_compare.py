"""What a difference is told to be: its class, its facts, and whether it was announced."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.version import Comparison, Content, Fact, Link, Stated
from archive.history.compare import compare_contents
from archive.history.fold import fold_words, is_same_folded

EARLY, LATE = "2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z"
STATED = Stated(published=EARLY, modified=EARLY, author="Ida Holm", publisher="Harbour Office")
TEXT = "The ferry leaves at seven each morning.\nIt takes 12 cars and costs nothing."
PAGE = Content(text=TEXT, title="Ferry timetable", stated=STATED, payload="sha256:1")


def compare(new: Content, old: Content = PAGE) -> Comparison:
    return compare_contents(old, replace(new, payload=new.payload and "sha256:2"))


def compare_texts(old: str, new: str) -> Comparison:
    return compare(replace(PAGE, text=new), replace(PAGE, text=old))


# Sentences before and after, and all that is told of the difference.
FACTS: list[tuple[str, str, tuple[Fact, ...]]] = [
    ("It costs 12 million a year.", "It costs 15 million a year.", ("number",)),
    ("Some two people were there.", "Some three people were there.", ("number",)),
    ("It costs $5 a head today.", "It costs €5 a head today.", ("number",)),
    ("Growth was 5 % again here.", "Growth was -5 % again here.", ("number",)),
    ("It opens on 3 March 2026 at the quay.", "It opens on 4 March 2026 at the quay.", ("date",)),
    ("It opens on March 3, 2026 there.", "It opens on April 3, 2026 there.", ("date",)),
    ("Es öffnet am 3. März 2026 um zehn.", "Es öffnet am 3. Mai 2026 um zehn.", ("date",)),
    ("They will meet on Monday there.", "They will meet on Tuesday there.", ("date",)),
    ("They will meet at 14:30 there.", "They will meet at 15:30 there.", ("date",)),
    ("It was built in 1998 by the town.", "It was built in 1999 by the town.", ("date",)),
    ("The law of 2019 applies there.", "The law of 2020 applies there.", ("date",)),
    ("A group of 2000 people came.", "A group of 3000 people came.", ("number",)),
    ("会议于2026年3月3日举行。", "会议于2026年3月4日举行。", ("date",)),
    ("The mayor met Anna Berg there.", "The mayor met Anna Holm there.", ("name",)),
    ("They went to Norrvik by boat.", "They went to Sundby by boat.", ("name",)),
    ("Er sprach dort mit Herrn Maier lange.", "Er sprach dort mit Herrn Huber lange.", ("name",)),
    ("Dort steht das Haus und nicht der Baum.", "Dort steht das Dach und nicht der Baum.", ()),
    ("التقى السيد حسن الوفد هناك.", "التقى السيد كريم الوفد هناك.", ("name",)),
    ("昨天李伟先生到了那里。", "昨天李明先生到了那里。", ("name",)),
    ("The plan was approved today.", "The plan was not approved today.", ("negation",)),
    ("He did see the letter then.", "He didn't see the letter then.", ("negation",)),
    ("The order was lawful then.", "The order was unlawful then.", ("negation",)),
    ("Der Plan wird heute umgesetzt.", "Der Plan wird heute nicht umgesetzt.", ("negation",)),
    ("Le plan est prêt cette année.", "Le plan n'est pas prêt cette année.", ("negation",)),
    ("Bakan bu toplantıya geldi ve gitti.", "Bakan bu toplantıya gelmedi ve gitti.", ("negation",)),
    ("Bu plan için para var.", "Bu plan için para yok.", ("negation",)),
    ("A tanács elfogadja a tervet.", "A tanács nem elfogadja a tervet.", ("negation",)),
    ("سيوافق المجلس على الخطة.", "لن يوافق المجلس على الخطة.", ("negation",)),
    ("委员会有批准该计划。", "委员会没有批准该计划。", ("negation",)),
    ("明日、船は行きます。", "明日、船は行きません。", ("negation",)),
    ("He said: “It is a good plan.”", "He said: “It is a fair plan.”", ("quotation",)),
    ("Er sagte: „Das ist gut so.“", "Er sagte: „Das ist klug so.“", ("quotation",)),
    ("他说：「这是好的。」", "他说：「这是新的。」", ("quotation",)),
    ("The old bridge is closed today.", "The new bridge is closed today.", ()),
]


@pytest.mark.parametrize(("old", "new", "facts"), FACTS)
def test_facts_of_a_changed_sentence(old: str, new: str, facts: tuple[Fact, ...]) -> None:
    around = "Nothing else was said about it at the quay.\n{}\nThe rest stands as it was."
    for before, after in ((old, new), (new, old)):
        found = compare_texts(around.format(before), around.format(after))
        assert found.facts == facts
        assert (found.change, found.text_changed) == ("substantive", True)


def test_paragraphs_in_another_order_have_moved_and_nothing_else() -> None:
    paragraphs = [f"Paragraph {name} speaks of 12 boats and Anna Berg." for name in ("a", "b", "c")]
    found = compare_texts("\n".join(paragraphs), "\n".join([*paragraphs[2:], *paragraphs[:2]]))
    assert found.facts == ("moved",)
    assert (found.words_deleted, found.words_inserted) == (0, 0)
    assert found.words_moved > 0


def test_a_sentence_that_went_with_its_denial_denies_nothing() -> None:
    found = compare_texts("It rained.\nNobody came.\nIt stopped.", "It rained.\nIt stopped.")
    assert found.facts == ()
    assert found.change == "substantive"


TYPOGRAPHY = [
    ("He said “yes” – today.", 'He said "yes" - today.'),
    ("It is Open Now.", "It is open now."),
    ("It is open, now.", "It is open now."),
    ("The co-operation holds.", "The cooperation holds."),
    ("One line.\nAnother.", "One line. Another."),
    ("It costs 5 % more.", "It costs 5% more."),
    ("It was ﬁne.", "It was fine."),
    ("الكِتابُ هنا", "الكتاب هنا"),
]


@pytest.mark.parametrize(("old", "new"), TYPOGRAPHY)
def test_typography(old: str, new: str) -> None:
    found = compare_texts(old, new)
    assert (found.change, found.text_changed) == ("typographic", True)
    assert found.facts == ("typographic only",)
    assert found.verdict == "unannounced"


NO_TYPOGRAPHY = [
    ("It rose by 1.5 points.", "It rose by 15 points."),
    ("It was -5 degrees.", "It was 5 degrees."),
    ("It costs $5.", "It costs €5."),
    ("The share is 5 %.", "The share is 5 ‰."),
    ("Seats: 1 2", "Seats: 12"),
    ("Wi-Fi ✓", "Wi-Fi ✗"),
    ("उसकी", "उसका"),
    ("The role was his.", "The rôle was his."),
]


@pytest.mark.parametrize(("old", "new"), NO_TYPOGRAPHY)
def test_a_sign_that_changes_what_is_said_is_no_typography(old: str, new: str) -> None:
    assert compare_texts(old, new).change == "substantive"


@given(st.text("a1 .,-\n٣é%", max_size=30), st.text("a1 .,-\n٣é%", max_size=30))
def test_folding_line_by_line_is_folding_the_whole(old: str, new: str) -> None:
    assert is_same_folded(old, new) == (fold_words(old) == fold_words(new))


def test_the_same_bytes_are_identical() -> None:
    found = compare_contents(PAGE, PAGE)
    assert (found.change, found.facts, found.verdict) == ("identical", (), None)


def test_other_bytes_alone_are_markup() -> None:
    found = compare(PAGE)
    assert (found.change, found.facts, found.text_changed) == ("markup", (), False)


@pytest.mark.parametrize(
    "new",
    [
        replace(PAGE, text=f"{TEXT}\nUpdated 5 min ago"),
        replace(PAGE, text=f"{TEXT}\nRelated articles\nThe wall is mended\nThe lamp is lit"),
        replace(PAGE, text=f"{TEXT}\n1,234 views"),
    ],
)
def test_furniture_is_boilerplate_and_no_words_are_counted(new: Content) -> None:
    found = compare(new)
    assert (found.change, found.facts) == ("boilerplate", ("boilerplate only",))
    assert (found.text_changed, found.verdict) == (False, None)
    assert (found.words_deleted, found.words_inserted) == (0, 0)


def test_visible_text_that_differs_beside_the_statement_is_boilerplate() -> None:
    old = replace(PAGE, visible="sha256:a")
    assert compare(replace(PAGE, visible="sha256:b"), old).change == "boilerplate"
    assert compare(replace(PAGE, visible=None), old).change == "markup"


def test_a_link_that_leads_elsewhere_is_markup_and_a_fact() -> None:
    old = replace(PAGE, links=(Link(text="seven", url="https://a.example/"),))
    found = compare(replace(PAGE, links=(Link(text="seven", url="https://b.example/"),)), old)
    assert (found.change, found.facts) == ("markup", ("link",))


def test_links_in_furniture_are_no_fact() -> None:
    text = f"{TEXT}\nRead more: The wall is mended"
    old = replace(
        PAGE, text=text, links=(Link(text="The wall is mended", url="https://a.example/"),)
    )
    assert compare(replace(old, links=()), old).facts == ()


def test_a_headline_that_changes_alone() -> None:
    found = compare(replace(PAGE, title="Ferry timetable for the winter"))
    assert (found.change, found.facts, found.text_changed) == ("substantive", ("headline",), False)


def test_a_headline_in_capitals_is_typographic() -> None:
    found = compare(replace(PAGE, title="FERRY TIMETABLE"))
    assert (found.change, found.facts) == ("typographic", ("headline", "typographic only"))


def test_a_byline_that_changes_alone() -> None:
    found = compare(replace(PAGE, stated=replace(STATED, author="Ole Berg")))
    assert (found.change, found.facts) == ("substantive", ("byline",))


# --- dates and verdicts ---------------------------------------------------------------------------

OTHER_TEXT = TEXT.replace("seven", "eight")
NOTICE = "Correction: an earlier version gave another time."


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        (EARLY, "2026-03-01T11:00:00+01:00", True),
        (EARLY, "2026-03-01T10:00:00.000Z", True),
        (EARLY, "2026-03-01", True),
        (EARLY, LATE, False),
        (EARLY, "2026-03-01T10:00:01Z", False),
        (EARLY, "2026-03-02", False),
        (EARLY, None, False),
        ("2026-03", "2026-03-01", False),
        ("no date", "no date ", True),
        (None, None, True),
    ],
)
def test_dates_are_compared_by_what_they_mean(
    old: str | None,
    new: str | None,
    is_same: bool,  # noqa: FBT001  (a column of the table)
) -> None:
    before = replace(PAGE, stated=replace(STATED, modified=old))
    found = compare(replace(PAGE, stated=replace(STATED, modified=new)), before)
    assert found.verdict == (None if is_same else "date changed, text same")
    assert found.facts == (() if is_same else ("date",))
    assert found.change == ("markup" if is_same else "substantive")


@pytest.mark.parametrize(
    ("modified", "notices", "verdict"),
    [
        (EARLY, (), "unannounced"),
        (None, (), "unannounced"),
        ("2026-02-01", (), "unannounced"),
        ("2026-03-01T11:00:00+01:00", (), "unannounced"),
        (LATE, (), "announced"),
        (EARLY, (NOTICE,), "announced"),
        (EARLY, ("Updated: 3 hours ago",), "unannounced"),
    ],
)
def test_a_change_is_announced_by_a_later_date_or_a_notice(
    modified: str | None, notices: tuple[str, ...], verdict: str
) -> None:
    stated = replace(STATED, modified=modified)
    found = compare(replace(PAGE, text=OTHER_TEXT, stated=stated, notices=notices))
    assert found.verdict == verdict
    assert found.notice == (NOTICE if NOTICE in notices else None)
    assert ("notice added" in found.facts) == (NOTICE in notices)


def test_a_notice_that_stood_there_before_announces_nothing() -> None:
    old = replace(PAGE, notices=(NOTICE,))
    assert compare(replace(old, text=OTHER_TEXT), old).verdict == "unannounced"


_CONTENTS = st.builds(
    Content,
    text=st.lists(
        st.sampled_from(
            (*(row[0] for row in FACTS), *(row[1] for row in FACTS), "3 views", "3 March 2026")
        ),
        max_size=6,
    ).map("\n".join),
    title=st.sampled_from((None, "A title", "A TITLE", "Another title")),
    stated=st.builds(
        Stated,
        published=st.sampled_from((None, EARLY, LATE)),
        modified=st.sampled_from((None, EARLY, LATE, "2026-03-01", "soon")),
        author=st.sampled_from((None, "Ida Holm", "ida holm", "Ole Berg")),
        publisher=st.sampled_from((None, "Harbour Office")),
    ),
    links=st.lists(
        st.builds(Link, text=st.sampled_from(("here", "there")), url=st.sampled_from(("u", "v"))),
        max_size=2,
    ).map(tuple),
    payload=st.none(),
)


@given(_CONTENTS, _CONTENTS)
def test_comparing_the_other_way_round_is_the_mirror(old: Content, new: Content) -> None:
    there, back = compare_contents(old, new), compare_contents(new, old)
    assert there.facts == back.facts
    assert (there.change, there.text_changed) == (back.change, back.text_changed)
    assert (there.words_deleted, there.words_inserted) == (back.words_inserted, back.words_deleted)
    assert there.words_moved == back.words_moved


@given(_CONTENTS)
def test_a_content_is_identical_to_itself(content: Content) -> None:
    found = compare_contents(content, content)
    assert (found.change, found.facts, found.verdict) == ("identical", (), None)
    assert {span.operation for span in found.spans} <= {"equal"}
