"""Loading: the models are opened once, in the background, while the process already answers."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from models.protocols import ModelError
from service.context import LanguageModels
from service.errors import NotReady

log = logging.getLogger(__name__)


class BackgroundModels:
    """Opens the models in a thread; calling it returns them, or raises `NotReady`."""

    def __init__(
        self,
        open_models: Callable[[], LanguageModels],
        observe_seconds: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._open_models = open_models
        self._observe_seconds = observe_seconds
        self._loaded: LanguageModels | None = None
        self._failure: str | None = None
        self._done = threading.Event()
        threading.Thread(target=self._load, name="load-models", daemon=True).start()

    def __call__(self) -> LanguageModels:
        if self._loaded is not None:
            return self._loaded
        raise NotReady(self._failure or "The models are being loaded.")

    def wait(self, seconds: float) -> bool:
        """Wait until loading has ended, well or not; false where it has not in time."""
        return self._done.wait(seconds)

    def _load(self) -> None:
        started = time.monotonic()
        try:
            self._loaded = self._open_models()
            seconds = time.monotonic() - started
            self._observe_seconds(seconds)
            log.info("Models loaded in %.1f s", seconds)
        except ModelError as error:
            self._failure = f"The models could not be loaded: {error}"
            log.error(self._failure)
        except Exception:
            self._failure = "The models could not be loaded; the log says why."
            log.exception(self._failure)
        finally:
            self._done.set()
