"""Translations of whole texts: each with its own language, its line breaks and spaces kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus

from models.languages import Identified, identify, lean, normalise_target
from models.markup import MarkedUp, lay_out_markup
from models.masking import is_wordless
from models.protocols import LaidOut, Translator, UnsupportedLanguage
from models.terminology import Terms
from service.context import Context, describe_model
from service.errors import MAX_FIELD_ERRORS, ServiceError
from service.schemas import FieldError, SourceFacts, TranslationRequest, TranslationsAnswer
from service.translating import (
    StoredTranslation,
    check_targets,
    merge_warnings,
    translate_sentences,
)

Page = LaidOut | MarkedUp
LayOut = Callable[[str, str | None], Page]

# So sure must the language of a list be to stand for texts in it.
_SURE = 0.5


class TextsNotOffered(ServiceError):
    """Texts are in languages, or in none to be seen, that are not translated as was asked."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "unsupported_language"


def translate_texts(request: TranslationRequest, context: Context) -> TranslationsAnswer:
    """Return the translations in the shape of the request: a text each, or a list each."""
    pages = _lay_out(request, context)
    translator = context.models.translator
    _check_pages(pages, request, translator)
    answers = {
        target: _translate_pages(pages, target, request, context) for target in request.targets
    }
    single = isinstance(request.text, str)
    facts = [_describe(page, text) for page, text in zip(pages, request.texts, strict=True)]
    return TranslationsAnswer(
        source=facts[0] if single else facts,
        translations={t: texts[0] if single else texts for t, (texts, _) in answers.items()},
        via={t: _list_pivots(pages, t, translator) for t in request.targets},
        warnings={t: warnings for t, (_, warnings) in answers.items()},
        models={"translator": describe_model(translator.card)},
        cache=context.parts.state,
    )


def has_words(page: Page) -> bool:
    """Tell whether there is anything to translate: numbers, symbols and addresses are not."""
    return not all(map(is_wordless, page.sentences))


def _lay_out(request: TranslationRequest, context: Context) -> list[Page]:
    source = None if request.source == "auto" else request.source
    lay_out: LayOut = context.models.reader.lay_out if request.format == "text" else lay_out_markup
    with context.timings.measure("read"):
        pages = [lay_out(text, source) for text in request.texts]
        if source is None and len(pages) > 1:
            pages = _settle_doubts(pages, request.texts, lay_out)
    context.check_sentences(sum(len(page.sentences) for page in pages))
    return pages


def _settle_doubts(pages: list[Page], texts: list[str], lay_out: LayOut) -> list[Page]:
    """Have texts that are too short to tell their language take that of the whole list."""
    usual = identify("\n".join(map(_read, pages)))
    if usual.confidence < _SURE:
        return pages
    settled: list[Page] = []
    for page, text in zip(pages, texts, strict=True):
        found = lean(_read(page), Identified(page.language, page.confidence), usual.code)
        if found.code != page.language:
            page = replace(lay_out(text, found.code), confidence=found.confidence)
        settled.append(page)
    return settled


def _read(page: Page) -> str:
    return " ".join(page.sentences)


def _check_pages(pages: list[Page], request: TranslationRequest, translator: Translator) -> None:
    """Raise `UnsupportedLanguage` where that was named, else `TextsNotOffered`."""
    errors: list[FieldError] = []
    for place, page in enumerate(pages):
        try:
            if has_words(page):
                check_targets(page.language, request.targets, translator)
        except UnsupportedLanguage as error:
            if request.source != "auto":
                raise
            field = "text" if isinstance(request.text, str) else f"text.{place}"
            errors.append(FieldError(field=field, message=str(error)))
    if errors:
        first = errors[0]
        detail = f"{first.field}: {first.message}" if len(pages) > 1 else first.message
        raise TextsNotOffered(detail, errors[:MAX_FIELD_ERRORS])


def _describe(page: Page, text: str) -> SourceFacts:
    return SourceFacts(
        language=page.language,
        confidence=round(page.confidence, 3),
        characters=len(text),
        sentences=len(page.sentences),
    )


def _list_pivots(pages: list[Page], target: str, translator: Translator) -> list[str]:
    written = normalise_target(target)
    routes = [translator.route(p.language, written) for p in pages if has_words(p)]
    return list(dict.fromkeys(pivot for route in routes for pivot in route))


def _translate_pages(
    pages: list[Page], target: str, request: TranslationRequest, context: Context
) -> tuple[list[str], list[str]]:
    """Return the texts and the warnings; sentences of one language go to the model at once.

    A text that is in the target already is left as it came.
    """
    terms = request.list_terms(target)
    known: dict[str, dict[str, StoredTranslation]] = {}
    warnings: list[str] = []
    written = normalise_target(target)
    for language in dict.fromkeys(page.language for page in pages if has_words(page)):
        group = [page for page in pages if page.language == language]
        known[language], pieces = _translate_group(group, language, written, terms, context)
        via = context.models.translator.route(language, written)
        card = context.models.translator.card
        said = [
            known[language][text] for page in group for text in _list_said(page, known[language])
        ]
        said += [known[language][piece] for piece in pieces]
        warnings += merge_warnings(said, card, language, via, target)
    texts = [
        text
        if page.language == written and not terms
        else _rebuild(page, known.get(page.language, {}))
        for page, text in zip(pages, request.texts, strict=True)
    ]
    return texts, list(dict.fromkeys(warnings))


def _translate_group(
    pages: list[Page], language: str, target: str, terms: Terms, context: Context
) -> tuple[dict[str, StoredTranslation], list[str]]:
    """Translate all sentences, and of HTML then the pieces that tags have lost their place in.

    Returns all translations, and those pieces.
    """
    first = [t for p in pages for t in (p.sentences if isinstance(p, LaidOut) else p.list_texts())]
    known = translate_sentences(first, language, target, terms, context)
    said = {text: each.text for text, each in known.items()}
    lost = (t for p in pages if isinstance(p, MarkedUp) for t in p.list_pieces(said))
    pieces = list(dict.fromkeys(lost))
    missing = [piece for piece in pieces if piece not in known]
    if missing:
        known |= translate_sentences(missing, language, target, terms, context)
    return known, pieces


def _list_said(page: Page, known: dict[str, StoredTranslation]) -> Sequence[str]:
    """Return the texts whose translations stand in that of a page."""
    if isinstance(page, MarkedUp):
        return page.list_said({text: each.text for text, each in known.items()})
    return page.sentences


def _rebuild(page: Page, known: dict[str, StoredTranslation]) -> str:
    if isinstance(page, MarkedUp):
        return page.rebuild({text: each.text for text, each in known.items()})
    return page.rebuild([known[s].text if s in known else s for s in page.sentences])
