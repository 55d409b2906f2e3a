"""Every style by its name.  Not for: the forms that machines read (`archive.cite.forms.every`)."""

from collections.abc import Callable

from archive.cite.runs import Runs
from archive.cite.styles.apa import format_apa
from archive.cite.styles.bluebook import format_bluebook
from archive.cite.styles.chicago import format_chicago
from archive.cite.styles.mla import format_mla
from archive.cite.styles.plain import format_plain
from archive.core.citation import Citation

STYLES: dict[str, Callable[[Citation], Runs]] = {
    "chicago": format_chicago,
    "apa": format_apa,
    "mla": format_mla,
    "bluebook": format_bluebook,
    "plain": format_plain,
}
