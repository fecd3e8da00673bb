"""Owns the pairs a rewriter learns from: evidence sentences and a shorter sentence they support."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from gensim.parsing.preprocessing import STOPWORDS
from nltk.stem import PorterStemmer
from nltk.tokenize.treebank import TreebankWordDetokenizer

from models.training.text import Pair, normalise

SHORT, LONG = "short", "long"
# A rewrite of at most this share of its evidence's words is a strong compression.
SHORT_RATIO = 0.55
MAX_RATIO = 0.9
MAX_EVIDENCE_WORDS = 70
MIN_WORDS = 5
LOOKED_AT_SENTENCES = 40
MAX_DISTANCE = 4

# Words that gensim counts as empty and a summary must not change.
_MEANINGFUL = frozenset(
    "one two three four five six eight nine ten eleven twelve fifteen twenty forty fifty sixty "
    "hundred first last third half not never none without against bill computer cry fire system "
    "interest found full top bottom front mill sincere thick thin kg km before after above below "
    "less least more most all every only".split()
)
EMPTY_WORDS = STOPWORDS - _MEANINGFUL

_DETOKENIZER = TreebankWordDetokenizer()
_STEMMER = PorterStemmer()
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(r"(?<= [.?!]) (?!['\")] )|(?<= [.?!] ['\")]) ")
_DATELINE = re.compile(r"^[^.]{0,60}\( ?(?:cnn|ap|reuters|ew\.com|cnn student news) ?\) ?-- ?")
_NEGATION = re.compile(r"\b(?:no|not|never|nor|neither|none|without|cannot|deni\w+)\b|n't\b")
_ARTICLE = re.compile(r"\b(?:the|an?)\b")
_JOINS_BEFORE = (
    (re.compile(r"\"\s*([^\"]*?)\s*\""), r'"\1"'),
    (re.compile(r"(?<!\S)'\s+([^']*?)\s+'(?!\S)"), r"'\1'"),
    (re.compile(r"(?<=\w) - (?=\w)"), "-"),
)
_JOINS_AFTER = (
    (re.compile(r"\s+(?=(?:n't|'s|'m|'d|'re|'ve|'ll)\b)"), ""),
    (re.compile(r"([$£€#@])\s+(?=\w)"), r"\1"),
    (re.compile(r"\s+(?=[.,;:!?%)])"), ""),
    (re.compile(r"\(\s+"), "("),
)


def detokenise(text: str) -> str:
    """Join Penn Treebank tokens, as in the lower-cased CNN/DM, to plain text, dateline left out.

    Straight quotes, on which the library is silent, are joined in twos.
    """
    text = normalise(text)
    for pattern, replacement in _JOINS_BEFORE:
        text = pattern.sub(replacement, text)
    text = _DETOKENIZER.detokenize(_DATELINE.sub("", text).split())
    for pattern, replacement in _JOINS_AFTER:
        text = pattern.sub(replacement, text)
    return normalise(text)


def split_tokenised(article: str) -> list[str]:
    """Split tokenised text after its sentence-final tokens, which stand alone in it."""
    return [sentence.strip() for sentence in _SENTENCE_END.split(article) if sentence.strip()]


def words(text: str) -> list[str]:
    """Return the lower-case words and numbers of a text."""
    return _WORD.findall(text.lower())


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the Porter stem of a lower-case word."""
    return str(_STEMMER.stem(word))


def content(text: str) -> set[str]:
    """Return the stems of the words that carry content, numbers included."""
    return {stem(word) for word in words(text) if word not in EMPTY_WORDS}


def unsupported(text: str, evidence: str) -> set[str]:
    """Return the stems of the content words of `text` that its evidence lacks."""
    return content(text) - content(evidence)


def find_evidence(reference: str, sentences: Sequence[str]) -> str | None:
    """Return the one or two neighbouring sentences that hold all content words of `reference`.

    `None` where none do: from a pair with anything missing the rewriter would learn to invent.
    Chen and Bansal (2018), "Fast Abstractive Summarization with Reinforce-Selected Sentence
    Rewriting", align by ROUGE-L; the strictness is ours.
    """
    wanted = content(reference)
    held = [content(sentence) & wanted for sentence in sentences[:LOOKED_AT_SENTENCES]]
    if len(wanted) < 3 or not held:
        return None
    first = max(range(len(held)), key=lambda index: len(held[index]))
    near = range(max(0, first - MAX_DISTANCE), min(len(held), first + MAX_DISTANCE + 1))
    second = max(near, key=lambda index: len(held[index] - held[first]))
    chosen = sorted({first, second} if held[second] - held[first] else {first})
    if wanted.difference(*(held[index] for index in chosen)):
        return None
    return " ".join(sentences[index] for index in chosen)


def label(source: str, target: str) -> str | None:
    """Return the control of a pair by its share of words kept; `None` where it does not serve.

    Pairs that break a quotation, or lose or gain a negation, do not.
    """
    evidence, kept = len(words(source)), len(words(target))
    broken = source.count('"') % 2 or target.count('"') % 2
    turned = bool(_NEGATION.search(source)) != bool(_NEGATION.search(target))
    if broken or turned or not MIN_WORDS <= kept <= MAX_RATIO * evidence:
        return None
    if evidence > MAX_EVIDENCE_WORDS:
        return None
    return SHORT if kept <= SHORT_RATIO * evidence else LONG


def is_telegraphic(reference: str, evidence: str) -> bool:
    """Tell whether a reference has dropped every article of its evidence, as headlines do."""
    return not _ARTICLE.search(reference.lower()) and len(_ARTICLE.findall(evidence.lower())) > 1


def reference_pairs(
    records: Iterable[tuple[Sequence[str], Sequence[str]]],
) -> Iterator[Pair]:
    """Yield faithful pairs from (article sentences, reference sentences), in lower case."""
    for sentences, references in records:
        for reference in references:
            evidence = find_evidence(reference, sentences)
            if evidence is None or is_telegraphic(reference, evidence):
                continue
            if control := label(evidence.lower(), reference.lower()):
                yield Pair(f"reference/{control}", evidence.lower(), reference.lower())


# Each rule deletes what a sentence can do without; all are for lower-case text. Attributions
# stay: without them a claim becomes a fact.
_DELETIONS = (
    re.compile(r" \([^()]{2,80}\)"),
    re.compile(r" - [^-,]{4,80} - (?=\w)"),
    re.compile(r", (?:which|who|whose|where)\b[^,;:\"]{8,90}(?:,(?= )|(?=\.$))"),
    re.compile(r", (?:a|an|the|its|his|her|their) [^,;:\"]{6,60},(?= (?!and\b|or\b|but\b))"),
    re.compile(r"^(?:however|meanwhile|moreover|furthermore|in addition|also|indeed|in fact|finally"
               r"|for example|of course|on \w+day|last \w+|at the same time|as a result), "),
    re.compile(r"^(?:in|after|before|during|since|by|at|for|with) [^,;:\"]{4,50}, "
               r"(?=(?:the|a|an|he|she|it|they|we|i|there|this|that)\b)"),
    re.compile(r"(?<!time)(?<! of)(?<! the) (?:on|last|next|earlier) "
               r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|month|year)"
               r"(?: (?:morning|afternoon|evening|night))?\b"),
    re.compile(r", (?:\w+ing) [^,;:\"]{10,80}(?=\.$)"),
    re.compile(r", (?:as well as|including|such as) [^;:\"]{4,90}(?=\.$)"),
    re.compile(r"\b(?:really|very|quite|actually|basically|also"
               r"|particularly|especially|simply|clearly) (?=\w)"),
)  # fmt: skip


def compress(sentence: str, chance: random.Random, strongly: bool) -> str:
    """Delete one or a few dispensable parts of a lower-case sentence, all of them if strongly.

    Sentence compression by deletion, as Filippova and Altun (2013) gather it, with patterns.
    """
    rules = [rule for rule in _DELETIONS if rule.search(sentence)]
    kept = rules if strongly else chance.sample(rules, min(len(rules), 2))
    for rule in kept:
        sentence = rule.sub("", sentence, count=0 if strongly else 1)
    return sentence[:1] + sentence[1:].replace("  ", " ")


def deletion_pairs(sentences: Iterable[str], seed: int) -> Iterator[Pair]:
    """Yield pairs of a plain sentence and itself with dispensable parts deleted."""
    chance = random.Random(seed)
    for sentence in map(str.lower, sentences):
        shorter = compress(sentence, chance, chance.random() < 0.5)
        control = label(sentence, shorter)
        if control and len(words(sentence)) >= 10:
            yield Pair(f"deletion/{control}", sentence, shorter)


def identity_pairs(sentences: Iterable[str], count: int) -> Iterator[Pair]:
    """Yield `count` short sentences as their own light rewrite, so that copying is learnt too."""
    short = (text.lower() for text in sentences if MIN_WORDS <= len(words(text)) <= 16)
    for text in islice(short, count):
        yield Pair(f"identity/{LONG}", text, text)
