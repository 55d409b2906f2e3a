"""The words by which a page's furniture is known, in the languages that we read.

Written as `fold_line` folds them: no accents, no capitals.  A table for each kind; a language a
line, in the order en, de, fr, es, it, pt, nl, tr, hu, pl, ru, ar, zh where it has such words.
Not for: deciding about a line (`archive.history.own_words`).
"""

import re
import unicodedata


def fold_line(line: str) -> str:
    """Return ``line`` for looking up: compatibility forms, case and accents folded away."""
    if line.isascii():
        return line.lower()
    folded = unicodedata.normalize("NFKD", line).casefold().replace("ı", "i")
    marks = [one for one in set(folded) if unicodedata.category(one) in ("Mn", "Cf", "Me")]
    return folded.translate(dict.fromkeys(map(ord, marks))) if marks else folded


def _fold_all(table: str) -> frozenset[str]:
    """Return the phrases of a table, which are parted by bars and lines."""
    phrases = (
        " ".join(fold_line(phrase).split())
        for line in table.strip().splitlines()
        for phrase in line.split("|")
    )
    return frozenset(phrases) - {""}


def _any_of(table: str) -> str:
    """Return a pattern for any phrase of a table, the longest first."""
    phrases = sorted(_fold_all(table), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase) for phrase in phrases)


# Lines that lead to other pages: alone, or with a title behind a colon or dash.
LEADS = _fold_all("""
read more|read also|also read|see also|related|related links|related articles|related stories|
related content|related topics|related news|related posts|more on this story|more on this topic|
you may also like|you might also like|
don't miss|don’t miss|more stories|
more news|watch also|watch now|
lesen sie auch|lesen sie mehr|lesen sie weiter|mehr lesen|mehr zum thema|
siehe auch|auch interessant|das könnte sie auch interessieren|das könnte dich auch interessieren|
verwandte artikel|ähnliche artikel|weitere artikel|
lire aussi|à lire aussi|lire la suite|voir aussi|sur le même sujet|articles liés|
à lire également|lire également|vous aimerez aussi|articles similaires
lea también|leer más|lee también|ver también|te puede interesar|le puede interesar|
noticias relacionadas|artículos relacionados|también te puede interesar|
leggi anche|leggi tutto|vedi anche|articoli correlati|potrebbe interessarti|
leia também|leia mais|veja também|notícias relacionadas|artigos relacionados|
lees ook|lees meer|lees verder|zie ook|gerelateerd|gerelateerde artikelen|meer lezen|
ayrıca okuyun|bunları da okuyun|devamını oku|ilgili haber|ilgili haberler|benzer haberler|
bunlar da ilginizi çekebilir|
olvassa el ezt is|ezt is olvassa el|kapcsolódó|kapcsolódó cikk|kapcsolódó cikkek|ajánlott cikkek|
tovább olvasom|olvasson tovább|
czytaj także|czytaj też|zobacz także|zobacz też|przeczytaj także|czytaj więcej|powiązane artykuły|
powiązane|
читайте также|читать далее|смотрите также|материалы по теме|похожие статьи|
اقرأ أيضا|اقرأ المزيد|شاهد أيضا|مواضيع ذات صلة|أخبار ذات صلة|مقالات ذات صلة|
إقرأ أيضا|قد يعجبك أيضا
延伸阅读|相关阅读|相关新闻|相关文章|相关链接|推荐阅读|阅读更多|阅读原文|延伸閱讀|相關閱讀|
相關新聞|相關文章|閱讀更多|推薦閱讀
""")

# Lines that count only where they stand alone: with more behind, they may be the statement's.
HEADINGS = _fold_all("""
recommended for you|recommended|trending now|trending|latest news|top stories|more from|
keep reading|continue reading|read next|up next|learn more|most read|most popular|
mehr dazu|weiterlesen|meistgelesen|en savoir plus|les plus lus|más información|
lo más leído|per approfondire|i più letti|saiba mais|mais lidas|meest gelezen|
daha fazla bilgi|en çok okunanlar|haberin devamı|bővebben|legolvasottabb|polecane|
najczęściej czytane|подробнее|рекомендуем|самое читаемое|المزيد|الأكثر قراءة|热门文章|
weitere meldungen|zum thema|по теме|更多新闻
""")

# Lines that are furniture as they stand.
WHOLE = _fold_all("""
advertisement|advertising|ad|ads|advert|sponsored|sponsored content|paid content|promoted|
scroll to continue|story continues below|article continues below|
story continues below advertisement|
article continues below advertisement|continue reading below|
share|share this|share this article|share this story|share this page|share this post|share article|
share on facebook|share on twitter|share on x|share on linkedin|share on whatsapp|share via email|
share by email|share this on facebook|share this on twitter|tweet|tweet this|pin it|copy link|
link copied|print|print this|print this page|print article|print this article|email this|save|
save article|bookmark|follow|follow us|facebook|twitter|linkedin|whatsapp|telegram|instagram|
youtube|email|e-mail|rss|comments|comment|leave a comment|leave a reply|post a comment|add comment|
add a comment|no comments|no comments yet|view comments|show comments|join the conversation|
skip to content|skip to main content|skip to navigation|back to top|top of page|menu|home|search|
log in|login|sign in|sign up|subscribe|subscribe now|register|loading|please wait|next|previous|
previous article|next article|view all|show more|show less|load more|see all|
cookie settings|cookie preferences|cookie policy|privacy policy|manage cookies|accept|accept all|
accept cookies|accept all cookies|reject all|terms of use|terms and conditions|all rights reserved|
listen|listen to this article|listen to article|download our app|get the app|
subscribe to our newsletter|
anzeige|werbung|gesponsert|teilen|artikel teilen|beitrag teilen|seite teilen|auf facebook teilen|
auf twitter teilen|drucken|artikel drucken|seite drucken|kommentare|kommentar|kommentieren|
kommentar schreiben|kommentar verfassen|zum seitenanfang|nach oben|zum inhalt springen|suche|
startseite|anmelden|abonnieren|newsletter|newsletter abonnieren|link kopieren|merken|folgen sie uns|
alle rechte vorbehalten|artikel anhören|anhören|mehr anzeigen|datenschutz|impressum|
cookie-einstellungen|alle akzeptieren|alle cookies akzeptieren
publicité|partager|partager cet article|partager sur facebook|partager sur twitter|imprimer|
commentaires|commenter|laisser un commentaire|haut de page|retour en haut|aller au contenu|
s'abonner|s’abonner|se connecter|suivez-nous|tous droits réservés|écouter|écouter l'article|
tout accepter|tout refuser|gérer les cookies|mentions légales|copier le lien
publicidad|anuncio|compartir|compartir en facebook|compartir en twitter|comparte esta noticia|
imprimir|comentarios|comentar|dejar un comentario|volver arriba|ir al contenido|suscríbete|
iniciar sesión|síguenos|todos los derechos reservados|aceptar todo|aceptar cookies|copiar enlace
pubblicità|annuncio|condividi|condividi su facebook|condividi su twitter|condividi l'articolo|
stampa|
commenti|commenta|lascia un commento|torna su|vai al contenuto|abbonati|accedi|seguici|
tutti i diritti riservati|accetta tutti|accetta|copia link
publicidade|anúncio|compartilhar|compartilhe|partilhar|partilhe|comentários|deixe um comentário|
voltar ao topo|ir para o conteúdo|assine|entrar|siga-nos|todos os direitos reservados|aceitar todos
advertentie|delen|deel dit artikel|deel op facebook|afdrukken|reacties|reageer|plaats een reactie|
naar boven|naar de inhoud|abonneer|inloggen|volg ons|alle rechten voorbehouden|alles accepteren
reklam|paylaş|facebook'ta paylaş|twitter'da paylaş|haberi paylaş|yazdır|yorumlar|yorum yap|
yorum yaz|başa dön|yukarı çık|abone ol|giriş yap|takip et|bizi takip edin|tüm hakları saklıdır|
tümünü kabul et|linki kopyala
hirdetés|megosztás|oszd meg|megosztom|nyomtatás|hozzászólások|hozzászólok|vissza a tetejére|
feliratkozás|bejelentkezés|kövess minket|minden jog fenntartva|elfogadom|összes elfogadása|
ugrás a tartalomhoz|szponzorált tartalom
reklama|udostępnij|podziel się|drukuj|komentarze|skomentuj|dodaj komentarz|do góry|
przejdź do treści|zaloguj się|subskrybuj|obserwuj nas|wszelkie prawa zastrzeżone|akceptuj wszystkie
реклама|поделиться|поделиться в facebook|распечатать|печать|комментарии|комментировать|
оставить комментарий|наверх|войти|подписаться|подписывайтесь на нас|все права защищены|
принять все|на правах рекламы
إعلان|إعلانات|شارك|مشاركة|شارك المقال|طباعة|تعليقات|التعليقات|أضف تعليق|اشترك|تسجيل الدخول|تابعنا|
جميع الحقوق محفوظة|العودة إلى الأعلى|نسخ الرابط
广告|廣告|分享|分享到微信|分享到微博|打印|列印|评论|評論|发表评论|返回顶部|返回頂部|登录|登入|
订阅|訂閱|
关注我们|版权所有|版權所有|保留所有权利|收藏|点赞|字号|赞助内容
""")

# What a counter counts on a page.
COUNTED = _any_of("""
view|views|page views|pageviews|comment|comments|share|shares|like|likes|reaction|reactions|
retweet|retweets|reply|replies|follower|followers|reads|people reading|people are reading this|
people reading this|readers online|visitors online|times read|times viewed|downloads so far|
aufruf|aufrufe|kommentar|kommentare|mal geteilt|mal gelesen|klicks|leser online|gefällt mir|
vue|vues|commentaire|commentaires|partage|partages|lectures|j'aime|réactions
visita|visitas|vistas|visualizaciones|comentario|comentarios|veces compartido|lecturas|me gusta|
visualizzazioni|commento|commenti|condivisioni|letture|mi piace
visualizações|visualização|comentário|comentários|compartilhamentos|partilhas|curtidas|leituras
weergaven|keer bekeken|keer gelezen|reactie|reacties|keer gedeeld
görüntüleme|görüntülenme|yorum|paylaşım|beğeni|okunma|kez okundu|kişi okudu
megtekintés|hozzászólás|megosztás|komment|olvasás|tetszik
wyświetleń|wyświetlenia|odsłon|komentarz|komentarze|komentarzy|udostępnień|polubień
просмотр|просмотра|просмотров|комментарий|комментария|комментариев|репостов|лайков|прочтений
مشاهدة|مشاهدات|تعليق|تعليقات|مشاركة|مشاركات|إعجاب|قراءة
次阅读|次浏览|次閱讀|次瀏覽|阅读|浏览|条评论|則評論|次分享|个赞|人阅读|人浏览|点赞|次播放
""")
# Words that stand before a counter's number.
COUNTS = _any_of("""
views|page views|comments|shares|likes|reactions|replies|read by|viewed|visitors|hits
aufrufe|kommentare|klicks|vues|commentaires|partages|visitas|vistas|comentarios|lecturas
visualizzazioni|commenti|condivisioni|letture|visualizações|comentários|leituras|weergaven|reacties
görüntülenme|görüntüleme|okunma|okunma sayısı|yorum|yorumlar|paylaşım|megtekintések|megtekintés
hozzászólások|wyświetlenia|wyświetleń|odsłony|komentarze|просмотров|просмотры|комментарии
комментариев|прочитано|المشاهدات|عدد المشاهدات|عدد القراءات|التعليقات|مشاهدات|تعليقات
阅读|阅读量|阅读数|阅读次数|浏览|浏览量|浏览次数|评论|评论数|点击|点击数|分享|閱讀|瀏覽|人氣|评论（
""")

_UNITS = _any_of("""
s|sec|secs|second|seconds|m|min|mins|minute|minutes|h|hr|hrs|hour|hours|d|day|days|w|week|weeks|
month|months|year|years
sekunde|sekunden|minuten|std|stunde|stunden|tag|tage|tagen|woche|wochen|monat|monate|monaten|jahr|
jahren
seconde|secondes|heure|heures|jour|jours|semaine|semaines|mois|an|ans
segundo|segundos|minuto|minutos|hora|horas|día|días|semana|semanas|mes|meses|año|años
secondo|secondi|minuti|ora|ore|giorno|giorni|settimana|settimane|mese|mesi|anno|anni
mês|dia|dias|ano|anos
seconden|minuut|uur|uren|dag|dagen|weken|maand|maanden|jaar
saniye|dakika|dk|saat|gün|hafta|ay|yıl
másodperce|perce|órája|napja|hete|hónapja|éve|másodperccel|perccel|órával|nappal|héttel|hónappal|
évvel
sekund|sekundę|sekundy|minut|minutę|minuty|godz|godzinę|godziny|godzin|dzień|dni|tydzień|tygodnie|
tygodni|miesiąc|miesiące|miesięcy|rok|lata|lat
секунд|секунду|секунды|мин|минут|минуту|минуты|час|часа|часов|день|дня|дней|неделю|недели|недель|
месяц|месяца|месяцев|год|года|лет
ثانية|ثوان|دقيقة|دقيقتين|دقائق|ساعة|ساعتين|ساعات|يوم|يوما|يومين|أيام|أسبوع|أسابيع|شهر|أشهر|سنة|سنوات
秒|秒钟|分钟|分鐘|小时|小時|天|日|周|週|个月|個月|年
""")
_A = r"(?:\d{1,4}|an?|one|ein|eine|einer|einem|une?|un|una|um|uma|een|bir|egy)"
# «3 hours ago», «vor 3 Stunden», «3小时前»: how long ago, and its turns of phrase.
RELATIVE = (
    rf"(?:about |ca\.? |etwa |environ |alrededor de |circa |около |حوالي |约)?"
    rf"(?:{_A}\s?(?:{_UNITS})\.?(?:,? (?:and |und |et )?{_A}\s?(?:{_UNITS})\.?)?\s?"
    r"(?:ago|fa|atras|geleden|once|temu|назад|ezelott|前|以前)"
    rf"|(?:vor|il y a|hace|ha|قبل|منذ)\s(?:{_A}\s)?(?:{_UNITS})\.?"
    r"|(?:\d{1,3}|egy)\s(?:masodperce|perce|oraja|napja|hete|honapja|eve)"
    r"|just now|moments ago|gerade eben|a l'instant|ahora mismo|proprio ora|agora mesmo|zojuist"
    r"|az once|simdi|epp most|przed chwila|только что|الان|刚刚|剛剛)"
)
_READING = _any_of("""
reading time|estimated reading time|read time|time to read|lesezeit|lesedauer|temps de lecture|
durée de lecture|tiempo de lectura|tempo di lettura|tempo de leitura|leestijd|okuma süresi|
olvasási idő|czas czytania|время чтения|время на чтение|وقت القراءة|مدة القراءة|阅读时间|
预计阅读时间
""")
# «5 min read», «Lesezeit: 5 Minuten».
READING_TIME = (
    rf"(?:\d{{1,3}}(?:\s?-\s?\d{{1,3}})?[\s-]?(?:{_UNITS})\.?[\s-]?"
    r"(?:read|reading time|reading|lesezeit|de lecture|de lectura|di lettura|de leitura"
    r"|leestijd|okuma|olvasas|czytania|чтения)"
    rf"|(?:{_READING})\s?:?\s?(?:ca\.? |about |~)?\d{{1,3}}\s?(?:{_UNITS})?\.?"
    rf"|(?:lecture|lectura) (?:de )?\d{{1,3}} (?:{_UNITS})\.?)"
)

# What stands before a date or a relative time that a page gives for itself.
LABELS = _any_of("""
updated|last updated|last update|update|last modified|modified|last changed|last reviewed|
page last updated|page last modified|this page was last updated|this page was last modified|
published|first published|originally published|posted|date|date published|published on|posted on|
updated on|last updated on|created|release date|issued|issued on|date issued|as of
aktualisiert|zuletzt aktualisiert|aktualisiert am|letzte aktualisierung|zuletzt geändert|
letzte änderung|geändert am|stand|veröffentlicht|veröffentlicht am|erschienen|erschienen am|
erstellt|erstellt am|datum|publiziert|publiziert am
mis à jour|mis à jour le|mise à jour|dernière mise à jour|dernière modification|modifié le|publié|
publié le|publiée le|date de publication|date|posté le
actualizado|actualizado el|última actualización|última modificación|publicado|publicado el|fecha|
fecha de publicación|modificado el
aggiornato|aggiornato il|aggiornato alle|ultimo aggiornamento|ultima modifica|pubblicato|
pubblicato il|data|data di pubblicazione|modificato il
atualizado|atualizado em|última atualização|última modificação|publicado em|publicada em|
data de publicação
bijgewerkt|bijgewerkt op|laatst bijgewerkt|laatst gewijzigd|laatste update|gepubliceerd|
gepubliceerd op|geplaatst op|gewijzigd op
güncelleme|güncellendi|son güncelleme|güncelleme tarihi|son güncelleme tarihi|yayınlanma|
yayınlanma tarihi|yayın tarihi|yayınlandı|giriş|giriş tarihi|tarih|oluşturulma tarihi
frissítve|frissült|utolsó frissítés|utoljára frissítve|utolsó módosítás|módosítva|közzétéve|
megjelent|publikálva|dátum|létrehozva
aktualizacja|zaktualizowano|ostatnia aktualizacja|data aktualizacji|opublikowano|data publikacji|
publikacja|dodano|utworzono|ostatnia modyfikacja|zmieniono
обновлено|последнее обновление|дата обновления|изменено|опубликовано|дата публикации|дата|
размещено|создано|обновлён|обновлена
تم التحديث|آخر تحديث|تاريخ التحديث|تحديث|نشر|نشر في|تم النشر|تم النشر في|تاريخ النشر|التاريخ|
نشرت في|
نُشر في|حُدّث في
更新|更新时间|更新時間|最后更新|最後更新|最近更新|更新于|更新於|发布|發布|发布时间|發布時間|
发布于|發布於|发表于|
發表於|发布日期|發布日期|日期|时间|修改时间|编辑于|公布日期
""")

# Words that may stand in a date or a time beside its figures.
DATE_TABLE = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
januar jänner februar märz mai juni juli oktober dezember mrz okt dez
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
janvier février mars avril juin juillet août septembre octobre novembre décembre
janv févr avr juil déc lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim
enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
ene abr ago dic lunes martes miércoles jueves viernes sábado domingo
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag giu lug set ott
lunedì martedì mercoledì giovedì venerdì sabato domenica
janeiro fevereiro março maio junho julho setembro outubro novembro dezembro fev out
segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta
feira
januari februari maart mei augustus mrt maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
pazartesi salı çarşamba perşembe cuma cumartesi pazar
január február március április május június július augusztus szeptember október november december
hétfő kedd szerda csütörtök péntek szombat vasárnap
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
poniedziałek wtorek środa czwartek piątek sobota niedziela
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
понедельник вторник среда четверг пятница суббота воскресенье
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
كانون الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين الأول
الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
"""
DATE_WORDS = frozenset(fold_line(DATE_TABLE).split())
# Words that hold a date together; alone they are none.
DATE_JOINTS = frozenset(
    fold_line(
        """
at on of the am pm a.m p.m st nd rd th t z utc gmt cet cest est edt cst cdt mst mdt pst pdt bst
msk ist
eet eest jst aest trt hrs hours h o'clock local time
um uhr am den der à le la à les de del da do das a las alle ore il às em om op uur er saat
года г в ص م في الساعة بتوقيت غرينتش godz kl г.
""",
    ).split()
)
COOKIES = re.compile(
    r"(?:we|this (?:web)?site|our (?:web)?site|wir|diese (?:web)?seite|diese website|nous|ce site"
    r"|este sitio|utilizamos|usamos|questo sito|utilizziamo|este site|deze (?:web)?site|wij"
    r"|ez az oldal|ta strona|этот сайт|мы|bu site|يستخدم)\b.{0,60}\bcookies?\b.{0,160}"
    r"\b(?:accept|agree|consent|continu\w*|click\w*|preferences|learn more|zustimm\w*|einverstanden"
    r"|akzeptier\w*|weiter\w*|accept\w*|acept\w*|acconsent\w*|aceit\w*|akkoord|elfogad\w*|zgad\w*"
    r"|соглаш\w*|kabul)\b.*"
    r"|.{0,40}\bcookies?\b.{0,20}\b(?:kabul edin|elfogadása)\b.*"
)
# What a question about cookies lets one choose; alone on a line each of them is furniture.
CHOICES = _fold_all("""
accept|accept all|accept cookies|accept all cookies|accept and continue|reject all|
reject all cookies|decline|decline all|manage options|manage choices|manage preferences|
more options|necessary cookies only|only necessary cookies|cookie settings|cookie preferences|
continue without accepting|i agree|i accept
alle akzeptieren|alle cookies akzeptieren|alle ablehnen|nur notwendige cookies|
einstellungen verwalten|cookie-einstellungen|akzeptieren und weiter|optionen verwalten
tout accepter|tout refuser|continuer sans accepter|paramétrer les cookies|gérer les cookies|
accepter et continuer
aceptar todo|aceptar cookies|aceptar y continuar|rechazar todo|rechazar todas|configurar cookies
accetta tutti|rifiuta tutti|gestisci preferenze|accetta e continua
aceitar todos|rejeitar todos|gerir cookies|gerenciar cookies
alles accepteren|alles weigeren|cookie-instellingen
tümünü kabul et|tümünü reddet|çerez ayarları
összes elfogadása|összes elutasítása|süti beállítások
akceptuj wszystkie|odrzuć wszystkie|ustawienia plików cookie
принять все|отклонить все|настройки cookie
قبول الكل|رفض الكل|إعدادات ملفات تعريف الارتباط
全部接受|全部拒绝|接受全部|拒绝全部|cookie 设置
""")
# What is spoken of where consent is asked for.
CONSENT = tuple(
    sorted(
        _fold_all("""
cookie|privacy|personal data|your consent
privatsphäre|personenbezogene|datenschutz|einwilligung
vie privée|données personnelles|votre consentement
privacidad|datos personales|su consentimiento
dati personali|tuo consenso
privacidade|dados pessoais
persoonsgegevens|toestemming
çerez|gizliliğ|kişisel veri
sütik|süti |személyes adat|adatainak védelme
prywatnoś|danych osobowych
конфиденциальност|персональных данных
ملفات تعريف الارتباط|خصوصيت
隐私|隱私
""")
    )
)
# That who asks does so, folded: «we use cookies», «diese Website verwendet Cookies».
ASKING = re.compile(
    r"(?:we (?:and our (?:\d+ )?partners )?(?:use|store)|th(?:is|e) (?:web)?site uses"
    r"|our (?:web)?site uses"
    r"|wir (?:und unsere (?:\d+ )?partner )?(?:verwenden|nutzen|setzen|speichern)"
    r"|diese (?:web)?site (?:verwendet|nutzt)|diese webseite (?:verwendet|nutzt)"
    r"|nous (?:et nos (?:\d+ )?partenaires )?(?:utilisons|stockons)|ce site utilise"
    r"|(?:nosotros y nuestros (?:\d+ )?socios )?(?:utilizamos|usamos|almacenamos)"
    r"|este sitio (?:web )?utiliza"
    r"|questo sito (?:web )?utilizza|utilizziamo|este site utiliza|deze (?:web)?site gebruikt"
    r"|wij gebruiken|bu (?:web )?site(?:si)?|ez a (?:web)?oldal|ta strona|этот саит|мы используем"
    r"|يستخدم هذا الموقع|本网站使用|本網站使用|我们使用)"
)
NEWSLETTER = re.compile(
    r"(?:subscribe|sign up|register|join|get our|abonnieren sie|jetzt|melden sie sich|hier"
    r"|abonnez-vous|inscrivez-vous|recevez"
    r"|suscribete|suscribase|recibe|iscriviti|ricevi|assine|inscreva-se|receba"
    r"|meld je aan|schrijf je in|abone ol\w*|iratkozz\w* fel|iratkozzon fel|zapisz sie|подпи\w+"
    r"|اشترك)\b.{0,80}"
    r"(?:newsletter|news letter|hirlevel|bulten|рассылк|mailing list|inbox|النشرة).{0,60}"
)
COPYRIGHT = re.compile(
    r"(?:©|\(c\)\s?(?:19|20)\d\d|copyright\s?(?:©|\(c\)|:|(?:by\s)?(?:19|20)\d\d)"
    r"|all rights reserved\b|版权所有|版權所有).*"
)
