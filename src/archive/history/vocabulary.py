"""Words by which a change is told to be one of negation, number, date or name, by language.

A table for each kind, the languages side by side; folded as `fold_line` folds.  Words that mean
something else in a neighbouring language are left out.  Not for: deciding
(`archive.history.facts`).
"""

import re

from archive.history.furniture import DATE_TABLE, DATE_WORDS, fold_line


def _read(table: str) -> frozenset[str]:
    return frozenset(fold_line(table).split())


# Words that deny.  Chinese and Japanese characters stand for themselves.
NEGATIONS = _read(
    """
no not never none nobody nothing neither nor nowhere without cannot unable
nicht kein keine keinen keinem keiner keines nie niemals nichts niemand weder ohne
ne pas jamais aucun aucune rien sans ni non
nunca jamás ningún ninguno ninguna nada nadie sin tampoco
nessun nessuno nessuna niente nulla senza neppure
não nenhum nenhuma ninguém sem nem
niet geen nooit niets niemand zonder
değil yok hayır asla hiç hiçbir kimse
nem sem nincs nincsenek soha senki semmi sincs nélkül
nie nigdy nikt nic bez żaden żadna żadne brak
не нет ни никогда никто ничего без нельзя ані ніколи немає
لا لم لن ليس ليست ليسوا غير بدون دون كلا
不 没 沒 無 无 未 否 莫 勿
לא אין בלי אף
δεν μην όχι κανένας ποτέ χωρίς
inte ej aldrig ingen inget inga ikke aldri utan uten uden
ei emme ette eivät ilman není nejsou nikdy žádný nici fără
नहीं न मत बिना نه نیست 안 못 없다 không chẳng tidak bukan tanpa
""",
)
# Denials that are parts of words, where nothing stands between words.
DENYING_PARTS = re.compile("ない|ません|なかった|なく|ไม่|ห้าม")
# What makes a word its opposite when put before it, with the fewest letters of that word.
NEGATIVE_PREFIXES = {
    "un": 4, "non": 4, "dis": 5, "in": 6, "im": 6, "il": 5, "ir": 5, "mis": 4, "не": 4, "nie": 4,
    "ne": 5, "nicht": 4,
}  # fmt: skip
# Turkish denies within the verb.
TURKISH_DENIALS = ("me", "ma", "mi", "mı", "mu", "mü", "mey", "may", "m")
TURKISH = _read("bir ve bu için ile olarak olan daha çok sonra kadar gibi dedi etti oldu ise")

NUMBERS = _read(
    """
two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy
eighty ninety hundred hundreds thousand thousands million millions billion billions dozen dozens
half double triple twice once
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig hundert tausend tausende
millionen milliarde milliarden dutzend
deux trois quatre cinq sept huit neuf dix onze douze vingt trente cent cents mille milliard
milliards dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cien cientos mil
millones
tre quattro cinque sette otto nove dieci undici dodici venti trenta cento mila milioni miliardi
dois duas quatro cinco sete oito dez onze doze vinte trinta cem milhões
twee drie vijf zes zeven negen tien twaalf twintig dertig honderd duizend miljoen miljard
iki üç beş altı yedi sekiz dokuz yirmi otuz elli yüz milyon milyar
kettő két három négy öt nyolc kilenc tíz húsz harminc száz ezer millió milliárd
dwa dwie trzy cztery pięć sześć siedem osiem dziewięć dziesięć dwadzieścia sto tysiąc tysiące
tysięcy два две три четыре пять шесть семь восемь девять десять двадцать тридцать сто тысяча тысяч
миллион
миллиона миллионов миллиард
اثنان اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة عشرون مئة مائة ألف آلاف مليون مليار
二 三 四 五 六 七 八 九 十 百 千 万 萬 亿 億 两 兩
""",
)
# Signs that belong to a number.
NUMBER_SIGNS = frozenset("%‰$€£¥₺₽₹₴₪₩₫₦฿¢₱")

# Words that are the name of a day or month, wherever they stand.
_UNSURE = _read(
    "mars mart mayo dimanche sept march may pazar salı mart nisan ekim ocak marca marco"
)
DAY_WORDS = frozenset(word for word in DATE_WORDS if len(word) >= 4) - _UNSURE
_WORDS = {word for word in DATE_TABLE.lower().split() if len(word) > 2}
_MONTH = "|".join(sorted(map(re.escape, _WORDS), key=lambda word: (-len(word), word)))
_YEAR = r"(?:1[5-9]|20)\d\d"
DATE = re.compile(
    rf"""\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:[t\s]\d{{1,2}}:\d\d(?::\d\d)?)?
    | (?<![\d.,])\d{{1,2}}[./-]\s?\d{{1,2}}[./-]\s?(?:{_YEAR}|\d\d)(?!\d)
    | (?:{_YEAR}\s?年\s?)?\d{{1,2}}\s?月(?:\s?\d{{1,2}}\s?日)?|{_YEAR}\s?年
    | (?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|\.|º|ª)?\s(?:de\s|of\s)?(?:{_MONTH})\b\.?
      (?:,?\s(?:de\s|del\s)?{_YEAR})?
    | (?:{_YEAR}\.\s)?\b(?:{_MONTH})\.?\s\d{{1,2}}(?!\d)(?:\.|st|nd|rd|th)?(?:,?\s{_YEAR})?
    | \b(?:{_MONTH})\.?\s(?:de\s|del\s)?{_YEAR}\b
    | (?<![\d:.])\d{{1,2}}(?::\d\d){{1,2}}(?![\d:])
    | \b(?:in|since|until|by|of|im|seit|bis|en|depuis|desde|hasta|nel|dal|em|sinds|tot|от|в|с|до|w
      |od|do)\s(?!\d000){_YEAR}(?![\d.,]\d|\d|\s?%)
    | {_YEAR}(?=-(?:ben|ban|ig|tól|től)|['’](?:de|da|te|ta|den|dan)\b|\s(?:yılında|году|года))
    """,
    re.VERBOSE,
)

# Titles before which or behind which a name stands, where the script has no capitals.
TITLES = _read(
    """
السيد السيدة الدكتور الدكتورة الرئيس الوزير الوزيرة الشيخ الأمير الملك المهندس القاضي اللواء النائب
مدينة מר גברת דר פרופסור השר השרה הנשיא
श्री श्रीमती डॉ
""",
)
TITLES_BEHIND = re.compile(
    r"\w{0,3}?(?:先生|女士|小姐|部长|部長|主席|总统|總統|总理|總理|市长|市長|教授|博士|さん|氏|大臣|首相|社長|省|市|县|縣)"
)
# German writes every noun with a capital.
GERMAN = _read("der die das und nicht ist den von mit dem ein eine zu auf für werden wurde")
GERMAN_TITLES = _read(
    """
herr frau dr prof minister ministerin kanzler kanzlerin präsident präsidentin bürgermeister
bürgermeisterin sprecher sprecherin direktor direktorin professor professorin in aus nach bei
"""
)
# Capitalised words that are no names.
NO_NAMES = _read(
    """
i the a an this that these those it he she we they you in on at by for from with and or but as if
when while after before there here his her its their our my your who what where why how all some
"""
)
