"""What may stand in a static page: elements and attributes by name, everything else is left out.

Rules:

1. Nothing here runs, loads by itself, submits, or leads anywhere, but for the addresses that
   `archive.replay.page` rewrites one by one: `ADDRESSES` names where they stand.
2. Of elements whose content a browser does not read as markup, only ``style``, ``title`` and
   ``textarea`` may stay; so no text of a page can become markup again.

Not for: rewriting (`archive.replay.page`, `archive.replay.css`).
"""

HTML = frozenset(
    "html head body title style"
    " address article aside footer header h1 h2 h3 h4 h5 h6 hgroup main nav search section"
    " blockquote center dd dir div dl dt figcaption figure hr li menu ol p pre listing ul"
    " a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd mark nobr q"
    " rb rp rt rtc ruby s samp small span strike strong sub sup time tt u var wbr"
    " area img map picture source video audio canvas"
    " caption col colgroup table tbody td tfoot th thead tr"
    " button datalist fieldset form input label legend meter optgroup option output progress"
    " select textarea details dialog summary".split()
)
# Shapes and letters; no script, animation, filter, style or foreign content.
SVG = frozenset(
    "svg g defs symbol use path circle ellipse line polygon polyline rect text tspan textpath"
    " lineargradient radialgradient stop clippath mask pattern marker".split()
)
MATH = frozenset(
    "math mi mn mo ms mrow mfrac msqrt mroot mstyle mpadded mphantom mspace msub msup msubsup"
    " munder mover munderover mmultiscripts mprescripts mtable mtr mtd semantics".split()
)
# Left out with all that stands in them.  (Of ``script`` and others that is text.)
WITH_CONTENT = frozenset("script iframe noembed noframes".split())
SKIPPED = frozenset("template foreignobject annotation annotation-xml".split())
# Where one of these begins, a browser leaves foreign content (13.2.6.5).
BREAK_OUT = frozenset(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img"
    " li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul"
    " var".split()
)
VOID = frozenset("area br col hr img input source wbr".split())

_GLOBAL = frozenset("id class lang dir title style role hidden translate xml:lang".split())
_LAYOUT = frozenset(
    "align valign bgcolor color width height border cellpadding cellspacing colspan rowspan"
    " headers scope abbr span nowrap noshade hspace vspace char charoff frame rules summary"
    " clear compact size face text link vlink alink leftmargin topmargin marginwidth"
    " marginheight bordercolor type start value reversed datetime open alt label for checked"
    " disabled selected multiple rows cols placeholder maxlength readonly wrap media sizes name"
    " low high optimum min max shape coords usemap default version".split()
)
_SVG = frozenset(
    "viewbox preserveaspectratio d cx cy r rx ry x y x1 x2 y1 y2 dx dy fx fy points transform"
    " fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap"
    " stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset opacity offset"
    " stop-color stop-opacity gradientunits gradienttransform spreadmethod clip-path clip-rule"
    " mask maskunits maskcontentunits clippathunits patternunits patterntransform"
    " patterncontentunits markerwidth markerheight markerunits refx refy orient marker-start"
    " marker-mid marker-end vector-effect text-anchor dominant-baseline alignment-baseline"
    " baseline-shift font-size font-family font-weight font-style letter-spacing word-spacing"
    " text-decoration textlength lengthadjust rotate startoffset color display visibility"
    " overflow pointer-events shape-rendering text-rendering xmlns".split()
)
_MATH = frozenset(
    "display displaystyle mathvariant mathsize scriptlevel linethickness fence separator"
    " stretchy symmetric lspace rspace minsize maxsize largeop movablelimits accent accentunder"
    " columnspan rowspan columnalign rowalign xmlns".split()
)
ATTRIBUTES = _GLOBAL | _LAYOUT | _SVG | _MATH
PREFIXES = ("aria-", "data-")
OUR_PREFIX = "data-archive-"  # what we add; a page that has it already could say it in our name
# Of these, values may name another part of the picture, and nothing elsewhere.
POINTING = frozenset("fill stroke mask clip-path marker-start marker-mid marker-end".split())
# Written as another element.
RENAMED = {"xmp": "pre", "plaintext": "pre"}
# Addresses: of what is shown, and of where a reader is led.  ``srcset`` holds several.
PICTURES = frozenset(
    {
        *(("img", "src"), ("input", "src"), ("video", "poster"), ("body", "background")),
        *(("table", "background"), ("td", "background"), ("th", "background")),
        *(("tr", "background"), ("thead", "background"), ("tbody", "background")),
    }
)
PICTURE_SETS = frozenset({("img", "srcset"), ("source", "srcset")})
LINKS = frozenset({("a", "href"), ("area", "href")})

# Names with a hyphen are anybody's, and do nothing without a script; these are not.
RESERVED = frozenset(
    "annotation-xml color-profile font-face font-face-src font-face-uri font-face-format"
    " font-face-name missing-glyph".split()
)
INPUTS = frozenset(
    "text search tel url email password number range color checkbox radio submit reset button"
    " hidden image date month week time datetime-local file".split()
)
