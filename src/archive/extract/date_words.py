"""Words that stand beside a date and say what it is the date of: publishing, changing, neither.

Lists are never whole; a word that is on none of them, but stands as a label does, makes a date
somebody else's all the same (`archive.extract.visible_dates`).  Not for: dates themselves
(`archive.extract.day_text`).
"""

import re
from functools import lru_cache
from typing import Literal

PUBLISHED = re.compile(
    r"publi(?:sh|é|ziert|k[oau]|ca[cdtç]|cer|s[eh])\w*|pubblica[tz]\w*|post(?:ed|é)\b|posted on"
    r"|veröffentlich|erschienen|erscheinung|erstellt|eingestellt|verfasst|geschrieben"
    r"|gepubliceerd|geplaatst|opublikowan\w*|dodano|offentliggjort|julkais[tu]|zveřejn\w*|vydáno"
    r"|közzét\w*|megjelen\w*|yayın\w*|опубл[иі]к\w*|публ[иі]кац\w*|δημοσι\w*|αναρτήθηκε"
    r"|paru le|mis en ligne|écrit|written|created"
    r"|issued|gespeichert|pressemitteilung|press release|communiqué|comunicado"
    r"|for (?:immediate )?release|submitted|soumis|eingetragen|online (?:seit|since)|gepostet"
    r"|scritto|escrito|inserito|ins[ée]r[ée]"
    r"|النشر|نُشر|نشر|تم نشر|انتشار|منتشر|פורסם|פרסום|发布|發布|发表|發表|發佈|刊登|公開日|掲載|投稿"
    r"|配信|発表|입력|등록|게시|작성|เผยแพร่|โพสต์",
    re.IGNORECASE,
)
MODIFIED = re.compile(
    r"updat\w*|modif\w*|last (?:changed|edited|review)\w*|revised|aktuali[sz]\w*|geändert|änderung"
    r"|überarbeitet|bearbeitet|stand\b|mis(?:e)? à jour|màj|a[ck]?tuali[sz]\w*|aggiorna[tm]\w*"
    r"|bijgewerkt"
    r"|gewijzigd|zaktualizowan\w*|uppdatera\w*|oppdater\w*|opdater\w*|päivitetty|frissít\w*"
    r"|güncelle\w*|düzenlen\w*|обновл\w*|измен[её]н\w*|оновлен\w*|módosít\w*|ενημέρωσ\w*|changed"
    r"|تحديث|تعديل|به ?روز ?رسانی|עודכן|עדכון|更新|修改|修正|改訂|수정|업데이트|แก้ไข|ปรับปรุง",
    re.IGNORECASE,
)
# What happens, begins, ends, holds or was looked at on a day: anywhere in what leads to it.
_EVENT = re.compile(
    r"\b(?:events?\b|opening|opens?\b|closing|closes|deadline|due\b|expir|valid|effective|in force"
    r"|entry into force|last (?:day|date|check|access|visit)|appl(?:y|ications?) (?:by|until)"
    r"|starts?\b|start(?:ing|date)|ends?\b|ending|begins?\b|until|from\b|born|died|founded"
    r"|established|joined|registered|accessed|retrieved|checked|since|today|release date|released"
    r"|(?:event|start|end|due|opening|closing|expiry|effective|meeting|hearing)\w*[\s-]date"
    r"|date of (?:the )?(?:event|birth|death|meeting|hearing|entry)|taken|recorded"
    r"|photo|foto|bild:|premi[eè]re"
    r"|veranstaltung|termin|eröffnung|beginn|anfang|ende\b|endet|frist|bewerbungsschluss"
    r"|einsendeschluss|anmeldeschluss|meldeschluss|gültig|in kraft|geboren|gestorben|gegründet"
    r"|mitglied|abgerufen|zuletzt (?:geprüft|besucht|abgerufen)|registriert|seit|bis|ab\b|heute"
    r"|aufgenommen|letzter tag"
    r"|ouverture|clôture|date limite|date de (?:l['’]événement|naissance|décès)|en vigueur|dernier"
    r"|dernière|née? le|décédée? le|fondée? le|depuis|jusqu|à partir|consulté|nous sommes"
    r"|apertura|inaugura|fecha l[íi]mite|fecha del? |en vigor|último|nacid|fallecid|fundad|desde"
    r"|hasta|hoy|consultado|plazo|scadenza|data dell?['’ ]|data limite|data do |in vigore|ultimo"
    r"|ultima|nat[oa] il|mort[oa] il|fondat|dal\b|oggi|abertura|em vigor|nascid|falecid|até|hoje"
    r"|prazo|uiterste|sluit|opgericht|overleden|van kracht|laatst|vandaag|sinds|tot\b|evenement"
    r"|otwarcie|termin|obowiązuje|ostatni|urodzon|zmarł|założon|dzisiaj|wydarzeni"
    r"|öppn|premiär|sista|gäller|född|död|grundad|åbning|frist|åpning|avaus|deadlin"
    r"|открыти|срок|действует|последн|родил|умер|основан|сегодня|мероприяти"
    r"|açılış|son başvuru|etkinlik|yürürlük|doğum|ölüm|kuruluş|son kontrol|bugün)"
    # Scripts that write words without spaces, or with articles before them.
    r"|الانعقاد|الموعد|موعد|الميلاد|سريان|מועד|אירוע|תוקף|לידה|開催|日時|期間|締切|締め切り|施行"
    r"|生年月日|開始|終了|开幕|截止|报名|生效|举行|召开|活动|会议|기간|마감|시행|행사|개최",
    re.IGNORECASE,
)

# A word for dates, with none before it that says of what.
_DATE_ALONE = re.compile(
    r"(?:\A|[|•·;/\n])\s*(?:date|datum|data|fecha|dato|дата|tarihi?|dátum|ημερομηνία|التاريخ|تاريخ|תאריך|日期|日付|날짜)\s*[:：]?\s*\Z",
    re.IGNORECASE,
)

# Names of days, long and short, as they stand beside dates.
WEEKDAY = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|mo|di|mi|do|fr|sa|so"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mié|jue|vie|sáb|dom"
    r"|luned[ìi]|marted[ìi]|mercoled[ìi]|gioved[ìi]|venerd[ìi]|sabato|domenica|gio"
    r"|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|seg|ter|qua|qui|sex"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|ma|wo|vr|za|zo"
    r"|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|pon|wt|śr|czw|pt|sob|niedz"
    r"|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|mandag|tirsdag|lørdag|søndag"
    r"|maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai"
    r"|pondělí|úterý|středa|čtvrtek|pátek|neděle|hétfő|kedd|szerda|csütörtök|péntek|szombat"
    r"|vasárnap|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|пн|вт|ср|чт|пт|сб|вс"
    r"|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar"
    r"|понеділок|вівторок|середа|четвер|пʼятниця|п'ятниця|субота|неділя"
    r"|δευτέρα|τρίτη|τετάρτη|πέμπτη|παρασκευή|σάββατο|κυριακή"
    r"|ال[اإ]ثنين|الثلاثاء|ال[أا]ربعاء|الخميس|الجمعة|السبت|ال[أا]حد"
    r"|יום [א-ו][׳']?|יום (?:ראשון|שני|שלישי|רביעי|חמישי|שישי)|שבת"
    r"|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu"
    r"|星期[一二三四五六日天]|[月火水木金土日]曜日|[월화수목금토일]요일"
)

Meaning = Literal["published", "modified", "event"]


@lru_cache(maxsize=4096)  # a page repeats its labels, and so does a site
def find_meaning(words: str) -> Meaning | None:
    """Return what the words before a date say of it, None where they say nothing.

    A word for an event counts unless one for publishing or changing stands behind it; of these
    the first counts.
    """
    if not words or words.isspace():
        return None
    if _DATE_ALONE.search(words):
        return "published"
    modified, published = MODIFIED.search(words), PUBLISHED.search(words)
    told = max((match.start() for match in (modified, published) if match), default=-1)
    if any(match.start() > told for match in _EVENT.finditer(words)):
        return "event"
    if modified and (published is None or published.start() < modified.start()):
        return "modified"
    return "published" if published else None
