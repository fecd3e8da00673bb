"""The pipeline: joins models and cache; the one story of a request."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from pydantic import BaseModel

from cache import keys
from cache.protocols import Store
from cache.single_flight import SingleFlight
from models.audience import Audience, current_audience
from models.protocols import Abandoned, Overloaded
from service.context import Context, LanguageModels, describe_model, tell_nobody
from service.gate import Gate
from service.known import Found, KnownAnswer
from service.parts import Parts
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


def forget_key(_key: str) -> None:
    """Stand in for whoever wants to know under which key an answer is."""


def _identify(request: BaseModel) -> str:
    """Return the SHA-256 of text and options."""
    canonical = json.dumps(dump(request), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


@functools.cache
def _identify_shape(model: type[BaseModel]) -> str:
    """Return the SHA-256 of an answer's schema: bytes are sent unread, so it is in their key."""
    schema = json.dumps(model.model_json_schema(), sort_keys=True)
    return hashlib.sha256(schema.encode()).hexdigest()


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
        max_sentences: int = 20_000,
        gate: Gate | None = None,
    ) -> None:
        self.models = models
        self.store = store
        self._flight = flight
        self._timeout_seconds = timeout_seconds
        self._max_sentences = max_sentences
        self._gate = gate or Gate()

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
        return self.find_summaries(request, timings, tell).read()

    def translate(self, request: TranslationRequest, timings: Timings) -> TranslationsAnswer:
        """Answer a translations request, likewise."""
        return self.find_translations(request, timings).read()

    def find_summaries(
        self,
        request: SummaryRequest,
        timings: Timings,
        tell: Callable[[Event], None] = tell_nobody,
        note_key: Callable[[str], None] = forget_key,
    ) -> Found[SummariesAnswer]:
        """Answer like `run`, with what is known as the bytes that are sent.

        `note_key` is given the key that `recall` takes, before anything is looked up.
        """

        def compute(context: Context) -> SummariesAnswer:
            source, summaries = summarise(request, context)
            for target in request.targets:
                terms = request.list_terms(target)
                translate_summaries(summaries, source.language, target, terms, context)
            return SummariesAnswer(
                id=_identify(request),
                source=source,
                summaries=summaries,
                models=_list_models(context.models, translated=bool(request.targets)),
                cache=context.parts.state,
            )

        size = len(request.text)
        return self._remember(
            "summaries", request, size, SummariesAnswer, compute, timings, tell, note_key
        )

    def find_translations(
        self,
        request: TranslationRequest,
        timings: Timings,
        note_key: Callable[[str], None] = forget_key,
    ) -> Found[TranslationsAnswer]:
        """Answer like `translate`, likewise."""

        def compute(context: Context) -> TranslationsAnswer:
            return translate_texts(request, context)

        size = sum(map(len, request.texts))
        return self._remember(
            "translations", request, size, TranslationsAnswer, compute, timings, note_key=note_key
        )

    def recall(
        self,
        key: str,
        timings: Timings,
        connect: Callable[[Audience], AbstractContextManager[None]],
    ) -> KnownAnswer | None:
        """Return the answer under a key, known or being computed here; `None` if neither.

        Nor where too many wait for answers already. An audience that waits does so inside of
        `connect`, which has it leave.
        """
        deadline = timings.started + self._timeout_seconds
        audience = Audience()
        follow = functools.partial(self._follow, functools.partial(connect, audience))
        try:
            watched = self._flight.watch(key, audience, deadline, follow)
        except Overloaded:
            return None
        return watched or self._look_up(key, timings)

    @contextmanager
    def _follow(self, connect: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
        with self._gate.follow(), connect():
            yield

    def _look_up(self, key: str, timings: Timings) -> KnownAnswer | None:
        with timings.measure("lookup"):
            return KnownAnswer.unpack(self.store.get(key))

    def _remember(
        self,
        kind: str,
        request: BaseModel,
        size: int,
        model: type[Answer],
        compute: Callable[[Context], Answer],
        timings: Timings,
        tell: Callable[[Event], None] = tell_nobody,
        note_key: Callable[[str], None] = forget_key,
    ) -> Found[Answer]:
        """Return the whole answer where it is known; else compute and save it."""
        deadline = timings.started + self._timeout_seconds
        models: LanguageModels = self.models()
        revisions = [*models.revisions, [kind, _identify_shape(model)]]
        with self._gate.take_turn(deadline):
            key = keys.answer_key(kind, dump(request), revisions)
        note_key(key)
        fresh: list[Answer] = []
        audience = current_audience()

        def compute_and_save() -> KnownAnswer:
            if audience.is_gone:  # while it waited for another one's answer
                raise Abandoned("Nobody waits for it any more.")
            parts = Parts(self.store, timings)
            context = Context(models, parts, timings, deadline, tell, self._max_sentences)
            try:
                with self._gate.enter(deadline, size):  # what is known is answered without a place
                    fresh.append(compute(context))
                known = KnownAnswer.of(fresh[0])
                parts.keep_answer(key, known)
            finally:  # a deadline may end the work: the next try begins with what was done
                parts.save()
            return known

        known = self._flight.run(
            key,
            lambda: self._look_up(key, timings),
            compute_and_save,
            audience,
            deadline,
            self._gate.follow,
        )
        return Found(known, model, fresh[0] if fresh else None)
