"""Segmentation: sentences with their places, in code points, in the text as received."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from models.protocols import Span
from models.words import find_words

# The segmenter's work grows faster than its input on texts full of quotation marks, so it is
# given blocks. And what is longer than a sentence can be is cut, for the models' sake.
_MAX_BLOCK_CHARACTERS = 5_000
MAX_SENTENCE_CHARACTERS = 1_000

_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+")
# A bar between spaces parts cells, "|x|" does not.
_CELL = re.compile(r"(?:[^|\r\n\t\u2028\u2029\x0b\x0c\x85]|\|(?!\s|\Z)|(?<![\s])(?<!^)\|)+")
_BREAKS = re.compile(r"[\r\n\t\u2028\u2029\x0b\x0c\x85]")
_BULLETS = str.maketrans(dict.fromkeys("•◦▪●○■◆", "-"))  # after one the library cuts nothing
_CLOSERS = "\"'”’»)]}」』）】》〉"
_FINAL = re.compile(rf"[.!?…。！？｡।॥؟۔։።፧᙮᠃᠉၊။។៕‼⁇⁈⁉;؛:：][{re.escape(_CLOSERS)}]*\s*$")
_END = re.compile(  # possessive: no closing quotation mark is given back
    rf"[.!?…।॥؟۔։።፧][{re.escape(_CLOSERS)}]*\s+|[。！？｡][{re.escape(_CLOSERS)}]*+\s*+(?![と、，])"
)
# Japanese quotation goes on after the bracket: 「はい。」と言った。
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+(?!\d)|\s+(?=[-–—(]\s?[^\W\d])")
_CONTINUES = re.compile(r"[と、，,;]|[^。！？\s]{0,5}(?:说|說|表示|指出|称|稱|道)[。，：]")
# Initials of names ("J. Smith", "J.-P. Smith", not "plan B." nor "44 av. J.-C."), and abbreviations
# before a name that the library's rules for the language lack.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])[A-ZÀ-ÞА-Я]\.$(?<![a-zß-ÿа-я\d] .\.)"
    r"|(?:^|[\s(])[A-ZÀ-Þ]\.-[A-ZÀ-Þ]\.$(?<!av\. J\.-C\.)(?<!apr\. J\.-C\.)"
    r"|(?:^|[\s(])(?:M|MM|Mlle|Mme|Dkt|डॉ|श्री|TS|ThS|PGS|GS|د|أ)\.$"
)
# Those of one language, which may be a word of another.
_ABBREVIATIONS = {
    language: re.compile(rf"(?<!\w)(?:{words})\.$")
    for language, words in (
        ("de", "jur|phil|nat|pol|oec|theol|med|dent|vet|habil|mult|Ing|Hl|Hrsg|Fa|Frhr"),
        ("en", "Cllrs?|Ch|Ft|Atty|Amb"),
        ("es", "Dª|Mons|Fr"),
        ("fr", "Drs?|Prs?|Mgr|Gal|Bd|Ste?"),
        ("nl", r"mevr|ds|o\.a|m\.n"),
        ("pl", r"św|gen|płk|ks|inż|mgr|hab|np|tzw|m\.in"),
        ("ru", r"т\. ?[екн]"),
        ("tr", r"Av|Alb|Sn|\d{1,2}|[IVX]+"),  # ordinals, too: a Turkish sentence ends in its verb
    )
}
_DOUBLED = re.compile(r"\b([A-Z])\1\.\s?([A-Z])\2\.")  # a plural, in Spanish: "JJ. OO."
_HYPHENATED = re.compile(r"[A-ZÀ-Þ]\.\s?-[A-ZÀ-Þ]\.")
_DOTTED = re.compile(r"(?<!\w)[A-ZÀ-Þ]\.[A-ZÀ-Þ]\.")  # "l'A.R.S."
_COMPOUND = re.compile(r".{0,5}(?<![\w-])\w{1,4}\.-[^\W\d_]", re.DOTALL)  # "Dipl.-Ing."
# Many are words of some language: abbreviations only before a number.
_BEFORE_NUMBER = re.compile(
    r"(?:^|[\s(’'])(?:pp?|nos?|nr|n°?|núms?|arts?|vols?|caps?|chap|figs?|abb|abs|approx|ca|godz|t[eé]l|ok"
    r"|p[aá]gs?|d\.lgs|стр?|рис|гл|п"
    r"|janv|févr|avr|juill|sept|oct|nov|déc|jan|feb|mar|apr|aug|sep|dec|okt|dez)\.$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+(]?\d|[IVX]{2,}\b|[A-Z]\.?[\s-]?\d")  # "5", "XII", "L. 123-4"
# German ordinals: what follows one in any case, and the words before one that a noun follows. No
# noun is what another sentence begins with: "Er wurde Dritter am 18. Der Verein feierte".
_ORDINAL = re.compile(r"(?<![\w.,:-])\d{1,2}\.$")
_AFTER_ORDINAL = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|Jahrhundert|Jahrestag|Geburtstag|Weltkrieg|Bundesliga|Liga)(?:e?s)?\b"
    r"|(?:Jan|Feb|Mär|Mrz|Apr|Jun|Jul|Aug|Sept?|Okt|Nov|Dez)\.|FC\b"
)
_BEFORE_ORDINAL = re.compile(
    r"(?<!\w)(?:d(?:er|ie|as|en|em|es)|am|ans?|beim|im|ins|vom|zu[mr]"
    r"|(?:dies|jed|ihr|unser|eur|[mds]?ein|kein)(?:e[mnrs]?)?)"
    r"\s(?:\d{1,2}\.\s(?:bis|oder|und)\s)?\d{1,2}\.$",
    re.IGNORECASE,
)
GERMAN_OPENINGS = frozenset(
    "Der Die Das Den Dem Des Dies Diese Dieser Dieses Ein Eine Einen Einem Einer Er Sie Es Wir "
    "Ich Ihr Ihre Sein Seine Man Wer Was Wie Wo Warum Wenn Weil Als Da Dann Danach Dabei Dafür "
    "Damit Darum Dazu Doch Dort Hier Heute Gestern Jetzt Nun Noch Nur Auch Aber Und Oder "
    "Allerdings Außerdem Jedoch Zudem Zuvor Zuletzt In Im An Am Auf Aus Ab Bei Beim Bis Durch "
    "Für Gegen Mit Nach Nachdem Ohne Seit Trotz Über Um Unter Von Vom Vor Während Zu Zum Zur "
    "Zwischen Kein Keine Alle Viele".split()
)
_SPANISH = (
    "[Nn]o|[Pp]ara|ante|auto|bien|bis|contra|entre|extra|inter|mar|micro|mini|mono|nos|post|pro"
    "|sobre|super|trans|ultra"
)
# "Group E" is no initial.
_LETTERED = (
    "(?:[Gg]roup|[Pp]ool|[Gg]rade|[Vv]itamin|[Hh]epatitis|[Pp]lan|[Cc]lass|[Cc]ategory|[Rr]oute)"
    " [A-Z]"
)
# Words that end sentences, though the library's rules for the language have them as abbreviations.
_WORDS = {
    language: re.compile(rf"(?<![\w.-])(?:{words})(?=\.\s+(?!{_NUMBER.pattern}))")
    for language, words in (
        ("de", "mich|mag|Art"),
        ("en", f"[Nn]o|[Oo][Kk]|ark|arc|art|con|fed|id|ill|ma|may|me|miss|ore|pa|{_LETTERED}"),
        ("es", _SPANISH),
        ("ca", _SPANISH),
        ("fr", "art|sec|vol"),
        ("it", "mai|no|via"),
    )
}


# A unit that ends a sentence is no initial: "from 2 m. The battery". Nor does a number that follows
# a full stop of Chinese or Japanese go on after it.
_UNIT = re.compile(r"(?<=\d\s)(?:[kcm]?m|[km]?g|m?l|h|min|s)(?=\.\s+[A-ZÀ-Þ])")
_DIGIT_AFTER_STOP = re.compile(r"(?<=[。！？｡])\d")


def ends_like_a_sentence(text: str) -> bool:
    """Tell whether `text` ends with final punctuation, closing quotes after it allowed."""
    return _FINAL.search(text[-20:]) is not None


def find_paragraphs(text: str, keep_lines: bool = False) -> list[Span]:
    """Return the paragraphs: lines, hard-wrapped ones joined, surrounding space left out.

    With `keep_lines`, where a list must not become a sentence, fewer are taken for wrapped, and
    tabs and bars part the cells of a line.
    """
    parts = (_CELL if keep_lines else _LINE).finditer(text)
    lines = [span for span in map(_trim_match(text), parts) if span]
    paragraphs: list[Span] = []
    widest = max((span.end - span.start for span in lines), default=0)
    for line in lines:
        if paragraphs and _wraps(text, paragraphs[-1], line, widest, keep_lines):
            paragraphs[-1] = Span(paragraphs[-1].start, line.end)
        else:
            paragraphs.append(line)
    return paragraphs


def find_sentences(text: str, paragraph: Span, language: str) -> list[Span]:
    """Return the sentences of one paragraph of `text`, in order, not overlapping.

    The rules are those of sentencex (Wikimedia) for the language, or its nearest relative.
    """
    found: list[Span] = []
    for block in _cut(text, paragraph, _MAX_BLOCK_CHARACTERS):
        for span in _segment(text, block, language):
            found += _cut(text, span, MAX_SENTENCE_CHARACTERS)
    return found


def _trim_match(text: str):  # type: ignore[no-untyped-def]  # a closure over the text
    return lambda match: _trim(text, match.start(), match.end())


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _wraps(text: str, above: Span, line: Span, widest: int, keep_lines: bool) -> bool:
    """Tell whether `line` goes on a sentence that was broken to fit a width.

    It does where no blank line is between, the line above is open, and either goes on in lower
    case or fills the width of a text that is all narrow; with `keep_lines`, both.
    """
    between = text[above.end : line.start]
    last_words = text[max(above.start, above.end - 20) : above.end]
    is_cell = not between.strip(" \t|")
    if is_cell or between.count("\n") > 1 or ends_like_a_sentence(last_words):
        return False
    last_line = text.rfind("\n", above.start, above.end)
    width = above.end - max(above.start, last_line + 1)
    fills = 40 <= widest <= 100 and width >= 0.75 * widest
    goes_on = text[line.start].islower()
    return (fills and goes_on) if keep_lines else (fills or goes_on)


def _segment(text: str, block: Span, language: str) -> Iterator[Span]:
    from sentencex import get_sentence_boundaries  # a compiled library; only reading needs it

    # A break inside a paragraph is only a wrapped line: a space, of the same length.
    flat = _BREAKS.sub(" ", text[block.start : block.end]).translate(_BULLETS)
    if language in _WORDS:
        flat = _WORDS[language].sub(lambda word: "z" * len(word.group()), flat)
    flat = _UNIT.sub(lambda unit: "%" * len(unit.group()), flat)
    flat = _DIGIT_AFTER_STOP.sub("数", flat)
    rows = get_sentence_boundaries(language, flat.encode("utf-8", "replace").decode("utf-8"))
    spans = [
        span
        for row in rows
        if (span := _trim(text, block.start + row["start_index"], block.start + row["end_index"]))
    ]
    return iter(_merge(text, spans, language))


def _merge(text: str, spans: list[Span], language: str) -> list[Span]:
    """Join what was cut inside a sentence: a quotation that the sentence goes on after."""
    merged: list[Span] = []
    for span in spans:
        if merged and _goes_on(text, merged[-1], span, language):
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def _goes_on(text: str, before: Span, span: Span, language: str) -> bool:
    here = text[span.start : span.start + 12]
    last = text[before.end - 1]
    if not any(map(str.isalnum, text[span.start : span.end])):
        return True
    if last in _CLOSERS:
        return here[0].islower() or _CONTINUES.match(here) is not None
    if last != ".":
        return False
    ordinal = language == "de" and _is_ordinal(text, before, span)
    return ordinal or _is_abbreviated(text, before, span, language)


def _is_ordinal(text: str, before: Span, span: Span) -> bool:
    """Tell whether a German number and its noun are parted: "am 18. November", "die 2. Liga"."""
    last_words = text[max(before.start, before.end - 30) : before.end]
    if _ORDINAL.search(last_words) is None:
        return False
    if _AFTER_ORDINAL.match(text, span.start):
        return True
    opening = find_words(text[span.start : span.start + 30])[:1]
    return _BEFORE_ORDINAL.search(last_words) is not None and GERMAN_OPENINGS.isdisjoint(opening)


def _is_abbreviated(text: str, before: Span, span: Span, language: str) -> bool:
    """Tell whether the full stop between ends no sentence: "janv. 2024", "5 p. m. del", "৩.৫"."""
    here = text[span.start]
    if here.islower() or here == ":" or _HYPHENATED.match(text, before.end - 2):
        return True
    if _DOUBLED.match(text, max(0, before.end - 3)):
        return True
    if before.end == span.start:
        parted = here.isdigit() and text[before.end - 2 : before.end - 1].isdigit()
        dotted = _DOTTED.match(text, before.end - 2) is not None
        return parted or dotted or _COMPOUND.match(text, max(0, before.end - 6)) is not None
    last_words = text[max(before.start, before.end - 30) : before.end]
    if _NUMBER.match(text, span.start) and _BEFORE_NUMBER.search(last_words):
        return True
    own = _ABBREVIATIONS.get(language)
    return bool(_ABBREVIATION.search(last_words) or (own and own.search(last_words)))


def _cut(text: str, span: Span, limit: int) -> list[Span]:
    """Cut a span into ones of at most `limit`: at a sentence's end, else a space, else anywhere."""
    pieces: list[Span] = []
    start = span.start
    while span.end - start > limit:
        end = _find_cut(text, start, start + limit)
        piece = _trim(text, start, end)
        pieces += [piece] if piece else []
        start = end
    rest = _trim(text, start, span.end)
    return pieces + ([rest] if rest else [])


def _find_cut(text: str, start: int, limit: int) -> int:
    window = text[start:limit]
    ends = [match.end() for match in _END.finditer(window)]
    if ends and ends[-1] > len(window) // 2:
        return start + ends[-1]
    for mark in (", ", "，", "、", " "):
        at = window.rfind(mark)
        if at > len(window) // 2:
            return start + at + len(mark)
    return limit


def find_gaps(text: str, spans: list[Span]) -> tuple[str, ...]:
    """Return what stands before, between and after the spans."""
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    return tuple(text[a:b] for a, b in list(pairwise(edges))[::2])


def halve_text(text: str, min_words: int) -> tuple[str, str] | None:
    """Return `text` in two at the clause or space nearest to its middle.

    `None` where a half would have fewer than `min_words` words. Numbers with a space in them are
    not cut, nor are lists of numbers.
    """
    clauses = [match.span() for match in _CLAUSE_END.finditer(text)]
    spaces = [match.span() for match in re.finditer(r"(?<![\d,])\s+|\s+(?!\d)", text)]
    for edges in (clauses, spaces):
        for start, end in sorted(edges, key=lambda edge: abs(sum(edge) - len(text))):
            halves = text[:start].rstrip(), text[end:].lstrip()
            if all(len(half.split()) >= min_words for half in halves):
                return halves
    return None


def cut_text(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Return `text` in as few parts as `fits` accepts; cut at clauses, spaces, else anywhere.

    The parts keep their order, and all of the text but the spaces between them.
    """
    if len(text) < 2 or fits(text):
        return [text]
    half = (len(text) + 1) // 2
    parts = _cut(text, Span(0, len(text)), half)
    return [part for span in parts for part in cut_text(text[span.start : span.end], fits)]
