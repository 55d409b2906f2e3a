"""Making a new archive: folders, settings, how Datasette shows it, an empty log and index.

Not for: opening one (`archive.workflows.opening`).
"""

from pathlib import Path

from archive.errors import InputError
from archive.index.describe import format_datasette_yml
from archive.store.layout import Layout, make_folders
from archive.workflows.opening import Archive, World, open_for_writing
from archive.workflows.settings_file import format_settings, read_settings


def make_archive(
    folder: Path,
    *,
    operator: str,
    organisation: str,
    contact: str,
    world: World,
    key_path: str = "",
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
    text = format_settings(
        operator=operator, organisation=organisation, contact=contact, key_path=key_path
    )
    make_folders(layout, world.disk)
    world.disk.replace_file(layout.settings, text.encode())
    if not layout.datasette.exists():
        world.disk.replace_file(layout.datasette, format_datasette_yml().encode())
    archive = Archive(layout=layout, settings=read_settings(layout.settings))
    with open_for_writing(archive, world, options="init"):
        return layout
