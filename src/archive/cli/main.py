"""The command ``archive``: finds the verb, loads only that, and turns errors into exit codes.

Not for: anything that one verb alone needs.
"""

import importlib
import sys
from collections.abc import Sequence

import click

from archive import __version__
from archive.core.text import show_hidden
from archive.errors import EXIT_INPUT, EXIT_INTERRUPTED, ArchiveError, InputError

# Every verb and its one line of help, so that `archive --help` loads none of them.
VERBS: dict[str, str] = {
    "init": "Make a new archive in a folder.",
    "capture": "Capture addresses: the exact bytes, their digests, text and first claims.",
    "recapture": "Visit again what was captured before.",
    "watch": "Visit statements, feeds and sitemaps again and again.",
    "show": "Show what is known of a capture and its statement.",
    "history": "Show versions and edits of a statement, and when it was not there.",
    "edits": "List what happened to statements: edits, disappearances, returns.",
    "claims": "Show every claim behind a capture, or of pages in files.",
    "list": "List statements or captures.",
    "search": "Search titles and texts.",
    "diff": "Show how two states of a statement differ.",
    "cite": "Cite a captured version, and passages of it.",
    "check-quotes": "Check the quotations in a manuscript or bibliography.",
    "resolve": "Find the capture that an identifier means.",
    "export": "Write who did what with a statement, for other programs.",
    "log": "Show the capture log, and prove what is in it.",
    "key": "Show, change and test the keys that sign the log.",
    "verify": "Check files, log and index against each other.",
    "timestamp": "Have authorities state that the log existed by now.",
    "assert": "Assert who published a statement and when, and say why.",
    "annotate": "Add a note to a capture.",
    "retract": "Take back an assertion or a note.",
    "annotations": "List what people said.",
    "access": "Say who may see a statement.",
    "publisher": "Keep names, domains and identifiers of organisations.",
    "withdraw": "Overwrite a capture's bytes, and say why.",
    "extract": "Read the pages of captures that have no text yet.",
    "calibrate": "Measure how often our answers are right.",
    "rebuild": "Make the index again from the records.",
    "witness": "Be a witness for other archives.",
    "publish": "Write a copy of the index for the public web.",
    "serve": "Open the archive in Datasette.",
    "demo": "Show the main job on a small publisher's site of our own.",
}


class Verbs(click.Group):
    """A group that imports a verb's module when the verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order in which they are used."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a verb, or None."""
        del ctx
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"archive.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without loading them."""
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="archive")
def cli() -> None:
    """Keep what was said on the web, and the evidence for who said it and when.

    Every verb finds the archive from the current folder upwards, or by --archive DIR or the
    environment variable ARCHIVE_DIR.  Answers go to standard output, all else to standard
    error; --json gives every answer in a form for programs.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; the one place where an error becomes an exit code."""
    try:
        _require_text(sys.argv[1:] if arguments is None else arguments)
        code = cli.main(args=arguments, prog_name="archive", standalone_mode=False)
    except click.exceptions.Abort:
        code = EXIT_INTERRUPTED
        click.echo("archive: interrupted", err=True)
    except click.ClickException as error:
        error.show()
        code = EXIT_INPUT
    except ArchiveError as error:
        code = error.exit_code
        _tell(error)
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
        click.echo("archive: interrupted", err=True)
    except BrokenPipeError:
        # Whoever read our answer has had enough, so how it would have ended was not told.
        sys.stderr.close()
        code = EXIT_INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def _require_text(arguments: Sequence[str]) -> None:
    """Refuse what is not UTF-8, before it reaches a record.

    Raises:
        InputError: an argument is not.
    """
    for place, argument in enumerate(arguments, 1):
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"argument {place} is not UTF-8", remedy="check the terminal's encoding"
            ) from error


def _tell(error: ArchiveError) -> None:
    remedy = f" ({error.remedy})" if error.remedy else ""
    click.echo(f"archive: {show_hidden(str(error))}{show_hidden(remedy)}", err=True)
