"""The words of pages that came instead of a statement: refusals, challenges, questions, absences.

Where a name ends in ``_TITLE`` the pattern is the whole of a title, a heading or a part of one; a
``_SENTENCE`` is looked for in a line; a ``_MARK`` in the source.  Words in other languages are
added here.  Not for: what follows from them (`archive.extract.quality`).
"""

import re

# --- challenges -----------------------------------------------------------------------------------

CHALLENGE_FIELDS = (
    ("cf-mitigated", "challenge"),
    ("x-amzn-waf-action", "challenge"),
    ("x-amzn-waf-action", "captcha"),
    ("x-vercel-mitigated", "challenge"),
)
CHALLENGE_MARK = re.compile(
    r"_cf_chl_opt|cf-browser-verification|cf_captcha_kind|id=[\"']?challenge-form|anubis_challenge"
    r"|captcha-delivery\.com|awswafcaptcha|AwsWafIntegration|gokuProps|id=[\"']?px-captcha"
    r"|/_sec/cp_challenge|sec-if-cpt-container|geo\.captcha|sucuri_cloudproxy_js|__ddg_?challenge"
    r"|/\.well-known/sgcaptcha|vercel/security|hcaptcha-challenge|/distil_r_captcha"
    r"|slowAES\.decrypt"
)
_CHALLENGE_WORDS = (
    r"(?:just a moment|one moment,? please|un momento|einen moment,? bitte|nur einen moment"
    r"|un instant|even geduld|bir dakika lütfen|um momento"
    r"|checking your browser(?: before accessing .{0,60})?|making sure you['’]?re not a bot"
    r"|(?:please )?verif(?:y|ying) (?:that )?you (?:are|re|['’]re) (?:a )?(?:not a (?:ro)?bot"
    r"|human)"
    r"|verification required|human verification|bot verification|security check(?:point)?"
    r"|vercel security checkpoint|robot or human|are you (?:a )?(?:robot|human)|client challenge"
    r"|pardon our interruption|ddos[- ]?guard|ddos protection by .{1,30}|access verification"
    r"|(?:please )?(?:complete|solve) the (?:captcha|security check)(?: to (?:continue"
    r"|access .{0,60}))?"
    r"|captcha|re-?captcha|i['’]m not a robot|are you a human being|challenge validation"
    r"|bitte bestätigen sie,? dass sie (?:ein mensch|kein (?:ro)?bot(?:er)?) sind"
    r"|sicherheitsprüfung"
    r"|sicherheitsüberprüfung|vérification de sécurité|vérifiez que vous êtes humain"
    r"|verifica(?:ción)? de seguridad|verifique que (?:usted )?es (?:un )?humano"
    r"|verifica di sicurezza|проверка браузера|проверка безопасности|подтвердите,? что вы не робот)"
)
CHALLENGE_TITLE = re.compile(_CHALLENGE_WORDS, re.IGNORECASE)
CHALLENGE_SENTENCE = re.compile(
    r"(?:please )?(?:enable|turn on) java-?script and cookies to continue"
    r"|checking (?:if the site connection is secure|your browser before accessing)"
    r"|(?:this|the) (?:website|site) (?:uses|is using) a security service to protect against"
    r"|verif(?:y|ying) (?:that )?you are (?:a )?(?:human"
    r"|not a (?:ro)?bot)[.!]?\s?(?:this may take|$)"
    r"|needs to review the security of your connection before proceeding"
    r"|press (?:&|and) hold to confirm you are|completing the captcha proves you are a human"
    r"|protected by anubis|please complete the security check to access"
    r"|your browser will redirect to your requested content shortly"
    r"|as you were browsing,? something about your browser made us think you (?:were"
    r"|might be) a bot"
    r"|(?:our systems have detected )?unusual (?:traffic|activity) (?:from|on) your"
    r"|aktivieren sie javascript und cookies,? um fortzufahren"
    r"|activez javascript et les cookies pour continuer"
    r"|habilite javascript y las cookies para continuar",
    re.IGNORECASE,
)

# --- refusals -------------------------------------------------------------------------------------

BLOCK_FIELDS = (("x-sucuri-block", ""), ("x-amzn-waf-action", "block"), ("x-dd-b", ""))
BLOCK_TITLE = re.compile(
    r"(?:(?:error )?40[136](?:[\s:–-]+(?:forbidden|unauthori[sz]ed|not acceptable|access denied))?"
    r"|forbidden|access (?:to this (?:page|site|website) (?:has been|is) )?(?:denied|forbidden"
    r"|blocked)"
    r"|request (?:rejected|blocked|denied|unsuccessful)|(?:you have been|you are"
    r"|you['’]ve been) blocked"
    r"|attention required!?|sorry,? you have been blocked|blocked|not acceptable!?|error 10\d\d"
    r"|access restricted"
    r"|(?:the )?requested url was rejected|sucuri website firewall(?: - access denied)?"
    r"|error:? the request could not be satisfied|the request could not be satisfied"
    r"|429(?: too many requests)?|too many requests|rate limit(?:ed| exceeded)"
    r"|you are being rate limited"
    r"|503(?: service (?:temporarily )?unavailable)?|service (?:temporarily )?unavailable"
    r"|unavailable for legal reasons|451(?: unavailable.*)?|incapsula incident"
    r"|zugriff (?:verweigert|nicht gestattet|gesperrt)|zugang verweigert|accès (?:refusé|interdit)"
    r"|acceso (?:denegado|prohibido)|accesso negato|acesso negado|toegang geweigerd"
    r"|доступ (?:запрещен"
    r"|запрещён|ограничен)|odmowa dostępu|přístup odepřen|pääsy estetty|åtkomst nekad"
    r"|erişim engellendi"
    r"|(?:content |site |page )?(?:un|not )available in your (?:country|region|location))",
    re.IGNORECASE,
)
BLOCK_SENTENCE = re.compile(
    r"the requested url was rejected\. please consult with your administrator"
    r"|your support id is:?\s?<?\d+"
    r"|you don['’]t have permission to access .{1,200}? on this server"
    r"|reference\s?#\s?\d+\.[0-9a-f]+\.\d+"
    r"|incapsula incident id|request unsuccessful\. incapsula"
    r"|you (?:are unable|do not have permission) to access .{1,100}? (?:because|using)"
    r"|(?:this website is using|uses) a security service to protect itself from online attacks"
    r"|cloudflare ray id|the owner of this website .{1,200}? has banned"
    r"|access denied \| .{1,100}? used cloudflare to restrict access"
    r"|your (?:access to this (?:site|service) has been (?:limited|blocked)"
    r"|ip(?: address)? (?:\S+ )?"
    r"(?:has been|is|was) (?:blocked|banned|blacklisted))"
    r"|sucuri website firewall|block(?:ed)? by (?:the )?(?:wordfence|sucuri|firewall|waf"
    r"|cloudfront)"
    r"|generated by wordfence|request blocked\.\s*we can['’]t connect to the server"
    r"|mod_security|an appropriate representation of the requested resource could not be found"
    r"|access to this page has been denied|we believe you are using automation tools"
    r"|(?:content|site|page|website|service|video) is (?:un|not )(?:currently )?available (?:in"
    r"|from)"
    r" your (?:country|region|location|area)"
    r"|(?:isn['’]t|is not|unavailable) (?:currently )?available (?:in|to) (?:most |visitors (?:in"
    r"|from) )?"
    r"(?:european countries|the (?:eu|european union|european economic area))"
    r"|due to (?:the )?(?:gdpr|eu general data protection|general data protection regulation)"
    r"|from a country belonging to the european economic area"
    r"|diese (?:seite|inhalte) (?:ist|sind) in ihrem land nicht verfügbar"
    r"|n['’]est pas disponible dans votre (?:pays|région)|no está disponible en su (?:país|región)",
    re.IGNORECASE,
)

# --- questions about data -------------------------------------------------------------------------

WALL_HOST = re.compile(
    r"https?://(?:consent\.(?:google|youtube|yahoo)\.[a-z.]+|guce\.[a-z.]+|myprivacy\.[a-z.]+"
    r"|(?:www\.)?facebook\.com/privacy/consent|[a-z.-]*/?consent-management)(?:/|:|\Z)",
    re.IGNORECASE,
)
WALL_TITLE = re.compile(
    r"(?:before you continue.*|bevor sie (?:zu .{1,40} )?(?:weitergehen|fortfahren).*"
    r"|avant (?:de continuer|d['’]accéder à).*|antes de (?:continuar|ir a).*|prima di continuare.*"
    r"|voordat je (?:verdergaat|naar).*|przed przejściem do.*|innan du fortsätter.*"
    r"|før du fortsætter.*"
    r"|we (?:value|care about|respect) your privacy|your privacy (?:choices|matters|is important.*)"
    r"|privacy (?:settings|preferences|preference cent(?:er|re)|manager|choices|gate|wall)"
    r"|(?:manage )?(?:cookie|consent)s? (?:settings|preferences|consent|choices|notice|wall)"
    r"|(?:data )?consent|consent management|cookies?|we use cookies|cookies on .{1,40}"
    r"|datenschutz-?(?:einstellungen|zustimmung)?|privatsphäre-?einstellungen|cookie-?einstellungen"
    r"|(?:ihre )?(?:zustimmung|einwilligung)(?: erforderlich)?|wir und unsere (?:\d+ )?partner.*"
    r"|mit werbung weiterlesen|(?:.{1,40} )?mit werbung (?:und tracking )?(?:weiter)?(?:lesen"
    r"|nutzen)"
    r"|we and our (?:\d+ )?partners.*|nous et nos (?:\d+ )?partenaires.*|votre vie privée.*"
    r"|vos choix .{1,40}|gestion des cookies|su privacidad.*|tu privacidad.*|la tua privacy.*"
    r"|jouw privacy.*|cookie-?toestemming|uw privacy.*|a sua privacidade.*|twoja prywatność.*"
    r"|dbamy o (?:twoją )?prywatność.*|vaše soukromí.*|yksityisyytesi.*|din integritet.*"
    r"|dit privatliv.*"
    r"|мы используем (?:файлы )?cookies?)",
    re.IGNORECASE,
)
# What the page that asks says of itself and its reader; a report about such pages does not.
WALL_SENTENCE = re.compile(
    r"\b(?:we|our|us)\b.{0,80}\b(?:cookies?|partners?|personal data|personali[sz]ed|consent"
    r"|device)\b"
    r"|\b(?:cookies?|partners?|personal data|personali[sz]ed|consent)\b.{0,80}\b(?:we|our|your"
    r"|you)\b"
    r"|\byou(?:r)?\b.{0,80}\b(?:consent|choices?|preferences|privacy|cookies?)\b"
    r"|\b(?:wir|unsere?[nr]?|uns)\b.{0,100}(?:cookies?|partner|daten|einwilligung|zustimm|gerät)"
    r"|\b(?:ihre?[rn]?|sie|deine?[rn]?|du)\b.{0,100}(?:einwilligung|zustimm|cookies?|datenschutz"
    r"|tracking)"
    r"|\b(?:nous|nos|notre|vos|votre|vous)\b.{0,100}(?:cookies?|partenaires|données|consent"
    r"|traceurs)"
    r"|\b(?:nosotros|nuestros?|nuestras?|sus?|usamos|utilizamos)\b.{0,100}(?:cookies|socios|datos"
    r"|consent|privacidad)"
    r"|\b(?:noi|nostri|nostro|utilizziamo|tuoi?|tua)\b.{0,100}(?:cookie|partner|dati|consenso)"
    r"|\b(?:wij|we|onze|je|jouw|uw)\b.{0,100}(?:cookies?|partners|gegevens|toestemming)"
    r"|\b(?:nós|nossos?|seus?|suas?|utilizamos)\b.{0,100}(?:cookies|parceiros|dados|consent)"
    r"|\b(?:my|nasi|naszych|twoje|twojej)\b.{0,100}(?:cookies|partner|dan(?:e|ych)|zgod)"
    r"|\b(?:vi|våra|vores|våre|dina?|dine)\b.{0,100}(?:cookies|kakor|partner|samtykke|samtycke"
    r"|data)"
    r"|\b(?:my|naši|našich|vaše|váš)\b.{0,100}(?:cookies|partne|souhlas|údaj)",
    re.IGNORECASE,
)
WALL_BUTTON = re.compile(
    r"(?:(?:yes,? )?i (?:agree|accept)|agree(?: (?:and|&) (?:continue|proceed|close))?"
    r"|(?:accept|allow|reject|decline|refuse|deny)(?: (?:and|&) (?:continue|close))?(?: all)?"
    r"(?: cookies)?|(?:accept|agree) to all|(?:manage|more|customi[sz]e) (?:options|settings"
    r"|preferences|choices|cookies)|continue without accepting|ok,? got it"
    r"|(?:alle(?:s)? )?(?:cookies )?(?:akzeptieren|annehmen|ablehnen|zulassen|zustimmen)"
    r"(?: (?:und|&) (?:weiter|schließen|fortfahren))?|alle (?:cookies )?(?:akzeptieren|ablehnen"
    r"|zulassen)"
    r"|(?:ich )?(?:stimme zu|einverstanden)|weiter mit werbung|mit werbung (?:weiterlesen|nutzen)"
    r"|einwilligen(?: und weiter)?|(?:tout |je )?(?:accepter|refuser|j['’]accepte)"
    r"(?: (?:et (?:fermer|continuer)|tout|tous les cookies))?|continuer sans accepter"
    r"|(?:aceptar|rechazar)(?: (?:todo|todas(?: las cookies)?|y (?:continuar|cerrar)))?"
    r"|(?:accetta|rifiuta|accetto)(?: (?:tutti?|tutto|e (?:continua|chiudi)))?"
    r"|(?:alles |alle cookies )?(?:accepteren|weigeren|toestaan)|akkoord"
    r"|(?:aceitar|rejeitar|recusar)(?: tud[oa]s?)?|(?:akceptuj|zaakceptuj|odrzuć|zgadzam się)"
    r"(?: wszystkie?)?(?: i (?:przejdź dalej|zamknij))?|(?:acceptera|godkänn|avvisa|neka)(?: alla)?"
    r"|(?:accepter|tillad|afvis|godta|avvis|avslå)(?: alle)?|hyväksy(?: kaikki)?"
    r"|(?:přijmout|souhlasím|odmítnout)(?: v[šs]e(?:chny)?)?|elfogadom|принять(?: все)?|kabul et)",
    re.IGNORECASE,
)

# --- pages that are not there ---------------------------------------------------------------------

_THING = (
    r"(?:(?:the|this|that|your|sorry,? (?:the|this|that)) )?(?:requested )?(?:web ?)?(?:page"
    r"|article|story"
    r"|document|content|post|file|url|item|site|press release|news item|resource)"
)
_GONE_WORDS = (
    r"(?:(?:http )?(?:error|fehler|erreur|hiba|chyba|błąd|ошибка)?[\s:–-]*404"
    r"(?:[\s:,.!–-]+(?:error|fehler|page|file|not found|page not found|nicht gefunden"
    r"|seite nicht gefunden|page (?:non trouvée|introuvable)|no encontrad[ao]|não encontrad[ao]))?"
    r"|(?:oops|ooops|whoops|uh[- ]oh|sorry|hoppla|huch|ups)[!,.…\s]*"
    r"|"
    + _THING
    + r" (?:is |was |has )?(?:(?:can ?no|could ?no|can['’])t be |could not be |cannot be )?"
    r"(?:not )?(?:found|been (?:removed|deleted|moved)|exist|removed|deleted)"
    r"|" + _THING + r" (?:(?:does|did)(?:n['’]t| not) exist|(?:is )?(?:no longer|not|un) ?available"
    r"|no longer exists?|has (?:expired|been (?:removed|deleted|archived)|moved))"
    r"|(?:we (?:can['’]t|cannot|couldn['’]t|could not)|(?:can['’]t|unable to)) (?:seem to )?find"
    r" (?:the|that|this) (?:page|content|article)(?: you(?:['’]re| are|['’]ve"
    r"| were)? (?:looking for"
    r"|requested|after))?|not found|nothing (?:was )?found(?: here)?|page missing|missing page"
    r"|no (?:such )?(?:page|article|results?) (?:was |were )?found"
    r"|(?:die |diese[rs]? )?(?:angeforderte |gewünschte |gesuchte )?(?:seite|artikel|beitrag"
    r"|dokument"
    r"|inhalt|datei|meldung|pressemitteilung)(?: (?:wurde|konnte|ist|existiert))?(?: leider)?"
    r"(?: nicht)?(?: mehr)?(?: nicht)? (?:gefunden(?: werden)?|verfügbar|vorhanden|gelöscht"
    r"|entfernt"
    r"|existiert nicht(?: mehr)?)|(?:die |diese )?seite existiert (?:leider )?nicht(?: mehr)?"
    r"|nicht gefunden|(?:la |cette )?(?:page|article|document) (?:demandée? )?(?:est |n['’]est "
    r"|n['’]a |n['’])?"
    r"(?:pas |plus )?(?:été )?(?:introuvable|non trouvée?|trouvée?|existe (?:pas|plus)|disponible"
    r"|supprimée?|indisponible)|contenu (?:introuvable|indisponible)"
    r"|(?:la |esta )?(?:página|artículo|contenido|noticia)(?: solicitad[ao]| que busca[sn]?)?"
    r"(?: no)?(?: ha sido| fue| se ha| existe| está| se)?(?: ya)?(?: no)? ?(?:encontrad[ao]"
    r"|encuentra"
    r"|existe|disponible|eliminad[ao])"
    r"|(?:la )?pagina (?:richiesta )?(?:non (?:è stata )?(?:trovata|esiste(?: più)?"
    r"|è (?:più )?disponibile)"
    r"|rimossa)|(?:a |esta )?página (?:solicitada )?(?:não (?:foi )?(?:encontrada|existe(?: mais)?"
    r"|está disponível)|removida)|(?:de |deze )?pagina (?:is )?(?:niet (?:gevonden|beschikbaar)"
    r"|bestaat niet(?: meer)?|verwijderd)|(?:ta |podana )?stron[ay] nie (?:została )?(?:znaleziono"
    r"|znaleziona|istnieje)|nie znaleziono(?: strony)?|sidan (?:kunde inte hittas|hittades inte"
    r"|finns inte(?: längre)?|saknas)|siden (?:blev )?(?:ikke (?:fundet|funnet)|finnes ikke"
    r"|findes ikke(?: længere)?|eksisterer ikke)|(?:fant ikke|kan ikke finde) siden"
    r"|sivua ei (?:löydy|löytynyt)|str[áa]nka (?:nebyla nalezena|neexistuje|nenalezena"
    r"|nebola nájdená)"
    r"|(?:az |a )?(?:keresett )?oldal nem (?:található|létezik)|sayfa bulunamadı"
    r"|страница не (?:найдена|существует)|сторінк[ау] не (?:знайдено|існує)"
    r"|pagina nu (?:a fost găsită"
    r"|există)|stranica nije pronađena|σελίδα δεν βρέθηκε|η σελίδα δεν (?:βρέθηκε|υπάρχει)"
    r"|הדף לא נמצא|الصفحة غير موجودة|ページが見つかりません(?:でした)?"
    r"|お探しのページは見つかりません(?:でした)?"
    r"|页面(?:不存在|未找到)|找不到(?:页面|頁面|网页)|페이지를 찾을 수 없습니다)"
)
GONE_TITLE = re.compile(_GONE_WORDS + r"[\s.!…:(]*", re.IGNORECASE)
BARE_NUMBER = re.compile(
    r"\W*(?:(?:http|error|fehler|erreur|hiba|chyba|błąd|ошибка)\W*)*404\W*(?:(?:error|page)\W*)?"
    r"|\W*(?:oops|ooops|whoops|uh[- ]oh|sorry|hoppla|huch|ups)\W*",
    re.IGNORECASE,
)
GONE_SENTENCE = re.compile(
    r"(?:page|article|content|document|file|url|link|address|resource|story)\b.{0,60}\b(?:(?:can"
    r"|could)"
    r"(?:[ ]?not|n['’]t) be found|(?:does|do|did)(?:n['’]t| not) exist|no longer (?:exists?"
    r"|available)"
    r"|(?:has|have|may have|might have) been (?:removed|deleted|moved)|moved or (?:deleted"
    r"|removed))"
    r"|(?:can['’]?t|cannot|could(?:n['’]t| not)|unable to) (?:seem to )?find (?:the|that|this"
    r"|what) "
    r"|(?:seite|artikel|beitrag|inhalt|adresse|dokument"
    r"|meldung)\b.{0,80}(?:nicht (?:mehr )?(?:gefunden"
    r"|verfügbar|vorhanden|existier)|existiert (?:leider )?nicht|verschoben|gelöscht|entfernt)"
    r"|page\b.{0,60}(?:introuvable|n['’]existe (?:pas|plus)|(?:supprim|déplac)ée)"
    r"|página\b.{0,60}(?:no (?:existe|se ha encontrado|está disponible)|não (?:existe"
    r"|foi encontrada"
    r"|está disponível))|pagina\b.{0,60}(?:non (?:esiste|è stata trovata|trovata)|niet (?:gevonden"
    r"|bestaat)|bestaat niet)|stron\w+\b.{0,60}nie (?:istnieje|została)|sid(?:an|en)\b.{0,60}"
    r"(?:inte|ikke)|stránk\w+\b.{0,60}(?:neexistuje|nenalezen|nebyla)|sivu\w*\b.{0,40}ei löydy"
    r"|страниц\w+\b.{0,60}(?:не (?:найдена|существует)|удалена)",
    re.IGNORECASE,
)
# A part of a title ends at a bar; at a hyphen only between spaces.
BAR = re.compile(r"\s+[-–—:]\s+|\s*[|»«·•›‹]+\s*|:\s+")
