"""News agencies by the names that texts credit them with.

Each agency stands with the site it publishes on, which is also where its name and short form
were taken from.  Short forms that are words or clash (``AA``, ``AP``, ``TT``) count only in
brackets or in a dateline, which is the reader's business.  Not for: photo agencies as such, or
organisations that an archive's curators name.
"""

# Name, site (the source of the line), then the spellings in texts, by which it is credited.
_AGENCIES = """
Reuters | reuters.com | Reuters, Thomson Reuters
Associated Press | ap.org | AP, Associated Press, The Associated Press
Agence France-Presse | afp.com | AFP, Agence France-Presse
Deutsche Presse-Agentur | dpa.com | dpa, Deutsche Presse-Agentur, dpa-AFX
Austria Presse Agentur | apa.at | APA, Austria Presse Agentur
APA-OTS | ots.at | OTS, APA-OTS, ots
Keystone-SDA | keystone-sda.ch | SDA, sda, Keystone-SDA, ats
Evangelischer Pressedienst | epd.de | epd, Evangelischer Pressedienst
Katholische Nachrichten-Agentur | kna.de | KNA
Agencia EFE | efe.com | EFE, Agencia EFE
Europa Press | europapress.es | Europa Press, EUROPA PRESS
ANSA | ansa.it | ANSA
Adnkronos | adnkronos.com | Adnkronos
Lusa | lusa.pt | Lusa, LUSA
ANP | anp.nl | ANP
Belga | belga.be | Belga, BELGA
Ritzau | ritzau.dk | Ritzau, /ritzau/
NTB | ntb.no | NTB
TT | tt.se | TT
STT | stt.fi | STT
Polska Agencja Prasowa | pap.pl | PAP
ČTK | ctk.cz | ČTK, CTK
MTI | mti.hu | MTI
TASS | tass.com | TASS, ТАСС
Interfax | interfax.com | Interfax, Интерфакс
Ukrinform | ukrinform.net | Ukrinform
Anadolu Agency | aa.com.tr | AA, Anadolu, Anadolu Agency
Press Association | pamediagroup.com | PA, PA Media, Press Association
United Press International | upi.com | UPI
Australian Associated Press | aap.com.au | AAP
The Canadian Press | thecanadianpress.com | CP, The Canadian Press
Xinhua | xinhuanet.com | Xinhua, 新华社
Kyodo News | kyodonews.net | Kyodo, Kyodo News
Yonhap | yna.co.kr | Yonhap
Press Trust of India | ptinews.com | PTI
Asian News International | aninews.in | ANI
IANS | ians.in | IANS
Bernama | bernama.com | Bernama, BERNAMA
Antara | antaranews.com | Antara, ANTARA
WAFA | wafa.ps | WAFA
WAM | wam.ae | WAM
SPA | spa.gov.sa | SPA
IRNA | irna.ir | IRNA
PR Newswire | prnewswire.com | PR Newswire, PRNewswire
Business Wire | businesswire.com | Business Wire, BUSINESS WIRE
GlobeNewswire | globenewswire.com | GlobeNewswire, GLOBE NEWSWIRE
news aktuell | presseportal.de | ots, news aktuell
"""

SITES: dict[str, str] = {}
NAMES: dict[str, str] = {}
for _line in _AGENCIES.strip().splitlines():
    _name, _site, _spellings = (part.strip() for part in _line.split("|"))
    SITES[_name] = _site
    for _spelling in _spellings.split(", "):
        NAMES.setdefault(_spelling, _name)


def find_agency(words: str) -> str | None:
    """Return the agency that ``words`` name exactly, or None; case counts."""
    return NAMES.get(words.strip(" .:–—-\u00a0"))
