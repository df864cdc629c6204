"""Custom resources of ours, field by field, against the definitions that operators install.

Those of External Secrets stand in its packaged chart. Where the cache lacks it, they are those of the newest Go module:
External Secrets publishes none of its newer major versions, which serve the same API version, `v1`.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from dryrun.manifests import build_manifest
from tests.cases import CASES
from tests.packaged_charts import NoChartError, custom_resource_definitions, package_of, pinned_chart
from tests.plans import plan_of
from tests.program.test_manifests import CUSTOM_GROUPS, group_of

# Group, to the module with its definitions and the folder in it.
MODULES = {
    "cert-manager.io": ("github.com/cert-manager/cert-manager@v1.21.2", "deploy/crds"),
    # The version that AKS runs at least with the Kubernetes of the stack files.
    "cilium.io": ("github.com/cilium/cilium@v1.18.6", "pkg/k8s/apis/cilium.io/client/crds/v2"),
    "external-secrets.io": ("github.com/external-secrets/external-secrets@v1.3.2", "config/crds/bases"),
    # The newest patch of the pinned minor version that the module proxy has.
    "gateway.envoyproxy.io": (
        "github.com/envoyproxy/gateway@v1.9.1",
        "charts/gateway-helm/charts/crds/crds/generated",
    ),
    # The version that the pinned Envoy Gateway is built on.
    "gateway.networking.k8s.io": ("sigs.k8s.io/gateway-api@v1.6.1", "config/crd/standard"),
    "secrets-store.csi.x-k8s.io": ("sigs.k8s.io/secrets-store-csi-driver@v1.5.6", "config/crd/bases"),
}
ObjectKind = tuple[str, str]


@functools.cache
def definitions(group: str) -> dict[ObjectKind, Draft202012Validator]:
    """Every served version and kind of a group, with its strict check."""
    found: dict[ObjectKind, Draft202012Validator] = {}
    for spec in (definition["spec"] for definition in _installed(group)):
        if spec["group"] != group:
            continue
        for version in spec["versions"]:
            if version["served"]:
                schema = strict(version["schema"]["openAPIV3Schema"], root=True)
                found[f"{group}/{version['name']}", spec["names"]["kind"]] = Draft202012Validator(schema)
    return found


def _installed(group: str) -> Iterable[dict[str, Any]]:
    if group == "external-secrets.io":
        with suppress(NoChartError):
            return custom_resource_definitions(package_of(pinned_chart()))
    module, folder = MODULES[group]
    command = [shutil.which("go") or "go", "mod", "download", "-json", module]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = sorted(Path(answer["Dir"], folder).glob("*.yaml"))
    # One file of the Gateway API holds a policy with its binding.
    documents = (each for file in files for each in yaml.load_all(file.read_text(encoding="utf-8"), Loader=loader))
    return [each for each in documents if each.get("kind") == "CustomResourceDefinition"]


def strict(node: dict[str, Any], root: bool = False) -> dict[str, Any]:
    """A schema that refuses what the API server would drop: fields that no schema names."""
    result = {**node}
    if "properties" in node:
        result["properties"] = {name: strict(part) for name, part in node["properties"].items()}
        # The API server knows the fields of metadata itself.
        if root:
            result["properties"]["metadata"] = {"type": "object"}
        if not node.get("x-kubernetes-preserve-unknown-fields"):
            result.setdefault("additionalProperties", False)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            result[key] = strict(node[key])
    return result


def problems(manifest: dict[str, Any]) -> list[str]:
    validator = definitions(group_of(manifest))[manifest["apiVersion"], manifest["kind"]]
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    return [f"{name}: {error.json_path}: {error.message}" for error in validator.iter_errors(manifest)]


def custom_resources(case: str) -> list[dict[str, Any]]:
    manifests = [build_manifest(resource) for resource in plan_of(*CASES[case]).manifests]
    return [manifest for manifest in manifests if group_of(manifest) in CUSTOM_GROUPS]


def test_every_custom_group_has_definitions() -> None:
    assert set(MODULES) == CUSTOM_GROUPS


@pytest.mark.parametrize("case", CASES)
def test_every_custom_resource_fits_its_definition(case: str) -> None:
    found = custom_resources(case)
    assert found
    assert [problem for manifest in found for problem in problems(manifest)] == []


@pytest.mark.parametrize("field", ["egres", "endpointSelectors"])
def test_a_wrong_field_of_a_policy_of_cilium_is_noticed(field: str) -> None:
    manifest = next(one for one in custom_resources("egress-restricted") if one["kind"] == "CiliumNetworkPolicy")
    wrong = {**manifest, "spec": {**manifest["spec"], field: []}}
    assert any(field in problem for problem in problems(wrong))


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("ExternalSecret", "refreshIntervall"),
        ("SecretStore", "providers"),
        ("Gateway", "listener"),
        ("HTTPRoute", "hostname"),
        ("GatewayClass", "controller"),
        ("EnvoyProxy", "providers"),
        ("ClientTrafficPolicy", "timeouts"),
        ("BackendTrafficPolicy", "timeouts"),
        ("SecurityPolicy", "authorisation"),
    ],
)
def test_a_wrong_field_of_a_custom_resource_is_noticed(kind: str, field: str) -> None:
    manifest = next(one for one in custom_resources("access-host") if one["kind"] == kind)
    wrong = {**manifest, "spec": {**manifest["spec"], field: "x"}}
    assert any(field in problem for problem in problems(wrong))
