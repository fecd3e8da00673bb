"""Cleaning: what is not article text is mended or left out."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]")
_SPACES = re.compile(r"\s+")

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|januar|februar|märz|juni|juli|oktober|dezember"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
# "4. März 2025", "le 4 mars 2025", "March 4, 2025": as the date of a text.
_DATE = (
    rf"(?:le |den |a |el )?(?:\d{{1,2}}(?:\.|er)? (?:de )?(?:{_MONTHS})|(?:{_MONTHS}) \d{{1,2}},)"
    r"(?: de)? \d{4}"
)

_NAME = r"(?-i:[A-ZÀ-Þ][\w.'’-]+)"
_NAMES = rf"{_NAME}(?:,?\ (?:und|et|y|and|{_NAME})){{0,6}}"

# Notices stand around articles as whole sentences. Matched against a cleaned sentence, so spaces
# are single; kept narrow, since what is matched is lost to the summary.
_NOTICE = re.compile(
    r"""^\W*(?:
      powered\ by\ .{0,30}\b(?:translat\w+|google|ai|deepl|openai)
    | (?:this\ (?:article|text|page)\ (?:was|has\ been)\ )?(?:machine|automatic(?:ally)?|automated)
      \ translat(?:ion|ed)\b.{0,60}
    | .{0,60}\bcontributed\ to\ this\ (?:report|article|story)
    | (?:additional\ )?(?:reporting|writing|editing)\ (?:by|from)\ .{0,120}
    | (?:sign\ up|subscribe|register|log\ in|follow\ us|join\ us|download)\b.{0,80}
      \b(?:newsletters?|our|here|app|facebook|twitter|instagram|whatsapp|telegram
      |x|youtube)\b.{0,80}
    | (?:subscribe|sign\ up|read\ more)(?:\ now)?
    | share\ this(?:\ (?:article|story|page|on\b.{0,40}))?
    | click\ here\b.{0,120}
    | (?:©|\(c\)\ \d{4}|copyright\ (?:©|\d{4})).{0,120}
    | all\ rights\ reserved
    | (?:traduit\ automatiquement|automatisch\ übersetzt|traducido\ automáticamente)\b.{0,60}
    | (?:mit\ material\ (?:von|der)|(?:le\ monde\ )?avec)\ (?:afp|dpa|reuters|ap)\b.{0,40}
    | \(?(?:afp|reuters|ap|dpa|efe|ansa|tass|xinhua|bloomberg|getty\ images)\)?
    | (?:(?:propos|entretien)\ )?recueillis?\ par\ NAMES
    | (?:das\ )?(?:interview|gespräch)\ führten?\ NAMES
    | mit\ (?:ihm|ihr|ihnen)\ sprach(?:en)?\ NAMES
    | (?:q|p)(?::|\.(?=\ ¿))\ .{0,180}\?
    | (?-i:[A-ZÀ-Þ][\w.'’-]+(?:\ [A-ZÀ-Þ][\w.'’-]+){0,3}),\ DATE
    )\W*$""".replace("DATE", _DATE.replace(" ", r"\ ")).replace("NAMES", _NAMES),
    re.IGNORECASE | re.VERBOSE,
)
# Labels could begin a sentence too, so they count only where no full stop follows.
_LABEL = re.compile(
    r"""^\W*(?:
      (?:read|see|watch|listen)\ (?:more|also|next|now|to\ this|the\ full\ (?:story|article))\b.*
    | (?:related|recommended|more|most\ read)(?:\ (?:stories|articles|reading|news))?\ ?:.*
    | (?:share|print|e-?mail|tweet|comments?|advertisement|sponsored|copy\ link
      |\d+\ min(?:ute)?\ read)
      (?:\ (?:this|on|via)\b.*)?
    | (?:partager|publicité|werbung|anzeige|teilen|publicidad|compartir|publicidade|compartilhar)
    | (?:photo|picture|image|video|foto|bild|imagen|crédit(?:\ photo)?|photograph|illustration)
      (?:s|\ by|\ credit|\ source|\ caption)?\ ?[:,].*
    | (?:by|von|par|por)\ NAME(?:(?:,|\ (?:and|und|et|y|e))\ NAME)*
    | (?:published|updated|last\ updated|publié|veröffentlicht|publicado|actualizado)\b.*\d.*
    | (?:lire\ aussi|à\ lire\ aussi|lesen\ sie\ (?:auch|mehr)|lea\ también|leer\ más
      |leia\ mais)\b.*
    | (?:читайте\ также|اقرأ\ أيضا|devamını\ oku|xem\ thêm|और\ पढ़ें|阅读更多|续读|続きを読む|记者).*
    )\W*$""".replace(
        "NAME",
        r"(?-i:[A-ZÀ-Þ][\w'’-]+(?:\ (?:(?:de|van|von|der|da|di|el|al)\ )*[A-ZÀ-Þ][\w.'’-]*){1,3})",
    ),
    re.IGNORECASE | re.VERBOSE,
)
_MAX_BOILERPLATE_CHARACTERS = 200
_AGENCIES = r"(?:AFP|AP|EPA|Reuters|REUTERS|Getty(?:\ Images)?|Bloomberg|dpa|DPA|EFE|Xinhua|TASS)"
# A caption ends with who made the picture, after its full stop or in brackets.
_CREDIT = re.compile(rf"(?:[.!?…]['\"”’]? {_AGENCIES}(?: ?/ ?[\w ]{{2,40}})?|\({_AGENCIES}\))\.?$")
# What begins most sentences after a dateline, and no other name beside the first.
_OPENINGS = (
    "The|An?|In|At|On|After|It|He|She|They|This|Police|Le|La|Les|[LDJC]['’]|Une?|Des|Du|Ce|Cette|En"
    "|Il|Elle|Après|Au|Aux|Der|Die|Das|Den|Dem|Ein|Eine|Einen|Im|Am|Nach|Bei|Mit|Für|Es|Zum|Zur"
    "|El|Los|Las|Un|Una|Se|Tras|Por|Con"
)
_DATELINE = re.compile(
    r"^[A-ZÀ-Þ][\w .,'’-]{1,40}?(?:, \w+\.? \d{1,2})? ?\((?:Reuters|AP|AFP|dpa|EFE)\) ?[-–—] "
    r"|^[A-ZÀ-Þ]{3,}[A-ZÀ-Þ ,.'’-]{0,30} [-–—] "
    rf"|^[A-ZÀ-Þ][\w .,'’-]{{1,40}}?, (?i:{_DATE})(?: ?\([\w ]{{2,30}}\))? ?(?:--|[-–—]) "
    # A sentence follows: no "Spain – Italy 2:1", no "Poverty – Why?", and nothing between dashes.
    rf"|^[A-ZÀ-Þ][\w'’-]+(?:[ /][A-ZÀ-Þ][\w'’-]+){{0,2}} (?:--|[–—]) (?!.* (?:--|[-–—]) )"
    rf"(?=[\"„«“]?(?:{_OPENINGS})(?:(?<=['’])|\b)\S*(?: \S+){{0,3}} [a-zß-ÿ]{{2}})"
)
# "1." is a sentence of its own to the segmenter, and "1. FC Köln" is none.
_LIST_MARK = re.compile(
    r"(?:[-*·‣•◦▪●○■◆]|\(?(?:\d{1,2}|[a-z])\)|[AR]:|[QF]:(?!.*\?$))\s|\d{1,2}\.$"
)
# "R. Madrid" is a club.
_SPANISH_SPEAKER = re.compile(
    r"(?:P|R(?!\. (?:Madrid|Sociedad|Betis|Zaragoza|Oviedo|Valladolid|Murcia|Unión)\b))\."
    r"\s(?=[¡A-ZÁÉÍÓÚÑ])"
)
# In most languages a dash begins what somebody says; these put it in quotation marks.
_DASH_MARK = re.compile(r"[–—]\s")
_QUOTING = frozenset({"de", "en"})


def clean(text: str) -> str:
    """Return `text` with mojibake mended, control and invisible characters gone, spaces single."""
    if text.isascii() and text.isprintable() and "&" not in text:  # nothing to mend
        return _SPACES.sub(" ", text).strip()
    import ftfy  # takes a while to import; only reading needs it

    mended = ftfy.fix_text(
        text.encode("utf-8", "replace").decode("utf-8"),
        unescape_html="auto",
        fix_character_width=False,
        fix_latin_ligatures=True,
        uncurl_quotes=False,
        normalization="NFC",
        remove_control_chars=False,  # they become spaces: "1\x1f0" is not 10
    )
    visible = "".join(" " if unicodedata.category(c) == "Cc" else c for c in mended)
    return _SPACES.sub(" ", _INVISIBLE.sub("", visible)).strip()


def strip_dateline(sentence: str) -> str:
    """Return a cleaned sentence without the place and agency that agencies put first."""
    return _DATELINE.sub("", sentence, count=1)


def strip_list_mark(sentence: str, language: str) -> str:
    """Return a cleaned sentence that begins a line without the mark of a list, if it has one.

    Of "1.", which stands alone, nothing is left.
    """
    mark = _LIST_MARK.match(sentence)
    if mark is None and language == "es":
        mark = _SPANISH_SPEAKER.match(sentence)
    if mark is None and language in _QUOTING:
        mark = _DASH_MARK.match(sentence)
    return sentence[mark.end() :] if mark else sentence


def is_boilerplate(sentence: str) -> bool:
    """Tell whether a cleaned sentence is about the page rather than the subject."""
    if not sentence or len(sentence) > _MAX_BOILERPLATE_CHARACTERS:
        return not sentence
    is_label = sentence[-1] not in ".!?…。！？؟।" and _LABEL.match(sentence) is not None
    return is_label or _NOTICE.match(sentence) is not None


def is_caption(sentence: str) -> bool:
    """Tell whether a cleaned line ends with a picture credit, as captions do."""
    return _CREDIT.search(sentence) is not None
