"""Pages made from patterns, templates and languages, whose day of publication is known.

Each was, so the story goes, published on `TRUTH` and captured on `CAPTURED`.  What `UNDATED` holds
names many days and none of them as its own; what `DATED` holds names its own among the same ones.
Not for: judging them (`tests/provenance/test_dating.py`).
"""
# ruff: noqa: E501, UP031  # pages on lines of their own; braces of JSON

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle

TRUTH = date(2023, 11, 15)
CAPTURED = datetime(2024, 3, 6, 9, 30, tzinfo=UTC)
PAST = (date(2019, 5, 14), date(2020, 1, 22), date(2021, 2, 17), date(2022, 9, 28))
AHEAD = (date(2023, 12, 13), date(2024, 1, 24), date(2024, 2, 14), date(2024, 5, 29))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language: its months, how it writes a day, and the words that stand beside days."""

    tag: str
    months: tuple[str, ...]
    form: str
    figures: str
    title: str
    prose: tuple[str, str]
    opening: str
    deadline: str
    event: str
    force: str
    last: str
    born: str
    died: str
    founded: str
    checked: str
    today: str
    dates: str
    news: str
    published: str
    by: str
    month_event: str
    quote: str
    city: str

    def spell(self, day: date) -> str:
        """Return a day in words."""
        return self.form.format(d=day.day, m=self.months[day.month - 1], y=day.year)

    def figure(self, day: date) -> str:
        """Return a day in figures."""
        return self.figures.format(d=day.day, m=day.month, y=day.year)


def _tongue(tag: str, months: str, form: str, figures: str, title: str, *words: str) -> Tongue:
    names = (
        "opening deadline event force last born died founded checked today dates news published by"
        " month_event quote city"
    ).split()
    prose = (words[0], words[1])
    told = dict(zip(names, words[2:], strict=True))
    return Tongue(
        tag=tag,
        months=tuple(months.split()),
        form=form,
        figures=figures,
        title=title,
        prose=prose,
        **told,
    )


TONGUES = (
    _tongue(
        "en", "January February March April May June July August September October November December",
        "{d} {m} {y}", "{d:02}.{m:02}.{y}", "The ministry repairs the old wall",
        "The ministry said that the wall in the old town is being repaired at last, and that the work will take longer than the council had hoped when it asked for the money.",
        "Residents who live beside it had complained for years about falling stones, and about the fence that keeps them from the path along the river.",
        "Opening", "Deadline for applications", "Event date", "In force since", "Last day for applications", "Born", "Died", "Founded on", "Last checked", "Today is", "Dates", "More news", "Published", "By",
        "In March 2019 the wall fell.", "“We shall begin on {}”, the mayor said.", "London",
    ),
    _tongue(
        "de", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "{d}. {m} {y}", "{d:02}.{m:02}.{y}", "Das Ministerium saniert die alte Mauer",
        "Das Ministerium teilte mit, dass die Mauer in der Altstadt endlich saniert wird und dass die Arbeiten länger dauern werden, als der Rat gehofft hatte, als er um das Geld bat.",
        "Wer daneben wohnt, hatte sich seit Jahren über herabfallende Steine beschwert und über den Zaun, der den Weg am Fluss versperrt.",
        "Eröffnung", "Bewerbungsschluss", "Veranstaltungsdatum", "In Kraft seit", "Letzter Tag der Anmeldung", "Geboren", "Gestorben", "Gegründet am", "Zuletzt geprüft", "Heute ist", "Termine", "Weitere Meldungen", "Veröffentlicht am", "Von",
        "Im März 2019 fiel die Mauer.", "„Wir beginnen am {}“, sagte der Bürgermeister.", "Berlin",
    ),
    _tongue(
        "fr", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "{d} {m} {y}", "{d:02}/{m:02}/{y}", "Le ministère répare le vieux mur",
        "Le ministère a déclaré que le mur de la vieille ville est enfin réparé et que les travaux dureront plus longtemps que le conseil ne l’espérait quand il a demandé l’argent.",
        "Les habitants qui vivent à côté se plaignaient depuis des années des pierres qui tombent et de la clôture qui ferme le chemin le long du fleuve.",
        "Ouverture", "Date limite", "Date de l’événement", "En vigueur depuis le", "Dernier jour des inscriptions", "Né le", "Décédé le", "Fondée le", "Dernière vérification", "Nous sommes le", "Dates", "Autres nouvelles", "Publié le", "Par",
        "En mars 2019, le mur est tombé.", "« Nous commencerons le {} », a dit le maire.", "Paris",
    ),
    _tongue(
        "es", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "{d} de {m} de {y}", "{d:02}/{m:02}/{y}", "El ministerio repara el viejo muro",
        "El ministerio dijo que el muro del casco antiguo por fin se está reparando y que las obras durarán más de lo que el consejo esperaba cuando pidió el dinero.",
        "Los vecinos que viven al lado se quejaban desde hacía años de las piedras que caen y de la valla que cierra el camino junto al río.",
        "Inauguración", "Fecha límite", "Fecha del evento", "En vigor desde el", "Último día de inscripción", "Nacido el", "Fallecido el", "Fundada el", "Última comprobación", "Hoy es", "Fechas", "Más noticias", "Publicado el", "Por",
        "En marzo de 2019 cayó el muro.", "«Empezaremos el {}», dijo el alcalde.", "Madrid",
    ),
    _tongue(
        "it", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "{d} {m} {y}", "{d:02}/{m:02}/{y}", "Il ministero ripara il vecchio muro",
        "Il ministero ha detto che il muro della città vecchia viene finalmente riparato e che i lavori dureranno più di quanto il consiglio sperasse quando chiese il denaro.",
        "Chi abita accanto si lamentava da anni delle pietre che cadono e della recinzione che chiude il sentiero lungo il fiume.",
        "Apertura", "Scadenza", "Data dell’evento", "In vigore dal", "Ultimo giorno per le domande", "Nato il", "Morto il", "Fondata il", "Ultima verifica", "Oggi è il", "Date", "Altre notizie", "Pubblicato il", "Di",
        "Nel marzo 2019 il muro cadde.", "«Cominceremo il {}», ha detto il sindaco.", "Roma",
    ),
    _tongue(
        "nl", "januari februari maart april mei juni juli augustus september oktober november december",
        "{d} {m} {y}", "{d:02}-{m:02}-{y}", "Het ministerie herstelt de oude muur",
        "Het ministerie zei dat de muur in de oude stad eindelijk wordt hersteld en dat het werk langer zal duren dan de raad had gehoopt toen hij om het geld vroeg.",
        "Bewoners die ernaast wonen klaagden al jaren over vallende stenen en over het hek dat het pad langs de rivier afsluit.",
        "Opening", "Uiterste datum", "Datum van het evenement", "Van kracht sinds", "Laatste dag voor aanmelding", "Geboren", "Overleden", "Opgericht op", "Laatst gecontroleerd", "Vandaag is het", "Data", "Meer nieuws", "Gepubliceerd op", "Door",
        "In maart 2019 viel de muur.", "‘We beginnen op {}’, zei de burgemeester.", "Utrecht",
    ),
    _tongue(
        "pl", "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "{d} {m} {y}", "{d:02}.{m:02}.{y}", "Ministerstwo naprawia stary mur",
        "Ministerstwo podało, że mur na starym mieście jest wreszcie naprawiany i że prace potrwają dłużej, niż miała nadzieję rada, gdy prosiła o pieniądze.",
        "Mieszkańcy skarżyli się od lat na spadające kamienie i na ogrodzenie, które zamyka ścieżkę wzdłuż rzeki.",
        "Otwarcie", "Termin zgłoszeń", "Data wydarzenia", "Obowiązuje od", "Ostatni dzień zgłoszeń", "Urodzony", "Zmarł", "Założone", "Ostatnio sprawdzono", "Dzisiaj jest", "Terminy", "Więcej wiadomości", "Opublikowano", "Autor",
        "W marcu 2019 r. mur runął.", "„Zaczniemy {}”, powiedział burmistrz.", "Warszawa",
    ),
    _tongue(
        "pt", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "{d} de {m} de {y}", "{d:02}/{m:02}/{y}", "O ministério repara o velho muro",
        "O ministério disse que o muro da cidade velha está finalmente a ser reparado e que as obras vão durar mais do que o conselho esperava quando pediu o dinheiro.",
        "Os moradores queixavam-se há anos das pedras que caem e da vedação que fecha o caminho ao longo do rio.",
        "Abertura", "Data limite", "Data do evento", "Em vigor desde", "Último dia de inscrição", "Nascido em", "Falecido em", "Fundada em", "Última verificação", "Hoje é", "Datas", "Mais notícias", "Publicado em", "Por",
        "Em março de 2019 o muro caiu.", "«Começaremos em {}», disse o presidente da câmara.", "Lisboa",
    ),
    _tongue(
        "ru", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "{d} {m} {y}", "{d:02}.{m:02}.{y}", "Министерство чинит старую стену",
        "Министерство сообщило, что стену в старом городе наконец чинят и что работы продлятся дольше, чем надеялся совет, когда просил деньги на ремонт.",
        "Жители соседних домов годами жаловались на падающие камни и на забор, который закрывает дорогу вдоль реки.",
        "Открытие", "Срок подачи заявок", "Дата мероприятия", "Действует с", "Последний день подачи", "Родился", "Умер", "Основано", "Последняя проверка", "Сегодня", "Даты", "Другие новости", "Опубликовано", "Автор",
        "В марте 2019 стена рухнула.", "«Мы начнём {}», сказал мэр.", "Москва",
    ),
    _tongue(
        "tr", "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "{d} {m} {y}", "{d:02}.{m:02}.{y}", "Bakanlık eski duvarı onarıyor",
        "Bakanlık, eski kentteki duvarın sonunda onarıldığını ve çalışmaların meclisin para isterken umduğundan daha uzun süreceğini açıkladı.",
        "Yanında oturanlar yıllardır düşen taşlardan ve nehir boyundaki yolu kapatan çitten yakınıyordu.",
        "Açılış", "Son başvuru", "Etkinlik tarihi", "Yürürlük", "Son başvuru günü", "Doğum", "Ölüm", "Kuruluş", "Son kontrol", "Bugün", "Tarihler", "Diğer haberler", "Yayınlanma", "Yazan",
        "Mart 2019 tarihinde duvar yıkıldı.", "“{} günü başlayacağız”, dedi başkan.", "Ankara",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a pattern puts where: all of it is HTML."""

    head: str = ""
    top: str = ""  # above everything
    over: str = ""  # just above the headline
    under: str = ""  # just under the headline
    mid: str = ""  # between two paragraphs
    end: str = ""  # behind the text, in the same part
    side: str = ""
    foot: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def _as_article(tongue: Tongue, it: Parts) -> str:
    one, two = tongue.prose
    return (
        f"{it.top}<nav><a href=/>Start</a></nav><main>{it.side}<article>{it.over}<h1>{tongue.title}"
        f"</h1>{it.under}<p>{one}</p>{it.mid}<p>{two}</p>{it.end}</article></main>"
        f"<footer>{it.foot}</footer>"
    )


def _as_divs(tongue: Tongue, it: Parts) -> str:
    one, two = tongue.prose
    return (
        f'<div id="wrap">{it.top}<div class="content">{it.over}<h1>{tongue.title}</h1>{it.under}'
        f'<div class="text"><p>{one}</p>{it.mid}<p>{two}</p></div>{it.end}</div>{it.side}'
        f'<div class="bottom">{it.foot}</div></div>'
    )


def _as_bare(tongue: Tongue, it: Parts) -> str:
    one, two = tongue.prose
    return (
        f"{it.top}{it.over}<h1>{tongue.title}</h1>{it.under}<p>{one}</p>{it.mid}<p>{two}</p>"
        f"{it.end}<hr>{it.side}<p>{it.foot}</p>"
    )


def _as_blog(tongue: Tongue, it: Parts) -> str:
    one, two = tongue.prose
    return (
        f'<div id="page">{it.top}<div id="primary"><article class="post hentry">'
        f'<header class="entry-header">{it.over}<h1 class="entry-title">{tongue.title}</h1>'
        f'{it.under}</header><div class="entry-content"><p>{one}</p>{it.mid}<p>{two}</p>{it.end}'
        f'</div></article></div><div id="secondary" class="widget-area">{it.side}</div>'
        f'<footer id="colophon">{it.foot}</footer></div>'
    )


def _as_office(tongue: Tongue, it: Parts) -> str:
    one, two = tongue.prose
    return (
        f'{it.top}<div class="row"><div class="col-3">{it.side}</div><div class="col-9">{it.over}'
        f'<h2>{tongue.title}</h2>{it.under}<p class="lead">{one}</p>{it.mid}<p>{two}</p>{it.end}'
        f'</div></div><div class="row">{it.foot}</div>'
    )


def _as_table(tongue: Tongue, it: Parts) -> str:
    one, two = tongue.prose
    return (
        f"<table width=100%><tr><td colspan=2>{it.top}</td></tr><tr><td width=20%>{it.side}</td>"
        f"<td>{it.over}<h1>{tongue.title}</h1>{it.under}<p>{one}</p>{it.mid}<p>{two}</p>{it.end}"
        f"</td></tr><tr><td>{it.foot}</td></tr></table>"
    )


TEMPLATES = (_as_article, _as_divs, _as_bare, _as_blog, _as_office, _as_table)


def write_page(
    tongue: Tongue, template: Callable[[Tongue, Parts], str], it: Parts
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a page, and the header fields that it came with."""
    return (
        f"<!doctype html><html lang={tongue.tag}><head><title>{tongue.title}</title>{it.head}"
        f"</head><body>{template(tongue, it)}</body></html>"
    ), it.fields


def _rows(tongue: Tongue, days: tuple[date, ...], row: str) -> str:
    words = (tongue.opening, tongue.event, tongue.last, tongue.city)
    return "".join(
        row.format(day=tongue.spell(day), figure=tongue.figure(day), iso=day.isoformat(), word=word)
        for day, word in zip(days, words, strict=False)
    )


Pattern = Callable[[Tongue], Parts]
PATTERNS: dict[str, Pattern] = {}


def _add(name: str, pattern: Pattern) -> None:
    PATTERNS[name] = pattern


ROWS: dict[str, tuple[str, str, str]] = {
    "list": ("<ul>", "<li>{day}: {word}</li>", "</ul>"),
    "list of spans": ("<ul class=dates>", "<li><span class=date>{day}</span> {word}</li>", "</ul>"),
    "table": ("<table>", "<tr><td>{day}</td><td>{word}</td></tr>", "</table>"),
    "table of figures": ("<table>", "<tr><th>{word}</th><td>{figure}</td></tr>", "</table>"),
    "cards": ("<div class=cards>", "<div class=card><p class=date>{day}</p><h3>{word}</h3></div>",
              "</div>"),
    "cards of divs": ("<div>", "<div><div>{day}</div><div>{word}</div></div>", "</div>"),
    "definitions": ("<dl>", "<dt>{day}</dt><dd>{word}</dd>", "</dl>"),
    "paragraphs": ("", "<p>{day} – {word}</p>", ""),
    "bare paragraphs": ("", "<p>{day}</p><p>{word}: 10 km, 20 km</p>", ""),
    "times": ("<div>", "<p><time datetime={iso}>{day}</time> {word}</p>", "</div>"),
    "breaks": ("<p>", "{day} {word}<br>", "</p>"),
}  # fmt: skip


def _put_rows(form: str, shape: str, days: tuple[date, ...], slot: str) -> Pattern:
    start, row, end = ROWS[shape]
    return lambda t: _put(slot, form.format(dates=t.dates, rows=start + _rows(t, days, row) + end))


def _put_day(form: str, field: str, day: date, slot: str = "under") -> Pattern:
    def put(t: Tongue) -> Parts:
        told = {"label": getattr(t, field), "day": t.spell(day), "figure": t.figure(day)}
        return _put(slot, form.format(**told))

    return put


def _set_clock(moment: str) -> Pattern:
    return lambda _: Parts(head=f'<meta property="article:published_time" content="{moment}">')


def _put(slot: str, markup: str) -> Parts:
    return {
        "under": Parts(under=markup),
        "over": Parts(over=markup),
        "mid": Parts(mid=markup),
        "end": Parts(end=markup),
        "side": Parts(side=markup),
    }[slot]


for _name in ROWS:
    _add(f"{_name} under the headline", _put_rows("{rows}", _name, AHEAD, "under"))
    _add(
        f"{_name} of the past behind the text",
        _put_rows("<h2>{dates}</h2>{rows}", _name, PAST, "end"),
    )
for _name in ("list of spans", "cards", "times", "table", "cards of divs"):
    _add(f"{_name} beside", _put_rows("<div><h3>{dates}</h3>{rows}</div>", _name, PAST, "side"))
    _add(f"{_name} above", _put_rows("{rows}", _name, PAST, "over"))
for _field in ("opening", "deadline", "event", "force", "last", "founded", "born"):
    _day = PAST[2] if _field in ("force", "founded", "born") else AHEAD[1]
    _add(f"{_field} under the headline", _put_day("<p>{label} {day}, 10:00</p>", _field, _day))
    _add(
        f"{_field} with a colon in a place for dates",
        _put_day('<div class="date">{label}: {day}</div>', _field, _day),
    )
    _add(
        f"{_field} in two cells",
        _put_day("<dl><dt>{label}</dt><dd>{figure}</dd></dl>", _field, _day),
    )
    _add(
        f"{_field} in bold",
        _put_day("<p><strong>{label}</strong> <span>{day}</span></p>", _field, _day, "mid"),
    )
_add("a day alone within prose", lambda t: Parts(mid=f"<p>{t.spell(date(1945, 5, 12))}</p>"))
_add("a recent day alone within prose", lambda t: Parts(mid=f"<p>{t.spell(PAST[3])}</p>"))
_add("a day as a heading within prose", lambda t: Parts(mid=f"<h3>{t.spell(PAST[1])}</h3>"))
_add("a timeline", lambda t: Parts(
    under="".join(f"<h2>{t.spell(day)}</h2><p>{t.prose[1]}</p>" for day in PAST)))  # fmt: skip
_add("a timeline in paragraphs", lambda t: Parts(
    under="".join(f"<p>{t.spell(day)}</p><p>{t.prose[1]}</p>" for day in PAST)))  # fmt: skip
_add("a month in a sentence", lambda t: Parts(under=f"<p>{t.month_event}</p>"))
_add("a month in a sentence within prose", lambda t: Parts(mid=f"<p>{t.month_event}</p>"))
_add("a quotation", lambda t: Parts(mid=f"<blockquote>{t.quote.format(t.spell(AHEAD[0]))}"
                                    "</blockquote>"))  # fmt: skip
_add("a quotation first", lambda t: Parts(under=f"<p>{t.quote.format(t.spell(AHEAD[0]))}</p>"))
_add("an obituary", lambda t: Parts(
    under=f"<p>{t.born} {t.spell(date(1931, 4, 2))}</p><p>{t.died} {t.spell(PAST[3])}</p>"))  # fmt: skip
_add("a life in brackets", lambda t: Parts(
    under=f"<p>A. Walker ({t.spell(date(1931, 4, 2))} – {t.spell(PAST[3])})</p>"))  # fmt: skip
_add("dates of a life with stars", lambda t: Parts(
    under=f"<p>* {t.figure(date(1931, 4, 2))} † {t.figure(PAST[3])}</p>"))  # fmt: skip
_add("a photograph", lambda t: Parts(
    under=f"<figure><img src=w.jpg><figcaption>{t.spell(PAST[3])}</figcaption></figure>"))  # fmt: skip
_add("a span of days", lambda t: Parts(
    under=f"<p>{t.spell(AHEAD[0])} – {t.spell(AHEAD[1])}</p>"))  # fmt: skip
_add("a span in a place for dates", lambda t: Parts(
    under=f'<div class="date">{t.figure(AHEAD[0])} - {t.figure(AHEAD[1])}</div>'))  # fmt: skip
_add("a match", lambda t: Parts(
    under=f"<p>{t.spell(AHEAD[0])}, 20:45</p><p>Wall Town 1 – River City 0</p>"
          f"<p>{t.spell(AHEAD[1])}, 18:30</p><p>River City – Old Bridge</p>"))  # fmt: skip
_add("comments", lambda t: Parts(
    end='<div class="comments"><div class="comment"><time datetime="2023-12-01T10:00:00Z">'
        f"{t.spell(date(2023, 12, 1))}</time><p>A word.</p></div></div>"))  # fmt: skip
_add("related with times", lambda t: Parts(
    side=f"<div><h3>{t.news}</h3>" + _rows(
        t, PAST, "<a href=/n/{iso}>{word}</a> <time datetime={iso}>{day}</time>") + "</div>"))  # fmt: skip
_add("one related with a time", lambda t: Parts(
    side=f"<div><h3>{t.news}</h3>" + _rows(
        t, PAST[:1], "<a href=/n/{iso}>{word}</a> <time datetime={iso}>{day}</time>")
    + "</div>"))  # fmt: skip
_add("related behind the text", lambda t: Parts(
    end=f"<h3>{t.news}</h3>" + _rows(
        t, PAST, "<article><h4><a href=/n/{iso}>{word}</a></h4><time datetime={iso}>{day}</time>"
                 "</article>")))  # fmt: skip
_add(
    "archives by month",
    lambda t: Parts(
        side="<h3>Archive</h3><ul>"
        + "".join(f"<li><a href=/{m}>{t.months[m]} 2022</a> (3)</li>" for m in range(8))
        + "</ul>"
    ),
)
_add("last checked", lambda t: Parts(end=f"<p>{t.checked}: {t.spell(date(2024, 2, 1))}</p>"))
_add("today in words", lambda t: Parts(top=f"<div>{t.today} {t.spell(CAPTURED.date())}</div>"))
_add("weather of today", lambda t: Parts(
    top=f'<div class="weather">{t.city} 12 °C<span>{t.spell(CAPTURED.date())}</span></div>'))  # fmt: skip
_add("rendered", lambda _: Parts(
    head='<meta name="date" content="2024-03-06T09:29:58Z">',
    fields=(("Date", "Wed, 06 Mar 2024 09:30:00 GMT"),
            ("Last-Modified", "Wed, 06 Mar 2024 09:29:59 GMT"))))  # fmt: skip
_add("copyright", lambda t: Parts(foot=f"© 2011–2024 {t.city}"))
_add("copyright of a day", lambda t: Parts(foot=f"© {t.spell(PAST[1])} {t.city}"))
_add("cookies", lambda t: Parts(
    top=f'<div class="cookie-consent"><p>{t.published} {t.spell(PAST[3])}</p></div>'))  # fmt: skip
_add("event as data", lambda _: Parts(
    head='<script type="application/ld+json">{"@type":"Event","startDate":"2024-02-14",'
         '"name":"x","datePublished":"2024-02-14"}</script>'))  # fmt: skip
_add("event as microdata", lambda t: Parts(
    under='<div itemscope itemtype="https://schema.org/Event"><time itemprop=startDate '
          f'datetime="2024-02-14T19:00">{t.spell(AHEAD[2])}</time></div>'))  # fmt: skip
_add("a product", lambda t: Parts(
    under=f"<table><tr><td>Model</td><td>W-200</td></tr><tr><td>{t.opening}</td>"
          f"<td>{t.spell(PAST[0])}</td></tr></table>"))  # fmt: skip
_add("releases", lambda t: Parts(
    under="".join(f"<h3>Version {n}.0 ({day.isoformat()})</h3><p>{t.prose[1]}</p>"
                  for n, day in enumerate(PAST))))  # fmt: skip
_add("an object of a museum", lambda t: Parts(
    under=f"<dl><dt>Inv.</dt><dd>1912,0423.7</dd><dt>{t.city}</dt><dd>{t.spell(PAST[0])}</dd>"
          "</dl>"))  # fmt: skip
_add("a career", lambda t: Parts(under="<ul>" + "".join(
    f"<li>{t.months[4]} {y} – {t.months[8]} {y + 2}: {t.city}</li>" for y in (2010, 2013, 2017))
    + "</ul>"))  # fmt: skip
_add("a law", lambda t: Parts(
    under=f"<p>§ 12 ({t.force} {t.spell(PAST[0])})</p>"))  # fmt: skip
for _clock in (
    "1970-01-01",
    "1970-01-01T00:00:00Z",
    "1970-01-01T01:00:00+01:00",
    "1900-01-01T00:00:00",
    "0001-01-01T00:00:00",
    "1969-12-31T19:00:00-05:00",
):
    _add(f"a clock unset in Open Graph {_clock}", _set_clock(_clock))
_add("a clock unset in JSON-LD", lambda t: Parts(
    head='<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s",'
         '"datePublished":"1970-01-01T00:00:00+00:00","dateModified":"1970-01-01T00:00:00+00:00"}'
         "</script>" % t.title))  # fmt: skip
_add("an epoch of nought", lambda t: Parts(
    head='<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s",'
         '"datePublished":0}</script>' % t.title))  # fmt: skip
_add("a clock unset and shown", lambda t: Parts(
    head='<meta property="article:published_time" content="1970-01-01T00:00:00Z">',
    under=f"<p class=date><time class=published datetime=1970-01-01>{t.spell(date(1970, 1, 1))}"
          "</time></p>"))  # fmt: skip

EACH = 4  # languages that each pattern is written in


def list_undated() -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Yield name, page and header fields of the pages that do not say when they were published."""
    templates, tongues = cycle(TEMPLATES), cycle(TONGUES)
    for name, pattern in PATTERNS.items():
        for _ in range(EACH):
            tongue, template = next(tongues), next(templates)
            page, fields = write_page(tongue, template, pattern(tongue))
            yield f"{name}, {tongue.tag}, {template.__name__}", page, fields
        next(templates)


URL = "https://ministry.example/news/wall"


PLACES: dict[str, Pattern] = {
    "a label": lambda t: Parts(under=f"<p>{t.published} {t.spell(TRUTH)}</p>"),
    "a label and figures": lambda t: Parts(
        under=f'<div class="meta">{t.published}: {t.figure(TRUTH)}, 10:30</div>'
    ),
    "a class": lambda t: Parts(under=f'<p class="date">{t.spell(TRUTH)}</p>'),
    "a block without a class": lambda t: Parts(under=f"<div>{t.spell(TRUTH)}</div>"),
    "a byline": lambda t: Parts(
        under=f'<div class="byline">{t.by} Anna Walker | {t.spell(TRUTH)}</div>'
    ),
    "a byline without a class": lambda t: Parts(
        under=f"<div>{t.by} Anna Walker, {t.spell(TRUTH)}</div>"
    ),
    "a time element": lambda t: Parts(
        under=f'<div><time datetime="2023-11-15T10:30:00Z">{t.spell(TRUTH)}</time></div>'
    ),
    "a time with a class": lambda t: Parts(
        over=f'<time class="entry-date published" datetime="2023-11-15">{t.figure(TRUTH)}</time>'
    ),
    "Open Graph": lambda _: Parts(
        head='<meta property="article:published_time" content="2023-11-15T10:30:00+01:00">'
    ),
    "JSON-LD": lambda t: Parts(
        head='<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s",'
        '"datePublished":"2023-11-15T10:30:00+01:00"}</script>' % t.title
    ),
    "JSON-LD and a block": lambda t: Parts(
        head='<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s",'
        '"datePublished":"2023-11-15T10:30:00+01:00"}</script>' % t.title,
        under=f"<div>{t.spell(TRUTH)}, 10:30</div>",
    ),
    "a dateline": lambda t: Parts(under=f"<p>{t.city}, {t.spell(TRUTH)} – {t.prose[1]}</p>"),
    "a place and a day": lambda t: Parts(
        under=f'<div class="place">{t.city}, {t.spell(TRUTH)}</div>'
    ),
    "a class over the headline": lambda t: Parts(
        over=f'<div class="news-date">{t.spell(TRUTH)}</div>'
    ),
    "a label behind the text": lambda t: Parts(end=f"<p>{t.published} {t.spell(TRUTH)}</p>"),
    "microdata": lambda t: Parts(
        under=f'<span itemprop="datePublished" content="2023-11-15">{t.figure(TRUTH)}</span>'
    ),
}


def _join(own: Parts, other: Parts) -> Parts:
    return Parts(
        head=own.head + other.head,
        top=other.top,
        over=other.over + own.over,
        under=own.under + other.under,
        mid=other.mid,
        end=other.end + own.end,
        side=other.side,
        foot=other.foot,
        fields=other.fields,
    )


def list_dated() -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Yield name, page and header fields of pages that say their day, others beside it."""
    templates, tongues, places = cycle(TEMPLATES), cycle(TONGUES), cycle(PLACES.items())
    for name, pattern in PATTERNS.items():
        for _ in range(2):
            tongue, template = next(tongues), next(templates)
            place, own = next(places)
            page, fields = write_page(tongue, template, _join(own(tongue), pattern(tongue)))
            yield f"{place}, beside {name}, {tongue.tag}, {template.__name__}", page, fields
        next(places)
