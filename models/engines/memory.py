"""Memory: an engine before another one that makes do with what memory there is."""

from __future__ import annotations

from collections.abc import Sequence

from models.protocols import GenerationSettings, Hypothesis, Seq2SeqEngine, TokenisedInput

# How CTranslate2, CUDA and torch say it; none of them has an error class of its own for all.
_SIGNS = ("out of memory", "bad_alloc", "failed to allocate", "can't allocate memory")


class HalvingEngine:
    """Gives the engine half the batch where all of it needs more memory than there is.

    A single input that is too large raises what the engine raised.
    """

    def __init__(self, engine: Seq2SeqEngine) -> None:
        self._engine = engine

    def generate(
        self,
        batch: Sequence[TokenisedInput],
        settings: GenerationSettings,
        deadline: float | None = None,
    ) -> list[list[Hypothesis]]:
        """Decode one batch; see `Seq2SeqEngine`."""
        try:
            return self._engine.generate(batch, settings, deadline)
        except (MemoryError, RuntimeError) as error:
            if len(batch) < 2 or not _tells_of_memory(error):
                raise
        middle = len(batch) // 2
        return [
            *self.generate(batch[:middle], settings, deadline),
            *self.generate(batch[middle:], settings, deadline),
        ]

    def close(self) -> None:
        """Close the engine behind."""
        self._engine.close()


def _tells_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(s in str(error).lower() for s in _SIGNS)
