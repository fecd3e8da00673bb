"""Translations for one request, sentence by sentence: known ones from the cache, the rest made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel

from cache import keys
from models.languages import is_usual_form, join_sentences, normalise_target
from models.protocols import Length, ModelCard, Translator
from models.terminology import Terms, find_terms, translate_with_terms
from service.context import Context
from service.schemas import SummaryAnswer, SummaryTranslation, TranslationEvent

# What a deadline cuts short is kept up to the last whole group; the engine is empty after each.
_GROUP_SENTENCES = 500


class StoredTranslation(BaseModel):
    """A translated sentence, as the cache keeps it."""

    text: str
    via: list[str]
    warnings: list[str]


def check_targets(source: str, targets: Iterable[str], translator: Translator) -> None:
    """Raise `UnsupportedLanguage` for the first target that `source` cannot be translated to."""
    for target in targets:
        translator.route(source, normalise_target(target))


def translate_sentences(
    sentences: Sequence[str], source: str, target: str, terms: Terms, context: Context
) -> dict[str, StoredTranslation]:
    """Return the translation of each different sentence, in the order given."""
    translator = context.models.translator
    model = context.models.translator_key
    key_of = {
        s: keys.translation_key(s, source, target, model, find_terms(s, terms, source))
        for s in sentences
    }
    known = context.parts.recall(StoredTranslation, key_of)
    missing = [s for s in key_of if s not in known]
    for start in range(0, len(missing), _GROUP_SENTENCES):
        group = missing[start : start + _GROUP_SENTENCES]
        with context.timings.measure("translate"):
            made = translate_with_terms(translator, group, source, target, terms, context.deadline)
        for sentence, result in zip(group, made, strict=True):
            known[sentence] = StoredTranslation(
                text=result.text, via=list(result.via), warnings=list(result.warnings)
            )
            context.parts.keep(key_of[sentence], known[sentence])
    # Not the known ones first: an answer, and its tag, is the same however it was come by.
    return {s: known[s] for s in key_of}


def translate_summaries(
    summaries: Mapping[Length, SummaryAnswer],
    source: str,
    target: str,
    terms: Terms,
    context: Context,
) -> None:
    """Add the translation to `target` to each summary; their sentences go to the model at once."""
    sentences = [s.text for summary in summaries.values() for s in summary.sentences]
    written = normalise_target(target)
    known = translate_sentences(sentences, source, written, terms, context)
    via = context.models.translator.route(source, written)
    for length, summary in summaries.items():
        parts = [known[s.text] for s in summary.sentences]
        texts = [part.text for part in parts]
        made = summary.translations[target] = SummaryTranslation(
            text=join_sentences(texts, written),
            sentences=texts,
            via=list(via),
            warnings=merge_warnings(parts, context.models.translator.card, source, via, target),
        )
        context.tell(TranslationEvent(length=length, target=target, translation=made))


def merge_warnings(
    parts: Iterable[StoredTranslation],
    card: ModelCard,
    source: str,
    via: Sequence[str],
    target: str,
) -> list[str]:
    """Return each different warning once; an experimental pair on the way is one.

    Another is a variety, as the caller named it, that is not written: "fr-CA" is "fr".
    """
    written = normalise_target(target)
    found = dict.fromkeys(["experimental"] if card.is_experimental(source, via, written) else [])
    found |= dict.fromkeys(warning for part in parts for warning in part.warnings)
    if not is_usual_form(target, written) and not any(w.startswith("written_as") for w in found):
        found[f"written_as: {written}"] = None
    return list(found)
