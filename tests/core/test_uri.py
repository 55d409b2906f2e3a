"""The one strict URL parser.  The hostile list is the project's threat model, whole.

Not for: which addresses may be contacted (``tests/capture``); an address that names a place
plainly, a private one too, is well formed here.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.uri import (
    MAX_LENGTH,
    TRACKING_PARAMETERS,
    Url,
    format_statement_key,
    format_surt,
    is_home,
    parse_url,
    resolve_location,
    strip_tracking,
)
from archive.errors import InputError


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("http://example.org", "http://example.org/"),
        ("HTTP://EXAMPLE.org/Path", "http://example.org/Path"),
        ("https://example.org:443/", "https://example.org/"),
        ("http://example.org:80/", "http://example.org/"),
        ("http://example.org:443/", "http://example.org:443/"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("http://example.org:/", "http://example.org/"),
        ("http://example.org?q=1", "http://example.org/?q=1"),
        ("http://example.org/?", "http://example.org/?"),
        ("http://example.org/a#part", "http://example.org/a"),
        ("http://example.org#a@b", "http://example.org/"),
        ("http://example.org/a?b#c?d", "http://example.org/a?b"),
        ("http://example.org/caf\u00e9", "http://example.org/caf%C3%A9"),
        ("http://example.org/a%20b%2Fc", "http://example.org/a%20b%2Fc"),
        ("http://example.org/../a/./b//c", "http://example.org/../a/./b//c"),
        ("http://b\u00fccher.example/", "http://xn--bcher-kva.example/"),
        ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
        ("http://\uff45xample.org/", "http://example.org/"),
        ("http://192.0.2.1/", "http://192.0.2.1/"),
        ("http://[2001:DB8:0::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("http://under_score.example/", "http://under_score.example/"),
    ],
)
def test_an_address_is_read(text: str, formatted: str) -> None:
    assert str(parse_url(text)) == formatted


# Addresses that name their place plainly: the guard of `archive.capture` refuses to contact them.
PLAIN_BUT_GUARDED = [
    "http://[::ffff:169.254.169.254]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://metadata.google.internal/",
]


@pytest.mark.parametrize("text", PLAIN_BUT_GUARDED)
def test_a_plain_private_address_is_well_formed(text: str) -> None:
    assert parse_url(text).host


HOSTILE = [
    # numeric spellings that resolvers take for addresses
    "http://0x7f000001/",
    "http://2130706433/",
    "http://017700000001/",
    "http://127.1/",
    "http://0/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://127.0.0.0x1/",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
    "http://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
    "http://\u0661\u0662\u0667.0.0.1/",
    "http://1.2.3/",
    "http://1.2.3.4.5/",
    "http://256.1.1.1/",
    # where parsers disagree about the host
    "http://localhost./",
    "http://example.org./",
    "http://a.example\\@127.0.0.1/",
    "http://a\\@b/",
    "http://a.example#@b\\c",
    "http://user@example.org/",
    "http://user:pass@example.org/",
    "http://@example.org/",
    "http://exam%70le.org/",
    "http://example.org%00.b/",
    "http://example.org%2f@b/",
    "http://example\u3002org\u2024b/",
    "http://[::1",
    "http://[::1]a/",
    "http://[fe80::1%25eth0]/",
    "http://[v1.x]/",
    # what must not reach a request line or a record
    "http://example.org/%00\x00",
    "http://example.org/a\tb",
    "http://example.org/a b",
    "http://example.org/a\r\nX: y",
    "http://exa\nmple.org/",
    " http://example.org/",
    "http://example.org/ ",
    "http://example.org/\x7f",
    # other schemes, or none
    "file:///etc/passwd",
    "gopher://example.org/",
    "data:text/html,x",
    "javascript:alert(1)",
    "ftp://example.org/",
    "//example.org/",
    "example.org",
    "http:example.org",
    "http:/example.org",
    "http://",
    "http:///path",
    "",
    # ports
    "http://example.org:0/",
    "http://example.org:65536/",
    "http://example.org:-1/",
    "http://example.org:8o/",
    "http://example.org:\uff18\uff10/",
    "http://example.org:80:80/",
    # names that are none
    "http://-a.example/",
    "http://a-.example/",
    "http://a..example/",
    "http://.example/",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 130 + "example/",
    "http://ex\u00adample\u200b\u2028.org/",
    # size
    "http://example.org/" + "a" * 65536,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:40]))
def test_a_hostile_address_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_url(text)


def test_length_is_counted_whole() -> None:
    room = MAX_LENGTH - len("http://example.org/")
    assert parse_url("http://example.org/" + "a" * room).target == "/" + "a" * room
    with pytest.raises(InputError):
        parse_url("http://example.org/" + "a" * (room + 1))


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    for candidate in (text, "http://" + text, "http://example.org" + text):
        try:
            url = parse_url(candidate)
        except InputError:
            continue
        assert str(url).isascii()
        assert not any(letter <= " " or letter == "\x7f" for letter in str(url))


# --- redirects ------------------------------------------------------------------------------------

BASE = parse_url("https://example.org/dir/page?x=1")


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new", "https://example.org/new"),
        ("other", "https://example.org/dir/other"),
        ("../up", "https://example.org/up"),
        ("?y=2", "https://example.org/dir/page?y=2"),
        ("//other.example/a", "https://other.example/a"),
        ("http://other.example", "http://other.example/"),
        (" /spaced out ", "https://example.org/spaced%20out"),
        ("#part", "https://example.org/dir/page?x=1"),
        ("", "https://example.org/dir/page?x=1"),
        ("/caf\u00e9", "https://example.org/caf%C3%A9"),
    ],
)
def test_a_redirect_is_followed_from_its_base(location: str, target: str) -> None:
    assert str(resolve_location(BASE, location)) == target


@pytest.mark.parametrize(
    "location",
    [
        "/a\r\nSet-Cookie: x",
        "/a\nb",
        "/a\x00",
        "/a\tb",
        "\\\\other.example",
        "https://user@other.example/",
        "http://0x7f000001/",
        "http://127.1/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "http://[::1",
    ],
)
def test_a_hostile_redirect_is_refused(location: str) -> None:
    with pytest.raises(InputError):
        resolve_location(BASE, location)


@given(st.text(max_size=40))
def test_no_redirect_breaks_the_parser(location: str) -> None:
    try:
        url = resolve_location(BASE, location)
    except InputError:
        return
    assert str(url).isascii()


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a?b=1",
        "http://example.org/a?b=1",
        "http://EXAMPLE.org:80/a?b=1#c",
        "https://example.org/a?b=1&utm_source=x&utm_campaign=y",
        "https://example.org/a?fbclid=zzz&b=1&GCLID=1",
        "https://example.org/%61?b=%31",
        "https://example.org/a?&b=1&",
    ],
)
def test_addresses_of_one_statement_share_a_key(text: str) -> None:
    assert format_statement_key(parse_url(text)) == "example.org/a?b=1"


@pytest.mark.parametrize(
    "text",
    [
        "http://www.example.org/a?b=1",
        "http://example.org/A?b=1",
        "http://example.org/a/?b=1",
        "http://example.org/a?b=2",
        "http://example.org/a?b=1&c=2",
        "http://example.org/a",
        "http://example.org:8080/a?b=1",
        "http://example.org/%2561?b=1",
    ],
)
def test_other_addresses_do_not(text: str) -> None:
    assert format_statement_key(parse_url(text)) != "example.org/a?b=1"


PATH = st.text(alphabet="ab/%2fF5.~-_e9?&=+:;@ \u00e9", max_size=30).map(
    lambda text: text.replace(" ", "%20")
)
QUERY_NAME = st.sampled_from([*sorted(TRACKING_PARAMETERS), "utm_x", "id", "q", "page", ""])
QUERY = st.lists(st.tuples(QUERY_NAME, st.text(alphabet="a1%20", max_size=5)), max_size=5).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
URLS = st.builds(
    lambda scheme, host, path, query: parse_url(f"{scheme}://{host}/{path}?{query}"),
    st.sampled_from(["http", "https"]),
    st.sampled_from(
        ["example.org", "www.example.org", "[2001:db8::1]", "192.0.2.1", "a.example:81"]
    ),
    PATH,
    QUERY,
)


@given(URLS)
def test_parsing_what_was_formatted_changes_nothing(url: Url) -> None:
    assert parse_url(str(url)) == url


@given(URLS)
def test_the_canonical_key_is_idempotent(url: Url) -> None:
    key = format_statement_key(url)
    again = format_statement_key(parse_url(f"https://{key}"))
    assert again == key


@pytest.mark.parametrize(
    ("text", "surt"),
    [
        ("http://www.Example.org/Path?b=2&a=1", "org,example)/path?a=1&b=2"),
        ("https://example.org", "org,example)/"),
        ("https://www2.example.org/a/", "org,example)/a"),
        ("http://a.b.example.org:8080/", "org,example,b,a:8080)/"),
        ("http://192.0.2.1/x", "192.0.2.1)/x"),
        ("http://[2001:db8::1]/x", "2001:db8::1)/x"),
    ],
)
def test_the_sort_key(text: str, surt: str) -> None:
    assert format_surt(parse_url(text)) == surt


@given(URLS)
def test_the_sort_key_ignores_the_order_of_a_query(url: Url) -> None:
    path, mark, query = url.target.partition("?")
    turned = "&".join(reversed(query.split("&")))
    other = Url(scheme=url.scheme, host=url.host, port=url.port, target=path + mark + turned)
    assert format_surt(other) == format_surt(url)


@pytest.mark.parametrize(
    ("target", "left"),
    [
        ("/a?utm_source=x&b=1&fbclid=2", "/a?b=1"),
        ("/a?utm_source=x", "/a"),
        ("/a?b=1&&c", "/a?b=1&&c"),
        ("/a?", "/a?"),
        ("/%61?b=%31", "/%61?b=%31"),
    ],
)
def test_tracking_parameters_are_left_out(target: str, left: str) -> None:
    assert strip_tracking(parse_url(f"https://example.org{target}")).target == left


# --- home pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "",
        "/",
        "/?utm_source=removed",
        "/index.html",
        "/index.php",
        "/INDEX.HTM",
        "/index",
        "/default.aspx",
        "/home",
        "/home/",
        "/Startseite.html",
        "/en",
        "/en/",
        "/de-DE/",
        "/pt_br/",
        "/zh-Hant-TW/",
        "/en/index.html",
        "/fr/accueil",
        "/?lang=de",
        "/%65n/",
    ],
)
def test_a_home_page_is_known_by_its_address(target: str) -> None:
    assert is_home(parse_url(f"https://example.org{target}"))


@pytest.mark.parametrize(
    "target",
    [
        "/?p=12",
        "/index.php?id=12",
        "/index.php/2024/statement",
        "/news/",
        "/faq",
        "/en/news",
        "/en/de/",
        "/homes",
        "/home/statement",
        "/home.statement-12",
        "//",
        "/en-GB-x/",
        "/1a/",
    ],
)
def test_another_page_is_no_home_page(target: str) -> None:
    assert not is_home(parse_url(f"https://example.org{target}"))
