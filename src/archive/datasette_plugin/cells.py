"""How single cells of Datasette's tables are shown.

Not for: escaping (`archive.datasette_plugin.words`).
"""

import re
from typing import Any

from markupsafe import Markup

from archive.datasette_plugin.words import format_moment, has_hidden, show_address, show_text
from archive.index.describe import find_references

_ADDRESSES = frozenset({"url", "address", "location"})
_MOMENTS = frozenset({"captured_at", "first_captured", "last_captured", "time", "asserted_at"})
_REFERENCES = find_references()
_LONGEST_LABEL = 300
_ID = re.compile(r"[0-9a-z]{16}")


def show_cell(
    datasette: Any, database: str, *, table: str | None, column: str, value: Any, row: Any
) -> Markup | None:
    """Return what to show, or None where Datasette's own way is right."""
    longest = int(datasette.setting("truncate_cells_html") or 0)
    if isinstance(value, dict):
        return _show_reference(datasette, database, column, value)
    if not isinstance(value, str) or not value:
        return None
    if (table, column) == ("statements", "name") and "id" in row.keys():  # noqa: SIM118  # a Row
        return _link_row(datasette, database, "statement_id", str(row["id"]), value)
    if column in _MOMENTS:
        return format_moment(value)
    if column in _ADDRESSES or value[:8].lower().startswith(("http://", "https://")):
        return show_address(value, longest)
    if table is None and column in _REFERENCES and _ID.fullmatch(value):
        return _link_row(datasette, database, column, value, value)
    if has_hidden(value):
        return show_text(value, longest)
    return None


def _show_reference(
    datasette: Any, database: str, column: str, value: dict[str, Any]
) -> Markup | None:
    """Return a link to a row whose label hides something; any other is Datasette's to show."""
    label = str(value.get("label"))
    if column not in _REFERENCES or not has_hidden(label):
        return None
    key = str(value.get("value"))
    return _link_row(datasette, database, column, key, label) + Markup(" <em>{}</em>").format(key)


def _link_row(datasette: Any, database: str, column: str, key: str, label: str) -> Markup:
    path = (
        datasette.urls.path(f"/statement/{key}")
        if column == "statement_id"
        else datasette.urls.row(database, _REFERENCES[column], key)
    )
    return Markup('<a href="{}">{}</a>').format(path, show_text(label, _LONGEST_LABEL))
