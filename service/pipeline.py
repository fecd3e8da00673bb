"""The pipeline: joins models and cache; the one story of a request."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from cache import keys
from cache.protocols import Store
from cache.single_flight import SingleFlight
from service.context import Context, LanguageModels, describe_model, tell_nobody
from service.parts import Parts, revive
from service.schemas import (
    Event,
    ModelFacts,
    SummariesAnswer,
    SummaryRequest,
    TranslationRequest,
    TranslationsAnswer,
    dump,
)
from service.summarising import summarise
from service.telemetry import Timings
from service.texts import translate_texts
from service.translating import translate_summaries

Answer = TypeVar("Answer", SummariesAnswer, TranslationsAnswer)


def _identify(request: BaseModel) -> str:
    """Return the SHA-256 of text and options."""
    canonical = json.dumps(dump(request), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _list_models(models: LanguageModels, translated: bool) -> dict[str, ModelFacts]:
    cards = {"summariser": models.summariser.card}
    if translated:
        cards["translator"] = models.translator.card
    return {role: describe_model(card) for role, card in cards.items()}


class Pipeline:
    """Answers requests from the cache and, for what is missing, from the models.

    `models` returns what is loaded, or raises `service.errors.NotReady`.
    """

    def __init__(
        self,
        models: Callable[[], LanguageModels],
        store: Store,
        flight: SingleFlight,
        timeout_seconds: float = 120,
    ) -> None:
        self.models = models
        self.store = store
        self._flight = flight
        self._timeout_seconds = timeout_seconds

    def run(
        self,
        request: SummaryRequest,
        timings: Timings,
        tell: Callable[[Event], None] = tell_nobody,
    ) -> SummariesAnswer:
        """Answer a summaries request; N identical ones at once cost one computation.

        `tell` hears of what is computed here and now, part by part in the order of
        `service.streaming.list_events`; of what is known or computed elsewhere it hears nothing.
        """

        def compute(context: Context) -> SummariesAnswer:
            source, summaries = summarise(request, context)
            for target in request.targets:
                translate_summaries(summaries, source.language, target, context)
            return SummariesAnswer(
                id=_identify(request),
                source=source,
                summaries=summaries,
                models=_list_models(context.models, translated=bool(request.targets)),
                cache=context.parts.state,
            )

        return self._remember("summaries", request, SummariesAnswer, compute, timings, tell)

    def translate(self, request: TranslationRequest, timings: Timings) -> TranslationsAnswer:
        """Answer a translations request, likewise."""

        def compute(context: Context) -> TranslationsAnswer:
            return translate_texts(request, context)

        return self._remember("translations", request, TranslationsAnswer, compute, timings)

    def _remember(
        self,
        kind: str,
        request: BaseModel,
        model: type[Answer],
        compute: Callable[[Context], Answer],
        timings: Timings,
        tell: Callable[[Event], None] = tell_nobody,
    ) -> Answer:
        """Return the whole answer where it is known; else compute, save and return it."""
        deadline = time.monotonic() + self._timeout_seconds
        context = Context(self.models(), Parts(self.store, timings), timings, deadline, tell)
        key = keys.answer_key(kind, dump(request), context.models.revisions)

        def recall() -> Answer | None:
            with timings.measure("cache"):
                found = revive(model, self.store.get_many([key]).get(key))
            return found and found.model_copy(update={"cache": "hit"})

        def compute_and_save() -> Answer:
            answer = compute(context)
            context.parts.save(key, answer)
            return answer

        return self._flight.run(key, recall, compute_and_save, deadline)
