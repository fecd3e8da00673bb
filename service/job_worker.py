"""The worker's entry point: `python -m service.job_worker`."""

from __future__ import annotations

import logging
import sys

from models.engines.allocation import give_memory_back
from models.protocols import ModelError
from service.assembly import build_worker
from service.settings import SettingsError, read_settings
from service.telemetry import configure_logging

log = logging.getLogger(__name__)


def main() -> None:
    """Load the models, and work on jobs until told to end."""
    try:
        settings = read_settings()
    except SettingsError as error:
        sys.exit(f"Wrong settings:\n{error}")
    if settings.jobs_url is None and settings.redis_url is None:
        sys.exit("A worker needs Redis: set PRECIS_JOBS_URL or REDIS_URL.")
    configure_logging(settings.log_level)
    give_memory_back()
    try:
        serve = build_worker(settings)
    except ModelError as error:
        sys.exit(f"The models could not be loaded: {error}")
    log.info("Working on the queue %r", settings.profile)
    serve()


if __name__ == "__main__":
    main()
