"""Scaling: time against the length of an article and the number of targets, and its charts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pygal
from pygal.style import CleanStyle

from bench.articles import write_article
from bench.load import Connection, write_request
from bench.server import ROOT, Server
from cache.embedded import EmbeddedStore
from cache.single_flight import SingleFlight
from models.catalogue import Means, find_entry, open_translator
from models.reader import TextReader
from models.stubs import StubSummariser
from service.context import LanguageModels
from service.pipeline import Pipeline
from service.schemas import SummaryRequest
from service.telemetry import Timings

WORDS = (200, 1_000, 5_000, 10_000, 20_000, 50_000)
# Languages that the identifier does not know: of French it could not say that it is none of them.
TARGETS = ("tn", "ts", "ve", "nd", "ny", "ti", "rn", "sg")
TARGET_WORDS = 1_000
ROUNDS = 3
CHARTS = ROOT / "docs"

Series = Mapping[int, float]


def measure_lengths() -> Series:
    """Return seconds for both summaries and their French by words; the best of some articles."""
    with Server() as server:
        connection = Connection(server.port)

        def measure(words: int, seed: object) -> float:
            body = {"text": write_article(words, seed), "targets": ["fr"]}
            return connection.time(write_request("/v1/summaries", body))

        measure(WORDS[0], "first")
        return {words: min(measure(words, n) for n in range(ROUNDS)) for words in WORDS}


def measure_targets() -> Series:
    """Return seconds for the translations of summaries by number of targets; the best of some.

    The embedded translators know fewer languages than eight, so each target is French by another
    name: what is measured is how the work grows. The summaries are the leading sentences.
    """
    with tempfile.TemporaryDirectory() as folder:
        pipeline = _open_pipeline(Path(folder))
        return {
            count: min(_time_targets(pipeline, count, seed) for seed in range(ROUNDS))
            for count in range(1, len(TARGETS) + 1)
        }


def _open_pipeline(folder: Path) -> Pipeline:
    entry = find_entry("translate", "embedded", Path())
    french = dict.fromkeys(TARGETS, entry.frame.forced_tokens["fr"])
    frame = replace(entry.frame, forced_tokens=french)
    card = replace(entry.card, pairs={"en": TARGETS})
    translator = open_translator(replace(entry, frame=frame, card=card), Means())
    models = LanguageModels(TextReader(), StubSummariser(), translator)
    store = EmbeddedStore(folder)
    return Pipeline(lambda: models, store, SingleFlight(store))


def _time_targets(pipeline: Pipeline, count: int, seed: object) -> float:
    text = write_article(TARGET_WORDS, f"{count} {seed}")
    request = SummaryRequest(text=text, targets=list(TARGETS[:count]))
    started = time.perf_counter()
    pipeline.run(request, Timings())
    return time.perf_counter() - started


def draw(series: Series, axis: str, path: Path) -> None:
    """Write a chart of seconds by `axis`, beside what they would be if each cost like the first."""
    first = next(iter(series))
    chart = pygal.XY(style=CleanStyle, js=[], width=640, height=360, legend_at_bottom=True)
    chart.config.disable_xml_declaration = True
    chart.x_title, chart.y_title = axis, "seconds"
    chart.add("measured", list(series.items()))
    linear = [(work, series[first] * work / first) for work in series]
    chart.add("linear", linear, show_dots=False, stroke_style={"dasharray": "6, 6"})
    path.write_text(chart.render(is_unicode=True) + "\n", encoding="utf-8")


def measure() -> dict[str, Series]:
    """Return both series by the name of their axis, and draw them."""
    found = {"words": measure_lengths(), "targets": measure_targets()}
    for axis, series in found.items():
        draw(series, axis, CHARTS / f"scaling-{axis}.svg")
    return found
