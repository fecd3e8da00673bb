"""The dashboard and the alerts ask for metrics that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

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
