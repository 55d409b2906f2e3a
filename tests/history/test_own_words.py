"""What of a text is the page's furniture, in many languages, and what never is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.text import normalise_text
from archive.history.own_words import find_furniture, read_own_words

PROSE = "The council decided on Monday to plant trees."

FURNITURE = (
    "Updated 3 min ago",
    "2 hours ago",
    "vor 3 Stunden",
    "il y a 2 heures",
    "hace 5 minutos",
    "3 ore fa",
    "há 2 horas",
    "3 uur geleden",
    "3 saat önce",
    "3 órája",
    "5 perccel ezelőtt",
    "3 godziny temu",
    "3 часа назад",
    "منذ 3 ساعات",
    "قبل ساعتين",
    "3小时前",
    "刚刚",
    "1,234 views",
    "12 comments",
    "Comments (12)",
    "5 shares",
    "1.2K likes",
    "12 Kommentare",
    "1 234 vues",
    "12 görüntülenme",
    "阅读 1234",
    "1.2万次阅读",
    "Просмотров: 123",
    "Read more: New bridge opens",
    "See also: Minister visits",
    "Related: Something",
    "Lesen Sie auch: Neue Brücke",
    "À lire aussi : Le pont",
    "Lea también: El puente",
    "Leggi anche: Il ponte",
    "Leia também: A ponte",
    "Ayrıca okuyun: Köprü",
    "İLGİLİ HABER: Köprü",
    "Kapcsolódó: Új híd",
    "Czytaj także: Nowy most",
    "Читайте также: Новый мост",
    "اقرأ أيضًا: الجسر",
    "相关阅读：新桥",
    "Advertisement",
    "ADVERTISEMENT",
    "Share this",
    "Share this article",
    "5 min read",
    "Reading time: 5 minutes",
    "Lesezeit: 5 Min.",
    "Temps de lecture : 4 min",
    "Tiempo de lectura: 3 minutos",
    "阅读时间：5分钟",
    "Время чтения: 3 минуты",
    "© 2024 Example",
    "Copyright 2024 Example Ltd. All rights reserved.",
    "Subscribe to our newsletter",
    "Abonnieren Sie unseren Newsletter",
    "We use cookies to improve your experience. By continuing you agree to this.",
    "Last updated: Monday, 3 March 2024 at 14:05 GMT",
    "Updated on March 3, 2024",
    "Published: 2024-03-03 14:05",
    "Veröffentlicht am 3. März 2024 um 14:05 Uhr",
    "Stand: 03.03.2024, 14:05 Uhr",
    "Publié le 3 mars 2024 à 14h05",
    "Publicado el 3 de marzo de 2024",
    "Pubblicato il 3 marzo 2024 alle ore 14:05",
    "Güncelleme Tarihi: 3 Mart 2024 14:05",
    "Frissítve: 2024. március 3. 14:05",
    "Data publikacji: 3 marca 2024",
    "Опубликовано: 3 марта 2024 г. в 14:05",
    "تاريخ النشر: 3 مارس 2024",
    "发布时间：2024年3月3日 14:05",
    "更新于2024-03-03",
    "Last updated 3 March 2024 | 5 min read | 12 comments",
    "Published 3 hours ago · 5 min read",
    "• 12 comments",
    "21 °C",
)
STATEMENT = (
    "The minister spoke 3 hours ago about the plan.",
    "Read more carefully, the law says otherwise.",
    "Copyright law was changed in 2024.",
    "The 12 comments were published on 3 March 2024.",
    "Updated figures show 12 deaths.",
    "| 3 March 2024 | 12:00 |",
    "1,234",
    "2024",
    "May 2024",
    "Update: the figures were corrected on 3 March 2024.",
    "Correction: an earlier version said 12.",
    "Share prices fell by 3 percent.",
    "Monday",
    "By Jane Doe",
    "- 3 March 2024",
    "Recommended: two tablets a day",
    "12 people",
    "5 years",
    "Cookies are baked in the oven.",
    "Please wait for 3 minutes before you continue.",
    "Photo: J. Doe",
    "You may not",
    "Related parties are listed in note 3.",
    "12 votes",
    "14 days",
    "3 km",
    "2 hours",
    "3 months",
    "(c) the costs of the works",
)


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_is_known_by_its_own_words_wherever_it_stands(line: str) -> None:
    text = "\n".join([PROSE] * 9 + [line] + [PROSE] * 9)
    (found,) = find_furniture(text)
    assert text[slice(*found)] == line + "\n"
    assert read_own_words(text) == "\n".join([PROSE] * 18)


@pytest.mark.parametrize("line", STATEMENT)
def test_a_line_of_the_statement_is_kept_wherever_it_stands(line: str) -> None:
    for text in (line, f"{line}\n{PROSE}", f"{PROSE}\n{line}", f"{PROSE}\n{line}\n{PROSE}"):
        assert find_furniture(text) == ()
        assert read_own_words(text) == text


STAMPS = (
    "3 March 2024",
    "Monday, 3 March 2024 - 14:05",
    "14:05",
    "2024. március 3.",
    "٣ مارس ٢٠٢٤",
)


@pytest.mark.parametrize("stamp", STAMPS)
def test_a_bare_date_is_furniture_at_the_edges_and_the_statements_within(stamp: str) -> None:
    assert read_own_words(f"{stamp}\n{PROSE}") == PROSE
    assert read_own_words(f"{PROSE}\n{stamp}") == PROSE
    within = "\n".join([PROSE] * 9 + [stamp] + [PROSE] * 9)
    assert read_own_words(within) == within


def test_a_date_that_a_line_above_asks_for_is_the_statements() -> None:
    text = f"{PROSE}\nThe hearing is on:\n3 March 2024"
    assert read_own_words(text) == text


def test_a_chronology_is_the_statements() -> None:
    text = "\n".join(f"{day} March 2024\n{PROSE}" for day in range(1, 5))
    assert read_own_words(text) == text


def test_titles_below_a_heading_are_furniture_to_the_end_of_the_text() -> None:
    text = f"{PROSE}\nRelated articles\nNew bridge opens\nWhy the lake is low?\n3 comments"
    assert read_own_words(text) == PROSE


def test_titles_below_a_heading_are_furniture_where_they_have_bullets() -> None:
    text = f"{PROSE}\nRelated articles\n- New bridge opens\n- Lake is low\nBudget\n{PROSE}"
    assert read_own_words(text) == f"{PROSE}\nBudget\n{PROSE}"


def test_prose_below_a_heading_is_the_statements() -> None:
    text = f"Read more\nThe budget\n{PROSE}\n{PROSE}"
    assert read_own_words(text) == f"The budget\n{PROSE}\n{PROSE}"


def test_a_page_that_is_nothing_but_furniture_has_no_own_words() -> None:
    assert read_own_words("Advertisement\n3 min read\n") == ""
    assert read_own_words("") == ""


_LINES = st.lists(st.sampled_from((*FURNITURE, *STATEMENT, *STAMPS, PROSE, "", "x\u202e")))


@given(_LINES)
def test_ranges_are_whole_lines_in_order_and_what_remains_is_in_normal_form(
    lines: list[str],
) -> None:
    text = normalise_text("\n".join(lines))
    ranges = find_furniture(text)
    at = 0
    for start, end in ranges:
        assert at <= start < end <= len(text)
        assert start == 0 or text[start - 1] == "\n"
        assert end == len(text) or text[end - 1] == "\n"
        at = end
    own = read_own_words(text)
    assert own == normalise_text(own)
    assert not set(own.split("\n")) - set(text.split("\n")) - {""}


@given(st.text())
def test_any_text_has_own_words(text: str) -> None:
    assert read_own_words(text) == normalise_text(read_own_words(text))


PIECES: tuple[str, ...] = (
    "| ",
    "· 1 ",
    "1 min ",
    "updated ",
    "we use cookies ",
    "(",
    "read more: ",
    "subscribe ",
)
PIECES += ("1,111 ", "- ", "3 march ", "12 comments | ", "copyright ", "1:1 ", "年 ")


@pytest.mark.parametrize(
    "line",
    [piece * (length // len(piece)) for piece in PIECES for length in (290, 110, 70)],
)
def test_no_line_costs_much_to_judge(line: str) -> None:
    text = "\n".join(f"{line}{number}" for number in range(2_000))
    started = time.process_time()
    find_furniture(text)
    assert time.process_time() - started < 2


# Questions about cookies: a heading, who asks, and what one may choose.
QUESTIONS = (
    (
        "We value your privacy",
        "This website uses cookies.",
        "Accept all",
        "Reject all",
        "Only necessary cookies",
    ),
    (
        "Wir schätzen Ihre Privatsphäre",
        "Diese Website verwendet Cookies.",
        "Alle akzeptieren",
        "Alle ablehnen",
    ),
    (
        "Nous respectons votre vie privée",
        "Ce site utilise des cookies pour améliorer votre expérience.",
        "Tout accepter",
        "Tout refuser",
        "Continuer sans accepter",
    ),
    (
        "Valoramos su privacidad",
        "Utilizamos cookies propias y de terceros para mejorar nuestros servicios.",
        "Aceptar todo",
        "Rechazar todo",
    ),
    (
        "La tua privacy è importante per noi",
        "Questo sito utilizza cookie tecnici e di profilazione.",
        "Accetta tutti",
        "Rifiuta tutti",
    ),
    (
        "Wij waarderen uw privacy",
        "Deze website gebruikt cookies.",
        "Alles accepteren",
        "Alles weigeren",
    ),
    (
        "Szanujemy Twoją prywatność",
        "Ta strona używa plików cookie.",
        "Akceptuj wszystkie",
        "Odrzuć wszystkie",
    ),
    (
        "Gizliliğinize önem veriyoruz",
        "Bu site çerez kullanmaktadır.",
        "Tümünü kabul et",
        "Tümünü reddet",
    ),
    (
        "Мы ценим вашу конфиденциальность",
        "Этот сайт использует файлы cookie.",
        "Принять все",
        "Отклонить все",
    ),
    ("我们重视您的隐私", "本网站使用 Cookie 来改善您的体验。", "全部接受", "全部拒绝"),
    (
        "Valorizamos a sua privacidade",
        "Este site utiliza cookies.",
        "Aceitar todos",
        "Rejeitar todos",
    ),
    (
        "Fontos számunkra az Ön adatainak védelme",
        "Ez a weboldal sütiket használ.",
        "Összes elfogadása",
        "Összes elutasítása",
    ),
    ("نحن نقدر خصوصيتك", "يستخدم هذا الموقع ملفات تعريف الارتباط.", "قبول الكل", "رفض الكل"),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=[lines[0] for lines in QUESTIONS])
def test_a_question_about_cookies_in_the_article_was_taken_for_an_edit(
    question: tuple[str, ...],
) -> None:
    before, behind = f"{PROSE}\n\n", "\n\nThe trees are lindens."
    apart = read_own_words(f"{PROSE}\n{behind.strip()}")
    assert read_own_words(before + "\n".join(question) + behind).split() == apart.split()
    asked = "\n".join(question[:2])  # the extractor leaves buttons out
    assert read_own_words(before + asked + behind).split() == apart.split()


@pytest.mark.parametrize(
    "lines",
    [
        ("The ministry said that websites must ask before they use cookies.",),
        ("We use cookies as a treat for visitors, and bake 300 a day.",),
        ("We value your privacy, the minister told the committee.",),
        ("The law is about personal data.", "It is about cookies, too."),
        tuple(f"We use cookies for purpose {number}." for number in range(9)),
        ("Accept all of the proposals, the committee advised.", "It spoke of privacy."),
    ],
)
def test_a_statement_about_cookies_keeps_its_words(lines: tuple[str, ...]) -> None:
    text = "\n".join((PROSE, *lines, "The trees are lindens."))
    assert read_own_words(text) == normalise_text(text)
