"""What came instead of a statement is told apart from it, and from statements about such pages.

The pages are made up after the wording that services and shops of software use.  Not for: real
pages (`tests/extract/test_real_pages.py`).
"""

import pytest

from archive.core.version import PageFacts, Quality
from archive.extract.statement import read_extraction

URL = "https://harbour.example/news/1"
HTML = ("Content-Type", "text/html; charset=utf-8")
Field = tuple[str, str]

PROSE = "<p>The harbour office opens its new reading room on Monday, says the office. " + (
    "The room has forty seats, and the old one next to the market stays open until the end of"
    " the year. " * 12
)
NAV = "<nav><ul><li><a href=/a>News</a></li><li><a href=/b>Contact us</a></li></ul></nav>"
BANNER = (
    "<div class=cookie-banner><p>We and our 213 partners store and access data on your device, such"
    " as cookies. You can change your choices at any time.</p><button>Accept all</button></div>"
)
WALL = (
    "<h2>We value your privacy</h2><p>We and our 213 partners store and access data on your"
    " device, such as cookies, and process personal data for personalised ads.</p><p>With your"
    " consent we may use precise data. You can change your choices at any time.</p>"
    "<button>Manage options</button><button>Accept all</button>"
)


def read_facts(
    body: str, title: str = "", *fields: Field, status: int | None = 200, url: str = URL
) -> PageFacts:
    page = f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
    facts = read_extraction(page.encode(), (HTML, *fields), url, status=status).page
    assert facts is not None
    return facts


CHALLENGES: dict[str, tuple[str, str, tuple[Field, ...], int]] = {
    "Cloudflare, by its field": ("<p>Wait", "x", (("cf-mitigated", "challenge"),), 403),
    "Cloudflare": (
        (
            "<h1>harbour.example</h1><p>Verifying you are human. This may take a few seconds.</p>"
            "<script>window._cf_chl_opt={}</script>"
        ),
        "Just a moment...",
        (),
        403,
    ),
    "Cloudflare, old": (
        (
            "<h1>Checking your browser before accessing harbour.example.</h1><p>This process is"
            " automatic. Your browser will redirect to your requested content shortly.</p>"
        ),
        "Just a moment...",
        (),
        503,
    ),
    "no script": (
        "<p>Enable JavaScript and cookies to continue</p>",
        "harbour.example",
        (),
        200,
    ),
    "Anubis": (
        (
            "<h1>Making sure you're not a bot!</h1><p>Loading...</p><p>You are seeing this"
            " because the"
            " administrator of this website has set up Anubis to protect the server.</p>"
            '<script id="anubis_challenge" type="application/json">{}</script>'
        ),
        "Making sure you're not a bot!",
        (),
        200,
    ),
    "DataDome": (
        (
            "<p>Please enable JS and disable any ad blocker</p><script"
            ' src="https://ct.captcha-delivery'
            '.com/c.js"></script>'
        ),
        "harbour.example",
        (),
        403,
    ),
    "PerimeterX": (
        (
            "<h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1>"
            '<div id="px-captcha"></div>'
        ),
        "Access to this page has been denied",
        (),
        403,
    ),
    "AWS WAF": ("<p>Hold on", "", (("x-amzn-waf-action", "captcha"),), 405),
    "Vercel": ("<p>We're verifying your browser</p>", "Vercel Security Checkpoint", (), 429),
    "Imperva": (
        (
            "<h1>Pardon Our Interruption...</h1><p>As you were browsing, something about your"
            " browser"
            " made us think you might be a bot.</p>"
        ),
        "Pardon Our Interruption",
        (),
        200,
    ),
    "German": ("<p>Einen Augenblick</p>", "Sicherheitsüberprüfung", (), 200),
}

BLOCKS: dict[str, tuple[str, str, tuple[Field, ...], int]] = {
    "Cloudflare 1020": (
        (
            "<h1>Sorry, you have been blocked</h1><h2>You are unable to access harbour.example</h2>"
            "<p>This website is using a security service to protect itself from online attacks.</p>"
            "<p>Cloudflare Ray ID: 8f00</p>"
        ),
        "Attention Required! | Cloudflare",
        (),
        403,
    ),
    "Cloudflare 1015": (
        (
            "<h1>Error 1015</h1><h2>You are being rate limited</h2><p>The owner of this website"
            " (harbour.example) has banned you temporarily from accessing this website.</p>"
        ),
        "Access denied | harbour.example used Cloudflare to restrict access",
        (),
        429,
    ),
    "Akamai": (
        (
            "<h1>Access Denied</h1>You don't have permission to access"
            ' "http://harbour.example/news"'
            " on this server.<p>Reference #18.2d3e1702.1709812800.12ab34cd</p>"
        ),
        "Access Denied",
        (),
        200,
    ),
    "Imperva": (
        "<p>Request unsuccessful. Incapsula incident ID: 877000110-123456</p>",
        "",
        (),
        200,
    ),
    "Sucuri": ("<h1>Access Denied</h1>", "Sucuri", (("x-sucuri-block", "BNP007"),), 403),
    "F5": (
        (
            "The requested URL was rejected. Please consult with your administrator.<br><br>Your"
            " support"
            " ID is: 12345678901234567890"
        ),
        "Request Rejected",
        (),
        200,
    ),
    "CloudFront": (
        (
            "<h1>403 ERROR</h1><h2>The request could not be satisfied.</h2><p>Request blocked. We"
            " can't"
            " connect to the server for this app or website at this time.</p>"
        ),
        "ERROR: The request could not be satisfied",
        (),
        403,
    ),
    "Wordfence": (
        (
            "<p>Your access to this site has been limited by the site owner</p><p>Generated by"
            " Wordfence at Thu, 7 Mar 2024.</p>"
        ),
        "Your access to this site has been limited",
        (),
        503,
    ),
    "country": (
        "<h1>Sorry</h1><p>This content is not available in your region.</p>",
        "Harbour News",
        (),
        200,
    ),
    "data protection": (
        (
            "<h1>451: Unavailable for legal reasons</h1><p>We recognise you are attempting to"
            " access"
            " this website from a country belonging to the European Economic Area.</p>"
        ),
        "Harbour News",
        (),
        451,
    ),
    "bare 403": ("<center><h1>403 Forbidden</h1></center><hr>nginx", "403 Forbidden", (), 403),
    "bare 503": ("<p>Back soon.</p>", "Harbour News", (), 503),
    "Russian": ("<p>Обратитесь к администратору</p>", "Доступ запрещен", (), 200),
}

WALLS: dict[str, tuple[str, str]] = {
    "search engine": (
        (
            "<h1>Before you continue</h1><p>We use cookies and data to deliver our services. If you"
            " choose to accept all, we will also use cookies to show personalised ads.</p>"
            "<button>Reject all</button><button>Accept all</button><a href=/hl>English</a>"
        ),
        "Before you continue to Harbour Search",
    ),
    "full page": (f"<div id=onetrust-consent-sdk>{WALL}</div>", "Harbour News"),
    "framed by the site": (f"{NAV}<div class=sp_message_container>{WALL}</div>", "Harbour News"),
    "unnamed": (f"<div class=x1>{WALL}</div>", "Harbour News"),
    "German": (
        (
            "<h1>Mit Werbung weiterlesen</h1><p>Wir und unsere 187 Partner speichern Cookies auf"
            " Ihrem"
            " Gerät und verarbeiten Ihre Daten. Ihre Einwilligung können Sie jederzeit"
            " widerrufen.</p>"
            "<button>Akzeptieren und weiter</button><p>Sie haben bereits eine Zustimmung?</p>"
        ),
        "Hafenzeitung",
    ),
    "French": (
        (
            "<h1>Votre vie privée est importante</h1><p>Nous et nos partenaires stockons des"
            " cookies"
            " sur votre appareil.</p><button>Continuer sans accepter</button>"
        ),
        "Le Port",
    ),
}

GONE: dict[str, tuple[str, str]] = {
    "title and sentence": (
        NAV + "<h1>Oops!</h1><p>The page you are looking for could not be found.</p>",
        "Page not found | Harbour Office",
    ),
    "title alone": (NAV, "404 Not Found"),
    "title behind the site": ("<h1>404</h1>", "Harbour Office – Page Not Found"),
    "heading": ("<h1>This page no longer exists</h1><p>Try the search.</p>", "Harbour Office"),
    "number": ("<h1>404</h1><p>We can't find the page you requested.</p>", "Harbour Office"),
    "line": ("<p>Page not found.</p>", "Harbour Office"),
    "removed": (
        "<h1>This article has been removed</h1><p>Read our other stories.</p>",
        "Harbour News",
    ),
    "German": (
        NAV + "<h1>Seite nicht gefunden</h1><p>Die gewünschte Seite existiert nicht mehr.</p>",
        "Seite nicht gefunden - Hafenamt",
    ),
    "French": ("<h1>Page introuvable</h1>", "Le Port"),
    "Spanish": ("<h1>Página no encontrada</h1>", "El Puerto"),
    "Italian": ("<h1>Pagina non trovata</h1>", "Il Porto"),
    "Portuguese": ("<h1>Página não encontrada</h1>", "O Porto"),
    "Dutch": ("<h1>Pagina niet gevonden</h1>", "De Haven"),
    "Polish": ("<h1>Strona nie została znaleziona</h1>", "Port"),
    "Czech": ("<h1>Stránka nebyla nalezena</h1>", "Přístav"),
    "Swedish": ("<h1>Sidan kunde inte hittas</h1>", "Hamnen"),
    "Danish": ("<h1>Siden blev ikke fundet</h1>", "Havnen"),
    "Finnish": ("<h1>Sivua ei löytynyt</h1>", "Satama"),
    "Hungarian": ("<h1>Az oldal nem található</h1>", "Kikötő"),
    "Turkish": ("<h1>Sayfa bulunamadı</h1>", "Liman"),
    "Russian": ("<h1>Страница не найдена</h1>", "Порт"),
    "Japanese": ("<h1>ページが見つかりませんでした</h1>", "港"),
    "Chinese": ("<h1>页面不存在</h1>", "港"),
}

USABLE: dict[str, tuple[str, str]] = {
    "article": (f"{NAV}<h1>Reading room opens</h1>{PROSE}", "Reading room opens"),
    "article and cookie banner": (f"{BANNER}<h1>Reading room</h1>{PROSE}", "Reading room opens"),
    "notice and cookie banner": (
        f"{BANNER}<h1>Reading room</h1><p>The reading room is closed on Friday.</p>",
        "Harbour Office",
    ),
    "notice without heading and cookie banner": (
        f"{BANNER}<p>The reading room is closed on Friday, 8 March.</p>",
        "Harbour Office",
    ),
    "about missing pages": (
        f"<h1>Page not found: what a lost library says</h1>{PROSE}",
        "Page not found: what a lost library says | Harbour News",
    ),
    "a missing document": (
        (
            "<h1>Statement on the missing file</h1><p>The file of the harbour office was not found"
            " where it should be, the office says. The document could not be found in the archive"
            " either. Whoever has seen it may come to the office.</p>"
        ),
        "Statement on the missing file",
    ),
    "a withdrawn leaflet": (
        (
            "<h1>Leaflet for visitors</h1><p>This leaflet is no longer available. The next one"
            " appears"
            " in May and can be had at the office.</p>"
        ),
        "Leaflet for visitors - Harbour Office",
    ),
    "404 metres": (
        "<h1>Mole is 404 metres long</h1><p>The new mole measures 404 metres.</p>",
        "Mole is 404 metres long",
    ),
    "about cookies": (
        (
            "<h1>Authority fines shop over cookies</h1><p>The data protection authority has fined"
            " a shop"
            " because of its cookie banner. The shop set cookies before consent was given, and its"
            " partners received personal data. The decision is not final yet.</p><p>The shop said"
            " that"
            " it had changed the banner in the meantime, and that consent is asked for now.</p>"
        ),
        "Authority fines shop over cookies",
    ),
    "about cookies, with a banner": (
        (
            f"{BANNER}<h1>Authority fines shop over cookies</h1><p>The data protection authority"
            f" has"
            " fined a shop because of its cookie banner. The decision is not final yet, and the"
            " shop may"
            " go to court against it within a month of today.</p>"
        ),
        "Authority fines shop over cookies",
    ),
    "about a blocked site": (
        (
            "<h1>Our website was down</h1><p>On Monday visitors of our website saw the words access"
            " denied for two hours. We are sorry. The fault lay with a setting of the server.</p>"
        ),
        "Our website was down | Harbour Office",
    ),
    "a road is blocked": (
        "<h1>Market Street blocked</h1><p>Market Street is blocked on Sunday.</p>",
        "Market Street blocked",
    ),
    "about captchas": (
        (
            "<h1>Just a moment of your time</h1><p>The library asks its readers for a moment of"
            " their"
            " time: ten questions about opening hours.</p>"
        ),
        "Just a moment of your time",
    ),
    "nothing at all": ("", ""),
    "script shell": ('<div id="root"></div>', "Harbour Office"),
}


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_is_told(name: str) -> None:
    body, title, fields, status = CHALLENGES[name]
    facts = read_facts(body, title, *fields, status=status)
    assert facts.quality == "challenge page", facts
    assert facts.reason.startswith("challenge page/")


@pytest.mark.parametrize("name", BLOCKS)
def test_a_refusal_is_told(name: str) -> None:
    body, title, fields, status = BLOCKS[name]
    facts = read_facts(body, title, *fields, status=status)
    assert facts.quality == "block page", facts
    assert facts.reason.startswith("block page/")


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_is_told(name: str) -> None:
    facts = read_facts(*WALLS[name])
    assert facts.quality == "consent wall", facts


@pytest.mark.parametrize("name", GONE)
def test_a_page_that_is_not_there_is_told(name: str) -> None:
    facts = read_facts(*GONE[name])
    assert facts.quality == "soft 404", facts


@pytest.mark.parametrize("name", USABLE)
def test_a_statement_is_usable(name: str) -> None:
    facts = read_facts(*USABLE[name])
    assert (facts.quality, facts.reason) == ("usable", "")


def test_a_page_that_says_404_itself_is_no_soft_one() -> None:
    assert read_facts(*GONE["line"], status=404).quality == "usable"
    assert read_facts(*GONE["line"], status=None).quality == "soft 404"


def test_an_article_under_a_refusal_is_usable() -> None:
    assert read_facts(*USABLE["article"], status=403).quality == "usable"


@pytest.mark.parametrize(("content", "quality"), [(b"", "block page"), (None, "block page")])
def test_an_empty_refusal_is_a_refusal(content: bytes | None, quality: Quality) -> None:
    facts = read_extraction(content, (HTML,), URL, status=403).page
    assert facts is not None
    assert facts.quality == quality


def test_what_is_no_page_has_no_facts() -> None:
    fields = (("Content-Type", "image/png"),)
    assert read_extraction(b"\x89PNG", fields, URL, status=200).page is None


def test_the_reason_names_rule_and_what_it_saw() -> None:
    facts = read_facts(*GONE["German"])
    assert facts.reason == "soft 404/1: title Seite nicht gefunden - Hafenamt"
