"""``archive log``: the capture log, for those who check it.

Not for: what its verbs do; each has a module of its own.
"""

import click

from archive.cli import log_witness


@click.group("log")
def command() -> None:
    """Show the capture log, compare it with what others kept, and prove what is in it."""


command.add_command(log_witness.command)
