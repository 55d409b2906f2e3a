"""Claims of dates in addresses: the page's own, and those of what was uploaded for it.

Rules:

1. A day in the path is a day, its parts in the order of size; year and month are a month; both
   are what the site's system wrote when it made the page.  A year alone is often a subject and
   says nothing.
2. ``/uploads/2023/11/`` in the address of an image of the article is a lower bound: the
   image was there no sooner.

Not for: comparing addresses (`archive.core.uri`).
"""

import re
from collections.abc import Iterator

from archive.core.claim import Claim
from archive.extract.day_text import MONTHS, format_date
from archive.extract.page import Page
from archive.extract.places import format_path, map_page
from archive.extract.source import make_claim

_MOST = 60
_LONGEST = 2_000
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = re.compile(
    rf"/{_YEAR}(?P<mark>[/-])(?P<month>\d{{1,2}}|[a-z]{{3,9}})(?P=mark)(?P<day>\d{{1,2}})"
    r"(?=[/_-]|\.|$)"
    rf"|[/_-]{_YEAR.replace('year', 'year2')}(?P<month2>[01]\d)(?P<day2>[0-3]\d)(?=[/_.-]|$)"
    rf"|[/_-]{_YEAR.replace('year', 'year3')}[-_](?P<month3>[01]\d)[-_](?P<day3>[0-3]\d)"
    r"(?=[/_.-]|$)",
    re.IGNORECASE,
)
# Day first, as it is written where most addresses of that form come from.
_DAY_FIRST = re.compile(
    rf"[/_-](?P<day>[0-3]\d)(?P<mark>[-.])(?P<month>[01]\d)(?P=mark){_YEAR}(?=[/_.-]|$)"
)
_MONTH = re.compile(rf"/{_YEAR}[/-]?(?P<month>[01]\d|[a-z]{{3,9}})(?=/)", re.IGNORECASE)
_UPLOAD = re.compile(
    r"/(?:uploads|files|media|images|sites/default/files|fileadmin|content)(?:/[\w-]+){0,3}?"
    r"/(?P<year>20\d\d)[/-](?P<month>[01]\d)(?:[/-](?P<day>[0-3]\d)(?!\d))?(?=[/_-])",
    re.IGNORECASE,
)


def parse_addresses(page: Page) -> Iterator[Claim]:
    """Yield the claim of the page's address, then the latest bound of its images."""
    yield from _parse_own(page)
    if page.tree is not None:
        yield from _parse_uploads(page)


def _parse_own(page: Page) -> Iterator[Claim]:
    start = page.url.find("/", page.url.find("//") + 2)
    if start < 0:
        return
    end = len(re.split(r"[?#]", page.url, maxsplit=1)[0])
    path = page.url[:end][:_LONGEST]
    for pattern, rule in ((_DAY, "url-day"), (_DAY_FIRST, "url-day-first"), (_MONTH, "url-month")):
        match = pattern.search(path, start)
        value = _read(match) if match else None
        if match and value:
            first, last = match.start() + 1, match.end()
            yield make_claim(
                "published",
                page.url[first:last],
                value,
                source="url",
                locator=f"url[{first}:{last}]",
                rule=f"{rule}/1",
            )
            return


def _read(match: re.Match[str]) -> str | None:
    part = {name.rstrip("23"): text for name, text in match.groupdict().items() if text}
    month = part["month"]
    number = int(month) if month.isdecimal() else MONTHS.get(month.lower())
    day = part.get("day")
    return format_date(int(part["year"]), number, int(day) if day else None)


def _parse_uploads(page: Page) -> Iterator[Claim]:
    found: list[tuple[str, str, str]] = []
    for meta in page.parts.metas:
        if (meta.get("property") or "").lower() == "og:image":
            raw = meta.get("content") or ""
            if value := _read_upload(raw):
                found.append((value, raw, f"{format_path(meta)}/@content"))
            break
    images = [
        (image, name, raw)
        for image in page.parts.images[: 4 * _MOST]
        for name in ("data-src", "src")
        if "/20" in (raw := image.get(name) or "")
    ]
    if images:
        site = map_page(page)
        for image, name, raw in images[:_MOST]:
            around = site.describe(image)
            is_ours = not (around.is_aside or around.is_comment or around.is_footer)
            if around.is_main and is_ours and (value := _read_upload(raw)):
                found.append((value, raw, f"{format_path(image)}/@{name}"))
    if found:
        value, raw, locator = max(found, key=lambda item: item[0])
        yield make_claim(
            "published", raw, f"{value}/..", source="uploads", locator=locator, rule="upload-path/2"
        )


def _read_upload(address: str) -> str | None:
    match = _UPLOAD.search(address[:_LONGEST])
    if match is None:
        return None
    year, month = int(match["year"]), int(match["month"])
    exact = format_date(year, month, int(match["day"])) if match["day"] else None
    return exact or format_date(year, month, None)
