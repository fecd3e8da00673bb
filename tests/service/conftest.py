"""A service of stubs: the real application, pipeline and embedded store, no weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cache.embedded import EmbeddedStore
from cache.single_flight import SingleFlight
from models.stubs import StubReader, StubSummariser, StubTranslator
from service.app import create_app
from service.context import LanguageModels
from service.pipeline import Pipeline
from service.settings import Settings

ARTICLE = (
    "The council of Port Ellery voted on Monday to rebuild the harbour bridge. "
    "The work will cost 12 million euros. It will take two years.\n\n"
    "Mayor Ines Varga said the ferry would run at night. Fishermen had asked for that."
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path / "cache")
    yield store
    store.close()


@pytest.fixture
def models() -> LanguageModels:
    return LanguageModels(StubReader(), StubSummariser(), StubTranslator())


@pytest.fixture
def pipeline(models: LanguageModels, store: EmbeddedStore) -> Pipeline:
    return Pipeline(lambda: models, store, SingleFlight(store))


@pytest.fixture
def app(pipeline: Pipeline) -> Flask:
    return create_app(Settings(), pipeline)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
