"""More odd statements: what a second, blind review of the forms tried beside the twenty-five.

Not for: those whose every form is kept (``tests/cite/statements.py``).
"""

from archive.core.citation import Body, Citation
from tests.cite.statements import make_citation, name_all

_LETTERS = "abcdefghijklmnopqrstu"


def name_many(count: int) -> tuple[str, ...]:
    """Names of as many authors."""
    return tuple(f"Ida Example{letter}" for letter in _LETTERS[:count])


ODD: dict[str, Citation] = {
    "bodies": make_citation(
        31,
        authors=(
            Body(name="Ministry of Trade and Industry"),
            Body(name="Office of Roads, Bridges and Others"),
        ),
        publisher="Ministry of Trade and Industry",
    ),
    "mathematics": make_citation(
        32, title='Let $x^2 < y_{i}$ & 50% of #1 \\alpha ~ "q" 🚢 \u202eabc\u202c\nsecond line'
    ),
    "before-christ": make_citation(33, published="-0044-03-15"),
    "far-year": make_citation(34, published="Y-170000000"),
    "marked-parts": make_citation(38, published="2024-?03-~06"),
    "uncertain-ends": make_citation(35, published="2024-03?/2024-05~"),
    "open-end": make_citation(36, published="2024-03/.."),
    "no-month": make_citation(39, published="2024-XX-06"),
    "no-day": make_citation(40, published="2024-03-XX"),
    "century": make_citation(41, published="19XX"),
    "winter-to-spring": make_citation(42, published="2023-24/2024-21"),
    "two-years": make_citation(43, published="2023/2024"),
    "both-days": make_citation(44, published="{2024-03-04,2024-03-06}"),
    "two-months": make_citation(45, published="2024-03-04/2024-04-03"),
    "circa-year": make_citation(46, published="2024~"),
    "address": make_citation(
        47, url="https://harbour.example/a|b}}c%zz%20d?q=ü&x=[1]#part|{x}''y~~"
    ),
    **{
        f"authors-{count}": make_citation(50 + count, authors=name_all(*name_many(count)))
        for count in (1, 2, 3, 4, 20, 21)
    },
    "long-title": make_citation(80, title="word " * 2_000),
}
