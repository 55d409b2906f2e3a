"""Made-up news pages: sizes, mark-up and redundancy of real ones, from a seed.

A page has what a news page has: meta tags and JSON-LD, inline style and script, menus, an
article, a list of related ones with pictures, the state of a front end as JSON, a footer.  The
words are invented, their frequencies are those of a natural language (Zipf), so a page shrinks
under gzip about as much as a real one, to a fifth to a quarter.  The same seed and number give
the same bytes on every machine.

Not for: pages that mean to break a reader (`bench.hostile`).
"""

import json
import random
from datetime import date, timedelta
from itertools import accumulate

_ONSETS = "b br c ch d dr f fl g gr h j k l m n p pl qu r s st t th tr v w".split()
_CORES = "a ai au e ea ei i ie o oa ou u".split()
_ENDS = ["", "", "n", "r", "s", "t", "ld", "nd", "ng", "st"]
_WORDS = 6000
_SMALLEST, _LARGEST = 20_000, 200_000


class Newsroom:
    """Holds the vocabulary of a seed and the house style; gives pages by number."""

    def __init__(self, seed: int) -> None:
        """Invent the words of ``seed``."""
        self._seed = seed
        chance = random.Random(f"words {seed}")
        words: dict[str, None] = {}
        while len(words) < _WORDS:
            count = chance.choice((1, 2, 2, 2, 3, 3, 4))
            words["".join(_make_syllable(chance) for _ in range(count))] = None
        self._words = list(words)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(_WORDS)))
        self._style = _make_style(random.Random(f"style {seed}"))
        self._menu = "".join(
            f'<li class="site-nav__item"><a class="site-nav__link" href="/{word}/">'
            f"{word.title()}</a></li>\n"
            for word in self._words[200:240]
        )

    def make_page(self, number: int) -> bytes:
        """Return page ``number``: 20 to 200 kB of HTML, half of them below 75 kB."""
        chance = random.Random(f"page {self._seed} {number}")
        wanted = min(_LARGEST, max(_SMALLEST, int(chance.lognormvariate(11.2, 0.6))))
        title = self._make_sentence(chance, 6, 12).rstrip(".")
        day = date(2010, 1, 1) + timedelta(days=chance.randrange(5800))
        head = self._make_head(chance, title, day.isoformat())
        body: list[str] = []
        size = len(head)
        while size < wanted * 0.45:
            body.append(self._make_paragraph(chance))
            size += len(body[-1])
        related: list[str] = []
        while size < wanted * 0.85:
            related.append(self._make_teaser(chance))
            size += len(related[-1])
        state: list[dict[str, object]] = []
        while size < wanted - 900:
            state.append(self._make_state(chance))
            size += len(json.dumps(state[-1]))
        page = (
            f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}</head>\n'
            '<body class="page page--article">\n<header class="site-header">'
            f'<nav class="site-nav"><ul>\n{self._menu}</ul></nav></header>\n'
            f'<main><article class="article"><h1 class="article__headline">{title}</h1>\n'
            f'<p class="article__byline">By <a rel="author" href="/by/{number % 97}">'
            f'{self._make_name(chance)}</a> <time datetime="{day}T09:30:00Z">{day}</time></p>\n'
            f'<div class="article__body">\n{"".join(body)}</div></article></main>\n'
            f'<aside class="related"><h2>More on this</h2>\n{"".join(related)}</aside>\n'
            f'<script id="state" type="application/json">{json.dumps(state)}</script>\n'
            f'<footer class="site-footer"><ul>\n{self._menu}</ul></footer>\n</body>\n</html>\n'
        )
        return page.encode()

    def _make_head(self, chance: random.Random, title: str, day: str) -> str:
        summary = self._make_sentence(chance, 15, 30)
        address = f"https://news.example/{day.replace('-', '/')}/{chance.randrange(10**8)}"
        linked = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": f"{day}T09:30:00Z",
            "author": {"@type": "Person", "name": self._make_name(chance)},
            "publisher": {"@type": "Organization", "name": "The Example Times"},
            "mainEntityOfPage": address,
        }
        metas = {
            "og:title": title,
            "og:description": summary,
            "og:url": address,
            "og:type": "article",
            "og:site_name": "The Example Times",
            "article:published_time": f"{day}T09:30:00Z",
        }
        lines = [f'<meta property="{name}" content="{text}">\n' for name, text in metas.items()]
        return (
            f'<meta charset="utf-8">\n<title>{title} - The Example Times</title>\n'
            f'<meta name="description" content="{summary}">\n{"".join(lines)}'
            f'<link rel="canonical" href="{address}">\n'
            f'<script type="application/ld+json">{json.dumps(linked)}</script>\n'
            f"<style>{self._style}</style>\n"
        )

    def _make_paragraph(self, chance: random.Random) -> str:
        sentences = [self._make_sentence(chance, 6, 28) for _ in range(chance.randrange(2, 6))]
        if chance.random() < 0.3:
            word = chance.choice(self._words)
            sentences.append(f'<a href="/topic/{word}">{word.title()}</a> is quoted.')
        return f'<p class="article__text">{" ".join(sentences)}</p>\n'

    def _make_teaser(self, chance: random.Random) -> str:
        number = chance.randrange(10**9)
        title = self._make_sentence(chance, 5, 12).rstrip(".")
        sizes = ", ".join(
            f"https://img.example/{number:09}/{width}.jpg {width}w" for width in (320, 640, 1280)
        )
        return (
            f'<div class="teaser teaser--standard" data-id="{number}">'
            f'<a class="teaser__link" href="/story/{number}"><picture class="teaser__picture">'
            f'<img class="teaser__image" loading="lazy" alt="" srcset="{sizes}"></picture>'
            f'<h3 class="teaser__headline">{title}</h3></a>'
            f'<p class="teaser__summary">{self._make_sentence(chance, 10, 20)}</p></div>\n'
        )

    def _make_state(self, chance: random.Random) -> dict[str, object]:
        return {
            "id": f"{chance.getrandbits(64):016x}",
            "type": chance.choice(("story", "video", "gallery", "live")),
            "headline": self._make_sentence(chance, 5, 12),
            "published": chance.randrange(1_300_000_000, 1_760_000_000),
            "tags": chance.sample(self._words[:800], 4),
            "flags": {"isPremium": chance.random() < 0.2, "isOpinion": False, "comments": True},
        }

    def _make_sentence(self, chance: random.Random, fewest: int, most: int) -> str:
        count = chance.randrange(fewest, most)
        words = chance.choices(self._words, cum_weights=self._weights, k=count)
        return " ".join(words).capitalize() + "."

    def _make_name(self, chance: random.Random) -> str:
        first, last = chance.sample(self._words, 2)
        return f"{first.title()} {last.title()}"


def _make_syllable(chance: random.Random) -> str:
    return chance.choice(_ONSETS) + chance.choice(_CORES) + chance.choice(_ENDS)


def _make_style(chance: random.Random) -> str:
    return "".join(
        f".{block}__{part}{{margin:{chance.randrange(40)}px 0;font-size:"
        f"{chance.randrange(12, 40)}px;line-height:1.{chance.randrange(1, 9)};"
        f"color:#{chance.randrange(1 << 24):06x};display:block}}\n"
        for block in "article teaser site-nav site-header site-footer related".split()
        for part in "headline text link image summary item picture byline".split()
    )
