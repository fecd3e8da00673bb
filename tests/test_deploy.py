"""The dashboard and the alerts ask for metrics that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from service.settings import Settings
from service.telemetry import Metrics

DEPLOY = Path(__file__).parent.parent / "deploy"


@pytest.mark.parametrize("name", ["grafana.json", "alerts.yaml"])
def test_every_metric_asked_for_is_one_of_ours(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert json.loads(text) if name.endswith("json") else yaml.safe_load(text)
    ours = {
        metric.name + suffix
        for metric in Metrics().registry.collect()
        for suffix in ("", "_total", "_bucket", "_sum", "_count")
    }
    assert set(re.findall(r"\bprecis_\w+", text)) <= ours


def test_every_metric_of_ours_has_its_place_in_the_dashboard() -> None:
    text = (DEPLOY / "grafana.json").read_text(encoding="utf-8")
    assert not [m.name for m in Metrics().registry.collect() if m.name not in text]


class _ComposeLoader(yaml.SafeLoader):
    """Reads Compose's own `!reset`."""


_ComposeLoader.add_constructor("!reset", lambda loader, node: loader.construct_sequence(node))


def test_behind_the_proxy_the_service_is_reached_through_it_alone_and_believes_it() -> None:
    text = (DEPLOY / "proxy" / "compose.yaml").read_text(encoding="utf-8")
    services = yaml.load(text, _ComposeLoader)["services"]
    assert services["precis"]["ports"] == []
    assert services["precis"]["environment"]["PRECIS_TRUSTED_PROXIES"] == 1
    assert "./deploy/proxy/nginx.conf:/etc/nginx/nginx.conf:ro" in services["proxy"]["volumes"]
    config = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    assert "X-Forwarded-For $remote_addr;" in config


def test_what_compose_publishes_to_a_network_wants_keys() -> None:
    """Who sets nothing gets no service that is open to others, with the proxy or without."""
    for path, published, anonymous in (
        (DEPLOY.parent / "compose.yaml", "${PRECIS_PUBLISH:-127.0.0.1}:", "true"),
        (DEPLOY / "proxy" / "compose.yaml", None, "false"),
    ):
        service = yaml.load(path.read_text(encoding="utf-8"), _ComposeLoader)["services"]["precis"]
        assert all(each.startswith(published) for each in service["ports"])
        default = f"${{PRECIS_ALLOW_ANONYMOUS:-{anonymous}}}"
        assert service["environment"]["PRECIS_ALLOW_ANONYMOUS"] == default


def test_the_limits_of_the_proxy_leave_those_of_the_service_to_it() -> None:
    config = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    usual, jobs = (int(n) << 20 for n in re.findall(r"client_max_body_size (\d+)m;", config))
    waits = re.search(r"proxy_read_timeout (\d+)s;", config)
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    assert usual > defaults["max_document_bytes"]
    assert jobs > defaults["job_max_bytes"]
    assert waits is not None
    assert int(waits[1]) > defaults["request_timeout_seconds"]
