"""Serving the index to browsers: Datasette, with our description of it.

The index is opened as it is written to (WAL), never as immutable; a public copy, to which nobody
writes, is, once it is known to be the one that its manifest describes.  Only what the command
names is loaded: an archive's folder may come from elsewhere, so Datasette neither looks for
plug-ins and templates in it, nor Python for modules.  Not for: the pages
(`archive.datasette_plugin`).
"""

import json
import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NoReturn

from archive.errors import InputError, StoreError
from archive.index.access import find_closing
from archive.index.database import open_readonly
from archive.index.describe import DATABASE, format_datasette_yml
from archive.service.port import check_port
from archive.store.layout import Layout
from archive.workflows.publish import read_manifest
from archive.workflows.settings import Settings
from archive.workflows.settings_file import read_settings

HOST = "127.0.0.1"
PORT = 8001
_PLUGIN = "statement-archive"
PUBLIC = "ARCHIVE_SERVES_STRANGERS"  # in the environment: the plug-in refuses what is costly
_ENV = "/usr/bin/env"
# For strangers, whatever the description of the archive says: no query of their own, nothing that
# takes long, and no database to take away.
_PUBLIC = {
    "default_allow_sql": "off",
    "allow_download": "off",
    "allow_signed_tokens": "off",
    "allow_csv_stream": "off",
    "sql_time_limit_ms": "1000",
    "facet_time_limit_ms": "500",
    "max_returned_rows": "1000",
    "suggest_facets": "off",
    "trace_debug": "off",
    "template_debug": "off",
}


def serve_archive(
    root: Path,
    *,
    host: str = HOST,
    port: int = PORT,
    open_browser: bool = False,
    public: bool = False,
) -> list[str]:
    """Return the command that serves the archive at ``root``; `replace_process` runs it.

    With ``public`` strangers may come: they ask no queries of their own, and nothing is closed.

    Raises:
        InputError: the port cannot be listened on, ``archive.toml`` is not usable, or strangers
            would see what is closed.
        StoreError: there is no index, or none that this version reads.
    """
    layout = Layout(root=root.absolute())
    settings = read_settings(layout.settings)
    with closing(open_readonly(layout.database)) as index:
        closed = find_closing(index)
    if public and closed is not None:
        raise InputError(
            f"some statements are private or under embargo, that of {closed} first",
            remedy="serve a copy without them: archive publish OUT.db,"
            " then archive serve --public --database OUT.db",
        )
    check_port(host, port)
    own = layout.datasette.is_file()
    # Two, since each is read to its end: titles come from one, all else from the other.
    config = str(layout.datasette) if own else _open_description()
    metadata = str(layout.datasette) if own else _open_description()
    command = make_serve_command(
        layout.database,
        config=config,
        metadata=metadata,
        settings=settings,
        host=host,
        port=port,
        open_browser=open_browser,
    )
    return _open_to_strangers(command) if public else command


def serve_copy(
    copy: Path,
    settings: Settings,
    *,
    host: str = HOST,
    port: int = PORT,
    open_browser: bool = False,
    public: bool = False,
) -> list[str]:
    """Return the command that serves a public copy, described by us alone.

    Raises:
        InputError: there is no copy with a manifest, or the port cannot be listened on.
        StoreError: the copy is not the one of its manifest, or none that this version reads.
    """
    path = read_manifest(copy).path
    open_readonly(path).close()
    check_port(host, port)
    command = make_serve_command(
        path,
        config=_open_description(path.stem),
        metadata=_open_description(path.stem),
        settings=settings,
        host=host,
        port=port,
        open_browser=open_browser,
        immutable=True,
    )
    return _open_to_strangers(command) if public else command


def make_serve_command(
    database: Path,
    *,
    config: str,
    metadata: str,
    settings: Settings,
    host: str,
    port: int,
    open_browser: bool,
    immutable: bool = False,
) -> list[str]:
    """Return the command line of Datasette for an index, and for who keeps it."""
    command = [sys.executable, "-P", "-m", "datasette", "serve"]
    command += ["-i", str(database)] if immutable else [str(database)]
    command += ["-c", config, "-m", metadata, "--host", host, "--port", str(port)]
    for name, value in (("organisation", settings.organisation), ("contact", settings.contact)):
        if value:
            # As JSON, so that Datasette reads "2026" as a name and not as a number.
            command += ["-s", f"plugins.{_PLUGIN}.{name}", json.dumps(value)]
    if open_browser:
        command.append("-o")
    return command


def replace_process(command: list[str]) -> NoReturn:
    """Become the server; signals and exit code are then its own.

    Raises:
        StoreError: the interpreter cannot be started.
    """
    try:
        os.execv(command[0], command)  # noqa: S606  # there is no shell, on purpose
    except OSError as error:
        raise StoreError(
            f"{command[0]} cannot be started: {error}", remedy="install the archive again"
        ) from error


def _open_to_strangers(command: list[str]) -> list[str]:
    """Return the command of a server that strangers reach.

    That they are strangers is said by the environment, over which no file has power: plug-ins that
    ``datasette.yml`` configures replace what the command line says of them.
    """
    options = [word for name, value in _PUBLIC.items() for word in ("--setting", name, value)]
    return [_ENV, f"{PUBLIC}=1", *command, *options]


def _open_description(database: str = DATABASE) -> str:
    """Return a path to ``datasette.yml`` as we would write it: a file without a name.

    It lasts as long as this process, or the one that replaces it, and leaves nothing behind.
    """
    with tempfile.TemporaryFile() as file:
        file.write(format_datasette_yml(database).encode())
        file.seek(0)
        descriptor = os.dup(file.fileno())
    os.set_inheritable(descriptor, True)  # noqa: FBT003  # named by the standard library
    return f"/dev/fd/{descriptor}"
