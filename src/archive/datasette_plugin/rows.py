"""What our lists hold as JSON and CSV, for programs and spreadsheets.

CSV has a column for each key; what is no single value is JSON in its cell.  Formulas are defused by
the guard, as in all CSV (`archive.datasette_plugin.formulas`).  Not for: the tables behind the
lists, which Datasette gives.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from archive.datasette_plugin.serving import open_to_sites

FORMS = ("json", "csv")


def link_forms(datasette: Any, path: str, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the forms of a list, each with its name and address."""
    query = urlencode(asked)
    return [(form.upper(), f"{datasette.urls.path(path)}.{form}?{query}") for form in FORMS]


def send_rows(
    datasette: Any,
    form: str,
    columns: Sequence[str],
    rows: Sequence[dict[str, Any]],
    **about: object,
) -> Response:
    """Return rows in a form of `FORMS`; ``about`` them goes into JSON alone."""
    headers = open_to_sites(datasette)
    if form == "json":
        return Response.json({**about, "rows": list(rows)}, headers=headers)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_format_cell(row.get(column)) for column in columns] for row in rows)
    return Response(body=text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _format_cell(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    return value
