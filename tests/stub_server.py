"""A service of stubs on a socket of loopback, for clients that need a real one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug.serving import make_server

from cache.embedded import EmbeddedStore
from cache.single_flight import SingleFlight
from service.app import create_app
from service.articles import ArticleSources
from service.context import LanguageModels
from service.gate import Gate
from service.pipeline import Pipeline
from service.settings import Settings


@contextmanager
def serve(
    models: LanguageModels,
    folder: Path,
    settings: Settings,
    sources: ArticleSources | None = None,
    gate: Gate | None = None,
) -> Iterator[str]:
    """Serve the application on a free port, its cache in `folder`; yields its address."""
    store = EmbeddedStore(folder)
    pipeline = Pipeline(lambda: models, store, SingleFlight(store), gate=gate)
    app = create_app(settings, pipeline, sources=sources)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        store.close()
