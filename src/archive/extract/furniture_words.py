"""The words by which furniture is known: names of classes, headings over other pages, counts.

`VENDORS`, `NAMED`, `WHOLE` and `NO_NAME` are of classes and ids; a `LEAD` is a whole heading,
a `LEAD_LINE` the beginning of a line; `COUNT`, `AGO` and `CLOCK` are whole lines.  Words in other
languages are added here.  Not for: what follows from them (`archive.extract.furniture`).
"""

import re

VENDORS = re.compile(
    r"(?:^| )(?:onetrust|ot-sdk|cookiebot|cybotcookiebot|cmplz|borlabs|borlabscookie|usercentrics"
    r"|didomi|qc-cmp2?|sp-message|cky|moove-gdpr|eu-cookie-compliance|klaro|truste|osano|iubenda-cs"
    r"|tarteaucitron|termly|cookieyes|cookiefirst|cookie-?(?:banner|bar|consent|law|notice)"
    r"|consent-?(?:banner|manager|modal|popup)|gdpr-(?:banner|consent|popup)"
    r"|outbrain|taboola|trc-related|zergnet|revcontent|mgid|plista|ligatus|nativo"
    r"|adsbygoogle|div-gpt-ad|gpt-ad|dfp-ad|google-ads?|addtoany|addthis|a2a|sharedaddy|shariff"
    r"|heateor|sharethis|disqus|jp-relatedposts|yarpp|crp-related|mc-embed)(?:-|_|$| )"
)
# Words that a name made of ``-`` and ``_`` has in it.
NAMED = re.compile(
    r"(?:^|-| )(?:related(?:posts?|articles?|stories|news|content|links)?|recommend(?:ed|ations?)"
    r"|recirc(?:ulation)?|trending|most-?(?:read|popular|viewed|commented|shared|recent)"
    r"|popular-?(?:posts?|articles|stories|now)|more-(?:news|stories|articles|posts|from|on|in)"
    r"|(?:read|see|watch)-(?:also|next)|you-(?:may|might)(?:-also)?-like|also-like|up-next"
    r"|similar-(?:posts?|articles?|stories|news)|(?:latest|recent)-(?:news|posts?|articles|stories"
    r"|entries|comments|updates)|mehr-zum-thema|meistgelesen|weitere-(?:artikel|meldungen|news"
    r"|beitraege|themen)|articles-lies|a-lire-aussi|leggi-anche|lees-ook"
    r"|ads?|adverts?|advertisements?|advertising|ad(?:slot|unit|box|container|wrapper|block)"
    r"|werbung|anzeigen?|publicidad|publicite|pubblicita|reklam[ae]?|sponsored(?:-content)?"
    r"|shar(?:e|es|ing)|share(?:bar|buttons?|tools)|social-?(?:media|shar(?:e|ing)|links?|icons?"
    r"|bar|buttons?|list|nav)|socials|teilen|follow-us"
    r"|newsletters?|(?:newsletter-?)?sign-?up|subscribe|subscription-(?:box|form)|mailchimp"
    r"|mailpoet"
    r"|(?:view|hit|read|share|comment|like|visitor|download)s?-?(?:count(?:er)?s?|number|num|total)"
    r"|(?:post|page|article|entry)-?views|hitcounter|(?:visitors?|users?|who-?is)-?online"
    r"|online-now"
    r"|(?:header|live|digital|local|world)-?clock|clock"
    r"|(?:current|todays?|server|live|local)-?(?:time|date|datetime)"
    r"|weather|wetter|(?:news|stock|headline|breaking)-?ticker|ticker|marquee|breaking-?news"
    r"|cookies?-?(?:notification|popup|policy-banner|info|hint|message|overlay|modal|disclaimer"
    r"|layer|alert|box|settings|prompt)"
    r"|comments?-(?:area|list|section|form|respond|wrapper|container|link|feed|block)"
    r"|commentlist|(?:post|article|reader|user)-comments|fb-comments|kommentare"
    r"|widget-area|(?:post|posts|article|entry)-navigation|nav-links"
    r"|nav-(?:previous|next)|(?:prev|previous|next)-(?:next|post|article|story)|pagination|pager"
    r"|tag-?cloud)(?:-|$| )"
)
WHOLE = frozenset("comments respond social ad clock ticker weather breaking".split())
# What such a word does not name: a page that has one, or the topic of a post.
NO_NAME = re.compile(
    r"(?:has|with|no|without|not|tag|tags|category|cat|topic|section|type|post-type|format|single"
    r"|page"
    r"|layout|template|content|main)-.*|.*-(?:enabled|disabled|active|true|false|yes|open)"
)
LABEL = re.compile(
    r"cookie|consent|newsletter|advert|anzeige|werbung|publicidad|publicité|related|recommend"
    r"|most (?:read|popular)|share|teilen|partager|compartir|breadcrumb",
    re.IGNORECASE,
)
# A heading above links to other pages; behind a colon, the first words of a line with one.
_LEADS = (
    r"(?:you (?:may|might) (?:also )?(?:like|be interested in|enjoy)"
    r"|(?:also )?recommended(?: for you)?"
    r"|related(?: (?:posts?|articles?|stor(?:y|ies)|news|content|links?|topics?|reading|items?"
    r"|coverage|press releases|publications|resources))?"
    r"|(?:read|watch) (?:also|more|next)|also read|more (?:news|stories|articles|posts|reading)"
    r"|more (?:from|on|about|in) .{2,40}|most (?:read|popular|viewed|shared|commented)"
    r"|(?:latest|recent|trending|popular|top|other|similar) (?:news|posts?|articles|stories|updates"
    r"|now|comments|entries|topics)|trending|what to read next|editors?['’]? picks?|up next"
    r"|mehr (?:zum thema|dazu|news|artikel|aus .{2,40})|lesen sie (?:auch|mehr)(?: .{2,30})?"
    r"|auch interessant|das könnte (?:sie|dich|ihnen|dir)(?: auch)? (?:interessieren|gefallen)"
    r"|weitere (?:artikel|meldungen|beiträge|news|nachrichten|themen|pressemitteilungen)"
    r"|ähnliche (?:artikel|beiträge|themen)|verwandte (?:artikel|themen|beiträge|links)"
    r"|(?:meistgelesen|meist gelesen)(?:e artikel)?|aktuelle (?:meldungen|nachrichten|beiträge)"
    r"|neueste (?:beiträge|artikel|kommentare|meldungen)|letzte beiträge|zum thema"
    r"|(?:à )?lire (?:aussi|également)|sur le même (?:sujet|thème)|articles? (?:liés|similaires"
    r"|associés|récents|connexes)|les plus lus|vous aimerez (?:aussi|peut-être)"
    r"|dans la même rubrique|à découvrir aussi"
    r"|lee también|leer (?:más|también)|te puede interesar|también te puede interesar"
    r"|(?:noticias|artículos|entradas|contenido) relacionad[oa]s?|lo más (?:leído|visto)"
    r"|leggi anche|articoli (?:correlati|simili|recenti)|potrebbe interessarti(?: anche)?"
    r"|i più letti|leia (?:também|mais)|veja também|(?:notícias|artigos|posts) relacionad[oa]s"
    r"|mais lidas|lees (?:ook|meer)|gerelateerde? (?:artikelen|berichten|nieuws)|meest gelezen"
    r"|læs også|les også|läs (?:också|mer|även)|relaterade? (?:artiklar|artikler|inlägg)"
    r"|mest læste|mest lästa|mest lest|lue myös|luetuimmat|czytaj (?:też|także|również|więcej)"
    r"|zobacz (?:też|także|również)|powiązane (?:artykuły|wpisy)|najczęściej czytane"
    r"|čtěte (?:také|též)|související(?: články)?|nejčtenější|kapcsolódó (?:cikkek|hírek)"
    r"|читайте (?:также|еще|ещё)|похожие (?:статьи|новости|записи)|по теме|популярное"
    r"|ilgili (?:haberler|yazılar)|çok okunanlar"
    r"|(?:مقالات|مواضيع|أخبار|موضوعات) (?:ذات صلة|متعلقة|مشابهة)|اقر[أئ] (?:أيضا|أيضًا|أيضاً|المزيد)"
    r"|الأكثر (?:قراءة|مشاهدة)|כתבות (?:נוספות|קשורות)|(?:הנקראות|הנצפות) ביותר"
    r"|مطالب مرتبط|संबंधित (?:खबरें|समाचार|लेख)"
    r"|相关(?:新闻|阅读|报道|文章|推荐|链接)|相關(?:新聞|閱讀|報導|文章)|(?:延伸|推荐|推薦)(?:阅读|閱讀)"
    r"|热门(?:文章|新闻|推荐)|熱門(?:文章|新聞)|猜你喜欢|為您推薦|为您推荐"
    r"|関連(?:記事|ニュース|リンク)|あわせて読みたい|おすすめ記事|アクセスランキング"
    r"|관련 ?(?:기사|뉴스)|많이 본 (?:기사|뉴스))"
)
LEAD = re.compile(_LEADS + r"\s*[:：…»>]*", re.IGNORECASE)
LEAD_LINE = re.compile(r"[-–—>»▶\s]*" + _LEADS + r"\s*[:：|–—-]\s*", re.IGNORECASE)
COUNT = re.compile(
    r"\W*(?:(?:visitors?|readers?|besucher|views?|comments?|shares?|likes?|kommentare?|aufrufe"
    r"|commentaires?|comentarios?|commenti|visitas?|vues?|reads?|hits?)(?: (?:online|today|heute"
    r"|total))?\W{0,3}\d[\d.,\s]*[km]?"
    r"|\d[\d.,\s]*[km]?\s?(?:views?|comments?|shares?|likes?|reads?|hits|replies|reactions?"
    r"|retweets"
    r"|kommentare?|aufrufe|mal (?:gelesen|geteilt)|leser|besucher|antworten|reaktionen"
    r"|commentaires?|vues|lectures?|partages?|comentarios?|visitas|visualizaciones|lecturas"
    r"|commenti|visualizzazioni|condivisioni|comentários?|visualizações|reacties|weergaven"
    r"|kommentarer|visninger|visningar|delningar|kommenttia|komentarzy|komentarze|wyświetleń"
    r"|komentářů|hozzászólás|комментари(?:й|я|ев)|просмотр(?:а|ов)?|yorum)"
    r"|\d[\d.,\s]*\s?(?:تعليق(?:ات)?|مشاهد(?:ة|ات)|مشارك(?:ة|ات)|תגובות|צפיות"
    r"|(?:条|條|則)?(?:评论|評論|留言)|次?(?:阅读|閱讀|浏览|瀏覽|播放|分享)|コメント|件のコメント|댓글|조회)"
    r"|(?:تعليقات|مشاهدات|评论|評論|阅读|閱讀|浏览|瀏覽|点击|コメント|댓글|조회수?)\W{0,3}\d[\d.,\s]*"
    r"|(?:no|keine|0) (?:comments|kommentare)(?: yet)?)\W*",
    re.IGNORECASE,
)
# How long ago the page was changed, counted when it was asked for.
AGO = re.compile(
    r"(?:[^\W\d_]{2,14}[\s:：]{1,2}){0,3}"
    r"(?:(?:an?|\d{1,3})\s(?:sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?)\.? ago"
    r"|(?:vor|il y a|hace|há)\s(?:an?|eine[rmn]?|une?|una?|uma?|\d{1,3})\s[^\W\d_]{2,9}\.?"
    r"|\d{1,3}\s(?:sekund|minut|perc|óra|napja|dakika|saat|gün|секунд|минут|час|д[ен])[^\W\d_]{0,5}"
    r"\s(?:fa|geleden|sedan|siden|temu|önce|назад)"
    r"|(?:منذ|قبل|לפני)\s\d{1,3}\s[^\W\d_]{2,8}"
    r"|\d{1,3}\s?(?:秒|秒钟|秒鐘|分|分钟|分鐘|小时|小時|時間|天|日|周|週)\s?(?:前|以前)(?:更新|发布|發布)?"
    r"|\d{1,3}\s?(?:초|분|시간|일) 전)",
    re.IGNORECASE,
)
# Above the headline: the time of the request, with or without its day.
CLOCK = re.compile(
    r"(?:[^\W\d_]{2,12}\.?,?\s)?(?:(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d"
    r"|\d{1,2}\.?\s[^\W\d_]{3,12}\.?\s\d{4}|[^\W\d_]{3,12}\.?\s\d{1,2},?\s\d{4}),?[\s|–-]*)?"
    r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?(?:uhr|h|am|pm|a\.m\.|p\.m\.|utc|gmt|ce?s?t))?",
    re.IGNORECASE,
)
CLOCK_BEHIND = re.compile(
    r"(?:19|20)\d\d[,\s|–-]{1,3}\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: uhr)?\Z", re.IGNORECASE
)
