"""Making a new archive: folders, settings, and how Datasette shows it.

Not for: opening one (`archive.workflows.opening`).
"""

from pathlib import Path

from archive.errors import InputError
from archive.index.describe import format_datasette_yml
from archive.store.disk import Disk
from archive.store.layout import Layout, make_folders
from archive.workflows.settings import format_settings


def make_archive(
    folder: Path, *, operator: str, organisation: str, contact: str, disk: Disk
) -> Layout:
    """Make an archive in ``folder``; files that are there already are left as they are.

    Raises:
        InputError: there is an archive already, or a setting is not usable.
        StoreError: the disk refuses.
    """
    layout = Layout(root=folder)
    if layout.settings.exists():
        raise InputError(
            f"{folder} is an archive already", remedy=f"edit {layout.settings} to change it"
        )
    text = format_settings(operator=operator, organisation=organisation, contact=contact)
    make_folders(layout, disk)
    disk.replace_file(layout.settings, text.encode())
    if not layout.datasette.exists():
        disk.replace_file(layout.datasette, format_datasette_yml().encode())
    return layout
