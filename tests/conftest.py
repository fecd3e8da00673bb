"""How long hypothesis searches: a moment in `make test`, long in `make fuzz`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}

settings.register_profile("quick", max_examples=100, **_QUIET)
settings.register_profile("fuzz", max_examples=2000, print_blob=True, **_QUIET)
settings.load_profile("quick")
