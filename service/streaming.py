"""Streaming: a summaries answer as server-sent events, told while it is worked out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from queue import Empty, SimpleQueue

from flask import Response, current_app, request, stream_with_context

from models.audience import Audience, current_audience, work_for
from models.protocols import Abandoned
from service.connections import watch_until_closed
from service.negotiation import JSON_TYPE, PLAIN_TYPE
from service.schemas import Event, SourceFacts, SummariesAnswer, SummaryEvent, TranslationEvent

log = logging.getLogger(__name__)

EVENT_TYPE = "text/event-stream"
# What fails within this time has a status of its own; after it the stream is opened, and a
# comment is sent as often, which keeps proxies from closing it and finds out who went away.
_PULSE_SECONDS = 1.0
_PULSE = ": working\n\n"
_NAMES: dict[type[Event], str] = {
    SourceFacts: "source",
    SummaryEvent: "summary",
    TranslationEvent: "translation",
}

Tell = Callable[[Event], None]


def is_stream_wanted() -> bool:
    """Tell whether the client prefers events to the other media types."""
    offered = [JSON_TYPE, PLAIN_TYPE, EVENT_TYPE]
    return request.accept_mimetypes.best_match(offered, default=JSON_TYPE) == EVENT_TYPE


def list_events(found: SummariesAnswer) -> Iterator[Event]:
    """Yield the events of a whole answer, in the order in which it is worked out."""
    yield found.source
    for length, summary in found.summaries.items():
        yield SummaryEvent.of(length, summary)
    for target in next(iter(found.summaries.values())).translations:
        for length, summary in found.summaries.items():
            made = summary.translations[target]
            yield TranslationEvent(length=length, target=target, translation=made)


class _Work:
    """An answer that is worked out in a thread of its own, and what came of it so far."""

    def __init__(self, run: Callable[[Tell], SummariesAnswer], audience: Audience) -> None:
        self._run = run
        self._audience = audience
        self._results: SimpleQueue[Event | SummariesAnswer | Exception] = SimpleQueue()
        threading.Thread(target=self._work, name="stream", daemon=True).start()

    def next(self) -> Event | SummariesAnswer | None:
        """Return the next part, at last the answer; `None` when there is none yet.

        Raises what ended the work.
        """
        try:
            result = self._results.get(timeout=_PULSE_SECONDS)
        except Empty:
            return None
        if isinstance(result, Exception):
            raise result
        return result

    def _work(self) -> None:
        try:
            with work_for(self._audience):
                self._results.put(self._run(self._tell))
        except Abandoned as error:
            log.info("A client went away from its stream; the rest was not worked out")
            self._results.put(error)
        except Exception as error:
            self._results.put(error)

    def _tell(self, event: Event) -> None:
        if self._audience.is_gone:
            raise Abandoned("Nobody listens any more.")
        self._results.put(event)


def _write(name: str, data: str) -> str:
    """Return one event; JSON has no line break outside of its escapes, so one line holds it."""
    return f"event: {name}\ndata: {data}\n\n"


def _write_events(work: _Work, count: Callable[[SummariesAnswer], None]) -> Iterator[str]:
    """Yield what is told, then what of the answer was not: it was known, or made elsewhere."""
    told = 0
    while not isinstance(part := work.next(), SummariesAnswer):
        if part is None:
            yield _PULSE
            continue
        told += 1
        yield _write(_NAMES[type(part)], part.model_dump_json())
    for event in islice(list_events(part), told, None):
        yield _write(_NAMES[type(event)], event.model_dump_json())
    count(part)
    yield _write("done", part.model_dump_json())


def _end_well(opening: str, events: Iterator[str]) -> Iterator[str]:
    """Yield `opening` and the rest, which ends with a problem where the work fails."""
    yield opening
    try:
        yield from events
    except Exception as error:
        problem = current_app.make_response(current_app.handle_user_exception(error))
        yield _write("problem", problem.get_data(as_text=True))


def stream(
    run: Callable[[Tell], SummariesAnswer], count: Callable[[SummariesAnswer], None]
) -> Response:
    """Answer with events: `source`, `summary`, `translation`, and `done` or `problem` at the end.

    Raises what fails before the first event, so that it is answered with its own status.
    """
    audience = current_audience()
    work = _Work(run, audience)
    events = _write_events(work, count)
    body = stream_with_context(_end_well(next(events), events))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept"}
    response = Response(body, headers=headers, content_type=f"{EVENT_TYPE}; charset=utf-8")
    response.call_on_close(audience.leave)
    watch_until_closed(response)
    return response
