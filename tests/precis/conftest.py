"""Services of stubs to call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from models.stubs import StubReader, StubSummariser, StubTranslator
from service.context import LanguageModels
from service.settings import Settings
from tests.stub_server import serve

Open = Callable[..., str]


@pytest.fixture
def open_service(tmp_path: Path) -> Iterator[Open]:
    """Start a service, whose translator and settings may be replaced; returns its address."""
    with ExitStack() as stack:

        def start(translator=None, sources=None, **settings: object) -> str:
            models = LanguageModels(StubReader(), StubSummariser(), translator or StubTranslator())
            folder = tmp_path / "cache"
            return stack.enter_context(serve(models, folder, Settings(**settings), sources))

        yield start
