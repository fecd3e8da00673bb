"""The yardstick of known answers: a bare Flask route that does one Redis GET."""

from __future__ import annotations

import os

import redis
from flask import Flask, Response

KEY = "bench:bare"


def create_app() -> Flask:
    """Return the application; `/readyz` is for `bench.server`."""
    app = Flask(__name__)
    client = redis.Redis.from_url(os.environ["REDIS_URL"])

    @app.post("/bare")
    def answer() -> Response:
        return Response(client.get(KEY), content_type="application/json")

    @app.get("/readyz")
    def readyz() -> str:
        return "ready"

    return app
