"""CSS rewritten.  Not for: style elements within pages (``test_page.py``)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.replay.css import NOWHERE, rewrite_css
from tests.replay.reading import PREFIX, find_css_faults


def find(address: str) -> str | None:
    return PREFIX + address if "held" in address else None


CASES = [
    ("p{color:red}", "p{color:red}"),
    ("a:hover>b~c+d,*[e='f g']{}", 'a:hover>b~c+d,*[e="f g"]{}'),
    ("@media (400px<=width<=700px){a{b:c}}", "@media (400px<=width<=700px){a{b:c}}"),
    ("a{&:hover{b:c} & d{e:f} &.g{h:i}}", "a{&:hover{b:c} & d{e:f} &.g{h:i}}"),
    ("a{b:c!important;--d:12px;e:-.5em}", "a{b:c!important;--d:12px;e:-.5em}"),
    ("a{b:url(held.png)}", f'a{{b:url("{PREFIX}held.png")}}'),
    ("a{b:url( 'held.png' )}", f'a{{b:url("{PREFIX}held.png" )}}'),
    ("a{b:URL(lost.png)}", f'a{{b:url("{NOWHERE}")}}'),
    ("a{b:u\\72l(lost.png)}", f'a{{b:url("{NOWHERE}")}}'),
    ("a{b:\\000075rl(lost.png)}", f'a{{b:url("{NOWHERE}")}}'),
    ("a{b:url(he\\6c d.png)}", f'a{{b:url("{PREFIX}held.png")}}'),
    ("a{fill:url(#g)}", 'a{fill:url("#g")}'),
    ("a{b:url(a b) c}", f'a{{b:url("{NOWHERE}") c}}'),
    ("@import 'held.css' print;", f'@import "{PREFIX}held.css" print;'),
    (
        "@import/**/url(held.css);",
        f'@import url("{PREFIX}held.css");',
    ),
    ("@\\69mport 'lost.css';", f'@-archive-left-out "{NOWHERE}";'),
    ("@import url(lost.css) print;a{}", f'@-archive-left-out url("{NOWHERE}") print;a{{}}'),
    ("@import url('lost.css');a{}", f'@-archive-left-out url("{NOWHERE}");a{{}}'),
    (
        "@import url(held.css);a{b:url(lost)}",
        f'@import url("{PREFIX}held.css");a{{b:url("{NOWHERE}")}}',
    ),
    ("@import;a{b:url(lost)}", f'@import;a{{b:url("{NOWHERE}")}}'),
    ("@namespace s url(http://www.w3.org/2000/svg);", "@-archive-left-out s"),
    ("@charset 'utf-7';a{}", '@-archive-left-out "utf-7";a{}'),
    ("a{b:image-set('//e/' 1x)}", 'a{b:-archive-left-out("//e/" 1x)}'),
    ("a{b:im\\61ge-set('//e/' 1x)}", 'a{b:-archive-left-out("//e/" 1x)}'),
    ("a{width:expression(alert(1))}", "a{width:-archive-left-out(alert(1))}"),
    ("a{-moz-binding:url(//e/)}", "a{-archive-left-out:"),
    ("a{/* c */b:c}", "a{ b:c}"),
    ("<!-- a{b:c} -->", "  a{b:c} -->"),
    ("a{content:'</style><script>'}", 'a{content:"\\3c /style\\3e \\3c script\\3e "}'),
    ("a</style>", "a< /style>"),
    (".\\31 23{b:c}", ".\\31 23{b:c}"),
    (".a\\:b{c:d}", ".a\\3a b{c:d}"),
    ("a{content:'\\201C'}", 'a{content:"\u201c"}'),
    ("u\x01rl(//e/)", "u rl(//e/)"),
    ("u/**/rl(//e/)", "u rl(//e/)"),
]


@pytest.mark.parametrize(("source", "said"), CASES)
def test_css_is_written_anew(source: str, said: str) -> None:
    assert rewrite_css(source, find).startswith(said)


PIECES = st.sampled_from(
    [
        *(
            "url(",
            ")",
            "'",
            '"',
            "\\",
            "//evil.example/",
            "held",
            "@import",
            "@\\69mport ",
            "u\\72l(",
        ),
        *(
            "image-set(",
            "src(",
            "/*",
            "*/",
            "<!--",
            "-->",
            "</style>",
            "{",
            "}",
            ";",
            ":",
            "\n",
            " ",
        ),
        *(
            "\\a",
            "\\22 ",
            "\\",
            "\0",
            "\x01",
            "&",
            "&lt;",
            "<",
            "a",
            "1",
            "-",
            "#",
            "expression(",
            "é",
        ),
    ]
)


@settings(max_examples=800)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_is_drawn_no_address_leads_out(source: str) -> None:
    written = rewrite_css(source, find)
    assert list(find_css_faults(written)) == []
    assert "</" not in written
    assert "<!" not in written
    assert "&l" not in written


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_what_was_written_is_read_as_it_was_written(source: str) -> None:
    """One spelling: writing it again, with addresses left alone, changes nothing."""
    written = rewrite_css(source, find)
    again = rewrite_css(written, lambda address: address)
    assert again == written
