"""A worker of stubs that a poisonous article kills: `python -m tests.mortal_worker`."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import Any

from cache.embedded import EmbeddedStore
from cache.single_flight import SingleFlight
from models.stubs import StubReader, StubSummariser, StubTranslator
from service.app import create_app
from service.assembly import open_broker, open_job_store
from service.context import LanguageModels
from service.pipeline import Pipeline
from service.settings import read_settings
from service.working import Worker

POISON = "This kills."


class MortalSummariser(StubSummariser):
    """Ends its process, as a crash of an engine or a lack of memory would."""

    def summarise(self, article: Any, *args: Any, **kwargs: Any) -> Any:
        if POISON in article.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().summarise(article, *args, **kwargs)


def main() -> None:
    """Work until the end."""
    settings = read_settings()
    models = LanguageModels(StubReader(), MortalSummariser(), StubTranslator())
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        app = create_app(settings, Pipeline(lambda: models, store, SingleFlight(store)))
        jobs = open_job_store(settings)
        worker = Worker(jobs, app, settings.job_lease_seconds / 3)
        open_broker(settings).serve(settings.profile, worker.work, jobs.list_overdue)


if __name__ == "__main__":
    main()
