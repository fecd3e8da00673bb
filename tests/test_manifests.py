"""The Kubernetes manifests: what the API would take, and what refers to what."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from documents.protocols import Limits
from service.articles import LARGE_DOCUMENTS
from service.broker import KEY_PREFIX
from service.settings import Settings

DEPLOY = Path(__file__).parent.parent / "deploy"
KUBERNETES = ("1.30", "1.37")  # a field must be known to the old and not gone in the new
OVERLAYS = ("base", "keda")


@cache
def read_overlay(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / name / "kustomization.yaml").read_text())
    return found


def list_documents(name: str) -> Iterator[dict[str, Any]]:
    """Yield the resources of an overlay, those of its base first."""
    for resource in read_overlay(name)["resources"]:
        path = (DEPLOY / name / resource).resolve()
        if path.is_dir():
            yield from list_documents(path.name)
        else:
            yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


DOCUMENTS = {f"{each['kind']} {each['metadata']['name']}": each for each in list_documents("keda")}
BUILT_IN = {name: each for name, each in DOCUMENTS.items() if "keda.sh" not in each["apiVersion"]}
WORKLOADS = {name: each for name, each in BUILT_IN.items() if "template" in each["spec"]}


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("name", BUILT_IN)
def test_the_schemas_of_kubernetes_take_it(name: str, version: str) -> None:
    kubernetes_validate.validate(BUILT_IN[name], version, strict=True)


def test_the_check_finds_a_misspelt_field() -> None:
    wrong = {**BUILT_IN["Service precis"], "spec": {"selektor": {}}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES[0], strict=True)


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_file_of_an_overlay_is_one_of_its_resources(name: str) -> None:
    files = {path.name for path in (DEPLOY / name).glob("*.yaml")} - {"kustomization.yaml"}
    assert files <= set(read_overlay(name)["resources"])


@pytest.mark.parametrize("name", WORKLOADS)
def test_pods_are_found_by_their_labels_and_may_do_little(name: str) -> None:
    spec = WORKLOADS[name]["spec"]
    labels, pod = spec["template"]["metadata"]["labels"], spec["template"]["spec"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()
    assert pod["securityContext"]["runAsNonRoot"]
    assert not pod["automountServiceAccountToken"]
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    volumes |= {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])}
    for container in pod["containers"]:
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"]
        assert not rights["allowPrivilegeEscalation"]
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert {"requests", "limits"} <= set(container["resources"])
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes


def test_services_and_budgets_select_pods_that_there_are() -> None:
    pods = [each["spec"]["template"]["metadata"]["labels"] for each in WORKLOADS.values()]
    for each in BUILT_IN.values():
        if each["kind"] == "Service":
            wanted = each["spec"]["selector"]
        elif each["kind"] == "PodDisruptionBudget":
            wanted = each["spec"]["selector"]["matchLabels"]
        else:
            continue
        assert any(wanted.items() <= labels.items() for labels in pods), each["metadata"]["name"]


def test_the_settings_in_them_are_ours() -> None:
    known = {field.validation_alias for field in Settings.model_fields.values()}
    literals = read_overlay("base")["configMapGenerator"][0]["literals"]
    names = {literal.partition("=")[0] for literal in literals}
    for each in WORKLOADS.values():
        for container in each["spec"]["template"]["spec"]["containers"]:
            names |= {variable["name"] for variable in container.get("env", [])}
    assert names <= known


def test_the_documents_of_a_replica_fit_beside_it() -> None:
    """`deploy/README.md` has what a web process holds by itself."""
    literals = read_overlay("base")["configMapGenerator"][0]["literals"]
    given = dict(literal.split("=", 1) for literal in literals)
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    reading = int(given.get("PRECIS_DOCUMENT_MEMORY_BYTES", defaults["document_memory_bytes"]))
    waiting = LARGE_DOCUMENTS * 3 * defaults["max_document_bytes"]
    (container,) = WORKLOADS["Deployment precis"]["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"]["memory"] == "2Gi"
    assert 335_000_000 + Limits().at_once * reading + waiting < 2 << 30


def test_keda_scales_the_workers_by_the_list_that_the_broker_writes() -> None:
    spec = DOCUMENTS["ScaledObject precis-worker"]["spec"]
    workers = DOCUMENTS[f"Deployment {spec['scaleTargetRef']['name']}"]
    trigger = spec["triggers"][0]["metadata"]
    assert trigger["listName"] == KEY_PREFIX + Settings.model_fields["profile"].default
    host, _, port = trigger["address"].partition(":")
    assert DOCUMENTS[f"Service {host}"]["spec"]["ports"][0]["port"] == int(port)
    patch = read_overlay("keda")["patches"][0]
    assert patch["target"] == {"kind": "Deployment", "name": workers["metadata"]["name"]}
    assert yaml.safe_load(patch["patch"]) == [{"op": "remove", "path": "/spec/replicas"}]
    assert "replicas" in workers["spec"]  # or the patch would fail
