"""The OpenAPI document: whatever fits it, and what does not, is answered as it says."""

from __future__ import annotations

from pathlib import Path

import schemathesis
from hypothesis import Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cache.embedded import EmbeddedStore
from cache.single_flight import SingleFlight
from models.stubs import StubReader, StubSummariser, StubTranslator
from service.app import create_app
from service.context import LanguageModels
from service.pipeline import Pipeline
from service.settings import Settings

# Nobody listens where this store would lie: the service works without.
_STORE = EmbeddedStore(Path("/dev/null/nowhere"))
_MODELS = LanguageModels(StubReader(), StubSummariser(), StubTranslator())
_APP = create_app(Settings(), Pipeline(lambda: _MODELS, _STORE, SingleFlight(_STORE)))

schema = schemathesis.openapi.from_wsgi("/openapi.json", _APP)


@schema.parametrize()
@settings(phases=(Phase.explicit, Phase.generate))
def test_every_answer_is_a_documented_one_and_none_a_server_error(case) -> None:
    case.call_and_validate(
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_headers_conformance,
            response_schema_conformance,
        ]
    )
