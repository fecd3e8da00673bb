"""`GET /v1/usage`: what is left to the client that asks."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from service.limits import current_allowances, identify_client
from service.routes import SECURITY, document_problems
from service.schemas import AllowanceAnswer, UsageAnswer

api = APIBlueprint(
    "usage", __name__, abp_tags=[Tag(name="Usage", description="What a client may still use.")]
)


@api.get("/v1/usage", responses={200: UsageAnswer, **document_problems()}, security=SECURITY)
def show_usage() -> Response:
    """Show the caller's own allowances; to look costs nothing of them."""
    client = identify_client()
    states = current_allowances().list_states(client)
    allowances = {
        state.name: AllowanceAnswer(
            limit=state.limit,
            used=state.limit - state.remaining,
            remaining=state.remaining,
            window_seconds=state.window_seconds,
            reset_seconds=state.reset_seconds,
        )
        for state in states
    }
    answer = UsageAnswer(counted_by=client.partition(":")[0], allowances=allowances)
    return Response(answer.model_dump_json(), content_type="application/json")
