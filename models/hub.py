"""The hub's models that are known here: licences, languages, limits, settings of their papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Commits are not pinned here: they could not be looked up where this was written. The commit that
# `models.fetch` took is recorded beside the weights and said; NAME@COMMIT pins one.

_XLSUM, _BART, _M2M100 = (
    "csebuetnlp/mT5_multilingual_XLSum",
    "facebook/bart-large-cnn",
    "facebook/m2m100_418M",
)
# What the profile has for each task, in the order in which they are asked.
DEFAULTS: Mapping[str, tuple[str, ...]] = {"summarise": (_XLSUM, _BART), "translate": (_M2M100,)}

_XLSUM_LANGUAGES = (
    "am ar az bn my zh en fr gu ha hi ig id ja rn ko ky mr ne om ps fa pt pa ru gd sr si so es sw "
    "ta te th ti tr uk ur uz vi cy yo"
).split()
_CNN = {"no_repeat_ngram_size": 3, "length_penalty": 2.0, "beam_size": 4}


@dataclass(frozen=True, slots=True)
class HubModel:
    """What is known of a model before its files are there.

    `one_sentence`: it was trained to write a single sentence.
    """

    task: str
    licence: str
    languages: tuple[str, ...] = ()
    max_input_tokens: int = 0
    generation: Mapping[str, Any] = field(default_factory=dict)
    one_sentence: bool = False


HUB: Mapping[str, HubModel] = {
    # Hasan et al. 2021: at most 512 tokens in and 84 out, four beams, no bigram twice.
    _XLSUM: HubModel(
        "summarise",
        "CC-BY-NC-SA-4.0",
        tuple(_XLSUM_LANGUAGES),
        512,
        {"beam_size": 4, "max_output_tokens": 84, "no_repeat_ngram_size": 2},
        one_sentence=True,
    ),
    # Lewis et al. 2020, CNN/DailyMail.
    _BART: HubModel(
        "summarise",
        "MIT",
        ("en",),
        1024,
        {**_CNN, "max_output_tokens": 142, "min_output_tokens": 56},
    ),
    # Shleifer and Rush 2020.
    "sshleifer/distilbart-cnn-12-6": HubModel(
        "summarise",
        "Apache-2.0",
        ("en",),
        1024,
        {**_CNN, "max_output_tokens": 142, "min_output_tokens": 56},
    ),
    # Zhang et al. 2020, table of hyperparameters for CNN/DailyMail.
    "google/pegasus-cnn_dailymail": HubModel(
        "summarise",
        "Apache-2.0",
        ("en",),
        1024,
        {"beam_size": 8, "length_penalty": 0.8, "max_output_tokens": 128, "min_output_tokens": 32},
    ),
    # Fan et al. 2020: five beams.
    _M2M100: HubModel("translate", "MIT", (), 512, {"beam_size": 5, "max_output_tokens": 200}),
    # NLLB team 2022: four beams; sentences up to 512 tokens.
    "facebook/nllb-200-distilled-600M": HubModel(
        "translate", "CC-BY-NC-4.0", (), 512, {"beam_size": 4, "max_output_tokens": 200}
    ),
    # Tang et al. 2020: five beams.
    "facebook/mbart-large-50-many-to-many-mmt": HubModel(
        "translate", "MIT", (), 512, {"beam_size": 5, "max_output_tokens": 200}
    ),
    # Kudugunta et al. 2023.
    "google/madlad400-3b-mt": HubModel(
        "translate", "Apache-2.0", (), 256, {"beam_size": 4, "max_output_tokens": 256}
    ),
}
# Tiedemann and Thottingal 2020; six beams in the configurations, four lose nothing.
_OPUS = HubModel("translate", "CC-BY-4.0", (), 512, {"beam_size": 4, "max_output_tokens": 512})


def find_known(name: str) -> HubModel | None:
    """Return what is known of a model by its id on the hub."""
    if name.startswith("Helsinki-NLP/opus-mt-"):
        return _OPUS
    return HUB.get(name)


def forbids_commerce(licence: str) -> bool:
    """Tell whether a licence is for non-commercial use only ("CC-BY-NC-4.0")."""
    return "nc" in licence.lower().replace("_", "-").split("-")
